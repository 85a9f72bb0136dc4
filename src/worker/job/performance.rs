//! One command as Hermes sees it: `started`, progress, and one response.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::answer::Answer;
use super::cancel::Cancel;
use super::carry::Outcome;
use super::workshop::Workshop;
use crate::domain::wire::{Response, Work};
use crate::ports::clock::Clock;
use crate::worker::config::WorkerConfig;
use crate::worker::queue::{Outbox, Progress};

/// What became of a command that was begun.
#[derive(Debug)]
pub(crate) enum Performed {
    /// Its response is with Hermes.
    Answered(Arc<Work>, Box<Response>),
    /// It is for the next generation.
    HandBack,
}

/// Runs commands in the workshop and tells Hermes.
pub(crate) struct Performance<'a> {
    shop: &'a Workshop,
    outbox: &'a Outbox,
    clock: Arc<dyn Clock>,
    generation: u64,
    halt: CancellationToken,
}

impl<'a> Performance<'a> {
    pub(crate) fn new(
        config: &WorkerConfig,
        shop: &'a Workshop,
        outbox: &'a Outbox,
        clock: Arc<dyn Clock>,
        halt: CancellationToken,
    ) -> Self {
        Self {
            shop,
            outbox,
            clock,
            generation: config.generation,
            halt,
        }
    }

    /// Carries a command out and sends its response.
    pub(crate) async fn of(&self, work: Arc<Work>, cancel: Arc<Cancel>) -> Performed {
        tracing::info!(command.id = %work.command_id, session.id = %work.session_id,
            "command {} of session {} begins", work.command_id, work.session_id);
        if !self.outbox.started(&work.command_id, &self.halt).await {
            return Performed::HandBack;
        }
        let progress = Progress::new();
        let outcome = tokio::select! {
            outcome = self.shop.carry_out(&work, &cancel, &progress) => outcome,
            () = self.outbox.follow(&progress) => Outcome::HandBack, // follows for ever
        };
        let Outcome::Answer(answer) = outcome else {
            return Performed::HandBack;
        };
        let response = answer.into_response(&work, self.generation, self.clock.now(), cancel.why());
        tracing::info!(command.id = %work.command_id, success = response.success, interrupted = response.interrupted,
            code = response.result.error_code.as_deref(), "command {} ends", work.command_id);
        if self.outbox.respond(response.clone(), &self.halt).await {
            Performed::Answered(work, Box::new(response))
        } else {
            Performed::HandBack
        }
    }

    /// The response to a command that was interrupted before it began.
    pub(crate) fn not_begun(&self, work: &Work) -> Response {
        let answer = Answer::interrupted(None);
        answer.into_response(work, self.generation, self.clock.now(), None)
    }

    /// Sends a response outside of a command's turn; answers whether it is durable.
    pub(crate) async fn repeat(&self, response: Response) -> bool {
        self.outbox.respond_once(response).await
    }
}
