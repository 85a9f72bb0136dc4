//! The fleet of a cluster.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ecs::Client;
use aws_sdk_ecs::error::SdkError;
use aws_sdk_ecs::operation::stop_task::StopTaskError;
use aws_sdk_ecs::types::Task;
use futures_util::future::try_join_all;

use super::arguments::QueueUrls;
use super::memory::Memory;
use super::own;
use super::placement::EditService;
use super::start::Starter;
use super::state::state_of;
use crate::adapters::aws::fault;
use crate::config::AwsSettings;
use crate::domain::container::TaskRef;
use crate::ports::clock::Clock;
use crate::ports::fault::Fault;
use crate::ports::fleet::{Fleet, Launch, LaunchError, OwnTask, TaskState};

/// The most tasks that one `DescribeTasks` takes.
pub(super) const MOST_DESCRIBED: usize = 100;

/// Shown with the task for an hour after its end, and in the trail of the account.
const STOP_REASON: &str = "Hermes: this life of the container is over";

/// Runs each container as a task of its own.
pub struct EcsFleet {
    client: Client,
    settings: Arc<AwsSettings>,
    starter: Starter,
    memory: Memory,
}

impl EcsFleet {
    /// A fleet over the cluster of these settings. `queues` says where a container's queues are.
    pub fn new(
        client: Client,
        settings: &AwsSettings,
        queues: Arc<dyn QueueUrls>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let settings = Arc::new(settings.clone());
        let service = EditService::new(client.clone(), Arc::clone(&settings), Arc::clone(&clock));
        Self {
            starter: Starter::new(client.clone(), Arc::clone(&settings), queues, service),
            memory: Memory::new(clock),
            client,
            settings,
        }
    }

    async fn describe(&self, tasks: &[TaskRef]) -> Result<Vec<Task>, Fault> {
        let chunks = tasks.chunks(MOST_DESCRIBED).map(|chunk| async move {
            let arns = chunk.iter().map(|task| task.0.clone()).collect();
            let request = self.client.describe_tasks();
            let request = request.cluster(&self.settings.cluster);
            let answer = request.set_tasks(Some(arns)).send().await;
            answer.map_err(fault("ecs.describe_tasks"))
        });
        let answers = try_join_all(chunks).await?;
        let tasks = answers.into_iter().filter_map(|answer| answer.tasks);
        Ok(tasks.flatten().collect())
    }
}

#[async_trait]
impl Fleet for EcsFleet {
    fn launch(&self) -> &'static str {
        "task"
    }

    async fn start(&self, launch: Launch) -> Result<TaskRef, LaunchError> {
        self.starter.start(&launch).await
    }

    /// `grace` is the `stopTimeout` of the task definition: `StopTask` takes none.
    async fn stop(&self, task: &TaskRef, _grace: Duration) -> Result<(), Fault> {
        if self.memory.has_ended(task) {
            return Ok(());
        }
        let request = self.client.stop_task().cluster(&self.settings.cluster);
        let answer = request.task(&task.0).reason(STOP_REASON).send().await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) if is_unknown_task(&error) => Ok(()),
            Err(error) => Err(fault("ecs.stop_task")(error)),
        }
    }

    async fn observe(&self, tasks: &[TaskRef]) -> Result<Vec<TaskState>, Fault> {
        let due = self.memory.due(tasks);
        let described = self.describe(&due).await?;
        let states = described
            .iter()
            .filter_map(|task| Some((TaskRef(task.task_arn()?.to_owned()), state_of(task))))
            .collect();
        self.memory.learn(&due, states);
        Ok(self.memory.recall(tasks))
    }

    async fn own(&self) -> Result<Vec<OwnTask>, Fault> {
        let listed = own::list(&self.client, &self.settings.cluster).await?;
        own::describe(&self.client, &self.settings, &listed).await
    }
}

/// ECS has no error of its own for a task that it has forgotten, or never had.
fn is_unknown_task<R>(error: &SdkError<StopTaskError, R>) -> bool {
    match error.as_service_error() {
        Some(StopTaskError::InvalidParameterException(refusal)) => refusal
            .message()
            .is_some_and(|text| text.contains("task was not found")),
        _ => false,
    }
}

impl fmt::Debug for EcsFleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EcsFleet")
            .field("cluster", &self.settings.cluster)
            .finish_non_exhaustive()
    }
}
