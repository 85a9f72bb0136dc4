//! Inference by Bedrock's Converse, which speaks to all models alike, and the breaker that stands before it.

mod breaker;
mod document;
mod inference;
mod request;
mod response;
mod trouble;

pub use breaker::Guarded;
pub use inference::BedrockInference;
