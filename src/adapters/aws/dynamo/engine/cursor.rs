//! Opaque cursors: the place where a list continues, as callers carry it.

use crate::domain::ids::{MAX_ID_LEN, hex};

/// The longest text of a place: a time and two ids.
const LONGEST: usize = 20 + 2 * (MAX_ID_LEN + 1);

/// The cursor of a place. Its parts are ids and numbers, in which no slash occurs.
pub(in crate::adapters::aws::dynamo) fn encode(parts: &[&str]) -> String {
    hex(parts.join("/").as_bytes())
}

/// The parts of a place; `None` for what is no cursor of ours.
pub(in crate::adapters::aws::dynamo) fn decode<const N: usize>(
    cursor: &str,
) -> Option<[String; N]> {
    if cursor.len() > 2 * LONGEST || !cursor.is_ascii() || !cursor.len().is_multiple_of(2) {
        return None;
    }
    let bytes = (0..cursor.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(cursor.get(at..at + 2)?, 16).ok())
        .collect::<Option<Vec<u8>>>()?;
    let plain = String::from_utf8(bytes).ok()?;
    let parts: Vec<String> = plain.split('/').map(str::to_owned).collect();
    parts.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cursor_survives_the_way_to_the_caller_and_back() {
        let parts = ["-5", "ses-a@b:c+d", "u"];
        assert_eq!(decode(&encode(&parts)), Some(parts.map(str::to_owned)));
        assert_eq!(decode::<2>(&encode(&parts)), None);
        assert_eq!(decode::<1>("zz"), None);
    }

    proptest! {
        #[test]
        fn nothing_that_is_no_cursor_breaks_it(text in "\\PC{0,900}") {
            let _parts = decode::<3>(&text);
        }
    }
}
