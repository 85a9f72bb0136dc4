//! When containers wake, sleep and are lost.

use std::time::Duration;

use hermes::domain::access::Scope;
use hermes::domain::command::CommandState;
use hermes::domain::container::{ContainerState, StopReason};
use hermes::domain::ids::{ContainerId, ReplyId};
use hermes::domain::wire::{FromWorker, WorkerEvent};
use hermes::ports::queues::QueueName;

use super::harness::{Answer, BOB, Hermes, Mail, Repeats, Setup, a_project, text_of};
use crate::support::faulty::Trouble;

const IDLE: Duration = Duration::from_mins(5);
const TICK: Duration = Duration::from_secs(5);

async fn generation(hermes: &Hermes, id: &ContainerId) -> u64 {
    hermes.container(id).await.generation
}

#[tokio::test]
async fn c2_an_idle_container_sleeps_after_its_timeout_and_not_before() {
    let mut hermes = Hermes::start();
    let container = hermes.activate("Change A").await.container_id;
    hermes.quiesce().await;
    let ended = hermes.now();
    while hermes.now() + TICK < ended + IDLE {
        hermes.pass(TICK).await;
        assert_eq!(hermes.container(&container).await.state_name(), "running");
    }
    hermes.pass(TICK * 3).await;
    assert_eq!(hermes.container(&container).await.state_name(), "stopped");
    assert_eq!(
        hermes.container(&container).await.last_stop,
        Some(StopReason::Idle)
    );
    assert!(hermes.fleet.running().is_empty());
}

/// C2: the message is accepted between the reconciler's decision and its commit, so that its write must lose.
#[tokio::test]
async fn c2_a_message_in_the_moment_of_falling_asleep_is_carried_out() {
    let mut hermes = Hermes::start();
    let first = hermes.activate("Change A").await;
    hermes.quiesce().await;
    hermes.clock.advance(IDLE);
    hermes.hear().await;
    hermes.results.tick().await.unwrap();
    // the drain commit loses, as it does to a message that came first
    hermes.faults.strike(0, Trouble::Conflict);
    hermes.reconciler.tick().await.unwrap();
    assert!(hermes.faults.has_struck());
    assert_eq!(
        hermes.container(&first.container_id).await.state_name(),
        "running"
    );
    let next = hermes
        .activation
        .follow_up(&Scope::All, &first.session_id, "Change B")
        .await
        .unwrap();
    hermes.reconciler.tick().await.unwrap();
    assert_eq!(
        hermes.container(&first.container_id).await.state_name(),
        "running"
    );
    // and the other way round: it finds a container that drains
    hermes.quiesce().await;
    hermes.clock.advance(IDLE);
    hermes.hear().await;
    hermes.tick().await;
    assert_eq!(
        hermes.container(&first.container_id).await.state_name(),
        "draining"
    );
    let last = hermes
        .activation
        .follow_up(&Scope::All, &first.session_id, "Change C")
        .await
        .unwrap();
    hermes.tick().await;
    assert_eq!(
        hermes.command(&last.command_id).await.dispatched_generation,
        0,
        "not to this one"
    );
    hermes.quiesce().await;
    assert_eq!(generation(&hermes, &first.container_id).await, 2);
    assert_eq!(
        hermes.command(&next.command_id).await.state,
        CommandState::Succeeded
    );
    assert_eq!(
        hermes.command(&last.command_id).await.state,
        CommandState::Succeeded
    );
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn c2_a_worker_that_does_not_hear_the_shutdown_is_stopped_after_the_grace() {
    let mut hermes = Hermes::start();
    let container = hermes.activate("Change A").await.container_id;
    hermes.quiesce().await;
    hermes.clock.advance(IDLE);
    hermes.hear().await;
    hermes.tick().await; // drains
    hermes.clock.advance(Duration::from_secs(10));
    hermes.tick().await;
    assert_eq!(hermes.container(&container).await.state_name(), "draining");
    hermes.clock.advance(Duration::from_secs(1));
    hermes.tick().await;
    assert_eq!(hermes.container(&container).await.state_name(), "stopped");
    assert!(hermes.fleet.running().is_empty());
}

#[tokio::test]
async fn accept_only_starts_nothing() {
    let mut hermes = Hermes::with(Setup {
        max_containers: 0,
        ..Setup::default()
    });
    let (_, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.pass(Duration::from_mins(10)).await;
    assert_eq!(hermes.fleet.asked(), 0);
    assert_eq!(hermes.command(&command).await.state, CommandState::Queued);
    hermes.restart_with_places(1);
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a_place_goes_to_who_has_none_and_an_idle_one_makes_room() {
    let mut project = a_project("site", "acme");
    project.open = true;
    let setup = Setup {
        max_containers: 2,
        projects: vec![project],
        ..Setup::default()
    };
    let mut hermes = Hermes::with(setup);
    let mut of = Vec::new();
    for (client, user) in [
        ("acme", "u1"),
        ("acme", "u2"),
        ("acme", "u3"),
        ("globex", "u1"),
    ] {
        let request = hermes::services::activation::Activate {
            client_id: client.parse().unwrap(),
            user_id: user.parse().unwrap(),
            instruction: "Change A".to_owned(),
            project_id: None,
            thread_id: None,
            idempotency_key: None,
        };
        let activated = hermes
            .activation
            .activate(&Scope::All, request)
            .await
            .unwrap();
        hermes.known.insert(activated.session_id.clone());
        hermes.clock.advance(Duration::from_secs(1));
        of.push(activated);
    }
    hermes.tick().await;
    let awake = |hermes: &Hermes, n: usize| {
        let id = &of[n].container_id;
        hermes
            .fleet
            .running()
            .iter()
            .any(|task| task.container == *id)
    };
    assert_eq!(
        [0, 1, 2, 3].map(|n| awake(&hermes, n)),
        [true, false, false, true]
    );
    // busy ones are never evicted
    hermes.begin().await;
    hermes.begin().await;
    hermes.pass(Duration::from_mins(1)).await;
    assert_eq!(
        [0, 1, 2, 3].map(|n| awake(&hermes, n)),
        [true, false, false, true]
    );
    // an idle one goes at once, long before its timeout
    let queues = std::sync::Arc::clone(&hermes.ports.queues);
    let (first, now) = (&of[0].container_id, hermes.now());
    let worker = hermes
        .crew
        .iter_mut()
        .find(|worker| worker.container == *first);
    worker
        .unwrap()
        .finish(queues.as_ref(), now, Answer::Done)
        .await;
    hermes.pass(Duration::from_secs(30)).await;
    assert_eq!(hermes.fleet.running().len(), 2);
    assert!(!awake(&hermes, 0) && awake(&hermes, 3));
    assert!(awake(&hermes, 1), "the longest waiting");
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn c13_a_silent_worker_is_lost_and_its_command_goes_to_the_next_generation() {
    let mut hermes = Hermes::start();
    let (session, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.until_running(&command).await;
    let container = hermes.session(&session).await.container_id;
    hermes.clock.advance(Duration::from_secs(30));
    hermes.tick().await;
    assert_eq!(
        generation(&hermes, &container).await,
        1,
        "three heartbeats are allowed"
    );
    hermes.clock.advance(Duration::from_secs(1));
    hermes.tick().await;
    hermes.tick().await;
    assert_eq!(generation(&hermes, &container).await, 2);
    let again = hermes.command(&command).await;
    assert_eq!(
        (again.state, again.dispatched_generation),
        (CommandState::Queued, 2)
    );
    let tasks = hermes.fleet.running();
    assert_eq!(
        (tasks.len(), tasks[0].generation),
        (1, 2),
        "the old one was stopped"
    );
    hermes.quiesce().await;
    assert_eq!(hermes.command(&command).await.starts, 2);
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn c13_after_a_pause_of_hermes_a_living_worker_is_not_taken_for_lost() {
    let mut hermes = Hermes::with(Setup {
        workers_survive: true,
        ..Setup::default()
    });
    let (session, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.until_running(&command).await;
    let container = hermes.session(&session).await.container_id;
    hermes.clock.advance(Duration::from_mins(3));
    hermes.hear().await; // its sign of life waits in the queue
    hermes.restart();
    hermes.reconciler.tick().await.unwrap(); // looks before results are read
    assert_eq!(generation(&hermes, &container).await, 1);
    assert_eq!(hermes.fleet.running().len(), 1);
    hermes.quiesce().await;
    assert_eq!(hermes.command(&command).await.starts, 1);
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn c4_what_an_older_generation_says_is_dropped() {
    let mut hermes = Hermes::start();
    let (session, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.until_running(&command).await;
    let mut late = hermes.crew.pop().unwrap();
    hermes.clock.advance(Duration::from_secs(31));
    hermes.tick().await; // lost
    hermes.tick().await; // and followed
    let queues = std::sync::Arc::clone(&hermes.ports.queues);
    late.beat(queues.as_ref(), hermes.now()).await;
    late.finish(queues.as_ref(), hermes.now(), Answer::Done)
        .await;
    hermes.results.tick().await.unwrap();
    let container = hermes.session(&session).await.container_id;
    assert_eq!(hermes.container(&container).await.state_name(), "starting");
    assert!(hermes.command(&command).await.state.is_open());
    hermes.quiesce().await;
    assert_eq!(
        hermes.command(&command).await.state,
        CommandState::Succeeded
    );
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn three_starts_without_an_end_fail_the_command_and_its_sender_is_told() {
    let mut hermes = Hermes::start();
    let (session, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    for start in 1..=3 {
        hermes.until_running(&command).await;
        assert_eq!(hermes.command(&command).await.starts, start);
        hermes.crash_worker(&session).await;
        hermes.tick().await;
    }
    for _ in 0..3 {
        hermes.tick().await;
    }
    let failed = hermes.command(&command).await;
    assert_eq!(failed.state, CommandState::Failed);
    let result = failed.result.unwrap();
    assert_eq!(result.error_code.as_deref(), Some("worker_crashed"));
    let sent = hermes.mailer.taken_of(&ReplyId::for_command(&command));
    assert!(text_of(&sent[0].raw).contains("crashed three times"));
    assert!(
        hermes.fleet.running().is_empty(),
        "nothing is started for nothing"
    );
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn a_start_that_is_said_twice_counts_once() {
    let mut hermes = Hermes::start();
    let (session, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.until_running(&command).await;
    let container_id = hermes.session(&session).await.container_id;
    for _ in 0..3 {
        let started = FromWorker::Started(WorkerEvent {
            container_id: container_id.clone(),
            generation: 1,
            timestamp: hermes.now(),
            busy: true,
            command_id: Some(command.clone()),
            detail: None,
        });
        let body = serde_json::to_string(&started).unwrap();
        let queue = QueueName::output(container_id.clone());
        hermes.ports.queues.send(&queue, body).await.unwrap();
    }
    hermes.tick().await;
    assert_eq!(hermes.command(&command).await.starts, 1);
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn s7_after_four_hours_it_finishes_what_runs_and_the_next_generation_does_the_rest() {
    let mut hermes = Hermes::start();
    let first = hermes.activate("Change A").await;
    let container = &first.container_id;
    hermes.until_running(&first.command_id).await;
    hermes.pass(Duration::from_hours(4)).await;
    assert_eq!(hermes.container(container).await.state_name(), "draining");
    let other = hermes.activate("Change B").await; // another session: interrupts nothing
    hermes.pass(Duration::from_hours(1)).await;
    assert_eq!(
        hermes.container(container).await.state_name(),
        "draining",
        "it still works"
    );
    assert_eq!(
        hermes
            .command(&other.command_id)
            .await
            .dispatched_generation,
        0
    );
    assert_eq!(
        hermes.finish(Answer::Done).await,
        Some(first.command_id.clone())
    );
    hermes.pass(TICK).await;
    assert_eq!(
        hermes.command(&first.command_id).await.state,
        CommandState::Succeeded
    );
    hermes.quiesce().await;
    assert_eq!(generation(&hermes, container).await, 2);
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn s7_what_a_capped_worker_hands_back_is_done_by_the_next() {
    let mut hermes = Hermes::start();
    let first = hermes.activate("Change A").await;
    hermes.until_running(&first.command_id).await;
    let other = hermes.activate("Change B").await;
    hermes.pass(Duration::from_hours(4)).await; // B was sent and waits in the worker
    assert_eq!(
        hermes
            .command(&other.command_id)
            .await
            .dispatched_generation,
        1
    );
    hermes.quiesce().await;
    let other = hermes.command(&other.command_id).await;
    assert_eq!((other.state, other.starts), (CommandState::Succeeded, 1));
    assert_eq!(other.dispatched_generation, 2);
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn two_users_have_two_containers() {
    let mut hermes = Hermes::start();
    let (mine, _) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    let (his, _) = hermes
        .instruct(&Mail::new("m2", "Change B").from(BOB))
        .await;
    let (mine, his) = (hermes.session(&mine).await, hermes.session(&his).await);
    assert_ne!(mine.container_id, his.container_id);
    hermes.tick().await;
    assert_eq!(hermes.fleet.running().len(), 2);
    let state = hermes.container(&mine.container_id).await.state;
    assert!(matches!(
        state,
        ContainerState::Starting { task: Some(_), .. }
    ));
    hermes.quiesce().await;
    hermes.audit(Repeats::None).await;
}

/// Takes all that waits in a queue away, as the dead letters do.
async fn lose(hermes: &Hermes, queue: &QueueName) -> usize {
    let lost = hermes.ports.queues.receive(queue, 10, Duration::ZERO).await;
    let lost = lost.unwrap();
    for delivery in &lost {
        let deleted = hermes.ports.queues.delete(queue, &delivery.receipt).await;
        assert!(deleted.unwrap());
    }
    lost.len()
}

#[tokio::test]
async fn work_that_never_arrived_is_sent_again_to_a_worker_that_idles() {
    let mut hermes = Hermes::start();
    let (session, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.tick().await;
    let id = hermes.session(&session).await.container_id;
    assert_eq!(lose(&hermes, &QueueName::input(id.clone())).await, 1);
    hermes.pass(Duration::from_mins(2)).await;
    assert_eq!(hermes.begin().await, None, "too early");
    hermes.pass(Duration::from_mins(2)).await;
    assert_eq!(hermes.begin().await, Some(command));
    hermes.quiesce().await;
    assert_eq!(hermes.container(&id).await.generation, 1);
    hermes.audit(Repeats::None).await;
}

#[tokio::test]
async fn an_answer_that_was_lost_is_asked_for_again() {
    let mut hermes = Hermes::start();
    let (session, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.until_running(&command).await;
    let id = hermes.session(&session).await.container_id;
    assert_eq!(hermes.finish(Answer::Done).await, Some(command));
    assert!(lose(&hermes, &QueueName::output(id.clone())).await > 0);
    hermes.pass(Duration::from_mins(4)).await;
    hermes.quiesce().await;
    assert_eq!(hermes.container(&id).await.generation, 1);
    hermes.audit(Repeats::None).await;
}
