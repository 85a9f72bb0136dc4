//! Mail that is not proven is never answered, whatever it is (L18, A6).

use hermes::domain::access::Scope;
use hermes::domain::journal::{Channel, Verdict};
use hermes::domain::mail::Authentication;
use proptest::prelude::*;

use super::harness::{AMELIA, BOB, Hermes, Mail, Setup, VIC, a_project, field};

/// A mail by somebody, about anything.
fn any_mail(id: usize) -> impl Strategy<Value = Mail> {
    let people = [
        AMELIA,
        BOB,
        VIC,
        "stranger@example.org",
        "edit@hermes.localhost",
        "x",
    ];
    let places = [
        "edit@hermes.localhost",
        "edit+site@hermes.localhost",
        "edit+blog@hermes.localhost",
        "edit+none@hermes.localhost",
    ];
    let fields = [
        ("In-Reply-To", "<m1@example.com>"),
        ("References", "<m1@example.com>"),
        ("Reply-To", BOB),
        ("Reply-To", "stranger@example.org"),
        ("Cc", "stranger@example.org, vic@example.com"),
        ("Return-Path", "<>"),
        ("Auto-Submitted", "auto-replied"),
        ("List-Id", "<list.example.org>"),
        ("From", "second@example.org"),
        (
            "Authentication-Results",
            "amazonses.com; dmarc=pass header.from=example.com; dkim=pass header.d=example.com",
        ),
        ("X-Original-From", AMELIA),
        ("Content-Type", "multipart/encrypted; boundary=x"),
        ("X-Hermes-Loop", "hermes.localhost"),
    ];
    let words = ["Change it to B", "", "> quoted only", "publish", "undo"];
    (
        prop::sample::select(people.to_vec()),
        prop::sample::select(places.to_vec()),
        prop::collection::vec(prop::sample::select(fields.to_vec()), 0..4),
        prop::sample::select(words.to_vec()),
    )
        .prop_map(move |(from, to, more, words)| {
            let mail = Mail::new(&format!("x{id}"), words).from(from).to(to);
            more.into_iter()
                .fold(mail, |mail, (name, value)| mail.with(name, value))
        })
}

fn any_mails() -> impl Strategy<Value = Vec<Mail>> {
    let mails: Vec<_> = (0..6).map(|id| any_mail(id).boxed()).collect();
    mails
}

async fn nobody_is_answered(mails: Vec<Mail>, open: bool) {
    let mut site = a_project("site", "acme");
    site.open = open;
    let mut hermes = Hermes::with(Setup {
        projects: vec![site, a_project("blog", "acme")],
        ..Setup::default()
    });
    let first = Mail::new("m1", "Change the title to A").to("edit+site@hermes.localhost");
    hermes.instruct(&first).await;
    hermes.quiesce().await;
    let before = hermes.mailer.taken().len();
    let commands = hermes.commands().await.len();
    for mail in &mails {
        let unproven = Authentication::Unproven;
        let received = hermes
            .intake
            .receive(mail.bytes(), Channel::Ses, unproven, &Scope::All);
        let received = received.await.unwrap();
        let quiet = matches!(received.verdict, Verdict::Silent | Verdict::Hold);
        assert!(
            quiet && received.command_id.is_none(),
            "{mail:?} {received:?}"
        );
    }
    hermes.quiesce().await;
    assert_eq!(hermes.commands().await.len(), commands);
    let sent = hermes.mailer.taken().split_off(before);
    assert!(
        sent.len() <= 1,
        "one question to the one member who has a conversation"
    );
    for mail in sent {
        assert_eq!(mail.to, [AMELIA], "{mails:?}");
        assert_eq!(field(&mail.raw, "Subject"), "Did you write this?");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a6_nobody_but_a_stored_member_ever_hears_of_unproven_mail(mails in any_mails(), open in any::<bool>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(nobody_is_answered(mails, open));
    }
}
