//! The SMTP mailer against a scripted server over TCP.

use std::error::Error as _;
use std::net::SocketAddr;
use std::time::Duration;

use hermes::adapters::smtp::SmtpMailer;
use hermes::config::SmtpSecurity::{self, Plain, StartTls};
use hermes::config::{SmtpLogin, SmtpServer};
use hermes::domain::ids::{CommandId, ReplyId};
use hermes::ports::fault::FaultKind;
use hermes::ports::mailer::{Mailer, MailerError, OutgoingMail};

use super::smtp_server::{Script, SmtpServerDouble};

const RAW: &str = "From: Hermes <edit@example.com>\r\nTo: ann@example.com\r\nSubject: done\r\n\r\nHello\r\n.dot\r\n";

fn mail() -> OutgoingMail {
    let command: CommandId = "cmd-1".parse().unwrap();
    OutgoingMail {
        id: ReplyId::for_command(&command),
        from: "bounce@example.com".to_owned(),
        to: vec!["ann@example.com".to_owned()],
        raw: RAW.into(),
    }
}

fn server(address: SocketAddr) -> SmtpServer {
    SmtpServer {
        host: address.ip().to_string(),
        port: address.port(),
        security: Plain,
        login: None,
    }
}

fn mailer(address: SocketAddr) -> SmtpMailer {
    SmtpMailer::new(server(address)).unwrap()
}

fn login() -> SmtpLogin {
    SmtpLogin {
        user: "bot".to_owned(),
        password: "pw".into(),
    }
}

async fn send(
    script: Script,
    login: Option<SmtpLogin>,
    security: SmtpSecurity,
) -> (Result<String, MailerError>, Vec<String>) {
    let double = SmtpServerDouble::start(script).await;
    let server = SmtpServer {
        login,
        security,
        ..server(double.address)
    };
    let sent = SmtpMailer::new(server).unwrap().send(mail()).await;
    (sent, double.heard())
}

fn kind(error: &MailerError) -> Option<FaultKind> {
    match error {
        MailerError::Backend(fault) => Some(fault.kind),
        MailerError::Rejected(_) => None,
    }
}

#[tokio::test]
async fn a_mail_is_handed_over_byte_for_byte() {
    let (sent, heard) = send(Script::default(), None, Plain).await;
    assert_eq!(sent.unwrap(), "2.0.0 Ok: queued as 4XYZ");
    let expected = [
        "MAIL FROM:<bounce@example.com>",
        "RCPT TO:<ann@example.com>",
        "DATA",
        "From: Hermes <edit@example.com>",
        "To: ann@example.com",
        "Subject: done",
        "",
        "Hello",
        "..dot",
        ".",
        "QUIT",
    ];
    assert!(heard[0].starts_with("EHLO "));
    assert_eq!(heard[1..], expected);
}

#[tokio::test]
async fn a8_every_recipient_is_named_in_one_transaction() {
    let server = SmtpServerDouble::start(Script::default()).await;
    let mut copied = mail();
    copied.to.push("bob@example.com".to_owned());
    mailer(server.address).send(copied).await.unwrap();
    let heard = server.heard();
    assert_eq!(
        heard[1..5],
        [
            "MAIL FROM:<bounce@example.com>",
            "RCPT TO:<ann@example.com>",
            "RCPT TO:<bob@example.com>",
            "DATA",
        ]
    );
}

#[tokio::test]
async fn a_bounce_has_an_empty_sender_and_a_bad_address_is_rejected_unsent() {
    let server = SmtpServerDouble::start(Script::default()).await;
    let mailer = mailer(server.address);
    let mut bounce = mail();
    bounce.from = String::new();
    mailer.send(bounce).await.unwrap();
    assert_eq!(server.heard()[1], "MAIL FROM:<>");
    let said = server.heard().len();
    for to in ["", "nobody", "a@b\r\nRCPT TO:<c@d>", "a@b> SIZE=1"] {
        let mut bad = mail();
        bad.to = vec!["ann@example.com".to_owned(), to.to_owned()];
        let error = mailer.send(bad).await.unwrap_err();
        assert!(matches!(error, MailerError::Rejected(_)), "{to:?}");
    }
    assert_eq!(server.heard().len(), said);
}

#[tokio::test]
async fn a_mail_that_is_refused_for_ever_is_rejected_without_its_addresses() {
    for script in [
        Script {
            answers: vec![("RCPT", "550 5.1.1 <ann@example.com>: no such user")],
            ..Script::default()
        },
        Script {
            after_data: Some("554 5.6.0 ann@example.com: message refused"),
            ..Script::default()
        },
    ] {
        let (sent, _) = send(script, None, Plain).await;
        let MailerError::Rejected(why) = sent.unwrap_err() else {
            panic!("for ever")
        };
        assert!(why.contains("5.") && !why.contains("ann@"), "{why}");
    }
}

#[tokio::test]
async fn a_mail_that_is_refused_for_now_may_be_sent_again() {
    for script in [
        Script {
            answers: vec![("MAIL", "421 4.3.0 try later")],
            ..Script::default()
        },
        Script {
            answers: vec![("RCPT", "450 4.2.0 <ann@example.com>: greylisted")],
            ..Script::default()
        },
        Script {
            after_data: Some("452 4.3.1 disk full"),
            ..Script::default()
        },
        Script {
            greeting: Some("421 too busy"),
            ..Script::default()
        },
    ] {
        let (sent, _) = send(script, None, Plain).await;
        let MailerError::Backend(fault) = sent.unwrap_err() else {
            panic!("for now")
        };
        assert_eq!(fault.kind, FaultKind::Transient);
        let source = fault.source().unwrap().to_string();
        assert!(source.contains('4') && !source.contains("ann@"), "{source}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_let_us_in_says_nothing_of_the_mail() {
    let greeting = Script {
        greeting: Some("554 5.7.1 no service for you"),
        ..Script::default()
    };
    let (sent, _) = send(greeting, None, Plain).await;
    assert_eq!(kind(&sent.unwrap_err()), Some(FaultKind::Denied));

    let password = Script {
        answers: vec![("AUTH", "535 5.7.8 wrong password")],
        offers: vec!["AUTH PLAIN LOGIN"],
        ..Script::default()
    };
    let (sent, _) = send(password, Some(login()), Plain).await;
    assert_eq!(kind(&sent.unwrap_err()), Some(FaultKind::Denied));

    let login = Script {
        answers: vec![("MAIL", "530 5.7.0 log in first")],
        ..Script::default()
    };
    let (sent, _) = send(login, None, Plain).await;
    assert_eq!(kind(&sent.unwrap_err()), Some(FaultKind::Denied));
}

#[tokio::test]
async fn encryption_that_is_required_and_not_offered_sends_nothing() {
    let script = Script {
        answers: vec![("STARTTLS", "502 5.5.1 what?")],
        ..Script::default()
    };
    let (sent, heard) = send(script, None, StartTls).await;
    assert_eq!(kind(&sent.unwrap_err()), Some(FaultKind::Denied));
    assert!(
        !heard.iter().any(|line| line.starts_with("MAIL")),
        "{heard:?}"
    );
}

#[tokio::test]
async fn a_login_is_made_before_the_mail() {
    let script = Script {
        answers: vec![("AUTH", "235 welcome")],
        offers: vec!["AUTH PLAIN"],
        ..Script::default()
    };
    let (sent, heard) = send(script, Some(login()), Plain).await;
    sent.unwrap();
    let place = |start: &str| heard.iter().position(|line| line.starts_with(start));
    assert!(place("AUTH PLAIN").unwrap() < place("MAIL").unwrap());
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up() {
    for command in ["EHLO", "MAIL", ".", "DATA"] {
        let hanging = Script {
            hangs_at: Some(command),
            ..Script::default()
        };
        let server = SmtpServerDouble::start(hanging).await;
        let mailer = mailer(server.address);
        let mailer = mailer.with_timeout(Duration::from_millis(150));
        let error = mailer.send(mail()).await.unwrap_err();
        assert_eq!(kind(&error), Some(FaultKind::Transient), "{command}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_may_come_back() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    let sent = mailer(closed).send(mail()).await;
    assert_eq!(kind(&sent.unwrap_err()), Some(FaultKind::Transient));
}
