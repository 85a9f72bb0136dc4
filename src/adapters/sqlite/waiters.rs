//! Who waits for messages of which queue.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::ports::queues::QueueName;

/// Wakes long polls of this process: nobody else writes to the database.
#[derive(Debug, Default)]
pub(super) struct Waiters {
    queues: Mutex<HashMap<QueueName, Arc<Notify>>>,
}

/// One that waits; a queue is forgotten with the last of them.
#[derive(Debug)]
pub(super) struct Waiter<'a> {
    waiters: &'a Waiters,
    queue: &'a QueueName,
    notify: Arc<Notify>,
}

impl Waiters {
    /// Starts waiting for `queue`.
    pub(super) fn join<'a>(&'a self, queue: &'a QueueName) -> Waiter<'a> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let notify = queues.entry(queue.clone()).or_default();
        Waiter {
            waiters: self,
            queue,
            notify: Arc::clone(notify),
        }
    }

    /// Wakes all that wait for `queue`.
    pub(super) fn wake(&self, queue: &QueueName) {
        let queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(notify) = queues.get(queue) {
            notify.notify_waiters();
        }
    }
}

impl Waiter<'_> {
    /// The next wake-up after this call: made before looking whether there is something, so that none is missed.
    pub(super) fn woken(&self) -> Notified<'_> {
        self.notify.notified()
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut queues = self
            .waiters
            .queues
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if Arc::strong_count(&self.notify) == 2 {
            queues.remove(self.queue); // the map's and our own
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wake_between_looking_and_waiting_is_not_missed() {
        let waiters = Waiters::default();
        let queue = QueueName::input("c".parse().unwrap());
        let waiter = waiters.join(&queue);
        let woken = waiter.woken();
        waiters.wake(&queue);
        woken.await;
    }

    #[test]
    fn a_queue_is_forgotten_with_its_last_waiter() {
        let waiters = Waiters::default();
        let queue = QueueName::input("c".parse().unwrap());
        let one = waiters.join(&queue);
        let two = waiters.join(&queue);
        drop(one);
        assert_eq!(waiters.queues.lock().unwrap().len(), 1);
        drop(two);
        assert!(waiters.queues.lock().unwrap().is_empty());
    }
}
