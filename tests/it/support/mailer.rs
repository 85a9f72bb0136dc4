//! A mail system that keeps what it takes.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use hermes::domain::ids::ReplyId;
use hermes::domain::mail::MessageId;
use hermes::ports::fault::{Fault, FaultKind};
use hermes::ports::mailer::{Mailer, MailerError, OutgoingMail};

/// Why a mail is not taken.
#[derive(Debug, Clone, Copy)]
pub(crate) enum NotTaken {
    /// Too many at once; the wait that is asked for.
    Throttled(Option<Duration>),
    /// Never this one.
    Rejected,
    /// None, until an operator has changed something.
    Denied,
}

/// Takes mails, except those that a test has said it would not.
#[derive(Debug, Default)]
pub(crate) struct FakeMailer(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    taken: Vec<OutgoingMail>,
    refusals: VecDeque<NotTaken>,
    replaces_ids: bool,
    returns_to_sender: bool,
}

impl FakeMailer {
    /// Does not take the next `count` mails.
    pub(crate) fn refuse(&self, count: usize, why: NotTaken) {
        let refusals = std::iter::repeat_n(why, count);
        self.state().refusals.extend(refusals);
    }

    /// Gives mails Message-IDs of its own, as SES does.
    pub(crate) fn replace_ids(&self) {
        self.state().replaces_ids = true;
    }

    /// Lets what cannot be delivered come back to the envelope sender, as SMTP servers do.
    pub(crate) fn return_to_sender(&self) {
        self.state().returns_to_sender = true;
    }

    /// Takes everything again.
    pub(crate) fn relent(&self) {
        self.state().refusals.clear();
    }

    /// All mails that were taken, each as often as it was handed over.
    pub(crate) fn taken(&self) -> Vec<OutgoingMail> {
        self.state().taken.clone()
    }

    /// What was taken of one reply.
    pub(crate) fn taken_of(&self, id: &ReplyId) -> Vec<OutgoingMail> {
        let state = self.state();
        let theirs = state.taken.iter().filter(|mail| mail.id == *id);
        theirs.cloned().collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

#[async_trait]
impl Mailer for FakeMailer {
    async fn send(&self, mail: OutgoingMail) -> Result<String, MailerError> {
        let mut state = self.state();
        match state.refusals.pop_front() {
            None => {
                let id = format!("{}.eml", mail.id);
                state.taken.push(mail);
                Ok(id)
            }
            Some(NotTaken::Rejected) => Err(MailerError::Rejected("no such mailbox".to_owned())),
            Some(NotTaken::Denied) => {
                let why = "the sender's domain is not verified";
                Err(Fault::new("mailer.send", FaultKind::Denied, why).into())
            }
            Some(NotTaken::Throttled(retry_after)) => Err(MailerError::Backend(Fault {
                retry_after,
                ..Fault::new("mailer.send", FaultKind::Throttled, "slow down")
            })),
        }
    }

    fn returns_to_sender(&self) -> bool {
        self.state().returns_to_sender
    }

    fn replaced_id(&self, sent_id: &str) -> Option<MessageId> {
        let id = format!("{sent_id}@us-west-2.amazonses.com");
        let replaces = self.state().replaces_ids;
        replaces.then(|| id.parse().expect("an id"))
    }
}
