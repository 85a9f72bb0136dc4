//! Reads notes.

use hermes::ports::ledger::Write;

use crate::support::World;
use crate::support::records::*;

contract![
    absence_is_no_error,
    a_note_is_read_as_it_was_written,
    of_two_that_read_the_same_note_one_writes_it,
];

async fn absence_is_no_error(world: &World) {
    let key = a_note(1).key;
    assert_eq!(world.notes.get(&key).await.unwrap(), None);
}

async fn a_note_is_read_as_it_was_written(world: &World) {
    let mut note = a_note(1);
    world.write([Write::Note(note.clone())]).await;
    note.version = 1;
    let read = world.notes.get(&note.key).await.unwrap();
    assert_eq!(read, Some(note.clone()));
    "{\"more\":1}".clone_into(&mut note.value);
    world.write([Write::Note(note.clone())]).await;
    note.version = 2;
    assert_eq!(world.notes.get(&note.key).await.unwrap(), Some(note));
    assert_eq!(world.notes.get(&a_note(2).key).await.unwrap(), None);
}

async fn of_two_that_read_the_same_note_one_writes_it(world: &World) {
    world.write([Write::Note(a_note(1))]).await;
    world.conflict([Write::Note(a_note(1))]).await;
    let read = world.notes.get(&a_note(1).key).await.unwrap().unwrap();
    world.write([Write::Note(read.clone())]).await;
    world.conflict([Write::Note(read)]).await;
}
