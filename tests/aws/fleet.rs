//! The fleet over ECS and its queues over SQS together. The emulator has no PENDING, no client tokens and no stop codes:
//! those are in `tests/it/aws/ecs`.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_ecs::types::{
    AssignPublicIp, AwsVpcConfiguration, Compatibility, ContainerDefinition, LaunchType,
    NetworkConfiguration, NetworkMode,
};
use hermes::adapters::aws::Clients;
use hermes::adapters::aws::ecs::EcsFleet;
use hermes::adapters::aws::names::Names;
use hermes::adapters::aws::sqs::SqsQueues;
use hermes::config::AwsSettings;
use hermes::domain::container::TaskRef;
use hermes::domain::project::{AgentChoice, Project, ProjectRepo};
use hermes::ports::fleet::{Fleet as _, Launch, TaskState};
use hermes::ports::queues::QueueName;

use crate::support::{ManualClock, emulator};

trials![
    a_task_is_started_observed_listed_and_stopped,
    c11_a_task_that_ecs_does_not_know_is_on_its_way_and_then_unknown,
];

async fn cluster(clients: &Clients, settings: &AwsSettings) {
    let ecs = &clients.ecs;
    let created = ecs.create_cluster().cluster_name(&settings.cluster).send();
    created.await.unwrap();
    let container = ContainerDefinition::builder()
        .name("edit")
        .image("hermes-edit:1")
        .essential(true)
        .build();
    let registered = ecs
        .register_task_definition()
        .family("webordinary-edit")
        .requires_compatibilities(Compatibility::Fargate)
        .network_mode(NetworkMode::Awsvpc)
        .cpu("256")
        .memory("512")
        .container_definitions(container)
        .send()
        .await
        .unwrap();
    let definition = registered.task_definition.unwrap();
    let network = AwsVpcConfiguration::builder()
        .subnets("subnet-0a1b2c3d4e5f60001")
        .security_groups("sg-0a1b2c3d4e5f60001")
        .assign_public_ip(AssignPublicIp::Disabled)
        .build()
        .unwrap();
    let network = NetworkConfiguration::builder().awsvpc_configuration(network);
    let service = ecs
        .create_service()
        .cluster(&settings.cluster)
        .service_name(&settings.service)
        .task_definition(definition.task_definition_arn.unwrap())
        .desired_count(0)
        .launch_type(LaunchType::Fargate)
        .network_configuration(network.build());
    service.send().await.unwrap();
}

fn launch() -> Launch {
    Launch {
        container_id: "0a1b2c3d-site-ann-0123456789ab".parse().unwrap(),
        client_id: "acme".parse().unwrap(),
        project_id: "site".parse().unwrap(),
        user_id: "ann@example.com".parse().unwrap(),
        generation: 3,
        project: Project {
            id: "site".parse().unwrap(),
            client: "acme".parse().unwrap(),
            open: false,
            repo: ProjectRepo::Url("https://git.example.com/acme/site.git".to_owned()),
            branch: "main".to_owned(),
            build: None,
            output: ".".into(),
            addresses: Vec::new(),
            agent: AgentChoice::Literal,
            command_timeout: Duration::from_mins(30),
            members: Vec::new(),
            mail: hermes::domain::project::MailOptions::default(),
        },
    }
}

fn fleet(clients: &Clients, settings: &AwsSettings, clock: &Arc<ManualClock>) -> EcsFleet {
    let queues = SqsQueues::new(clients, Names::new(settings));
    let clock = Arc::<ManualClock>::clone(clock);
    EcsFleet::new(clients.ecs.clone(), settings, Arc::new(queues), clock)
}

async fn a_task_is_started_observed_listed_and_stopped() {
    let account = emulator().account();
    let (clients, settings) = (account.clients(), &account.settings);
    cluster(&clients, settings).await;
    let clock = Arc::new(ManualClock::default());
    let fleet = fleet(&clients, settings, &clock);

    let task = fleet.start(launch()).await.unwrap();
    let state = fleet.observe(std::slice::from_ref(&task)).await.unwrap();
    assert!(
        matches!(state[..], [TaskState::Pending | TaskState::Running]),
        "{state:?}"
    );
    let own = fleet.own().await.unwrap();
    assert_eq!(own.len(), 1);
    assert_eq!((&own[0].task, own[0].generation), (&task, 3));
    assert_eq!(own[0].container_id, launch().container_id);

    let names = Names::new(settings);
    for queue in [QueueName::input, QueueName::output, QueueName::dead] {
        let name = names.queue(&queue(launch().container_id));
        let found = clients.sqs.get_queue_url().queue_name(name).send().await;
        found.expect("the queues of a task are there before it is");
    }

    fleet.stop(&task, Duration::ZERO).await.unwrap();
    clock.advance(Duration::from_secs(5));
    let state = fleet.observe(std::slice::from_ref(&task)).await.unwrap();
    assert!(matches!(state[..], [TaskState::Stopped(_)]), "{state:?}");
    fleet.stop(&task, Duration::ZERO).await.unwrap();
    assert!(fleet.own().await.unwrap().is_empty());
}

async fn c11_a_task_that_ecs_does_not_know_is_on_its_way_and_then_unknown() {
    let account = emulator().account();
    let (clients, settings) = (account.clients(), &account.settings);
    cluster(&clients, settings).await;
    let clock = Arc::new(ManualClock::default());
    let fleet = fleet(&clients, settings, &clock);
    let arn = format!(
        "arn:aws:ecs:us-west-2:{}:task/{}/0",
        account.id(),
        settings.cluster
    );
    let task = TaskRef(arn);
    let look = || fleet.observe(std::slice::from_ref(&task));
    assert_eq!(look().await.unwrap(), [TaskState::Pending]);
    clock.advance(Duration::from_mins(1));
    assert_eq!(look().await.unwrap(), [TaskState::Unknown]);
    fleet.stop(&task, Duration::ZERO).await.unwrap();
}
