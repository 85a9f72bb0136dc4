//! Other people in a conversation, and mails to several projects (T5, T6, T11, T15).

use super::letter::Way;
use crate::flows::harness::{BOB, Hermes, Mail, Repeats, Setup, VIC, a_project};
use hermes::domain::journal::Verdict;

const SITE: &str = "edit+site@hermes.localhost";
const SHOP: &str = "edit+shop@hermes.localhost";

#[tokio::test]
async fn t11_who_was_in_copy_has_a_conversation_of_their_own() {
    let mut hermes = Hermes::start();
    let (session, letter) = hermes.answered(&Mail::new("m1", "Title A"), Way::Ses).await;
    let bobs = Mail::new("b1", "And title B")
        .from(BOB)
        .to(&letter.reply_to)
        .subject(&letter.subject)
        .with("In-Reply-To", &letter.id);
    let row = hermes.row(&bobs).await;
    assert!(row.rules.contains(&"T6".to_owned()), "{row:?}");
    let theirs = row.session_id.unwrap();
    assert_ne!(theirs, session);
    // once more to Amelia's letter: his own conversation is the one that his subject names
    let again = Mail::new("b2", "And title C")
        .from(BOB)
        .to(&letter.reply_to)
        .subject(&letter.subject)
        .with("In-Reply-To", &letter.id);
    assert_eq!(hermes.instruct(&again).await.0, theirs);
    // and the one that he refers to beside hers
    let both = Mail::new("b3", "And title D")
        .from(BOB)
        .to(&letter.reply_to)
        .with("References", &format!("<b1@example.com> {}", letter.id));
    assert_eq!(hermes.instruct(&both).await.0, theirs);
    for stranger in [VIC, "stranger@example.org"] {
        let mail = Mail::new("s1", "Title E")
            .from(stranger)
            .to(&letter.reply_to);
        assert_eq!(hermes.post(&mail).await.verdict, Verdict::Refuse);
    }
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn t5_a_second_mail_before_the_first_answer_joins_only_if_it_refers_to_it() {
    let mut hermes = Hermes::start();
    let first = hermes.instruct(&Mail::new("m1", "Title A")).await.0;
    let referring = Mail::new("m2", "Or title B").answering("m1@example.com");
    assert_eq!(hermes.instruct(&referring).await.0, first);
    let another = Mail::new("m3", "A new page").subject("New page");
    assert_ne!(hermes.instruct(&another).await.0, first);
    let burst = Mail::new("m4", "Or title C").subject("Re: Opening hours");
    assert_eq!(hermes.instruct(&burst).await.0, first, "T8");
}

fn two_projects() -> Hermes {
    let mut shop = a_project("shop", "acme");
    shop.addresses = vec!["shop@sites.example".to_owned()];
    Hermes::with(Setup {
        projects: vec![a_project("site", "acme"), shop],
        ..Setup::default()
    })
}

#[tokio::test]
async fn t15_a_mail_to_two_projects_is_a_turn_in_each() {
    let mut hermes = two_projects();
    let mail = Mail::new("m1", "Title A")
        .to(SITE)
        .with("Cc", "Shop <shop@sites.example>");
    let first = hermes.post(&mail).await;
    assert_eq!(first.also.len(), 1);
    let second = &first.also[0];
    for one in [&first, second] {
        assert_eq!(one.verdict, Verdict::Instruct, "{one:?}");
        assert!(one.rules.contains(&"T15".to_owned()), "{one:?}");
    }
    assert_ne!(first.session_id, second.session_id);
    hermes.known.extend(second.session_id.clone());
    let again = hermes.post(&mail).await;
    assert!(again.duplicate && again.also[0].duplicate);
    assert_eq!(again.command_id, first.command_id);
    assert_eq!(again.also[0].command_id, second.command_id);
    hermes.quiesce().await;
    assert_eq!(hermes.mailer.taken().len(), 2, "an answer each");
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn t15_a_reply_with_another_project_in_copy_goes_on_and_begins() {
    let mut hermes = two_projects();
    let (session, letter) = hermes
        .answered(&Mail::new("m1", "Title A").to(SITE), Way::Smtp)
        .await;
    let mail = Mail::new("m2", "Title B")
        .to(&letter.reply_to)
        .with("Cc", SHOP);
    let received = hermes.post(&mail).await;
    assert_eq!(received.session_id, Some(session));
    let other = received.also[0].session_id.clone();
    assert!(other.is_some() && other != received.session_id);
}

#[tokio::test]
async fn e9_a_mail_to_two_addresses_of_one_project_is_one_command() {
    let mut hermes = two_projects();
    let one = Mail::new("m1", "Title A").to(SHOP);
    let both = Mail::new("m1", "Title A")
        .to("shop@sites.example")
        .with("Cc", SHOP);
    let first = hermes.post(&one).await;
    let second = hermes.post(&both).await;
    assert!(second.duplicate && second.also.is_empty());
    assert_eq!(second.command_id, first.command_id);
}

#[tokio::test]
async fn t14_a_dash_names_a_project_only_if_there_is_one() {
    let mut hermes = two_projects();
    let known = Mail::new("m1", "Title A").to("edit-site@hermes.localhost");
    let received = hermes.post(&known).await;
    assert_eq!(received.verdict, Verdict::Instruct);
    let row = hermes
        .ports
        .journal
        .get(&received.journal_id)
        .await
        .unwrap();
    assert_eq!(row.unwrap().project_id.unwrap().as_str(), "site");
    let unknown = Mail::new("m2", "Title A").to("edit+nowhere@hermes.localhost");
    let received = hermes.post(&unknown).await;
    assert_eq!(received.rules.last().unwrap(), "T14");
}
