//! The data folder: kept, locked, guarded, and refused when it is not right.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hermes::adapters::sqlite::{OpenError, SqliteStore};
use hermes::ports::archive::Archive;
use hermes::ports::clock::Clock;
use hermes::ports::event_store::EventStore;
use hermes::ports::ledger::{Ledger, Write};
use hermes::ports::queues::{QueueName, Queues};
use hermes::ports::session_store::SessionStore;
use rusqlite::Connection;

use crate::support::records::*;
use crate::support::{ManualClock, open_store};

fn try_open(folder: &Path) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(folder, Arc::new(ManualClock::default()))
}

#[tokio::test]
async fn everything_is_there_after_it_was_closed_and_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let large = Bytes::from(vec![1; 300_000]);
    let queue = QueueName::input(the_box());
    let blob = {
        let store = open_store(folder.path());
        let writes = vec![Write::Session(a_session(1)), Write::Event(an_event(1, 1))];
        store.commit(writes).await.unwrap();
        store.send(&queue, "work".to_owned()).await.unwrap();
        let at = ManualClock::START;
        store.put(large.clone(), at).await.unwrap()
    };
    let store = open_store(folder.path());
    let session = SessionStore::get(&store, &id("ses-1")).await.unwrap();
    assert_eq!(session.unwrap().version, 1);
    let more = vec![Write::Event(an_event(1, 2))];
    store.commit(more).await.unwrap();
    let events = store.page(&id("ses-1"), 0, 10).await.unwrap();
    assert_eq!(events[1].sequence, 2);
    let got = store.receive(&queue, 1, Duration::ZERO).await.unwrap();
    assert_eq!(got[0].body, "work");
    assert_eq!(Archive::get(&store, &blob).await.unwrap(), Some(large));
}

#[test]
fn closing_leaves_an_empty_log() {
    let folder = tempfile::tempdir().unwrap();
    drop(open_store(folder.path()));
    let log = std::fs::metadata(folder.path().join("hermes.db-wal"));
    assert!(log.map_or(0, |file| file.len()) == 0);
}

#[test]
fn a_second_hermes_on_the_same_folder_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let first = open_store(folder.path());
    let error = try_open(folder.path()).unwrap_err();
    assert!(matches!(error, OpenError::Locked { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains(folder.path().to_str().unwrap()), "{text}");
    assert!(text.contains(&std::process::id().to_string()), "{text}");
    first.ping().unwrap();
    drop(first);
    try_open(folder.path()).unwrap();
}

#[test]
fn a_clone_keeps_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let first = open_store(folder.path());
    let clone = first.clone();
    drop(first);
    try_open(folder.path()).unwrap_err();
    drop(clone);
    try_open(folder.path()).unwrap();
}

#[test]
fn only_the_owner_may_look_inside() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("deep/data");
    let _store = open_store(&folder);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for file in ["hermes.db", "hermes.db-wal", "hermes.db-shm", "hermes.lock"] {
        assert_eq!(mode(&folder.join(file)), 0o600, "{file}");
    }
}

#[test]
fn what_is_no_database_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hermes.db");
    std::fs::write(
        &file,
        "not a database, but long enough to be one. ".repeat(100),
    )
    .unwrap();
    let error = try_open(folder.path()).unwrap_err();
    assert!(matches!(error, OpenError::Corrupt { .. }), "{error:?}");
    assert!(error.to_string().contains(file.to_str().unwrap()));
}

#[test]
fn a_database_with_damaged_pages_is_refused_or_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    drop(open_store(folder.path()));
    let file = folder.path().join("hermes.db");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[100..4096].fill(0xAA); // the schema's page, behind a good header
    std::fs::write(&file, bytes).unwrap();
    let error = try_open(folder.path()).unwrap_err();
    assert!(matches!(error, OpenError::Corrupt { .. }), "{error:?}");
}

#[test]
fn a_database_of_a_newer_hermes_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(open_store(folder.path()));
    let file = Connection::open(folder.path().join("hermes.db")).unwrap();
    file.pragma_update(None, "user_version", 1000).unwrap();
    drop(file);
    let error = try_open(folder.path()).unwrap_err();
    assert!(matches!(error, OpenError::Newer { .. }), "{error:?}");
}

#[test]
fn a_folder_that_cannot_be_made_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = try_open(&file.join("data")).unwrap_err();
    assert!(matches!(error, OpenError::Folder { .. }), "{error:?}");
    assert!(error.to_string().contains("file/data"));
}

#[tokio::test]
async fn a_damaged_mail_is_a_fault_not_content() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    let content = Bytes::from(vec![1; 300_000]);
    let clock = ManualClock::default();
    let blob = store.put(content.clone(), clock.now()).await.unwrap();
    let name = blob.as_str();
    let file = folder.path().join("mail").join(&name[..2]).join(name);
    std::fs::write(&file, "something else").unwrap();
    let fault = Archive::get(&store, &blob).await.unwrap_err();
    assert_eq!(fault.to_string(), "archive.get failed");
    store.put(content.clone(), clock.now()).await.unwrap();
    assert_eq!(Archive::get(&store, &blob).await.unwrap(), Some(content));
}

#[test]
fn what_was_half_written_is_removed_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let unfinished = folder.path().join("mail/unfinished");
    std::fs::create_dir_all(&unfinished).unwrap();
    std::fs::write(unfinished.join("0"), "half a mail").unwrap();
    let _store = open_store(folder.path());
    assert!(!unfinished.exists());
}
