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

/// One thing that happens.
#[derive(Debug, Clone)]
enum Event {
    Said(Word),
    Turned(Turn),
}

/// What people and clients do. Numbers choose among what there is.
#[derive(Debug, Clone)]
enum Word {
    Mail { by_bob: bool },
    Reply(usize),
    FollowUp(usize),
    Deactivate(usize),
    Keepalive(usize),
}

/// What the world does.
#[derive(Debug, Clone)]
enum Turn {
    Wait(Duration),
    Hear,
    Begin,
    Answer(Answer),
    WorkerDies(usize),
    FleetRefuses(usize),
    MailerRefuses(usize),
    HermesRestarts,
    Tick,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        1 => word().prop_map(Event::Said),
        3 => turn().prop_map(Event::Turned),
    ]
}

fn word() -> impl Strategy<Value = Word> {
    prop_oneof![
        3 => any::<bool>().prop_map(|by_bob| Word::Mail { by_bob }),
        4 => any::<usize>().prop_map(Word::Reply),
        2 => any::<usize>().prop_map(Word::FollowUp),
        2 => any::<usize>().prop_map(Word::Deactivate),
        1 => any::<usize>().prop_map(Word::Keepalive),
    ]
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        3 => (1_u64..40).prop_map(|s| Turn::Wait(Duration::from_secs(s))),
        1 => (1_u64..300).prop_map(|m| Turn::Wait(Duration::from_mins(m))),
        2 => Just(Turn::Hear),
        6 => Just(Turn::Begin),
        3 => Just(Turn::Answer(Answer::Done)),
        3 => Just(Turn::Answer(Answer::Failed("not_found"))),
        2 => any::<usize>().prop_map(Turn::WorkerDies),
        1 => (1_usize..6).prop_map(Turn::FleetRefuses),
        1 => (1_usize..4).prop_map(Turn::MailerRefuses),
        1 => Just(Turn::HermesRestarts),
        10 => Just(Turn::Tick),
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
        let Some(session) = self.hermes.post(&mail).await.session_id else {
            // the sixth conversation in an hour (L15)
            assert_eq!(answering, None);
            return;
        };
        self.mails
            .push((session, format!("{id}@example.com"), by_bob));
    }

    async fn say(&mut self, word: &Word) {
        match word {
            Word::Mail { by_bob } => self.write(*by_bob, None).await,
            Word::Reply(choice) => {
                if let Some(place) = choice.checked_rem(self.mails.len()) {
                    let (session, parent, by_bob) = self.mails[place].clone();
                    self.write(by_bob, Some(&parent)).await;
                    assert_eq!(self.mails.last().unwrap().0, session);
                }
            }
            Word::FollowUp(choice) => {
                if let Some(session) = self.session(*choice) {
                    let activation = &self.hermes.activation;
                    let more = activation.follow_up(&Scope::All, &session, "And more");
                    assert_eq!(more.await.unwrap().session_id, session);
                }
            }
            Word::Deactivate(choice) => {
                if let Some(session) = self.session(*choice) {
                    let found = self.hermes.deactivation.deactivate(&Scope::All, &session);
                    found.await.unwrap();
                }
            }
            Word::Keepalive(choice) => self.keep_alive(*choice).await,
        }
    }

    async fn turn(&mut self, turn: &Turn) {
        let hermes = &mut self.hermes;
        match turn {
            Turn::Wait(time) => hermes.clock.advance(*time),
            Turn::Hear => hermes.hear().await,
            Turn::Begin => drop(hermes.begin().await),
            Turn::Answer(answer) => drop(hermes.finish(answer.clone()).await),
            Turn::WorkerDies(choice) => {
                let tasks = hermes.fleet.running();
                if let Some(place) = choice.checked_rem(tasks.len()) {
                    let task = &tasks[place];
                    let (container, generation) = (&task.container, task.generation);
                    hermes.fleet.end(container, generation, StopReason::Crash);
                }
            }
            Turn::FleetRefuses(count) => hermes.fleet.refuse(*count, Refusal::Capacity),
            Turn::MailerRefuses(count) => {
                hermes.mailer.refuse(*count, NotTaken::Throttled(None));
            }
            Turn::HermesRestarts => hermes.restart(),
            Turn::Tick => hermes.tick().await,
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
        match event {
            Event::Said(word) => play.say(word).await,
            Event::Turned(turn) => play.turn(turn).await,
        }
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
        cases: 48,
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
