//! Everything on AWS, through the SDK: one folder a service.
//!
//! [`Clients`] holds the SDK's clients with their deadlines, [`names::Names`] every name of a thing on AWS, and
//! [`fault()`] is the only place where an error of the SDK is understood.

pub mod bedrock;
mod clients;
pub mod cloudwatch;
pub mod doctor;
pub mod dynamo;
pub mod ecs;
mod fault;
pub mod names;
pub mod permissions;
mod provision;
pub mod s3;
pub mod secrets;
pub mod ses;
mod signed;
pub mod sqs;
mod watch;

pub use clients::Clients;
pub use fault::{classify, fault};
pub use provision::provision;
pub use watch::{RequestOutcome, RequestWatch};
