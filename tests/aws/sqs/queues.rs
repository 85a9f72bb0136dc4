//! How queues of containers are made, found again, and told about.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_sqs::types::QueueAttributeName;
use hermes::adapters::aws::Clients;
use hermes::adapters::aws::names::Names;
use hermes::adapters::aws::sqs::{OwnUrls, SqsQueues, WorkerQueues};
use hermes::domain::ids::ContainerId;
use hermes::ports::fault::FaultKind;
use hermes::ports::queues::{Direction, QueueName, Queues as _};

use crate::support::emulator;
use crate::support::emulator::Account;

trials![
    c22_to_c25_a_queue_is_made_as_the_rules_say,
    a_url_is_one_of_the_endpoint_that_is_set,
    a_url_that_names_another_host_is_as_good,
    a_queue_that_was_deleted_is_made_again,
    e8_what_sqs_does_not_take_is_escaped_or_refused,
    a_worker_has_its_own_queues_only,
    a_service_that_is_not_there_is_a_transient_fault_in_time,
    counting_makes_no_queues,
];

fn container() -> ContainerId {
    let [client, project, user] = ["acme", "site", "ann@example.com"];
    ContainerId::derive(
        &client.parse().unwrap(),
        &project.parse().unwrap(),
        &user.parse().unwrap(),
    )
}

fn queues(account: &Account) -> (SqsQueues, Clients) {
    let clients = account.clients();
    let queues = SqsQueues::new(&clients, Names::new(&account.settings));
    (queues, clients)
}

async fn attributes(clients: &Clients, url: &str) -> HashMap<QueueAttributeName, String> {
    let call = clients.sqs.get_queue_attributes().queue_url(url);
    let call = call.attribute_names(QueueAttributeName::All);
    call.send().await.unwrap().attributes.unwrap()
}

async fn c22_to_c25_a_queue_is_made_as_the_rules_say() {
    let account = emulator().account();
    let (queues, clients) = queues(&account);
    let input = QueueName::input(container());
    queues.send(&input, "{}".to_owned()).await.unwrap();
    let input = queues.url(&input).await.unwrap();
    assert!(input.ends_with(&format!("/webordinary-input-{}", container())));
    let has = attributes(&clients, &input).await;
    let dead = queues.url(&QueueName::dead(container())).await.unwrap();
    let dead_has = attributes(&clients, &dead).await;
    for (name, expected) in [
        (QueueAttributeName::VisibilityTimeout, "120"),
        (QueueAttributeName::MessageRetentionPeriod, "345600"),
        (QueueAttributeName::ReceiveMessageWaitTimeSeconds, "20"),
        (QueueAttributeName::SqsManagedSseEnabled, "true"),
    ] {
        assert_eq!(has[&name], expected, "{name}");
    }
    let fourteen_days = &dead_has[&QueueAttributeName::MessageRetentionPeriod];
    assert_eq!(fourteen_days, "1209600");
    assert!(!dead_has.contains_key(&QueueAttributeName::RedrivePolicy));
    let redrive: serde_json::Value =
        serde_json::from_str(&has[&QueueAttributeName::RedrivePolicy]).unwrap();
    assert_eq!(redrive["maxReceiveCount"], 10);
    let arn = &dead_has[&QueueAttributeName::QueueArn];
    assert_eq!(redrive["deadLetterTargetArn"], arn.as_str());
    let tags = clients.sqs.list_queue_tags().queue_url(&input);
    let tags = tags.send().await.unwrap().tags.unwrap();
    assert_eq!(tags["hermes:container"], container().to_string());
    assert_eq!(tags["webordinary:service"], "hermes");
    assert!(
        container()
            .as_str()
            .starts_with(&tags["hermes:client-hash"])
    );
}

async fn a_url_is_one_of_the_endpoint_that_is_set() {
    let mut account = emulator().account();
    let endpoint = emulator().endpoint().replace("127.0.0.1", "localhost");
    account.settings.endpoint_url = Some(endpoint.clone());
    let (queues, _) = queues(&account);
    let output = QueueName::output(container());
    let url = queues.url(&output).await.unwrap();
    let name = format!("/{}/webordinary-output-{}", account.id(), container());
    assert_eq!(url, endpoint + &name);
    queues.send(&output, "{}".to_owned()).await.unwrap();
    let got = queues.receive(&output, 10, Duration::ZERO).await.unwrap();
    assert_eq!(got.len(), 1);
}

async fn a_url_that_names_another_host_is_as_good() {
    let account = emulator().account();
    let (queues, clients) = queues(&account);
    let [input, output, dead] = [
        QueueName::input(container()),
        QueueName::output(container()),
        QueueName::dead(container()),
    ];
    for queue in [&input, &output, &dead] {
        queues.url(queue).await.unwrap();
    }
    let elsewhere = |kind: &str| {
        let host = "https://sqs.us-west-2.amazonaws.com";
        format!("{host}/{}/webordinary-{kind}-{}", account.id(), container())
    };
    let urls = OwnUrls {
        input: elsewhere("input"),
        output: elsewhere("output"),
        dead: elsewhere("dlq"),
    };
    let worker = WorkerQueues::new(&clients, container(), urls);
    worker.send(&output, "{}".to_owned()).await.unwrap();
    let got = queues.receive(&output, 10, Duration::ZERO).await.unwrap();
    assert_eq!(got.len(), 1);
}

async fn a_queue_that_was_deleted_is_made_again() {
    let account = emulator().account();
    let (queues, clients) = queues(&account);
    let input = QueueName::input(container());
    queues.send(&input, "1".to_owned()).await.unwrap();
    let url = queues.url(&input).await.unwrap();
    let delete = clients.sqs.delete_queue().queue_url(&url);
    delete.send().await.unwrap();
    queues.send(&input, "2".to_owned()).await.unwrap();
    let got = queues.receive(&input, 10, Duration::ZERO).await.unwrap();
    assert_eq!(got[0].body, "2");
    let has = attributes(&clients, &url).await;
    assert!(has.contains_key(&QueueAttributeName::RedrivePolicy));
}

async fn e8_what_sqs_does_not_take_is_escaped_or_refused() {
    let account = emulator().account();
    let (queues, _) = queues(&account);
    let output = QueueName::output(container());
    let said = serde_json::json!({ "summary": "a\u{0}b\u{fffe}c\u{ffff}\u{1b}[0m\u{1f44b}" });
    queues.send(&output, said.to_string()).await.unwrap();
    let got = queues.receive(&output, 10, Duration::ZERO).await.unwrap();
    let read: serde_json::Value = serde_json::from_str(&got[0].body).unwrap();
    assert_eq!(read, said);
    let long = queues.send(&output, "x".repeat(1024 * 1024 + 1)).await;
    let fault = long.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Broken);
    assert!(fault.source.to_string().contains("1048577 bytes"));
}

async fn a_worker_has_its_own_queues_only() {
    let account = emulator().account();
    let (queues, clients) = queues(&account);
    let other: ContainerId = "other".parse().unwrap();
    let urls = OwnUrls {
        input: queues.url(&QueueName::input(other.clone())).await.unwrap(),
        output: queues.url(&QueueName::output(other.clone())).await.unwrap(),
        dead: queues.url(&QueueName::dead(other)).await.unwrap(),
    };
    let worker = WorkerQueues::new(&clients, "other".parse().unwrap(), urls);
    let output = QueueName::output(container());
    let foreign = worker.send(&output, "{}".to_owned());
    assert_eq!(foreign.await.unwrap_err().kind, FaultKind::Denied);
}

async fn a_service_that_is_not_there_is_a_transient_fault_in_time() {
    let mut account = emulator().account();
    // the port of nobody: this one is closed again at once
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    account.settings.endpoint_url = Some(format!("http://{address}"));
    let (queues, _) = queues(&account);
    let fault = queues
        .send(&QueueName::input(container()), "{}".to_owned())
        .await
        .unwrap_err();
    assert_eq!(fault.kind, FaultKind::Transient, "{fault:?}");
    let fault = queues.probe().await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Transient, "{fault:?}");
}

async fn counting_makes_no_queues() {
    let account = emulator().account();
    let (queues, clients) = queues(&account);
    let depth = queues
        .depth(Direction::Input, &[container()])
        .await
        .unwrap();
    assert_eq!((depth.visible, depth.in_flight), (0, 0));
    let list = clients.sqs.list_queues().send().await.unwrap();
    assert_eq!(list.queue_urls().len(), 0);
}
