//! What is remembered of sessions between calls, bounded.

use std::collections::HashMap;
use std::hash::Hash;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Remembers values by key; the ones not asked for longest go first.
///
/// Two generations instead of a list of uses: when the young one is full it becomes the old one, and what is asked for
/// in the old one is young again. At most twice `capacity` entries are held.
#[derive(Debug)]
pub(in crate::adapters::aws::dynamo) struct Memo<K, V> {
    capacity: usize,
    generations: Mutex<Generations<K, V>>,
}

#[derive(Debug)]
struct Generations<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Eq + Hash + Clone, V: Clone> Memo<K, V> {
    pub(in crate::adapters::aws::dynamo) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            generations: Mutex::new(Generations {
                young: HashMap::new(),
                old: HashMap::new(),
            }),
        }
    }

    /// What is remembered of `key`. Only a hint: others may have changed it since.
    pub(in crate::adapters::aws::dynamo) fn get(&self, key: &K) -> Option<V> {
        let mut both = self.lock();
        if let Some(value) = both.young.get(key) {
            return Some(value.clone());
        }
        let (key, value) = both.old.remove_entry(key)?;
        self.keep(&mut both, key, value.clone());
        Some(value)
    }

    pub(in crate::adapters::aws::dynamo) fn put(&self, key: &K, value: V) {
        self.keep(&mut self.lock(), key.clone(), value);
    }

    pub(in crate::adapters::aws::dynamo) fn forget(&self, key: &K) {
        let mut both = self.lock();
        both.young.remove(key);
        both.old.remove(key);
    }

    fn keep(&self, both: &mut Generations<K, V>, key: K, value: V) {
        if both.young.len() >= self.capacity && !both.young.contains_key(&key) {
            both.old = mem::take(&mut both.young);
        }
        both.young.insert(key, value);
    }

    /// Nothing panics while it is held; if something did, hints may be wrong and are still only hints.
    fn lock(&self) -> MutexGuard<'_, Generations<K, V>> {
        self.generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let memo = Memo::new(2);
        memo.put(&1, 'a');
        for key in 2..100 {
            memo.put(&key, 'x');
            assert_eq!(memo.get(&1), Some('a'), "{key}");
        }
        assert_eq!(memo.get(&2), None);
        let both = memo.lock();
        assert!(both.young.len() + both.old.len() <= 4);
    }

    #[test]
    fn the_latest_value_counts_and_what_is_forgotten_is_gone() {
        let memo = Memo::new(1);
        memo.put(&1, 'a');
        memo.put(&2, 'b');
        memo.put(&1, 'c');
        assert_eq!(memo.get(&1), Some('c'));
        memo.forget(&1);
        assert_eq!(memo.get(&1), None);
    }
}
