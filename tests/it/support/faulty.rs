//! Trouble at the n-th effect: a port that conflicts, fails or loses its power just then.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use hermes::domain::container::TaskRef;
use hermes::domain::ids::ContainerId;
use hermes::domain::mail::MessageId;
use hermes::ports::fault::{Fault, FaultKind};
use hermes::ports::fleet::{Fleet, Launch, LaunchError, OwnTask, TaskState};
use hermes::ports::ledger::{CommitError, Ledger, Write};
use hermes::ports::mailer::{Mailer, MailerError, OutgoingMail};
use hermes::ports::queues::{Delivery, Depth, Direction, QueueName, Queues, Receipt};

/// What happens at an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The commit loses to another writer. Counts commits only.
    Conflict,
    /// It fails, and was not made.
    FailsBefore,
    /// It was made, but the answer is lost.
    FailsAfter,
    /// The power goes before it is made: from then on everything fails.
    CutBefore,
    /// The power goes when it is made.
    CutAfter,
}

/// Which effect meets which trouble; shared by all [`Faulty`] ports of one Hermes.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The effects that still go well, and what then happens.
    ahead: Option<(usize, Trouble)>,
    has_struck: bool,
    is_cut: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Effect {
    Commit,
    Other,
}

impl Faults {
    /// Lets `calm` effects go well, then strikes once.
    pub(crate) fn strike(&self, calm: usize, trouble: Trouble) {
        *self.state() = State {
            ahead: Some((calm, trouble)),
            ..State::default()
        };
    }

    /// Whether it has struck.
    pub(crate) fn has_struck(&self) -> bool {
        self.state().has_struck
    }

    /// Whether the power is off.
    pub(crate) fn is_cut(&self) -> bool {
        self.state().is_cut
    }

    /// Turns the power on again.
    pub(crate) fn mend(&self) {
        self.state().is_cut = false;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    fn meet(&self, effect: Effect) -> Option<Trouble> {
        let mut state = self.state();
        if state.is_cut {
            return Some(Trouble::FailsBefore);
        }
        let (calm, trouble) = state.ahead?;
        if trouble == Trouble::Conflict && effect == Effect::Other {
            return None;
        }
        if calm > 0 {
            state.ahead = Some((calm - 1, trouble));
            return None;
        }
        state.ahead = None;
        state.has_struck = true;
        state.is_cut = matches!(trouble, Trouble::CutBefore | Trouble::CutAfter);
        Some(trouble)
    }

    /// What does not count as an effect fails only without power.
    fn powered(&self) -> Result<(), Fault> {
        if self.is_cut() { Err(fault()) } else { Ok(()) }
    }
}

fn fault() -> Fault {
    Fault::new("test", FaultKind::Transient, "struck by the test")
}

/// A port whose effects meet trouble.
pub(crate) struct Faulty<T: ?Sized> {
    port: Arc<T>,
    faults: Arc<Faults>,
}

impl<T: ?Sized + Send + Sync> Faulty<T> {
    /// Wraps `port`.
    pub(crate) fn new(port: Arc<T>, faults: &Arc<Faults>) -> Self {
        Self {
            port,
            faults: Arc::clone(faults),
        }
    }

    async fn effect<R, E: From<Fault>>(
        &self,
        call: impl Future<Output = Result<R, E>> + Send,
    ) -> Result<R, E> {
        let trouble = self.faults.meet(Effect::Other);
        Self::under(trouble, call).await
    }

    async fn under<R, E: From<Fault>>(
        trouble: Option<Trouble>,
        call: impl Future<Output = Result<R, E>> + Send,
    ) -> Result<R, E> {
        match trouble {
            None => call.await,
            Some(Trouble::FailsAfter | Trouble::CutAfter) => {
                call.await?;
                Err(fault().into())
            }
            Some(Trouble::FailsBefore | Trouble::CutBefore | Trouble::Conflict) => {
                Err(fault().into())
            }
        }
    }
}

#[async_trait]
impl Ledger for Faulty<dyn Ledger> {
    async fn commit(&self, writes: Vec<Write>) -> Result<(), CommitError> {
        match self.faults.meet(Effect::Commit) {
            Some(Trouble::Conflict) => Err(CommitError::Conflict),
            trouble => Self::under(trouble, self.port.commit(writes)).await,
        }
    }
}

#[async_trait]
impl Mailer for Faulty<dyn Mailer> {
    async fn send(&self, mail: OutgoingMail) -> Result<String, MailerError> {
        self.effect(self.port.send(mail)).await
    }

    fn is_repeatable(&self) -> bool {
        self.port.is_repeatable()
    }

    fn returns_to_sender(&self) -> bool {
        self.port.returns_to_sender()
    }

    fn replaced_id(&self, sent_id: &str) -> Option<MessageId> {
        self.port.replaced_id(sent_id)
    }
}

#[async_trait]
impl Fleet for Faulty<dyn Fleet> {
    fn launch(&self) -> &'static str {
        self.port.launch()
    }

    async fn start(&self, launch: Launch) -> Result<TaskRef, LaunchError> {
        self.effect(self.port.start(launch)).await
    }

    async fn stop(&self, task: &TaskRef, grace: Duration) -> Result<(), Fault> {
        self.effect(self.port.stop(task, grace)).await
    }

    async fn observe(&self, tasks: &[TaskRef]) -> Result<Vec<TaskState>, Fault> {
        self.faults.powered()?;
        self.port.observe(tasks).await
    }

    async fn own(&self) -> Result<Vec<OwnTask>, Fault> {
        self.faults.powered()?;
        self.port.own().await
    }
}

#[async_trait]
impl Queues for Faulty<dyn Queues> {
    async fn send(&self, queue: &QueueName, body: String) -> Result<(), Fault> {
        self.effect(self.port.send(queue, body)).await
    }

    async fn receive(
        &self,
        queue: &QueueName,
        max: usize,
        wait: Duration,
    ) -> Result<Vec<Delivery>, Fault> {
        self.faults.powered()?;
        self.port.receive(queue, max, wait).await
    }

    async fn delete(&self, queue: &QueueName, receipt: &Receipt) -> Result<bool, Fault> {
        self.effect(self.port.delete(queue, receipt)).await
    }

    async fn set_visibility(
        &self,
        queue: &QueueName,
        receipt: &Receipt,
        visibility: Duration,
    ) -> Result<bool, Fault> {
        let call = self.port.set_visibility(queue, receipt, visibility);
        self.effect(call).await
    }

    async fn depth(&self, direction: Direction, of: &[ContainerId]) -> Result<Depth, Fault> {
        self.port.depth(direction, of).await
    }
}
