//! The files of commands, over a real socket: each worker reads its own and no others.

use bytes::Bytes;
use hermes::domain::blob::BlobId;
use hermes::domain::command::{Attachment, Command};
use hermes::domain::ids::{ClientId, ContainerId};
use hermes::ports::attached_files::AttachedFiles as _;
use hermes::ports::fault::FaultKind;
use hermes::ports::ledger::Write;

use super::socket_queues::Server;
use crate::support::records::a_command;

fn id(text: &str) -> ContainerId {
    text.parse().unwrap()
}

/// Keeps a file and a command `cmd-<n>` of `container` that it came with.
async fn brought(server: &Server, n: u32, container: &str, content: &[u8]) -> Command {
    let world = &server.world;
    let client: ClientId = "acme".parse().unwrap();
    let content = Bytes::copy_from_slice(content);
    let reference = world
        .archive
        .put_file(&client, content.clone(), world.now());
    let file = Attachment {
        name: "logo.png".to_owned(),
        content_type: "image/png".to_owned(),
        bytes: content.len() as u64,
        sha256: BlobId::of(&content),
        reference: reference.await.unwrap(),
        image: Some(1),
        notes: Vec::new(),
    };
    let command = Command {
        container_id: id(container),
        attachments: vec![file],
        ..a_command(n)
    };
    world
        .write([Write::Command(Box::new(command.clone()))])
        .await;
    command
}

#[tokio::test]
async fn a_worker_reads_the_files_of_its_commands() {
    let server = Server::start();
    let worker = server.worker(&id("a"), 1);
    for (n, size) in (1..).zip([0, 1, 300_000, 5_000_000]) {
        let content: Vec<u8> = (0..=u8::MAX).cycle().take(size).collect();
        let command = brought(&server, n, "a", &content).await;
        let read = worker.read(&command.command_id, &command.attachments[0]);
        assert_eq!(read.await.unwrap().unwrap(), content);
    }
}

#[tokio::test]
async fn what_is_not_its_own_is_absent() {
    let server = Server::start();
    let worker = server.worker(&id("a"), 1);
    let own = brought(&server, 1, "a", b"own").await;
    let other = brought(&server, 2, "b", b"other").await;
    let theirs = &other.attachments[0];
    for (command, file) in [
        (&other.command_id, theirs),
        (&own.command_id, theirs),
        (&"cmd-9".parse().unwrap(), theirs),
        (&other.command_id, &own.attachments[0]),
    ] {
        assert_eq!(worker.read(command, file).await.unwrap(), None, "{command}");
    }
    let raw = server
        .world
        .archive
        .put("a raw mail".into(), server.world.now());
    let raw = Attachment {
        sha256: raw.await.unwrap(),
        ..theirs.clone()
    };
    assert_eq!(worker.read(&own.command_id, &raw).await.unwrap(), None);
}

#[tokio::test]
async fn a_file_longer_than_it_was_said_to_be_is_not_read() {
    let server = Server::start();
    let worker = server.worker(&id("a"), 1);
    let command = brought(&server, 1, "a", b"four").await;
    let short = Attachment {
        bytes: 3,
        ..command.attachments[0].clone()
    };
    assert_eq!(
        worker.read(&command.command_id, &short).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn c4_an_earlier_generation_reads_nothing() {
    let server = Server::start();
    let old = server.worker(&id("a"), 1);
    server.worker(&id("a"), 2);
    let command = brought(&server, 1, "a", b"x").await;
    let fault = old.read(&command.command_id, &command.attachments[0]).await;
    assert_eq!(fault.unwrap_err().kind, FaultKind::Denied);
}
