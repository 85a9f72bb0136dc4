//! Mail under a member's name that is not proven: held, asked about, confirmed or disowned (A6, A9).

use std::time::Duration;

use hermes::domain::access::Scope;
use hermes::domain::claim::ClaimKey;
use hermes::domain::confirmation::{ConfirmToken, PLACES};
use hermes::domain::ids::{JournalId, ReplyId, SessionId};
use hermes::domain::journal::{Channel, JournalRow, Verdict};
use hermes::domain::mail::Authentication;
use hermes::domain::member::Role;
use hermes::ports::clock::Clock as _;
use hermes::services::intake::Claimed;
use hermes::services::intake_error::{IntakeError, Received};

use super::harness::{AMELIA, BOB, Hermes, Mail, Repeats, Setup, a_project, field, text_of};

const DAY: Duration = Duration::from_hours(24);

/// A Hermes with one conversation of Amelia's, whose first mail is `m1`.
async fn talking() -> (Hermes, SessionId) {
    let mut hermes = Hermes::start();
    let first = Mail::new("m1", "Change the title to A");
    let (session, _) = hermes.instruct(&first).await;
    hermes.quiesce().await;
    (hermes, session)
}

async fn arrive(hermes: &Hermes, mail: &Mail, auth: Authentication) -> Received {
    let received = hermes
        .intake
        .receive(mail.bytes(), Channel::Ses, auth, &Scope::All);
    received.await.unwrap()
}

async fn unproven(hermes: &Hermes, mail: &Mail) -> Received {
    arrive(hermes, mail, Authentication::Unproven).await
}

fn reply(id: &str, words: &str) -> Mail {
    Mail::new(id, words).answering("m1@example.com")
}

/// The texts of all questions that were sent, with whom they went to.
fn questions(hermes: &Hermes) -> Vec<(Vec<String>, String)> {
    let taken = hermes.mailer.taken();
    let asked = taken
        .iter()
        .filter(|mail| field(&mail.raw, "Subject") == "Did you write this?");
    asked
        .map(|mail| (mail.to.clone(), text_of(&mail.raw)))
        .collect()
}

fn token_in(text: &str) -> ConfirmToken {
    let (_, behind) = text.split_once("/hermes/confirm/").expect("a link");
    behind.split_whitespace().next().unwrap().parse().unwrap()
}

/// The link of the newest question.
async fn link(hermes: &Hermes) -> ConfirmToken {
    hermes.tick().await;
    token_in(&questions(hermes).last().expect("a question").1)
}

async fn row(hermes: &Hermes, id: &JournalId) -> JournalRow {
    hermes.ports.journal.get(id).await.unwrap().unwrap()
}

async fn say(hermes: &Hermes, token: &ConfirmToken, of: &Received, word: Claimed) {
    let said = hermes.intake.confirm(token, &of.journal_id, word).await;
    said.unwrap();
}

#[tokio::test]
async fn a6_a_member_is_asked_and_what_is_confirmed_is_carried_out() {
    let (mut hermes, session) = talking().await;
    let held = unproven(&hermes, &reply("m2", "Change it to B")).await;
    assert_eq!((held.verdict, &held.command_id), (Verdict::Hold, &None));
    assert_eq!(held.rules, ["T1", "A6"]);
    let token = link(&hermes).await;
    let [(to, text)] = &questions(&hermes)[..] else {
        panic!("one question")
    };
    assert_eq!(to[..], [AMELIA]);
    assert!(
        !text.contains("Change it to B"),
        "a stranger may have written it: {text}"
    );
    assert!(
        text.contains("SPF, DKIM and DMARC"),
        "A9: why, and what to do: {text}"
    );

    let behind = hermes.intake.held(&token).await.unwrap();
    assert_eq!(behind.len(), 1);
    assert_eq!(behind[0].held.excerpt, "Change it to B");
    assert!(behind[0].is_waiting());
    hermes.quiesce().await;
    assert_eq!(hermes.mailer.taken().len(), 2, "looking does nothing");

    say(&hermes, &token, &held, Claimed::Mine).await;
    let after = row(&hermes, &held.journal_id).await;
    assert_eq!(
        (after.verdict, after.session_id),
        (Verdict::Instruct, Some(session))
    );
    assert_eq!(after.rules, ["T1", "A6"]);
    assert_eq!(after.channel, Channel::Ses, "how it came stays known");
    hermes.quiesce().await;
    assert_eq!(hermes.mailer.taken().len(), 3, "the answer");
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a6_only_the_first_word_counts() {
    let (mut hermes, session) = talking().await;
    let held = unproven(&hermes, &reply("m2", "Change it to B")).await;
    let token = link(&hermes).await;
    for word in [Claimed::Mine, Claimed::Mine, Claimed::NotMine] {
        say(&hermes, &token, &held, word).await;
        assert_eq!(
            row(&hermes, &held.journal_id).await.verdict,
            Verdict::Instruct
        );
    }
    let commands = hermes.ports.commands.by_session(&session, 9).await.unwrap();
    assert_eq!(commands.len(), 2);

    let other = unproven(&hermes, &reply("m3", "Delete everything")).await;
    for word in [Claimed::NotMine, Claimed::Mine] {
        say(&hermes, &token, &other, word).await;
        let row = row(&hermes, &other.journal_id).await;
        assert_eq!((row.verdict, row.command_id), (Verdict::Silent, None));
        assert_eq!(
            row.reason,
            "the member says that somebody else has written it"
        );
    }
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a6_words_at_the_same_moment_are_one_word() {
    let (mut hermes, session) = talking().await;
    let held = unproven(&hermes, &reply("m2", "Change it to B")).await;
    let token = link(&hermes).await;
    let said = (0..8).map(|n| {
        let word = if n % 2 == 0 {
            Claimed::Mine
        } else {
            Claimed::NotMine
        };
        hermes.intake.confirm(&token, &held.journal_id, word)
    });
    for said in futures_util::future::join_all(said).await {
        said.unwrap();
    }
    let verdict = row(&hermes, &held.journal_id).await.verdict;
    let commands = hermes.ports.commands.by_session(&session, 9).await.unwrap();
    let expected = if verdict == Verdict::Instruct { 2 } else { 1 };
    assert_eq!(commands.len(), expected, "{verdict:?}");
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a6_a_link_is_void_after_a_day() {
    let (hermes, _) = talking().await;
    let held = unproven(&hermes, &reply("m2", "Change it to B")).await;
    let token = link(&hermes).await;
    hermes
        .clock
        .advance(DAY.checked_sub(Duration::from_millis(1)).unwrap());
    assert_eq!(hermes.intake.held(&token).await.unwrap().len(), 1);
    hermes.clock.advance(Duration::from_millis(1));
    assert!(hermes.intake.held(&token).await.unwrap().is_empty());
    let late = hermes
        .intake
        .confirm(&token, &held.journal_id, Claimed::Mine)
        .await;
    assert!(matches!(late, Err(IntakeError::NotFound)), "{late:?}");
    assert_eq!(row(&hermes, &held.journal_id).await.verdict, Verdict::Hold);
}

#[tokio::test]
async fn a6_a_member_is_asked_once_a_day_and_later_mail_waits_behind_the_same_link() {
    let (hermes, _) = talking().await;
    unproven(&hermes, &reply("m2", "Change it to B")).await;
    let token = link(&hermes).await;
    hermes.clock.advance(Duration::from_hours(23));
    let second = unproven(&hermes, &reply("m3", "Change it to C")).await;
    assert_eq!(second.verdict, Verdict::Hold);
    assert_eq!(
        row(&hermes, &second.journal_id).await.rules,
        ["T1", "A6", "L18"]
    );
    hermes.tick().await;
    assert_eq!(questions(&hermes).len(), 1);
    assert_eq!(hermes.intake.held(&token).await.unwrap().len(), 2);

    hermes.clock.advance(Duration::from_hours(1));
    let behind = hermes.intake.held(&token).await.unwrap();
    assert_eq!(behind.len(), 1, "each is kept for a day of its own");
    say(&hermes, &token, &second, Claimed::Mine).await;
    assert_eq!(
        row(&hermes, &second.journal_id).await.verdict,
        Verdict::Instruct
    );
    unproven(&hermes, &reply("m4", "Change it to D")).await;
    let next = link(&hermes).await;
    assert_eq!(questions(&hermes).len(), 2, "another day");
    assert_eq!(hermes.intake.held(&next).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a6_a_flood_of_held_mail_is_one_question_and_a_bounded_page() {
    let (hermes, _) = talking().await;
    for n in 0..PLACES + 5 {
        let held = unproven(
            &hermes,
            &reply(&format!("f{n}"), &format!("Change it to {n}")),
        )
        .await;
        assert_eq!(held.verdict, Verdict::Hold);
    }
    let token = link(&hermes).await;
    assert_eq!(questions(&hermes).len(), 1);
    assert_eq!(hermes.intake.held(&token).await.unwrap().len(), PLACES);
}

#[tokio::test]
async fn e9_a_held_mail_that_comes_again_asks_nothing_and_is_not_done_twice() {
    let (mut hermes, session) = talking().await;
    let mail = reply("m2", "Change it to B");
    let held = unproven(&hermes, &mail).await;
    assert!(unproven(&hermes, &mail).await.duplicate);
    let token = link(&hermes).await;
    assert_eq!(hermes.intake.held(&token).await.unwrap().len(), 1);
    say(&hermes, &token, &held, Claimed::Mine).await;
    let again = unproven(&hermes, &mail).await;
    assert_eq!((again.duplicate, again.verdict), (true, Verdict::Instruct));
    hermes.quiesce().await;
    let commands = hermes.ports.commands.by_session(&session, 9).await.unwrap();
    assert_eq!(commands.len(), 2);
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a6_a_foreign_link_says_nothing_about_a_message() {
    let (hermes, _) = talking().await;
    let held = unproven(&hermes, &reply("m2", "Change it to B")).await;
    let stranger: ConfirmToken = "a".repeat(26).parse().unwrap();
    let said = hermes
        .intake
        .confirm(&stranger, &held.journal_id, Claimed::Mine)
        .await;
    assert!(matches!(said, Err(IntakeError::NotFound)));
    assert!(hermes.intake.held(&stranger).await.unwrap().is_empty());
    // and a good link says nothing about another message
    let token = link(&hermes).await;
    let other = "msg-other".parse().unwrap();
    let said = hermes.intake.confirm(&token, &other, Claimed::Mine).await;
    assert!(matches!(said, Err(IntakeError::NotFound)));
}

#[tokio::test]
async fn a6_only_a_listed_member_with_a_known_thread_of_that_project_is_asked() {
    let mut open = a_project("site", "acme");
    open.open = true;
    let mut hermes = Hermes::with(Setup {
        projects: vec![open, a_project("blog", "acme")],
        ..Setup::default()
    });
    for (id, from) in [("m1", AMELIA), ("g1", "guest@example.org")] {
        let first = Mail::new(id, "Change the title to A").from(from);
        hermes
            .instruct(&first.to("edit+site@hermes.localhost"))
            .await;
    }
    hermes.quiesce().await;
    let before = hermes.mailer.taken().len();
    for mail in [
        // no thread
        Mail::new("x1", "Hello").to("edit+site@hermes.localhost"),
        // another project's thread
        reply("x2", "Hello").to("edit+blog@hermes.localhost"),
        // another member's thread
        reply("x3", "Hello")
            .from(BOB)
            .to("edit+site@hermes.localhost"),
        // anybody may edit an open project, but nobody in anybody's name
        Mail::new("x4", "Hello")
            .from("guest@example.org")
            .answering("g1@example.com")
            .to("edit+site@hermes.localhost"),
    ] {
        let received = unproven(&hermes, &mail).await;
        assert_eq!(received.verdict, Verdict::Silent, "{mail:?}");
        assert!(received.rules.iter().any(|rule| rule == "A6"), "{mail:?}");
    }
    hermes.quiesce().await;
    assert_eq!(hermes.mailer.taken().len(), before);
}

#[tokio::test]
async fn a11_who_was_revoked_is_refused_with_an_old_token_and_the_others_go_on() {
    let (mut hermes, _) = talking().await;
    let (bobs, _) = hermes
        .instruct(&Mail::new("b1", "Change the title to B").from(BOB))
        .await;
    hermes.quiesce().await;
    let taken = hermes.mailer.taken();
    let token_address = field(&taken[0].raw, "Reply-To");
    let mut project = a_project("site", "acme");
    project
        .members
        .retain(|member| member.address.as_deref() != Some(AMELIA));
    hermes.projects.replace(vec![project]);

    let old = |id: &str| Mail::new(id, "Change it to C").to(&token_address);
    let silent = unproven(&hermes, &old("r1")).await;
    assert_eq!(silent.verdict, Verdict::Silent);
    let refused = arrive(&hermes, &old("r2"), Authentication::Proven).await;
    assert_eq!(
        (refused.verdict, &refused.command_id),
        (Verdict::Refuse, &None)
    );
    assert_eq!(refused.rules, ["T6", "A3", "A11"]);
    // a token authenticates nobody (T11): in another member's hands it begins a thread of their own
    let bob = arrive(&hermes, &old("r3").from(BOB), Authentication::Proven).await;
    assert_eq!(bob.verdict, Verdict::Instruct);
    hermes.known.extend(bob.session_id.clone());
    let on = Mail::new("b2", "Change it to D")
        .from(BOB)
        .answering("b1@example.com");
    let on = arrive(&hermes, &on, Authentication::Proven).await;
    assert_eq!((on.verdict, on.session_id), (Verdict::Instruct, Some(bobs)));
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
    assert!(questions(&hermes).is_empty());
}

#[tokio::test]
async fn a6_what_is_confirmed_is_judged_by_the_roles_of_now() {
    let (mut hermes, _) = talking().await;
    let held = unproven(&hermes, &reply("m2", "Change it to B")).await;
    let token = link(&hermes).await;
    let mut project = a_project("site", "acme");
    for member in &mut project.members {
        member.role = Role::Viewer;
    }
    hermes.projects.replace(vec![project]);
    say(&hermes, &token, &held, Claimed::Mine).await;
    assert_eq!(
        row(&hermes, &held.journal_id).await.verdict,
        Verdict::Refuse
    );
    hermes.quiesce().await;
    let last = hermes.mailer.taken().pop().unwrap();
    assert!(
        text_of(&last.raw).contains("You may look at previews"),
        "nothing fails silently"
    );
}

#[tokio::test]
async fn a6_a_restart_keeps_what_is_held() {
    let (mut hermes, _) = talking().await;
    let held = unproven(&hermes, &reply("m2", "Change it to B")).await;
    hermes.restart();
    let token = link(&hermes).await;
    hermes.restart();
    say(&hermes, &token, &held, Claimed::Mine).await;
    assert_eq!(
        row(&hermes, &held.journal_id).await.verdict,
        Verdict::Instruct
    );
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a6_the_token_is_kept_only_as_a_fingerprint_once_the_question_is_out() {
    let (hermes, _) = talking().await;
    let held = unproven(&hermes, &reply("m2", "Change it to B")).await;
    let token = link(&hermes).await;
    let id = ReplyId::asking_about(&held.journal_id);
    let sent = hermes.ports.replies.get(&id).await.unwrap().unwrap();
    let claim = hermes
        .ports
        .claims
        .get(&ClaimKey::asked(AMELIA), hermes.clock.now())
        .await;
    for record in [
        serde_json::to_string(&sent).unwrap(),
        serde_json::to_string(&claim.unwrap()).unwrap(),
        serde_json::to_string(&row(&hermes, &held.journal_id).await).unwrap(),
    ] {
        assert!(!record.contains(token.as_str()), "{record}");
    }
}
