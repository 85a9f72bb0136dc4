//! What is not carried out: refused once a day, held, decided again.

use std::time::Duration;

use hermes::domain::access::Scope;
use hermes::domain::ids::ReplyId;
use hermes::domain::journal::{Channel, Verdict};
use hermes::domain::mail::Authentication;
use hermes::domain::member::Role;
use hermes::services::intake::Force;
use hermes::services::intake_error::{IntakeError, Received};

use super::harness::{Hermes, Mail, Repeats, VIC, a_project, text_of};

const VOUCHED: Authentication = Authentication::Vouched { may_publish: false };

async fn replay(hermes: &mut Hermes, of: &Received, force: Force) -> Result<Received, IntakeError> {
    let again = hermes
        .intake
        .replay(&of.journal_id, force, VOUCHED, &Scope::All);
    let received = again.await?;
    hermes.known.extend(received.session_id.clone());
    Ok(received)
}

#[tokio::test]
async fn l18_a_refusal_is_told_once_a_day_for_each_reason() {
    let mut hermes = Hermes::start();
    let stranger = |id: &str| Mail::new(id, "Hello").from("stranger@example.org");
    let first = hermes.post(&stranger("s1")).await;
    assert_eq!(
        (first.verdict, first.rules.last().unwrap().as_str()),
        (Verdict::Refuse, "A11")
    );
    let second = hermes.post(&stranger("s2")).await;
    assert_eq!(second.verdict, Verdict::Refuse);
    hermes.post(&Mail::new("v1", "Hello").from(VIC)).await;
    hermes.tick().await;
    // several go out at once, in no promised order
    let mut taken = hermes.mailer.taken();
    taken.sort_by(|one, two| one.to.cmp(&two.to));
    let to: Vec<&str> = taken.iter().map(|mail| mail.to[0].as_str()).collect();
    assert_eq!(to, ["stranger@example.org", VIC]);
    assert!(text_of(&taken[0].raw).contains("not on the list of people"));
    assert_eq!(taken[0].id, ReplyId::for_message(&first.journal_id));
    hermes.clock.advance(Duration::from_hours(24));
    hermes.post(&stranger("s3")).await;
    hermes.tick().await;
    assert_eq!(hermes.mailer.taken().len(), 2, "the key lives for 25 hours");
    hermes.clock.advance(Duration::from_hours(1));
    hermes.post(&stranger("s4")).await;
    hermes.tick().await;
    assert_eq!(hermes.mailer.taken().len(), 3);
    assert!(hermes.fleet.running().is_empty(), "a refusal wakes nothing");
}

#[tokio::test]
async fn l18_refusals_at_the_same_moment_are_told_once() {
    let hermes = Hermes::start();
    let mails: Vec<_> = (0..8)
        .map(|n| {
            Mail::new(&format!("s{n}"), "Hello")
                .from("stranger@example.org")
                .bytes()
        })
        .collect();
    let scope = Scope::All;
    let posts = mails.iter().map(|raw| {
        hermes
            .intake
            .receive(raw.clone(), Channel::Http, VOUCHED, &scope)
    });
    for received in futures_util::future::join_all(posts).await {
        assert_eq!(received.unwrap().verdict, Verdict::Refuse);
    }
    hermes.tick().await;
    assert_eq!(hermes.mailer.taken().len(), 1);
}

#[tokio::test]
async fn a6_an_unproven_members_reply_is_held_until_somebody_vouches() {
    let mut hermes = Hermes::start();
    let (session, _) = hermes
        .instruct(&Mail::new("m1", "Change the title to A"))
        .await;
    hermes.quiesce().await;
    let reply = Mail::new("m2", "Change it to B").answering("m1@example.com");
    let unproven = Authentication::Unproven;
    let held = hermes
        .intake
        .receive(reply.bytes(), Channel::Ses, unproven, &Scope::All)
        .await
        .unwrap();
    assert_eq!((held.verdict, &held.command_id), (Verdict::Hold, &None));
    let stranger = Mail::new("m3", "Change it to C");
    let silent = hermes
        .intake
        .receive(stranger.bytes(), Channel::Ses, unproven, &Scope::All)
        .await
        .unwrap();
    assert_eq!(
        (silent.verdict, &silent.command_id),
        (Verdict::Silent, &None)
    );
    hermes.quiesce().await;
    let taken = hermes.mailer.taken();
    assert_eq!(taken.len(), 2, "the member is asked, nobody is answered");
    assert!(text_of(&taken[1].raw).contains("Did you write it?"));

    let released = replay(&mut hermes, &held, Force::No).await.unwrap();
    assert_eq!(released.verdict, Verdict::Instruct);
    assert_eq!(released.session_id, Some(session));
    hermes.quiesce().await;
    assert_eq!(hermes.mailer.taken().len(), 3);
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a_replay_acts_again_only_by_force() {
    let mut hermes = Hermes::start();
    let first = hermes.post(&Mail::new("m1", "Change the title to A")).await;
    hermes.quiesce().await;
    let again = replay(&mut hermes, &first, Force::No).await;
    let Err(IntakeError::HasCommand(command)) = again else {
        panic!("{again:?}")
    };
    assert_eq!(Some(command), first.command_id);
    let forced = replay(&mut hermes, &first, Force::Yes).await.unwrap();
    assert_ne!(forced.command_id, first.command_id);
    assert_eq!(forced.session_id, first.session_id);
    hermes.quiesce().await;
    assert_eq!(hermes.mailer.taken().len(), 2);

    // decided otherwise now, it has become a command all the same
    let mut project = a_project("site", "acme");
    project.members.clear();
    hermes.projects.replace(vec![project]);
    let refused = replay(&mut hermes, &first, Force::Yes).await.unwrap();
    assert_eq!(refused.verdict, Verdict::Refuse);
    let still = replay(&mut hermes, &first, Force::No).await;
    assert!(
        matches!(still, Err(IntakeError::HasCommand(_))),
        "{still:?}"
    );
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a_refused_mail_is_carried_out_once_its_sender_is_a_member() {
    let mut hermes = Hermes::start();
    let refused = hermes
        .post(&Mail::new("v1", "Change the title to A").from(VIC))
        .await;
    assert_eq!(refused.verdict, Verdict::Refuse);
    hermes.tick().await;
    let mut project = a_project("site", "acme");
    for member in &mut project.members {
        member.role = Role::Editor;
    }
    hermes.projects.replace(vec![project]);
    let taken = replay(&mut hermes, &refused, Force::No).await.unwrap();
    assert_eq!(taken.verdict, Verdict::Instruct);
    hermes.quiesce().await;
    assert_eq!(
        hermes.mailer.taken().len(),
        2,
        "the refusal, then the result"
    );
    hermes.audit(Repeats::None).await;

    // and a second refusal of the same mail is not told again
    hermes.projects.replace(vec![a_project("site", "acme")]);
    hermes.clock.advance(Duration::from_hours(30));
    let again = replay(&mut hermes, &refused, Force::Yes).await.unwrap();
    assert_eq!(again.verdict, Verdict::Refuse);
    hermes.tick().await;
    assert_eq!(hermes.mailer.taken().len(), 2);
}

#[tokio::test]
async fn a_silent_mail_that_is_refused_in_a_replay_is_answered_then() {
    let mut hermes = Hermes::start();
    let mail = Mail::new("v1", "Change the title to A").from(VIC);
    let silent = hermes
        .intake
        .receive(
            mail.bytes(),
            Channel::Ses,
            Authentication::Unproven,
            &Scope::All,
        )
        .await
        .unwrap();
    assert_eq!(silent.verdict, Verdict::Silent);
    let refused = replay(&mut hermes, &silent, Force::No).await.unwrap();
    assert_eq!(refused.verdict, Verdict::Refuse);
    hermes.tick().await;
    assert_eq!(hermes.mailer.taken().len(), 1);
    assert_eq!(
        replay(&mut hermes, &silent, Force::No)
            .await
            .unwrap()
            .verdict,
        Verdict::Refuse
    );
    hermes.tick().await;
    assert_eq!(hermes.mailer.taken().len(), 1, "once");
}

#[tokio::test]
async fn a_foreign_scope_sees_no_journal_row_to_replay() {
    let mut hermes = Hermes::start();
    let first = hermes.post(&Mail::new("m1", "Change the title to A")).await;
    let foreign = Scope::Clients(["globex".parse().unwrap()].into());
    let replayed = hermes
        .intake
        .replay(&first.journal_id, Force::Yes, VOUCHED, &foreign)
        .await;
    assert!(
        matches!(replayed, Err(IntakeError::NotFound)),
        "{replayed:?}"
    );
}
