//! The stacks, created in an account of the emulator, and what Hermes finds there.

use std::collections::BTreeMap;

use aws_sdk_sqs::types::QueueAttributeName;
use hermes::adapters::aws::dynamo::schema::{self, SCHEMA};
use hermes::adapters::aws::names::Names;
use serde_json::{Value, json};

use super::stack::Stacks;
use super::template::Template;
use crate::support::emulator;
use crate::support::emulator::Account;
use crate::trial::Ignored;

trials![
    the_tables_of_the_template_are_those_of_the_schema,
    the_stacks_are_created_and_hermes_finds_what_it_needs,
    tables_that_are_there_are_left_alone,
];

async fn the_tables_of_the_template_are_those_of_the_schema() -> Result<(), Ignored> {
    let records = Template::read("records")?;
    let tables = records.of_type("AWS::DynamoDB::Table");
    assert_eq!(tables.len(), SCHEMA.len());
    for (name, table) in tables {
        assert_eq!(
            table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true,
            "{name}"
        );
        assert_eq!(table["BillingMode"], "PAY_PER_REQUEST", "{name}");
        let key = table["KeySchema"][0]["AttributeName"].as_str();
        let range = table["KeySchema"][1]["AttributeName"].as_str();
        let schema = SCHEMA
            .iter()
            .find(|schema| {
                Some(schema.hash.name) == key && schema.range.map(|key| key.name) == range
            })
            .unwrap_or_else(|| panic!("{name} is no table of Hermes"));
        assert_eq!(
            table["TimeToLiveSpecification"]["AttributeName"].as_str(),
            schema.ttl,
            "{name}"
        );
        let indexes = table["GlobalSecondaryIndexes"]
            .as_array()
            .map_or(0, Vec::len);
        assert_eq!(indexes, schema.indexes.len(), "{name}");
        let resource = &records.resources()[name];
        assert_eq!(
            (
                &resource["DeletionPolicy"],
                &resource["UpdateReplacePolicy"]
            ),
            (&json!("Retain"), &json!("Retain")),
            "{name}"
        );
    }
    Ok(())
}

/// What the emulator does not know: scaling, SES' receipt rules, rules of security groups by themselves, and alarms that
/// calculate. Without their scaling policies the alarms that trigger them have no meaning either.
fn unknown_to_the_emulator(name: &str, resource: &Value) -> bool {
    let kind = resource["Type"].as_str().unwrap();
    kind.starts_with("AWS::ApplicationAutoScaling::")
        || kind.starts_with("AWS::SES::ReceiptRule")
        || kind == "AWS::EC2::SecurityGroupIngress"
        || kind == "AWS::IAM::OIDCProvider"
        || resource["Properties"].get("Metrics").is_some()
        || name == "MailWaits" && resource["Properties"]["AlarmActions"] == json!([{"Ref": "Wake"}])
}

fn known_to_the_emulator(name: &str) -> Result<Template, Ignored> {
    let mut template = Template::read(name)?;
    template.without(unknown_to_the_emulator);
    Ok(template)
}

const SUBNETS: &str = "subnet-00000001,subnet-00000002";

/// What the stacks made.
pub(super) struct Made {
    pub(super) mails: String,
    pub(super) previews: String,
    pub(super) topic: String,
}

type Outputs = BTreeMap<String, String>;

const CERTIFICATE: &str =
    "arn:aws:acm:us-west-2:123456789012:certificate/12345678-1234-1234-1234-123456789012";
const KEYS: &str = "arn:aws:secretsmanager:us-west-2:123456789012:secret:hermes/api-keys-a1b2c3";
const PROVIDER: &str = "arn:aws:iam::123456789012:oidc-provider/x";

/// Creates every stack in the order of the guide.
pub(super) async fn create_all(account: &Account) -> Result<Made, Ignored> {
    let stacks = Stacks::of(account);
    let create = async |name: &str, given: &[(&str, &str)]| -> Result<Outputs, Ignored> {
        let template = known_to_the_emulator(name)?;
        Ok(stacks.create(name, &template, given).await)
    };
    let repository = [
        ("GitHubRepository", "acme/hermes"),
        ("GitHubProviderArn", PROVIDER),
    ];
    create("registry", &repository).await?;
    let records = create("records", &[]).await?;
    let network = [
        ("CertificateArn", CERTIFICATE),
        ("VpcId", "vpc-00000001"),
        ("PublicSubnets", SUBNETS),
    ];
    let balancer = create("load-balancer", &network).await?;
    let hermes = create("hermes", &for_hermes(&records, &balancer)).await?;
    let group = hermes["TargetGroupFullName"].trim_start_matches("targetgroup/");
    let watched = [
        ("LoadBalancerFullName", balancer["FullName"].as_str()),
        ("TargetGroupFullName", &format!("targetgroup/{group}")),
        ("Email", "ops@example.com"),
    ];
    create("monitoring", &watched).await?;
    let acme = [
        ("ClientId", "acme"),
        ("ClientHash", "611983f3"),
        ("PreviewBucket", &hermes["PreviewBucket"]),
        ("MailBucket", &records["MailBucket"]),
    ];
    let own = create("client", &acme).await?;
    let role = "role/hermes-edit/webordinary-edit-611983f3";
    assert_eq!(
        own["EditRoleArn"],
        format!("arn:aws:iam::{}:{role}", account.id())
    );
    Ok(Made {
        mails: records["MailBucket"].clone(),
        previews: hermes["PreviewBucket"].clone(),
        topic: hermes["MailTopicArn"].clone(),
    })
}

/// The parameters of `hermes.yaml`.
fn for_hermes<'a>(records: &'a Outputs, balancer: &'a Outputs) -> Vec<(&'a str, &'a str)> {
    vec![
        ("ImageTag", "v1"),
        ("VpcId", "vpc-00000001"),
        ("Subnets", SUBNETS),
        ("ListenerArn", &balancer["ListenerArn"]),
        ("LoadBalancerSecurityGroup", &balancer["SecurityGroupId"]),
        ("PublicUrl", "https://www.example.com"),
        ("MailBucket", &records["MailBucket"]),
        ("MailDomain", "edit.example.com"),
        ("MailAddress", "edit@edit.example.com"),
        // the emulator's has no records for DNS
        ("CreateIdentity", "false"),
        ("ApiKeysSecretArn", KEYS),
        ("MinTasks", "0"),
    ]
}

async fn the_stacks_are_created_and_hermes_finds_what_it_needs() -> Result<(), Ignored> {
    let account = emulator().account();
    let made = create_all(&account).await?;
    let clients = account.clients();
    let names = Names::new(&account.settings);
    for table in schema::inspect(&clients.dynamodb, &names).await {
        let found = table.found.unwrap();
        // the emulator shows no expiry and no recovery that came with a stack; the template is held to them above
        let wrong: Vec<_> = found
            .iter()
            .filter(|difference| difference.is_fatal())
            .collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", table.name);
    }
    clients
        .s3
        .head_bucket()
        .bucket(made.previews)
        .send()
        .await
        .unwrap();
    the_mail_queue_is_right(&account, &names).await;
    the_edit_service_is_right(&account).await;
    Ok(())
}

async fn the_mail_queue_is_right(account: &Account, names: &Names) {
    let sqs = account.clients().sqs;
    let attributes = async |name: &str| {
        let url = sqs.get_queue_url().queue_name(name).send().await.unwrap();
        let request = sqs
            .get_queue_attributes()
            .queue_url(url.queue_url().unwrap());
        let told = request
            .attribute_names(QueueAttributeName::All)
            .send()
            .await
            .unwrap();
        told.attributes().unwrap().clone()
    };
    let mail = attributes(names.mail_queue()).await;
    let dead = attributes(names.mail_dead_letters()).await;
    assert_eq!(mail[&QueueAttributeName::VisibilityTimeout], "120", "C22");
    assert_eq!(mail[&QueueAttributeName::MessageRetentionPeriod], "345600");
    assert_eq!(
        dead[&QueueAttributeName::MessageRetentionPeriod],
        "1209600",
        "C24"
    );
    let redrive: Value = serde_json::from_str(&mail[&QueueAttributeName::RedrivePolicy]).unwrap();
    assert_eq!(
        redrive["deadLetterTargetArn"],
        dead[&QueueAttributeName::QueueArn].as_str()
    );
    assert_eq!(
        redrive["maxReceiveCount"].to_string().trim_matches('"'),
        "10",
        "C22"
    );
}

async fn the_edit_service_is_right(account: &Account) {
    let ecs = account.clients().ecs;
    let request = ecs.describe_services().cluster(&account.settings.cluster);
    let told = request
        .services(&account.settings.service)
        .send()
        .await
        .unwrap();
    let service = told.services().first().unwrap();
    assert_eq!(service.desired_count(), 0);
    let network = service
        .network_configuration()
        .and_then(|network| network.awsvpc_configuration())
        .unwrap();
    assert_eq!(network.subnets().join(","), SUBNETS);
    assert_eq!(network.security_groups().len(), 1);
    let request = ecs
        .describe_task_definition()
        .task_definition(service.task_definition().unwrap());
    let told = request.send().await.unwrap();
    let task = told.task_definition().unwrap();
    assert_eq!(task.family(), Some("webordinary-edit"));
    let containers = task.container_definitions();
    assert_eq!(containers.len(), 1);
    assert!(containers[0].port_mappings().is_empty());
    assert_eq!(containers[0].stop_timeout(), Some(120), "C9");
}

async fn tables_that_are_there_are_left_alone() -> Result<(), Ignored> {
    let account = emulator().account();
    let records = known_to_the_emulator("records")?;
    let given = [
        ("CreateSessionTable", "false"),
        ("CreateThreadTable", "false"),
        ("NamePrefix", "other-"),
    ];
    Stacks::of(&account)
        .create("hermes-records", &records, &given)
        .await;
    let told = account
        .clients()
        .dynamodb
        .list_tables()
        .send()
        .await
        .unwrap();
    let names = told.table_names();
    assert_eq!(names.len(), SCHEMA.len() - 2, "{names:?}");
    assert!(
        names.iter().all(|name| name.starts_with("other-")),
        "{names:?}"
    );
    Ok(())
}
