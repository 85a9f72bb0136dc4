//! Reads the journal: a row, and all of it newest first.

use hermes::domain::journal::{JournalRow, Verdict};
use hermes::ports::ledger::Write;

use crate::support::World;
use crate::support::records::*;

contract![
    absence_is_no_error,
    a_row_is_read_as_last_committed,
    rows_come_newest_first_and_pages_cover_them_once,
    rows_of_the_same_moment_are_all_listed,
    a_cursor_that_is_no_cursor_starts_at_the_beginning,
];

fn write(row: JournalRow) -> Write {
    Write::Journal(Box::new(row))
}

async fn numbers(world: &World, limit: usize) -> Vec<u32> {
    let mut all = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = world.journal.list(limit, cursor.as_deref()).await.unwrap();
        assert!(page.items.len() <= limit);
        let names = page.items.iter().map(|row| row.journal_id.as_str());
        all.extend(names.map(|name| name[4..].parse::<u32>().unwrap()));
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

async fn absence_is_no_error(world: &World) {
    assert_eq!(world.journal.get(&id("msg-1")).await.unwrap(), None);
    assert!(numbers(world, 10).await.is_empty());
}

async fn a_row_is_read_as_last_committed(world: &World) {
    let mut row = a_journal_row(1);
    world.write([write(row.clone())]).await;
    row.version = 1;
    let read = world.journal.get(&row.journal_id).await.unwrap();
    assert_eq!(read.as_ref(), Some(&row));
    row.verdict = Verdict::Hold;
    row.replays = 1;
    row.command_id = None;
    world.write([write(row.clone())]).await;
    row.version = 2;
    let read = world.journal.get(&row.journal_id).await.unwrap();
    assert_eq!(read, Some(row));
}

async fn rows_come_newest_first_and_pages_cover_them_once(world: &World) {
    world
        .write([3, 1, 5, 2, 4].map(a_journal_row).map(write))
        .await;
    for limit in 1..=6 {
        assert_eq!(numbers(world, limit).await, [5, 4, 3, 2, 1]);
    }
}

async fn rows_of_the_same_moment_are_all_listed(world: &World) {
    let rows = (1..=5).map(|n| JournalRow {
        received_at: world.now(),
        ..a_journal_row(n)
    });
    world.write(rows.map(write)).await;
    let mut listed = numbers(world, 2).await;
    listed.sort_unstable();
    assert_eq!(listed, [1, 2, 3, 4, 5]);
}

async fn a_cursor_that_is_no_cursor_starts_at_the_beginning(world: &World) {
    world.write([1, 2].map(a_journal_row).map(write)).await;
    for garbage in ["", "zz", "2f2f", "…"] {
        let page = world.journal.list(10, Some(garbage)).await.unwrap();
        assert_eq!(page.items.len(), 2, "{garbage:?}");
    }
}
