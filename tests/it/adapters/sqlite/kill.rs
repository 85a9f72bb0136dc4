//! Whatever was acknowledged is there after `kill -9`, at any instant.

use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use bytes::Bytes;
use hermes::adapters::sqlite::SqliteStore;
use hermes::domain::blob::BlobId;
use hermes::ports::archive::Archive;
use hermes::ports::event_store::EventStore;
use hermes::ports::ledger::{Ledger, Write};
use hermes::ports::queues::{Direction, QueueName, Queues};
use hermes::ports::session_store::SessionStore;

use crate::support::records::*;
use crate::support::{ManualClock, open_store};

/// Tells the child which folder to write to.
const FOLDER: &str = "HERMES_TEST_KILL_FOLDER";

/// How many tasks of the child write side by side.
const WRITERS: u32 = 8;

#[tokio::test]
async fn a_kill_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    // Each life is killed after another number of writes, and the next one goes on in the same folder.
    for (life, enough) in [(0, 150), (1, 1), (2, 77)] {
        let acknowledged = acknowledged_before_kill(folder.path(), life, enough);
        assert!(acknowledged.len() >= enough);
        all.extend(acknowledged);
    }
    let store = open_store(folder.path());
    for n in &all {
        assert_kept(&store, *n).await;
    }
    assert_whole(&store, folder.path(), all.len() as u64).await;
}

/// What one acknowledged round of the child has left.
async fn assert_kept(store: &SqliteStore, n: u32) {
    let session = SessionStore::get(store, &id(&format!("ses-{n}"))).await;
    assert!(session.unwrap().is_some(), "session {n} was acknowledged");
    let mail = Archive::get(store, &BlobId::of(&mail(n))).await.unwrap();
    assert_eq!(mail, Some(mail_bytes(n)), "mail {n} was acknowledged");
}

async fn assert_whole(store: &SqliteStore, folder: &Path, acknowledged: u64) {
    let depth = store.depth(Direction::Output, &[]).await.unwrap();
    assert!(depth.visible >= acknowledged, "{depth:?}");
    for writer in 0..WRITERS {
        let events = store.page(&id(&format!("ses-{writer}")), 0, 10_000).await;
        for (event, expected) in events.unwrap().iter().zip(1..) {
            assert_eq!(event.sequence, expected);
        }
    }
    let file = rusqlite::Connection::open(folder.join("hermes.db")).unwrap();
    let check: String = file
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(check, "ok");
}

/// Runs the child until it has acknowledged `enough` rounds, kills it, and answers all it has acknowledged.
fn acknowledged_before_kill(folder: &Path, life: u32, enough: usize) -> Vec<u32> {
    let mut child = Killed(spawn(folder, life));
    let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    let mut next = || loop {
        let said = lines.next()?.unwrap();
        // The test harness of the child talks too.
        if let Some((_, n)) = said.split_once("ack ") {
            return Some(n.parse::<u32>().unwrap());
        }
    };
    while acknowledged.len() < enough {
        acknowledged.push(next().expect("the child writes until it is killed"));
    }
    child.0.kill().unwrap();
    acknowledged.extend(std::iter::from_fn(next)); // what it had said before it died
    acknowledged
}

fn spawn(folder: &Path, life: u32) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored", "--nocapture"])
        .arg("adapters::sqlite::kill::child_that_writes_until_it_is_killed")
        .env(FOLDER, folder.join("."))
        .env("HERMES_TEST_KILL_LIFE", life.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// A child that does not outlive its test, however that ends.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Some mails are rows and some are files.
fn mail(n: u32) -> Vec<u8> {
    let size = if n.is_multiple_of(5) { 300_000 } else { 300 };
    format!("mail {n} ").into_bytes().repeat(size / 8)
}

fn mail_bytes(n: u32) -> Bytes {
    Bytes::from(mail(n))
}

#[tokio::test]
#[ignore = "the child process of a_kill_loses_nothing_that_was_acknowledged"]
async fn child_that_writes_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let life = std::env::var_os("HERMES_TEST_KILL_LIFE").unwrap();
    let life: u32 = life.to_str().unwrap().parse().unwrap();
    let store = SqliteStore::open(Path::new(&folder), std::sync::Arc::<ManualClock>::default());
    let store = store.unwrap();
    let writers = (0..WRITERS).map(|writer| write_for_ever(&store, writer, life));
    futures_util::future::join_all(writers).await;
}

async fn write_for_ever(store: &SqliteStore, writer: u32, life: u32) {
    let queue = QueueName::output(the_box());
    for round in 1.. {
        let n = (life * 10_000 + round) * WRITERS + writer;
        store.put(mail_bytes(n), ManualClock::START).await.unwrap();
        store.send(&queue, format!("message {n}")).await.unwrap();
        let both = vec![
            Write::Session(a_session(n)),
            Write::Event(an_event(writer, n)),
        ];
        store.commit(both).await.unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "ack {n}").unwrap();
        out.flush().unwrap();
    }
}
