//! Starts that do not work (C6).

use std::time::Duration;

use hermes::domain::access::Scope;
use hermes::domain::container::StopReason;

use super::harness::{Answer, Hermes, Mail, Repeats};
use crate::support::fleet::Refusal;

/// The waits between the starts that are asked for in `time`.
async fn waits(hermes: &mut Hermes, time: Duration) -> Vec<u64> {
    let mut asked = hermes.fleet.asked();
    let (until, mut last, mut waits) = (hermes.now() + time, hermes.now(), Vec::new());
    while hermes.now() < until {
        hermes.clock.advance(Duration::from_secs(1));
        hermes.tick().await;
        if hermes.fleet.asked() > asked {
            asked = hermes.fleet.asked();
            waits.push(hermes.now().since(last).as_secs());
            last = hermes.now();
        }
    }
    waits
}

#[tokio::test]
async fn c6_refused_starts_back_off_then_fail_and_a_message_tries_again_at_once() {
    for refusal in [Refusal::Capacity, Refusal::Rejected] {
        let mut hermes = Hermes::start();
        hermes.fleet.refuse(usize::from(u8::MAX), refusal);
        let (session, _) = hermes.instruct(&Mail::new("m1", "Change A")).await;
        hermes.tick().await;
        assert_eq!(hermes.fleet.asked(), 1);
        let told = hermes.troubles.told(hermes.now());
        assert!(told[0].starts_with("containers do not start: "), "{told:?}");
        assert_eq!(
            waits(&mut hermes, Duration::from_secs(86)).await,
            [5, 20, 60]
        );
        let id = hermes.session(&session).await.container_id;
        assert_eq!(hermes.container(&id).await.state_name(), "failed");
        let events = hermes.events(&session).await;
        assert!(events.contains(&"container.failed"), "{events:?}");
        assert_eq!(
            waits(&mut hermes, Duration::from_mins(10)).await,
            [299, 300]
        );
        hermes
            .activation
            .follow_up(&Scope::All, &session, "Change B")
            .await
            .unwrap();
        let asked = hermes.fleet.asked();
        hermes.tick().await;
        assert_eq!(hermes.fleet.asked(), asked + 1, "at once");
        hermes.fleet.relent();
        hermes.quiesce().await;
        assert!(hermes.troubles.told(hermes.now()).is_empty());
        hermes.audit(Repeats::None).await;
    }
}

#[tokio::test]
async fn c6_a_worker_that_never_speaks_is_stopped_after_180_seconds() {
    let mut hermes = Hermes::start();
    let (session, _) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.tick().await;
    let id = hermes.session(&session).await.container_id;
    hermes.clock.advance(Duration::from_mins(3));
    hermes.tick().await;
    assert_eq!(hermes.container(&id).await.state_name(), "starting");
    hermes.clock.advance(Duration::from_secs(1));
    hermes.tick().await;
    let container = hermes.container(&id).await;
    assert_eq!(
        (container.state_name(), container.failed_starts),
        ("stopped", 1)
    );
    assert_eq!(container.last_stop, Some(StopReason::NeverStarted));
    assert!(hermes.fleet.running().is_empty());
    hermes.quiesce().await;
    assert_eq!(
        hermes.container(&id).await.failed_starts,
        0,
        "a command was begun"
    );
    hermes.audit(Repeats::None).await;
}

/// Otherwise it would be started again in every pass, for ever.
#[tokio::test]
async fn c6_a_worker_that_dies_before_it_begins_anything_counts_as_a_failed_start() {
    let mut hermes = Hermes::start();
    let (session, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    let id = hermes.session(&session).await.container_id;
    let mut starts = Vec::new();
    let begin = hermes.now();
    while starts.len() < 5 {
        hermes.tick().await;
        if hermes.fleet.running().len() == 1 {
            starts.push(hermes.now().since(begin).as_secs());
            hermes.hear().await;
            hermes.tick().await;
            assert_eq!(hermes.container(&id).await.state_name(), "running");
            hermes.crash_worker(&session).await;
            hermes.tick().await;
        }
        hermes.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(starts, [0, 5, 25, 85, 385]);
    assert_eq!(hermes.command(&command).await.starts, 0);
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn c6_what_is_cancelled_while_its_container_cannot_start_ends() {
    let mut hermes = Hermes::start();
    hermes.fleet.refuse(1, Refusal::Capacity);
    let (session, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.tick().await;
    hermes
        .deactivation
        .deactivate(&Scope::All, &session)
        .await
        .unwrap();
    hermes.tick().await;
    assert!(!hermes.command(&command).await.state.is_open());
    assert_eq!(hermes.fleet.asked(), 1);
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a_worker_that_is_heard_before_its_task_is_noted_runs() {
    let mut hermes = Hermes::start();
    let (session, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    // the note of the task loses, and the next pass finds a worker at work
    hermes
        .faults
        .strike(1, crate::support::faulty::Trouble::Conflict);
    hermes.reconciler.tick().await.unwrap();
    assert!(hermes.faults.has_struck());
    assert_eq!(hermes.fleet.running().len(), 1);
    hermes.hear().await;
    hermes.results.tick().await.unwrap();
    hermes.tick().await;
    let id = hermes.session(&session).await.container_id;
    assert_eq!(hermes.container(&id).await.state_name(), "running");
    assert_eq!(hermes.container(&id).await.generation, 1);
    assert!(hermes.events(&session).await.contains(&"container.running"));
    hermes.begin().await;
    assert_eq!(hermes.finish(Answer::Done).await, Some(command));
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a_start_that_hermes_did_not_outlive_is_made_again_at_once() {
    let mut hermes = Hermes::start();
    let (session, _) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.tick().await;
    hermes.restart();
    hermes.tick().await;
    hermes.tick().await;
    let id = hermes.session(&session).await.container_id;
    let container = hermes.container(&id).await;
    assert_eq!((container.generation, container.failed_starts), (2, 0));
    assert_eq!(hermes.fleet.running().len(), 1);
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}
