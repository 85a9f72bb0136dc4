//! Each trap has its row.

use aws_sdk_ecs::types::{ContainerDefinition, PortMapping};
use hermes::adapters::aws::permissions::NEEDED;
use hermes::domain::check::{Check, CheckState};

use super::account::{Patient, worker};
use hermes::adapters::aws::names::Names;

trials![
    a_missing_table_and_a_lost_index_are_told_apart,
    a_table_without_expiry_is_wrong,
    a_table_with_another_key_is_wrong,
    a_mail_queue_without_dead_letters_is_wrong,
    a_task_definition_with_ports_is_wrong,
    a_service_that_runs_or_is_scaled_is_wrong,
    a_security_group_that_lets_others_in_is_wrong,
    a_missing_permission_is_named_with_its_reason,
    a_role_that_tasks_may_not_take_is_wrong,
    an_account_in_the_sandbox_and_an_unverified_sender_are_wrong,
    a_bucket_of_another_region_is_wrong,
    a_missing_git_secret_and_a_bad_projects_file_are_wrong,
    what_may_not_be_asked_is_unknown,
    a_clock_that_is_off_is_wrong_even_when_the_call_is_refused,
];

fn only(rows: &[Check], state: CheckState) -> Vec<&Check> {
    rows.iter().filter(|row| row.state == state).collect()
}

/// The one row that is wrong, as `name: detail`.
fn wrong(rows: &[Check]) -> String {
    let wrong = only(rows, CheckState::Wrong);
    assert_eq!(wrong.len(), 1, "{rows:#?}");
    assert!(wrong[0].fix.is_some(), "{rows:#?}");
    format!("{}: {}", wrong[0].name, wrong[0].detail)
}

async fn a_missing_table_and_a_lost_index_are_told_apart() {
    let patient = Patient::empty();
    patient.provision().await;
    let (dynamodb, names) = (
        patient.clients().dynamodb,
        Names::new(&patient.case.settings),
    );
    let gone = dynamodb.delete_table().table_name(names.table_replies());
    gone.send().await.unwrap();
    let rows = patient.rows("tables").await;
    assert_eq!(
        wrong(&rows),
        "table webordinary-replies: there is none in us-west-2"
    );
    assert_eq!(only(&rows, CheckState::Ok).len(), 6);

    let patient = Patient::empty();
    let dynamodb = patient.clients().dynamodb;
    plain_table(&dynamodb, &names.table_commands(), "commandId").await;
    let rows = patient.rows("tables").await;
    let row = rows
        .iter()
        .find(|row| row.name.ends_with("-commands") && row.detail.contains("index"));
    let row = row.expect("a row about the index");
    assert_eq!(
        (row.state, row.detail.as_str()),
        (CheckState::Wrong, "lacks the index SessionIndex")
    );
}

async fn a_table_without_expiry_is_wrong() {
    let patient = Patient::empty();
    patient.provision().await;
    let names = Names::new(&patient.case.settings);
    let off = aws_sdk_dynamodb::types::TimeToLiveSpecification::builder()
        .attribute_name("ttl")
        .enabled(false)
        .build()
        .unwrap();
    let update = patient.clients().dynamodb.update_time_to_live();
    let update = update.table_name(names.table_sessions());
    update.time_to_live_specification(off).send().await.unwrap();
    let rows = patient.rows("tables").await;
    assert_eq!(
        wrong(&rows),
        "table webordinary-edit-sessions: does not delete items by their attribute ttl"
    );
}

async fn a_table_with_another_key_is_wrong() {
    let patient = Patient::empty();
    let names = Names::new(&patient.case.settings);
    plain_table(&patient.clients().dynamodb, names.table_sessions(), "id").await;
    let rows = patient.rows("tables").await;
    let keys = "has the key id S, not sessionId S + userId S";
    assert!(rows.iter().any(|row| row.detail == keys), "{rows:#?}");
    let steps = patient.provision().await;
    let step = steps
        .iter()
        .find(|step| step.name.ends_with("-edit-sessions"));
    let step = step.expect("a step for it");
    assert!(step.fix.is_some() && step.detail.contains(keys), "{step:?}");
}

async fn plain_table(dynamodb: &aws_sdk_dynamodb::Client, table: &str, key: &str) {
    use aws_sdk_dynamodb::types::{
        AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
    };
    let element = KeySchemaElement::builder()
        .attribute_name(key)
        .key_type(KeyType::Hash);
    let attribute = AttributeDefinition::builder()
        .attribute_name(key)
        .attribute_type(ScalarAttributeType::S);
    dynamodb
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(element.build().unwrap())
        .attribute_definitions(attribute.build().unwrap())
        .send()
        .await
        .unwrap();
}

async fn a_mail_queue_without_dead_letters_is_wrong() {
    let patient = Patient::empty();
    let sqs = patient.clients().sqs;
    for queue in [
        &patient.case.settings.mail_queue,
        &patient.case.settings.mail_dead_letters,
    ] {
        sqs.create_queue().queue_name(queue).send().await.unwrap();
    }
    let rows = patient.rows("queues").await;
    let row = rows
        .iter()
        .find(|row| row.name.contains("webordinary-email-queue"));
    let row = row.expect("a row");
    assert_eq!(row.state, CheckState::Wrong, "{rows:#?}");
    assert!(row.detail.contains("it has no dead letters"), "{row:?}");
}

async fn a_task_definition_with_ports_is_wrong() {
    let patient = Patient::healthy().await;
    let port = PortMapping::builder().container_port(8080).build();
    let open = ContainerDefinition::builder()
        .name("edit")
        .image("edit:1")
        .essential(true)
        .port_mappings(port)
        .set_log_configuration(worker().log_configuration)
        .build();
    let definition = patient.register(open).await;
    let update = patient.clients().ecs.update_service();
    update
        .cluster(&patient.case.settings.cluster)
        .service(&patient.case.settings.service)
        .task_definition(definition)
        .send()
        .await
        .unwrap();
    let rows = patient.rows("task definition").await;
    let wrong: Vec<String> = only(&rows, CheckState::Wrong)
        .iter()
        .map(|row| format!("{}: {}", row.name, row.detail))
        .collect();
    assert_eq!(
        wrong,
        [
            "no port mappings: edit:8080 are mapped",
            "stop timeout: not set: 30 s to save the work"
        ]
    );
}

async fn a_service_that_runs_or_is_scaled_is_wrong() {
    let patient = Patient::healthy().await;
    let update = patient.clients().ecs.update_service();
    update
        .cluster(&patient.case.settings.cluster)
        .service(&patient.case.settings.service)
        .desired_count(2)
        .send()
        .await
        .unwrap();
    let rows = patient.rows("edit service").await;
    assert_eq!(
        wrong(&rows),
        "desired count of the edit service: 2: these tasks run for nobody"
    );
    let policies = r#"{"ScalingPolicies":[{"PolicyName":"queue-depth"}]}"#;
    patient
        .overlay
        .answer("DescribeScalingPolicies", 200, policies);
    let rows = patient.rows("edit service").await;
    assert_eq!(only(&rows, CheckState::Wrong).len(), 2, "{rows:#?}");
}

async fn a_security_group_that_lets_others_in_is_wrong() {
    let patient = Patient::empty();
    patient.add_network_and_tasks().await;
    let groups = patient.ask("ec2", "DescribeSecurityGroups", &[]).await;
    let (before, _) = groups.split_once("<groupName>edit<").expect("the group");
    let (_, group) = before.rsplit_once("<groupId>").expect("its id");
    let group = group.split('<').next().unwrap().to_owned();
    let rule = [
        ("GroupId", group.as_str()),
        ("IpPermissions.1.IpProtocol", "tcp"),
        ("IpPermissions.1.FromPort", "22"),
        ("IpPermissions.1.ToPort", "22"),
        ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
    ];
    patient
        .ask("ec2", "AuthorizeSecurityGroupIngress", &rule)
        .await;
    let rows = patient.rows("network").await;
    assert_eq!(
        wrong(&rows),
        format!("security group {group}: lets others in on tcp 22")
    );
}

async fn a_missing_permission_is_named_with_its_reason() {
    let patient = Patient::healthy().await;
    let but = NEEDED.iter().map(|needed| needed.action);
    patient
        .allow(but.filter(|action| *action != "iam:PassRole"))
        .await;
    let rows = patient.rows("permissions").await;
    assert_eq!(wrong(&rows), "permission iam:PassRole: no policy allows it");
    let fix = rows.iter().find_map(|row| row.fix.as_deref()).unwrap();
    assert!(
        fix.ends_with("needed to give the edit container its roles"),
        "{fix}"
    );
}

async fn a_role_that_tasks_may_not_take_is_wrong() {
    let patient = Patient::healthy().await;
    let trust = r#"{"Version":"2012-10-17","Statement":[]}"#;
    let update = [("RoleName", "edit-task"), ("PolicyDocument", trust)];
    patient.ask("iam", "UpdateAssumeRolePolicy", &update).await;
    let rows = patient.rows("roles").await;
    assert_eq!(wrong(&rows), "role edit-task: ECS tasks may not take it");
}

async fn an_account_in_the_sandbox_and_an_unverified_sender_are_wrong() {
    let patient = Patient::empty();
    patient.add_mail().await;
    let account =
        r#"{"SendingEnabled":true,"ProductionAccessEnabled":false,"EnforcementStatus":"HEALTHY"}"#;
    patient
        .overlay
        .answer("GET /v2/email/account ", 200, account);
    let rows = patient.rows("mail out").await;
    assert!(wrong(&rows).starts_with("SES sandbox: "));
    let unverified = r#"{"IdentityType":"DOMAIN","VerifiedForSendingStatus":false}"#;
    patient
        .overlay
        .answer("GET /v2/email/identities/example.com ", 200, unverified);
    let rows = patient.rows("mail out").await;
    let wrong = only(&rows, CheckState::Wrong);
    assert_eq!(
        wrong[1].detail,
        "example.com is in SES of us-west-2, but not verified"
    );
}

async fn a_bucket_of_another_region_is_wrong() {
    let patient = Patient::empty();
    patient.provision().await;
    let mut elsewhere = Patient {
        case: patient.case.clone(),
        ..patient
    };
    "eu-west-1".clone_into(&mut elsewhere.case.settings.region);
    let rows = elsewhere.rows("stores").await;
    let wrong = only(&rows, CheckState::Wrong);
    assert!(
        wrong[0].detail == "it is in us-west-2, and Hermes in eu-west-1",
        "{rows:#?}"
    );
}

async fn a_missing_git_secret_and_a_bad_projects_file_are_wrong() {
    let patient = Patient::empty();
    patient.provision().await;
    patient.add_projects().await;
    let found = patient.rows("git secrets").await;
    assert_eq!(only(&found, CheckState::Ok).len(), 1, "{found:#?}");
    let mut case = patient.case.clone();
    let pattern = "hermes-git/other-{clientHash}";
    case.settings.git_secret = loaded_secret(pattern);
    let patient = Patient { case, ..patient };
    let row = wrong(&patient.rows("git secrets").await);
    assert!(row.contains("there is none"), "{row}");
    let bucket = &patient.case.settings.mail_store.as_ref().unwrap().bucket;
    let put = patient.clients().s3.put_object();
    let put = put.bucket(bucket).key("projects.toml");
    put.body(b"[[project]]\nid = 7\n".to_vec().into())
        .send()
        .await
        .unwrap();
    let row = wrong(&patient.rows("projects").await);
    assert!(row.contains("projects.toml"), "{row}");
}

fn loaded_secret(pattern: &str) -> Option<hermes::config::Pattern> {
    let environment = [("HERMES_GIT_SECRET", pattern)].into_iter().collect();
    let flags = hermes::config::SettingsFlags::default();
    let loaded = hermes::config::load(&flags, &environment, std::path::Path::new("/nowhere"));
    loaded.unwrap().settings.aws.git_secret
}

/// One refusal for each protocol; no other row is touched by it.
async fn what_may_not_be_asked_is_unknown() {
    let patient = Patient::healthy().await;
    let xml = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
    let json = r#"{"__type":"AccessDeniedException","message":"no"}"#;
    for (marker, body) in [
        ("Action=SimulatePrincipalPolicy", xml),
        ("Action=DescribeSubnets", xml),
        ("Action=GetRole", xml),
        ("DynamoDB_20120810.DescribeTable", json),
        ("DescribeScalingPolicies", json),
        ("GET /v2/email/account ", json),
        ("secretsmanager.DescribeSecret", json),
    ] {
        patient.overlay.answer(marker, 403, body);
    }
    let complaints = patient.complaints().await;
    assert!(
        complaints.iter().all(|told| told.starts_with("unknown ")),
        "{complaints:#?}"
    );
    let all = complaints.join("\n");
    for name in [
        "permissions on the tables",
        "subnets",
        "role edit-task",
        "table webordinary-messages",
        "no scaling policy",
        "SES account",
        "git secret",
    ] {
        assert!(all.contains(&format!("unknown {name}")), "{name}\n{all}");
    }
    // what can be seen is still told
    let network = patient.rows("network").await;
    assert_eq!(only(&network, CheckState::Ok).len(), 1, "{network:#?}");
}

async fn a_clock_that_is_off_is_wrong_even_when_the_call_is_refused() {
    let patient = Patient::empty();
    let expired = "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired</Message></Error></ErrorResponse>";
    patient
        .overlay
        .answer("Action=GetCallerIdentity", 403, expired);
    let rows = patient.rows("account").await;
    let row = |name: &str| rows.iter().find(|row| row.name == name).unwrap().state;
    assert_eq!(row("credentials"), CheckState::Wrong);
    // the server's own date is there: the clock is known
    assert_eq!(row("clock"), CheckState::Ok);
}
