//! The AWS backend, as contract checks see it.

use std::sync::Arc;

use hermes::adapters::aws::Clients;
use hermes::adapters::aws::dynamo::{DynamoStore, schema};
use hermes::adapters::aws::names::Names;
use hermes::adapters::aws::s3::{S3Archive, S3Previews};
use hermes::adapters::aws::sqs::SqsQueues;
use hermes::adapters::system::SystemEntropy;
use hermes::config::{AwsSettings, Pattern, StoreUrl};

use super::emulator::Account;
use super::in_time::InTime;
use super::{ManualClock, World, emulator};

/// A bucket of an account for mails and previews.
pub(crate) struct Objects {
    pub(crate) bucket: String,
    /// Where mails are.
    pub(crate) mail: StoreUrl,
    settings: AwsSettings,
}

impl Objects {
    /// A new bucket, whose previews anybody may read.
    pub(crate) async fn new(account: &Account) -> Self {
        let bucket = account.bucket("objects").await;
        let policy = serde_json::json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
            "Resource": format!("arn:aws:s3:::{bucket}/previews/*"),
        }]});
        let put = account.clients().s3.put_bucket_policy().bucket(&bucket);
        let put = put.policy(policy.to_string()).send().await;
        put.expect("a policy");
        let store = format!("s3://{bucket}/previews/{{clientHash}}/{{projectId}}/{{sessionId}}/");
        Self {
            mail: StoreUrl::parse(&format!("s3://{bucket}/mail/")).expect("a place"),
            settings: AwsSettings {
                preview_store: Some(Pattern::of_store(&store).expect("a pattern")),
                ..account.settings.clone()
            },
            bucket,
        }
    }

    /// The previews in it.
    pub(crate) fn previews(&self, clients: &Clients, clock: &Arc<ManualClock>) -> S3Previews {
        let entropy = SystemEntropy::open().expect("randomness");
        let clock = Arc::<ManualClock>::clone(clock);
        S3Previews::new(clients, &self.settings, clock, Arc::new(entropy)).expect("a store")
    }
}

impl World {
    /// The AWS backend in an account of its own.
    pub(crate) async fn aws() -> Self {
        let account = emulator().account();
        let objects = Objects::new(&account).await;
        Self::of_account(&account, &objects).await
    }

    /// The AWS backend in an account in which there are no tables yet.
    pub(crate) async fn of_account(account: &Account, objects: &Objects) -> Self {
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
        let previews = Arc::new(objects.previews(&clients, &clock));
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
            notes: port!(),
            archive: Arc::new(S3Archive::new(&clients, &objects.mail)),
            retention: port!(),
            queues: Arc::new(queues),
            previews,
            _ground: Box::new(()),
        }
    }
}
