//! Mails that no person wrote are never answered (L1 to L14).
//!
//! A mail is read once for its signs. Hard signs decide alone, in the order of the rules. Soft signs are weighed: what
//! no person's mail carries by chance, two of them that are independent, tell a machine as well. L8 and L12 are soft.

#[macro_use]
mod pattern;

mod bounced;
mod classify;
mod failure;
mod fields;
mod opening;
mod own;
mod own_text;
mod parts;
mod sender;
mod sign;
mod subject;
mod weigh;
mod words;

pub use bounced::{BounceSeverity, BouncedOf, bounce_of};
pub use classify::{Machine, MachineKind, classify, soft_signs};
pub use own::OwnIdentity;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod weigh_tests;
