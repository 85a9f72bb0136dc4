//! The aws backend: DynamoDB, SQS, ECS, SES and an object store.

use std::sync::Arc;

use super::opened::Opened;
use crate::config::Settings;
use crate::services::metrics::Metrics;
use crate::services::nudge::Nudges;

/// Connects to AWS; nothing is asked of it before the first call.
#[expect(clippy::unused_async, reason = "its adapters connect asynchronously")]
pub(super) async fn open(
    _settings: &Settings,
    _nudges: &Nudges,
    _metrics: &Arc<Metrics>,
) -> anyhow::Result<Opened> {
    anyhow::bail!("HERMES_BACKEND=aws is not in this version yet")
}
