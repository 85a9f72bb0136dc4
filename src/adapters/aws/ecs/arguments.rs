//! What a task is told: the environment of its worker, and its role.

use async_trait::async_trait;
use aws_sdk_ecs::types::{ContainerOverride, KeyValuePair, TaskOverride};
use serde_json::json;

use super::placement::Placement;
use crate::config::{AwsSettings, PatternValues};
use crate::domain::project::ProjectRepo;
use crate::domain::wire::WorkerProject;
use crate::ports::fault::Fault;
use crate::ports::fleet::{Launch, LaunchError};
use crate::ports::queues::QueueName;

/// The most that `RunTask` takes as overrides, in characters of their JSON.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html>
const LONGEST_OVERRIDES: usize = 8192;

/// Says where queues are.
#[async_trait]
pub trait QueueUrls: Send + Sync {
    /// The URL of a queue, which is made if it does not exist.
    async fn url(&self, queue: &QueueName) -> Result<String, Fault>;
}

/// The variables of a worker, by name.
pub(super) type Variables = Vec<(&'static str, String)>;

/// The variables that tell the worker of a launch what it is (`design.md` section 7).
pub(super) async fn environment(
    launch: &Launch,
    settings: &AwsSettings,
    placement: &Placement,
    queues: &dyn QueueUrls,
) -> Result<Variables, LaunchError> {
    let container = &launch.container_id;
    let input = QueueName::input(container.clone());
    let output = QueueName::output(container.clone());
    let dead = QueueName::dead(container.clone());
    // the dead letters first: the others are made with a redrive to them
    let dead = queues.url(&dead).await?;
    let (input, output) = futures_util::try_join!(queues.url(&input), queues.url(&output))?;
    let project = WorkerProject::from(&launch.project);
    let project = serde_json::to_string(&project)
        .map_err(|error| LaunchError::Rejected(format!("its project cannot be told: {error}")))?;
    let mut variables = vec![
        ("CONTAINER_ID", container.to_string()),
        ("CLIENT_ID", launch.client_id.to_string()),
        ("PROJECT_ID", launch.project_id.to_string()),
        ("USER_ID", launch.user_id.to_string()),
        ("INPUT_QUEUE_URL", input),
        ("OUTPUT_QUEUE_URL", output),
        ("DLQ_URL", dead),
        ("REPO_URL", repository(&launch.project.repo)?),
        (
            "WORKSPACE_PATH",
            format!("{}/{container}", placement.workspaces),
        ),
        ("AWS_REGION", settings.region.clone()),
        ("HERMES_GENERATION", launch.generation.to_string()),
        ("HERMES_PROJECT", project),
    ];
    variables.extend(of_client(launch, settings));
    Ok(variables)
}

/// What is there only when it is set.
fn of_client(launch: &Launch, settings: &AwsSettings) -> Variables {
    let (client, project) = (&launch.client_id, &launch.project_id);
    let store = settings.preview_store.as_ref();
    let store = store.map(|pattern| pattern.of_project(client, project).to_string());
    let secret = settings.git_secret.as_ref();
    let secret = secret.map(|pattern| pattern.fill(by_client(launch)));
    let optional = [
        ("HERMES_PREVIEW_STORE", store),
        ("HERMES_GIT_SECRET", secret),
        ("AWS_ENDPOINT_URL", settings.endpoint_url.clone()),
    ];
    let set = optional.into_iter();
    set.filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

fn by_client(launch: &Launch) -> PatternValues<'_> {
    PatternValues {
        client: &launch.client_id,
        project: None,
        session: None,
    }
}

/// The URL that git is given. What a task is told can be read by everyone who may look at tasks, and stands in the trail
/// of the account: a password in it is refused.
fn repository(repo: &ProjectRepo) -> Result<String, LaunchError> {
    match repo {
        ProjectRepo::Demo => Err(LaunchError::Rejected(
            "builtin:demo is a sample for one machine: name a repository that tasks can reach".to_owned(),
        )),
        ProjectRepo::Path(path) => Ok(path.to_string_lossy().into_owned()),
        ProjectRepo::Url(url) if has_secret(url) => Err(LaunchError::Rejected(
            "its repository's URL carries credentials: keep them in the secret of HERMES_GIT_SECRET".to_owned(),
        )),
        ProjectRepo::Url(url) => Ok(url.clone()),
    }
}

/// Whether a URL has a password before its host, or any user at all over https, where that is a token.
fn has_secret(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false; // ssh's short form has no room for a password
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority
        .rsplit_once('@')
        .is_some_and(|(user, _)| user.contains(':') || scheme.starts_with("http"))
}

/// The overrides of a task, unless they are longer than ECS takes.
pub(super) fn overrides(
    launch: &Launch,
    settings: &AwsSettings,
    placement: &Placement,
    variables: &Variables,
) -> Result<TaskOverride, LaunchError> {
    let role = settings.task_role.as_ref();
    let role = role.map(|pattern| pattern.fill(by_client(launch)));
    let length = length(&placement.container, variables, role.as_deref());
    if length > LONGEST_OVERRIDES {
        return Err(LaunchError::Rejected(format!(
            "what its worker must be told takes {length} characters, and ECS takes {LONGEST_OVERRIDES}: shorten the build and agent commands of project {}, or put them into a script of the repository",
            launch.project_id
        )));
    }
    let pair =
        |(name, value): &(&str, String)| KeyValuePair::builder().name(*name).value(value).build();
    let container = ContainerOverride::builder()
        .name(&placement.container)
        .set_environment(Some(variables.iter().map(pair).collect()))
        .build();
    Ok(TaskOverride::builder()
        .container_overrides(container)
        .set_task_role_arn(role)
        .build())
}

/// How long the overrides are as JSON, which is how ECS counts them.
fn length(container: &str, variables: &Variables, role: Option<&str>) -> usize {
    let pair = |(name, value): &(&str, String)| json!({ "name": name, "value": value });
    let environment: Vec<_> = variables.iter().map(pair).collect();
    let overrides = json!({
        "containerOverrides": [{ "name": container, "environment": environment }],
        "taskRoleArn": role,
    });
    overrides.to_string().chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_with_credentials_is_told_from_one_without() {
        for (url, expected) in [
            ("https://github.com/acme/site.git", false),
            ("https://token@github.com/acme/site.git", true),
            ("https://x:token@github.com/acme/site.git", true),
            ("ssh://git@github.com/acme/site.git", false),
            ("ssh://git:word@github.com/acme/site.git", true),
            ("git@github.com:acme/site.git", false),
            ("https://github.com/a@b", false),
            ("file:///srv/site.git", false),
        ] {
            assert_eq!(has_secret(url), expected, "{url}");
        }
    }
}
