//! The one source of randomness.

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
}
