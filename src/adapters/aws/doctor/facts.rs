//! What several checks build on, asked once.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_ecs::types::{Service, TaskDefinition};
use aws_smithy_types::error::metadata::ProvideErrorMetadata as _;
use tokio::sync::OnceCell;

use super::super::Clients;
use super::super::fault::fault;
use super::super::names::Names;
use super::super::signed::{self, NO_CREDENTIALS, STS, Signed, chain};
use crate::config::{AwsSettings, Mode, ProjectsSource, load_projects, parse_projects};
use crate::domain::check::Check;
use crate::domain::project::Project;
use crate::domain::time::Timestamp;
use crate::ports::clock::Clock;
use crate::ports::fault::{Fault, FaultKind};

/// What is looked at, beside AWS itself.
#[derive(Debug, Clone)]
pub struct Case {
    /// The names of everything.
    pub settings: AwsSettings,
    /// The address that mail comes to and goes out from.
    pub mail_address: String,
    /// Whether mail goes out by SES.
    pub sends_by_ses: bool,
    /// Where the projects are listed.
    pub projects: ProjectsSource,
    /// How strict the projects are read.
    pub mode: Mode,
    /// Role whose permissions are checked, instead of the caller's.
    pub role: Option<String>,
    /// The region that other tools of this machine take, if it is set.
    pub other_region: Option<String>,
}

/// Why something is not known.
#[derive(Debug, Clone)]
pub(super) struct Reason {
    pub(super) kind: FaultKind,
    pub(super) text: String,
}

impl From<Fault> for Reason {
    fn from(fault: Fault) -> Self {
        let text = signed::reason(&fault);
        let kind = fault.kind;
        Self { kind, text }
    }
}

impl Reason {
    /// The row of a thing that could not be looked at; `action` is what IAM calls the question.
    pub(super) fn unknown(&self, name: impl Into<String>, action: &str) -> Check {
        let fix = match self.kind {
            FaultKind::Denied if self.text == NO_CREDENTIALS => {
                "mend the credentials first".to_owned()
            }
            FaultKind::Denied => format!("allow {action} to whoever runs this, or ask as somebody who may"),
            FaultKind::Throttled => "ask again in a minute".to_owned(),
            FaultKind::Transient => {
                "see that AWS can be reached from here (network, proxy, AWS_REGION, AWS_ENDPOINT_URL), and ask again"
                    .to_owned()
            }
            FaultKind::Broken => format!("find out why {action} is answered like this"),
        };
        Check::unknown(name, self.text.clone(), fix)
    }
}

/// Who asks.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub(super) account: String,
    pub(super) arn: String,
}

/// Who asks, and how far the machine's clock is from that of AWS.
#[derive(Debug, Clone)]
pub(super) struct Hello {
    pub(super) identity: Result<Identity, Reason>,
    /// How far, and whether ours is ahead.
    pub(super) skew: Option<(Duration, Ahead)>,
}

/// Whose clock is ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ahead {
    Ours,
    Theirs,
}

/// What the checks share.
pub(super) struct Facts {
    pub(super) case: Case,
    pub(super) names: Names,
    pub(super) clients: Clients,
    pub(super) signed: Signed,
    clock: Arc<dyn Clock>,
    hello: OnceCell<Hello>,
    service: OnceCell<Result<Option<Service>, Reason>>,
    definition: OnceCell<Result<Option<TaskDefinition>, Reason>>,
    projects: OnceCell<Result<Vec<Project>, Reason>>,
}

impl Facts {
    pub(super) fn new(clients: Clients, case: Case, clock: Arc<dyn Clock>) -> Result<Self, Fault> {
        let signed = Signed::new(&case.settings, &clients.sdk, Arc::clone(&clock))?;
        Ok(Self {
            names: Names::new(&case.settings),
            case,
            clients,
            signed,
            clock,
            hello: OnceCell::new(),
            service: OnceCell::new(),
            definition: OnceCell::new(),
            projects: OnceCell::new(),
        })
    }

    pub(super) const fn settings(&self) -> &AwsSettings {
        &self.case.settings
    }

    /// Who asks, and when AWS says it is.
    pub(super) async fn hello(&self) -> &Hello {
        // on the heap: what a look waits for would be a part of every look
        let ask = Box::pin(async {
            let answer = self.signed.query_dated(STS, "GetCallerIdentity", &[]).await;
            match answer {
                Err(fault) => Hello {
                    identity: Err(fault.into()),
                    skew: None,
                },
                Ok(answer) => Hello {
                    skew: answer.date.map(|date| self.skew(date)),
                    identity: answer
                        .body
                        .and_then(|body| identity(&body))
                        .map_err(Reason::from),
                },
            }
        });
        self.hello.get_or_init(|| ask).await
    }

    fn skew(&self, theirs: Timestamp) -> (Duration, Ahead) {
        let ours = self.clock.now();
        if ours > theirs {
            (ours.since(theirs), Ahead::Ours)
        } else {
            (theirs.since(ours), Ahead::Theirs)
        }
    }

    /// The edit service; `None` when there is none.
    pub(super) async fn service(&self) -> &Result<Option<Service>, Reason> {
        let ask = Box::pin(async {
            let settings = self.settings();
            let question = self.clients.ecs.describe_services();
            let question = question.cluster(&settings.cluster);
            match question.services(&settings.service).send().await {
                Ok(answer) => Ok(answer.services.unwrap_or_default().pop()),
                Err(error) if error.code() == Some("ClusterNotFoundException") => Ok(None),
                Err(error) => Err(fault("ecs.describe_services")(error).into()),
            }
        });
        self.service.get_or_init(|| ask).await
    }

    /// The task definition that tasks are made of; `None` when there is none.
    pub(super) async fn definition(&self) -> &Result<Option<TaskDefinition>, Reason> {
        let ask = Box::pin(async {
            let named = match &self.settings().task_definition {
                Some(named) => Some(named.clone()),
                None => match self.service().await {
                    Ok(service) => service.as_ref().and_then(|it| it.task_definition.clone()),
                    Err(reason) => return Err(reason.clone()),
                },
            };
            let Some(named) = named else {
                return Ok(None);
            };
            let question = self.clients.ecs.describe_task_definition();
            match question.task_definition(named).send().await {
                Ok(answer) => Ok(answer.task_definition),
                // "Unable to describe task definition."
                Err(error) if error.code() == Some("ClientException") => Ok(None),
                Err(error) => Err(fault("ecs.describe_task_definition")(error).into()),
            }
        });
        self.definition.get_or_init(|| ask).await
    }

    /// The projects.
    pub(super) async fn projects(&self) -> &Result<Vec<Project>, Reason> {
        let ask = Box::pin(async {
            let wrong = |text: String| Reason {
                kind: FaultKind::Broken,
                text,
            };
            let ProjectsSource::ObjectStore(url) = &self.case.projects else {
                return load_projects(&self.case.projects, self.case.mode)
                    .map_err(|errors| wrong(errors.to_string()));
            };
            let text = self.object(url).await?;
            parse_projects(url, &text, Path::new("/"), self.case.mode)
                .map_err(|errors| wrong(errors.to_string()))
        });
        self.projects.get_or_init(|| ask).await
    }

    /// The text of an object, such as `s3://bucket/config/projects.toml`.
    async fn object(&self, url: &str) -> Result<String, Reason> {
        let broken = |text: String| Reason {
            kind: FaultKind::Broken,
            text,
        };
        let place = url
            .strip_prefix("s3://")
            .and_then(|rest| rest.split_once('/'));
        let Some((bucket, key)) = place else {
            return Err(broken(format!("{url} names no object")));
        };
        let question = self.clients.s3.get_object().bucket(bucket).key(key);
        let answer = question.send().await;
        let answer = answer.map_err(|error| fault("s3.get_object")(error))?;
        let bytes = answer.body.collect().await;
        let bytes = bytes.map_err(|error| broken(chain(&error)))?.to_vec();
        String::from_utf8(bytes).map_err(|error| broken(error.to_string()))
    }
}

fn identity(body: &str) -> Result<Identity, Fault> {
    let broken =
        |detail: &str| Fault::new("GetCallerIdentity", FaultKind::Broken, detail.to_owned());
    let document = roxmltree::Document::parse(body).map_err(|error| broken(&error.to_string()))?;
    let text = |name: &str| {
        let mut nodes = document.descendants();
        let node = nodes.find(|node| node.tag_name().name() == name);
        node.and_then(|node| node.text()).map(str::to_owned)
    };
    match (text("Account"), text("Arn")) {
        (Some(account), Some(arn)) => Ok(Identity { account, arn }),
        _ => Err(broken("the answer names no caller")),
    }
}
