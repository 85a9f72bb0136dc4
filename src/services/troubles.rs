//! What is not quite right while everything goes on, for operators to see.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a trouble is about; each has one text at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trouble {
    /// The projects file.
    Projects,
    /// Mail out.
    Mail,
    /// Containers that do not start.
    Containers,
}

/// The troubles of this moment, by what they are about.
#[derive(Debug, Default)]
pub struct Troubles(Mutex<BTreeMap<Trouble, String>>);

impl Troubles {
    /// Says what is wrong, or that it is not any more.
    pub fn set(&self, about: Trouble, what: Option<String>) {
        let mut troubles = self.lock();
        match what {
            Some(what) => drop(troubles.insert(about, what)),
            None => drop(troubles.remove(&about)),
        }
    }

    /// All of them.
    pub fn told(&self) -> Vec<String> {
        self.lock().values().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Trouble, String>> {
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
        assert_eq!(troubles.told(), ["c".to_owned(), "b".to_owned()]);
        troubles.set(Trouble::Projects, None);
        troubles.set(Trouble::Mail, None);
        assert!(troubles.told().is_empty());
    }
}
