//! The AWS backend, as contract checks see it.

use std::sync::Arc;

use hermes::adapters::aws::dynamo::{DynamoStore, schema};
use hermes::adapters::aws::names::Names;

use super::{ManualClock, TimedQueues, World, emulator};

impl World {
    /// The AWS backend in an account of its own.
    pub(crate) async fn aws() -> Self {
        let account = emulator().account();
        let clients = account.clients();
        let names = Names::new(&account.settings);
        schema::create_missing(&clients.dynamodb, &names)
            .await
            .expect("tables");
        let clock = Arc::new(ManualClock::default());
        let store = Arc::new(DynamoStore::new(
            clients.dynamodb.clone(),
            &names,
            Arc::<ManualClock>::clone(&clock),
        ));
        let queues = Arc::new(TimedQueues::new(account, &clock));
        macro_rules! port {
            () => {
                Arc::<DynamoStore>::clone(&store)
            };
        }
        let embedded = Self::embedded();
        Self {
            clock,
            ledger: port!(),
            sessions: port!(),
            threads: port!(),
            containers: port!(),
            commands: port!(),
            replies: port!(),
            journal: port!(),
            events: port!(),
            claims: port!(),
            archive: Arc::clone(&embedded.archive),
            retention: port!(),
            queues,
            _ground: Box::new(embedded),
        }
    }
}
