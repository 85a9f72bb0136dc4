//! What the roles of the templates may do.

use std::collections::BTreeSet;
use std::fs;

use hermes::adapters::aws::permissions::{DOCTOR, NEEDED};
use serde_json::Value;

use super::template::{TEMPLATES, Template, mentions, path, texts};
use crate::trial::Ignored;

trials![
    no_statement_allows_every_action_of_a_service,
    only_what_knows_no_resource_is_allowed_on_all_of_them,
    hermes_passes_the_two_roles_of_edit_containers_to_tasks_only,
    hermes_starts_and_stops_in_the_edit_cluster_only,
    hermes_may_do_what_it_needs_and_no_more,
    the_guide_says_what_each_action_is_for,
    a_client_reaches_its_own_things_only,
    a_client_reads_the_files_of_its_own_mails_and_no_mail,
    the_role_for_nobody_may_do_nothing,
];

/// Every statement that allows something, with where it stands.
fn allowed() -> Result<Vec<(String, Value)>, Ignored> {
    let mut found = Vec::new();
    for name in TEMPLATES {
        let template = Template::read(name)?;
        for (role, _) in template.of_type("AWS::IAM::Role") {
            for statement in template.statements(role) {
                assert_eq!(statement["Effect"], "Allow", "{name}: {role}");
                found.push((format!("{name}: {role}"), statement));
            }
        }
    }
    assert!(found.len() > 30, "{}", found.len());
    Ok(found)
}

async fn no_statement_allows_every_action_of_a_service() -> Result<(), Ignored> {
    for (place, statement) in allowed()? {
        for action in texts(&statement["Action"]) {
            assert!(!action.contains('*'), "{place}: {action}");
        }
        assert!(statement.get("NotAction").is_none() && statement.get("NotResource").is_none());
    }
    Ok(())
}

async fn only_what_knows_no_resource_is_allowed_on_all_of_them() -> Result<(), Ignored> {
    // each of these is refused by IAM on anything but `*`, or only reads descriptions
    let reads = |action: &str| {
        let (_, verb) = action.split_once(':').unwrap();
        verb.starts_with("Describe") || verb.starts_with("Get")
    };
    for (place, statement) in allowed()? {
        if !texts(&statement["Resource"]).contains(&"*".to_owned()) {
            continue;
        }
        for action in texts(&statement["Action"]) {
            let bound = match action.as_str() {
                "cloudwatch:PutMetricData" => {
                    statement["Condition"]["StringEquals"]["cloudwatch:namespace"].is_string()
                }
                "ecs:ListTasks" => statement["Condition"]["ArnEquals"]["ecs:cluster"].is_object(),
                "ecs:DeregisterTaskDefinition" => true,
                action => reads(action),
            };
            assert!(bound, "{place}: {action} on everything");
        }
    }
    Ok(())
}

async fn hermes_passes_the_two_roles_of_edit_containers_to_tasks_only() -> Result<(), Ignored> {
    for (place, statement) in allowed()? {
        if !texts(&statement["Action"]).contains(&"iam:PassRole".to_owned()) {
            continue;
        }
        assert_eq!(texts(&statement["Action"]).len(), 1, "{place}");
        assert_eq!(
            statement["Condition"]["StringEquals"]["iam:PassedToService"],
            "ecs-tasks.amazonaws.com",
            "{place}"
        );
        let roles = texts(&statement["Resource"]);
        assert!(roles.iter().all(|role| role != "*"), "{place}: {roles:?}");
        if place == "hermes: ServiceRole" {
            assert_eq!(roles.len(), 2, "{roles:?}");
            assert!(roles[0].contains("EditExecutionRole"), "{roles:?}");
            assert!(
                roles[1].contains("role/hermes-edit/${NamePrefix}edit-*"),
                "{roles:?}"
            );
        }
    }
    Ok(())
}

async fn hermes_starts_and_stops_in_the_edit_cluster_only() -> Result<(), Ignored> {
    let hermes = Template::read("hermes")?;
    let of = |action: &str| {
        let mut all = hermes.statements("ServiceRole").into_iter();
        all.find(|statement| texts(&statement["Action"]).contains(&action.to_owned()))
            .unwrap()
    };
    let run = of("ecs:RunTask");
    assert!(texts(&run["Resource"])[0].contains("task-definition/${NamePrefix}edit:*"));
    assert!(mentions(
        &run["Condition"]["ArnEquals"]["ecs:cluster"],
        "EditCluster"
    ));
    for (action, part) in [
        ("ecs:StopTask", "task/${EditClusterName}/*"),
        ("ecs:TagResource", "task/${EditClusterName}/*"),
        (
            "ecs:UpdateService",
            "service/${EditClusterName}/${EditServiceName}",
        ),
    ] {
        let resources = texts(&of(action)["Resource"]);
        assert_eq!(resources.len(), 1, "{action}");
        assert!(resources[0].contains(part), "{action}: {resources:?}");
    }
    Ok(())
}

/// For the launch through the service that is to come.
const FORESEEN: [&str; 1] = ["ecs:UpdateService"];

async fn hermes_may_do_what_it_needs_and_no_more() -> Result<(), Ignored> {
    let hermes = Template::read("hermes")?;
    let given: BTreeSet<String> = hermes
        .statements("ServiceRole")
        .iter()
        .flat_map(|statement| texts(&statement["Action"]))
        .collect();
    let needed = NEEDED.iter().map(|permission| permission.action);
    let wanted: BTreeSet<String> = needed
        .chain(DOCTOR.iter().copied())
        .chain(FORESEEN)
        .map(ToOwned::to_owned)
        .collect();
    let missing: Vec<_> = wanted.difference(&given).collect();
    let idle: Vec<_> = given.difference(&wanted).collect();
    assert!(missing.is_empty(), "the role lacks {missing:?}");
    assert!(idle.is_empty(), "the role need not have {idle:?}");
    Ok(())
}

async fn the_guide_says_what_each_action_is_for() {
    let guide = path("hermes").with_file_name("README.md");
    let guide = fs::read_to_string(guide).unwrap();
    for permission in NEEDED {
        let (_, name) = permission.action.split_once(':').unwrap();
        assert!(
            guide.contains(&format!("`{}`", permission.action))
                || guide.contains(&format!("`{name}`")),
            "{}",
            permission.action
        );
    }
}

async fn a_client_reaches_its_own_things_only() -> Result<(), Ignored> {
    let client = Template::read("client")?;
    let own = ["ClientHash", "GitCredential", "ModelArns", "FileSystemArn"];
    let statements = client.statements("EditRole");
    assert!(statements.len() >= 7, "{statements:?}");
    for statement in statements {
        let resource = &statement["Resource"];
        let by_prefix = texts(&statement["Action"]) == ["s3:ListBucket"]
            && mentions(
                &statement["Condition"]["StringLike"]["s3:prefix"],
                "ClientHash",
            );
        assert!(
            by_prefix || own.iter().any(|name| mentions(resource, name)),
            "{statement}"
        );
        for action in texts(&statement["Action"]) {
            assert!(
                !action.starts_with("ecs:")
                    && !action.starts_with("iam:")
                    && !action.starts_with("dynamodb:"),
                "{action}"
            );
        }
    }
    Ok(())
}

async fn a_client_reads_the_files_of_its_own_mails_and_no_mail() -> Result<(), Ignored> {
    let client = Template::read("client")?;
    let statements = client.statements("EditRole").into_iter();
    let of_mails = statements.filter(|statement| mentions(&statement["Resource"], "MailBucket"));
    let of_mails: Vec<_> = of_mails.collect();
    assert_eq!(of_mails.len(), 1);
    assert_eq!(texts(&of_mails[0]["Action"]), ["s3:GetObject"]);
    let resources = texts(&of_mails[0]["Resource"]);
    assert_eq!(resources.len(), 1);
    assert!(
        resources[0].contains(":::${MailBucket}/mail/files/${ClientHash}/*"),
        "{resources:?}"
    );
    Ok(())
}

async fn the_role_for_nobody_may_do_nothing() -> Result<(), Ignored> {
    let hermes = Template::read("hermes")?;
    assert_eq!(hermes.statements("EditRole"), Vec::<Value>::new());
    assert!(mentions(
        &hermes.properties("EditTask")["TaskRoleArn"],
        "EditRole"
    ));
    Ok(())
}
