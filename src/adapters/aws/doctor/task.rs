//! The task definition of edit containers.

use aws_sdk_ecs::types::{
    Compatibility, ContainerDefinition, NetworkMode, TaskDefinition, TaskDefinitionStatus,
};

use super::edit::short;
use super::facts::Facts;
use crate::config::AwsSettings;
use crate::domain::check::Check;

/// Seconds from SIGTERM to SIGKILL: all that ECS allows, so that a Spot warning is enough to save the work (C9).
const STOP_TIMEOUT: i32 = 120;
/// How a fix ends: revisions are not changed, they are replaced.
const REGISTER: &str = "in a new revision, and put it into the edit service";

pub(super) async fn look(facts: &Facts) -> Vec<Check> {
    let name = "task definition";
    match facts.definition().await {
        Ok(Some(definition)) => checks(facts.settings(), definition),
        Ok(None) => vec![Check::wrong(
            name,
            "there is none that a task could be made of",
            "register one (config/aws/hermes.yaml), and name it in the edit service or in ECS_TASK_DEFINITION",
        )],
        Err(reason) => vec![reason.unknown(name, "ecs:DescribeTaskDefinition")],
    }
}

fn checks(settings: &AwsSettings, definition: &TaskDefinition) -> Vec<Check> {
    let mut checks = vec![
        status(definition),
        ports(definition),
        network_mode(definition),
        launch(definition),
        roles(settings, definition),
    ];
    let worker = match &settings.container_name {
        Some(named) => containers(definition)
            .iter()
            .find(|container| container.name() == Some(named)),
        None => containers(definition)
            .iter()
            .find(|container| container.essential().unwrap_or(true)),
    };
    match worker {
        Some(worker) => checks.extend([
            Check::ok("worker container", worker.name().unwrap_or("unnamed")),
            stop_timeout(worker),
            logs(worker),
        ]),
        None => checks.push(Check::wrong(
            "worker container",
            match &settings.container_name {
                Some(named) => format!("no container is called {named}"),
                None => "no container is essential".to_owned(),
            },
            format!(
                "name the worker's container in ECS_CONTAINER_NAME, or make it essential {REGISTER}"
            ),
        )),
    }
    checks
}

fn containers(definition: &TaskDefinition) -> &[ContainerDefinition] {
    definition.container_definitions()
}

fn status(definition: &TaskDefinition) -> Check {
    let arn = short(definition.task_definition_arn().unwrap_or_default());
    let name = format!("task definition {arn}");
    match definition.status() {
        Some(TaskDefinitionStatus::Active) => Check::ok(name, "active"),
        status => Check::wrong(
            name,
            format!(
                "its status is {}",
                status.map_or("unknown", TaskDefinitionStatus::as_str)
            ),
            "register it again, and put the active revision into the edit service or ECS_TASK_DEFINITION",
        ),
    }
}

/// An edit container runs what strangers write: nobody may reach it, and two on one host may not collide.
fn ports(definition: &TaskDefinition) -> Check {
    let name = "no port mappings";
    let mapped: Vec<String> = containers(definition)
        .iter()
        .flat_map(|container| {
            let of = container.name().unwrap_or("unnamed");
            let ports = container.port_mappings().iter();
            ports.map(move |port| format!("{of}:{}", port.container_port().unwrap_or_default()))
        })
        .collect();
    if mapped.is_empty() {
        return Check::ok(name, "edit containers listen nowhere");
    }
    Check::wrong(
        name,
        format!("{} are mapped", mapped.join(", ")),
        format!("leave portMappings out {REGISTER}: the worker speaks by queues only"),
    )
}

fn network_mode(definition: &TaskDefinition) -> Check {
    let name = "network mode";
    match definition.network_mode() {
        Some(NetworkMode::Awsvpc) => Check::ok(name, "awsvpc"),
        mode => Check::wrong(
            name,
            format!(
                "{}, so that each task shares its host's network",
                mode.map_or("bridge", NetworkMode::as_str)
            ),
            format!("set networkMode awsvpc {REGISTER}"),
        ),
    }
}

fn launch(definition: &TaskDefinition) -> Check {
    let name = "launch type";
    let fits = definition
        .compatibilities()
        .contains(&Compatibility::Fargate)
        || definition
            .requires_compatibilities()
            .contains(&Compatibility::Fargate);
    if fits {
        return Check::ok(name, "fit for Fargate");
    }
    Check::unknown(
        name,
        "not fit for Fargate: tasks start only if the cluster has instances",
        format!(
            "set requiresCompatibilities FARGATE {REGISTER}, or see that the cluster has instances"
        ),
    )
}

fn roles(settings: &AwsSettings, definition: &TaskDefinition) -> Check {
    let name = "roles of the task definition";
    let mut missing = Vec::new();
    if definition.execution_role_arn().is_none() {
        missing.push("no execution role: its image and logs are refused");
    }
    if definition.task_role_arn().is_none() && settings.task_role.is_none() {
        missing.push("no task role: the worker reaches no queue");
    }
    if missing.is_empty() {
        return Check::ok(name, "execution role and task role are named");
    }
    Check::wrong(
        name,
        missing.join("; "),
        format!("set executionRoleArn, and taskRoleArn or HERMES_TASK_ROLE, {REGISTER}"),
    )
}

fn stop_timeout(worker: &ContainerDefinition) -> Check {
    let name = "stop timeout";
    match worker.stop_timeout() {
        Some(STOP_TIMEOUT) => Check::ok(name, "120 s to save the work"),
        seconds => Check::wrong(
            name,
            match seconds {
                Some(seconds) => format!("{seconds} s to save the work"),
                None => "not set: 30 s to save the work".to_owned(),
            },
            format!("set stopTimeout 120 on the worker's container {REGISTER}"),
        ),
    }
}

fn logs(worker: &ContainerDefinition) -> Check {
    let name = "logs of edit containers";
    match worker.log_configuration() {
        Some(logs) => Check::ok(name, logs.log_driver().as_str()),
        None => Check::wrong(
            name,
            "go nowhere: a task that fails to start tells nobody why",
            format!("set logConfiguration awslogs on the worker's container {REGISTER}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::check::CheckState;
    use aws_sdk_ecs::types::builders::{ContainerDefinitionBuilder, TaskDefinitionBuilder};
    use aws_sdk_ecs::types::{LogConfiguration, LogDriver, PortMapping};

    fn good() -> (TaskDefinitionBuilder, ContainerDefinitionBuilder) {
        let logs = LogConfiguration::builder()
            .log_driver(LogDriver::Awslogs)
            .build()
            .unwrap();
        let definition = TaskDefinition::builder()
            .task_definition_arn("arn:aws:ecs:us-west-2:1:task-definition/webordinary-edit:7")
            .status(TaskDefinitionStatus::Active)
            .network_mode(NetworkMode::Awsvpc)
            .compatibilities(Compatibility::Fargate)
            .execution_role_arn("arn:aws:iam::1:role/x")
            .task_role_arn("arn:aws:iam::1:role/t");
        let worker = ContainerDefinition::builder()
            .name("edit")
            .essential(true)
            .stop_timeout(120)
            .log_configuration(logs);
        (definition, worker)
    }

    fn wrong(definition: TaskDefinitionBuilder, worker: ContainerDefinitionBuilder) -> Vec<String> {
        let definition = definition.container_definitions(worker.build()).build();
        checks(&AwsSettings::default(), &definition)
            .into_iter()
            .filter(|check| check.state != CheckState::Ok)
            .map(|check| check.name)
            .collect()
    }

    #[test]
    fn each_trap_of_a_task_definition_has_its_row() {
        let with = |change: fn(
            TaskDefinitionBuilder,
            ContainerDefinitionBuilder,
        ) -> (TaskDefinitionBuilder, ContainerDefinitionBuilder)| {
            let (definition, worker) = good();
            let (definition, worker) = change(definition, worker);
            wrong(definition, worker)
        };
        assert_eq!(with(|d, w| (d, w)), [""; 0]);
        assert_eq!(
            with(|d, w| (
                d,
                w.port_mappings(PortMapping::builder().container_port(80).build())
            )),
            ["no port mappings"]
        );
        assert_eq!(
            with(|d, w| (d.network_mode(NetworkMode::Bridge), w)),
            ["network mode"]
        );
        assert_eq!(with(|d, w| (d, w.stop_timeout(30))), ["stop timeout"]);
        assert_eq!(with(|d, w| (d, w.set_stop_timeout(None))), ["stop timeout"]);
        assert_eq!(
            with(|d, w| (d.set_task_role_arn(None), w)),
            ["roles of the task definition"]
        );
        assert_eq!(
            with(|d, w| (d.status(TaskDefinitionStatus::Inactive), w)),
            ["task definition webordinary-edit:7"]
        );
        assert_eq!(with(|d, w| (d, w.essential(false))), ["worker container"]);
    }
}
