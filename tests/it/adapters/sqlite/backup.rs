//! Backups are whole, made beside running writers, and never overwrite.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use hermes::adapters::sqlite::{BackupError, backup_file};
use hermes::ports::event_store::EventStore;
use hermes::ports::ledger::{Ledger, Write};
use hermes::ports::session_store::SessionStore;

use crate::support::open_store;
use crate::support::records::*;

/// How many of `ses-0`, `ses-1` ... without a gap are in the database that was backed up to `file`.
async fn sessions_in(file: &Path) -> u32 {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(file, folder.path().join("hermes.db")).unwrap();
    let store = open_store(folder.path());
    let mut n = 0;
    while SessionStore::get(&store, &id(&format!("ses-{n}")))
        .await
        .unwrap()
        .is_some()
    {
        n += 1;
    }
    let events = store.page(&id("ses-0"), 0, 10_000).await.unwrap();
    assert_eq!(events.len(), n as usize, "all of a transaction or nothing");
    n
}

/// A session, and an event of the first one.
fn two_writes(n: u32) -> Vec<Write> {
    vec![Write::Session(a_session(n)), Write::Event(an_event(0, n))]
}

#[tokio::test]
async fn a_backup_has_all_that_was_committed_before() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    for n in 0..50 {
        store.commit(two_writes(n)).await.unwrap();
    }
    let to = folder.path().join("backup.db");
    store.backup(&to).await.unwrap();
    assert_eq!(sessions_in(&to).await, 50);
    let mode = std::fs::metadata(&to).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!folder.path().join("backup.db-wal").exists());
}

#[tokio::test]
async fn a_backup_is_whole_while_others_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    for n in 0..20 {
        store.commit(two_writes(n)).await.unwrap();
    }
    let to = folder.path().join("backup.db");
    let writing = async {
        for n in 20..300 {
            store.commit(two_writes(n)).await.unwrap();
        }
    };
    let (backup, ()) = tokio::join!(store.backup(&to), writing);
    backup.unwrap();
    let n = sessions_in(&to).await;
    assert!((20..=300).contains(&n), "{n}");
}

#[tokio::test]
async fn a_folder_can_be_backed_up_running_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    store.commit(two_writes(0)).await.unwrap();
    let running = folder.path().join("running.db");
    backup_file(folder.path(), &running).unwrap();
    store.commit(two_writes(1)).await.unwrap();
    drop(store);
    let stopped = folder.path().join("stopped.db");
    backup_file(folder.path(), &stopped).unwrap();
    assert_eq!(sessions_in(&running).await, 1);
    assert_eq!(sessions_in(&stopped).await, 2);
}

#[tokio::test]
async fn a_backup_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    let to = folder.path().join("precious");
    std::fs::write(&to, "precious").unwrap();
    let error = store.backup(&to).await.unwrap_err();
    assert!(matches!(error, BackupError::Exists(_)), "{error:?}");
    assert_eq!(std::fs::read(&to).unwrap(), b"precious");
}

#[test]
fn without_a_database_there_is_no_backup() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("backup.db");
    let error = backup_file(folder.path(), &to).unwrap_err();
    assert!(matches!(error, BackupError::NoDatabase(_)), "{error:?}");
    assert!(!to.exists());
}

#[test]
fn a_backup_of_a_broken_database_leaves_no_half_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hermes.db"), "x".repeat(5000)).unwrap();
    let to = folder.path().join("backup.db");
    let error = backup_file(folder.path(), &to).unwrap_err();
    assert!(matches!(error, BackupError::Database { .. }), "{error:?}");
    assert!(!to.exists());
}
