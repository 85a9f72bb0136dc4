//! What only AWS has: its errors and life cycles, against scripted servers and the emulator.

mod bedrock;
mod bedrock_breaker;
mod cloudwatch;
pub(crate) mod ecs;
mod ses_troubles;
