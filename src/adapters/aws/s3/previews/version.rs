//! The name of one publication: when it was made, and two letters by chance.

use std::time::Duration;

use crate::domain::time::Timestamp;
use crate::ports::entropy::Entropy;

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
/// Milliseconds in base 36 have eight digits until the year 2059.
const TIME: usize = 8;
/// It must fit into the first label of a host, beside a session's id and the hash of a client.
const LENGTH: usize = TIME + 2;

/// Ten of `0-9a-z`; of two, the later one is greater.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(String);

impl Version {
    /// A new version, made now, and greater than the one shown `before`, whatever the clock of its maker was.
    pub(super) fn new(now: Timestamp, before: Option<&Self>, entropy: &dyn Entropy) -> Self {
        let mut random = [0; 2];
        entropy.fill(&mut random);
        let after = before.map_or(0, |before| before.millis().saturating_add(1));
        let millis = u64::try_from(now.as_millis().max(after)).unwrap_or_default();
        let time = (0..TIME)
            .rev()
            .map(|place| millis / 36_u64.pow(u32::try_from(place).unwrap_or_default()) % 36);
        let chance = random.iter().map(|byte| u64::from(*byte) % 36);
        Self(time.chain(chance).map(digit).collect())
    }

    /// Reads a name.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_one = text.len() == LENGTH && text.bytes().all(|b| DIGITS.contains(&b));
        is_one.then(|| Self(text.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it was made at least `age` ago.
    pub(super) fn is_older(&self, age: Duration, now: Timestamp) -> bool {
        now.since(Timestamp::from_millis(self.millis())) >= age
    }

    fn millis(&self) -> i64 {
        let time = self.0.get(..TIME).unwrap_or_default();
        i64::from_str_radix(time, 36).unwrap_or_default()
    }
}

fn digit(value: u64) -> char {
    let index = usize::try_from(value).unwrap_or_default();
    DIGITS.get(index).map_or('0', |b| char::from(*b))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Chance(u8);

    impl Entropy for Chance {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    #[test]
    fn a_later_version_is_greater_and_knows_its_age() {
        let now = Timestamp::from_secs(1_795_269_600);
        let first = Version::new(now, None, &Chance(255));
        assert_eq!(first.as_str().len(), LENGTH);
        assert_eq!(Version::parse(first.as_str()), Some(first.clone()));
        let later = now + Duration::from_millis(1);
        assert!(Version::new(later, None, &Chance(0)) > first);
        for clock in [now, now - Duration::from_hours(9)] {
            assert!(Version::new(clock, Some(&first), &Chance(0)) > first);
        }
        let hour = Duration::from_hours(1);
        assert!(first.is_older(hour, now + hour) && !first.is_older(hour, later));
        for other in [
            "",
            "current.json",
            "0123456789a",
            "ABCDEFGHIJ",
            "../../../x",
        ] {
            assert_eq!(Version::parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_version_fits_into_a_label_with_a_session_and_a_client() {
        let session = "ses-0190a5c0-0000-7000-8000-000000000000";
        let label = format!("0123456789--{session}--00000000");
        assert!(label.len() <= 63, "{}", label.len());
    }
}
