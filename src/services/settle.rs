//! Lost races: read again, decide again.

/// Runs an attempt again, from its reads on, while it loses to concurrent writers.
///
/// Thirty-two lost races in a row mean something else is wrong: the last conflict is handed on then.
macro_rules! settle {
    ($attempt:expr) => {{
        let mut left = 32_u32;
        loop {
            match $attempt {
                Err(error) if left > 0 && error.is_conflict() => left -= 1,
                settled => break settled,
            }
        }
    }};
}
pub(crate) use settle;
