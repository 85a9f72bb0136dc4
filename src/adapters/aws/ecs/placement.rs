//! As what and where tasks run: the edit service's own configuration, and what the settings say instead.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_ecs::Client;
use aws_sdk_ecs::types::{
    AssignPublicIp, AwsVpcConfiguration, CapacityProviderStrategyItem, ContainerDefinition,
    LaunchType, NetworkMode, Service, TaskDefinition,
};
use tokio::sync::Mutex;

use crate::adapters::aws::fault;
use crate::config::AwsSettings;
use crate::domain::time::Timestamp;
use crate::ports::clock::Clock;
use crate::ports::fleet::LaunchError;

/// How long the answers about the edit service are good for: a new worker image, deployed by giving the service another
/// task definition, is taken for starts from then on (C10).
const GOOD_FOR: Duration = Duration::from_mins(5);

/// Where a container's disk is mounted, unless its task definition says otherwise in `WORKSPACE_PATH`.
const WORKSPACE: &str = "/workspace";

/// As what and where a task runs.
#[derive(Debug, Clone)]
pub(super) struct Placement {
    pub(super) task_definition: String,
    /// The container of it that is the worker.
    pub(super) container: String,
    /// The folder in which each container has its own.
    pub(super) workspaces: String,
    /// With `awsvpc`, which is the only mode of Fargate.
    pub(super) network: Option<AwsVpcConfiguration>,
    pub(super) capacity: Capacity,
    pub(super) platform_version: Option<String>,
}

/// On what a task runs.
#[derive(Debug, Clone)]
pub(super) enum Capacity {
    /// As the cluster is set up.
    OfCluster,
    /// On this.
    LaunchType(LaunchType),
    /// On these, by weight.
    Providers(Vec<CapacityProviderStrategyItem>),
}

impl Capacity {
    const SPOT: &'static str = "FARGATE_SPOT";
    const ON_DEMAND: &'static str = "FARGATE";

    fn of(service: &Service) -> Self {
        let providers = service.capacity_provider_strategy();
        match service.launch_type() {
            _ if !providers.is_empty() => Self::Providers(providers.to_vec()),
            Some(launch_type) => Self::LaunchType(launch_type.clone()),
            None => Self::OfCluster,
        }
    }

    /// What costs more and is there more often, if this may be Spot (C7).
    pub(super) fn fallback(&self) -> Option<Self> {
        let Self::Providers(providers) = self else {
            return None;
        };
        let is_spot = |one: &CapacityProviderStrategyItem| one.capacity_provider() == Self::SPOT;
        providers.iter().any(is_spot).then(|| {
            let on_demand = CapacityProviderStrategyItem::builder();
            let on_demand = on_demand.capacity_provider(Self::ON_DEMAND).weight(1);
            Self::Providers(on_demand.build().into_iter().collect())
        })
    }
}

/// The edit service, as last described.
pub(super) struct EditService {
    client: Client,
    settings: Arc<AwsSettings>,
    clock: Arc<dyn Clock>,
    /// Held while ECS is asked, so that many starts at once ask once.
    known: Mutex<Option<(Timestamp, Placement)>>,
}

impl EditService {
    pub(super) fn new(client: Client, settings: Arc<AwsSettings>, clock: Arc<dyn Clock>) -> Self {
        Self {
            client,
            settings,
            clock,
            known: Mutex::new(None),
        }
    }

    /// Where the next task is to run.
    pub(super) async fn placement(&self) -> Result<Placement, LaunchError> {
        let mut known = self.known.lock().await;
        let now = self.clock.now();
        if let Some((at, placement)) = &*known
            && now.since(*at) < GOOD_FOR
        {
            return Ok(placement.clone());
        }
        let placement = self.look_up().await?;
        *known = Some((now, placement.clone()));
        Ok(placement)
    }

    /// Asks again before the next start: the last one was refused, and an operator may be mending it.
    pub(super) async fn forget(&self) {
        *self.known.lock().await = None;
    }

    async fn look_up(&self) -> Result<Placement, LaunchError> {
        let service = self.service().await?;
        let wanted = self.settings.task_definition.as_deref();
        let of_service = || service.as_ref().and_then(Service::task_definition);
        let Some(name) = wanted.or_else(of_service) else {
            return Err(LaunchError::Rejected(format!(
                "there is no service {} in cluster {} to take the task definition from: create it, or set ECS_TASK_DEFINITION, ECS_SUBNETS and ECS_SECURITY_GROUPS",
                self.settings.service, self.settings.cluster
            )));
        };
        let definition = self.definition(name).await?;
        let worker = self.worker(name, &definition)?;
        let network = self.network(service.as_ref(), &definition)?;
        Ok(Placement {
            task_definition: name.to_owned(),
            container: worker.name().unwrap_or_default().to_owned(),
            workspaces: workspaces(worker).to_owned(),
            network,
            capacity: service.as_ref().map_or(Capacity::OfCluster, Capacity::of),
            platform_version: service
                .as_ref()
                .and_then(Service::platform_version)
                .map(ToOwned::to_owned),
        })
    }

    /// The edit service, if there is one.
    async fn service(&self) -> Result<Option<Service>, LaunchError> {
        let request = self
            .client
            .describe_services()
            .cluster(&self.settings.cluster);
        let answer = request.services(&self.settings.service).send().await;
        let answer = answer.map_err(fault("ecs.describe_services"))?;
        let services = answer.services.unwrap_or_default().into_iter();
        let mut alive = services.filter(|service| service.status() != Some("INACTIVE"));
        Ok(alive.next())
    }

    async fn definition(&self, name: &str) -> Result<TaskDefinition, LaunchError> {
        let request = self.client.describe_task_definition().task_definition(name);
        let answer = request
            .send()
            .await
            .map_err(fault("ecs.describe_task_definition"))?;
        let none = || LaunchError::Rejected(format!("there is no task definition {name}"));
        answer.task_definition.ok_or_else(none)
    }

    /// The container that is told what to work on: the one that the settings name, else the first essential one.
    fn worker<'d>(
        &self,
        name: &str,
        definition: &'d TaskDefinition,
    ) -> Result<&'d ContainerDefinition, LaunchError> {
        let mut containers = definition.container_definitions().iter();
        let wanted = self.settings.container_name.as_deref();
        let is_worker = |one: &&ContainerDefinition| match wanted {
            Some(_) => one.name() == wanted,
            None => one.essential().unwrap_or(true),
        };
        containers.find(is_worker).ok_or_else(|| {
            LaunchError::Rejected(match wanted {
                Some(wanted) => format!(
                    "task definition {name} has no container {wanted}: check ECS_CONTAINER_NAME"
                ),
                None => format!("task definition {name} has no essential container"),
            })
        })
    }

    fn network(
        &self,
        service: Option<&Service>,
        definition: &TaskDefinition,
    ) -> Result<Option<AwsVpcConfiguration>, LaunchError> {
        if definition.network_mode() != Some(&NetworkMode::Awsvpc) {
            return Ok(None); // other modes take no network configuration
        }
        let of_service =
            service.and_then(|one| one.network_configuration()?.awsvpc_configuration());
        let or = |own: &[String], theirs: fn(&AwsVpcConfiguration) -> &[String]| match of_service {
            Some(network) if own.is_empty() => theirs(network).to_vec(),
            Some(_) | None => own.to_vec(),
        };
        let subnets = or(&self.settings.subnets, AwsVpcConfiguration::subnets);
        let groups = or(
            &self.settings.security_groups,
            AwsVpcConfiguration::security_groups,
        );
        let assign = of_service.and_then(AwsVpcConfiguration::assign_public_ip);
        let network = AwsVpcConfiguration::builder()
            .set_subnets(Some(subnets))
            .set_security_groups(Some(groups).filter(|groups| !groups.is_empty()))
            .assign_public_ip(assign.cloned().unwrap_or(AssignPublicIp::Disabled))
            .build();
        match network {
            Ok(network) if !network.subnets().is_empty() => Ok(Some(network)),
            Ok(_) | Err(_) => Err(LaunchError::Rejected(format!(
                "service {} says in no subnets to run tasks in: set ECS_SUBNETS",
                self.settings.service
            ))),
        }
    }
}

fn workspaces(worker: &ContainerDefinition) -> &str {
    let variables = worker.environment().iter();
    let mut found = variables.filter(|variable| variable.name() == Some("WORKSPACE_PATH"));
    let path = found.next().and_then(|variable| variable.value());
    path.filter(|path| path.starts_with('/'))
        .unwrap_or(WORKSPACE)
        .trim_end_matches('/')
}
