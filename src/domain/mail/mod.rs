//! Mail as values: what came in, what it means, and what is answered.

mod address;
mod message_id;
mod rule;

pub use address::{EmailAddress, InvalidAddress};
pub use message_id::{InvalidMessageId, MessageId, extract_ids};
pub use rule::RuleId;
