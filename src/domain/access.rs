//! Whose records a caller may see.

use std::collections::BTreeSet;

use super::ids::ClientId;

/// The clients a caller speaks for. What lies outside does not exist for it (invariant 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every client.
    All,
    /// These only.
    Clients(BTreeSet<ClientId>),
}

impl Scope {
    /// Whether records of `client` are visible.
    pub fn covers(&self, client: &ClientId) -> bool {
        match self {
            Self::All => true,
            Self::Clients(clients) => clients.contains(client),
        }
    }
}
