//! The one source of randomness.

use std::time::Duration;

use crate::domain::ids::Bits;

/// Supplies random bytes fit for capabilities (S11): unpredictable, never repeated.
pub trait Entropy: Send + Sync {
    /// Fills `buffer` with random bytes.
    fn fill(&self, buffer: &mut [u8]);

    /// The 128 bits from which an id is minted.
    fn bits(&self) -> Bits {
        let mut bits = [0; 16];
        self.fill(&mut bits);
        Bits(bits)
    }

    /// A wait below `max`, evenly spread, so that those who failed together do not come back together.
    fn jitter(&self, max: Duration) -> Duration {
        let mut random = [0; 8];
        self.fill(&mut random);
        let max = u64::try_from(max.as_nanos()).unwrap_or(u64::MAX);
        let below = (u128::from(max) * u128::from(u64::from_le_bytes(random))) >> 64;
        Duration::from_nanos(u64::try_from(below).unwrap_or(max))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Always(u8);

    impl Entropy for Always {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    #[test]
    fn jitter_covers_the_range_and_stays_below_its_end() {
        let max = Duration::from_secs(10);
        assert_eq!(Always(0).jitter(max), Duration::ZERO);
        let middle = Always(0x80).jitter(max);
        assert!(middle > Duration::from_secs(5) && middle < Duration::from_secs(6));
        let end = Always(0xFF).jitter(max);
        assert!(end < max && end > Duration::from_millis(9_999));
        assert_eq!(Always(0xFF).jitter(Duration::ZERO), Duration::ZERO);
        assert!(Always(0xFF).jitter(Duration::MAX) < Duration::MAX);
    }
}
