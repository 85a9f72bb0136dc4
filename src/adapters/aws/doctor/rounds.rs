//! The round that doctor makes.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::facts::{Case, Facts};
use super::{account, edit, mail, model, network, records, roles, stores, task};
use crate::adapters::aws::Clients;
use crate::domain::check::Check;
use crate::ports::clock::Clock;
use crate::ports::fault::Fault;

/// Looks at AWS.
pub struct Doctor(Facts);

/// One topic: its name, and the look that has not begun yet.
pub type Look<'a> = (&'static str, BoxFuture<'a, Vec<Check>>);

impl Doctor {
    /// A doctor who asks by these clients.
    pub fn new(clients: Clients, case: Case, clock: Arc<dyn Clock>) -> Result<Self, Fault> {
        Facts::new(clients, case, clock).map(Self)
    }

    /// Every look, in the order in which its rows are shown. They may be made at the same time.
    pub fn looks(&self) -> Vec<Look<'_>> {
        let facts = &self.0;
        vec![
            ("account", account::look(facts).boxed()),
            ("tables", records::tables(facts).boxed()),
            ("queues", records::queues(facts).boxed()),
            ("stores", stores::buckets(facts).boxed()),
            ("projects", stores::projects(facts).boxed()),
            ("git secrets", stores::git_secrets(facts).boxed()),
            ("edit cluster", edit::cluster(facts).boxed()),
            ("edit service", edit::service(facts).boxed()),
            ("task definition", task::look(facts).boxed()),
            ("network", network::look(facts).boxed()),
            ("roles", roles::look(facts).boxed()),
            ("permissions", roles::permissions(facts).boxed()),
            ("mail out", mail::out(facts).boxed()),
            ("mail in", mail::inward(facts).boxed()),
            ("model", model::look(facts).boxed()),
        ]
    }
}

impl std::fmt::Debug for Doctor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Doctor")
    }
}
