//! A table of clients, gateways and servers, and of what each makes of a reply to our letter.

use super::letter::{Letter, Way};
use crate::flows::harness::{BOB, Hermes, Mail};

/// What leads to the conversation when this client replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// The token in a recipient, or an id of the sender's own.
    T1,
    /// An id of ours or of the mail system's.
    T4,
    /// The subject and nothing else.
    T8,
}

/// A client: its name, what leads back, and the reply it writes.
type Client = (&'static str, By, fn(&Letter) -> Mail);

fn reply(letter: &Letter, body: &str) -> Mail {
    Mail::new("r1", body)
        .to(&letter.reply_to)
        .subject(&letter.subject)
}

const BODY: &str = "And the title to B, please";

fn below(letter: &Letter, introduction: &str) -> String {
    format!(
        "{BODY}\r\n\r\n{introduction}\r\n> -- Reply above this line -- (hermes-0123456789ab)\r\n> \r\n> Your change is ready to look at.\r\n> {}",
        letter.subject
    )
}

const CLIENTS: &[Client] = &[
    ("Gmail, in a browser", By::T1, |letter| {
        let quote = below(
            letter,
            "On Sat, Nov 21, 2026 at 3:00 PM Hermes <edit@hermes.localhost> wrote:",
        );
        reply(letter, &quote)
            .with("In-Reply-To", &letter.id)
            .with("References", &letter.whole())
    }),
    (
        "Gmail, from a group address that keeps the token in Delivered-To",
        By::T1,
        |letter| {
            reply(letter, BODY)
                .to("website@people.example")
                .with("Delivered-To", &letter.reply_to)
        },
    ),
    (
        "Outlook for Windows at an Exchange server",
        By::T1,
        |letter| {
            let quote = format!(
                "{BODY}\r\n\r\nFrom: Hermes <{}>\r\nSent: Saturday, November 21, 2026 3:00 PM\r\nTo: Amelia\r\nSubject: {}\r\n\r\nYour change is ready.",
                letter.from, letter.subject
            );
            reply(letter, &quote)
                .subject(&letter.subject.replace("Re:", "RE:"))
                .with("Thread-Topic", "Opening hours")
                .with("Thread-Index", "AQHbO7kQ3v1mV0mCq0m3yq4Jk8X0Pw==")
                .with("In-Reply-To", &letter.id)
                .with("References", &letter.id)
        },
    ),
    (
        "Outlook for Windows, old, to the sender, without References",
        By::T4,
        |letter| {
            reply(letter, BODY)
                .to(&letter.from)
                .with("Thread-Index", "AQHbO7kQ3v1mV0mCq0m3yq4Jk8X0Pw==")
                .with("In-Reply-To", &letter.id)
        },
    ),
    (
        "Outlook.com, ids with commas and folded",
        By::T4,
        |letter| {
            let ids = letter.whole().replace("> <", ">,\r\n <");
            reply(letter, BODY)
                .to(&letter.from)
                .with("References", &ids)
        },
    ),
    ("Exchange, ids glued together", By::T4, |letter| {
        let ids = letter.whole().replace("> <", "><");
        reply(letter, BODY)
            .to(&letter.from)
            .with("References", &ids)
    }),
    ("Exchange, a dash for the plus", By::T1, |letter| {
        reply(letter, BODY).to(&letter.ours(&format!("-{}", letter.token())))
    }),
    ("Exchange, without the plus tag", By::T4, |letter| {
        reply(letter, BODY)
            .to(&letter.ours(""))
            .with("In-Reply-To", &letter.id)
            .with("References", &letter.id)
    }),
    (
        "Exchange, German and in words of its own",
        By::T4,
        |letter| {
            reply(letter, BODY)
                .to(&letter.from)
                .subject("AW: Opening hours")
                .with(
                    "In-Reply-To",
                    &format!("Ihre Nachricht vom 21.11. {}", letter.id),
                )
        },
    ),
    (
        "iOS Mail: the parent and nothing before it",
        By::T4,
        |letter| {
            reply(letter, &format!("{BODY}\r\n\r\nSent from my iPhone"))
                .to(&letter.from)
                .with("In-Reply-To", &letter.id)
                .with("References", &letter.id)
        },
    ),
    ("Apple Mail", By::T1, |letter| {
        reply(letter, BODY)
            .with("In-Reply-To", &letter.id)
            .with("References", &letter.whole())
    }),
    ("Yahoo, ids without brackets", By::T4, |letter| {
        let bare = letter.id.replace(['<', '>'], "");
        reply(letter, BODY)
            .to(&letter.from)
            .with("In-Reply-To", &bare)
    }),
    ("Thunderbird, to the sender", By::T4, |letter| {
        reply(letter, BODY)
            .to(&letter.from)
            .with("References", &letter.whole())
            .with("In-Reply-To", &letter.id)
    }),
    ("Proton", By::T1, |letter| {
        reply(letter, BODY)
            .with("References", &letter.whole())
            .with("In-Reply-To", &letter.id)
            .with("X-Pm-Origin", "internal")
    }),
    ("GMX", By::T1, |letter| {
        reply(letter, BODY)
            .subject(&letter.subject.replace("Re:", "Aw:"))
            .with("In-Reply-To", &letter.id)
    }),
    (
        "Notes, with a prefix that nobody else has",
        By::T4,
        |letter| {
            reply(letter, BODY)
                .to(&letter.from)
                .subject("Antwort: Opening hours")
                .with("In-Reply-To", &letter.id)
                .with("References", &letter.id)
        },
    ),
    (
        "a phone that keeps the address and no ids",
        By::T1,
        |letter| reply(letter, BODY),
    ),
    (
        "a phone that keeps nothing but the subject",
        By::T8,
        |letter| reply(letter, BODY).to(&letter.from),
    ),
    (
        "a phone that keeps nothing but the subject and quotes the letter",
        By::T1,
        |letter| {
            let quote = letter.text.replace('\n', "\r\n> ");
            let body = format!("{BODY}\r\n\r\nOn Saturday Hermes wrote:\r\n> {quote}");
            reply(letter, &body).to(&letter.from)
        },
    ),
    (
        "a web mailer in Swedish that keeps nothing but the subject",
        By::T8,
        |letter| {
            reply(letter, BODY)
                .to(&letter.from)
                .subject("SV: [EXTERNAL] Opening hours")
        },
    ),
    (
        "a gateway that writes local parts in capitals",
        By::T1,
        |letter| reply(letter, BODY).to(&letter.reply_to.to_uppercase()),
    ),
    ("a form that leaves the plus out", By::T1, |letter| {
        reply(letter, BODY).to(&letter.ours(letter.token()))
    }),
    (
        "a forwarder that names the first recipient in a field of its own",
        By::T1,
        |letter| {
            reply(letter, BODY)
                .to("amelias-assistant@people.example")
                .with("X-Original-To", &letter.reply_to)
        },
    ),
    ("a forwarder that lost the tag", By::T4, |letter| {
        reply(letter, BODY)
            .to(&letter.from)
            .with("References", &letter.whole())
    }),
    ("a gateway that marks subjects", By::T1, |letter| {
        reply(letter, BODY).subject(&format!("[SPAM?] {}", letter.subject))
    }),
    (
        "a client that lost the letter's id and kept the conversation's",
        By::T4,
        |letter| {
            let anchor = letter.references.split(' ').next().unwrap();
            reply(letter, BODY)
                .to(&letter.from)
                .with("References", &format!("{anchor} <lost@relay.example>"))
        },
    ),
    (
        "a client that names the mail before ours only",
        By::T1,
        |letter| {
            reply(letter, BODY)
                .to(&letter.from)
                .with("References", &letter.in_reply_to)
        },
    ),
    ("a client whose references go round", By::T4, |letter| {
        let ids = format!("<r1@example.com> {} <r1@example.com>", letter.whole());
        reply(letter, BODY)
            .to(&letter.from)
            .with("References", &ids)
            .with("In-Reply-To", "<r1@example.com>")
    }),
    ("a list of a thousand references", By::T4, |letter| {
        let many: Vec<String> = (0..1000).map(|n| format!("<{n}@long.example>")).collect();
        let many = many.join("\r\n ");
        reply(letter, BODY)
            .to(&letter.from)
            .with("References", &format!("{many}\r\n {}", letter.id))
    }),
    ("a reply to all", By::T1, |letter| {
        reply(letter, BODY)
            .with(
                "Cc",
                &format!("{}, {BOB}, stranger@example.org", letter.from),
            )
            .with("In-Reply-To", &letter.id)
    }),
    (
        "a person who changes the subject and says no more than a command",
        By::T1,
        |letter| reply(letter, "Change the title to B").subject("Re: Something else, quickly"),
    ),
];

/// Others' conversations that a reply must not end up in: one of the same sender, one of somebody else.
async fn decoys(hermes: &mut Hermes, by: By, way: Way) {
    let same = Mail::new("d2", "Make the title C").subject("Prices");
    let same = match by {
        By::T8 => same,
        By::T1 | By::T4 => same.subject("Opening hours"),
    };
    hermes.answered(&same, way).await;
    let bobs = Mail::new("d3", "Make the title D").from(BOB);
    hermes.answered(&bobs, way).await;
}

#[tokio::test]
async fn t1_every_clients_reply_lands_in_the_conversation_of_the_letter() {
    for way in [Way::Smtp, Way::Ses] {
        for (name, by, client) in CLIENTS {
            let mut hermes = Hermes::start();
            let first = Mail::new("m1", "Change the title to A");
            let (session, letter) = hermes.answered(&first, way).await;
            decoys(&mut hermes, *by, way).await;
            let row = hermes.row(&client(&letter)).await;
            let told = format!("{name} ({way:?}): {row:?}");
            assert_eq!(row.session_id, Some(session), "{told}");
            assert!(row.rules.contains(&format!("{by:?}")), "{told}");
            assert!(!row.rules.contains(&"T6".to_owned()), "{told}");
            let again = hermes.post(&client(&letter)).await;
            assert!(
                again.duplicate && again.command_id == row.command_id,
                "{told}"
            );
        }
    }
}

#[tokio::test]
async fn t1_an_answer_to_an_older_letter_lands_there_too() {
    for way in [Way::Smtp, Way::Ses] {
        let mut hermes = Hermes::start();
        let first = Mail::new("m1", "Change the title to A");
        let (session, older) = hermes.answered(&first, way).await;
        let second = Mail::new("m2", "Change the title to B").to(&older.reply_to);
        let (same, _) = hermes.answered(&second, way).await;
        assert_eq!(same, session);
        for (n, id) in [&older.id, &older.in_reply_to].into_iter().enumerate() {
            let late = Mail::new(&format!("late{n}"), "No, to C").with("In-Reply-To", id);
            let (late, _) = hermes.instruct(&late).await;
            assert_eq!(late, session);
        }
    }
}

#[tokio::test]
async fn t1_an_answer_after_the_sessions_end_wakes_it() {
    for (by, client) in CLIENTS.iter().map(|(_, by, client)| (by, client)) {
        let mut hermes = Hermes::start();
        let first = Mail::new("m1", "Change the title to A");
        let (session, letter) = hermes.answered(&first, Way::Ses).await;
        hermes.fall_asleep().await;
        let days = if *by == By::T8 { 6 } else { 100 };
        hermes
            .clock
            .advance(std::time::Duration::from_hours(24 * days));
        hermes.tick().await;
        hermes.sweeper.purge().await.unwrap();
        let (woken, _) = hermes.instruct(&client(&letter)).await;
        assert_eq!(woken, session);
    }
}
