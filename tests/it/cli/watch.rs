//! `hermes session watch`.

use std::future::ready;
use std::io::{self, Write};
use std::sync::Arc;

use hermes::cli::{Server, Terminal, watch};
use hermes::config::cli::{ClientSettings, Exit};
use insta::assert_snapshot;
use tokio::sync::Notify;

use super::events::{Then, event, frames};
use super::scripted::{NOW, Scripted, answer, problem};

const WATCH: [&str; 3] = ["session", "watch", "ses-1"];

fn end() -> String {
    "event: end\ndata: {}\n\n".to_owned()
}

fn story() -> Vec<String> {
    let box_1 = r#""containerId":"box-1","generation":1"#;
    let (command, preview) = (
        r#""commandId":"cmd-1""#,
        r#""previewUrl":"http://ses-1.localhost:3000/""#,
    );
    [
        ("mail.accepted", r#"{"journalId":"jrn-1"}"#.to_owned()),
        ("session.created", r#"{"activation":1}"#.to_owned()),
        ("command.queued", format!("{{{command}}}")),
        ("container.starting", format!("{{{box_1}}}")),
        ("container.running", format!("{{{box_1}}}")),
        ("command.started", format!(r#"{{{command},"attempt":1}}"#)),
        ("command.progress", format!(r#"{{{command},"detail":"Editing contact.html"}}"#)),
        ("preview.ready", format!("{{{preview}}}")),
        (
            "command.succeeded",
            format!(r#"{{{command},"summary":"Opening hours are now 9-5","filesChanged":["contact.html"],{preview}}}"#),
        ),
        ("reply.sent", format!(r#"{{{command},"kind":"result"}}"#)),
        ("budget.reached", r#"{"newer":"than this client"}"#.to_owned()),
        ("command.failed", format!(r#"{{{command},"errorCode":"build_failed","summary":"npm ended with 1"}}"#)),
        ("command.interrupted", format!("{{{command}}}")),
        ("reply.failed", r#"{"kind":"failure"}"#.to_owned()),
        ("container.failed", format!(r#"{{{box_1},"reason":"no capacity"}}"#)),
        ("container.draining", format!(r#"{{{box_1},"reason":"idle"}}"#)),
        ("container.stopped", format!(r#"{{{box_1},"reason":"idle"}}"#)),
        ("session.draining", r#"{"openCommands":2}"#.to_owned()),
        ("session.woken", r#"{"activation":2}"#.to_owned()),
        ("session.ended", r#"{"reason":"deactivated"}"#.to_owned()),
    ]
    .iter()
    .zip(1..)
    .map(|((name, data), sequence)| event(sequence, name, data))
    .collect()
}

#[tokio::test]
async fn every_event_is_told_until_the_end() {
    let told = [story(), vec![end()]].concat();
    let server = Scripted::start([frames(&told, Then::Stay)]).await;
    assert_snapshot!(server.asked(&WATCH).await, @r"
    2026-11-21T14:27:01Z  Mail received
    2026-11-21T14:27:02Z  Session opened
    2026-11-21T14:27:03Z  Instruction queued
    2026-11-21T14:27:04Z  Waking up
    2026-11-21T14:27:05Z  Awake
    2026-11-21T14:27:06Z  Working on it
    2026-11-21T14:27:07Z  Editing contact.html
    2026-11-21T14:27:08Z  Preview ready: http://ses-1.localhost:3000/
    2026-11-21T14:27:09Z  Done: Opening hours are now 9-5. Changed: contact.html. Preview: http://ses-1.localhost:3000/
    2026-11-21T14:27:10Z  Answer sent (result)
    2026-11-21T14:27:11Z  budget.reached
    2026-11-21T14:27:12Z  Failed: npm ended with 1 (build_failed)
    2026-11-21T14:27:13Z  Interrupted; the work so far is saved
    2026-11-21T14:27:14Z  Answer could not be sent (failure)
    2026-11-21T14:27:15Z  Could not wake up: no capacity
    2026-11-21T14:27:16Z  Going to sleep: idle
    2026-11-21T14:27:17Z  Asleep: idle
    2026-11-21T14:27:18Z  Session is ending, after its open instructions (2)
    2026-11-21T14:27:19Z  Session opened again
    2026-11-21T14:27:20Z  Session ended: deactivated
    ---- Done
    ");
    let heard = server.only();
    assert_eq!(heard.call, "GET /hermes/api/sessions/ses-1/events");
    assert_eq!(heard.header("accept"), "text/event-stream");
    assert_eq!(heard.header("last-event-id"), "");
}

#[tokio::test]
async fn in_json_every_event_is_a_line() {
    let told = [story(), vec![end()]].concat();
    let server = Scripted::start([frames(&told, Then::Stay)]).await;
    let said = server.asked(&["session", "watch", "ses-1", "--json"]).await;
    assert_eq!((said.exit, said.err.as_str()), (Exit::Done, ""));
    let sequences: Vec<_> = said
        .out
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["sequence"]
                .as_u64()
                .unwrap()
        })
        .collect();
    assert_eq!(sequences, (1..=20).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_broken_connection_is_made_again_behind_the_last_event() {
    let story = story();
    let answers = [
        frames(&story[..2], Then::Break),
        answer(503, "text/plain", "starting"),
        // Number 2 comes twice: it is told once.
        frames(&story[1..4], Then::Close),
        frames(&[], Then::Close),
        frames(&[end()], Then::Stay),
    ];
    let server = Scripted::start(answers).await;
    assert_snapshot!(server.asked(&WATCH).await, @r"
    2026-11-21T14:27:01Z  Mail received
    2026-11-21T14:27:02Z  Session opened
    2026-11-21T14:27:03Z  Instruction queued
    2026-11-21T14:27:04Z  Waking up
    The session has ended
    ---- Done
    the connection is lost; going on when it is back
    the connection is lost; going on when it is back
    ");
    let ids: Vec<_> = server
        .heard()
        .iter()
        .map(|heard| heard.header("last-event-id").to_owned())
        .collect();
    assert_eq!(ids, ["", "2", "2", "4", "4"]);
}

#[tokio::test]
async fn a_restart_of_the_server_is_waited_for() {
    let restart = "event: restart\ndata: {}\n\n".to_owned();
    let answers = [
        frames(&[story()[0].clone(), restart], Then::Stay),
        answer(204, "text/plain", ""),
    ];
    let server = Scripted::start(answers).await;
    assert_snapshot!(server.asked(&WATCH).await, @r"
    2026-11-21T14:27:01Z  Mail received
    The session has ended
    ---- Done
    the server restarts; going on when it is back
    ");
}

#[tokio::test]
async fn after_a_reset_nothing_is_told_twice_and_nothing_is_left_out() {
    let story = story();
    let reset =
        "event: reset\ndata: {\"events\":\"/hermes/api/sessions/ses-1/events?after=0\"}\n\n"
            .to_owned();
    let again = [vec![reset.clone()], story[..4].to_vec()].concat();
    let answers = [
        frames(&story[..3], Then::Close),
        frames(&again, Then::Close),
        frames(&[reset], Then::Close),
        frames(&[end()], Then::Stay),
    ];
    let server = Scripted::start(answers).await;
    let said = server.asked(&WATCH).await;
    let told: Vec<_> = said.out.lines().collect();
    assert_eq!(told.len(), 5, "{said}");
    assert!(told[3].ends_with("Waking up"), "{said}");
    let ids: Vec<_> = server
        .heard()
        .iter()
        .map(|heard| heard.header("last-event-id").to_owned())
        .collect();
    assert_eq!(ids, ["", "3", "4", ""]);
}

#[tokio::test]
async fn a_refusal_ends_the_watch_at_once_or_later() {
    let unknown = || {
        problem(
            404,
            r#"{"code":"unknown_session","detail":"there is no such session"}"#,
        )
    };
    let server = Scripted::start([unknown(), frames(&story()[..1], Then::Close), unknown()]).await;
    assert_snapshot!(server.asked(&WATCH).await, @r"
    ---- Refused
    error: there is no such session (unknown_session)
    ");
    let said = server.asked(&WATCH).await;
    assert_eq!(
        (said.exit, said.out.lines().count()),
        (Exit::Refused, 1),
        "{said}"
    );
}

#[tokio::test]
async fn an_answer_that_is_no_stream_is_not_waited_for() {
    let server = Scripted::start([answer(200, "text/html", "<h1>Welcome</h1>")]).await;
    let said = server.asked(&WATCH).await;
    assert_eq!(said.exit, Exit::Unreachable);
    assert!(said.err.contains("no event stream"), "{said}");
}

/// Tells when it was written to.
struct Told(Arc<Notify>);

impl Write for Told {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.notify_one();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn an_interrupt_ends_the_watch() {
    let server = Scripted::start([frames(&story()[..1], Then::Stay)]).await;
    let settings = ClientSettings {
        server: server.url.clone(),
        api_key: None,
    };
    let told = Arc::new(Notify::new());
    let (mut input, mut out, mut err) = (io::empty(), Told(Arc::clone(&told)), io::sink());
    let mut terminal = Terminal {
        input: &mut input,
        out: &mut out,
        err: &mut err,
        json: false,
        colour: false,
        now: NOW,
    };
    let client = Server::new(settings).unwrap();
    let session = "ses-1".parse().unwrap();
    let exit = watch(&client, &session, &mut terminal, told.notified()).await;
    assert_eq!(exit.unwrap(), Exit::Interrupted);
    let exit = watch(&client, &session, &mut terminal, ready(())).await;
    assert_eq!(exit.unwrap(), Exit::Interrupted);
}
