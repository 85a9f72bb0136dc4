//! What senders hear before the outcome: that their message has arrived, or that it is kept (L10, L19, C6).

use std::time::Duration;

use hermes::domain::command::CommandState;
use hermes::domain::ids::{CommandId, ReplyId};
use hermes::domain::reply::ReplyState;
use hermes::ports::mailer::OutgoingMail;

use super::harness::{Answer, Hermes, Mail, Repeats, field, text_of};
use crate::support::faulty::Trouble;
use crate::support::fleet::Refusal;
use crate::support::mailer::NotTaken;

const SECOND: Duration = Duration::from_secs(1);

fn notes_of(hermes: &Hermes, command: &CommandId, kind: &str) -> Vec<OutgoingMail> {
    hermes.mailer.taken_of(&ReplyId::for_note(command, kind))
}

#[tokio::test]
async fn what_takes_longer_than_a_minute_is_acknowledged_once() {
    let mut hermes = Hermes::start();
    let (session, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.tick().await;
    hermes.pass(SECOND * 59).await;
    assert!(hermes.mailer.taken().is_empty());
    hermes.pass(SECOND * 2).await;
    let notes = notes_of(&hermes, &command, "ack");
    assert_eq!((notes.len(), hermes.mailer.taken().len()), (1, 1));
    assert!(text_of(&notes[0].raw).contains("Your message has arrived."));
    assert_eq!(field(&notes[0].raw, "Auto-Submitted"), "auto-replied");
    hermes.pass(SECOND * 600).await;
    assert_eq!(hermes.mailer.taken().len(), 1);

    // an answer to the note is of the conversation
    let id = field(&notes[0].raw, "Message-ID");
    let more = Mail::new("m2", "And change B").answering(id.trim_matches(['<', '>']));
    let (same, _) = hermes.instruct(&more).await;
    assert_eq!(same, session);
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn what_is_answered_within_a_minute_is_not_acknowledged() {
    let mut hermes = Hermes::start();
    let (_, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.until_running(&command).await;
    hermes.pass(SECOND * 30).await;
    hermes.finish(Answer::Done).await;
    hermes.pass(SECOND * 300).await;
    assert_eq!(hermes.mailer.taken().len(), 1);
    assert!(notes_of(&hermes, &command, "ack").is_empty());
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn an_acknowledgment_is_written_once_whatever_happens_to_it() {
    for trouble in [
        Trouble::Conflict,
        Trouble::FailsBefore,
        Trouble::FailsAfter,
        Trouble::CutBefore,
        Trouble::CutAfter,
    ] {
        let mut hermes = Hermes::start();
        let (_, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
        hermes.until_running(&command).await;
        hermes.pass(SECOND * 50).await;
        hermes.clock.advance(SECOND * 20);
        hermes.faults.strike(0, trouble);
        hermes.notes.tick().await.ok();
        assert!(hermes.faults.has_struck() || hermes.faults.is_cut());
        hermes.mend();
        for _ in 0..5 {
            hermes.try_tick().await.ok();
            hermes.clock.advance(SECOND * 2);
        }
        assert_eq!(notes_of(&hermes, &command, "ack").len(), 1, "{trouble:?}");
        hermes.quiesce().await;
        hermes.audit(Repeats::None).await;
    }
}

#[tokio::test]
async fn l10_who_wants_no_acknowledgment_gets_none() {
    let mut hermes = Hermes::start();
    let mail = Mail::new("m1", "Change A").with("X-Auto-Response-Suppress", "AutoReply");
    let (_, command) = hermes.instruct(&mail).await;
    hermes.tick().await;
    hermes.pass(SECOND * 300).await;
    assert!(hermes.mailer.taken().is_empty());
    hermes.quiesce().await;
    assert!(notes_of(&hermes, &command, "ack").is_empty());
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn l19_a_conversation_is_acknowledged_once_in_three_days() {
    let mut hermes = Hermes::start();
    let (_, first) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.tick().await;
    hermes.pass(SECOND * 61).await;
    assert_eq!(notes_of(&hermes, &first, "ack").len(), 1);
    hermes.quiesce().await;
    for (id, days, acknowledged) in [("m2", 1, 0), ("m3", 3, 1)] {
        hermes.clock.advance(Duration::from_hours(24 * days));
        hermes.tick().await;
        let more = Mail::new(id, "Change B").answering("m1@example.com");
        let (_, later) = hermes.instruct(&more).await;
        hermes.tick().await;
        hermes.pass(SECOND * 61).await;
        assert_eq!(notes_of(&hermes, &later, "ack").len(), acknowledged, "{id}");
        hermes.quiesce().await;
    }
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn an_acknowledgment_that_the_outcome_overtakes_is_not_sent() {
    let mut hermes = Hermes::start();
    let (_, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.until_running(&command).await;
    let wait = NotTaken::Throttled(Some(Duration::from_mins(3)));
    hermes.mailer.refuse(1, wait);
    hermes.pass(SECOND * 61).await;
    hermes.finish(Answer::Done).await;
    hermes.pass(SECOND * 300).await;
    assert_eq!(hermes.mailer.taken().len(), 1, "the outcome alone");
    let id = ReplyId::for_note(&command, "ack");
    let note = hermes.ports.replies.get(&id).await.unwrap().unwrap();
    assert!(matches!(note.state, ReplyState::Failed { .. }), "{note:?}");
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn c6_who_waits_for_a_container_that_does_not_start_hears_once_that_the_message_is_kept() {
    let mut hermes = Hermes::start();
    hermes.fleet.refuse(10_000, Refusal::Rejected);
    let (_, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.tick().await;
    for _ in 0..84 {
        hermes.clock.advance(SECOND);
        hermes.tick().await;
    }
    assert!(hermes.mailer.taken().is_empty(), "it may still start");
    hermes.pass(SECOND * 10).await;
    let notes = notes_of(&hermes, &command, "still_working");
    assert_eq!((notes.len(), hermes.mailer.taken().len()), (1, 1));
    let text = text_of(&notes[0].raw);
    assert!(text.contains("Your message is kept"), "{text}");
    assert!(text.contains("UTC on 22 November 2026"), "{text}");
    hermes.pass(Duration::from_mins(25)).await;
    assert_eq!(hermes.mailer.taken().len(), 1, "once");

    hermes.fleet.relent();
    hermes.quiesce().await;
    assert_eq!(
        hermes.command(&command).await.state,
        CommandState::Succeeded
    );
    assert_eq!(hermes.mailer.taken().len(), 2);
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn c6_a_message_that_was_kept_for_a_day_in_vain_ends_and_its_sender_hears_so() {
    let mut hermes = Hermes::start();
    hermes.fleet.refuse(10_000, Refusal::Rejected);
    let (_, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    let begin = hermes.now();
    while hermes.command(&command).await.state.is_open() {
        hermes.tick().await;
        hermes.clock.advance(SECOND * 60);
    }
    let hours = hermes.now().since(begin).as_secs() / 3600;
    assert_eq!(hours, 24);
    hermes.tick().await;
    let taken = hermes.mailer.taken();
    assert_eq!(taken.len(), 2);
    assert!(text_of(&taken[1].raw).contains("could not be started for a whole day"));
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn nothing_is_read_while_nothing_is_open() {
    let mut hermes = Hermes::start();
    let (_, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.until_running(&command).await;
    hermes.finish(Answer::Done).await;
    hermes.pass(SECOND * 120).await;
    assert!(!hermes.notes.looks(), "it has found nothing and rests");
}
