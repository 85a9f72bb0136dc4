//! Long polls on output queues: workers are heard when they speak.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hermes::domain::command::CommandState;
use hermes::ports::queues::{Depth, Direction, QueueName};
use hermes::services::listening::Listening;
use tokio::sync::Notify;

use super::harness::*;
use crate::support::faulty::Trouble;

struct Ear {
    listening: Listening,
    nudge: Arc<Notify>,
}

impl Ear {
    fn of(hermes: &Hermes) -> Self {
        let nudge = Arc::new(Notify::new());
        let listening = Listening::new(Arc::clone(&hermes.results), Arc::clone(&nudge));
        Self { listening, nudge }
    }

    /// Listens until `heard`. A pass is dropped every few milliseconds: what it has begun must not be lost.
    async fn until(&self, mut heard: impl AsyncFnMut() -> bool) {
        let began = Instant::now();
        while !heard().await {
            assert!(began.elapsed() < Duration::from_secs(20), "never heard");
            let moment = Duration::from_millis(5);
            if let Ok(pass) = tokio::time::timeout(moment, self.listening.tick()).await {
                pass.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn what_workers_say_is_heard_without_a_look_at_each_queue() {
    let mut hermes = Hermes::start();
    let asked = hermes.activate("Change A").await;
    hermes.reconciler.tick().await.unwrap();
    let ear = Ear::of(&hermes);
    let state = async |hermes: &Hermes| hermes.command(&asked.command_id).await.state;
    hermes.begin().await.expect("something to begin");
    ear.until(async || state(&hermes).await == CommandState::Running)
        .await;
    hermes.finish(Answer::Done).await.expect("it runs");
    ear.until(async || state(&hermes).await == CommandState::Succeeded)
        .await;
}

#[tokio::test]
async fn a_container_that_is_started_meanwhile_is_listened_to_at_the_nudge() {
    let mut hermes = Hermes::start();
    let ear = Ear::of(&hermes);
    let began = Instant::now();
    let pass = ear.listening.tick();
    let start = async {
        hermes.activate("Change A").await;
        hermes.reconciler.tick().await.unwrap();
        ear.nudge.notify_one();
    };
    let (pass, ()) = tokio::join!(biased; pass, start);
    pass.unwrap();
    assert!(began.elapsed() < Duration::from_secs(5), "not by its time");
    hermes.begin().await.expect("something to begin");
    ear.until(async || {
        hermes
            .ports
            .queues
            .depth(Direction::Output, &[])
            .await
            .unwrap()
            == Depth::default()
    })
    .await;
}

#[tokio::test]
async fn queues_that_fail_are_told_and_heard_again_afterwards() {
    let mut hermes = Hermes::start();
    let asked = hermes.activate("Change A").await;
    hermes.reconciler.tick().await.unwrap();
    hermes.begin().await.expect("something to begin");
    let ear = Ear::of(&hermes);
    hermes.faults.strike(0, Trouble::CutBefore);
    let dead = QueueName::dead(asked.container_id.clone());
    let cut = hermes.ports.queues.send(&dead, "{}".to_owned()).await;
    cut.expect_err("the power is off");
    ear.listening.tick().await.expect_err("nobody can be heard");
    hermes.faults.mend();
    ear.until(async || hermes.command(&asked.command_id).await.state == CommandState::Running)
        .await;
}
