//! The tasks that this installation has started (C13).

use aws_sdk_ecs::Client;
use aws_sdk_ecs::operation::describe_tasks::DescribeTasksOutput;
use aws_sdk_ecs::types::{Task, TaskField};
use futures_util::future::try_join_all;

use super::fleet::MOST_DESCRIBED;
use super::start::{TAG_CONTAINER, TAG_GENERATION, TAG_INSTALLATION};
use crate::adapters::aws::fault;
use crate::adapters::aws::names::STARTED_BY;
use crate::config::AwsSettings;
use crate::domain::container::TaskRef;
use crate::ports::fault::Fault;
use crate::ports::fleet::OwnTask;

/// The ARNs of the tasks that were started by a Hermes and not asked to end. `startedBy` must be the only filter, and
/// without one of the desired status ECS lists those that are to run.
pub(super) async fn list(client: &Client, cluster: &str) -> Result<Vec<String>, Fault> {
    let request = client.list_tasks().cluster(cluster).started_by(STARTED_BY);
    let mut pages = request.into_paginator().items().send();
    let mut arns = Vec::new();
    while let Some(arn) = pages.next().await {
        arns.push(arn.map_err(fault("ecs.list_tasks"))?);
    }
    Ok(arns)
}

/// Which container and generation each is; those of another installation in the same cluster are left out.
pub(super) async fn describe(
    client: &Client,
    settings: &AwsSettings,
    arns: &[String],
) -> Result<Vec<OwnTask>, Fault> {
    let chunks = arns.chunks(MOST_DESCRIBED).map(|chunk| async move {
        let request = client.describe_tasks().cluster(&settings.cluster);
        let request = request.include(TaskField::Tags);
        let answer = request.set_tasks(Some(chunk.to_vec())).send().await;
        answer.map_err(fault("ecs.describe_tasks"))
    });
    let answers = try_join_all(chunks).await?;
    let tasks = answers.iter().flat_map(DescribeTasksOutput::tasks);
    Ok(tasks.filter_map(|task| own(task, settings)).collect())
}

fn own(task: &Task, settings: &AwsSettings) -> Option<OwnTask> {
    if task.desired_status() == Some("STOPPED")
        || tag(task, TAG_INSTALLATION)? != settings.name_prefix
    {
        return None;
    }
    Some(OwnTask {
        task: TaskRef(task.task_arn()?.to_owned()),
        container_id: tag(task, TAG_CONTAINER)?.parse().ok()?,
        generation: tag(task, TAG_GENERATION)?.parse().ok()?,
    })
}

fn tag<'t>(task: &'t Task, key: &str) -> Option<&'t str> {
    let tag = task.tags().iter().find(|tag| tag.key() == Some(key))?;
    tag.value()
}
