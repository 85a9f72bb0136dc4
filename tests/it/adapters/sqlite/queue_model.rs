//! The queue against a model of its contract, under random operations.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use hermes::domain::time::Timestamp;
use hermes::ports::queues::{Delivery, MAX_RECEIVES, QueueName, Receipt, VISIBILITY};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use crate::support::World;
use crate::support::records::id;

/// What is done to a queue. Receipts are chosen from all that were ever given.
#[derive(Debug, Clone)]
enum Step {
    Send,
    Receive { max: usize },
    Delete { receipt: usize },
    Hide { receipt: usize, seconds: u64 },
    Wait { seconds: u64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => Just(Step::Send),
        5 => (1_usize..4).prop_map(|max| Step::Receive { max }),
        2 => (0_usize..40).prop_map(|receipt| Step::Delete { receipt }),
        2 => (0_usize..40, prop_oneof![Just(0), 1_u64..200])
            .prop_map(|(receipt, seconds)| Step::Hide { receipt, seconds }),
        3 => prop_oneof![1_u64..30, Just(VISIBILITY.as_secs())]
            .prop_map(|seconds| Step::Wait { seconds }),
    ];
    prop::collection::vec(step, 1..60)
}

/// A message as the contract sees it.
#[derive(Debug)]
struct Message {
    body: String,
    visible_at: Timestamp,
    receives: u32,
    /// The only receipt that is not void.
    receipt: Option<Receipt>,
}

/// One queue that is compared with what the contract says of it.
struct Compared<'a> {
    world: &'a World,
    queue: QueueName,
    alive: Vec<Message>,
    dead: Vec<String>,
    receipts: Vec<Receipt>,
    sent: usize,
}

impl Compared<'_> {
    async fn step(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match *step {
            Step::Send => {
                let body = self.sent.to_string();
                self.sent += 1;
                let queues = &self.world.queues;
                queues.send(&self.queue, body.clone()).await.unwrap();
                self.alive.push(Message {
                    body,
                    visible_at: self.world.now(),
                    receives: 0,
                    receipt: None,
                });
                Ok(())
            }
            Step::Receive { max } => self.receive(max).await,
            Step::Delete { receipt } => self.delete(receipt).await,
            Step::Hide { receipt, seconds } => self.hide(receipt, seconds).await,
            Step::Wait { seconds } => {
                self.world.advance(Duration::from_secs(seconds));
                Ok(())
            }
        }
    }

    async fn receive(&mut self, max: usize) -> Result<(), TestCaseError> {
        let now = self.world.now();
        let (dying, alive): (Vec<_>, Vec<_>) = std::mem::take(&mut self.alive)
            .into_iter()
            .partition(|m| m.visible_at <= now && m.receives >= MAX_RECEIVES);
        self.dead.extend(dying.into_iter().map(|m| m.body));
        self.alive = alive;
        let visible = self.alive.iter().filter(|m| m.visible_at <= now).count();

        let queues = &self.world.queues;
        let got = queues.receive(&self.queue, max, Duration::ZERO).await;
        let got = got.unwrap();
        prop_assert_eq!(got.len(), visible.min(max));
        got.into_iter().try_for_each(|d| self.delivered(d, now))
    }

    fn delivered(&mut self, got: Delivery, now: Timestamp) -> Result<(), TestCaseError> {
        let message = self.alive.iter_mut().find(|m| m.body == got.body);
        let Some(message) = message else {
            return Err(TestCaseError::fail(format!("{got:?} is not alive")));
        };
        prop_assert!(message.visible_at <= now, "{:?} was hidden", message);
        message.receives += 1;
        prop_assert_eq!(got.receives, message.receives);
        prop_assert!(
            !self.receipts.contains(&got.receipt),
            "a receipt came twice"
        );
        message.visible_at = now + VISIBILITY;
        message.receipt = Some(got.receipt.clone());
        self.receipts.push(got.receipt);
        Ok(())
    }

    /// The chosen receipt, and which message it is good for.
    fn choose(&self, receipt: usize) -> Option<(Receipt, Option<usize>)> {
        let chosen = self.receipts.get(receipt % self.receipts.len().max(1))?;
        let good_for = |m: &Message| m.receipt.as_ref() == Some(chosen);
        Some((chosen.clone(), self.alive.iter().position(good_for)))
    }

    async fn delete(&mut self, receipt: usize) -> Result<(), TestCaseError> {
        let Some((receipt, owner)) = self.choose(receipt) else {
            return Ok(());
        };
        let deleted = self.world.queues.delete(&self.queue, &receipt).await;
        prop_assert_eq!(deleted.unwrap(), owner.is_some());
        owner.map(|index| self.alive.remove(index));
        Ok(())
    }

    async fn hide(&mut self, receipt: usize, seconds: u64) -> Result<(), TestCaseError> {
        let Some((receipt, owner)) = self.choose(receipt) else {
            return Ok(());
        };
        let time = Duration::from_secs(seconds);
        let queues = &self.world.queues;
        let hidden = queues.set_visibility(&self.queue, &receipt, time).await;
        prop_assert_eq!(hidden.unwrap(), owner.is_some());
        if let Some(index) = owner {
            self.alive[index].visible_at = self.world.now() + time;
        }
        Ok(())
    }

    /// Everything that is alive, and every dead letter, comes out in the end; the queues are left empty.
    async fn drain(mut self) -> Result<(), TestCaseError> {
        self.world.advance(Duration::from_hours(1));
        self.receive(1000).await?;
        prop_assert!(self.alive.iter().all(|m| m.receipt.is_some()));
        for message in std::mem::take(&mut self.alive) {
            let receipt = message.receipt.unwrap();
            let deleted = self.world.queues.delete(&self.queue, &receipt).await;
            prop_assert!(deleted.unwrap());
        }
        let dead = QueueName::dead(self.queue.container.clone());
        let queues = &self.world.queues;
        let letters = queues.receive(&dead, 1000, Duration::ZERO).await.unwrap();
        for letter in &letters {
            prop_assert!(queues.delete(&dead, &letter.receipt).await.unwrap());
        }
        let mut bodies: Vec<_> = letters.into_iter().map(|d| d.body).collect();
        bodies.sort();
        self.dead.sort();
        prop_assert_eq!(bodies, self.dead);
        for queue in [&self.queue, &dead] {
            let left = queues.receive(queue, 1000, Duration::ZERO).await.unwrap();
            prop_assert!(left.is_empty(), "{:?}", left);
        }
        Ok(())
    }
}

#[test]
fn a_queue_does_what_its_contract_says() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let world = World::embedded();
    let config = Config {
        cases: 60,
        failure_persistence: None,
        ..Config::default()
    };
    let cases = AtomicU32::new(0);
    let outcome = TestRunner::new(config).run(&steps(), |steps| {
        runtime.block_on(async {
            let mut queue = Compared {
                world: &world,
                // A case that fails leaves messages, which the next one must not find.
                queue: QueueName::input(id(&format!("box-{}", cases.fetch_add(1, Relaxed)))),
                alive: Vec::new(),
                dead: Vec::new(),
                receipts: Vec::new(),
                sent: 0,
            };
            for step in &steps {
                queue.step(step).await?;
            }
            queue.drain().await
        })
    });
    outcome.unwrap();
}
