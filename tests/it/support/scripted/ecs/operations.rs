//! The other calls.

use serde_json::{Value, json};

use super::cluster::{
    CLUSTER, CLUSTER_ARN, Cluster, FAMILY, SECURITY_GROUP, SERVICE, SUBNETS, TASK_DEFINITION_ARN,
};
use super::run_task::{WORKER, list, text};
use super::task::{Status, Task};

/// What a call answers.
pub(super) type Outcome = Result<Value, Refusal>;

/// An error as ECS answers it.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: String,
    pub(super) message: String,
    /// Further fields of its document.
    pub(super) extra: Value,
}

impl Refusal {
    pub(super) fn new(code: &str, message: &str) -> Self {
        Self {
            status: 400,
            code: code.to_owned(),
            message: message.to_owned(),
            extra: json!({}),
        }
    }
}

pub(super) fn refuse<T>(code: &str, message: &str) -> Result<T, Refusal> {
    Err(Refusal::new(code, message))
}

pub(super) fn check_cluster(request: &Value) -> Result<(), Refusal> {
    if [CLUSTER, CLUSTER_ARN].contains(&text(&request["cluster"])) {
        Ok(())
    } else {
        refuse("ClusterNotFoundException", "Cluster not found.")
    }
}

pub(super) fn describe_services(cluster: &Cluster, request: &Value) -> Outcome {
    check_cluster(request)?;
    let wanted = list(&request["services"]);
    if wanted.is_empty() || wanted.len() > 10 {
        return refuse("InvalidParameterException", "Services cannot be empty.");
    }
    if cluster.has_no_service || wanted[0] != SERVICE {
        let arn = format!(
            "arn:aws:ecs:us-west-2:123456789012:service/{CLUSTER}/{}",
            text(&wanted[0])
        );
        return Ok(json!({ "services": [], "failures": [{ "arn": arn, "reason": "MISSING" }] }));
    }
    let mut service = json!({
        "serviceName": SERVICE,
        "status": "ACTIVE",
        "desiredCount": 0,
        "taskDefinition": TASK_DEFINITION_ARN,
        "platformVersion": "1.4.0",
        "networkConfiguration": { "awsvpcConfiguration": {
            "subnets": SUBNETS,
            "securityGroups": [SECURITY_GROUP],
            "assignPublicIp": "ENABLED",
        }},
    });
    if cluster.providers.is_empty() {
        service["launchType"] = json!("FARGATE");
    } else {
        let strategy = cluster.providers.iter();
        let item = |name| json!({ "capacityProvider": name, "weight": 1, "base": 0 });
        service["capacityProviderStrategy"] = strategy.map(item).collect();
    }
    Ok(json!({ "services": [service], "failures": [] }))
}

pub(super) fn describe_task_definition(cluster: &Cluster, request: &Value) -> Outcome {
    let names = [FAMILY, "webordinary-edit:7", TASK_DEFINITION_ARN];
    if !names.contains(&text(&request["taskDefinition"])) {
        return refuse("ClientException", "Unable to describe task definition.");
    }
    let sidecar = json!({ "name": "logs", "image": "logs:1", "essential": false });
    let worker = json!({
        "name": WORKER,
        "image": "hermes-edit:1",
        "essential": true,
        "stopTimeout": 120,
        "environment": [{ "name": "WORKSPACE_PATH", "value": cluster.workspace }],
    });
    Ok(json!({ "taskDefinition": {
        "taskDefinitionArn": TASK_DEFINITION_ARN,
        "family": FAMILY,
        "revision": 7,
        "status": "ACTIVE",
        "networkMode": "awsvpc",
        "containerDefinitions": [sidecar, worker],
    }}))
}

/// The task, if ECS tells of it now.
fn known<'c>(cluster: &'c mut Cluster, arn: &str) -> Option<&'c Task> {
    let task = cluster.tasks.get_mut(arn)?;
    let is_late = task.lag > 0;
    task.lag = task.lag.saturating_sub(1);
    (!is_late && !task.is_forgotten).then_some(task)
}

pub(super) fn describe_tasks(cluster: &mut Cluster, request: &Value) -> Outcome {
    check_cluster(request)?;
    let wanted = list(&request["tasks"]);
    if wanted.is_empty() {
        return refuse("InvalidParameterException", "Tasks cannot be empty.");
    }
    if wanted.len() > 100 {
        return refuse(
            "InvalidParameterException",
            "Tasks cannot be more than 100.",
        );
    }
    let with_tags = list(&request["include"]).iter().any(|one| one == "TAGS");
    let (mut tasks, mut failures) = (Vec::new(), Vec::new());
    for arn in wanted {
        match known(cluster, text(arn)) {
            Some(task) => tasks.push(task.describe(with_tags)),
            None => failures.push(json!({ "arn": arn, "reason": "MISSING" })),
        }
    }
    Ok(json!({ "tasks": tasks, "failures": failures }))
}

pub(super) fn list_tasks(cluster: &Cluster, request: &Value) -> Outcome {
    check_cluster(request)?;
    let filters = [
        "containerInstance",
        "family",
        "serviceName",
        "desiredStatus",
        "launchType",
    ];
    if !request["startedBy"].is_null() && filters.iter().any(|name| !request[*name].is_null()) {
        let text = "startedBy must be the only filter.";
        return refuse("InvalidParameterException", text);
    }
    let started_by = &request["startedBy"];
    let wanted = |task: &&Task| {
        let is_theirs = started_by.is_null() || task.request["startedBy"] == *started_by;
        is_theirs && !task.is_to_stop && task.lag == 0 && !task.is_forgotten
    };
    let arns: Vec<&str> = cluster
        .tasks
        .values()
        .filter(wanted)
        .map(|task| task.arn.as_str())
        .collect();
    let most = usize::try_from(request["maxResults"].as_u64().unwrap_or(100)).unwrap_or(100);
    let page = cluster.page.unwrap_or(most).min(most);
    let from: usize = text(&request["nextToken"]).parse().unwrap_or(0);
    let rest = arns.get(from..).unwrap_or_default();
    let mut answer = json!({ "taskArns": rest.iter().take(page).collect::<Vec<_>>() });
    if rest.len() > page {
        answer["nextToken"] = json!((from + page).to_string());
    }
    Ok(answer)
}

pub(super) fn stop_task(cluster: &mut Cluster, request: &Value) -> Outcome {
    check_cluster(request)?;
    let reason = text(&request["reason"]);
    if reason.chars().count() > 255 {
        return refuse(
            "InvalidParameterException",
            "reason must be at most 255 characters",
        );
    }
    match cluster.tasks.get_mut(text(&request["task"])) {
        Some(task) if !task.is_forgotten => {
            if task.status != Status::Stopped {
                task.ask_to_stop("UserInitiated", reason);
            }
            Ok(json!({ "task": task.describe(false) }))
        }
        _ => refuse(
            "InvalidParameterException",
            "The referenced task was not found.",
        ),
    }
}
