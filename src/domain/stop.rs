//! Why a life of a container ended.

use serde::{Deserialize, Serialize};

/// Why a generation ended; also a metrics label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// Nothing to do for the idle timeout.
    Idle,
    /// Its last session was deactivated, or somebody else waits for the place.
    Asked,
    /// Awake for the longest time allowed (S7).
    HardCap,
    /// Ended by itself, or silent.
    Crash,
    /// Killed for its memory.
    Oom,
    /// Taken away by the fleet.
    Spot,
    /// Not there after a restart of Hermes.
    Orphan,
    /// Replaced by a later generation.
    Fenced,
    /// Did not come up in its start budget.
    NeverStarted,
    /// Its image could not be had; an operator must look at it (C8).
    Image,
    /// What its definition asks for could not be had: secrets, logs, volumes (C8).
    Setup,
}

impl StopReason {
    /// All reasons, for metrics.
    pub const ALL: [Self; 11] = [
        Self::Idle,
        Self::Asked,
        Self::HardCap,
        Self::Crash,
        Self::Oom,
        Self::Spot,
        Self::Orphan,
        Self::Fenced,
        Self::NeverStarted,
        Self::Image,
        Self::Setup,
    ];

    /// Whether the task itself broke down, rather than being ended or taken away.
    pub fn is_breakdown(self) -> bool {
        match self {
            Self::NeverStarted | Self::Image | Self::Setup | Self::Crash | Self::Oom => true,
            Self::Idle | Self::Asked | Self::HardCap | Self::Spot | Self::Orphan | Self::Fenced => {
                false
            }
        }
    }

    /// The reason as events and metrics write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Asked => "asked",
            Self::HardCap => "hard_cap",
            Self::Crash => "crash",
            Self::Oom => "oom",
            Self::Spot => "spot",
            Self::Orphan => "orphan",
            Self::Fenced => "fenced",
            Self::NeverStarted => "never_started",
            Self::Image => "image",
            Self::Setup => "setup",
        }
    }

    /// What this end means for a task whose worker was not heard of: whatever it died of, it did not come up, unless
    /// it was taken away or Hermes was started anew.
    #[must_use]
    pub fn before_the_first_sign_of_life(self) -> Self {
        match self {
            Self::Orphan | Self::Spot | Self::Image | Self::Setup => self,
            Self::Idle
            | Self::Asked
            | Self::HardCap
            | Self::Crash
            | Self::Oom
            | Self::Fenced
            | Self::NeverStarted => Self::NeverStarted,
        }
    }

    /// What an operator must look at when starts end so, if that is known (C8).
    pub fn advice(self) -> Option<&'static str> {
        match self {
            Self::Image => Some(
                "check the image's name and tag, the execution role and the way to the registry",
            ),
            Self::Setup => {
                Some("check the secrets, log groups, volumes and command of the task definition")
            }
            Self::Idle
            | Self::Asked
            | Self::HardCap
            | Self::Crash
            | Self::Oom
            | Self::Spot
            | Self::Orphan
            | Self::Fenced
            | Self::NeverStarted => None,
        }
    }
}

/// The end of a task, as its fleet tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// What Hermes makes of it.
    pub reason: StopReason,
    /// The fleet's own code and words, if it has any.
    pub detail: Option<String>,
}

impl From<StopReason> for Stop {
    fn from(reason: StopReason) -> Self {
        Self {
            reason,
            detail: None,
        }
    }
}
