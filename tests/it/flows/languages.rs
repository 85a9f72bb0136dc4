//! Answers are in the language that the sender writes.

use super::harness::{Answer, Hermes, Mail, Repeats, field, text_of};

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
