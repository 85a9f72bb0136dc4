//! Replies of one word: what only asks is answered without waking anybody, `stop` stops, the rest is recorded (P1, C20).

use hermes::domain::command::{Action, CommandState};
use hermes::domain::ids::ReplyId;
use hermes::domain::journal::Verdict;
use hermes::domain::mail::{Authentication, Evidence, RuleId, Screening, parse};

use super::harness::{Answer, Hermes, Mail, Repeats, VIC, text_of};

#[tokio::test]
async fn p1_status_and_help_are_answered_and_interrupt_nothing() {
    let mut hermes = Hermes::start();
    let (_, first) = hermes
        .instruct(&Mail::new("m1", "Change the title to A"))
        .await;
    hermes.until_running(&first).await;
    for (id, word, told) in [
        ("m2", "Status?", "Change the title to A"),
        ("m3", "help", "status"),
    ] {
        let received = hermes
            .post(&Mail::new(id, word).answering("m1@example.com"))
            .await;
        assert_eq!(
            (received.verdict, received.command_id),
            (Verdict::Command, None),
            "{word}"
        );
        assert!(received.session_id.is_some() && received.rules.contains(&"P1".to_owned()));
        hermes.tick().await;
        let sent = hermes
            .mailer
            .taken_of(&ReplyId::for_message(&received.journal_id));
        assert_eq!(sent.len(), 1);
        assert!(
            text_of(&sent[0].raw).contains(told),
            "{}",
            text_of(&sent[0].raw)
        );
        let again = hermes
            .post(&Mail::new(id, word).answering("m1@example.com"))
            .await;
        assert!(again.duplicate);
    }
    assert_eq!(hermes.command(&first).await.state, CommandState::Running);
    hermes.quiesce().await;
    assert_eq!(hermes.command(&first).await.state, CommandState::Succeeded);
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn p1_viewers_may_ask_and_strangers_to_a_conversation_too() {
    let mut hermes = Hermes::start();
    let received = hermes.post(&Mail::new("m1", "status").from(VIC)).await;
    assert_eq!(
        (received.verdict, received.session_id),
        (Verdict::Command, None)
    );
    let refused = hermes.post(&Mail::new("m2", "stop").from(VIC)).await;
    assert_eq!(refused.verdict, Verdict::Refuse);
    hermes.quiesce().await;
    assert_eq!(hermes.mailer.taken().len(), 2);
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn c20_stop_ends_what_is_open_and_begins_nothing() {
    let mut hermes = Hermes::start();
    let (session, first) = hermes
        .instruct(&Mail::new("m1", "Change the title to A"))
        .await;
    hermes.until_running(&first).await;
    let stop = hermes
        .post(&Mail::new("m2", "Stop!").answering("m1@example.com"))
        .await;
    assert_eq!(
        (stop.verdict, stop.session_id.as_ref()),
        (Verdict::Command, Some(&session))
    );
    hermes.quiesce().await;
    assert_eq!(
        hermes.command(&first).await.state,
        CommandState::Interrupted
    );
    assert_eq!(hermes.commands().await.len(), 1, "no turn was started");
    let answers = hermes
        .mailer
        .taken_of(&ReplyId::for_message(&stop.journal_id));
    assert_eq!(answers.len(), 1);
    let late = hermes
        .post(&Mail::new("m3", "stop").answering("m1@example.com"))
        .await;
    hermes.quiesce().await;
    let nothing = hermes
        .mailer
        .taken_of(&ReplyId::for_message(&late.journal_id));
    assert_ne!(text_of(&nothing[0].raw), text_of(&answers[0].raw));
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn p1_what_changes_something_is_recorded_for_the_worker() {
    let mut hermes = Hermes::start();
    let (session, _) = hermes
        .instruct(&Mail::new("m1", "Change the title to A"))
        .await;
    hermes.quiesce().await;
    let undo = hermes
        .post(&Mail::new("m2", "Undo 2").answering("m1@example.com"))
        .await;
    assert_eq!(
        (undo.verdict, undo.session_id),
        (Verdict::Command, Some(session))
    );
    let id = undo.command_id.unwrap();
    hermes.until_running(&id).await;
    assert_eq!(
        hermes.command(&id).await.action,
        Some(Action::Undo { turns: 2 })
    );
    hermes.finish(Answer::Done).await;
    hermes.quiesce().await;
    assert_eq!(hermes.mailer.taken_of(&ReplyId::for_command(&id)).len(), 1);
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a_mail_is_explained_by_what_is_known_and_nothing_is_written() {
    let mut hermes = Hermes::start();
    hermes
        .instruct(&Mail::new("m1", "Change the title to A"))
        .await;
    hermes.quiesce().await;
    let before = hermes.commands().await.len();
    for (mail, verdict, continues) in [
        (
            Mail::new("m2", "And to B").answering("m1@example.com"),
            Verdict::Instruct,
            true,
        ),
        (Mail::new("m3", "And to C"), Verdict::Instruct, false),
        (
            Mail::new("m4", "And to D").from("stranger@example.org"),
            Verdict::Refuse,
            false,
        ),
    ] {
        let parsed = parse(&mail.bytes()).unwrap();
        let word = Evidence::Word(Authentication::Vouched { may_publish: false });
        let told = hermes.intake.explain(&parsed, word, Screening::Clean).await;
        let told = told.unwrap();
        assert_eq!(told.verdict, verdict, "{mail:?}");
        let found = told.rules.contains(&RuleId::T1);
        assert_eq!(found, continues, "{mail:?}: {:?}", told.rules);
    }
    assert_eq!(hermes.commands().await.len(), before);
    hermes.audit(Repeats::None).await;
}
