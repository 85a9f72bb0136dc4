//! Sessions by REST: activate, follow up, keep alive, deactivate.

use std::time::Duration;

use hermes::domain::access::Scope;
use hermes::domain::command::CommandState;
use hermes::domain::ids::ReplyId;
use hermes::domain::session::SessionStatus;
use hermes::services::deactivation::Deactivated;
use hermes::services::session_error::SessionError;

use super::harness::{Answer, Hermes, Mail, Repeats, text_of};

async fn status(hermes: &Hermes, id: &hermes::domain::ids::SessionId) -> SessionStatus {
    hermes
        .sessions
        .status(&Scope::All, id)
        .await
        .unwrap()
        .status
}

#[tokio::test]
async fn an_activation_is_initializing_until_its_command_runs_and_active_then() {
    let mut hermes = Hermes::start();
    let activated = hermes.activate("Change the title to A").await;
    let id = activated.session_id;
    assert_eq!(
        (activated.status, activated.was_live),
        (SessionStatus::Initializing, false)
    );
    hermes.tick().await;
    assert_eq!(status(&hermes, &id).await, SessionStatus::Initializing);
    hermes.begin().await;
    hermes.tick().await;
    assert_eq!(status(&hermes, &id).await, SessionStatus::Active);
    hermes.finish(Answer::Done).await;
    hermes.tick().await;
    let view = hermes.sessions.status(&Scope::All, &id).await.unwrap();
    assert_eq!(view.command.unwrap().state, CommandState::Succeeded);
    hermes.fall_asleep().await;
    assert_eq!(
        status(&hermes, &id).await,
        SessionStatus::Active,
        "also asleep"
    );
    assert!(
        hermes.mailer.taken().is_empty(),
        "what came by REST is not mailed"
    );
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn an_idempotency_key_gives_the_first_answer_for_a_day() {
    let mut hermes = Hermes::start();
    let key = Some("key-1");
    let first = hermes.try_activate("Change A", None, key).await.unwrap();
    hermes.clock.advance(Duration::from_hours(23));
    let again = hermes.try_activate("Change A", None, key).await.unwrap();
    assert_eq!(again, first);
    let other = hermes.try_activate("Change B", None, key).await;
    assert!(
        matches!(other, Err(SessionError::IdempotencyKeyReused)),
        "{other:?}"
    );
    assert_eq!(hermes.commands().await.len(), 1);
    hermes.clock.advance(Duration::from_hours(1));
    let later = hermes.try_activate("Change B", None, key).await.unwrap();
    assert_ne!(later.command_id, first.command_id);
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a_named_thread_goes_on_live_or_ended() {
    let mut hermes = Hermes::start();
    let first = hermes.activate("Change A").await;
    let thread = first.thread_id.clone();
    let second = hermes
        .try_activate("Change B", Some(&thread), None)
        .await
        .unwrap();
    assert!(second.was_live);
    assert_eq!(second.session_id, first.session_id);
    hermes.quiesce().await;
    hermes.clock.advance(Duration::from_hours(2));
    // not swept yet: the end is written with the new beginning, in order
    let third = hermes
        .try_activate("Change C", Some(&thread), None)
        .await
        .unwrap();
    assert!(!third.was_live);
    assert_eq!(hermes.session(&first.session_id).await.activation, 2);
    let events = hermes.events(&first.session_id).await;
    let ended = events.iter().position(|name| *name == "session.ended");
    assert_eq!(events.get(ended.unwrap() + 1), Some(&"session.woken"));
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn s9_deactivate_cancels_what_waits_and_interrupts_what_runs() {
    let mut hermes = Hermes::start();
    let (session, running) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.until_running(&running).await;
    // held back from the worker: it is interrupted by a newer one otherwise
    let waiting = hermes
        .activation
        .follow_up(&Scope::All, &session, "Change B")
        .await
        .unwrap();
    let found = hermes.deactivation.deactivate(&Scope::All, &session).await;
    assert_eq!(found.unwrap(), Deactivated::Initiated);
    let again = hermes.deactivation.deactivate(&Scope::All, &session).await;
    assert_eq!(again.unwrap(), Deactivated::AlreadyDraining);
    assert_eq!(status(&hermes, &session).await, SessionStatus::Draining);
    let kept = hermes.sessions.keepalive(&Scope::All, &session).await;
    assert!(
        matches!(kept, Err(SessionError::Draining { .. })),
        "S3: {kept:?}"
    );
    hermes.tick().await;
    let cancelled = hermes.command(&waiting.command_id).await;
    assert_eq!(cancelled.state, CommandState::Interrupted, "never sent");
    hermes.finish(Answer::Done).await; // it was stopped, and says so
    hermes.tick().await;
    assert_eq!(
        hermes.command(&running).await.state,
        CommandState::Interrupted
    );
    assert_eq!(status(&hermes, &session).await, SessionStatus::Expired);
    let last = hermes.deactivation.deactivate(&Scope::All, &session).await;
    assert_eq!(last.unwrap(), Deactivated::AlreadyEnded);
    hermes.tick().await;
    let sent = hermes.mailer.taken_of(&ReplyId::for_command(&running));
    assert!(text_of(&sent[0].raw).contains("The editing session was ended."));
    // nobody else is there: the container sleeps at once
    hermes.pass(Duration::from_secs(15)).await;
    assert!(hermes.fleet.running().is_empty());
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn s9_a_container_stays_for_another_live_session() {
    let mut hermes = Hermes::start();
    let one = hermes.activate("Change A").await;
    let two = hermes.activate("Change B").await;
    assert_eq!(one.container_id, two.container_id);
    hermes.quiesce().await;
    hermes
        .deactivation
        .deactivate(&Scope::All, &one.session_id)
        .await
        .unwrap();
    hermes.pass(Duration::from_secs(30)).await;
    assert_eq!(hermes.fleet.running().len(), 1);
    hermes
        .deactivation
        .deactivate(&Scope::All, &two.session_id)
        .await
        .unwrap();
    hermes.pass(Duration::from_secs(30)).await;
    assert!(hermes.fleet.running().is_empty());
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a_message_opens_a_draining_session_again_and_what_was_cancelled_stays_so() {
    let mut hermes = Hermes::start();
    let first = hermes.activate("Change A").await;
    hermes.until_running(&first.command_id).await;
    let id = &first.session_id;
    hermes
        .deactivation
        .deactivate(&Scope::All, id)
        .await
        .unwrap();
    let next = hermes
        .activation
        .follow_up(&Scope::All, id, "Change B")
        .await
        .unwrap();
    assert!(!next.was_live);
    assert_eq!(hermes.session(id).await.activation, 2);
    hermes.quiesce().await;
    assert_eq!(
        hermes.command(&first.command_id).await.state,
        CommandState::Interrupted
    );
    assert_eq!(
        hermes.command(&next.command_id).await.state,
        CommandState::Succeeded
    );
    assert_eq!(status(&hermes, id).await, SessionStatus::Active);
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn s9_what_was_cancelled_need_not_wait_for_a_place() {
    let mut hermes = Hermes::start();
    hermes.restart_with_places(1);
    let busy = hermes.activate("Change A").await;
    hermes.until_running(&busy.command_id).await;
    let mail = Mail::new("m1", "Change B").from(super::harness::BOB);
    let (waiting, command) = hermes.instruct(&mail).await;
    hermes.tick().await;
    hermes
        .deactivation
        .deactivate(&Scope::All, &waiting)
        .await
        .unwrap();
    hermes.tick().await;
    assert_eq!(
        hermes.command(&command).await.state,
        CommandState::Interrupted
    );
    assert_eq!(status(&hermes, &waiting).await, SessionStatus::Expired);
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn invariant_7_a_foreign_session_does_not_exist() {
    let mut hermes = Hermes::start();
    let first = hermes.activate("Change A").await;
    let foreign = Scope::Clients(["globex".parse().unwrap()].into());
    let id = &first.session_id;
    let not_found = |error: SessionError| matches!(error, SessionError::NotFound);
    assert!(not_found(
        hermes.sessions.status(&foreign, id).await.unwrap_err()
    ));
    assert!(not_found(
        hermes.sessions.keepalive(&foreign, id).await.unwrap_err()
    ));
    assert!(not_found(
        hermes
            .deactivation
            .deactivate(&foreign, id)
            .await
            .unwrap_err()
    ));
    let follow_up = hermes.activation.follow_up(&foreign, id, "Change B").await;
    assert!(not_found(follow_up.unwrap_err()));
    let unknown: hermes::domain::ids::ThreadId = "nosuchthread".parse().unwrap();
    let named = hermes.try_activate("Change B", Some(&unknown), None).await;
    assert!(
        matches!(named, Err(SessionError::UnknownThread)),
        "{named:?}"
    );
}
