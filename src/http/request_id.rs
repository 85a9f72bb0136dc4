//! Names for requests, so that an answer can be found in the log.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::domain::ids::{Bits, hex};

/// The header that carries it, both ways.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id of a caller that is taken over.
const LONGEST: usize = 128;

/// Mints ids: random for the process, counted within it. They are no secrets.
#[derive(Debug)]
pub(super) struct RequestIds {
    process: String,
    next: AtomicU64,
}

impl RequestIds {
    /// Ids that begin with what `bits` says.
    pub(super) fn new(bits: Bits) -> Self {
        Self {
            process: hex(bits.0.get(..6).unwrap_or_default()),
            next: AtomicU64::new(1),
        }
    }

    /// The caller's own id if it is fit for logs, else a new one.
    pub(super) fn of(&self, headers: &HeaderMap) -> HeaderValue {
        let theirs = headers.get(HEADER).filter(|id| is_fit(id.as_bytes()));
        theirs.cloned().unwrap_or_else(|| self.mint())
    }

    fn mint(&self) -> HeaderValue {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let text = format!("{}-{number}", self.process);
        // hexadecimal digits and a number are always a header's value
        HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("unknown"))
    }
}

fn is_fit(id: &[u8]) -> bool {
    let fit = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:+=/@".contains(byte);
    (1..=LONGEST).contains(&id.len()) && id.iter().all(fit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sane_id_is_taken_over_and_every_other_replaced() {
        let ids = RequestIds::new(Bits([0xAB; 16]));
        let of = |value: Option<&str>| {
            let headers = value.map(|text| (HEADER, HeaderValue::from_str(text).unwrap()));
            let id = ids.of(&headers.into_iter().collect());
            id.to_str().unwrap().to_owned()
        };
        assert_eq!(of(Some("Root=1-67:a/b")), "Root=1-67:a/b");
        assert_eq!(of(None), "abababababab-1");
        assert_eq!(of(Some("a b")), "abababababab-2");
        assert_eq!(of(Some("")), "abababababab-3");
        assert_eq!(of(Some(&"x".repeat(129))), "abababababab-4");
    }
}
