//! What handlers share.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::watch;

use super::hosts::Hosts;
use super::mail::Uploads;
use super::pages;
use super::request_id::RequestIds;
use crate::config::{Access, PreviewUrl};
use crate::domain::ids::Bits;
use crate::services::activation::Activation;
use crate::services::deactivation::Deactivation;
use crate::services::health::Health;
use crate::services::intake::Intake;
use crate::services::inventory::Inventory;
use crate::services::journal::Journal;
use crate::services::metrics::Metrics;
use crate::services::nudge::Nudges;
use crate::services::previews::Previews;
use crate::services::sessions::Sessions;

/// What `app` hands to the HTTP layer: services, and the settings that show in it.
#[derive(Debug)]
#[expect(
    missing_docs,
    reason = "the undocumented fields are the services of their types"
)]
pub struct Wiring {
    pub activation: Arc<Activation>,
    pub sessions: Arc<Sessions>,
    pub deactivation: Arc<Deactivation>,
    pub intake: Arc<Intake>,
    pub journal: Arc<Journal>,
    pub previews: Arc<Previews>,
    pub health: Arc<Health>,
    pub metrics: Arc<Metrics>,
    pub inventory: Arc<Inventory>,
    pub nudges: Nudges,
    /// Who is served.
    pub access: Access,
    /// Where people reach this service, without a slash at the end.
    pub public_url: String,
    /// Where previews are.
    pub preview_url: PreviewUrl,
    /// The port that is listened on.
    pub port: u16,
    /// The address that people write to.
    pub mail_address: String,
    /// The version of this program.
    pub version: &'static str,
    /// The name of the backend.
    pub backend: &'static str,
    /// Turns true when the process begins to stop; open event streams end then.
    pub stopping: watch::Receiver<bool>,
    /// Large uploads are kept in its folder `tmp` while they come in.
    pub data_dir: PathBuf,
    /// Random bits that tell this process's request ids from those of others.
    pub seed: Bits,
}

/// What handlers share; clones are cheap.
#[derive(Debug, Clone)]
pub struct AppState(Arc<Shared>);

/// What the wiring holds, and what follows from it.
#[derive(Debug)]
pub struct Shared {
    wiring: Wiring,
    pub(super) hosts: Hosts,
    pub(super) request_ids: RequestIds,
    pub(super) uploads: Uploads,
    /// The page at `/`, rendered.
    pub(super) home: Bytes,
}

impl AppState {
    /// Works out what depends on settings only.
    pub fn new(wiring: Wiring) -> Self {
        Self(Arc::new(Shared {
            hosts: Hosts::new(&wiring.public_url, wiring.preview_url.clone()),
            request_ids: RequestIds::new(wiring.seed),
            uploads: Uploads::new(&wiring.data_dir),
            home: pages::home(&wiring),
            wiring,
        }))
    }
}

impl Deref for AppState {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Deref for Shared {
    type Target = Wiring;
    fn deref(&self) -> &Wiring {
        &self.wiring
    }
}
