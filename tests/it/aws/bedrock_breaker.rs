//! The breaker in front of a model: it opens, waits, probes, and is seen.

use std::sync::Arc;
use std::time::Duration;

use hermes::adapters::aws::bedrock::{BedrockInference, Guarded};
use hermes::domain::circuit::{CircuitLimits, CircuitState};
use hermes::domain::inference::{Content, InferenceLimits, Prompt, Turn};
use hermes::ports::clock::Clock as _;
use hermes::ports::inference::{Inference, InferenceError};

use crate::support::ManualClock;
use crate::support::scripted::bedrock::{Says, ScriptedBedrock};
use crate::support::scripted::rest::Reply;

const PAUSE: Duration = Duration::from_secs(30);

struct Lab {
    bedrock: ScriptedBedrock,
    clock: Arc<ManualClock>,
    model: Guarded,
}

impl Lab {
    async fn new(says: impl IntoIterator<Item = Says>) -> Self {
        let bedrock = ScriptedBedrock::start(says).await;
        let (clients, settings) = bedrock.clients().await;
        let clock = Arc::new(ManualClock::default());
        let model = Guarded::new(
            Arc::new(BedrockInference::new(&clients, &settings)),
            Arc::<ManualClock>::clone(&clock),
            CircuitLimits {
                failures: 2,
                pause: PAUSE,
                longest_pause: PAUSE * 3,
            },
        );
        Self {
            bedrock,
            clock,
            model,
        }
    }

    async fn ask(&self) -> Result<(), InferenceError> {
        let limits = InferenceLimits::default();
        self.ask_within(limits).await
    }

    async fn ask_within(&self, limits: InferenceLimits) -> Result<(), InferenceError> {
        let prompt = Prompt {
            model: None,
            system: None,
            turns: vec![Turn::user(vec![Content::text("x")])],
            tools: Vec::new(),
            limits,
        };
        self.model.converse(&prompt).await.map(drop)
    }

    fn state(&self) -> CircuitState {
        Inference::circuit(&self.model)
    }
}

/// One call of Hermes is three of the SDK.
fn failing(calls: usize) -> Vec<Says> {
    vec![Says::error(503, "ServiceUnavailableException", "busy"); calls * 3]
}

#[tokio::test]
async fn a_model_that_fails_is_spared_and_asked_again_after_the_pause() {
    let lab = Lab::new(failing(2)).await;
    lab.ask().await.unwrap_err();
    assert_eq!(lab.state(), CircuitState::Closed);
    lab.ask().await.unwrap_err();
    let until = lab.clock.now() + PAUSE;
    assert_eq!(lab.state(), CircuitState::Open { until });

    let requests = lab.bedrock.asked().len();
    let error = lab.ask().await.unwrap_err();
    assert!(
        matches!(error, InferenceError::Resting { retry_after } if retry_after == PAUSE),
        "{error:?}"
    );
    assert!(error.is_transient());
    assert_eq!(lab.bedrock.asked().len(), requests, "nothing was sent");

    lab.clock.advance(PAUSE);
    lab.bedrock.next([Says::Text("ok")]);
    lab.ask().await.unwrap();
    assert_eq!(lab.state(), CircuitState::Closed);
}

#[tokio::test]
async fn a_probe_that_fails_doubles_the_pause() {
    let lab = Lab::new(failing(3)).await;
    lab.ask().await.unwrap_err();
    lab.ask().await.unwrap_err();
    lab.clock.advance(PAUSE);
    lab.ask().await.unwrap_err();
    let until = lab.clock.now() + PAUSE * 2;
    assert_eq!(lab.state(), CircuitState::Open { until });
}

#[tokio::test]
async fn one_probe_at_a_time_and_one_that_is_given_up_makes_room() {
    let lab = Lab::new(failing(2)).await;
    lab.ask().await.unwrap_err();
    lab.ask().await.unwrap_err();
    lab.clock.advance(PAUSE);
    lab.bedrock.next([Says::Trouble(Reply::Hang)]);
    {
        let mut probe = std::pin::pin!(lab.ask());
        tokio::select! {
            answer = &mut probe => panic!("{answer:?}"),
            () = lab.bedrock.rest().begun(7) => {}
        }
        assert_eq!(lab.state(), CircuitState::HalfOpen);
        let error = lab.ask().await.unwrap_err();
        assert!(matches!(error, InferenceError::Resting { .. }), "{error:?}");
    }
    lab.bedrock.next([Says::Text("ok")]);
    lab.ask().await.unwrap();
    assert_eq!(lab.state(), CircuitState::Closed);
}

#[tokio::test]
async fn throttles_and_timeouts_count_and_refusals_do_not() {
    let refusal = || Says::error(400, "ValidationException", "Input is too long");
    let lab = Lab::new([refusal(), refusal(), refusal()]).await;
    for _ in 0..3 {
        lab.ask().await.unwrap_err();
    }
    assert_eq!(lab.state(), CircuitState::Closed);
    lab.bedrock
        .next([Says::throttled(), Says::throttled(), Says::throttled()]);
    lab.ask().await.unwrap_err();
    lab.bedrock.next([Says::Trouble(Reply::Hang)]);
    let short = InferenceLimits {
        deadline: Duration::from_millis(100),
        ..InferenceLimits::default()
    };
    lab.ask_within(short).await.unwrap_err();
    assert!(matches!(lab.state(), CircuitState::Open { .. }));
}
