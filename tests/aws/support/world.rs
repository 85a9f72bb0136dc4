//! The AWS backend, as contract checks see it.

use std::sync::Arc;

use hermes::adapters::aws::dynamo::{DynamoStore, schema};
use hermes::adapters::aws::names::Names;
use hermes::adapters::aws::s3::S3Archive;
use hermes::adapters::aws::sqs::SqsQueues;
use hermes::config::StoreUrl;

use super::in_time::InTime;
use super::{ManualClock, World, emulator};

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
        let queues = InTime::new(
            SqsQueues::new(&clients, names.clone()),
            Arc::<ManualClock>::clone(&clock),
        );
        let store = Arc::new(DynamoStore::new(
            clients.dynamodb.clone(),
            &names,
            Arc::<ManualClock>::clone(&clock),
        ));
        macro_rules! port {
            () => {
                Arc::<DynamoStore>::clone(&store)
            };
        }
        let bucket = account.bucket("mail").await;
        let mails = StoreUrl {
            bucket,
            prefix: "in/".to_owned(),
        };
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
            archive: Arc::new(S3Archive::new(&clients, &mails)),
            retention: port!(),
            queues: Arc::new(queues),
            _ground: Box::new(()),
        }
    }
}
