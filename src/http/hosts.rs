//! Whose host a request was sent to, and whether another website made a browser send it.

use std::net::{Ipv4Addr, Ipv6Addr};

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Method, Uri};

use crate::config::PreviewUrl;
use crate::domain::ids::SessionId;

/// Whose host it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum HostKind {
    /// Names this service, whatever DNS says.
    Ours,
    /// A session's preview; `None` when there can be no session of that name.
    Preview(Option<SessionId>),
    /// Some name that leads here. A browser may have been told so by a stranger's DNS.
    Foreign,
}

/// The hosts this service knows.
#[derive(Debug)]
pub(super) struct Hosts {
    /// Where people reach this service, as an origin: scheme, host, port.
    public_origin: String,
    public_host: String,
    preview_url: PreviewUrl,
}

impl Hosts {
    /// `public_url` as configured, without a slash at the end.
    pub(super) fn new(public_url: &str, preview_url: PreviewUrl) -> Self {
        let (scheme, rest) = public_url.split_once("://").unwrap_or(("http", public_url));
        let authority = rest.split('/').next().unwrap_or(rest);
        Self {
            public_origin: format!("{scheme}://{authority}"),
            public_host: without_port(authority).to_owned(),
            preview_url,
        }
    }

    /// Sorts the host of a request. Ours come first: no template of previews can take them away.
    pub(super) fn sort(&self, authority: Option<&str>) -> HostKind {
        let Some(authority) = authority else {
            return HostKind::Foreign;
        };
        if self.is_ours(without_port(authority)) {
            return HostKind::Ours;
        }
        match self.preview_url.session_of_host(authority) {
            // hosts have no case, minted ids have only lower case
            Some(session) => HostKind::Preview(session.to_ascii_lowercase().parse().ok()),
            None => HostKind::Foreign,
        }
    }

    /// An address is always ours: it can't be pointed elsewhere by DNS.
    fn is_ours(&self, host: &str) -> bool {
        let address = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .map_or_else(
                || host.parse::<Ipv4Addr>().is_ok(),
                |host| host.parse::<Ipv6Addr>().is_ok(),
            );
        address
            || host.eq_ignore_ascii_case("localhost")
            || host.eq_ignore_ascii_case(&self.public_host)
    }

    /// Whether a browser says that a page of somebody else makes it change something here.
    pub(super) fn is_cross_site(
        &self,
        method: &Method,
        headers: &HeaderMap,
        authority: Option<&str>,
    ) -> bool {
        if method.is_safe() {
            return false;
        }
        let site = headers.get("sec-fetch-site").map(AsRef::<[u8]>::as_ref);
        if matches!(site, Some(b"cross-site" | b"same-site")) {
            return true;
        }
        let Some(origin) = headers.get(ORIGIN) else {
            return false; // no browser, or an old one: then the content type is what stops it
        };
        let Ok(origin) = origin.to_str() else {
            return true;
        };
        let same = |host: &str| authority.is_some_and(|asked| asked.eq_ignore_ascii_case(host));
        let here = origin
            .strip_prefix("http://")
            .or_else(|| origin.strip_prefix("https://"))
            .is_some_and(same);
        !here && !origin.eq_ignore_ascii_case(&self.public_origin)
    }
}

/// The host that a request names, with its port.
pub(super) fn authority<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    match uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => headers.get(HOST)?.to_str().ok(),
    }
}

fn without_port(authority: &str) -> &str {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    host.strip_suffix('.').unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts() -> Hosts {
        Hosts::new("https://Hermes.example.com/x", PreviewUrl::embedded())
    }

    #[test]
    fn hosts_are_sorted() {
        let preview = |id: &str| HostKind::Preview(Some(id.parse().unwrap()));
        for (host, kind) in [
            ("localhost:3000", HostKind::Ours),
            ("LOCALHOST.", HostKind::Ours),
            ("127.0.0.1", HostKind::Ours),
            ("[::1]:3000", HostKind::Ours),
            ("192.0.2.7:80", HostKind::Ours),
            ("hermes.EXAMPLE.com", HostKind::Ours),
            ("hermes.example.com:443", HostKind::Ours),
            ("ses-1.localhost:3000", preview("ses-1")),
            ("SES-1.localhost", preview("ses-1")),
            ("a,b.localhost", HostKind::Preview(None)),
            ("evil.example.com", HostKind::Foreign),
            ("hermes.example.com.evil.example", HostKind::Foreign),
            ("::1", HostKind::Foreign),
            ("", HostKind::Foreign),
        ] {
            assert_eq!(hosts().sort(Some(host)), kind, "{host}");
        }
        assert_eq!(hosts().sort(None), HostKind::Foreign);
    }

    #[test]
    fn a_preview_template_never_takes_our_own_host() {
        let template = PreviewUrl::embedded();
        let hosts = Hosts::new("http://app.localhost:3000", template);
        assert_eq!(hosts.sort(Some("app.localhost:3000")), HostKind::Ours);
    }

    #[test]
    fn other_sites_may_not_change_anything() {
        let refused = |method: &Method, headers: &[(&'static str, &'static str)], host: &str| {
            let headers = headers.iter().map(|(name, value)| {
                (
                    name.parse::<axum::http::HeaderName>().unwrap(),
                    axum::http::HeaderValue::from_static(value),
                )
            });
            hosts().is_cross_site(method, &headers.collect(), Some(host))
        };
        let (post, local) = (Method::POST, "localhost:3000");
        for (headers, expected) in [
            (vec![], false),
            (vec![("sec-fetch-site", "same-origin")], false),
            (vec![("sec-fetch-site", "none")], false),
            (vec![("sec-fetch-site", "cross-site")], true),
            (vec![("sec-fetch-site", "same-site")], true),
            (vec![("origin", "http://localhost:3000")], false),
            (vec![("origin", "https://hermes.example.com")], false),
            (vec![("origin", "http://localhost:8080")], true),
            (vec![("origin", "http://ses-1.localhost:3000")], true),
            (vec![("origin", "https://hermes.example.com:8443")], true),
            (vec![("origin", "null")], true),
        ] {
            assert_eq!(refused(&post, &headers, local), expected, "{headers:?}");
            assert!(!refused(&Method::GET, &headers, local), "reading is safe");
        }
    }
}
