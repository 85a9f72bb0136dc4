//! What soft signs tell together: sentences put together anew, and people who show what they got.

use super::{Machine, MachineKind, OwnIdentity, classify};
use crate::domain::mail::parse;

fn taken(from: &str, subject: &str, text: &str) -> Option<Machine> {
    let own = OwnIdentity {
        hermes: "edit@hermes.example".parse().unwrap(),
        addresses: Vec::new(),
        instance: "hermes-1".to_owned(),
    };
    let raw = format!("From: {from}\nSubject: {subject}\n\n{text}\n");
    classify(&parse(raw.as_bytes()).unwrap(), &own)
}

fn kind(from: &str, subject: &str, text: &str) -> Option<MachineKind> {
    taken(from, subject, text).map(|machine| machine.kind)
}

#[test]
fn l3_what_was_sent_and_what_became_of_it_is_a_sentence() {
    for (subject, text) in [
        (
            "Your mail was rejected: 554 5.7.1",
            "Your message to a@b.example was not delivered.\n\n554 5.7.1 unsolicited",
        ),
        (
            "Uw e-mail is niet afgeleverd",
            "Uw e-mail aan a@b.example is niet afgeleverd.\n\nReden: onbekende gebruiker.",
        ),
        (
            "Nedoručená zpráva",
            "Vaše zpráva pro a@b.example nemohla být doručena, schránka neexistuje.",
        ),
        (
            "Mesajınız iletilemedi",
            "Mesajınız aşağıdaki alıcıya iletilemedi:\na@b.example\nNeden: kullanıcı yok",
        ),
        (
            "Hello",
            "Reporting-MTA: dns; b.example\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1",
        ),
    ] {
        assert_eq!(
            kind("x@b.example", subject, text),
            Some(MachineKind::Bounce),
            "{subject}"
        );
    }
}

#[test]
fn l3_a_returned_message_with_code_and_words_is_a_bounce_unless_somebody_shows_it() {
    let returned = "unable to deliver following mail to recipient(s):\n    <a@b.example>\n550 User unknown\n\nReceived: from x by y; Mon\nMessage-ID: <1@c.example>\n";
    assert_eq!(
        kind("x@b.example", "Hello", returned),
        Some(MachineKind::Bounce)
    );
    for above in [
        "Any idea?",
        "Der Server schreibt:",
        "Hi Ann,\n\nthis came back.",
        "Isto chegou hoje:",
    ] {
        let text = format!("{above}\n\n{returned}");
        assert_eq!(kind("x@b.example", "Hello", &text), None, "{above}");
    }
}

#[test]
fn l3_the_fields_of_a_notice_are_no_forwarded_mail() {
    let text = "Scanner Alert\n\nYour message was blocked.\nFrom: me@c.example\nTo: a@b.example\nReason: executable";
    assert_eq!(
        kind("Mail Gateway <gw@b.example>", "Message blocked", text),
        Some(MachineKind::Bounce)
    );
}

#[test]
fn l12_who_is_away_says_so_in_subject_sentence_and_return() {
    for (subject, text) in [
        (
            "Absent(e) du bureau : commande",
            "Je suis absente du bureau jusqu'au 2 janvier.",
        ),
        (
            "Afwezigheidsbericht: Hours",
            "Ik ben tot maandag niet aanwezig.",
        ),
        (
            "Robert Hill/HQ is out of the office.",
            "I will be out of the office until 01/06.",
        ),
        (
            "Absence",
            "Je suis absent. En cas d'urgence, veuillez contacter Marie.",
        ),
        ("自動返信: Hello", "不在にしております。5月5日に戻ります。"),
    ] {
        assert_eq!(
            kind("Jo Hart <jo@b.example>", subject, text),
            Some(MachineKind::AutoReply),
            "{subject}"
        );
    }
    assert_eq!(
        kind(
            "jo@b.example",
            "Urlaub",
            "Ich bin bis 20. August im Urlaub. Das soll oben auf die Seite."
        ),
        None
    );
}

#[test]
fn l12_challenges_keep_the_subject_that_they_answer() {
    let text = "Just this once, click the link below so I can receive your emails.\n\nhttps://b.example/v?1";
    assert_eq!(
        kind("R. Lopez <r@b.example>", "Re: Hours", text),
        Some(MachineKind::AutoReply)
    );
    assert_eq!(kind("r@b.example", "Fwd: Hours", text), None);
    assert_eq!(
        kind(
            "automated-response@b.example",
            "Re: Hours",
            "This address is protected."
        ),
        Some(MachineKind::AutoReply)
    );
}
