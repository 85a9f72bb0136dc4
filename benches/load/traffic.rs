//! The load: what is sent, and the same phases against Hermes and against the floor in turns, so that what else the
//! machine does meets both.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;

use super::http::{Load, Measured};
use super::on_floor;
use super::on_hermes::OnHermes;
use super::process::{Process, Program};

const CONNECTIONS: usize = 32;
const SESSIONS: usize = 20_000;
/// Sessions of each client, so that a list has 20.
pub(crate) const SESSIONS_OF_CLIENT: usize = 20;
const CLIENTS: usize = SESSIONS / SESSIONS_OF_CLIENT;
/// `SESSION_TTL`. A keepalive is written when it gains more than 5 % of it.
const SESSION_TTL: Duration = Duration::from_mins(1);
/// 5 % of [`SESSION_TTL`], a second because expiry counts whole ones, and a little more.
pub(crate) const DUE_AFTER: Duration = Duration::from_millis(4_500);
/// A prime that walks all sessions in an order that no cache likes.
const STRIDE: usize = 7_919;
/// Until what the start has left to do in the background is done.
const SETTLE: Duration = Duration::from_secs(1);

/// What a row of the table is about, in the order of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    Health,
    Status,
    List,
    Keepalive,
    Activate,
    Mail,
}

/// In the order of the run. Three times keepalive: one pass alone is short.
const RUN: [Phase; 8] = [
    Phase::Health,
    Phase::Activate,
    Phase::Status,
    Phase::List,
    Phase::Keepalive,
    Phase::Keepalive,
    Phase::Keepalive,
    Phase::Mail,
];

impl Phase {
    /// How much is sent.
    pub(crate) const fn load(self) -> Load {
        let (requests, ids) = match self {
            Self::Health => (SESSIONS, 0),
            Self::Status | Self::Keepalive | Self::Activate => (SESSIONS, SESSIONS),
            Self::List => (5_000, CLIENTS),
            Self::Mail => (10_000, 10_000),
        };
        Load {
            requests,
            connections: CONNECTIONS,
            ids,
        }
    }

    /// What request `number` of a load is about.
    pub(crate) const fn id(self, number: usize, load: Load) -> usize {
        match self {
            Self::Health | Self::Activate | Self::Mail => number,
            Self::Status | Self::Keepalive => number * STRIDE % load.ids,
            Self::List => number % load.ids,
        }
    }
}

/// What was measured on Hermes and on the floor.
#[derive(Debug)]
pub(crate) struct Pair<T> {
    pub(crate) hermes: T,
    pub(crate) floor: T,
}

/// What the load measured.
#[derive(Debug)]
pub(crate) struct Results {
    /// Resident megabytes before the load.
    pub(crate) idle_mb: Pair<f64>,
    /// And after it.
    pub(crate) loaded_mb: Pair<f64>,
    pub(crate) phases: BTreeMap<Phase, Pair<Measured>>,
}

/// Drives both through all phases; each phase on Hermes checks that it was answered as it should be.
pub(crate) async fn drive(servers: &Pair<Process>) -> anyhow::Result<Results> {
    tokio::time::sleep(SETTLE).await;
    let idle_mb = resident_mb(servers)?;
    let mut on_hermes = OnHermes::new(&servers.hermes, 1);
    let mut phases = BTreeMap::new();
    for phase in RUN {
        let floor = on_floor::run(&servers.floor, phase).await;
        let floor = floor.with_context(|| format!("{phase:?} on the floor"))?;
        let hermes = on_hermes.run(phase).await;
        let hermes = hermes.with_context(|| format!("{phase:?}"))?;
        let measured = match phases.remove(&phase) {
            None => Pair { hermes, floor },
            Some(Pair {
                hermes: h,
                floor: f,
            }) => Pair {
                hermes: hermes.and(h),
                floor: floor.and(f),
            },
        };
        phases.insert(phase, measured);
    }
    Ok(Results {
        idle_mb,
        loaded_mb: resident_mb(servers)?,
        phases,
    })
}

fn resident_mb(servers: &Pair<Process>) -> anyhow::Result<Pair<f64>> {
    Ok(Pair {
        hermes: servers.hermes.resident_mb()?,
        floor: servers.floor.resident_mb()?,
    })
}

/// Hermes in `folder`, accepting only.
pub(crate) fn hermes(binary: &Path, folder: &Path) -> Program {
    Program {
        binary: binary.to_owned(),
        arguments: vec!["serve".to_owned()],
        environment: vec![
            ("HOST", "127.0.0.1".to_owned()),
            ("HERMES_DATA_DIR", folder.join("data").display().to_string()),
            ("HERMES_MAX_CONTAINERS", "0".to_owned()),
            ("SESSION_TTL", format!("{}s", SESSION_TTL.as_secs())),
            ("LOG_FORMAT", "json".to_owned()),
        ],
        folder: folder.to_owned(),
        health: "/hermes/health",
    }
}

/// The floor in `folder`: this program again.
pub(crate) fn floor(binary: &Path, folder: &Path) -> Program {
    Program {
        binary: binary.to_owned(),
        arguments: vec!["floor".to_owned(), folder.display().to_string()],
        environment: Vec::new(),
        folder: folder.to_owned(),
        health: "/health",
    }
}
