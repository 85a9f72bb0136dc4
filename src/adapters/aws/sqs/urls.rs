//! Where queues are: asked once, then remembered.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// URLs that are remembered; what comes beyond begins anew. A thousand containers have three thousand.
const MOST: usize = 10_000;

/// URLs of queues by their names.
#[derive(Debug, Default)]
pub(super) struct Urls(Mutex<HashMap<String, String>>);

impl Urls {
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.known().get(name).cloned()
    }

    pub(super) fn keep(&self, name: String, url: String) {
        let mut known = self.known();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(name, url);
    }

    /// Forgets a URL, unless another has taken its place.
    pub(super) fn forget(&self, name: &str, url: &str) {
        let mut known = self.known();
        if known.get(name).is_some_and(|known| known == url) {
            known.remove(name);
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A queue's URL at the endpoint that we use: SQS, and emulators more so, may name a host that is not reached from here.
pub(super) fn at_endpoint(url: String, endpoint: Option<&str>) -> String {
    let path = url
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once('/'));
    match (endpoint, path) {
        (Some(endpoint), Some((_, path))) => format!("{}/{path}", endpoint.trim_end_matches('/')),
        (None, _) | (_, None) => url,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_one_of_our_endpoint() {
        let amazon = "https://sqs.us-west-2.amazonaws.com/123456789012/q";
        for (url, endpoint, expected) in [
            (amazon, None, amazon),
            (
                "http://localhost:4566/123456789012/q",
                Some("http://10.0.0.7:9000"),
                "http://10.0.0.7:9000/123456789012/q",
            ),
            (amazon, Some("https://e/"), "https://e/123456789012/q"),
            ("q", Some("https://e"), "q"),
        ] {
            assert_eq!(at_endpoint(url.to_owned(), endpoint), expected);
        }
    }

    #[test]
    fn a_newer_url_is_not_forgotten_for_an_older() {
        let urls = Urls::default();
        urls.keep("q".to_owned(), "new".to_owned());
        urls.forget("q", "old");
        assert_eq!(urls.get("q").as_deref(), Some("new"));
        urls.forget("q", "new");
        assert_eq!(urls.get("q"), None);
    }
}
