//! What this process wrote a moment ago, for reads of indexes that have not heard of it yet.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::item::{Item, text_at};
use crate::domain::time::Timestamp;

/// Indexes follow their table within a second as a rule, later under load.
const LAG: Duration = Duration::from_secs(10);

/// Most rows that are remembered; they are small.
const MOST: usize = 4096;

/// An index that is looked into right after a write: whoever writes what is due nudges the loop that reads it, and
/// without these rows that loop would find nothing and wait for its next turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::adapters::aws::dynamo) enum Index {
    /// Containers that wait for their start.
    Waiting,
    /// Containers that have a task.
    Awake,
    /// Replies that are to be sent.
    DueReplies,
    /// Live sessions of a container.
    LiveIn,
    /// Commands of a session.
    OfSession,
}

/// The row of an index that follows from a write; `None` when it has none any more.
pub(in crate::adapters::aws::dynamo) type IndexRow = (Index, Option<Item>);

/// Rows of indexes by the ids of their items. Hints, like all rows of an index: what they name is read again.
#[derive(Debug, Default)]
pub(in crate::adapters::aws::dynamo) struct Recent(Mutex<Rows>);

type Rows = HashMap<(Index, String), (Timestamp, Item)>;

impl Recent {
    /// Notes what a write at `now` of the item `id` means for an index.
    pub(in crate::adapters::aws::dynamo) fn note(
        &self,
        now: Timestamp,
        id: &str,
        (index, row): IndexRow,
    ) {
        let mut rows = self.lock();
        let key = (index, id.to_owned());
        let Some(row) = row else {
            rows.remove(&key);
            return;
        };
        if rows.len() >= MOST {
            rows.retain(|_, (at, _)| now.since(*at) < LAG);
        }
        if rows.len() >= MOST {
            rows.clear();
        }
        rows.insert(key, (now, row));
    }

    /// Adds the rows that `index` may not have yet to those that it gave; `key` names their items.
    pub(in crate::adapters::aws::dynamo) fn add(
        &self,
        now: Timestamp,
        index: Index,
        key: &str,
        found: &mut Vec<Item>,
        wanted: impl Fn(&Item) -> bool,
    ) {
        let rows = self.lock();
        let recent = rows
            .iter()
            .filter(|((of, _), (at, row))| *of == index && now.since(*at) < LAG && wanted(row));
        let there: HashSet<_> = found.iter().filter_map(|row| text_at(row, key)).collect();
        let missing = recent.filter(|((_, id), _)| !there.contains(id.as_str()));
        let missing: Vec<Item> = missing.map(|(_, (_, row))| row.clone()).collect();
        found.extend(missing);
    }

    /// Nothing panics while it is held; if something did, hints may be wrong and are still only hints.
    fn lock(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::item::text;
    use super::*;

    fn row(id: &str) -> Item {
        Item::from([("id".to_owned(), text(id))])
    }

    fn found(recent: &Recent, now: Timestamp, mut found: Vec<Item>) -> Vec<Item> {
        recent.add(now, Index::Awake, "id", &mut found, |_| true);
        found
    }

    #[test]
    fn what_was_written_is_added_once_for_a_while() {
        let now = Timestamp::from_secs(1000);
        let recent = Recent::default();
        recent.note(now, "a", (Index::Awake, Some(row("a"))));
        recent.note(now, "b", (Index::Waiting, Some(row("b"))));
        assert_eq!(found(&recent, now, vec![]), [row("a")]);
        assert_eq!(found(&recent, now, vec![row("a")]), [row("a")]);
        assert_eq!(found(&recent, now + LAG, vec![]), []);
        recent.note(now, "a", (Index::Awake, None));
        assert_eq!(found(&recent, now, vec![]), []);
    }

    #[test]
    fn it_stays_small() {
        let recent = Recent::default();
        for n in 0..=MOST {
            let now = Timestamp::from_secs(1000);
            recent.note(now, &n.to_string(), (Index::Awake, Some(row("x"))));
        }
        assert!(recent.lock().len() <= MOST);
    }
}
