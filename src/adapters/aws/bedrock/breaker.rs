//! The circuit breaker in front of a model.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::domain::circuit::{Circuit, CircuitLimits, CircuitState, Leave};
use crate::domain::inference::{Answer, Prompt};
use crate::ports::clock::Clock;
use crate::ports::inference::{Inference, InferenceError};

/// Asks the model behind it as long as that answers, and spares it when it does not: callers hear so at once instead of
/// after minutes.
pub struct Guarded {
    model: Arc<dyn Inference>,
    circuit: Mutex<Circuit>,
    clock: Arc<dyn Clock>,
}

impl Guarded {
    /// Stands in front of `model`.
    pub fn new(model: Arc<dyn Inference>, clock: Arc<dyn Clock>, limits: CircuitLimits) -> Self {
        Self {
            model,
            circuit: Mutex::new(Circuit::new(limits)),
            clock,
        }
    }

    fn circuit(&self) -> MutexGuard<'_, Circuit> {
        self.circuit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the circuit, and says so when its state changes with it.
    fn change<T>(&self, change: impl FnOnce(&mut Circuit) -> T) -> T {
        let (before, changed, after) = {
            let mut circuit = self.circuit();
            let before = circuit.state();
            let changed = change(&mut circuit);
            (before, changed, circuit.state())
        };
        match (before, after) {
            (CircuitState::Closed | CircuitState::HalfOpen, CircuitState::Open { until }) => {
                tracing::warn!(
                    "the model fails: it is not asked before {}",
                    until.rfc3339()
                );
            }
            (CircuitState::HalfOpen, CircuitState::Closed) => {
                tracing::info!("the model answers again");
            }
            _ => {}
        }
        changed
    }
}

#[async_trait]
impl Inference for Guarded {
    async fn converse(&self, prompt: &Prompt) -> Result<Answer, InferenceError> {
        let now = self.clock.now();
        let leave = self
            .change(|circuit| circuit.ask(now))
            .map_err(|retry_after| InferenceError::Resting { retry_after })?;
        let mut call = Call {
            guarded: self,
            leave: Some(leave),
        };
        let answer = self.model.converse(prompt).await;
        call.end(answer.as_ref().err());
        answer
    }

    fn circuit(&self) -> CircuitState {
        Self::circuit(self).state()
    }
}

impl fmt::Debug for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Guarded")
            .field(&Self::circuit(self).state())
            .finish()
    }
}

/// A call under way; dropped before its end, it was given up.
struct Call<'a> {
    guarded: &'a Guarded,
    leave: Option<Leave>,
}

impl Call<'_> {
    fn end(&mut self, error: Option<&InferenceError>) {
        let Some(leave) = self.leave.take() else {
            return;
        };
        let now = self.guarded.clock.now();
        self.guarded.change(|circuit| {
            if error.is_some_and(is_failure) {
                circuit.failed(leave, now);
            } else {
                circuit.answered(leave);
            }
        });
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if let Some(leave) = self.leave.take() {
            let now = self.guarded.clock.now();
            self.guarded.change(|circuit| circuit.given_up(leave, now));
        }
    }
}

/// A refusal is an answer too: the model is well, and asking it something else may help.
fn is_failure(error: &InferenceError) -> bool {
    match error {
        InferenceError::Throttled { .. }
        | InferenceError::Timeout(_)
        | InferenceError::Backend(_) => true,
        InferenceError::ModelDenied(_)
        | InferenceError::Invalid(_)
        | InferenceError::Resting { .. } => false,
    }
}
