//! The ARNs of what permissions are for.

use super::super::names::Names;
use super::super::permissions::Target;
use super::facts::Case;
use crate::config::{Pattern, PatternValues, ProjectsSource, StoreUrl};
use crate::domain::ids::{ClientId, ProjectId, SessionId};
use crate::domain::project::{AgentChoice, Project};
use crate::ports::queues::Direction;

/// A container's slug that no container has: permissions are asked for names that begin as ours do.
const SLUG: &str = "00000000-doctor-000000000000";
/// A task that does not exist.
const TASK: &str = "00000000000000000000000000000000";
/// Most clients that are looked at one by one.
const MOST_CLIENTS: usize = 20;

/// Where the resources are, and whose.
pub(super) struct Resources<'a> {
    pub(super) case: &'a Case,
    pub(super) names: &'a Names,
    pub(super) account: &'a str,
    /// The family of the task definition, if it is known.
    pub(super) family: Option<&'a str>,
    /// The roles that the task definition names.
    pub(super) roles: Vec<String>,
    pub(super) projects: &'a [Project],
}

impl Resources<'_> {
    /// The ARNs of a target; empty when Hermes as it is set has no such thing.
    pub(super) fn of(&self, target: Target) -> Vec<String> {
        match target {
            Target::Tables => self.tables(""),
            Target::Indexes => self.tables("/index/*"),
            Target::MailQueue => vec![self.arn("sqs", self.names.mail_queue())],
            Target::MailDeadLetters => vec![self.arn("sqs", self.names.mail_dead_letters())],
            Target::ContainerQueues => [Direction::Input, Direction::Output, Direction::Dead]
                .map(|direction| {
                    let queue = format!("{}{SLUG}", self.names.queues(direction));
                    self.arn("sqs", &queue)
                })
                .to_vec(),
            Target::TaskDefinitions => {
                let family = self.family.into_iter();
                family
                    .map(|family| self.arn("ecs", &format!("task-definition/{family}:1")))
                    .collect()
            }
            Target::Tasks => {
                let task = format!("task/{}/{TASK}", self.case.settings.cluster);
                vec![self.arn("ecs", &task)]
            }
            Target::EditRoles => self.edit_roles(),
            Target::Anything | Target::Metrics => vec!["*".to_owned()],
            Target::Sender if self.case.sends_by_ses => {
                vec![self.arn("ses", &format!("identity/{}", self.sender()))]
            }
            Target::Sender => Vec::new(),
            Target::Model => self.model(),
            Target::Mails => self.objects(self.case.settings.mail_store.as_ref()),
            Target::ProjectsFile => self.objects(self.projects_file().as_ref()),
            Target::Previews => self.objects(self.preview_store().as_ref()),
            Target::Buckets => self.buckets(),
        }
    }

    /// Where the cluster is, for conditions.
    pub(super) fn cluster(&self) -> String {
        self.arn("ecs", &format!("cluster/{}", self.case.settings.cluster))
    }

    fn arn(&self, service: &str, resource: &str) -> String {
        let (partition, region) = (self.partition(), &self.case.settings.region);
        format!(
            "arn:{partition}:{service}:{region}:{}:{resource}",
            self.account
        )
    }

    fn partition(&self) -> &'static str {
        partition(&self.case.settings.region)
    }

    fn tables(&self, below: &str) -> Vec<String> {
        let names = self.names;
        let tables = [
            names.table_sessions().to_owned(),
            names.table_threads(),
            names.table_containers(),
            names.table_commands(),
            names.table_replies(),
            names.table_events(),
            names.table_messages(),
        ];
        tables
            .iter()
            .map(|table| self.arn("dynamodb", &format!("table/{table}{below}")))
            .collect()
    }

    /// SES accepts the address or its domain; a policy for the domain is the usual one.
    fn sender(&self) -> &str {
        domain_of(&self.case.mail_address)
    }

    /// What containers are given: the roles of the task definition, and those of the clients instead of its task role.
    fn edit_roles(&self) -> Vec<String> {
        let mut roles = self.roles.clone();
        roles.extend(self.client_roles());
        roles
    }

    /// The roles of the clients that the projects name.
    pub(super) fn client_roles(&self) -> Vec<String> {
        let pattern = self.case.settings.task_role.as_ref();
        pattern.map_or_else(Vec::new, |pattern| by_client(pattern, self.projects))
    }

    fn model(&self) -> Vec<String> {
        let model = &self.case.settings.model;
        let uses = |project: &Project| project.agent == AgentChoice::Bedrock;
        if !self.projects.is_empty() && !self.projects.iter().any(uses) {
            return Vec::new();
        }
        if model.starts_with("arn:") {
            return vec![model.clone()];
        }
        let region = &self.case.settings.region;
        let foundation = |id: &str| {
            format!(
                "arn:{}:bedrock:{region}::foundation-model/{id}",
                self.partition()
            )
        };
        // `us.anthropic.x` is a profile over `anthropic.x`
        match model.split_once('.') {
            Some((_, of)) if of.contains('.') => vec![
                self.arn("bedrock", &format!("inference-profile/{model}")),
                foundation(of),
            ],
            _ => vec![foundation(model)],
        }
    }

    fn objects(&self, store: Option<&StoreUrl>) -> Vec<String> {
        let arn = |store: &StoreUrl| {
            let (bucket, prefix) = (&store.bucket, &store.prefix);
            format!("arn:{}:s3:::{bucket}/{prefix}doctor", self.partition())
        };
        store.map(arn).into_iter().collect()
    }

    fn projects_file(&self) -> Option<StoreUrl> {
        let ProjectsSource::ObjectStore(url) = &self.case.projects else {
            return None;
        };
        let (folder, _file) = url.rsplit_once('/')?;
        StoreUrl::parse(folder).ok()
    }

    fn preview_store(&self) -> Option<StoreUrl> {
        let pattern = self.case.settings.preview_store.as_ref()?;
        place_of_previews(pattern, self.projects)
    }

    fn buckets(&self) -> Vec<String> {
        let mut buckets: Vec<String> = [
            self.case.settings.mail_store.clone(),
            self.preview_store(),
            self.projects_file(),
        ]
        .into_iter()
        .flatten()
        .map(|store| format!("arn:{}:s3:::{}", self.partition(), store.bucket))
        .collect();
        buckets.dedup();
        buckets
    }
}

/// What ARNs of this region begin with.
pub(super) fn partition(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

/// The part of an address behind the `@`.
pub(super) fn domain_of(address: &str) -> &str {
    address.rsplit('@').next().unwrap_or(address)
}

/// A pattern filled for each client of the projects, each once.
pub(super) fn by_client(pattern: &Pattern, projects: &[Project]) -> Vec<String> {
    let mut filled: Vec<String> = projects
        .iter()
        .map(|project| fill(pattern, &project.client, &project.id))
        .collect();
    filled.sort();
    filled.dedup();
    filled.truncate(MOST_CLIENTS);
    filled
}

/// The places of previews for each project, as far as they differ in their bucket.
pub(super) fn preview_buckets(pattern: &Pattern, projects: &[Project]) -> Vec<String> {
    let buckets = by_client(pattern, projects);
    let mut buckets: Vec<String> = buckets
        .iter()
        .filter_map(|filled| StoreUrl::parse(filled).ok())
        .map(|store| store.bucket)
        .collect();
    if buckets.is_empty() {
        buckets.extend(place_of_previews(pattern, projects).map(|store| store.bucket));
    }
    buckets.sort();
    buckets.dedup();
    buckets
}

/// One place of previews; with no project in sight, only if all have the same bucket.
fn place_of_previews(pattern: &Pattern, projects: &[Project]) -> Option<StoreUrl> {
    if let Some(project) = projects.first() {
        return StoreUrl::parse(&fill(pattern, &project.client, &project.id)).ok();
    }
    let fixed = pattern.as_str().split('{').next()?;
    // without a slash behind it, the bucket's name goes on in the placeholder
    let bucket = fixed.strip_prefix("s3://")?;
    bucket.contains('/').then(|| StoreUrl::parse(fixed).ok())?
}

fn fill(pattern: &Pattern, client: &ClientId, project: &ProjectId) -> String {
    let session: Option<SessionId> = "doctor".parse().ok();
    pattern.fill(PatternValues {
        client,
        project: Some(project),
        session: session.as_ref(),
    })
}
