//! From a mail to its answer, and what a mail is taken for.

use hermes::domain::command::CommandState;
use hermes::domain::ids::ReplyId;
use hermes::domain::journal::Verdict;

use super::harness::{Answer, Hermes, Mail, Repeats, field, text_of};

#[tokio::test]
async fn a_mail_becomes_a_command_and_a_letter_in_the_same_conversation() {
    let mut hermes = Hermes::start();
    let mail = Mail::new("m1", "Change the title to Hello").with("References", "<m0@example.com>");
    let (session, command) = hermes.instruct(&mail).await;
    hermes.tick().await;
    assert_eq!(hermes.begin().await, Some(command.clone()));
    hermes.tick().await;
    assert_eq!(hermes.command(&command).await.state, CommandState::Running);
    hermes.finish(Answer::Done).await;
    hermes.tick().await;

    let sent = hermes.mailer.taken_of(&ReplyId::for_command(&command));
    let raw = &sent[0].raw;
    assert_eq!(sent[0].to, ["amelia@example.com"]);
    assert_eq!(field(raw, "Subject"), "Re: Opening hours");
    assert_eq!(field(raw, "In-Reply-To"), "<m1@example.com>");
    let thread = hermes.session(&session).await.thread_id;
    assert_eq!(
        field(raw, "References"),
        format!("<thread.{thread}@hermes.localhost> <m0@example.com> <m1@example.com>")
    );
    assert_eq!(
        field(raw, "Message-ID"),
        format!("<turn.{command}@hermes.localhost>")
    );
    assert_eq!(field(raw, "Auto-Submitted"), "auto-replied", "L16");
    assert_eq!(field(raw, "X-Hermes-Loop"), "hermes.localhost", "L16");
    let thread = hermes.ports.threads.get(&thread).await.unwrap().unwrap();
    let reply_to = field(raw, "Reply-To");
    assert!(reply_to.contains(&format!(
        "edit+{}@hermes.localhost",
        thread.reply_token.as_str()
    )));
    assert!(text_of(raw).contains("Done: Change the title to Hello"));
    assert!(text_of(raw).contains(&format!("http://{session}.localhost:3000/")));
    assert_eq!(
        hermes.events(&session).await,
        [
            "session.created",
            "mail.accepted",
            "command.queued",
            "container.starting",
            "container.running",
            "command.started",
            "command.succeeded",
            "reply.sent",
        ]
    );
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn e9_a_mail_that_comes_twice_is_one_command() {
    let mut hermes = Hermes::start();
    let mail = Mail::new("m1", "Change the title to Hello");
    let first = hermes.post(&mail).await;
    let again = hermes.post(&mail).await;
    assert!(again.duplicate && !first.duplicate);
    assert_eq!(
        (again.command_id, again.session_id),
        (first.command_id, first.session_id)
    );
    assert_eq!(hermes.commands().await.len(), 1);
    hermes.quiesce().await;
    assert!(hermes.post(&mail).await.duplicate);
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn e9_a_message_id_with_other_content_is_another_mail() {
    let mut hermes = Hermes::start();
    let first = hermes
        .instruct(&Mail::new("m1", "Change the title to Hello"))
        .await;
    let second = hermes
        .instruct(&Mail::new("m1", "Change the title to Bye"))
        .await;
    assert_ne!(first.1, second.1);
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn l_machine_mail_is_silent() {
    let mut hermes = Hermes::start();
    let mail = Mail::new("m1", "I am away").with("Auto-Submitted", "auto-replied");
    let received = hermes.post(&mail).await;
    assert_eq!(
        (received.verdict, received.command_id),
        (Verdict::Silent, None)
    );
    assert_eq!(received.rules, ["L6"]);
    hermes.quiesce().await;
    assert!(hermes.mailer.taken().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn e9_a_mail_delivered_by_eight_at_once_is_one_command() {
    let mut hermes = Hermes::start();
    let raw = Mail::new("m1", "Change the title to Hello").bytes();
    let scope = hermes::domain::access::Scope::All;
    let posts = (0..8).map(|_| {
        let auth = hermes::domain::mail::Authentication::Proven;
        let channel = hermes::domain::journal::Channel::Ses;
        hermes.intake.receive(raw.clone(), channel, auth, &scope)
    });
    let answers = futures_util::future::join_all(posts).await;
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|answer| !answer.duplicate).count(), 1);
    assert!(
        answers
            .iter()
            .all(|answer| answer.command_id == answers[0].command_id)
    );
    hermes.known.extend(answers[0].session_id.clone());
    assert_eq!(hermes.commands().await.len(), 1);
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn different_mails_at_once_are_all_taken_in_their_own_sequence() {
    let mut hermes = Hermes::start();
    let scope = hermes::domain::access::Scope::All;
    let posts = (0..5).map(|n| {
        let raw = Mail::new(&format!("m{n}"), &format!("Change the title to {n}")).bytes();
        let auth = hermes::domain::mail::Authentication::Proven;
        let channel = hermes::domain::journal::Channel::Ses;
        hermes.intake.receive(raw, channel, auth, &scope)
    });
    let posts: Vec<_> = posts.collect();
    for answer in futures_util::future::join_all(posts).await {
        hermes.known.extend(answer.unwrap().session_id);
    }
    let mut sequences: Vec<u64> = hermes.commands().await.iter().map(|c| c.sequence).collect();
    sequences.sort_unstable();
    assert_eq!(sequences, [1, 2, 3, 4, 5]);
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}
