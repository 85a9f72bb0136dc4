//! Opaque cursors: where a list that goes down by time and id continues.

use crate::domain::ids::hex;
use crate::domain::time::Timestamp;
use crate::ports::session_store::Page;

/// The last row of a page: the next one starts below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) at: Timestamp,
    pub(super) id: String,
}

impl Cursor {
    /// Above everything: where a list starts.
    fn top() -> Self {
        Self {
            at: Timestamp::from_millis(i64::MAX),
            id: String::new(),
        }
    }

    /// Reads a cursor; one that we did not make is the top.
    pub(super) fn read(text: Option<&str>) -> Self {
        text.and_then(Self::decode).unwrap_or_else(Self::top)
    }

    /// The cursor as callers carry it.
    pub(super) fn encode(&self) -> String {
        hex(format!("{}/{}", self.at.as_millis(), self.id).as_bytes())
    }

    fn decode(text: &str) -> Option<Self> {
        const LONGEST: usize = 2 * (20 + 1 + crate::domain::ids::MAX_ID_LEN);
        if text.len() > LONGEST || !text.is_ascii() || !text.len().is_multiple_of(2) {
            return None;
        }
        let bytes = (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
            .collect::<Option<Vec<u8>>>()?;
        let plain = String::from_utf8(bytes).ok()?;
        let (at, id) = plain.split_once('/')?;
        Some(Self {
            at: Timestamp::from_millis(at.parse().ok()?),
            id: id.to_owned(),
        })
    }
}

/// The page of `rows`, which has one more than `limit` when another page follows.
pub(super) fn page<T>(mut rows: Vec<T>, limit: usize, end: impl Fn(&T) -> Cursor) -> Page<T> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| end(last).encode());
    Page { items: rows, next }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cursor_survives_the_way_to_the_caller_and_back() {
        let cursor = Cursor {
            at: Timestamp::from_millis(-5),
            id: "ses-a@b:c+d".to_owned(),
        };
        assert_eq!(Cursor::read(Some(&cursor.encode())), cursor);
        assert_eq!(Cursor::read(None), Cursor::top());
    }

    proptest! {
        #[test]
        fn whatever_is_no_cursor_is_the_top(text in "\\PC{0,400}") {
            prop_assume!(Cursor::decode(&text).is_none());
            prop_assert_eq!(Cursor::read(Some(&text)), Cursor::top());
        }
    }
}
