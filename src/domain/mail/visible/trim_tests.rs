use proptest::prelude::*;

use super::*;
use crate::domain::ids::{Bits, CommandId, ReplyId};
use crate::domain::mail::parse;
use crate::domain::mail::visible::quote_marker;

fn reply(body: &str) -> VisibleText {
    visible(
        &parse(format!("From: a@b.c\nSubject: Re: x\nIn-Reply-To: <1@x>\n\n{body}").as_bytes())
            .unwrap(),
    )
}

fn first(body: &str) -> VisibleText {
    visible(&parse(format!("From: a@b.c\nSubject: x\n\n{body}").as_bytes()).unwrap())
}

fn html(body: &str) -> VisibleText {
    let head =
        "From: a@b.c\nSubject: Re: x\nIn-Reply-To: <1@x>\nContent-Type: text/html; charset=utf-8";
    visible(&parse(format!("{head}\n\n{body}").as_bytes()).unwrap())
}

const ATTRIBUTION: &str = "On Fri, 20 Nov 2026 at 14:27, Hermes <edit@h.example> wrote:";

#[test]
fn b7_quotes_below_the_answer_are_cut() {
    for quote in [
        format!("{ATTRIBUTION}\n> old\n> older"),
        format!("{ATTRIBUTION}\n\nold text, unmarked"),
        "On Fri, 20 Nov 2026 at 14:27, Hermes of the long name\n<edit@h.example> wrote:\n> old"
            .to_owned(),
        "On Fri, 20 Nov 2026\nat 14:27, Hermes\n<edit@h.example> wrote:\n\n> old".to_owned(),
        "-----Original Message-----\nFrom: A\nold".to_owned(),
        "________________________________\nFrom: A <a@b.c>\nSent: Friday\nTo: B\nSubject: x\n\nold"
            .to_owned(),
        "Von: A\nGesendet: Freitag\nAn: B\nBetreff: x\n\nold".to_owned(),
        "> old\n> older".to_owned(),
    ] {
        let seen = reply(&format!("Make it blue.\nAnd bold.\n\n{quote}\n"));
        assert_eq!(seen.text, "Make it blue.\nAnd bold.", "{quote}");
        assert!(seen.rules.contains(&RuleId::B7), "{quote}");
    }
}

#[test]
fn b7_interleaved_and_bottom_answers_are_kept() {
    let seen = reply(&format!(
        "{ATTRIBUTION}\n> Which colour?\nBlue.\n\n> Which font?\nAny.\n"
    ));
    assert_eq!(seen.text, "Blue.\n\nAny.");
    let seen = reply(&format!("Hi,\n\n{ATTRIBUTION}\n> Which colour?\n\nBlue."));
    assert_eq!(seen.text, "Hi,\n\nBlue.");
    // Nothing stands above an unmarked quote: the words may be the sender's.
    assert_eq!(reply(&format!("{ATTRIBUTION}\n\nBlue.")).text, "Blue.");
}

#[test]
fn b7_our_marker_is_the_surest_cut() {
    let marker = quote_marker(&ReplyId::for_command(&CommandId::mint(Bits([1; 16]))));
    for body in [
        format!("Make it blue.\n\n{marker}\nDone: the title is red."),
        format!("Make it blue.\n\nAm Freitag schreib Hermes\n{marker}\nDone.")
            .replace("Am Freitag schreib Hermes\n", ""),
        format!("Make it blue.\n\n{ATTRIBUTION}\n\n{marker}\nDone."),
        format!("Make it blue.\n\n{ATTRIBUTION}\n> {marker}\n> Done."),
    ] {
        assert_eq!(reply(&body).text, "Make it blue.", "{body}");
    }
    assert_eq!(reply(&format!("{ATTRIBUTION}\n\n{marker}\nDone.")).text, "");
    assert_eq!(
        reply(&format!(
            "{ATTRIBUTION}\n> {marker}\n> Done.\n\nMake it blue."
        ))
        .text,
        "Make it blue."
    );
}

#[test]
fn b7_words_that_look_like_a_quote_stay() {
    for body in [
        "On the home page change what Peter wrote:\nHello\nto:\nGood day",
        "Put this on the page:\nFrom: Monday\nTo: Friday",
        "a -> b, and <h1> stays > h2",
        "Title\n-----\nText below a ruler",
        "The original message should stay",
        "Section one\n\n---\n\nSection two",
        "--\nStarts with a ruler",
    ] {
        assert_eq!(first(body).text, body);
        assert_eq!(reply(body).text, body);
    }
    assert_eq!(
        first("> everything\n> indented").text,
        "> everything\n> indented"
    );
    assert_eq!(reply("> everything\n> quoted").text, "");
}

#[test]
fn b8_signatures_are_cut() {
    for (body, expected) in [
        ("Make it blue.\n\n-- \nAmelia\nBakery", "Make it blue."),
        ("Make it blue.\n--\nAmelia", "Make it blue."),
        ("Make it blue.\n\nSent from my iPhone", "Make it blue."),
        (
            "Make it blue.\n\n_____\nGet Outlook for iOS<https://aka.ms/x>\n",
            "Make it blue.",
        ),
        (
            "Make it blue.\n\nVon meinem iPhone gesendet",
            "Make it blue.",
        ),
        ("-- \nAmelia", "-- \nAmelia"),
        ("Sent from my iPhone", ""),
        ("\n-- \n\n___\n", ""),
    ] {
        assert_eq!(first(body).text, expected.trim(), "{body}");
    }
    let list = (1..=12).fold(String::new(), |list, n| format!("{list}item {n}\n"));
    let long = format!("Menu:\n--\n{list}");
    assert_eq!(first(&long).text, long.trim());
    assert_eq!(first("Make it blue.\n-- \nAmelia").rules, [RuleId::B8]);
}

#[test]
fn b7_b8_html_quotes_and_signatures_are_cut_before_converting() {
    for (body, expected) in [
        (
            "<div>Blue</div><div class=gmail_quote><div class=gmail_attr>On x A wrote:</div><blockquote class=gmail_quote>old</blockquote></div>",
            "Blue",
        ),
        (
            "<p>Blue</p><blockquote type=\"cite\">old</blockquote><p>and bold</p>",
            "Blue\n\nand bold",
        ),
        (
            "<p>Blue</p><div id=appendonsend></div><hr><div id=divRplyFwdMsg><b>From:</b> A</div><div>old</div>",
            "Blue",
        ),
        ("<p>Blue</p><div class=yahoo_quoted>old</div>", "Blue"),
        (
            "<div>Blue</div><div class=gmail_signature>Amelia</div>",
            "Blue",
        ),
        (
            "<div id=AppleMailSignature>Blue</div><blockquote type=cite>old</blockquote>",
            "Blue",
        ),
        (
            "<p>Blue</p><p><b>From:</b> A<br><b>Sent:</b> x<br><b>To:</b> B<br><b>Subject:</b> y</p><p>old</p>",
            "Blue",
        ),
        ("<blockquote type=cite>old</blockquote>", ""),
        (
            "<blockquote>Say this on the page</blockquote>",
            "Say this on the page",
        ),
    ] {
        let seen = html(body);
        assert_eq!(seen.text, expected, "{body}");
        assert!(seen.rules.contains(&RuleId::B5));
    }
}

#[test]
fn b10_forwards_are_split_and_not_trimmed() {
    let forward = |subject: &str, body: &str| {
        visible(&parse(format!("From: a@b.c\nSubject: {subject}\n\n{body}").as_bytes()).unwrap())
    };
    for (subject, below) in [
        (
            "Fwd: menu",
            "---------- Forwarded message ---------\nFrom: Chef\n\nSoup 5",
        ),
        (
            "menu",
            "---------- Forwarded message ---------\nFrom: Chef\n\nSoup 5",
        ),
        (
            "WG: menu",
            "Von: Chef\nGesendet: x\nAn: b\nBetreff: menu\n\nSoup 5",
        ),
        (
            "FW: menu",
            "-----Original Message-----\nFrom: Chef\n\nSoup 5",
        ),
        (
            "Fwd: menu",
            "Begin forwarded message:\n\n> From: Chef\n> Soup 5",
        ),
    ] {
        let seen = forward(subject, &format!("Put this on the menu page\n\n{below}"));
        assert_eq!(seen.text, "Put this on the menu page", "{subject}");
        assert_eq!(seen.forwarded.as_deref(), Some(below));
        assert_eq!(seen.rules, [RuleId::B10]);
    }
    let bare = forward("Fwd: menu", "Put > this\n-- \non the page");
    assert_eq!((bare.forwarded, bare.text.lines().count()), (None, 1));
}

#[test]
fn b11_instructions_are_capped() {
    let seen = first(&"\u{e9}".repeat(MAX_INSTRUCTION));
    assert_eq!(
        (seen.text.len(), seen.rules.as_slice()),
        (MAX_INSTRUCTION, &[RuleId::B11][..])
    );
    assert_eq!(seen.full.map(|full| full.len()), Some(2 * MAX_INSTRUCTION));
    assert_eq!(first("Make it blue.").full, None);
}

#[test]
fn b7_long_texts_take_linear_time() {
    for line in [
        "wrote:\n",
        "On 2026 x\n",
        "From: a\n",
        "-- \n",
        "_____________\n",
        "Sent from my x\n",
        "> a\n",
        "To: a\n",
    ] {
        let seen = reply(&line.repeat(20_000));
        assert!(seen.text.len() <= MAX_INSTRUCTION);
    }
}

proptest! {
    #[test]
    fn b7_a_plain_text_without_quote_survives_whole(text in "[A-Za-z0-9\u{e9}\u{4f60}][A-Za-z0-9 .,!?()<='\u{e9}\u{4f60}\n]{0,300}[a-z.]") {
        prop_assert_eq!(&first(&text).text, &text);
        prop_assert_eq!(&reply(&text).text, &text);
    }

    #[test]
    fn b7_any_bytes_are_trimmed_the_same_twice(bytes in proptest::collection::vec(any::<u8>(), 0..400), kind in "(plain|html)") {
        let raw = [format!("From: a@b.c\nSubject: Re: x\nContent-Type: text/{kind}\n\n").as_bytes(), &bytes].concat();
        let mail = parse(&raw).unwrap();
        prop_assert_eq!(visible(&mail), visible(&mail));
    }

    #[test]
    fn b7_lines_of_any_kind_never_panic(lines in proptest::collection::vec(
        "(> q|On 20 Nov 2026 14:27 A wrote:|wrote:|From: a|To: b|Sent: c|-- |---|____________|Sent from my x|Fwd|words|)", 0..20,
    )) {
        let body = lines.join("\n");
        let (seen, fresh) = (reply(&body), first(&body));
        prop_assert!(seen.text.len() <= body.len() && fresh.text.len() <= body.len());
    }
}

#[test]
fn b11_no_more_is_read_than_an_instruction_can_be() {
    for body in [
        "a:\n".repeat(300_000),
        "<http://a.b>".repeat(100_000),
        "<p>a".repeat(300_000),
    ] {
        let seen = reply(&body);
        assert_eq!(seen.text.len(), MAX_INSTRUCTION);
        assert!(seen.rules.contains(&RuleId::B11));
        assert!(html(&body).text.len() <= MAX_INSTRUCTION);
    }
    assert_eq!(html(&"<ul>".repeat(1_000_000)).text, "");
}
