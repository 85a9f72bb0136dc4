//! What every fleet promises: the contract of the port, with real processes as the tasks of both.

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use hermes::domain::container::{StopReason, TaskRef};
use hermes::ports::fleet::{Fleet, OwnTask, TaskState};

use super::process_fleet::{WAITS, World, launch};
use crate::aws::ecs::lab::with_processes;

/// Longest wait for anything; far above what a slow machine needs.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the workers of a fleet do.
#[derive(Clone, Copy)]
enum Worker {
    Waits,
    Ends,
}

/// Makes a yard of one fleet, with these workers.
type Make = fn(Worker) -> BoxFuture<'static, Yard>;

/// A fleet and its ground.
struct Yard {
    fleet: Arc<dyn Fleet>,
    /// Moves the fleet's clock on.
    advance: Box<dyn Fn(Duration) + Send + Sync>,
    _ground: Box<dyn Any + Send + Sync>,
}

impl Yard {
    fn process(worker: Worker) -> BoxFuture<'static, Self> {
        Box::pin(Self::of_processes(worker))
    }

    fn ecs(worker: Worker) -> BoxFuture<'static, Self> {
        Box::pin(async move { Self::of_tasks(worker) })
    }

    async fn of_processes(worker: Worker) -> Self {
        let world = World::new();
        let script = match worker {
            Worker::Waits => WAITS,
            Worker::Ends => "read token; exit 0",
        };
        let (fleet, clock) = (world.fleet(script).await, Arc::clone(&world.clock));
        Self {
            fleet: Arc::new(fleet),
            advance: Box::new(move |by| clock.advance(by)),
            _ground: Box::new(world),
        }
    }

    fn of_tasks(worker: Worker) -> Self {
        let script = match worker {
            Worker::Waits => "trap 'exit 0' TERM; while :; do sleep 0.01; done",
            Worker::Ends => "exit 0",
        };
        let (lab, folder) = with_processes(script, PATIENCE);
        let (fleet, clock) = (lab.replica(), Arc::clone(&lab.clock));
        Self {
            fleet: Arc::new(fleet),
            advance: Box::new(move |by| clock.advance(by)),
            _ground: Box::new((lab, folder)),
        }
    }

    async fn start(&self, container: &str, generation: u64) -> TaskRef {
        let started = self.fleet.start(launch(container, generation)).await;
        started.expect("starts")
    }

    async fn stop(&self, task: &TaskRef) {
        let stopped = self.fleet.stop(task, Duration::from_secs(10)).await;
        stopped.expect("is no error");
    }

    /// Looks until the task is as wanted. There is no event that both have.
    async fn until(&self, task: &TaskRef, wanted: fn(&TaskState) -> bool) -> TaskState {
        let begun = Instant::now();
        loop {
            let states = self
                .fleet
                .observe(std::slice::from_ref(task))
                .await
                .unwrap();
            if wanted(&states[0]) {
                return states[0].clone();
            }
            assert!(begun.elapsed() < PATIENCE, "waited in vain: {states:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
            (self.advance)(Duration::from_secs(5));
        }
    }

    async fn own(&self) -> Vec<(String, u64, TaskRef)> {
        let own = self.fleet.own().await.unwrap().into_iter();
        let of = |own: OwnTask| (own.container_id.to_string(), own.generation, own.task);
        let mut own: Vec<_> = own.map(of).collect();
        own.sort_by_key(|(container, generation, _)| (container.clone(), *generation));
        own
    }
}

fn runs(state: &TaskState) -> bool {
    *state == TaskState::Running
}

fn has_ended(state: &TaskState) -> bool {
    matches!(state, TaskState::Stopped(_))
}

macro_rules! fleets {
    ($($check:ident),+ $(,)?) => {
        fleets! { process: $($check),+ }
        fleets! { ecs: $($check),+ }
    };
    ($fleet:ident: $($check:ident),+) => {
        mod $fleet {
            use super::Yard;

            $(
                #[tokio::test]
                async fn $check() {
                    super::$check(Yard::$fleet).await;
                }
            )+
        }
    };
}

fleets![
    c3_a_second_start_of_a_generation_answers_the_first_ones_task,
    containers_and_generations_have_tasks_of_their_own,
    a_task_that_is_stopped_ends_and_stopping_it_again_is_no_error,
    stopping_what_was_never_started_is_no_error,
    a_task_that_ends_by_itself_is_seen_to,
    states_come_in_the_order_asked,
    c13_own_are_those_that_were_not_asked_to_end,
];

async fn c3_a_second_start_of_a_generation_answers_the_first_ones_task(yard: Make) {
    let yard = yard(Worker::Waits).await;
    let task = yard.start("box", 1).await;
    assert_eq!(yard.start("box", 1).await, task);
    yard.until(&task, runs).await;
    assert_eq!(yard.start("box", 1).await, task);
    assert_eq!(yard.own().await.len(), 1);
}

async fn containers_and_generations_have_tasks_of_their_own(yard: Make) {
    let yard = yard(Worker::Waits).await;
    let first = yard.start("box", 1).await;
    let second = yard.start("box", 2).await;
    let other = yard.start("another", 1).await;
    assert!(first != second && second != other && first != other);
    yard.until(&second, runs).await;
    yard.until(&other, runs).await;
}

async fn a_task_that_is_stopped_ends_and_stopping_it_again_is_no_error(yard: Make) {
    let yard = yard(Worker::Waits).await;
    let task = yard.start("box", 1).await;
    yard.until(&task, runs).await;
    yard.stop(&task).await;
    let state = yard.until(&task, has_ended).await;
    let TaskState::Stopped(stop) = state else {
        panic!("{state:?}");
    };
    assert!(
        [StopReason::Asked, StopReason::Idle].contains(&stop.reason),
        "{stop:?}"
    );
    yard.stop(&task).await;
    assert_eq!(yard.start("box", 1).await, task, "its generation is over");
}

async fn stopping_what_was_never_started_is_no_error(yard: Make) {
    let yard = yard(Worker::Waits).await;
    yard.stop(&TaskRef("4711@100".to_owned())).await;
}

async fn a_task_that_ends_by_itself_is_seen_to(yard: Make) {
    let yard = yard(Worker::Ends).await;
    let task = yard.start("box", 1).await;
    let state = yard.until(&task, has_ended).await;
    assert!(matches!(state, TaskState::Stopped(stop) if stop.reason == StopReason::Idle));
}

async fn states_come_in_the_order_asked(yard: Make) {
    let yard = yard(Worker::Waits).await;
    let (first, second) = (yard.start("box", 1).await, yard.start("another", 1).await);
    yard.until(&first, runs).await;
    yard.until(&second, runs).await;
    yard.stop(&first).await;
    yard.until(&first, has_ended).await;
    for tasks in [[&first, &second, &first], [&second, &first, &second]] {
        let asked = tasks.map(Clone::clone);
        let states = yard.fleet.observe(&asked).await.unwrap();
        let ended: Vec<bool> = states.iter().map(has_ended).collect();
        assert_eq!(ended, tasks.map(|task| *task == first));
    }
    assert!(yard.fleet.observe(&[]).await.unwrap().is_empty());
}

async fn c13_own_are_those_that_were_not_asked_to_end(yard: Make) {
    let yard = yard(Worker::Waits).await;
    assert!(yard.own().await.is_empty());
    let first = yard.start("box", 7).await;
    let second = yard.start("another", 1).await;
    let expected = [
        ("another".to_owned(), 1, second.clone()),
        ("box".to_owned(), 7, first.clone()),
    ];
    assert_eq!(yard.own().await, expected);
    yard.stop(&second).await;
    assert_eq!(yard.own().await, [("box".to_owned(), 7, first)]);
}
