//! Reads commands: one, those of a session, and the open ones of a container.

use hermes::domain::blob::BlobId;
use hermes::domain::command::{
    Acks, Attachment, CancelReason, Command, CommandResult, CommandState, MailOrigin, Source,
};
use hermes::domain::mail::files::{FileNote, FileRefusal, RefusedFile};
use hermes::domain::mail::{Language, LetterKind};
use hermes::domain::member::Role;
use hermes::ports::ledger::Write;

use crate::support::World;
use crate::support::records::*;

contract![
    absence_is_no_error,
    a_command_is_read_as_last_committed,
    commands_of_a_session_come_newest_first,
    open_commands_of_a_container_come_in_sequence,
    an_ended_command_is_no_longer_open,
];

fn writes(commands: impl IntoIterator<Item = Command>) -> Vec<Write> {
    commands
        .into_iter()
        .map(|command| Write::Command(Box::new(command)))
        .collect()
}

fn names(commands: &[Command]) -> Vec<&str> {
    commands.iter().map(|c| c.command_id.as_str()).collect()
}

async fn absence_is_no_error(world: &World) {
    assert_eq!(world.commands.get(&id("cmd-1")).await.unwrap(), None);
    let of_session = world.commands.by_session(&id("ses-1"), 10).await.unwrap();
    assert!(of_session.is_empty());
    let open = world.commands.open_in(&the_box()).await.unwrap();
    assert!(open.is_empty());
}

async fn a_command_is_read_as_last_committed(world: &World) {
    let mut command = Command {
        source: Source::Email,
        mail: Some(MailOrigin {
            journal_id: id("msg-1"),
            from: id("amelia@example.com"),
            answer_to: Some(id("bob@example.com")),
            copies: vec![id("vic@example.com")],
            subject: "Öffnungszeiten".to_owned(),
            message_id: id("m1@example.com"),
            remarks: vec!["You changed the subject.".to_owned()],
            references: vec![id("m0@example.com")],
            language: Language::De,
            role: Some(Role::Publisher),
            acks: Acks::Unwanted,
        }),
        attachments: vec![Attachment {
            name: "logo.png".to_owned(),
            content_type: "image/png".to_owned(),
            bytes: 3,
            sha256: BlobId::of(b"png"),
            reference: "attachments/1".to_owned(),
            image: Some(1),
            notes: vec![FileNote::NotForBrowsers],
        }],
        refused_files: vec![RefusedFile {
            name: "setup.exe".to_owned(),
            reason: FileRefusal::Program,
        }],
        told: vec![LetterKind::Ack, LetterKind::StillWorking],
        ..a_command(1)
    };
    world.write(writes([command.clone()])).await;
    command.version = 1;
    let read = world.commands.get(&command.command_id).await.unwrap();
    assert_eq!(read.as_ref(), Some(&command));
    command.state = CommandState::Failed;
    command.cancel = Some(CancelReason::Stop);
    command.ended_at = Some(world.now());
    command.result = Some(CommandResult {
        error_code: Some("build_failed".to_owned()),
        files_changed: vec!["index.html".to_owned()],
        ..CommandResult::default()
    });
    world.write(writes([command.clone()])).await;
    command.version = 2;
    let read = world.commands.get(&command.command_id).await.unwrap();
    assert_eq!(read, Some(command));
}

async fn commands_of_a_session_come_newest_first(world: &World) {
    let elsewhere = Command {
        session_id: id("ses-2"),
        ..a_command(4)
    };
    let ended = Command {
        state: CommandState::Succeeded,
        ..a_command(3)
    };
    world
        .write(writes([a_command(2), ended, a_command(1), elsewhere]))
        .await;
    let all = world.commands.by_session(&id("ses-1"), 10).await.unwrap();
    assert_eq!(names(&all), ["cmd-3", "cmd-2", "cmd-1"]);
    let latest = world.commands.by_session(&id("ses-1"), 2).await.unwrap();
    assert_eq!(names(&latest), ["cmd-3", "cmd-2"]);
}

async fn open_commands_of_a_container_come_in_sequence(world: &World) {
    let states = [
        CommandState::Queued,
        CommandState::Running,
        CommandState::Succeeded,
        CommandState::Failed,
        CommandState::Interrupted,
    ];
    // The higher the number, the earlier the sequence; sessions take turns.
    let commands = (1..).zip(states).map(|(n, state)| Command {
        state,
        session_id: id(&format!("ses-{}", n % 2)),
        sequence: (20 - n).into(),
        ..a_command(n)
    });
    let elsewhere = Command {
        container_id: id("box-2"),
        ..a_command(9)
    };
    world.write(writes(commands.chain([elsewhere]))).await;
    let open = world.commands.open_in(&the_box()).await.unwrap();
    assert_eq!(names(&open), ["cmd-2", "cmd-1"]);
}

async fn an_ended_command_is_no_longer_open(world: &World) {
    world.write(writes([a_command(1), a_command(2)])).await;
    let mut command = world.commands.get(&id("cmd-1")).await.unwrap().unwrap();
    command.state = CommandState::Interrupted;
    world.write(writes([command])).await;
    let open = world.commands.open_in(&the_box()).await.unwrap();
    assert_eq!(names(&open), ["cmd-2"]);
}
