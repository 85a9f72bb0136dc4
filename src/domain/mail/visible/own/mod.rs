//! What stands among the sender's lines without being said by the sender (B8): signatures, advertisements of devices,
//! contact data, legal notices, banners of gateways.
//!
//! Each cut needs a sure sign; a name typed under a greeting stays.

mod adverts;
mod boilerplate;
mod clean;
mod contact;
mod device;
mod signature;

pub(super) use clean::clean;

#[cfg(test)]
mod own_tests;
