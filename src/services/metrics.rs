//! Counters and gauges by the names of the observability contract; label values are enums, never ids or addresses.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::aws_metrics::{AwsMetrics, AwsResult};
use super::http_metrics::HttpMetrics;
use super::process_metrics::ProcessMetrics;
use super::tally::Tally;
use crate::domain::command::Source;
use crate::domain::journal::{Channel, Verdict};
use crate::domain::mail::RuleId;
use crate::domain::outcome::Outcome;
use crate::domain::time::Timestamp;

/// A label value that is one of a fixed set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Label(&'static str);

impl EncodeLabelValue for Label {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        self.0.encode(encoder)
    }
}

macro_rules! label_sets {
    ($($name:ident { $($field:ident),+ })*) => {$(
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
        struct $name { $($field: Label),+ }
    )*};
}

label_sets! {
    Mail { channel, verdict }
    Rule { rule }
    InChannel { channel }
    Activation { channel, kind }
    Status { status }
    State { state }
    End { result }
    Sent { kind, result }
    Ended { outcome, channel }
    Circuit { circuit, state }
    Bounce { class }
    Reason { reason }
    Launched { launch, result }
    Queue { queue, state }
    Task { task }
    Build { version, backend }
}

type Buckets = [f64; 10];
const DECISION: Buckets = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1.0,
];
const SECONDS: [f64; 12] = [
    0.1, 0.3, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 1800.0,
];

/// All metrics of the process.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    mails: Family<Mail, Counter>,
    rules: Family<Rule, Counter>,
    accept: Family<InChannel, Histogram>,
    reply: Histogram,
    activations: Family<Activation, Counter>,
    sessions: Family<Status, Gauge>,
    containers: Family<State, Gauge>,
    commands: Family<End, Counter>,
    replies: Family<Sent, Counter>,
    bounces: Family<Bounce, Counter>,
    starts: Family<Launched, Counter>,
    stops: Family<Reason, Counter>,
    queues: Family<Queue, Gauge>,
    outcomes: Family<Ended, Counter>,
    circuits: Family<Circuit, Gauge>,
    ticks: Family<Task, Gauge>,
    aws: AwsMetrics,
    tally: Mutex<Tally>,
    /// Requests.
    pub http: HttpMetrics,
}

/// What is counted only when somebody asks.
#[derive(Debug, Clone, Default)]
pub struct Gauges {
    /// Sessions by status.
    pub sessions: Vec<(&'static str, u64)>,
    /// Containers by state.
    pub containers: Vec<(&'static str, u64)>,
    /// Messages by queue and state.
    pub queues: Vec<(&'static str, &'static str, u64)>,
    /// Circuit breakers by what they guard and state: 1 in the state that it is in.
    pub circuits: Vec<(&'static str, &'static str, u64)>,
    /// Background tasks by when they last made a pass; those that made none yet are left out.
    pub ticks: Vec<(&'static str, Timestamp)>,
}

impl Metrics {
    /// Registers all metrics, each label value at 0 where the set is known.
    pub fn new(version: &'static str, backend: &'static str) -> Self {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(ProcessMetrics));
        let accept = accept(&mut registry);
        let reply = Histogram::new(SECONDS);
        registry.register_with_unit(
            "hermes_accept_to_reply",
            "From accepting a message to handing its answer over",
            Unit::Seconds,
            reply.clone(),
        );
        let build: Family<Build, Gauge> = Family::default();
        build
            .get_or_create(&Build {
                version: Label(version),
                backend: Label(backend),
            })
            .set(1);
        registry.register("hermes_build_info", "The running version", build);
        let metrics = Self {
            mails: family(
                &mut registry,
                "hermes_mails_received",
                "Mails by what was decided",
            ),
            rules: family(
                &mut registry,
                "hermes_mail_rule_hits",
                "Mail rules that decided",
            ),
            activations: family(
                &mut registry,
                "hermes_sessions_activated",
                "Instructions accepted",
            ),
            sessions: family(&mut registry, "hermes_sessions", "Live sessions"),
            containers: family(
                &mut registry,
                "hermes_containers",
                "Containers that are not asleep",
            ),
            commands: family(&mut registry, "hermes_commands", "Commands that have ended"),
            replies: family(&mut registry, "hermes_replies_sent", "Answers by mail"),
            bounces: family(
                &mut registry,
                "hermes_replies_bounced",
                "Answers by mail that came back",
            ),
            starts: family(
                &mut registry,
                "hermes_container_starts",
                "Starts of containers",
            ),
            stops: family(
                &mut registry,
                "hermes_container_stops",
                "Ends of containers",
            ),
            queues: family(&mut registry, "hermes_queue_messages", "Messages in queues"),
            outcomes: family(
                &mut registry,
                "hermes_outcomes",
                "Messages by what their senders saw in the end",
            ),
            circuits: family(
                &mut registry,
                "hermes_circuits",
                "Circuit breakers by state",
            ),
            aws: AwsMetrics::register(&mut registry),
            tally: Mutex::default(),
            http: HttpMetrics::register(&mut registry),
            accept,
            ticks: ticks(&mut registry),
            reply,
            registry,
        };
        metrics.start_at_zero();
        metrics
    }

    /// So that rates and absence alerts work from the first minute.
    fn start_at_zero(&self) {
        for channel in [Channel::Http, Channel::Replay] {
            for verdict in Verdict::ALL {
                drop(self.mails.get_or_create(&Mail {
                    channel: Label(channel.as_str()),
                    verdict: Label(verdict.as_str()),
                }));
            }
        }
        for outcome in Outcome::ALL {
            for source in [Source::Email, Source::Api] {
                drop(self.outcomes.get_or_create(&ended(outcome, source)));
            }
        }
        for rule in RuleId::ALL {
            drop(self.rules.get_or_create(&Rule {
                rule: Label(rule.as_str()),
            }));
        }
        for class in ["soft", "hard"] {
            drop(self.bounces.get_or_create(&Bounce {
                class: Label(class),
            }));
        }
        for reason in crate::domain::container::StopReason::ALL {
            drop(self.stops.get_or_create(&Reason {
                reason: Label(reason.as_str()),
            }));
        }
    }

    /// A mail was decided.
    pub fn mail(&self, channel: Channel, verdict: Verdict, rules: &[RuleId]) {
        let (channel, verdict) = (Label(channel.as_str()), Label(verdict.as_str()));
        self.mails.get_or_create(&Mail { channel, verdict }).inc();
        for rule in rules {
            self.rules
                .get_or_create(&Rule {
                    rule: Label(rule.as_str()),
                })
                .inc();
        }
    }

    /// A message was accepted, `seconds` after it came in.
    pub fn accepted(&self, channel: Channel, seconds: f64) {
        self.accept
            .get_or_create(&InChannel {
                channel: Label(channel.as_str()),
            })
            .observe(seconds);
    }

    /// An instruction met its session.
    pub fn activated(&self, channel: Channel, kind: &'static str) {
        self.activations
            .get_or_create(&Activation {
                channel: Label(channel.as_str()),
                kind: Label(kind),
            })
            .inc();
    }

    /// A command has ended.
    pub fn command_ended(&self, result: &'static str) {
        self.commands
            .get_or_create(&End {
                result: Label(result),
            })
            .inc();
    }

    /// An answer was handed over, retried or given up; `seconds` since the message was accepted.
    pub fn reply(&self, kind: &'static str, result: &'static str, seconds: Option<f64>) {
        self.replies
            .get_or_create(&Sent {
                kind: Label(kind),
                result: Label(result),
            })
            .inc();
        if let Some(seconds) = seconds {
            self.reply.observe(seconds);
            self.tally().answered(seconds);
        }
    }

    /// An answer came back, for now or for ever (`soft`, `hard`).
    pub fn reply_bounced(&self, class: &'static str) {
        let class = Label(class);
        self.bounces.get_or_create(&Bounce { class }).inc();
    }

    /// The sender of a message has seen its end.
    pub fn outcome(&self, outcome: Outcome, source: Source) {
        self.outcomes.get_or_create(&ended(outcome, source)).inc();
        self.tally().outcome(outcome);
    }

    /// A call to AWS ended, `after` so long, its tries together. Names are those of the SDK; unknown ones count as `other`.
    pub fn aws_request(&self, service: &str, operation: &str, result: AwsResult, after: Duration) {
        self.aws.ended(service, operation, result, after);
    }

    /// What has happened since the last call, which begins a new count.
    pub fn take_tally(&self) -> Tally {
        std::mem::take(&mut *self.tally())
    }

    /// Adds what was taken and could not be used.
    pub fn give_back(&self, tally: &Tally) {
        self.tally().add(tally);
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Containers come into being so: their starts are counted from 0.
    pub fn launches(&self, launch: &'static str) {
        for result in ["ok", "capacity", "image", "config", "timeout", "other"] {
            drop(self.starts.get_or_create(&Launched {
                launch: Label(launch),
                result: Label(result),
            }));
        }
    }

    /// A container was started, or was not.
    pub fn container_started(&self, launch: &'static str, result: &'static str) {
        self.starts
            .get_or_create(&Launched {
                launch: Label(launch),
                result: Label(result),
            })
            .inc();
    }

    /// A container has ended.
    pub fn container_stopped(&self, reason: &'static str) {
        self.stops
            .get_or_create(&Reason {
                reason: Label(reason),
            })
            .inc();
    }

    /// The Prometheus text.
    pub fn render(&self, gauges: &Gauges) -> String {
        for (status, count) in &gauges.sessions {
            self.sessions
                .get_or_create(&Status {
                    status: Label(status),
                })
                .set(whole(*count));
        }
        for (state, count) in &gauges.containers {
            self.containers
                .get_or_create(&State {
                    state: Label(state),
                })
                .set(whole(*count));
        }
        for (queue, state, count) in &gauges.queues {
            self.queues
                .get_or_create(&Queue {
                    queue: Label(queue),
                    state: Label(state),
                })
                .set(whole(*count));
        }
        for (circuit, state, count) in &gauges.circuits {
            self.circuits
                .get_or_create(&Circuit {
                    circuit: Label(circuit),
                    state: Label(state),
                })
                .set(whole(*count));
        }
        for (task, at) in &gauges.ticks {
            self.ticks
                .get_or_create(&Task { task: Label(task) })
                .set(at.as_secs());
        }
        let mut text = String::new();
        // writing to a String cannot fail
        encode(&mut text, &self.registry).ok();
        text
    }
}

fn family<M: prometheus_client::registry::Metric + Default + Clone>(
    registry: &mut Registry,
    name: &str,
    help: &str,
) -> M {
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

fn accept(registry: &mut Registry) -> Family<InChannel, Histogram> {
    let histogram: fn() -> Histogram = || Histogram::new(DECISION);
    let accept = Family::new_with_constructor(histogram);
    registry.register_with_unit(
        "hermes_accept_duration",
        "Durable accept, parse to commit",
        Unit::Seconds,
        accept.clone(),
    );
    accept
}

fn ticks(registry: &mut Registry) -> Family<Task, Gauge> {
    let ticks: Family<Task, Gauge> = Family::default();
    registry.register_with_unit(
        "hermes_task_last_tick_timestamp",
        "When a background task last made a pass, since 1970",
        Unit::Seconds,
        ticks.clone(),
    );
    ticks
}

fn ended(outcome: Outcome, source: Source) -> Ended {
    let channel = match source {
        Source::Email => "email",
        Source::Api => "api",
    };
    Ended {
        outcome: Label(outcome.as_str()),
        channel: Label(channel),
    }
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
