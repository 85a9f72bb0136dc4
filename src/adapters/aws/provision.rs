//! Makes the tables, queues and buckets that are missing.

use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::types::{
    BucketLocationConstraint, CreateBucketConfiguration, PublicAccessBlockConfiguration,
};

use super::dynamo::schema::{Inspection, Provided, create_missing, inspect};
use super::names::Names;
use super::signed::reason;
use super::sqs::ensure_mail_queues;
use super::{Clients, fault};
use crate::config::{AwsSettings, Pattern, StoreUrl};
use crate::domain::check::Step;
use crate::ports::fault::Fault;

/// The region whose buckets are made without saying where.
const FIRST_REGION: &str = "us-east-1";

/// Makes what is missing, and tells each step. What is there stays as it is.
pub async fn provision(
    clients: &Clients,
    settings: &AwsSettings,
    tell: &mut (dyn FnMut(Step) + Send),
) {
    let names = Names::new(settings);
    tables(clients, &names, tell).await;
    for step in ensure_mail_queues(&clients.sqs, settings).await {
        tell(step);
    }
    for (store, variable, bucket) in buckets(settings) {
        tell(match bucket {
            Some(bucket) => {
                make_bucket(clients, settings, &format!("{store} {bucket}"), &bucket).await
            }
            None => Step::differs(
                store,
                format!("the bucket's name in {variable} depends on the client"),
                "make the buckets by hand, one a client",
            ),
        });
    }
}

async fn tables(clients: &Clients, names: &Names, tell: &mut (dyn FnMut(Step) + Send)) {
    let made = create_missing(&clients.dynamodb, names).await;
    let (made, trouble) = match made {
        Ok(made) => (made, None),
        Err(fault) => (Vec::new(), Some(text(&fault))),
    };
    for inspection in inspect(&clients.dynamodb, names).await {
        tell(table(inspection, &made, trouble.as_deref()));
    }
}

/// The row of one table after all was done.
fn table(Inspection { name, found }: Inspection, made: &[Provided], trouble: Option<&str>) -> Step {
    const FIX: &str = "see the reason, and run this again";
    let own = made.iter().filter(|made| table_of(made) == name);
    let made: Vec<String> = own.map(ToString::to_string).collect();
    let row = format!("table {name}");
    match found {
        Err(fault) => Step::failed(row, text(&fault), FIX),
        Ok(differences) if differences.is_empty() && made.is_empty() => Step::was_there(row),
        Ok(differences) if differences.is_empty() => Step::made(row, made.join(", ")),
        Ok(differences) => {
            let told: Vec<String> = differences.iter().map(ToString::to_string).collect();
            let told = told.join("; ");
            match (trouble, differences.first()) {
                (Some(trouble), _) => Step::failed(row, format!("{told}: {trouble}"), FIX),
                (None, Some(first)) => Step::differs(row, told, first.fix()),
                (None, None) => Step::was_there(row),
            }
        }
    }
}

fn table_of(made: &Provided) -> &str {
    match made {
        Provided::Table { table }
        | Provided::Index { table, .. }
        | Provided::Expiry { table }
        | Provided::Recovery { table } => table,
    }
}

/// The stores that are set, each with its bucket if that has one name for all clients.
fn buckets(settings: &AwsSettings) -> Vec<(&'static str, &'static str, Option<String>)> {
    let mail = settings.mail_store.as_ref().map(|store| {
        let bucket = Some(store.bucket.clone());
        ("mail store", "HERMES_MAIL_STORE", bucket)
    });
    let previews = settings
        .preview_store
        .as_ref()
        .map(|pattern| ("preview store", "HERMES_PREVIEW_STORE", one_bucket(pattern)));
    mail.into_iter().chain(previews).collect()
}

fn one_bucket(pattern: &Pattern) -> Option<String> {
    let rest = pattern.as_str().strip_prefix("s3://")?;
    let (bucket, _) = rest.split_once('/')?;
    let store = StoreUrl::parse(&format!("s3://{bucket}/")).ok()?;
    Some(store.bucket)
}

async fn make_bucket(clients: &Clients, settings: &AwsSettings, name: &str, bucket: &str) -> Step {
    const FIX: &str =
        "names of buckets are shared by all accounts: choose another, or see the reason";
    match clients.s3.head_bucket().bucket(bucket).send().await {
        Ok(_) => return Step::was_there(name),
        Err(SdkError::ServiceError(answer)) if answer.raw().status().as_u16() == 404 => {}
        Err(error) => return Step::failed(name, text(&fault("s3.head_bucket")(error)), FIX),
    }
    let mut request = clients.s3.create_bucket().bucket(bucket);
    if settings.region != FIRST_REGION {
        let place = BucketLocationConstraint::from(settings.region.as_str());
        let place = CreateBucketConfiguration::builder().location_constraint(place);
        request = request.create_bucket_configuration(place.build());
    }
    if let Err(error) = request.send().await {
        return Step::failed(name, text(&fault("s3.create_bucket")(error)), FIX);
    }
    let closed = PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .ignore_public_acls(true)
        .block_public_policy(true)
        .restrict_public_buckets(true)
        .build();
    let request = clients.s3.put_public_access_block().bucket(bucket);
    match request
        .public_access_block_configuration(closed)
        .send()
        .await
    {
        Ok(_) => Step::made(name, "closed to the public"),
        Err(error) => Step::differs(
            name,
            format!(
                "made, but not closed to the public: {}",
                text(&fault("s3.put_public_access_block")(error))
            ),
            "block public access to it (S3, Permissions)",
        ),
    }
}

fn text(fault: &Fault) -> String {
    format!("{}: {}", fault.operation, reason(fault))
}
