//! Starts the task of one generation, once.

use std::sync::Arc;

use aws_sdk_ecs::Client;
use aws_sdk_ecs::operation::run_task::RunTaskError;
use aws_sdk_ecs::operation::run_task::builders::RunTaskFluentBuilder;
use aws_sdk_ecs::types::{NetworkConfiguration, Tag};

use super::arguments::{self, QueueUrls};
use super::placement::{Capacity, EditService, Placement};
use super::refusal;
use crate::adapters::aws::names::{OWNER_TAG, STARTED_BY};
use crate::config::AwsSettings;
use crate::domain::container::TaskRef;
use crate::domain::ids::{hash_parts, hex};
use crate::ports::fleet::{Launch, LaunchError};

/// Tags of a task. Ids have letters that tags take.
pub(super) const TAG_INSTALLATION: &str = "hermes:installation";
pub(super) const TAG_CONTAINER: &str = "hermes:container";
pub(super) const TAG_GENERATION: &str = "hermes:generation";
const TAG_CLIENT: &str = "hermes:client";
const TAG_PROJECT: &str = "hermes:project";

pub(super) struct Starter {
    client: Client,
    settings: Arc<AwsSettings>,
    queues: Arc<dyn QueueUrls>,
    service: EditService,
}

impl Starter {
    pub(super) fn new(
        client: Client,
        settings: Arc<AwsSettings>,
        queues: Arc<dyn QueueUrls>,
        service: EditService,
    ) -> Self {
        Self {
            client,
            settings,
            queues,
            service,
        }
    }

    /// Starts the task, or answers the one that was started before. Every attempt at one generation carries the same
    /// client token, also on other capacity: whatever ECS made of an earlier one, no second task comes of it (C3).
    pub(super) async fn start(&self, launch: &Launch) -> Result<TaskRef, LaunchError> {
        let placement = self.service.placement().await?;
        let request = self.request(launch, &placement).await?;
        let mut outcome = run(&request, &placement.capacity).await;
        if let (Err(LaunchError::Capacity(why)), Some(fallback)) =
            (&outcome, placement.capacity.fallback())
        {
            tracing::info!(container.id = %launch.container_id, why, "no Spot capacity for container {}, asking on demand", launch.container_id);
            outcome = run(&request, &fallback).await;
        }
        if matches!(outcome, Err(LaunchError::Rejected(_))) {
            self.service.forget().await;
        }
        outcome
    }

    async fn request(
        &self,
        launch: &Launch,
        placement: &Placement,
    ) -> Result<RunTaskFluentBuilder, LaunchError> {
        let settings = &self.settings;
        let variables =
            arguments::environment(launch, settings, placement, self.queues.as_ref()).await?;
        let overrides = arguments::overrides(launch, settings, placement, &variables)?;
        let network = placement.network.clone();
        let network = network.map(|vpc| {
            NetworkConfiguration::builder()
                .awsvpc_configuration(vpc)
                .build()
        });
        Ok(self
            .client
            .run_task()
            .cluster(&settings.cluster)
            .task_definition(&placement.task_definition)
            .count(1)
            .client_token(token(&settings.name_prefix, launch))
            .started_by(STARTED_BY)
            .overrides(overrides)
            .set_network_configuration(network)
            .set_platform_version(placement.platform_version.clone())
            .set_tags(Some(tags(&settings.name_prefix, launch))))
    }
}

async fn run(request: &RunTaskFluentBuilder, capacity: &Capacity) -> Result<TaskRef, LaunchError> {
    let request = match capacity.clone() {
        Capacity::OfCluster => request.clone(),
        Capacity::LaunchType(launch_type) => request.clone().launch_type(launch_type),
        Capacity::Providers(providers) => request
            .clone()
            .set_capacity_provider_strategy(Some(providers)),
    };
    let answer = match request.send().await {
        Ok(answer) => answer,
        Err(error) => {
            return match error.as_service_error() {
                Some(RunTaskError::ConflictException(conflict)) => adopt(conflict.resource_ids()),
                Some(_) | None => Err(refusal::of_error(error)),
            };
        }
    };
    let mut arns = answer.tasks().iter().filter_map(|task| task.task_arn());
    match arns.next() {
        Some(arn) => Ok(TaskRef(arn.to_owned())),
        None => Err(refusal::of_failures(answer.failures())),
    }
}

/// The token was used before with other parameters: another replica has started this generation under another task
/// definition, say, or on other capacity (C3).
fn adopt(arns: &[String]) -> Result<TaskRef, LaunchError> {
    match arns.first() {
        Some(arn) => Ok(TaskRef(arn.clone())),
        None => Err(LaunchError::Capacity(
            "this start was tried before and came to nothing; the next one is free".to_owned(),
        )),
    }
}

/// `h-<hash16>-g<generation>`: at most 39 of 64 characters. Its scope is the cluster, which two installations may share.
fn token(installation: &str, launch: &Launch) -> String {
    let hash = hash_parts(&[
        installation.as_bytes(),
        launch.container_id.as_str().as_bytes(),
    ]);
    let hash = hex(hash.get(..8).unwrap_or_default());
    format!("h-{hash}-g{}", launch.generation)
}

fn tags(installation: &str, launch: &Launch) -> Vec<Tag> {
    let generation = launch.generation.to_string();
    let tags = [
        OWNER_TAG,
        (TAG_INSTALLATION, installation),
        (TAG_CONTAINER, launch.container_id.as_str()),
        (TAG_GENERATION, &generation),
        (TAG_CLIENT, launch.client_id.as_str()),
        (TAG_PROJECT, launch.project_id.as_str()),
    ];
    let tag = |(key, value)| Tag::builder().key(key).value(value).build();
    tags.into_iter().map(tag).collect()
}
