//! `RunTask`: what AWS refuses, and what a client token means.

use serde_json::{Value, json};

use super::cluster::{Cluster, FAMILY, Run, SECURITY_GROUP, SUBNETS, TASK_DEFINITION_ARN, Token};
use super::operations::{Outcome, Refusal, check_cluster, refuse};
use super::task::Task;

/// The container of the task definition.
pub(super) const WORKER: &str = "edit";

/// Answers a `RunTask`, and the task it has started, if it has started one.
pub(super) fn run_task(cluster: &mut Cluster, request: &Value) -> (Outcome, Option<String>) {
    if let Err(refusal) = check(request) {
        return (Err(refusal), None);
    }
    let token = text(&request["clientToken"]).to_owned();
    if let Some(known) = cluster.tokens.get(&token) {
        if known.request != *request {
            let mut refusal = Refusal::new(
                "ConflictException",
                "the client token was used with other parameters",
            );
            refusal.extra = json!({ "resourceIds": known.tasks });
            return (Err(refusal), None);
        }
        let (arns, tasks) = (known.tasks.clone(), &cluster.tasks);
        let described: Vec<Value> = arns.iter().map(|arn| tasks[arn].describe(false)).collect();
        for arn in arns {
            let run = run_of(&cluster.tasks[&arn], &token, false);
            cluster.runs.push(run);
        }
        return (Ok(json!({ "tasks": described, "failures": [] })), None);
    }
    if cluster.has_no_spot && wants_spot(request) {
        let text = "Capacity is unavailable at this time. Please try again later or in a different availability zone";
        return (Ok(fail(cluster, request, &[text])), None);
    }
    let arn = cluster.next_arn();
    let task = Task::new(arn.clone(), request.clone(), WORKER.to_owned(), cluster.lag);
    let answer = json!({ "tasks": [task.describe(false)], "failures": [] });
    cluster.runs.push(run_of(&task, &token, true));
    cluster.tasks.insert(arn.clone(), task);
    let used = Token {
        request: request.clone(),
        tasks: vec![arn.clone()],
    };
    cluster.tokens.insert(token, used);
    (Ok(answer), Some(arn))
}

/// A start that comes to nothing: 200, and no task (C7).
pub(super) fn fail(cluster: &mut Cluster, request: &Value, reasons: &[&str]) -> Value {
    if cluster.failures_bind {
        let used = Token {
            request: request.clone(),
            tasks: Vec::new(),
        };
        let token = text(&request["clientToken"]).to_owned();
        cluster.tokens.insert(token, used);
    }
    let failures: Vec<Value> = reasons
        .iter()
        .map(|reason| json!({ "reason": reason }))
        .collect();
    json!({ "tasks": [], "failures": failures })
}

fn run_of(task: &Task, token: &str, started: bool) -> Run {
    let view = task.view();
    Run {
        token: token.to_owned(),
        container: view.container,
        generation: view.generation,
        task: view.arn,
        started,
    }
}

fn wants_spot(request: &Value) -> bool {
    let mut providers = list(&request["capacityProviderStrategy"]).iter();
    providers.any(|one| one["capacityProvider"] == "FARGATE_SPOT")
}

fn check(request: &Value) -> Result<(), Refusal> {
    check_cluster(request)?;
    check_definition(request)?;
    check_words(request)?;
    check_network(&request["networkConfiguration"])?;
    check_overrides(&request["overrides"])?;
    check_tags(list(&request["tags"]))
}

fn check_definition(request: &Value) -> Result<(), Refusal> {
    let names = [FAMILY, "webordinary-edit:7", TASK_DEFINITION_ARN];
    if !names.contains(&text(&request["taskDefinition"])) {
        return refuse("ClientException", "TaskDefinition not found.");
    }
    if !request["launchType"].is_null() && !request["capacityProviderStrategy"].is_null() {
        let text = "The capacity provider strategy and the launch type cannot both be specified.";
        return refuse("InvalidParameterException", text);
    }
    Ok(())
}

fn check_words(request: &Value) -> Result<(), Refusal> {
    let token = text(&request["clientToken"]);
    let graphic = token.bytes().all(|byte| (33..=126).contains(&byte));
    if !(1..=64).contains(&token.len()) || !graphic {
        return refuse("InvalidParameterException", "clientToken is invalid");
    }
    let started_by = text(&request["startedBy"]);
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_-/".contains(c);
    if started_by.len() > 36 || !started_by.chars().all(allowed) {
        return refuse("InvalidParameterException", "startedBy is invalid");
    }
    if !(1..=10).contains(&request["count"].as_i64().unwrap_or(1)) {
        return refuse(
            "InvalidParameterException",
            "count must be between 1 and 10",
        );
    }
    Ok(())
}

fn check_network(network: &Value) -> Result<(), Refusal> {
    let vpc = &network["awsvpcConfiguration"];
    if vpc.is_null() {
        let text = "Network Configuration must be provided when networkMode 'awsvpc' is specified.";
        return refuse("InvalidParameterException", text);
    }
    let (subnets, groups) = (list(&vpc["subnets"]), list(&vpc["securityGroups"]));
    if subnets.is_empty() || subnets.len() > 16 || groups.len() > 5 {
        return refuse(
            "InvalidParameterException",
            "subnets or security groups are too few or too many",
        );
    }
    if let Some(subnet) = subnets.iter().find(|one| !SUBNETS.contains(&text(one))) {
        let text = format!("The subnet ID '{}' does not exist", text(subnet));
        return refuse("InvalidParameterException", &text);
    }
    if let Some(group) = groups.iter().find(|one| text(one) != SECURITY_GROUP) {
        let text = format!("The security group '{}' does not exist", text(group));
        return refuse("InvalidParameterException", &text);
    }
    if !["ENABLED", "DISABLED"].contains(&text(&vpc["assignPublicIp"])) {
        return refuse("InvalidParameterException", "assignPublicIp is invalid");
    }
    Ok(())
}

fn check_overrides(overrides: &Value) -> Result<(), Refusal> {
    if overrides.to_string().chars().count() > 8192 {
        let text = "Container overrides length must be at most 8192.";
        return refuse("InvalidParameterException", text);
    }
    for container in list(&overrides["containerOverrides"]) {
        if container["name"] != WORKER {
            let text =
                "Override for container named nobody is not a container in the TaskDefinition.";
            return refuse("InvalidParameterException", text);
        }
        if list(&container["environment"])
            .iter()
            .any(|one| text(&one["name"]).is_empty())
        {
            return refuse(
                "InvalidParameterException",
                "an environment variable has no name",
            );
        }
    }
    let role = &overrides["taskRoleArn"];
    if !role.is_null() && !text(role).starts_with("arn:aws:iam::") {
        return refuse("InvalidParameterException", "Role is not valid");
    }
    Ok(())
}

fn check_tags(tags: &[Value]) -> Result<(), Refusal> {
    let letters = |c: char| c.is_alphanumeric() || " _.:/=+-@".contains(c);
    let fits = |text: &str, most: usize| text.chars().count() <= most && text.chars().all(letters);
    let is_valid = |tag: &Value| {
        let key = text(&tag["key"]);
        !key.is_empty()
            && !key.starts_with("aws:")
            && fits(key, 128)
            && fits(text(&tag["value"]), 256)
    };
    if tags.len() > 50 || !tags.iter().all(is_valid) {
        return refuse("InvalidParameterException", "a tag is invalid");
    }
    Ok(())
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}
