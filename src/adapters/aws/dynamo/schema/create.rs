//! Makes what is missing: tables, indexes, expiry, recovery.

use std::fmt;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::operation::describe_table::DescribeTableError;
use aws_sdk_dynamodb::operation::update_continuous_backups::UpdateContinuousBackupsError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, CreateGlobalSecondaryIndexAction, GlobalSecondaryIndex,
    GlobalSecondaryIndexUpdate, IndexStatus, KeySchemaElement, KeyType as Role,
    PointInTimeRecoverySpecification, Projection, ProjectionType, ProvisionedThroughput,
    ProvisionedThroughputDescription, ScalarAttributeType, TableDescription, TableStatus, Tag,
    TimeToLiveSpecification, TimeToLiveStatus,
};
use futures_util::future::try_join_all;

use super::definition::{IndexSchema, Key, KeyType, Projected, SCHEMA, TableSchema};
use crate::adapters::aws::fault::fault;
use crate::adapters::aws::names::{Names, OWNER_TAG};
use crate::ports::fault::{Fault, FaultKind};

/// Between two looks at a table that is being made. Small tables take seconds.
const PAUSE: Duration = Duration::from_millis(500);

/// Looks before giving up: 20 minutes, for an index over a large table.
const LOOKS: u32 = 2400;

/// Something that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are names")]
pub enum Provided {
    /// A table with its indexes.
    Table { table: String },
    /// An index of a table that was there.
    Index { table: String, index: &'static str },
    /// Deletion of what is over.
    Expiry { table: String },
    /// Recovery to a point in time.
    Recovery { table: String },
}

impl fmt::Display for Provided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table { table } => write!(f, "made the table {table}"),
            Self::Index { table, index } => write!(f, "added the index {index} to {table}"),
            Self::Expiry { table } => write!(f, "switched on the expiry of {table}"),
            Self::Recovery { table } => write!(f, "switched on the recovery of {table}"),
        }
    }
}

/// Makes what is missing of the tables and waits until all can be used. What is there stays as it is; a second call makes
/// nothing. Answers what was made.
pub async fn create_missing(client: &Client, names: &Names) -> Result<Vec<Provided>, Fault> {
    let tables = SCHEMA.iter().map(|schema| async move {
        let name = schema.name(names);
        let maker = Maker {
            client,
            schema,
            name: &name,
        };
        maker.make().await
    });
    Ok(try_join_all(tables).await?.into_iter().flatten().collect())
}

struct Maker<'a> {
    client: &'a Client,
    schema: &'a TableSchema,
    name: &'a str,
}

impl Maker<'_> {
    async fn make(&self) -> Result<Vec<Provided>, Fault> {
        let mut made = Vec::new();
        if describe(self.client, self.name).await?.is_none() {
            self.create_table().await?;
            made.push(Provided::Table {
                table: self.name.to_owned(),
            });
        }
        let description = self.usable().await?;
        made.extend(self.add_indexes(&description).await?);
        made.extend(self.switch_expiry_on().await?);
        made.extend(self.switch_recovery_on().await?);
        Ok(made)
    }

    async fn create_table(&self) -> Result<(), Fault> {
        const OPERATION: &str = "dynamodb.create_table";
        let request = self.create_request().map_err(unbuilt(OPERATION))?;
        match request.send().await {
            Ok(_) => Ok(()),
            // somebody else makes it at this moment
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(CreateTableError::is_resource_in_use_exception) =>
            {
                Ok(())
            }
            Err(error) => Err(fault(OPERATION)(error)),
        }
    }

    fn create_request(&self) -> Result<CreateTableFluentBuilder, BuildError> {
        let (key, value) = OWNER_TAG;
        let mut request = self
            .client
            .create_table()
            .table_name(self.name)
            .billing_mode(BillingMode::PayPerRequest)
            .set_key_schema(Some(key_schema(self.schema.hash, self.schema.range)?))
            .tags(Tag::builder().key(key).value(value).build()?);
        for key in self.schema.keys() {
            request = request.attribute_definitions(attribute(key)?);
        }
        for index in self.schema.indexes {
            let index = GlobalSecondaryIndex::builder()
                .index_name(index.name)
                .set_key_schema(Some(key_schema(index.hash, index.range)?))
                .projection(projection(index.projected))
                .build()?;
            request = request.global_secondary_indexes(index);
        }
        Ok(request)
    }

    /// One after the other: DynamoDB adds one index at a time.
    async fn add_indexes(&self, description: &TableDescription) -> Result<Vec<Provided>, Fault> {
        let mut made = Vec::new();
        for index in self.schema.indexes {
            let there = description.global_secondary_indexes().iter();
            if there
                .filter_map(|i| i.index_name())
                .any(|name| name == index.name)
            {
                continue;
            }
            self.add_index(index, description).await?;
            self.usable().await?;
            made.push(Provided::Index {
                table: self.name.to_owned(),
                index: index.name,
            });
        }
        Ok(made)
    }

    async fn add_index(
        &self,
        index: &IndexSchema,
        description: &TableDescription,
    ) -> Result<(), Fault> {
        const OPERATION: &str = "dynamodb.update_table";
        let request = || {
            let action = CreateGlobalSecondaryIndexAction::builder()
                .index_name(index.name)
                .set_key_schema(Some(key_schema(index.hash, index.range)?))
                .projection(projection(index.projected))
                .set_provisioned_throughput(throughput(description)?)
                .build()?;
            let mut request = self
                .client
                .update_table()
                .table_name(self.name)
                .global_secondary_index_updates(
                    GlobalSecondaryIndexUpdate::builder().create(action).build(),
                );
            for key in [Some(index.hash), index.range].into_iter().flatten() {
                request = request.attribute_definitions(attribute(key)?);
            }
            Ok(request)
        };
        let request = request().map_err(unbuilt(OPERATION))?;
        request.send().await.map(drop).map_err(fault(OPERATION))
    }

    /// Waits until the table and its indexes can be used.
    async fn usable(&self) -> Result<TableDescription, Fault> {
        const OPERATION: &str = "dynamodb.describe_table";
        for _ in 0..LOOKS {
            if let Some(description) = describe(self.client, self.name).await?
                && is_usable(&description)
            {
                return Ok(description);
            }
            tokio::time::sleep(PAUSE).await;
        }
        let why = format!("the table {} did not become active", self.name);
        Err(Fault::new(OPERATION, FaultKind::Transient, why))
    }

    async fn switch_expiry_on(&self) -> Result<Option<Provided>, Fault> {
        const OPERATION: &str = "dynamodb.update_time_to_live";
        let Some(attribute) = self.schema.ttl else {
            return Ok(None);
        };
        let answer = self
            .client
            .describe_time_to_live()
            .table_name(self.name)
            .send()
            .await;
        let answer = answer.map_err(fault("dynamodb.describe_time_to_live"))?;
        let status = answer
            .time_to_live_description()
            .and_then(|ttl| ttl.time_to_live_status());
        if matches!(
            status,
            Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
        ) {
            return Ok(None);
        }
        let expiry = TimeToLiveSpecification::builder()
            .attribute_name(attribute)
            .enabled(true)
            .build()
            .map_err(unbuilt(OPERATION))?;
        let request = self.client.update_time_to_live().table_name(self.name);
        let answer = request.time_to_live_specification(expiry).send().await;
        answer.map_err(fault(OPERATION))?;
        Ok(Some(Provided::Expiry {
            table: self.name.to_owned(),
        }))
    }

    async fn switch_recovery_on(&self) -> Result<Option<Provided>, Fault> {
        const OPERATION: &str = "dynamodb.update_continuous_backups";
        if recovery(self.client, self.name).await? {
            return Ok(None);
        }
        let on = PointInTimeRecoverySpecification::builder()
            .point_in_time_recovery_enabled(true)
            .build()
            .map_err(unbuilt(OPERATION))?;
        for _ in 0..LOOKS {
            let request = self
                .client
                .update_continuous_backups()
                .table_name(self.name);
            let request = request.point_in_time_recovery_specification(on.clone());
            match request.send().await {
                // for a while after a table was made
                Err(error)
                    if error.as_service_error().is_some_and(
                        UpdateContinuousBackupsError::is_continuous_backups_unavailable_exception,
                    ) =>
                {
                    tokio::time::sleep(PAUSE).await;
                }
                answer => {
                    answer.map_err(fault(OPERATION))?;
                    break;
                }
            }
        }
        Ok(Some(Provided::Recovery {
            table: self.name.to_owned(),
        }))
    }
}

/// A table as it is; `None` when there is none of this name.
pub(super) async fn describe(
    client: &Client,
    name: &str,
) -> Result<Option<TableDescription>, Fault> {
    match client.describe_table().table_name(name).send().await {
        Ok(answer) => Ok(answer.table),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(DescribeTableError::is_resource_not_found_exception) =>
        {
            Ok(None)
        }
        Err(error) => Err(fault("dynamodb.describe_table")(error)),
    }
}

/// Whether a table can be recovered to a point in time.
pub(super) async fn recovery(client: &Client, name: &str) -> Result<bool, Fault> {
    let answer = client
        .describe_continuous_backups()
        .table_name(name)
        .send()
        .await;
    let answer = answer.map_err(fault("dynamodb.describe_continuous_backups"))?;
    let status = answer
        .continuous_backups_description()
        .and_then(|backups| backups.point_in_time_recovery_description())
        .and_then(|recovery| recovery.point_in_time_recovery_status());
    Ok(status.is_some_and(|status| status.as_str() == "ENABLED"))
}

fn is_usable(table: &TableDescription) -> bool {
    let indexes = table.global_secondary_indexes().iter();
    // a description that leaves an index's status out has nothing against it
    let ready = |status: Option<&IndexStatus>| status.is_none_or(|s| *s == IndexStatus::Active);
    matches!(table.table_status(), Some(TableStatus::Active))
        && indexes.map(|index| index.index_status()).all(ready)
}

/// A table with provisioned capacity wants some for each index: the same as it has itself.
fn throughput(table: &TableDescription) -> Result<Option<ProvisionedThroughput>, BuildError> {
    let own = table.provisioned_throughput();
    let read = own
        .and_then(ProvisionedThroughputDescription::read_capacity_units)
        .unwrap_or(0);
    let write = own
        .and_then(ProvisionedThroughputDescription::write_capacity_units)
        .unwrap_or(0);
    if read == 0 || write == 0 {
        return Ok(None);
    }
    ProvisionedThroughput::builder()
        .read_capacity_units(read)
        .write_capacity_units(write)
        .build()
        .map(Some)
}

fn unbuilt(operation: &'static str) -> impl Fn(BuildError) -> Fault {
    move |error| Fault::new(operation, FaultKind::Broken, error)
}

fn key_schema(hash: Key, range: Option<Key>) -> Result<Vec<KeySchemaElement>, BuildError> {
    let element = |key: Key, role| {
        KeySchemaElement::builder()
            .attribute_name(key.name)
            .key_type(role)
            .build()
    };
    let range = range.map(|key| element(key, Role::Range));
    [Some(element(hash, Role::Hash)), range]
        .into_iter()
        .flatten()
        .collect()
}

fn attribute(key: Key) -> Result<AttributeDefinition, BuildError> {
    AttributeDefinition::builder()
        .attribute_name(key.name)
        .attribute_type(scalar(key.kind))
        .build()
}

pub(super) fn scalar(kind: KeyType) -> ScalarAttributeType {
    match kind {
        KeyType::Text => ScalarAttributeType::S,
        KeyType::Number => ScalarAttributeType::N,
    }
}

fn projection(projected: Projected) -> Projection {
    let projection = Projection::builder();
    match projected {
        Projected::Keys => projection.projection_type(ProjectionType::KeysOnly),
        Projected::All => projection.projection_type(ProjectionType::All),
        Projected::Some(attributes) => {
            let attributes = attributes.iter().map(|name| (*name).to_owned());
            projection
                .projection_type(ProjectionType::Include)
                .set_non_key_attributes(Some(attributes.collect()))
        }
    }
    .build()
}
