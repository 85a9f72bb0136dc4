//! What is not quite right while everything goes on, for operators to see.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::time::Timestamp;

/// What a trouble is about; each has one text at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trouble {
    /// The projects file.
    Projects,
    /// Mail out.
    Mail,
    /// Containers that do not start.
    Containers,
    /// Mails that may go round in a loop (L15).
    Loop,
}

/// The troubles of this moment, by what they are about.
#[derive(Debug, Default)]
pub struct Troubles(Mutex<BTreeMap<Trouble, Told>>);

#[derive(Debug)]
struct Told {
    what: String,
    /// From when on it is over by itself.
    until: Option<Timestamp>,
}

impl Troubles {
    /// Says what is wrong, or that it is not any more.
    pub fn set(&self, about: Trouble, what: Option<String>) {
        let mut troubles = self.lock();
        match what {
            Some(what) => drop(troubles.insert(about, Told { what, until: None })),
            None => drop(troubles.remove(&about)),
        }
    }

    /// Says what is wrong, and when it will be over by itself.
    pub fn set_until(&self, about: Trouble, what: String, until: Timestamp) {
        let told = Told {
            what,
            until: Some(until),
        };
        self.lock().insert(about, told);
    }

    /// All that are not over at `now`.
    pub fn told(&self, now: Timestamp) -> Vec<String> {
        let mut troubles = self.lock();
        troubles.retain(|_, told| told.until.is_none_or(|until| now < until));
        troubles.values().map(|told| told.what.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Trouble, Told>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_is_told_until_it_is_over() {
        let troubles = Troubles::default();
        troubles.set(Trouble::Mail, Some("a".to_owned()));
        troubles.set(Trouble::Mail, Some("b".to_owned()));
        troubles.set(Trouble::Projects, Some("c".to_owned()));
        let now = Timestamp::from_secs(100);
        assert_eq!(troubles.told(now), ["c".to_owned(), "b".to_owned()]);
        troubles.set(Trouble::Projects, None);
        troubles.set(Trouble::Mail, None);
        assert!(troubles.told(now).is_empty());
    }

    #[test]
    fn a_trouble_may_be_over_by_itself() {
        let troubles = Troubles::default();
        let until = Timestamp::from_secs(100);
        troubles.set_until(Trouble::Loop, "a".to_owned(), until);
        assert_eq!(troubles.told(Timestamp::from_secs(99)), ["a".to_owned()]);
        assert!(troubles.told(until).is_empty());
    }
}
