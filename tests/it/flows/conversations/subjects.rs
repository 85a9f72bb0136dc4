//! What a subject tells (T1, T8, T9), and ids that come again (E9).

use std::time::Duration;

use super::letter::{Letter, Way};
use crate::flows::harness::{BOB, Hermes, Mail, Setup, a_project, text_of};
use hermes::domain::ids::ReplyId;

fn a_reply(id: &str) -> Mail {
    Mail::new(id, "And the title to B").subject("Re: Opening hours")
}

#[tokio::test]
async fn t8_two_conversations_of_a_subject_are_none() {
    let mut hermes = Hermes::start();
    let first = hermes.instruct(&Mail::new("m1", "Title A")).await.0;
    let second = hermes.instruct(&Mail::new("m2", "Title B")).await.0;
    let third = hermes.instruct(&a_reply("m3")).await.0;
    assert!(third != first && third != second && first != second);
}

#[tokio::test]
async fn t8_only_a_reply_of_the_same_person_in_the_same_project_and_week() {
    let mut hermes = Hermes::with(Setup {
        projects: vec![a_project("site", "acme"), a_project("shop", "acme")],
        ..Setup::default()
    });
    let site = "edit+site@hermes.localhost";
    let first = hermes
        .instruct(&Mail::new("m1", "Title A").to(site))
        .await
        .0;
    let no_prefix = Mail::new("m2", "Title B").to(site).subject("Prices");
    let others = [
        no_prefix,
        a_reply("m3").to(site).from(BOB),
        a_reply("m4").to("edit+shop@hermes.localhost"),
        a_reply("m5").to(site).subject("Fwd: Opening hours"),
        a_reply("m6").to(site).subject("Re: Opening hour"),
    ];
    for mail in others {
        assert_ne!(hermes.instruct(&mail).await.0, first, "{mail:?}");
    }
}

#[tokio::test]
async fn t8_a_week_later_a_subject_is_forgotten() {
    for (days, same) in [(6, true), (8, false)] {
        let mut hermes = Hermes::start();
        let first = hermes.instruct(&Mail::new("m1", "Title A")).await.0;
        hermes.quiesce().await;
        hermes.clock.advance(Duration::from_hours(24 * days));
        hermes.sweeper.purge().await.unwrap();
        let later = hermes.instruct(&a_reply("m2")).await.0;
        assert_eq!(later == first, same, "after {days} days");
    }
}

#[tokio::test]
async fn t1_a_tag_in_the_subject_names_the_senders_own_thread() {
    let mut hermes = Hermes::start();
    let first = hermes.instruct(&Mail::new("m1", "Title A")).await.0;
    let thread = hermes.session(&first).await.thread_id;
    let tagged = format!("Opening hours [#H-{}]", thread.as_str().to_uppercase());
    let mail = Mail::new("m2", "Title B").subject(&tagged);
    assert_eq!(hermes.instruct(&mail).await.0, first);
    let bobs = Mail::new("m3", "Title C").subject(&tagged).from(BOB);
    assert_ne!(hermes.instruct(&bobs).await.0, first, "T6");
}

#[tokio::test]
async fn t9_another_subject_begins_a_conversation_and_the_answer_says_so() {
    let mut hermes = Hermes::start();
    let (session, letter) = hermes
        .answered(&Mail::new("m1", "Change the title to A"), Way::Smtp)
        .await;
    let other = Mail::new(
        "m2",
        "Please add the summer prices to the page about bread.",
    )
    .to(&letter.reply_to)
    .with("In-Reply-To", &letter.id)
    .subject("Re: Prices in summer");
    let row = hermes.row(&other).await;
    assert!(row.rules.contains(&"T9".to_owned()), "{row:?}");
    assert_ne!(row.session_id, Some(session.clone()));
    hermes.quiesce().await;
    let command = row.command_id.unwrap();
    let sent = hermes.mailer.taken_of(&ReplyId::for_command(&command));
    assert!(text_of(&sent[0].raw).contains("another subject"));
    // what is said in answer to that letter stays there, and the first conversation goes on
    let fork = Letter::answering(&hermes, &command, Way::Smtp);
    let on = Mail::new("m3", "Please add the winter prices to that page as well.")
        .to(&fork.from)
        .with("References", &fork.whole())
        .subject(&fork.subject);
    assert_eq!(hermes.instruct(&on).await.0, row.session_id.unwrap());
    let back = Mail::new(
        "m4",
        "Please make that title a little bit larger than it is.",
    )
    .to(&letter.reply_to)
    .subject(&letter.subject);
    assert_eq!(hermes.instruct(&back).await.0, session);
}

#[tokio::test]
async fn t9_a_conversation_keeps_a_subject_that_a_command_has_brought() {
    let mut hermes = Hermes::start();
    let (session, letter) = hermes
        .answered(&Mail::new("m1", "Change the title to A"), Way::Smtp)
        .await;
    let short = Mail::new("m2", "Change the title to B").to(&letter.reply_to);
    let (same, renamed) = hermes
        .answered(&short.subject("Re: Title"), Way::Smtp)
        .await;
    assert_eq!(same, session);
    let long = Mail::new(
        "m3",
        "Please make that title a little bit larger than it is.",
    );
    let long = long.to(&renamed.reply_to).subject(&renamed.subject);
    assert_eq!(hermes.instruct(&long).await.0, session);
}

#[tokio::test]
async fn e9_an_id_that_is_used_again_is_another_mail() {
    let mut hermes = Hermes::start();
    let first = hermes.instruct(&Mail::new("m1", "Title A")).await;
    let about_it = hermes.instruct(&Mail::new("m1", "Title B")).await;
    assert_eq!(about_it.0, first.0);
    assert_ne!(about_it.1, first.1);
    let other = Mail::new("m1", "Title C").subject("Prices");
    let other = hermes.instruct(&other).await;
    assert_ne!(other.0, first.0, "another matter by another subject");
}
