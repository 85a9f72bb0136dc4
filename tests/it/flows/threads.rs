//! Which conversation a mail belongs to.

use hermes::domain::ids::{CommandId, ReplyId, SessionId};
use hermes::domain::journal::Verdict;

use super::harness::{BOB, Hermes, Mail, Repeats, Setup, a_project, field};

/// A first mail, answered; the session, the command and the answer as it was sent.
async fn answered(hermes: &mut Hermes) -> (SessionId, CommandId, Vec<u8>) {
    let (session, command) = hermes
        .instruct(&Mail::new("m1", "Change the title to A"))
        .await;
    hermes.quiesce().await;
    let sent = hermes.mailer.taken_of(&ReplyId::for_command(&command));
    (session, command, sent[0].raw.to_vec())
}

/// The address in the answer's Reply-To, which carries the token.
fn reply_to(answer: &[u8]) -> String {
    let field = field(answer, "Reply-To");
    let address = field.split('<').next_back().unwrap();
    address.trim_end_matches('>').to_owned()
}

#[tokio::test]
async fn t1_a_reply_goes_on_by_token_by_in_reply_to_and_by_references() {
    let mut hermes = Hermes::start();
    let (session, command, answer) = answered(&mut hermes).await;
    let thread = hermes.session(&session).await.thread_id;
    let replies = [
        Mail::new("m2", "Change it to B").to(&reply_to(&answer)),
        Mail::new("m3", "Change it to C").answering("m1@example.com"),
        Mail::new("m4", "Change it to D").answering(&format!("turn.{command}@hermes.localhost")),
        Mail::new("m5", "Change it to E").with(
            "References",
            &format!("<thread.{thread}@hermes.localhost> <unknown@example.com>"),
        ),
        Mail::new("m6", "Change it to F").with("References", "<m3@example.com> <x@example.com>"),
    ];
    for mail in replies {
        let received = hermes.post(&mail).await;
        assert_eq!(received.session_id, Some(session.clone()), "{mail:?}");
        hermes.quiesce().await;
    }
    let other = hermes.instruct(&Mail::new("m9", "Change it to Z")).await;
    assert_ne!(
        other.0, session,
        "without a reference it is a new conversation"
    );
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn t4_a_reply_to_an_id_that_the_mail_system_made_goes_on() {
    let mut hermes = Hermes::start();
    hermes.mailer.replace_ids();
    let (session, command, _) = answered(&mut hermes).await;
    // all that such a mailer leaves of the conversation
    let seen = format!(
        "{}.eml@us-west-2.amazonses.com",
        ReplyId::for_command(&command)
    );
    let received = hermes
        .post(&Mail::new("m2", "Change it to B").answering(&seen))
        .await;
    assert_eq!(received.session_id, Some(session));
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn t6_somebody_elses_thread_is_not_continued_but_begun_anew() {
    let mut hermes = Hermes::start();
    let (session, command, answer) = answered(&mut hermes).await;
    let tries = [
        Mail::new("b1", "Change it to B").to(&reply_to(&answer)),
        Mail::new("b2", "Change it to C").answering("m1@example.com"),
        Mail::new("b3", "Change it to D").answering(&format!("turn.{command}@hermes.localhost")),
    ];
    for mail in tries {
        let (theirs, _) = hermes.instruct(&mail.from(BOB)).await;
        assert_ne!(theirs, session);
        hermes.quiesce().await;
    }
    assert_eq!(
        hermes
            .ports
            .commands
            .by_session(&session, 9)
            .await
            .unwrap()
            .len(),
        1
    );
    // his own answers go on in his own thread
    let received = hermes
        .post(
            &Mail::new("b4", "And E")
                .from(BOB)
                .answering("b2@example.com"),
        )
        .await;
    assert_ne!(received.session_id, Some(session));
    assert!(!received.duplicate);
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn t6_a_strangers_reply_with_a_token_is_refused_and_wakes_nothing() {
    let mut hermes = Hermes::start();
    let (session, _, answer) = answered(&mut hermes).await;
    let mail = Mail::new("s1", "Change it to B").from("stranger@example.org");
    let received = hermes.post(&mail.to(&reply_to(&answer))).await;
    assert_eq!(received.verdict, Verdict::Refuse);
    assert_eq!((received.session_id, received.command_id), (None, None));
    hermes.quiesce().await;
    assert_eq!(
        hermes
            .ports
            .commands
            .by_session(&session, 9)
            .await
            .unwrap()
            .len(),
        1
    );
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a_reply_that_overtakes_its_parent_is_joined_by_it() {
    let mut hermes = Hermes::start();
    // in every order of ids that mailers write, repeated ones too (T13)
    let reply = Mail::new("m2", "No, to B")
        .with(
            "References",
            "<m1@example.com> <m2@example.com> <m0@example.com>",
        )
        .answering("m1@example.com");
    let (session, _) = hermes.instruct(&reply).await;
    let (joined, _) = hermes
        .instruct(&Mail::new("m1", "Change the title to A"))
        .await;
    assert_eq!(joined, session);
    let (oldest, _) = hermes.instruct(&Mail::new("m0", "Make a page")).await;
    assert_eq!(oldest, session);
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn t6_a_thread_is_of_one_project() {
    let mut hermes = Hermes::with(Setup {
        projects: vec![a_project("site", "acme"), a_project("shop", "acme")],
        ..Setup::default()
    });
    let site = "edit+site@hermes.localhost";
    let (session, _) = hermes.instruct(&Mail::new("m1", "Change A").to(site)).await;
    let shop = Mail::new("m2", "Change B").to("edit+shop@hermes.localhost");
    let (other, _) = hermes.instruct(&shop.answering("m1@example.com")).await;
    assert_ne!(session, other);
    hermes.quiesce().await;
    let which = Mail::new("m3", "Change C").answering("m1@example.com");
    let received = hermes.post(&which).await;
    assert_eq!(
        received.verdict,
        Verdict::Refuse,
        "it could be either: {received:?}"
    );
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a_session_is_woken_months_later_under_its_own_id() {
    let mut hermes = Hermes::start();
    let (session, _, answer) = answered(&mut hermes).await;
    hermes.fall_asleep().await;
    hermes
        .clock
        .advance(std::time::Duration::from_hours(24 * 100));
    hermes.tick().await;
    hermes.sweeper.purge().await.unwrap();
    assert_eq!(hermes.ports.sessions.get(&session).await.unwrap(), None);
    let mail = Mail::new("m2", "Change it to B").to(&reply_to(&answer));
    let (woken, _) = hermes.instruct(&mail).await;
    assert_eq!(woken, session);
    hermes.quiesce().await;
    assert!(hermes.events(&session).await.contains(&"session.woken"));
}
