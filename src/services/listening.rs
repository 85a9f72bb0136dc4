//! Hears what workers say when they say it, over queues that cost per question.
//!
//! One long poll waits at the output queue of each awake container (C25), all in one task. Polls outlive a pass: a poll
//! that is dropped may take messages along, which are hidden from everybody for two minutes then. Every replica
//! listens to every container; a queue gives each message to one of them.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{Mutex, Notify};
use tokio::time::{Instant, sleep_until};
use tracing::warn;

use super::results::Results;
use crate::domain::ids::ContainerId;
use crate::ports::fault::Fault;

/// How long a pass listens before it looks again who is awake: what another replica has started is heard that late at
/// most, and its task takes longer to start.
const PASS: Duration = Duration::from_secs(5);
/// How long one poll waits: the longest that SQS does.
const POLL: Duration = Duration::from_secs(20);

/// Listens to all awake containers.
pub struct Listening {
    results: Arc<Results>,
    /// Rings when a container is started here.
    nudge: Arc<Notify>,
    polls: Mutex<Polls>,
}

#[derive(Default)]
struct Polls {
    waiting: FuturesUnordered<BoxFuture<'static, Heard>>,
    /// Whose queue has a poll.
    at: HashSet<ContainerId>,
}

/// A poll that has ended.
struct Heard {
    container: ContainerId,
    outcome: Result<(), Fault>,
}

impl Listening {
    /// What is heard goes to `results`.
    pub fn new(results: Arc<Results>, nudge: Arc<Notify>) -> Self {
        Self {
            results,
            nudge,
            polls: Mutex::default(),
        }
    }

    /// Listens for five seconds, or until a container is started here: passes are to follow each other at once. A
    /// container whose queue fails is listened to again in the next pass and does not hold up the others; the pass fails
    /// when nobody is left to listen to.
    pub async fn tick(&self) -> Result<(), Fault> {
        let mut polls = self.polls.lock().await;
        let awake: HashSet<ContainerId> = self.results.awake().await?.into_iter().collect();
        for container in &awake {
            polls.listen(&self.results, container);
        }
        let end = Instant::now() + PASS;
        loop {
            let heard = tokio::select! {
                heard = polls.next() => heard,
                () = self.nudge.notified() => return Ok(()),
                () = sleep_until(end) => return Ok(()),
            };
            match heard.outcome {
                Ok(()) if awake.contains(&heard.container) => {
                    polls.listen(&self.results, &heard.container);
                }
                Ok(()) => {}
                Err(fault) if polls.at.is_empty() => return Err(fault),
                Err(fault) => {
                    let container = heard.container;
                    warn!(container.id = %container, error = &fault as &dyn std::error::Error, "container {container} is not heard, trying again");
                }
            }
        }
    }
}

impl Polls {
    /// Begins a poll, unless there is one.
    fn listen(&mut self, results: &Arc<Results>, container: &ContainerId) {
        if !self.at.insert(container.clone()) {
            return;
        }
        let (results, container) = (Arc::clone(results), container.clone());
        self.waiting.push(Box::pin(async move {
            let outcome = results.hear(&container, POLL).await.map(drop);
            Heard { container, outcome }
        }));
    }

    /// The next poll that ends; never, if there is none.
    async fn next(&mut self) -> Heard {
        match self.waiting.next().await {
            Some(heard) => {
                self.at.remove(&heard.container);
                heard
            }
            None => std::future::pending().await,
        }
    }
}

impl std::fmt::Debug for Listening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Listening")
    }
}
