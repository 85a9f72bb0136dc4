//! The machine's random number generator.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use crate::ports::entropy::Entropy;

/// Bytes asked for at once: sixteen ids for one system call.
const BUFFER: usize = 256;

/// Random bytes from the operating system, read ahead a little because an id needs only sixteen of them.
pub struct SystemEntropy(Mutex<Buffer>);

/// Bytes that nobody has been given yet are at `next..`; those before it are zero.
struct Buffer {
    bytes: [u8; BUFFER],
    next: usize,
}

/// Why the operating system gives no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random bytes")]
pub struct NoEntropy(#[source] getrandom::Error);

impl SystemEntropy {
    /// Reads once, so that a machine without randomness is refused at the start.
    pub fn open() -> Result<Self, NoEntropy> {
        let mut bytes = [0; BUFFER];
        read(&mut bytes)?;
        Ok(Self(Mutex::new(Buffer { bytes, next: 0 })))
    }
}

impl fmt::Debug for SystemEntropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemEntropy").finish_non_exhaustive()
    }
}

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        let mut ahead = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ahead.take(buffer) {
            return;
        }
        if buffer.len() > BUFFER {
            drop(ahead);
            must_read(buffer);
            return;
        }
        must_read(&mut ahead.bytes);
        ahead.next = 0;
        ahead.take(buffer);
    }
}

impl Buffer {
    /// Moves the next bytes to `buffer`, if there are enough; what is given away is forgotten here.
    fn take(&mut self, buffer: &mut [u8]) -> bool {
        let end = self.next.saturating_add(buffer.len());
        let Some(next) = self.bytes.get_mut(self.next..end) else {
            return false;
        };
        buffer.copy_from_slice(next);
        next.fill(0);
        self.next = end;
        true
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the system's randomness"
)]
fn read(buffer: &mut [u8]) -> Result<(), NoEntropy> {
    getrandom::fill(buffer).map_err(NoEntropy)
}

#[expect(
    clippy::expect_used,
    reason = "the source worked at the start and cannot fail after that; ids that can be guessed would be worse than a stop"
)]
fn must_read(buffer: &mut [u8]) {
    read(buffer).expect("the system gave random bytes before");
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn bits_are_never_repeated() {
        let entropy = SystemEntropy::open().unwrap();
        let bits: HashSet<_> = (0..1000).map(|_| entropy.bits().0).collect();
        assert_eq!(bits.len(), 1000);
    }

    #[test]
    fn every_length_is_filled_to_its_end() {
        let entropy = SystemEntropy::open().unwrap();
        for length in [1, 7, 16, BUFFER - 1, BUFFER, BUFFER + 1, 5000] {
            let mut seen = vec![0_u8; length];
            // A byte stays zero in 40 rounds once in 256^40.
            for _ in 0..40 {
                let mut round = vec![0; length];
                entropy.fill(&mut round);
                seen.iter_mut()
                    .zip(round)
                    .for_each(|(all, one)| *all |= one);
            }
            assert!(seen.iter().all(|byte| *byte != 0), "{length}");
        }
        entropy.fill(&mut []);
    }

    #[test]
    fn bytes_that_were_given_away_are_forgotten() {
        let entropy = SystemEntropy::open().unwrap();
        entropy.bits();
        let ahead = entropy.0.lock().unwrap();
        assert_eq!(ahead.next, 16);
        assert_eq!(ahead.bytes[..16], [0; 16]);
    }

    #[test]
    fn the_buffer_is_not_printed() {
        let entropy = SystemEntropy::open().unwrap();
        assert_eq!(format!("{entropy:?}"), "SystemEntropy { .. }");
    }
}
