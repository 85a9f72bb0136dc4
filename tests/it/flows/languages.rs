//! Answers are in the language that the sender writes.

use hermes::domain::access::Scope;
use hermes::domain::ids::{CommandId, ReplyId};
use hermes::domain::journal::Channel;
use hermes::domain::mail::Authentication;

use super::harness::{Answer, Hermes, Mail, Repeats, field, text_of};

/// A Hermes with one German conversation of Amelia's, whose first mail is `m1`.
async fn in_german() -> Hermes {
    let mut hermes = Hermes::start();
    let words = "Bitte ändern Sie die Überschrift der Startseite.";
    hermes.instruct(&Mail::new("m1", words)).await;
    hermes.quiesce().await;
    hermes
}

/// The one answer to a command, with its words on one line.
async fn answer_to(hermes: &mut Hermes, command: &CommandId) -> String {
    hermes.quiesce().await;
    let sent = hermes.mailer.taken_of(&ReplyId::for_command(command));
    assert_eq!(sent.len(), 1);
    assert_eq!(field(&sent[0].raw, "Content-Language"), "de");
    let text = text_of(&sent[0].raw);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_german_mail_gets_a_german_answer_and_so_does_an_ok_to_it() {
    let mut hermes = Hermes::start();
    let mail = Mail::new(
        "m1",
        "Bitte ersetzt auf der Startseite \"Open\" durch \"Hello there\".",
    );
    let (_, command) = hermes.instruct(&mail).await;
    hermes.until_running(&command).await;
    hermes.finish(Answer::Done).await;
    hermes.quiesce().await;
    let (_, ok) = hermes
        .instruct(&Mail::new("m2", "ok").answering("m1@example.com"))
        .await;
    hermes.until_running(&ok).await;
    hermes.quiesce().await;
    let taken = hermes.mailer.taken();
    assert_eq!(taken.len(), 2);
    for answer in taken {
        assert_eq!(field(&answer.raw, "Content-Language"), "de");
        let text = text_of(&answer.raw);
        assert!(text.starts_with("-- Bitte oberhalb dieser Zeile antworten -- (hermes-"));
        assert!(text.contains("\nSie schrieben:\n"), "{text}");
    }
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn refusals_are_in_the_senders_language_too() {
    let mut hermes = Hermes::start();
    for (from, words, expected) in [
        (
            "a@example.net",
            "Pourriez-vous changer les horaires ?",
            "fr",
        ),
        (
            "b@example.net",
            "¿Pueden cambiar el horario, por favor?",
            "es",
        ),
        ("c@example.net", "Könnt ihr die Zeiten ändern?", "de"),
        ("d@example.net", "Could you change the hours?", "en"),
    ] {
        hermes.post(&Mail::new(from, words).from(from)).await;
        hermes.tick().await;
        let answer = hermes.mailer.taken().pop().unwrap();
        assert_eq!(answer.to, [from]);
        assert_eq!(field(&answer.raw, "Content-Language"), expected);
    }
}

#[tokio::test]
async fn a6_a_member_is_asked_in_the_language_of_the_held_mail_or_of_the_conversation() {
    for (words, subject, language) in [
        (
            "Bitte ersetzen Sie das Bild auf der Startseite.",
            "Haben Sie das geschrieben?",
            "de",
        ),
        ("ok", "Haben Sie das geschrieben?", "de"),
        (
            "Please replace the picture on the home page.",
            "Did you write this?",
            "en",
        ),
    ] {
        let hermes = in_german().await;
        let mail = Mail::new("m2", words).answering("m1@example.com");
        let unproven = Authentication::Unproven;
        let received = hermes
            .intake
            .receive(mail.bytes(), Channel::Ses, unproven, &Scope::All);
        received.await.unwrap();
        hermes.tick().await;
        let question = hermes.mailer.taken().pop().unwrap();
        let get = |name| field(&question.raw, name);
        assert_eq!(
            (get("Subject").as_str(), get("Content-Language").as_str()),
            (subject, language)
        );
        let marker = text_of(&question.raw).starts_with("-- Bitte oberhalb");
        assert_eq!(marker, language == "de");
    }
}

#[tokio::test]
async fn t9_a_new_conversation_is_explained_in_the_senders_language() {
    let mut hermes = in_german().await;
    let words = "Bitte ergänzen Sie die Sommerpreise auf der Seite über Brot.";
    let mail = Mail::new("m2", words)
        .answering("m1@example.com")
        .subject("Re: Preise im Sommer");
    let row = hermes.row(&mail).await;
    assert!(row.rules.contains(&"T9".to_owned()), "{row:?}");
    let text = answer_to(&mut hermes, &row.command_id.unwrap()).await;
    assert!(text.contains("einen anderen Betreff gegeben"), "{text}");
}

#[tokio::test]
async fn what_a_worker_says_in_english_is_told_in_the_senders_language() {
    for (words, code, told) in [
        (
            "rückgängig",
            "unsupported",
            "Änderungen per Mail zurückzunehmen ist hier noch nicht möglich.",
        ),
        (
            "Bitte nehmen Sie das Bild aus dem Anhang.",
            "attachments_unavailable",
            "Der Editor konnte die Dateien nicht lesen",
        ),
    ] {
        let mut hermes = in_german().await;
        let mail = Mail::new("m2", words).answering("m1@example.com");
        let (_, command) = hermes.instruct(&mail).await;
        hermes.until_running(&command).await;
        hermes.finish(Answer::Failed(code)).await;
        let text = answer_to(&mut hermes, &command).await;
        assert!(text.contains(told), "{text}");
        assert!(!text.contains("It did not work."), "{text}");
    }
}

#[tokio::test]
async fn the_reference_of_an_answer_finds_the_message() {
    let mut hermes = Hermes::start();
    let received = hermes.post(&Mail::new("m1", "Change A")).await;
    hermes.quiesce().await;
    let answer = hermes.mailer.taken().pop().unwrap();
    let text = text_of(&answer.raw);
    let id = text
        .lines()
        .find_map(|line| line.strip_prefix("Reference: "));
    let id = id.unwrap().trim().parse().unwrap();
    assert_eq!(id, received.journal_id);
    assert!(hermes.ports.journal.get(&id).await.unwrap().is_some());
}
