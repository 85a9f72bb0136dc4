//! Randomness that repeats: the same seed, the same ids.

use std::sync::atomic::{AtomicU64, Ordering};

use hermes::ports::entropy::Entropy;

/// `SplitMix64`: spreads well, never repeats, predictable.
#[derive(Debug)]
pub(crate) struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// The same bytes for the same seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    fn next(&self) -> u64 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let bytes = self.next().to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}

#[test]
fn a_seed_gives_the_same_ids_again_and_no_id_twice() {
    let ids = |seed| {
        let entropy = SeededEntropy::new(seed);
        [entropy.bits().0, entropy.bits().0]
    };
    assert_eq!(ids(7), ids(7));
    assert_ne!(ids(7), ids(8));
    assert_ne!(ids(7)[0], ids(7)[1]);
}
