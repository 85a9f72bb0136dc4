//! Every story again, with trouble at each of its effects in turn: a lost race, a failed call, a call whose answer is
//! lost, and the power cut after it, which is before the next. However it goes, everything has its one outcome in the end.

use std::time::Duration;

use hermes::domain::access::Scope;
use hermes::domain::command::CommandState;
use hermes::domain::ids::{CommandId, SessionId};
use hermes::domain::journal::Verdict;
use hermes::services::intake_error::{IntakeError, Received};
use hermes::services::session_error::SessionError;

use super::harness::{Hermes, Mail, Repeats, Setup};
use crate::support::faulty::Trouble;

/// Callers as they are: they try again until they are answered.
impl Hermes {
    async fn deliver(&mut self, mail: &Mail) -> Received {
        for _ in 0..3 {
            match self.try_post(mail).await {
                Ok(received) => return received,
                Err(IntakeError::Backend(_)) => self.mend(),
                Err(other) => panic!("{other:?}"),
            }
        }
        panic!("not taken");
    }

    async fn deliver_instruction(&mut self, mail: &Mail) -> (SessionId, CommandId) {
        let received = self.deliver(mail).await;
        (received.session_id.unwrap(), received.command_id.unwrap())
    }

    async fn insist_on_the_end_of(&mut self, session: &SessionId) {
        for _ in 0..3 {
            match self.deactivation.deactivate(&Scope::All, session).await {
                Ok(_) => return,
                Err(SessionError::Backend(_)) => self.mend(),
                Err(other) => panic!("{other:?}"),
            }
        }
        panic!("not deactivated");
    }
}

macro_rules! play {
    ($story:path, $trouble:expr, $workers_survive:expr) => {{
        let trouble: Trouble = $trouble;
        let repeats = match trouble {
            Trouble::Conflict | Trouble::FailsBefore => Repeats::None,
            Trouble::FailsAfter | Trouble::CutBefore | Trouble::CutAfter => Repeats::Possible,
        };
        let mut calm = 0;
        loop {
            let mut hermes = Hermes::with(Setup {
                workers_survive: $workers_survive,
                idle: Duration::from_secs(15),
                ..Setup::default()
            });
            hermes.faults.strike(calm, trouble);
            $story(&mut hermes).await;
            hermes.quiesce().await;
            if !hermes.faults.has_struck() {
                assert!(calm > 3, "the story has effects");
                break;
            }
            hermes.audit(repeats).await;
            calm += 1;
        }
    }};
}

/// Plays a story with each trouble at each of its effects, until one is never met.
macro_rules! with_troubles {
    ($($name:ident: $story:path;)*) => {$(
        mod $name {
            use super::*;

            #[tokio::test]
            async fn when_a_commit_conflicts() {
                play!($story, Trouble::Conflict, false);
            }

            #[tokio::test]
            async fn when_a_call_fails() {
                play!($story, Trouble::FailsBefore, false);
            }

            #[tokio::test]
            async fn when_an_answer_is_lost() {
                play!($story, Trouble::FailsAfter, false);
            }

            #[tokio::test]
            async fn when_the_power_is_cut() {
                play!($story, Trouble::CutAfter, false);
            }

            #[tokio::test]
            async fn when_the_power_is_cut_and_workers_survive() {
                play!($story, Trouble::CutAfter, true);
            }
        }
    )*};
}

with_troubles! {
    a_mail_is_answered: a_mail;
    a_newer_mail_stops_an_older_one: a_newer_mail;
    a_session_is_deactivated_at_work: a_deactivation;
    a_worker_dies_at_work: a_crash;
    a_container_falls_asleep_and_is_woken: a_sleep;
    a_stranger_is_refused: a_refusal;
    an_activation_is_tried_again_with_its_key: an_activation;
}

async fn a_mail(hermes: &mut Hermes) {
    let mail = Mail::new("m1", "Change the title to A");
    let (_, command) = hermes.deliver_instruction(&mail).await;
    hermes.quiesce().await;
    assert_eq!(
        hermes.command(&command).await.state,
        CommandState::Succeeded
    );
    assert!(hermes.deliver(&mail).await.duplicate);
    assert_eq!(hermes.commands().await.len(), 1);
}

async fn a_newer_mail(hermes: &mut Hermes) {
    let (_, first) = hermes
        .deliver_instruction(&Mail::new("m1", "Change A"))
        .await;
    hermes.until_running(&first).await;
    let next = Mail::new("m2", "Change B").answering("m1@example.com");
    let (_, second) = hermes.deliver_instruction(&next).await;
    hermes.quiesce().await;
    assert_eq!(hermes.commands().await.len(), 2);
    assert_eq!(hermes.command(&second).await.state, CommandState::Succeeded);
}

async fn a_deactivation(hermes: &mut Hermes) {
    let (session, first) = hermes
        .deliver_instruction(&Mail::new("m1", "Change A"))
        .await;
    hermes.until_running(&first).await;
    let next = Mail::new("m2", "Change B").answering("m1@example.com");
    let (_, second) = hermes.deliver_instruction(&next).await;
    hermes.insist_on_the_end_of(&session).await;
    hermes.quiesce().await;
    for command in [first, second] {
        let ended = hermes.command(&command).await;
        // when the interrupt could not be sent in time, the response wins
        assert!(
            !ended.state.is_open() && ended.state != CommandState::Failed,
            "{ended:?}"
        );
    }
    assert_eq!(
        hermes.session(&session).await.reason.as_deref(),
        Some("deactivated")
    );
}

async fn a_crash(hermes: &mut Hermes) {
    let (session, command) = hermes
        .deliver_instruction(&Mail::new("m1", "Change A"))
        .await;
    hermes.until_running(&command).await;
    hermes.crash_worker(&session).await;
    hermes.quiesce().await;
    assert_eq!(
        hermes.command(&command).await.state,
        CommandState::Succeeded
    );
}

async fn a_sleep(hermes: &mut Hermes) {
    hermes
        .deliver_instruction(&Mail::new("m1", "Change A"))
        .await;
    hermes.quiesce().await;
    hermes.nod_off().await;
    let next = Mail::new("m2", "Change B").answering("m1@example.com");
    hermes.deliver_instruction(&next).await;
    hermes.quiesce().await;
    assert_eq!(hermes.commands().await.len(), 2);
}

async fn an_activation(hermes: &mut Hermes) {
    for _ in 0..3 {
        match hermes.try_activate("Change A", None, Some("key-1")).await {
            Ok(_) => {}
            Err(SessionError::Backend(_)) => hermes.mend(),
            Err(other) => panic!("{other:?}"),
        }
    }
    hermes.quiesce().await;
    assert_eq!(hermes.commands().await.len(), 1);
    assert!(hermes.mailer.taken().is_empty());
}

async fn a_refusal(hermes: &mut Hermes) {
    let mail = Mail::new("s1", "Hello").from("stranger@example.org");
    assert_eq!(hermes.deliver(&mail).await.verdict, Verdict::Refuse);
    hermes.quiesce().await;
    hermes
        .deliver(&Mail::new("s2", "Hello").from("stranger@example.org"))
        .await;
    hermes.quiesce().await;
    assert!(!hermes.mailer.taken().is_empty());
    let first = hermes.mailer.taken().remove(0);
    assert!(
        hermes
            .mailer
            .taken()
            .iter()
            .all(|mail| mail.raw == first.raw),
        "one refusal"
    );
}
