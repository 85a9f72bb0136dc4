//! Who may command by what a mail server says, and who gets the answer (A3, A4, A7, A8, A10).

use hermes::domain::access::Scope;
use hermes::domain::ids::ReplyId;
use hermes::domain::journal::{Channel, Verdict};
use hermes::domain::mail::Authentication;
use hermes::services::intake_error::Received;

use super::harness::{AMELIA, BOB, Hermes, Mail, Repeats, Setup, VIC, a_project, field};
use crate::support::mailer::NotTaken;

const RESULTS: &str = "Authentication-Results";
const VOUCHED: Authentication = Authentication::Vouched { may_publish: true };

async fn post(hermes: &mut Hermes, mail: &Mail) -> Received {
    let posted = hermes
        .intake
        .receive(mail.bytes(), Channel::Http, VOUCHED, &Scope::All);
    let received = posted.await.unwrap();
    hermes.known.extend(received.session_id.clone());
    received
}

fn behind_a_server() -> Hermes {
    Hermes::with(Setup {
        trusted: vec!["mx.example.net".to_owned()],
        ..Setup::default()
    })
}

#[tokio::test]
async fn a3_a_server_in_front_judges_and_the_posters_word_counts_no_more() {
    let mut hermes = behind_a_server();
    let good = "mx.example.net; dmarc=pass header.from=example.com";
    let bad = "mx.example.net; dmarc=fail header.from=example.com; dkim=pass header.d=example.com";
    let aligned = "mx.example.net; dmarc=none; dkim=pass header.d=mail.example.com";
    let mail = |id: &str| Mail::new(id, "Change the title to A");
    for (mail, verdict, rules) in [
        (
            mail("m1").with(RESULTS, good),
            Verdict::Instruct,
            vec!["A3"],
        ),
        (
            mail("m2").with(RESULTS, aligned),
            Verdict::Instruct,
            vec!["A3"],
        ),
        (mail("m3").with(RESULTS, bad), Verdict::Silent, vec!["A6"]),
        (mail("m4"), Verdict::Silent, vec!["A6"]),
        (
            mail("m5").with(RESULTS, bad).with(RESULTS, good),
            Verdict::Silent,
            vec!["A4", "A6"],
        ),
        (
            mail("m6")
                .with(RESULTS, "mx.evil.example; dmarc=pass")
                .with(RESULTS, good),
            Verdict::Silent,
            vec!["A4", "A6"],
        ),
        (
            mail("m7")
                .from("stranger@example.org")
                .with(RESULTS, "mx.example.net; dmarc=pass"),
            Verdict::Refuse,
            vec!["A3", "A11"],
        ),
    ] {
        let received = post(&mut hermes, &mail).await;
        assert_eq!(
            (received.verdict, received.rules),
            (verdict, rules.iter().map(ToString::to_string).collect()),
            "{mail:?}"
        );
    }
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a_vouched_without_such_a_server_whoever_posts_vouches() {
    let mut hermes = Hermes::start();
    let forged =
        Mail::new("m1", "Change the title to A").with(RESULTS, "mx.example.net; dmarc=fail");
    let received = post(&mut hermes, &forged).await;
    assert_eq!(
        (received.verdict, received.rules),
        (Verdict::Instruct, vec!["A-vouched".to_owned()])
    );
    hermes.quiesce().await;
}

#[tokio::test]
async fn a7_a8_answers_go_to_members_only() {
    let mut hermes = Hermes::start();
    let mail = Mail::new("m1", "Change the title to A")
        .with("Reply-To", &format!("Bob <{BOB}>"))
        .with("Cc", &format!("{VIC}, evil@x.example, {AMELIA}"));
    let received = post(&mut hermes, &mail).await;
    assert_eq!(received.rules, ["A-vouched", "A7", "A8"]);
    hermes.quiesce().await;
    let [answer] = &hermes.mailer.taken()[..] else {
        panic!("one answer")
    };
    assert_eq!(answer.to, [BOB, VIC, AMELIA]);
    assert_eq!(field(&answer.raw, "To"), BOB);
    assert_eq!(field(&answer.raw, "Cc"), format!("{VIC}, {AMELIA}"));

    let stranger = Mail::new("m2", "Change the title to B")
        .with("Reply-To", "evil@x.example")
        .with("Cc", "evil@x.example");
    let received = post(&mut hermes, &stranger).await;
    assert_eq!(received.rules, ["A-vouched"]);
    hermes.quiesce().await;
    let answer = hermes.mailer.taken().pop().unwrap();
    assert_eq!(answer.to, [AMELIA]);
    assert_eq!(field(&answer.raw, "Cc"), "");
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a7_a8_a_refusal_goes_to_its_sender_alone() {
    let mut hermes = Hermes::start();
    let mail = Mail::new("m1", "Hello")
        .from(VIC)
        .with("Reply-To", BOB)
        .with("Cc", AMELIA);
    let received = post(&mut hermes, &mail).await;
    assert_eq!(
        (received.verdict, received.rules),
        (Verdict::Refuse, vec!["A-vouched".to_owned()])
    );
    hermes.tick().await;
    let [answer] = &hermes.mailer.taken()[..] else {
        panic!("one answer")
    };
    assert_eq!(answer.to, [VIC]);
}

#[tokio::test]
async fn a8_a_copy_that_is_not_taken_does_not_cost_the_answer() {
    let mut hermes = Hermes::start();
    let mail = Mail::new("m1", "Change the title to A").with("Cc", BOB);
    let received = post(&mut hermes, &mail).await;
    hermes.mailer.refuse(1, NotTaken::Rejected);
    hermes.quiesce().await;
    let taken = hermes
        .mailer
        .taken_of(&ReplyId::for_command(&received.command_id.unwrap()));
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].to, [AMELIA]);
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a6_what_one_tenants_key_brought_is_confirmed_for_that_tenant_only() {
    let mut theirs = a_project("blog", "globex");
    theirs.addresses = vec!["edit@globex.example".to_owned()];
    let mut hermes = Hermes::with(Setup {
        projects: vec![a_project("site", "acme"), theirs],
        trusted: vec!["mx.example.net".to_owned()],
        ..Setup::default()
    });
    let acme = Scope::Clients(["acme".parse().unwrap()].into());
    let good = Mail::new("m1", "Change the title to A").with(RESULTS, "mx.example.net; dmarc=pass");
    let first = hermes
        .intake
        .receive(good.bytes(), Channel::Http, VOUCHED, &acme)
        .await
        .unwrap();
    hermes.known.extend(first.session_id.clone());
    hermes.quiesce().await;
    let token = field(&hermes.mailer.taken()[0].raw, "Reply-To");
    let unproven = Mail::new("m2", "Change it to B").to(&format!("edit@globex.example, {token}"));
    let held = hermes
        .intake
        .receive(unproven.bytes(), Channel::Http, VOUCHED, &acme)
        .await
        .unwrap();
    assert_eq!(held.verdict, Verdict::Hold);
    let question = hermes
        .ports
        .replies
        .get(&ReplyId::asking_about(&held.journal_id))
        .await;
    let url = question.unwrap().unwrap().letter.action.unwrap().url;
    let link = url.rsplit('/').next().unwrap().parse().unwrap();
    let word = hermes::services::intake::Claimed::Mine;
    hermes
        .intake
        .confirm(&link, &held.journal_id, word)
        .await
        .unwrap();
    let row = hermes
        .ports
        .journal
        .get(&held.journal_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (row.verdict, row.session_id),
        (Verdict::Instruct, first.session_id)
    );
    hermes.quiesce().await;
}

#[tokio::test]
async fn t11_who_is_in_copy_is_no_participant() {
    let mut hermes = Hermes::start();
    let mail = Mail::new("m1", "Change the title to A").with("Cc", BOB);
    let first = post(&mut hermes, &mail).await;
    hermes.quiesce().await;
    let token = field(&hermes.mailer.taken()[0].raw, "Reply-To");
    let reply = Mail::new("b1", "Change it to B").from(BOB).to(&token);
    let second = post(&mut hermes, &reply).await;
    assert_ne!(first.session_id, second.session_id);
    let stranger = Mail::new("e1", "Change it to C")
        .from("evil@x.example")
        .to(&token);
    assert_eq!(post(&mut hermes, &stranger).await.verdict, Verdict::Refuse);
    hermes.quiesce().await;
}

#[tokio::test]
async fn a10_a_trusted_group_passes_on_its_members_mail() {
    let mut site = a_project("site", "acme");
    site.mail.groups = vec!["team@group.example".parse().unwrap()];
    let mut hermes = Hermes::with(Setup {
        projects: vec![site],
        trusted: vec!["mx.example.net".to_owned()],
        ..Setup::default()
    });
    let through = |id: &str, signer: &str, original: &str| {
        Mail::new(id, "Change the title to A")
            .from("team@group.example")
            .with(
                RESULTS,
                &format!("mx.example.net; dmarc=pass; dkim=pass header.d={signer}"),
            )
            .with("X-Original-From", original)
            .with("Reply-To", original)
            .with("List-Id", "<team.group.example>")
            .with("Precedence", "list")
    };
    let received = post(&mut hermes, &through("m1", "group.example", AMELIA)).await;
    assert_eq!(
        (received.verdict, received.rules),
        (Verdict::Instruct, vec!["A10".to_owned()])
    );
    let stranger = post(
        &mut hermes,
        &through("m2", "group.example", "guest@example.org"),
    )
    .await;
    assert_eq!(
        (stranger.verdict, stranger.rules),
        (Verdict::Refuse, vec!["A10".to_owned(), "A11".to_owned()])
    );
    let forged = post(&mut hermes, &through("m3", "evil.example", AMELIA)).await;
    assert_eq!(
        (forged.verdict, forged.rules),
        (Verdict::Silent, vec!["L11".to_owned()])
    );
    hermes.quiesce().await;
    let taken = hermes.mailer.taken();
    assert!(
        taken.iter().any(|mail| mail.to == [AMELIA]),
        "the answer goes to the person"
    );
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a2_a_folded_address_is_the_member() {
    let mut site = a_project("site", "acme");
    site.members[0].address = Some("jodoe@gmail.com".to_owned());
    site.members[0].user = "jodoe@gmail.com".parse().unwrap();
    site.mail.gmail = hermes::domain::project::GmailFolding::On;
    let mut hermes = Hermes::with(Setup {
        projects: vec![site],
        ..Setup::default()
    });
    let first = Mail::new("m1", "Change the title to A").from("Jo.Doe@gmail.com");
    let first = post(&mut hermes, &first).await;
    let next = Mail::new("m2", "Change it to B")
        .from("jodoe+site@googlemail.com")
        .answering("m1@example.com");
    let next = post(&mut hermes, &next).await;
    assert_eq!(
        (first.verdict, next.verdict),
        (Verdict::Instruct, Verdict::Instruct)
    );
    assert_eq!(
        first.session_id, next.session_id,
        "one person, one conversation"
    );
    hermes.quiesce().await;
}
