//! A newer message stops an older one of its session (C16), and who hears of that.

use hermes::domain::access::Scope;
use hermes::domain::command::CommandState;
use hermes::domain::ids::ReplyId;

use super::harness::{Answer, Hermes, Mail, Repeats, text_of};

#[tokio::test]
async fn c16_a_newer_mail_answers_for_the_ones_it_stopped() {
    let mut hermes = Hermes::start();
    let (session, first) = hermes
        .instruct(&Mail::new("m1", "Change the title to A"))
        .await;
    hermes.until_running(&first).await;
    let next = Mail::new("m2", "Change it to B").answering("m1@example.com");
    let (same, second) = hermes.instruct(&next).await;
    assert_eq!(same, session);
    hermes.tick().await;
    assert_eq!(hermes.finish(Answer::Done).await, Some(first.clone()));
    hermes.until_running(&second).await;
    let last = Mail::new("m3", "Change it to C").answering("m2@example.com");
    let (_, third) = hermes.instruct(&last).await;
    hermes.quiesce().await;

    let stopped = hermes.command(&first).await;
    assert_eq!(stopped.state, CommandState::Interrupted);
    assert_eq!(stopped.result.unwrap().interrupted_by, Some(second.clone()));
    let taken = hermes.mailer.taken();
    assert_eq!(taken.len(), 1, "one answer for all three");
    assert_eq!(taken[0].id, ReplyId::for_command(&third));
    let text = text_of(&taken[0].raw);
    let told = |words: &str| {
        text.find(words)
            .unwrap_or_else(|| panic!("{words} in {text}"))
    };
    assert!(told("Change the title to A") < told("Change it to B"));
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn c16_a_mail_that_is_stopped_by_rest_is_told_so() {
    let mut hermes = Hermes::start();
    let (session, first) = hermes
        .instruct(&Mail::new("m1", "Change the title to A"))
        .await;
    hermes.until_running(&first).await;
    let newer = hermes
        .activation
        .follow_up(&Scope::All, &session, "Change it to B")
        .await;
    hermes.quiesce().await;
    assert_eq!(
        hermes.command(&first).await.state,
        CommandState::Interrupted
    );
    assert_eq!(
        hermes.command(&newer.unwrap().command_id).await.state,
        CommandState::Succeeded
    );
    let sent = hermes.mailer.taken_of(&ReplyId::for_command(&first));
    assert!(text_of(&sent[0].raw).contains("A newer message took its place."));
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn c16_what_came_by_rest_is_not_spoken_of_by_mail() {
    let mut hermes = Hermes::start();
    let (session, first) = hermes
        .instruct(&Mail::new("m1", "Change the title to A"))
        .await;
    hermes.quiesce().await;
    let by_rest = hermes
        .activation
        .follow_up(&Scope::All, &session, "Secretly to B")
        .await;
    let by_rest = by_rest.unwrap().command_id;
    hermes.until_running(&by_rest).await;
    let mail = Mail::new("m2", "Change it to C").answering("m1@example.com");
    let (_, last) = hermes.instruct(&mail).await;
    hermes.quiesce().await;
    assert_eq!(
        hermes.command(&by_rest).await.state,
        CommandState::Interrupted
    );
    let sent = hermes.mailer.taken_of(&ReplyId::for_command(&last));
    assert!(!text_of(&sent[0].raw).contains("Secretly"));
    assert_eq!(hermes.mailer.taken().len(), 2, "{first}");
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn c16_another_conversation_does_not_interrupt() {
    let mut hermes = Hermes::start();
    let (_, first) = hermes
        .instruct(&Mail::new("m1", "Change the title to A"))
        .await;
    hermes.until_running(&first).await;
    hermes.instruct(&Mail::new("m2", "Change the hours")).await;
    hermes.quiesce().await;
    assert_eq!(hermes.command(&first).await.state, CommandState::Succeeded);
    assert_eq!(hermes.mailer.taken().len(), 2);
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn s9_a_command_that_was_cancelled_before_it_was_sent_never_reaches_a_worker() {
    let mut hermes = Hermes::start();
    let (session, command) = hermes
        .instruct(&Mail::new("m1", "Change the title to A"))
        .await;
    hermes
        .deactivation
        .deactivate(&Scope::All, &session)
        .await
        .unwrap();
    hermes.tick().await;
    assert_eq!(
        hermes.command(&command).await.state,
        CommandState::Interrupted
    );
    assert_eq!(hermes.fleet.asked(), 0, "nothing was started for it");
    let sent = hermes.mailer.taken();
    assert_eq!(sent.len(), 1);
    assert!(text_of(&sent[0].raw).contains("The editing session was ended."));
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn s9_a_response_that_was_already_sent_wins_over_the_interrupt() {
    let mut hermes = Hermes::start();
    let (session, command) = hermes
        .instruct(&Mail::new("m1", "Change the title to A"))
        .await;
    hermes.until_running(&command).await;
    hermes.finish(Answer::Done).await;
    hermes
        .deactivation
        .deactivate(&Scope::All, &session)
        .await
        .unwrap();
    hermes.quiesce().await;
    assert_eq!(
        hermes.command(&command).await.state,
        CommandState::Succeeded
    );
    assert_eq!(
        hermes.session(&session).await.reason.as_deref(),
        Some("deactivated")
    );
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn s9_a_cancelled_command_whose_worker_died_is_not_begun_again() {
    let mut hermes = Hermes::start();
    let (session, command) = hermes
        .instruct(&Mail::new("m1", "Change the title to A"))
        .await;
    hermes.until_running(&command).await;
    hermes
        .deactivation
        .deactivate(&Scope::All, &session)
        .await
        .unwrap();
    hermes.crash_worker(&session).await;
    hermes.quiesce().await;
    let ended = hermes.command(&command).await;
    assert_eq!((ended.state, ended.starts), (CommandState::Interrupted, 1));
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a_failure_is_told_with_its_kind() {
    let mut hermes = Hermes::start();
    for (n, (code, words)) in [
        ("not_found", "I could not tell what to change"),
        ("text_ambiguous", "I could not tell what to change"),
        ("needs_model", "I cannot do this"),
        ("unsupported", "I cannot do this"),
        ("agent_failed", "Your change did not work."),
    ]
    .into_iter()
    .enumerate()
    {
        let (_, command) = hermes
            .instruct(&Mail::new(&format!("m{n}"), "Change A"))
            .await;
        hermes.until_running(&command).await;
        hermes.finish(Answer::Failed(code)).await;
        hermes.tick().await;
        let sent = hermes.mailer.taken_of(&ReplyId::for_command(&command));
        assert!(text_of(&sent[0].raw).contains(words), "{code}");
    }
    hermes.audit(Repeats::None).await;
}
