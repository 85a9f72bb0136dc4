//! Notes as items, in the table of the journal. A note's key has a `#`, a journal id has none.

use async_trait::async_trait;

use crate::adapters::aws::dynamo::DynamoStore;
use crate::adapters::aws::dynamo::engine::{
    Change, Condition, Item, TTL, Table, VERSION, number, number_at, text, text_at,
};
use crate::domain::note::{Note, NoteKey};
use crate::domain::time::Timestamp;
use crate::ports::fault::Fault;
use crate::ports::note_store::NoteStore;

const VALUE: &str = "value";
const EXPIRES_AT: &str = "expiresAt";

pub(in crate::adapters::aws::dynamo) fn change(note: Note) -> Result<Change, Fault> {
    let id = note.key.as_str();
    let mut item = Table::Messages.key(id);
    let attributes: [(&str, _); 4] = [
        (VALUE, text(note.value)),
        (VERSION, number(note.version.saturating_add(1))),
        (EXPIRES_AT, number(note.expires_at.as_millis())),
        // the second after it: it is not over before
        (TTL, number(note.expires_at.as_secs() + 1)),
    ];
    item.extend(attributes.map(|(name, value)| (name.to_owned(), value)));
    let condition = Condition::decided_from(note.version);
    Change::put(Table::Messages, id, item, condition)
}

#[async_trait]
impl NoteStore for DynamoStore {
    async fn get(&self, key: &NoteKey) -> Result<Option<Note>, Fault> {
        let id = Table::Messages.key(key.as_str());
        let item = self.reader().get(Table::Messages, id, "notes.get").await?;
        Ok(item.and_then(|item| note(key, &item)))
    }
}

fn note(key: &NoteKey, item: &Item) -> Option<Note> {
    Some(Note {
        key: key.clone(),
        value: text_at(item, VALUE)?.to_owned(),
        expires_at: Timestamp::from_millis(number_at(item, EXPIRES_AT)?),
        version: number_at(item, VERSION)?,
    })
}
