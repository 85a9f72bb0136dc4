//! Files in a mail: what the agent gets, what the sender hears.

use hermes::domain::command::{Attachment, Command};
use hermes::domain::ids::ReplyId;
use hermes::domain::mail::files::{FileNote, FileRefusal};

use super::harness::{Hermes, Mail, Repeats, text_of};
use crate::support::faulty::Trouble;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\x00\0\0\x01\x00\x08";

/// A part of a mail; `id` makes it one that the HTML can show.
fn part(name: &str, kind: &str, id: Option<&str>, content: &[u8]) -> String {
    use base64::Engine as _;
    let content = base64::engine::general_purpose::STANDARD.encode(content);
    let id = id
        .map(|id| format!("Content-ID: <{id}>\r\n"))
        .unwrap_or_default();
    let disposition = if id.is_empty() {
        "attachment"
    } else {
        "inline"
    };
    format!(
        "--b\r\nContent-Type: {kind}; name=\"{name}\"\r\n{id}Content-Disposition: {disposition}; filename=\"{name}\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{content}\r\n"
    )
}

/// A mail of HTML and parts.
fn with_parts(id: &str, html: &str, parts: &[String]) -> Mail {
    let body = format!(
        "--b\r\nContent-Type: text/html\r\n\r\n{html}\r\n{}--b--\r\n",
        parts.concat()
    );
    Mail::new(id, &body).with("Content-Type", "multipart/related; boundary=b")
}

fn png(more: &str) -> Vec<u8> {
    [PNG, more.as_bytes()].concat()
}

fn names(command: &Command) -> Vec<&str> {
    let files = command.attachments.iter();
    files.map(|file| file.name.as_str()).collect()
}

async fn content(hermes: &Hermes, file: &Attachment) -> Vec<u8> {
    let content = hermes.ports.archive.get(&file.sha256).await.unwrap();
    content.expect("is kept").to_vec()
}

#[tokio::test]
async fn two_images_and_a_program_become_two_files_and_a_word_to_the_sender() {
    let mut hermes = Hermes::start();
    let mail = with_parts(
        "m1",
        "<p>Put <img src=\"cid:shop@x\"> above the menu, and the other below it</p>",
        &[
            part("kitchen.png", "image/png", None, &png("kitchen")),
            part("../../shop.png", "image/jpeg", Some("shop@x"), &png("shop")),
            part("setup.exe", "application/pdf", None, b"MZ\x90\0"),
        ],
    );
    let (_, id) = hermes.instruct(&mail).await;
    let command = hermes.command(&id).await;
    assert_eq!(
        command.instruction,
        "Put [image 1: shop.png] above the menu, and the other below it"
    );
    assert_eq!(names(&command), ["kitchen.png", "shop.png"]);
    let numbers: Vec<_> = command.attachments.iter().map(|file| file.image).collect();
    assert_eq!(numbers, [Some(2), Some(1)]);
    let shop = &command.attachments[1];
    assert_eq!((shop.content_type.as_str(), shop.bytes), ("image/png", 29));
    assert_eq!(content(&hermes, shop).await, png("shop"));
    assert_eq!(command.refused_files[0].reason, FileRefusal::Program);

    hermes.quiesce().await;
    let sent = hermes.mailer.taken_of(&ReplyId::for_command(&id));
    let text = text_of(&sent[0].raw);
    assert!(
        text.contains("setup.exe: Programs are not accepted."),
        "{text}"
    );
    assert!(!text.contains("kitchen.png: "), "{text}");
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn b12_a_logo_of_a_signature_comes_once_in_a_conversation() {
    let mut hermes = Hermes::start();
    let mail = |id: &str, words: &str| {
        let html = format!("<p>{words}</p><p>Ann <img src=\"cid:logo@x\"></p>");
        with_parts(
            id,
            &html,
            &[part("logo.png", "image/png", Some("logo@x"), PNG)],
        )
    };
    let (session, first) = hermes.instruct(&mail("m1", "Use this as logo")).await;
    assert_eq!(names(&hermes.command(&first).await), ["logo.png"]);
    let second = mail("m2", "And make it larger").answering("m1@example.com");
    let (same, second) = hermes.instruct(&second).await;
    assert_eq!(same, session);
    let second = hermes.command(&second).await;
    assert!(second.attachments.is_empty() && second.refused_files.is_empty());
    assert_eq!(second.instruction, "And make it larger\n\nAnn");
    // another conversation does not know it
    let (_, other) = hermes.instruct(&mail("m3", "Use this as logo")).await;
    assert_eq!(names(&hermes.command(&other).await), ["logo.png"]);
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn b9_pictures_without_a_word_are_a_question() {
    let mut hermes = Hermes::start();
    let html = "<p><img src=\"cid:a@x\"></p>";
    let mail = with_parts("m1", html, &[part("a.png", "image/png", Some("a@x"), PNG)]);
    let received = hermes.post(&mail).await;
    assert_eq!(received.command_id, None);
    assert!(received.rules.contains(&"B9".to_owned()));
}

#[tokio::test]
async fn b11_a_very_long_message_is_a_file_with_its_beginning_as_instruction() {
    let mut hermes = Hermes::start();
    let words = "Change the title to Hello. ".repeat(2000);
    let (_, id) = hermes.instruct(&Mail::new("m1", &words)).await;
    let command = hermes.command(&id).await;
    assert_eq!(command.instruction, words[..4096].trim_end());
    assert_eq!(names(&command), ["message.txt"]);
    let file = &command.attachments[0];
    assert_eq!(file.notes, [FileNote::WholeMessage]);
    assert_eq!(content(&hermes, file).await, words.trim_end().as_bytes());
}

#[tokio::test]
async fn b10_what_was_forwarded_is_a_file() {
    let mut hermes = Hermes::start();
    let body = "Put these hours on the page\n\n---------- Forwarded message ---------\nFrom: Bob\n\nMon 9-5\n";
    let (_, id) = hermes.instruct(&Mail::new("m1", body)).await;
    let command = hermes.command(&id).await;
    assert_eq!(command.instruction, "Put these hours on the page");
    assert_eq!(names(&command), ["forwarded.txt"]);
    let text = content(&hermes, &command.attachments[0]).await;
    assert!(String::from_utf8(text).unwrap().contains("Mon 9-5"));
}

#[tokio::test]
async fn e9_a_mail_that_loses_a_race_keeps_its_files_once_and_names_them_all_the_same() {
    let mut hermes = Hermes::start();
    hermes.faults.strike(0, Trouble::Conflict);
    let mail = with_parts("m1", "<p>Use it", &[part("a.png", "image/png", None, PNG)]);
    let (_, id) = hermes.instruct(&mail).await;
    assert!(hermes.faults.has_struck());
    assert_eq!(names(&hermes.command(&id).await), ["a.png"]);
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}
