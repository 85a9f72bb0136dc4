//! Mail in from the mail queue: only this loop says what becomes of a message.
//!
//! A message leaves the queue when what it says is durable, and not before; a mail that comes twice is known by its
//! journal row (E9). What can never be taken in goes to the dead letters with its reason, at once and not after ten tries.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use tokio::sync::Semaphore;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tracing::{info, warn};

use super::intake::Intake;
use super::intake_error::IntakeError;
use super::metrics::Metrics;
use crate::domain::journal::{Channel, Verdict};
use crate::domain::mail::envelope::{MailContent, ObjectRef, SesMail, open};
use crate::ports::entropy::Entropy;
use crate::ports::fault::Fault;
use crate::ports::mail_objects::{Fetched, MailObjects};
use crate::ports::mail_queue::{MAX_BATCH, MailQueue};
use crate::ports::queues::{Delivery, MAX_RECEIVES, VISIBILITY};

/// Largest mail: what SES puts into a bucket (E7).
const LARGEST: usize = 40 * 1024 * 1024;
/// Receives after which a mail that is not where it should be is given up (E2).
const MAX_LOOKS: u32 = 5;
/// Mails out of a bucket that are in memory at once: each may be of the largest.
const FETCHES: usize = 2;
/// The first wait before a message is tried again; it doubles up to the longest.
const FIRST_RETRY: Duration = Duration::from_secs(5);
const LONGEST_RETRY: Duration = Duration::from_mins(10);

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disposition {
    /// All it says is durable: it may go.
    Done,
    /// Something may pass by itself: it comes again after this time.
    RetryAfter(Duration),
    /// It will never be taken in.
    Poison(Reason),
}

/// Why a message is a dead letter, in a sentence; names nobody and quotes no mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(String);

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The clockwork of the inbox.
#[derive(Debug, Clone, Copy)]
pub struct InboxTimings {
    /// How long one receive waits.
    pub poll: Duration,
    /// Between two extensions of what is being worked on (C22).
    pub hold: Duration,
    /// Within this time a failed receive is reported: not every replica at once.
    pub jitter: Duration,
}

impl Default for InboxTimings {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(20),
            hold: Duration::from_secs(40),
            jitter: Duration::from_secs(1),
        }
    }
}

/// Takes in what the mail queue has.
pub struct Inbox {
    queue: Arc<dyn MailQueue>,
    objects: Arc<dyn MailObjects>,
    intake: Arc<Intake>,
    metrics: Arc<Metrics>,
    entropy: Arc<dyn Entropy>,
    fetches: Semaphore,
    timings: InboxTimings,
}

impl Inbox {
    /// Over these.
    pub fn new(
        queue: Arc<dyn MailQueue>,
        objects: Arc<dyn MailObjects>,
        intake: Arc<Intake>,
        metrics: Arc<Metrics>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self {
            queue,
            objects,
            intake,
            metrics,
            entropy,
            fetches: Semaphore::new(FETCHES),
            timings: InboxTimings::default(),
        }
    }

    /// The same with other times.
    #[must_use]
    pub fn with_timings(mut self, timings: InboxTimings) -> Self {
        self.timings = timings;
        self
    }

    /// One pass: waits for messages, works on those that come at once, at most [`MAX_BATCH`], and answers how many came.
    pub async fn tick(&self) -> Result<usize, Fault> {
        self.tick_until(std::future::pending()).await
    }

    /// One pass that stops waiting for messages when `stopping` completes. What has come by then is worked on to its end;
    /// what the queue was about to hand out comes again.
    pub async fn tick_until(&self, stopping: impl Future<Output = ()>) -> Result<usize, Fault> {
        let received = tokio::select! {
            biased;
            () = stopping => return Ok(0),
            received = self.queue.receive(MAX_BATCH, self.timings.poll) => received,
        };
        let deliveries = match received {
            Ok(deliveries) => deliveries,
            Err(fault) => {
                sleep(self.entropy.jitter(self.timings.jitter)).await;
                return Err(fault);
            }
        };
        let settled = join_all(deliveries.iter().map(|delivery| self.take(delivery))).await;
        settled.into_iter().collect::<Result<Vec<()>, Fault>>()?;
        Ok(deliveries.len())
    }

    /// Works on one message, holding it, and then says what becomes of it.
    async fn take(&self, delivery: &Delivery) -> Result<(), Fault> {
        let disposition = self.hold(delivery, self.dispose(delivery)).await;
        match disposition {
            Disposition::Done => {
                // a void receipt means that it was handed out again: as a duplicate it has no effect
                self.queue.delete(&delivery.receipt).await?;
            }
            Disposition::RetryAfter(wait) => {
                self.queue.set_visibility(&delivery.receipt, wait).await?;
            }
            Disposition::Poison(reason) => {
                warn!(
                    receives = delivery.receives,
                    "a message of the mail queue is a dead letter: {reason}"
                );
                self.queue.bury(delivery, &reason.0).await?;
                self.metrics.mail(Channel::Ses, Verdict::Poison, &[]);
            }
        }
        Ok(())
    }

    async fn hold<T>(&self, delivery: &Delivery, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let mut beats = interval(self.timings.hold);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beats.tick().await; // the first one is at once
        loop {
            tokio::select! {
                biased;
                done = work.as_mut() => return done,
                _ = beats.tick() => self.extend(delivery).await,
            }
        }
    }

    async fn extend(&self, delivery: &Delivery) {
        let extended = self
            .queue
            .set_visibility(&delivery.receipt, VISIBILITY)
            .await;
        if let Err(fault) = extended {
            warn!(
                error = &fault as &dyn std::error::Error,
                "a mail that is worked on could not be held: it may come a second time"
            );
        }
    }

    /// Takes in what a message tells of. Several mails are one message's only if it comes from S3; then it is done when
    /// all are, and what was taken in already is so again without effect.
    async fn dispose(&self, delivery: &Delivery) -> Disposition {
        let mails = match open(&delivery.body) {
            Ok(mails) => mails,
            Err(why) => return Disposition::Poison(Reason(why.to_string())),
        };
        let mut worst = Disposition::Done;
        for mail in mails {
            let disposition = self.take_in(mail, delivery.receives).await;
            worst = match (worst, disposition) {
                (worst, Disposition::Done) => worst,
                (Disposition::RetryAfter(one), Disposition::RetryAfter(other)) => {
                    Disposition::RetryAfter(one.max(other))
                }
                // what may still be taken in is not given up for what can't be
                (retry @ Disposition::RetryAfter(_), Disposition::Poison(_)) => retry,
                (Disposition::Done | Disposition::Poison(_), other) => other,
            };
        }
        worst
    }

    async fn take_in(&self, mut notice: SesMail, receives: u32) -> Disposition {
        let nothing = MailContent::Inline(Vec::new());
        let _place;
        let raw = match std::mem::replace(&mut notice.content, nothing) {
            MailContent::Inline(raw) => Bytes::from(raw),
            MailContent::Object(object) => {
                _place = self.fetches.acquire().await;
                match self.fetch(&object, receives).await {
                    Ok(raw) => raw,
                    Err(disposition) => return disposition,
                }
            }
        };
        match self.intake.receive_from_ses(raw, &notice).await {
            Ok(answer) => {
                if answer.duplicate {
                    info!(message.id = %answer.journal_id, "{} came again", answer.journal_id);
                }
                Disposition::Done
            }
            Err(error) => self.judge(&error, receives),
        }
    }

    async fn fetch(&self, object: &ObjectRef, receives: u32) -> Result<Bytes, Disposition> {
        let poison = |reason: &str| Err(Disposition::Poison(Reason(reason.to_owned())));
        match self.objects.fetch(object, LARGEST).await {
            Ok(Fetched::Mail(raw)) => Ok(raw),
            // not visible yet, or deleted by age (E2)
            Ok(Fetched::Missing) if receives < MAX_LOOKS => {
                Err(Disposition::RetryAfter(self.wait(receives, None)))
            }
            Ok(Fetched::Missing) => poison("the mail is not in the bucket (E2)"),
            Ok(Fetched::TooLong) => poison("the mail in the bucket is too long (E7)"),
            Ok(Fetched::Outside) => {
                poison("the mail is said to be in another place than the configured one (A3)")
            }
            Err(fault) => Err(self.judge(&fault.into(), receives)),
        }
    }

    fn judge(&self, error: &IntakeError, receives: u32) -> Disposition {
        let asked = match error {
            IntakeError::Backend(fault) => fault.retry_after,
            IntakeError::Contention => None,
            // it is the message that is wrong
            IntakeError::NotAMail(_)
            | IntakeError::NotFound
            | IntakeError::HasCommand(_)
            | IntakeError::RawGone => return Disposition::Poison(Reason(error.to_string())),
        };
        warn!(
            receives,
            error = error as &dyn std::error::Error,
            "a mail could not be taken in and is tried again"
        );
        if receives >= MAX_RECEIVES {
            // the next receive would bury it without a reason
            return Disposition::Poison(Reason(chain(error)));
        }
        Disposition::RetryAfter(self.wait(receives, asked))
    }

    /// Longer each time, never the same for two, and no sooner than the backend has `asked` for.
    fn wait(&self, receives: u32, asked: Option<Duration>) -> Duration {
        let doublings = receives.saturating_sub(1).min(16);
        let wait = FIRST_RETRY.saturating_mul(1 << doublings);
        let wait = wait.min(LONGEST_RETRY).max(asked.unwrap_or_default());
        wait + self.entropy.jitter(wait / 2)
    }
}

impl std::fmt::Debug for Inbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Inbox")
    }
}

/// An error with everything below it, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
