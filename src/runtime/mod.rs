//! Supervision, periodic loops, signals and telemetry; knows no Hermes noun.
//!
//! Everything that runs in the background is a task of the one [`Supervisor`]: it has a name, a [`Stage`] in the order of
//! stopping, a row on the [`TaskBoard`], and cannot end unnoticed.

mod board;
mod outcome;
mod panics;
mod periodic;
mod roster;
mod signals;
mod stop;
mod supervisor;
mod telemetry;

pub use board::{TaskBoard, TaskReport, TaskState, TaskStatus};
pub use outcome::{Chain, Outcome, TaskEnd, TaskError};
pub use panics::log_panics;
pub use periodic::Periodic;
pub use signals::{Signal, SignalSender, Signals};
pub use stop::{Stage, Stop, StopSwitch};
pub use supervisor::{Spawner, Supervisor};
pub use telemetry::{LogFormat, TelemetryError, init_telemetry};
