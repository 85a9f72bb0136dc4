use proptest::prelude::*;

use super::*;
use crate::domain::ids::{Bits, CommandId, ReplyId, ThreadId};

use crate::domain::mail::files::{FileRefusal, RefusedFile};
use crate::domain::mail::{
    Answering, HermesAddress, InboundMail, Language, RefusalReason, ReplyToken, candidates, parse,
    visible,
};
use crate::domain::time::Timestamp;

const INSTANCE: &str = "hermes-test";

fn blank(kind: LetterKind, subject: &str, headline: &str) -> Letter {
    let token = ReplyToken::mint(Bits([0x51; 16]), Bits([0x7e; 16]));
    let thread: ThreadId = "k3v9q1m7x2b8n4c6z0ad".parse().unwrap();
    Letter::answering(
        kind,
        ReplyId::for_command(&CommandId::mint(Bits([0xA7; 16]))),
        Answering {
            hermes: &HermesAddress::default(),
            to: &"amelia@example.com".parse().unwrap(),
            subject,
            message_id: &"CAF=question+1@mail.example.com".parse().unwrap(),
            references: &["first@mail.example.com".parse().unwrap()],
            language: Language::En,
            thread: Some((&thread, &token)),
        },
        Timestamp::from_millis(1_795_271_261_602),
        headline,
    )
    .unwrap()
    .referring_to("msg-0123456789abcdef".parse().unwrap())
}

fn result() -> Letter {
    blank(LetterKind::Result, "Re: Opening hours", "The opening hours are now 9 to 5.")
        .paragraph("Both the contact page and the footer said 8 to 4.\nThe caf\u{e9} page had no hours and was left alone, because nobody has asked for any on it.")
        .files(&["contact.html".to_owned(), "partials/footer.html".to_owned()])
        .preview("http://ses-a7a7a7a7-a7a7-47a7-a7a7-a7a7a7a7a7a7.localhost:3000/")
        .section("Left out", vec!["setup.exe: programs are not taken".to_owned()])
        .hint("Reply with another change.")
        .hint("Reply \"undo\" to take this change back.")
        .quoting("Please change the opening hours to 9-5, Monday to Friday, and say so on every page that has any.\n\nThanks, Amelia")
}

fn failure() -> Letter {
    blank(
        LetterKind::Failure,
        "Menu",
        "The website could not be built with this change.",
    )
    .paragraph("Your change was saved, but the preview still shows the last version that worked.")
    .log_end("building menu.html\nerror: <price> is not closed\n\tat menu.html:12\nexit status 1")
    .hint("Reply with how to mend it.")
    .quoting("Add the price list <b>below</b> the menu & make it bold")
}

fn refusal() -> Letter {
    let told = RefusalReason::NotAMember.told(Language::En);
    blank(LetterKind::Refusal, "Hello", told.headline)
        .paragraph(told.because)
        .hint(told.hint)
}

fn text_of(letter: &Letter) -> String {
    String::from_utf8(render(letter, INSTANCE).unwrap())
        .unwrap()
        .replace("\r\n", "\n")
}

fn parsed(letter: &Letter) -> InboundMail {
    parse(&render(letter, INSTANCE).unwrap()).unwrap()
}

#[test]
fn a_letter_with_everything_is_rendered() {
    insta::assert_snapshot!("result", text_of(&result()));
}

#[test]
fn a_letter_with_a_log_is_rendered() {
    insta::assert_snapshot!("failure", text_of(&failure()));
}

#[test]
fn l16_every_letter_carries_the_headers_that_keep_machines_quiet() {
    for letter in [result(), failure(), refusal()] {
        let mail = parsed(&letter);
        let get = |name: &str| mail.headers.get(name);
        assert_eq!(get("Auto-Submitted"), Some("auto-replied"));
        assert_eq!(get("X-Auto-Response-Suppress"), Some("All"));
        assert_eq!(get("X-Hermes-Loop"), Some(INSTANCE));
        assert_eq!(get("Content-Language"), Some("en"));
        assert_eq!((get("Precedence"), get("Bcc")), (None, None));
        assert_eq!(mail.in_reply_to, [letter.in_reply_to]);
        assert_eq!(mail.references, letter.references);
        assert_eq!(mail.message_id, letter.message_id);
        assert_eq!(mail.reply_to, [letter.reply_to]);
        assert_eq!(
            (mail.subject, mail.date.unwrap().as_secs()),
            (letter.subject, letter.date.as_secs())
        );
    }
}

#[test]
fn the_same_letter_gives_the_same_bytes() {
    assert_eq!(
        render(&result(), INSTANCE).unwrap(),
        render(&result(), INSTANCE).unwrap()
    );
}

#[test]
fn no_line_of_a_letter_can_become_a_header() {
    let evil = "x\r\nBcc: evil@x.y\r\n\r\nbody\n--hermes-\u{0}\u{2028}Bcc: evil@x.y";
    let mut letter = blank(LetterKind::Result, evil, evil)
        .paragraph(evil)
        .files(&[evil.to_owned()])
        .section(evil, vec![evil.to_owned()])
        .hint(evil)
        .log_end(evil)
        .quoting(evil);
    letter.subject = evil.to_owned();
    let raw = render(&letter, "x\r\nBcc: evil@x.y").unwrap();
    let mail = parse(&raw).unwrap();
    let names: Vec<&str> = mail.headers.iter().map(|(name, _)| name).collect();
    let clean = parsed(&result());
    let expected: Vec<&str> = clean.headers.iter().map(|(name, _)| name).collect();
    assert_eq!(names, expected);
    assert_eq!((mail.media.len(), mail.attachments.len()), (3, 0));
    assert!(
        !raw.windows(2)
            .any(|pair| pair[1] == b'\n' && pair[0] != b'\r')
    );
}

#[test]
fn b7_an_answer_to_a_letter_in_any_language_finds_its_thread_and_its_quote_is_cut() {
    for language in Language::ALL {
        let letter = Letter {
            language,
            ..result()
        };
        let body = parsed(&letter).body.text;
        assert!(body.starts_with("-- "), "the marker is above everything");
        let quoted: String = body
            .split_inclusive('\n')
            .flat_map(|line| ["> ", line])
            .collect();
        for below in [body.clone(), quoted] {
            let raw = format!(
                "From: amelia@example.com\nTo: {}\nSubject: {}\nIn-Reply-To: {}\n\nNow make it bold.\n\n{below}",
                letter.reply_to,
                letter.subject,
                letter.message_id.bracketed(),
            );
            let answer = parse(raw.as_bytes()).unwrap();
            assert_eq!(visible(&answer).text, "Now make it bold.");
            assert_eq!(candidates(&answer, &HermesAddress::default()).len(), 2);
        }
    }
}

#[test]
fn html_is_escaped_and_loads_nothing() {
    let raw = html(&failure()).unwrap();
    assert!(
        raw.contains("&#60;price&#62;") || raw.contains("&lt;price&gt;"),
        "{raw}"
    );
    for remote in ["src=", "<img", "url(", "@import", "<link", "<script"] {
        assert!(!raw.contains(remote), "{remote}");
    }
}

#[test]
fn the_html_is_small() {
    let bare = html(&blank(LetterKind::Result, "x", "x")).unwrap();
    assert!(bare.len() < 4 * 1024, "{}", bare.len());
    let full = html(&result()).unwrap();
    assert!(full.len() < 8 * 1024, "{}", full.len());
}

#[test]
fn b12_a_name_cannot_look_like_another() {
    let letter = blank(LetterKind::Result, "x", "x").files(&["gpj.\u{202e}exe.html".to_owned()]);
    assert!(html(&letter).unwrap().contains("gpj.exe.html"));
}

#[test]
fn b13_files_that_were_left_out_are_named_with_the_reason() {
    let refused = |n: usize| RefusedFile {
        name: format!("setup {n} <b>.exe"),
        reason: FileRefusal::Program,
    };
    let letter = result().ignoring(&(0..32).map(refused).collect::<Vec<_>>());
    let view = View::of(&letter);
    let (text, html) = (
        TextView(&view).render().unwrap(),
        HtmlView(&view).render().unwrap(),
    );
    assert!(
        text.contains("\n- setup 0 <b>.exe: Programs are not accepted.\n"),
        "{text}"
    );
    assert!(text.contains("\n- and 2 more\n"), "{text}");
    assert!(
        html.contains("setup 29 &#60;b&#62;.exe: Programs are not accepted.</li>"),
        "{html}"
    );
    let french = Letter {
        language: Language::Fr,
        ..letter
    };
    let view = View::of(&french);
    let text = TextView(&view).render().unwrap();
    for line in [
        "Fichiers qui n’ont pas été retenus\u{a0}:",
        "- setup 0 <b>.exe\u{a0}: Les programmes ne sont pas acceptés.",
        "- et 2 autres",
    ] {
        assert!(text.contains(&format!("\n{line}\n")), "{text}");
    }
}

proptest! {
    #[test]
    fn any_words_are_rendered_and_read_back(words in "[\\PC\\r\\n\\t]{0,200}", subject in "\\PC{0,100}") {
        let letter = blank(LetterKind::Result, &subject, &words).paragraph(words.clone()).quoting(&words).log_end(&words);
        let mail = parsed(&letter);
        prop_assert_eq!(mail.message_id, letter.message_id);
        prop_assert_eq!(mail.media.len(), 3);
    }
}
