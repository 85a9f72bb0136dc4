//! Letters of ours that come back (L2, L16, L17).

use std::time::Duration;

use bytes::Bytes;
use hermes::domain::command::ReplyTrouble;
use hermes::domain::ids::{CommandId, ReplyId, SessionId};
use hermes::domain::journal::{JournalRow, Verdict};
use hermes::domain::reply::ReplyState;

use super::harness::{Hermes, Mail};

/// A notice of a mail server that a letter could not be delivered.
fn a_bounce(to: &str, references: &str, status: &str, n: usize) -> Bytes {
    format!(
        "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example.com>\r\nTo: {to}\r\n\
         Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <bounce{n}@mx.example.com>\r\n\
         References: {references}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n\
         Final-Recipient: rfc822; amelia@example.com\r\nAction: failed\r\nStatus: {status}\r\n--b--\r\n"
    )
    .into()
}

async fn row(hermes: &mut Hermes, raw: Bytes) -> JournalRow {
    let received = hermes.hand_in(raw).await;
    let row = hermes.ports.journal.get(&received.journal_id).await;
    row.unwrap().expect("a row")
}

async fn answered(hermes: &mut Hermes, n: usize) -> (SessionId, CommandId) {
    let mail = Mail::new(&format!("m{n}"), &format!("Change the title to {n}"));
    let of = hermes.instruct(&mail.answering("m0@example.com")).await;
    hermes.quiesce().await;
    of
}

/// The envelope sender of the answer to a command.
fn sender_of(hermes: &Hermes, command: &CommandId) -> String {
    let sent = hermes.mailer.taken_of(&ReplyId::for_command(command));
    sent[0].from.clone()
}

#[tokio::test]
async fn l17_a_letter_that_comes_back_is_counted_and_nothing_else_happens() {
    let mut hermes = Hermes::start();
    hermes.mailer.return_to_sender();
    let (session, command) = answered(&mut hermes, 0).await;
    let to = sender_of(&hermes, &command);
    assert!(to.starts_with("edit+bounces+c"), "L16: {to}");
    let before = hermes.session(&session).await;
    let bounce = a_bounce(&to, "", "5.1.1", 1);
    let counted = row(&mut hermes, bounce.clone()).await;
    assert_eq!(
        (counted.verdict, counted.command_id.clone()),
        (Verdict::Silent, None)
    );
    assert!(counted.rules.contains(&"L17".to_owned()), "{counted:?}");
    assert_eq!(counted.thread_id, Some(before.thread_id.clone()));
    assert_eq!(hermes.events(&session).await.last(), Some(&"reply.bounced"));
    assert_eq!(hermes.session(&session).await, before, "it sleeps on");
    let asked = hermes.command(&command).await;
    assert_eq!(asked.reply_trouble, Some(ReplyTrouble::Bounced));
    assert!(hermes.hand_in(bounce).await.duplicate);
    hermes.quiesce().await;
    assert_eq!(hermes.mailer.taken().len(), 1);
}

#[tokio::test]
async fn l17_an_address_from_which_letters_come_back_gets_no_more_for_a_month() {
    let mut hermes = Hermes::start();
    hermes.mailer.return_to_sender();
    for n in 0..2 {
        let (_, command) = answered(&mut hermes, n).await;
        let to = sender_of(&hermes, &command);
        // servers report one letter more than once
        for report in 0..3 {
            row(&mut hermes, a_bounce(&to, "", "5.1.1", 10 * n + report)).await;
        }
    }
    hermes.restart();
    hermes.mailer.return_to_sender();
    let (session, command) = answered(&mut hermes, 2).await;
    let reply = ReplyId::for_command(&command);
    let reply = hermes.ports.replies.get(&reply).await.unwrap().unwrap();
    assert!(
        matches!(&reply.state, ReplyState::Failed { why } if why.contains("came back too often")),
        "{reply:?}"
    );
    assert_eq!(hermes.events(&session).await.last(), Some(&"reply.failed"));
    let asked = hermes.command(&command).await;
    assert_eq!(asked.reply_trouble, Some(ReplyTrouble::Failed));
    assert_eq!(hermes.mailer.taken().len(), 2);
    hermes.clock.advance(Duration::from_hours(24 * 30));
    answered(&mut hermes, 3).await;
    assert_eq!(hermes.mailer.taken().len(), 3, "forgiven");
}

#[tokio::test]
async fn l17_a_letter_is_known_by_its_own_id_and_by_the_mail_systems() {
    for replaces in [false, true] {
        let mut hermes = Hermes::start();
        if replaces {
            hermes.mailer.replace_ids();
        }
        let (session, command) = answered(&mut hermes, 0).await;
        assert_eq!(sender_of(&hermes, &command), "edit@hermes.localhost");
        let id = if replaces {
            format!("<{command}.eml@us-west-2.amazonses.com>")
        } else {
            format!("<turn.{command}@hermes.localhost>")
        };
        row(
            &mut hermes,
            a_bounce("edit@hermes.localhost", &id, "4.2.2", 1),
        )
        .await;
        assert_eq!(hermes.events(&session).await.last(), Some(&"reply.bounced"));
    }
}

#[tokio::test]
async fn l17_a_bounce_of_nothing_that_we_have_sent_does_not_count() {
    let mut hermes = Hermes::start();
    let (session, command) = answered(&mut hermes, 0).await;
    let events = hermes.events(&session).await;
    let guessed = "edit+bounces+caaaaaaaaaaaaaaaaaaaaaaaaaa@hermes.localhost";
    let thread = hermes.session(&session).await.thread_id;
    let forged = [
        (guessed, String::new()),
        ("edit@hermes.localhost", String::new()),
        (
            "edit@hermes.localhost",
            "<turn.cmd-1@hermes.localhost>".to_owned(),
        ),
        (
            "edit@hermes.localhost",
            format!("<turn.{command}@elsewhere.example>"),
        ),
        (
            "edit@hermes.localhost",
            format!("<thread.{thread}@hermes.localhost>"),
        ),
        ("edit@hermes.localhost", "<m0@example.com>".to_owned()),
    ];
    for (n, (to, references)) in forged.into_iter().enumerate() {
        let row = row(&mut hermes, a_bounce(to, &references, "5.1.1", n)).await;
        assert_eq!(row.verdict, Verdict::Silent);
        assert!(!row.rules.contains(&"L17".to_owned()), "{row:?}");
    }
    assert_eq!(hermes.events(&session).await, events);
}

#[tokio::test]
async fn l16_whatever_comes_to_the_sender_of_a_letter_is_never_an_instruction() {
    let mut hermes = Hermes::start();
    hermes.mailer.return_to_sender();
    let (session, command) = answered(&mut hermes, 0).await;
    let events = hermes.events(&session).await;
    let to = sender_of(&hermes, &command);
    let away = Mail::new("a1", "I am away until Monday").to(&to);
    let robot = Mail::new("a2", "I am away until Monday").to(&to);
    for mail in [away, robot.with("Auto-Submitted", "auto-replied")] {
        let row = hermes.row(&mail).await;
        assert_eq!(
            (row.verdict, row.command_id.clone()),
            (Verdict::Silent, None)
        );
        assert!(!row.rules.contains(&"L17".to_owned()), "{row:?}");
    }
    hermes.quiesce().await;
    assert_eq!(hermes.events(&session).await, events);
    assert_eq!(hermes.mailer.taken().len(), 1);
}
