//! The system clock and randomness.
