//! The edit cluster and the edit service.

use aws_sdk_ecs::types::Cluster;
use serde_json::{Value, json};

use super::super::fault::fault;
use super::super::signed::SCALING;
use super::facts::{Facts, Reason};
use crate::domain::check::Check;

pub(super) async fn cluster(facts: &Facts) -> Vec<Check> {
    let cluster = &facts.settings().cluster;
    let name = format!("cluster {cluster}");
    let region = &facts.settings().region;
    let fix = format!(
        "make it (config/aws/hermes.yaml, or aws ecs create-cluster --cluster-name {cluster} --region {region}), or set ECS_CLUSTER_NAME and AWS_REGION"
    );
    let question = facts.clients.ecs.describe_clusters().clusters(cluster);
    let answer = match question.send().await {
        Ok(answer) => answer,
        Err(error) => {
            let reason = Reason::from(fault("ecs.describe_clusters")(error));
            return vec![reason.unknown(name, "ecs:DescribeClusters")];
        }
    };
    let found = answer.clusters().first();
    vec![match found.and_then(|cluster| cluster.status()) {
        Some("ACTIVE") => {
            let running = found.map_or(0, Cluster::running_tasks_count);
            Check::ok(name, format!("active, {running} tasks running"))
        }
        Some(status) => Check::wrong(name, format!("its status is {status}"), fix),
        None => Check::wrong(name, format!("there is none in {region}"), fix),
    }]
}

pub(super) async fn service(facts: &Facts) -> Vec<Check> {
    let settings = facts.settings();
    let name = format!("service {}", settings.service);
    let found = match facts.service().await {
        Ok(found) => found,
        Err(reason) => return vec![reason.unknown(name, "ecs:DescribeServices")],
    };
    let active = found.as_ref().filter(|it| it.status() == Some("ACTIVE"));
    let Some(service) = active else {
        return vec![missing(facts, name)];
    };
    let mut checks = vec![Check::ok(
        name,
        format!(
            "active, made of {}",
            short(service.task_definition().unwrap_or("no task definition"))
        ),
    )];
    checks.push(desired(facts, service.desired_count()));
    checks.push(scaling(facts).await);
    checks
}

/// The service gives defaults only: with everything named, none is needed.
fn missing(facts: &Facts, name: String) -> Check {
    let settings = facts.settings();
    let all_named = settings.task_definition.is_some()
        && !settings.subnets.is_empty()
        && !settings.security_groups.is_empty();
    if all_named {
        return Check::ok(
            name,
            "there is none, and none is needed: ECS_TASK_DEFINITION, ECS_SUBNETS and ECS_SECURITY_GROUPS are set",
        );
    }
    Check::wrong(
        name,
        format!("there is none in cluster {}", settings.cluster),
        "make it at desired count 0 (config/aws/hermes.yaml), or set ECS_SERVICE_NAME; or do without: set ECS_TASK_DEFINITION, ECS_SUBNETS and ECS_SECURITY_GROUPS",
    )
}

/// Tasks of the service belong to no client: they cost, and do nothing.
fn desired(facts: &Facts, count: i32) -> Check {
    let name = "desired count of the edit service";
    if count == 0 {
        return Check::ok(name, "0: Hermes starts each task itself");
    }
    let settings = facts.settings();
    Check::wrong(
        name,
        format!("{count}: these tasks run for nobody"),
        format!(
            "aws ecs update-service --region {} --cluster {} --service {} --desired-count 0",
            settings.region, settings.cluster, settings.service
        ),
    )
}

/// The service that came before was scaled by queue depth; Hermes starts and stops tasks itself.
async fn scaling(facts: &Facts) -> Check {
    let name = "no scaling policy on the edit service";
    let settings = facts.settings();
    let resource = format!("service/{}/{}", settings.cluster, settings.service);
    let question = json!({ "ServiceNamespace": "ecs", "ResourceId": resource });
    let asked = facts
        .signed
        .json(SCALING, "DescribeScalingPolicies", &question);
    let answer = match asked.await {
        Ok(answer) => answer,
        Err(fault) => {
            return Reason::from(fault)
                .unknown(name, "application-autoscaling:DescribeScalingPolicies");
        }
    };
    let policies = answer.get("ScalingPolicies").and_then(Value::as_array);
    let names: Vec<&str> = policies
        .into_iter()
        .flatten()
        .filter_map(|policy| policy.get("PolicyName")?.as_str())
        .collect();
    if names.is_empty() {
        return Check::ok(name, "there is none");
    }
    Check::wrong(
        name,
        format!("{} would start tasks that run for nobody", names.join(", ")),
        format!(
            "aws application-autoscaling deregister-scalable-target --region {} --service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id {resource}",
            settings.region
        ),
    )
}

/// The last part of an ARN.
pub(super) fn short(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// Whether an error says that the thing is not there.
pub(super) fn is_code<E>(error: &E, codes: &[&str]) -> bool
where
    E: aws_smithy_types::error::metadata::ProvideErrorMetadata,
{
    error.code().is_some_and(|code| codes.contains(&code))
}
