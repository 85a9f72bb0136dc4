//! Answers on their way out.

use std::time::Duration;

use hermes::domain::ids::{CommandId, ReplyId, SessionId};
use hermes::domain::reply::ReplyState;

use super::harness::{Answer, Hermes, Mail, Repeats};
use crate::support::faulty::Trouble;
use crate::support::mailer::NotTaken;

/// A mail whose result has come and whose answer is pending.
async fn pending(hermes: &mut Hermes) -> (SessionId, CommandId) {
    let (session, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.until_running(&command).await;
    hermes.finish(Answer::Done).await;
    hermes.results.tick().await.unwrap();
    assert!(matches!(state(hermes, &command).await, ReplyState::Pending));
    (session, command)
}

async fn state(hermes: &Hermes, command: &CommandId) -> ReplyState {
    let id = ReplyId::for_command(command);
    hermes.ports.replies.get(&id).await.unwrap().unwrap().state
}

#[tokio::test]
async fn a_throttled_answer_goes_out_once_when_it_is_time() {
    let mut hermes = Hermes::start();
    let (_, command) = pending(&mut hermes).await;
    hermes
        .mailer
        .refuse(1, NotTaken::Throttled(Some(Duration::from_mins(3))));
    hermes.mailer.refuse(2, NotTaken::Throttled(None));
    hermes.tick().await;
    for (wait, taken) in [(179, 0), (1, 0), (19, 0), (1, 0), (39, 0), (1, 1), (600, 1)] {
        hermes.clock.advance(Duration::from_secs(wait));
        hermes.replies.tick().await.unwrap();
        assert_eq!(hermes.mailer.taken().len(), taken);
    }
    assert!(matches!(
        state(&hermes, &command).await,
        ReplyState::Sent { .. }
    ));
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a_rejected_answer_is_given_up_and_that_is_an_event() {
    let mut hermes = Hermes::start();
    let (session, command) = pending(&mut hermes).await;
    hermes.mailer.refuse(1, NotTaken::Rejected);
    hermes.tick().await;
    assert!(matches!(
        state(&hermes, &command).await,
        ReplyState::Failed { .. }
    ));
    assert_eq!(hermes.events(&session).await.last(), Some(&"reply.failed"));
    hermes.clock.advance(Duration::from_hours(24));
    hermes.tick().await;
    assert!(hermes.mailer.taken().is_empty());
}

#[tokio::test]
async fn an_answer_that_nobody_takes_is_given_up_after_a_day() {
    let mut hermes = Hermes::start();
    let (session, command) = pending(&mut hermes).await;
    hermes.mailer.refuse(1000, NotTaken::Throttled(None));
    let begin = hermes.now();
    while !matches!(state(&hermes, &command).await, ReplyState::Failed { .. }) {
        hermes.replies.tick().await.unwrap();
        hermes.clock.advance(Duration::from_mins(10));
    }
    let hours = hermes.now().since(begin).as_secs() / 3600;
    assert!((23..27).contains(&hours), "{hours} h");
    assert_eq!(hermes.events(&session).await.last(), Some(&"reply.failed"));
}

#[tokio::test]
async fn c21_an_answer_lost_while_it_was_sent_goes_out_again_after_two_minutes_the_same() {
    for trouble in [Trouble::CutBefore, Trouble::CutAfter] {
        let mut hermes = Hermes::start();
        let (_, command) = pending(&mut hermes).await;
        hermes.faults.strike(1, trouble); // the intent is written, then the mailer is called
        hermes.replies.tick().await.unwrap_err();
        assert!(hermes.faults.is_cut());
        hermes.restart();
        assert!(matches!(
            state(&hermes, &command).await,
            ReplyState::Sending { .. }
        ));
        hermes.clock.advance(Duration::from_secs(119));
        hermes.replies.tick().await.unwrap();
        let before = usize::from(trouble == Trouble::CutAfter);
        assert_eq!(hermes.mailer.taken().len(), before);
        hermes.clock.advance(Duration::from_secs(1));
        hermes.replies.tick().await.unwrap();
        let taken = hermes.mailer.taken_of(&ReplyId::for_command(&command));
        assert_eq!(taken.len(), before + 1);
        assert!(
            taken.iter().all(|mail| mail.raw == taken[0].raw),
            "byte for byte"
        );
        hermes.quiesce().await;
        hermes.audit(Repeats::Possible).await;
    }
}

#[tokio::test]
async fn a_store_that_fails_when_the_mail_is_out_does_not_make_it_go_out_twice() {
    for trouble in [Trouble::Conflict, Trouble::FailsBefore, Trouble::FailsAfter] {
        let mut hermes = Hermes::start();
        let (_, command) = pending(&mut hermes).await;
        // intent, mail, then the note that it is out; conflicts count commits only
        let calm = if trouble == Trouble::Conflict { 1 } else { 2 };
        hermes.faults.strike(calm, trouble);
        hermes.replies.tick().await.unwrap();
        assert!(hermes.faults.has_struck());
        assert!(matches!(
            state(&hermes, &command).await,
            ReplyState::Sent { .. }
        ));
        hermes.clock.advance(Duration::from_hours(1));
        hermes.tick().await;
        hermes.quiesce().await;
        hermes.audit(Repeats::None).await;
    }
}

#[tokio::test]
async fn many_answers_go_out_in_one_pass_and_one_that_is_rejected_holds_up_none() {
    let mut hermes = Hermes::start();
    hermes.mailer.refuse(1, NotTaken::Rejected);
    for n in 0..70 {
        let from = format!("stranger{n}@example.org");
        hermes
            .post(&Mail::new(&format!("s{n}"), "Hello").from(&from))
            .await;
    }
    hermes.replies.tick().await.unwrap();
    assert_eq!(hermes.mailer.taken().len(), 69);
}

#[tokio::test]
async fn an_answer_that_an_operator_holds_up_is_kept_shown_and_sent_in_the_end() {
    let mut hermes = Hermes::start();
    let (_, command) = pending(&mut hermes).await;
    hermes.mailer.refuse(10_000, NotTaken::Denied);
    let begin = hermes.now();
    let two_days = Duration::from_hours(48);
    let mut tries = 0;
    while hermes.now().since(begin) < two_days {
        hermes.replies.tick().await.unwrap();
        assert!(matches!(
            state(&hermes, &command).await,
            ReplyState::Pending
        ));
        hermes.clock.advance(Duration::from_mins(10));
        tries += 1;
    }
    assert!(
        tries > 150,
        "far more than are made of a mail that is given up"
    );
    let told = hermes.troubles.told(hermes.now());
    assert!(
        told[0].contains("the sender's domain is not verified"),
        "{told:?}"
    );

    // a throttle now does not use up what patience there is
    hermes.mailer.relent();
    hermes.mailer.refuse(1, NotTaken::Throttled(None));
    hermes.replies.tick().await.unwrap();
    assert!(matches!(
        state(&hermes, &command).await,
        ReplyState::Pending
    ));
    hermes.clock.advance(Duration::from_mins(10));
    hermes.replies.tick().await.unwrap();
    assert!(matches!(
        state(&hermes, &command).await,
        ReplyState::Sent { .. }
    ));
    assert!(hermes.troubles.told(hermes.now()).is_empty());
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}
