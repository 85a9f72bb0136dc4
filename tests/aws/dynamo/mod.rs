//! Records in DynamoDB, beyond what every backend promises.

pub(crate) mod items;
mod lab;
pub(crate) mod legacy;
pub(crate) mod lost_answers;
pub(crate) mod races;
pub(crate) mod requests;
pub(crate) mod schema;
