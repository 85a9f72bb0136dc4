//! What only AWS has: its errors and life cycles, against scripted servers and the emulator.

mod bedrock;
mod bedrock_breaker;
pub(crate) mod ecs;
mod cloudwatch;
mod ses_troubles;
