//! Queues in memory, with the semantics of the port.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use hermes::domain::ids::ContainerId;
use hermes::ports::fault::{Fault, FaultKind};
use hermes::ports::queues::{Delivery, Depth, Direction, QueueName, Queues, Receipt, VISIBILITY};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

struct Message {
    body: String,
    receives: u32,
    receipt: u64,
    hidden_until: Option<Instant>,
}

impl Message {
    fn is_visible(&self) -> bool {
        self.hidden_until
            .is_none_or(|until| until <= Instant::now())
    }
}

#[derive(Default)]
struct State {
    queues: HashMap<QueueName, Vec<Message>>,
    receipts: u64,
    holds: usize,
    failures: usize,
}

/// One set of queues; `changed` is notified whenever anything is.
#[derive(Default)]
pub(crate) struct MemoryQueues {
    state: Mutex<State>,
    changed: Notify,
}

impl MemoryQueues {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Bodies of the messages that anybody could receive now.
    pub(crate) fn visible(&self, queue: &QueueName) -> Vec<String> {
        let state = self.state();
        let messages = state.queues.get(queue).into_iter().flatten();
        let visible = messages.filter(|message| message.is_visible());
        visible.map(|message| message.body.clone()).collect()
    }

    /// Messages in a queue, hidden ones included.
    pub(crate) fn count(&self, queue: &QueueName) -> usize {
        self.state().queues.get(queue).map_or(0, Vec::len)
    }

    /// Makes hidden messages visible, as the end of their time does.
    pub(crate) fn expire_all(&self, queue: &QueueName) {
        for message in self.state().queues.get_mut(queue).unwrap() {
            message.hidden_until = None;
        }
        self.changed.notify_waiters();
    }

    /// Waits until the numbers of visible and of all messages are as wanted.
    pub(crate) async fn until(&self, queue: &QueueName, wanted: impl Fn(usize, usize) -> bool) {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            if wanted(self.visible(queue).len(), self.count(queue)) {
                return;
            }
            changed.await;
        }
    }

    /// Waits until a message has been hidden for longer this often.
    pub(crate) async fn held(&self, queue: &QueueName, times: usize) {
        self.until(queue, |_, _| self.state().holds >= times).await;
    }

    /// Has the next sends fail.
    pub(crate) fn fail_sends(&self, times: usize) {
        self.state().failures = times;
    }

    fn take(&self, queue: &QueueName, max: usize) -> Vec<Delivery> {
        let mut state = self.state();
        let mut receipts = state.receipts;
        let messages = state.queues.entry(queue.clone()).or_default();
        let mut taken = Vec::new();
        for message in messages.iter_mut().filter(|message| message.is_visible()) {
            if taken.len() == max {
                break;
            }
            receipts += 1;
            message.receives += 1;
            message.receipt = receipts;
            message.hidden_until = Some(Instant::now() + VISIBILITY);
            taken.push(Delivery {
                body: message.body.clone(),
                receipt: Receipt(receipts.to_string()),
                receives: message.receives,
            });
        }
        state.receipts = receipts;
        taken
    }
}

#[async_trait]
impl Queues for MemoryQueues {
    async fn send(&self, queue: &QueueName, body: String) -> Result<(), Fault> {
        if self.state().failures > 0 {
            self.state().failures -= 1;
            return Err(Fault::new("send", FaultKind::Transient, "not now"));
        }
        let message = Message {
            body,
            receives: 0,
            receipt: 0,
            hidden_until: None,
        };
        self.state()
            .queues
            .entry(queue.clone())
            .or_default()
            .push(message);
        self.changed.notify_waiters();
        Ok(())
    }

    async fn receive(
        &self,
        queue: &QueueName,
        max: usize,
        wait: Duration,
    ) -> Result<Vec<Delivery>, Fault> {
        let deadline = Instant::now() + wait;
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            let taken = self.take(queue, max);
            if !taken.is_empty() {
                self.changed.notify_waiters();
                return Ok(taken);
            }
            if timeout_at(deadline, changed).await.is_err() {
                return Ok(Vec::new());
            }
        }
    }

    async fn delete(&self, queue: &QueueName, receipt: &Receipt) -> Result<bool, Fault> {
        let mut state = self.state();
        let messages = state.queues.entry(queue.clone()).or_default();
        let before = messages.len();
        messages.retain(|message| message.receipt.to_string() != receipt.0);
        let removed = messages.len() < before;
        drop(state);
        self.changed.notify_waiters();
        Ok(removed)
    }

    async fn set_visibility(
        &self,
        queue: &QueueName,
        receipt: &Receipt,
        visibility: Duration,
    ) -> Result<bool, Fault> {
        let mut state = self.state();
        let messages = state.queues.entry(queue.clone()).or_default();
        let found = messages
            .iter_mut()
            .find(|message| message.receipt.to_string() == receipt.0);
        let known = found.is_some();
        let holds = usize::from(known && !visibility.is_zero());
        if let Some(message) = found {
            message.hidden_until = Some(Instant::now() + visibility);
        }
        state.holds += holds;
        drop(state);
        self.changed.notify_waiters();
        Ok(known)
    }

    async fn depth(&self, _direction: Direction, _of: &[ContainerId]) -> Result<Depth, Fault> {
        Ok(Depth::default())
    }
}
