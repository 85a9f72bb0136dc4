//! Whatever happens in whatever order: in the end everything has ended once and is told once.

use std::time::Duration;

use hermes::domain::access::Scope;
use hermes::domain::container::StopReason;
use hermes::domain::ids::SessionId;
use hermes::services::session_error::SessionError;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use super::harness::{Answer, BOB, Hermes, Mail, Repeats, Setup};
use crate::support::fleet::Refusal;
use crate::support::mailer::NotTaken;

/// One thing that happens. Numbers choose among what there is.
#[derive(Debug, Clone)]
enum Event {
    Mail { by_bob: bool },
    Reply(usize),
    FollowUp(usize),
    Deactivate(usize),
    Keepalive(usize),
    Wait(Duration),
    Hear,
    Begin,
    Answer { works: bool },
    WorkerDies(usize),
    FleetRefuses(usize),
    MailerRefuses(usize),
    HermesRestarts,
    Tick,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => any::<bool>().prop_map(|by_bob| Event::Mail { by_bob }),
        4 => any::<usize>().prop_map(Event::Reply),
        2 => any::<usize>().prop_map(Event::FollowUp),
        2 => any::<usize>().prop_map(Event::Deactivate),
        1 => any::<usize>().prop_map(Event::Keepalive),
        3 => (1_u64..40).prop_map(|s| Event::Wait(Duration::from_secs(s))),
        1 => (1_u64..300).prop_map(|m| Event::Wait(Duration::from_mins(m))),
        2 => Just(Event::Hear),
        6 => Just(Event::Begin),
        6 => any::<bool>().prop_map(|works| Event::Answer { works }),
        2 => any::<usize>().prop_map(Event::WorkerDies),
        1 => (1_usize..6).prop_map(Event::FleetRefuses),
        1 => (1_usize..4).prop_map(Event::MailerRefuses),
        1 => Just(Event::HermesRestarts),
        10 => Just(Event::Tick),
    ]
}

/// A Hermes and what was sent to it.
struct Play {
    hermes: Hermes,
    /// The session and the Message-ID of each mail that became a command, and whether it was Bob's.
    mails: Vec<(SessionId, String, bool)>,
    count: usize,
}

impl Play {
    fn session(&self, choice: usize) -> Option<SessionId> {
        let known = &self.hermes.known;
        let place = choice.checked_rem(known.len())?;
        known.iter().nth(place).cloned()
    }

    async fn write(&mut self, by_bob: bool, answering: Option<&str>) {
        self.count += 1;
        let id = format!("m{}", self.count);
        let mut mail = Mail::new(&id, &format!("Change the title to {id}"));
        if by_bob {
            mail = mail.from(BOB);
        }
        if let Some(parent) = answering {
            mail = mail.answering(parent);
        }
        let (session, _) = self.hermes.instruct(&mail).await;
        self.mails
            .push((session, format!("{id}@example.com"), by_bob));
    }

    async fn happen(&mut self, event: &Event) {
        match event {
            Event::Mail { by_bob } => self.write(*by_bob, None).await,
            Event::Reply(choice) => {
                if let Some(place) = choice.checked_rem(self.mails.len()) {
                    let (session, parent, by_bob) = self.mails[place].clone();
                    self.write(by_bob, Some(&parent)).await;
                    assert_eq!(self.mails.last().unwrap().0, session);
                }
            }
            Event::FollowUp(choice) => {
                if let Some(session) = self.session(*choice) {
                    let activation = &self.hermes.activation;
                    let more = activation
                        .follow_up(&Scope::All, &session, "And more")
                        .await;
                    assert_eq!(more.unwrap().session_id, session);
                }
            }
            Event::Deactivate(choice) => {
                if let Some(session) = self.session(*choice) {
                    let deactivation = &self.hermes.deactivation;
                    deactivation
                        .deactivate(&Scope::All, &session)
                        .await
                        .unwrap();
                }
            }
            Event::Keepalive(choice) => self.keep_alive(*choice).await,
            Event::WorkerDies(choice) => {
                let tasks = self.hermes.fleet.running();
                if let Some(place) = choice.checked_rem(tasks.len()) {
                    let task = &tasks[place];
                    let (container, generation) = (&task.container, task.generation);
                    self.hermes
                        .fleet
                        .end(container, generation, StopReason::Crash);
                }
            }
            other => self.pass(other).await,
        }
    }

    async fn pass(&mut self, event: &Event) {
        let hermes = &mut self.hermes;
        match event {
            Event::Wait(time) => hermes.clock.advance(*time),
            Event::Hear => hermes.hear().await,
            Event::Begin => drop(hermes.begin().await),
            Event::Answer { works: true } => drop(hermes.finish(Answer::Done).await),
            Event::Answer { works: false } => {
                hermes.finish(Answer::Failed("not_found")).await;
            }
            Event::FleetRefuses(count) => hermes.fleet.refuse(*count, Refusal::Capacity),
            Event::MailerRefuses(count) => {
                hermes.mailer.refuse(*count, NotTaken::Throttled(None));
            }
            Event::HermesRestarts => hermes.restart(),
            Event::Tick => hermes.tick().await,
            other => unreachable!("{other:?}"),
        }
    }

    /// S3: whatever it answers, it never shortens.
    async fn keep_alive(&mut self, choice: usize) {
        let Some(id) = self.session(choice) else {
            return;
        };
        let before = self.hermes.session(&id).await;
        match self.hermes.sessions.keepalive(&Scope::All, &id).await {
            Ok(kept) => assert!(kept.session.ttl >= before.ttl),
            Err(SessionError::Expired | SessionError::Draining { .. }) => {
                assert_eq!(self.hermes.session(&id).await.ttl, before.ttl);
            }
            Err(other) => panic!("{other:?}"),
        }
    }
}

async fn play(events: &[Event], workers_survive: bool, max_containers: usize) {
    let mut play = Play {
        hermes: Hermes::with(Setup {
            max_containers,
            workers_survive,
            idle: Duration::from_secs(20),
            ..Setup::default()
        }),
        mails: Vec::new(),
        count: 0,
    };
    for event in events {
        play.happen(event).await;
        play.hermes.audit_counters().await;
        assert!(play.hermes.fleet.running().len() <= max_containers);
    }
    let mut hermes = play.hermes;
    hermes.fleet.relent();
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("FLOW_CASES").map_or(48, |n| n.parse().unwrap()),
        max_shrink_iters: 200,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_command_ends_once_and_every_mail_is_answered_once(
        events in prop::collection::vec(event(), 1..60),
        workers_survive: bool,
        max_containers in 1_usize..3,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.unwrap().block_on(play(&events, workers_survive, max_containers));
    }
}
