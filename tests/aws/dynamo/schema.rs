//! The tables are made once, mended where something is missing, and compared with their definition.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use hermes::adapters::aws::dynamo::schema::{Difference, Provided, create_missing, inspect};

use super::lab::Lab;

trials![
    tables_are_made_as_they_are_defined_and_made_once,
    the_sessions_of_the_old_service_get_what_is_missing,
    a_table_with_another_key_is_told,
];

async fn differences(lab: &Lab) -> Vec<(String, Difference)> {
    let tables = inspect(&lab.client, &lab.names).await;
    let found = tables.into_iter().flat_map(|table| {
        let found = table.found.expect("can be looked at");
        found
            .into_iter()
            .map(move |difference| (table.name.clone(), difference))
    });
    found.collect()
}

async fn tables_are_made_as_they_are_defined_and_made_once() {
    let lab = Lab::without_tables();
    let missing = differences(&lab).await;
    assert_eq!(missing.len(), 7);
    assert!(
        missing
            .iter()
            .all(|(_, found)| *found == Difference::Missing)
    );
    let made = create_missing(&lab.client, &lab.names).await.unwrap();
    let tables = made
        .iter()
        .filter(|made| matches!(made, Provided::Table { .. }));
    assert_eq!(tables.count(), 7);
    assert_eq!(differences(&lab).await, []);
    assert_eq!(create_missing(&lab.client, &lab.names).await.unwrap(), []);
}

async fn the_sessions_of_the_old_service_get_what_is_missing() {
    let lab = Lab::without_tables();
    make_old_table(&lab, "userId").await;
    let made = create_missing(&lab.client, &lab.names).await.unwrap();
    let sessions = lab.names.table_sessions();
    for index in ["LiveIndex", "ContainerIndex"] {
        let table = sessions.to_owned();
        assert!(made.contains(&Provided::Index { table, index }), "{made:?}");
    }
    let table = sessions.to_owned();
    assert!(made.contains(&Provided::Expiry { table }));
    assert_eq!(differences(&lab).await, []);
}

async fn a_table_with_another_key_is_told() {
    let lab = Lab::without_tables();
    make_old_table(&lab, "ownerId").await;
    let found = differences(&lab).await;
    let sessions = lab.names.table_sessions();
    let of_sessions: Vec<_> = found.iter().filter(|(name, _)| name == sessions).collect();
    let expected = Difference::Keys {
        expected: "sessionId S + userId S".to_owned(),
        found: "sessionId S + ownerId S".to_owned(),
    };
    assert!(
        of_sessions.iter().any(|(_, found)| *found == expected),
        "{of_sessions:?}"
    );
    let fatal: Vec<_> = of_sessions
        .iter()
        .filter(|(_, found)| found.is_fatal())
        .collect();
    assert_eq!(fatal.len(), 3, "the key and two indexes: {fatal:?}");
}

/// The sessions table as the old service had it: one index, no expiry.
async fn make_old_table(lab: &Lab, range: &str) {
    let attribute = |name: &str, kind| {
        let attribute = AttributeDefinition::builder().attribute_name(name);
        attribute.attribute_type(kind).build().unwrap()
    };
    let key = |name: &str, role| {
        let key = KeySchemaElement::builder().attribute_name(name);
        key.key_type(role).build().unwrap()
    };
    let index = GlobalSecondaryIndex::builder()
        .index_name("ClientIndex")
        .key_schema(key("clientId", KeyType::Hash))
        .key_schema(key("lastActivity", KeyType::Range))
        .projection(
            Projection::builder()
                .projection_type(ProjectionType::All)
                .build(),
        )
        .build()
        .unwrap();
    let request = lab
        .client
        .create_table()
        .table_name(lab.names.table_sessions())
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("sessionId", ScalarAttributeType::S))
        .attribute_definitions(attribute(range, ScalarAttributeType::S))
        .attribute_definitions(attribute("clientId", ScalarAttributeType::S))
        .attribute_definitions(attribute("lastActivity", ScalarAttributeType::N))
        .key_schema(key("sessionId", KeyType::Hash))
        .key_schema(key(range, KeyType::Range))
        .global_secondary_indexes(index);
    request.send().await.expect("makes the table");
}
