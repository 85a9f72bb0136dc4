//! Machines that answer each other come to an end (L15), whatever is left of their headers.

use std::time::Duration;

use bytes::Bytes;
use hermes::domain::journal::Verdict;
use hermes::domain::member::Role;
use hermes::domain::project::{Member, Project};

use super::harness::{Hermes, Mail, Setup, a_project, field, text_of};

const OURS: &str = "edit@hermes.localhost";
const THEIRS: &str = "edit@other.example";
const ROBOT: &str = "info@robot.example";

/// What a gateway between two machines does to a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gateway {
    /// Nothing.
    Honest,
    /// Takes every sign of a machine out (L1, L6), and the line by which we know our own quotes.
    Whitewash,
    /// That, and what the mail refers to.
    Amnesia,
    /// That, and a subject of its own each time.
    Scramble,
}

/// A project of which this address is an editor.
fn open_to(address: &str) -> Project {
    let mut project = a_project("site", "acme");
    project.members.push(Member {
        user: hermes::domain::ids::UserId::from_address(address),
        address: Some(address.to_owned()),
        role: Role::Editor,
    });
    project
}

/// A mail as it comes out of a gateway; one that is not honest leaves the beginning of its text.
fn through(gateway: Gateway, raw: &[u8], n: usize) -> Bytes {
    let kept: &[&str] = match gateway {
        Gateway::Honest => return raw.to_vec().into(),
        Gateway::Whitewash => &["Subject", "Message-ID", "In-Reply-To", "References"],
        Gateway::Amnesia => &["Subject", "Message-ID"],
        Gateway::Scramble => &["Message-ID"],
    };
    let mut out = format!(
        "From: {}\r\nTo: {}\r\n",
        field(raw, "From"),
        field(raw, "To")
    );
    for name in kept {
        out.extend([*name, ": ", &field(raw, name), "\r\n"]);
    }
    if gateway == Gateway::Scramble {
        out.extend(["Subject: Notice ", &n.to_string(), "\r\n"]);
    }
    out.push_str("Content-Type: text/plain; charset=utf-8\r\n\r\n");
    let text = text_of(raw);
    let unmarked = text.lines().filter(|line| !line.contains("(hermes-"));
    let words: Vec<&str> = unmarked.take(20).collect();
    let words: String = words.join("\r\n").chars().take(600).collect();
    // no two are the same, so that only their number tells
    let number = match gateway {
        Gateway::Whitewash => format!("No {n}: "),
        Gateway::Honest | Gateway::Amnesia | Gateway::Scramble => String::new(),
    };
    format!("{out}{number}{words}\r\n").into()
}

/// Letters that go round between two installations until there are none, or there are too many.
async fn ping_pong(gateway: Gateway) -> (Hermes, usize) {
    let mut ours = Hermes::with(Setup {
        projects: vec![open_to(THEIRS)],
        ..Setup::default()
    });
    let mut theirs = Hermes::with(Setup {
        projects: vec![open_to(OURS)],
        mailbox: THEIRS,
        ..Setup::default()
    });
    ours.instruct(&Mail::new("m1", "Change the title to A").from(THEIRS))
        .await;
    let (mut read, mut total) = ((0, 0), 0);
    loop {
        let mut moved = false;
        ours.quiesce().await;
        for letter in ours.mailer.taken().split_off(read.0) {
            (moved, total, read.0) = (true, total + 1, read.0 + 1);
            assert_eq!(letter.to, [THEIRS]);
            theirs.hand_in(through(gateway, &letter.raw, total)).await;
        }
        theirs.quiesce().await;
        for letter in theirs.mailer.taken().split_off(read.1) {
            (moved, total, read.1) = (true, total + 1, read.1 + 1);
            assert_eq!(letter.to, [OURS]);
            ours.hand_in(through(gateway, &letter.raw, total)).await;
        }
        if !moved || total > 2000 {
            return (ours, total);
        }
        if total == 40 {
            ours.restart(); // what was counted is durable
        }
    }
}

#[tokio::test]
async fn l15_two_installations_that_answer_each_other_stop() {
    for (gateway, most) in [
        (Gateway::Honest, 1),
        (Gateway::Whitewash, 183),
        (Gateway::Amnesia, 60),
        (Gateway::Scramble, 12),
    ] {
        let (hermes, total) = ping_pong(gateway).await;
        println!("{gateway:?}: {total} mails");
        assert!(total <= most, "{gateway:?}: {total}");
        if gateway != Gateway::Honest {
            let list = hermes.ports.journal.list(1000, None).await;
            let rows = list.unwrap().items;
            let held = rows.iter().filter(|row| row.verdict == Verdict::Hold);
            assert!(held.count() <= 2, "{gateway:?}");
        }
    }
}

/// The worst of all autoresponders: no sign of a machine, an answer to every mail at once.
struct Robot {
    quotes: bool,
    keeps_subject: bool,
    sent: usize,
}

impl Robot {
    fn answer(&mut self, letter: &[u8]) -> Mail {
        self.sent += 1;
        let mut body = "Thank you for your mail. One of us will answer it soon.".to_owned();
        if self.quotes {
            let quoted = text_of(letter).replace('\n', "\r\n> ");
            body = format!("{body}\r\n\r\nOn Saturday you wrote:\r\n> {quoted}");
        }
        let subject = if self.keeps_subject {
            field(letter, "Subject")
        } else {
            format!("Your request {}", self.sent)
        };
        Mail::new(&format!("robot{}", self.sent), &body)
            .from(ROBOT)
            .subject(&subject)
    }
}

#[tokio::test]
async fn l15_an_autoresponder_without_any_sign_of_one_is_answered_a_few_times() {
    for (quotes, keeps_subject) in [(false, true), (true, true), (false, false), (true, false)] {
        let mut hermes = Hermes::with(Setup {
            projects: vec![open_to(ROBOT)],
            ..Setup::default()
        });
        let mut robot = Robot {
            quotes,
            keeps_subject,
            sent: 0,
        };
        let mut read = 0;
        hermes
            .instruct(&Mail::new("m1", "Change the title to A").from(ROBOT))
            .await;
        while read < 100 {
            hermes.quiesce().await;
            let letters = hermes.mailer.taken().split_off(read);
            if letters.is_empty() {
                break;
            }
            read += letters.len();
            for letter in letters {
                let answer = robot.answer(&letter.raw);
                hermes.post(&answer).await;
            }
            hermes.restart();
        }
        assert!(read <= 7, "{read} letters to {quotes} {keeps_subject}");
        let told = hermes.troubles.told(hermes.now());
        assert!(told.is_empty() || told[0].contains("loop"), "{told:?}");
        hermes.clock.advance(Duration::from_hours(24 * 7));
        hermes.quiesce().await;
        assert_eq!(hermes.mailer.taken().len(), read, "it is over");
    }
}

#[tokio::test]
async fn l15_a_person_who_begins_six_things_in_an_hour_is_told_once_and_goes_on_later() {
    let mut hermes = Hermes::start();
    let task = |n: usize| Mail::new(&format!("m{n}"), &format!("Change the title to {n}"));
    let mut first = None;
    for n in 0..5 {
        let (session, _) = hermes.instruct(&task(n)).await;
        first.get_or_insert(session);
        hermes.quiesce().await;
    }
    let held = hermes.row(&task(5)).await;
    assert_eq!((held.verdict, held.command_id), (Verdict::Hold, None));
    assert_eq!(held.rules.last().unwrap(), "L15");
    assert!(
        held.reason.contains("more than 5 conversations"),
        "{}",
        held.reason
    );
    let told = hermes.troubles.told(hermes.now());
    assert!(told[0].contains(held.journal_id.as_str()), "{told:?}");
    assert_eq!(hermes.post(&task(6)).await.verdict, Verdict::Hold);
    hermes.quiesce().await;
    let letters = hermes.mailer.taken();
    assert_eq!(letters.len(), 6, "told once");
    assert!(text_of(&letters[5].raw).contains("wait for an hour"));
    // what has begun goes on meanwhile
    let on = Mail::new("m9", "And to B").answering("m0@example.com");
    assert_eq!(hermes.instruct(&on).await.0, first.unwrap());
    hermes.quiesce().await;
    // held mails are decided again by whoever has looked
    let replayed = hermes.replayed(&held.journal_id).await;
    assert_eq!(replayed.verdict, Verdict::Instruct);
    hermes.quiesce().await;
    hermes.clock.advance(Duration::from_mins(61));
    assert!(hermes.troubles.told(hermes.now()).is_empty());
    hermes.instruct(&task(7)).await;
    hermes.quiesce().await;
}

#[tokio::test]
async fn l15_questions_are_not_asked_for_ever() {
    let mut hermes = Hermes::with(Setup {
        projects: vec![a_project("site", "acme"), a_project("shop", "acme")],
        ..Setup::default()
    });
    for n in 0..6 {
        let received = hermes.post(&Mail::new(&format!("m{n}"), "Title A")).await;
        assert_eq!(received.verdict, Verdict::Refuse);
        let is_stopped = received.rules.contains(&"L15".to_owned());
        assert_eq!(is_stopped, n >= 2, "{n}: {received:?}");
        hermes.quiesce().await;
    }
    assert_eq!(hermes.mailer.taken().len(), 2);
}

#[tokio::test]
async fn l20_an_automatic_answer_in_a_conversation_is_known_by_its_row_alone() {
    let mut hermes = Hermes::start();
    let (session, _) = hermes.instruct(&Mail::new("m1", "Title A")).await;
    hermes.quiesce().await;
    let before = hermes.session(&session).await;
    let away = Mail::new("m2", "I am away")
        .answering("m1@example.com")
        .with("Auto-Submitted", "auto-replied");
    let row = hermes.row(&away).await;
    assert_eq!(row.verdict, Verdict::Silent);
    assert_eq!(row.thread_id, Some(before.thread_id.clone()));
    assert_eq!(row.rules, ["L6", "L20"]);
    assert_eq!(hermes.session(&session).await, before);
    hermes.quiesce().await;
    assert_eq!(hermes.mailer.taken().len(), 1);
}
