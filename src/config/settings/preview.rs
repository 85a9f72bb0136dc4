//! The template of preview addresses.

use std::fmt;

use reqwest::Url;

use crate::domain::ids::SessionId;

const SESSION: &str = "{sessionId}";
const PORT: &str = "{port}";

/// Where a session's preview is: a URL with `{sessionId}`, and `{port}` where Hermes serves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewUrl(String);

impl PreviewUrl {
    /// The default: a host of its own for each session, on this machine.
    pub fn embedded() -> Self {
        Self("http://{sessionId}.localhost:{port}/".to_owned())
    }

    /// In place under the public URL, from where a browser is sent to the store.
    pub(crate) fn in_place(public_url: &str) -> Self {
        Self(format!("{public_url}/hermes/preview/{SESSION}/"))
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if !text.contains(SESSION) {
            return Err(format!("must contain {SESSION}"));
        }
        let filled = text.replace(SESSION, "ses-0").replace(PORT, "1");
        if filled.contains(['{', '}']) {
            return Err(format!(
                "must have no other placeholders than {SESSION} and {PORT}"
            ));
        }
        let url = Url::parse(&filled).ok();
        url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .map(|_| Self(text.to_owned()))
            .ok_or_else(|| format!("must be a URL such as https://{SESSION}.preview.example.com/"))
    }

    /// The template with the port filled in: `{sessionId}` is all that is left to replace.
    pub fn template(&self, port: u16) -> String {
        self.0.replace(PORT, &port.to_string())
    }

    /// The preview of a session, when Hermes listens on `port`.
    pub fn of(&self, session: &SessionId, port: u16) -> String {
        let text = self.0.replace(SESSION, session.as_str());
        text.replace(PORT, &port.to_string())
    }

    /// The session whose preview a `Host` header asks for; `None` when the host is another one,
    /// and always when sessions differ by path.
    pub fn session_of_host<'h>(&self, host: &'h str) -> Option<&'h str> {
        let (_, rest) = self.0.split_once("://")?;
        let authority = rest
            .split_once('/')
            .map_or(rest, |(authority, _)| authority);
        let (before, after) = without_port(authority).split_once(SESSION)?;
        let host = without_port(host);
        // `get` and not a slice: a header can have any bytes at the boundary.
        let start = host.get(..before.len())?;
        let end = host.len().checked_sub(after.len())?;
        let session = host.get(before.len()..end)?;
        let same =
            start.eq_ignore_ascii_case(before) && host.get(end..)?.eq_ignore_ascii_case(after);
        (same && !session.is_empty() && !session.contains('.')).then_some(session)
    }
}

/// A host without `:port`; the template's port may be a placeholder.
fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port == PORT || port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    }
}

impl fmt::Display for PreviewUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled_in() {
        let template = PreviewUrl::embedded();
        let session = "ses-1".parse().unwrap();
        assert_eq!(template.of(&session, 3000), "http://ses-1.localhost:3000/");
    }

    #[test]
    fn the_host_header_names_the_session() {
        let template = PreviewUrl::embedded();
        for (host, session) in [
            ("ses-1.localhost:3000", Some("ses-1")),
            ("ses-1.LOCALHOST", Some("ses-1")),
            ("localhost:3000", None),
            (".localhost", None),
            ("a.b.localhost", None),
            ("ses-1.localhost.example.com", None),
            ("ä", None),
            ("", None),
        ] {
            assert_eq!(template.session_of_host(host), session, "{host}");
        }
        let prefixed = PreviewUrl::parse("https://p-{sessionId}.example.com").unwrap();
        assert_eq!(
            prefixed.session_of_host("p-ses-1.example.com"),
            Some("ses-1")
        );
        assert_eq!(prefixed.session_of_host("ä-ses-1.example.com"), None);
        let by_path = PreviewUrl::parse("https://p.example.com/{sessionId}/").unwrap();
        assert_eq!(by_path.session_of_host("p.example.com"), None);
    }

    #[test]
    fn templates_without_a_session_or_a_host_are_refused() {
        for bad in [
            "http://localhost/",
            "{sessionId}",
            "ftp://{sessionId}.x/",
            "http://{sessionId}.{zone}/",
        ] {
            assert!(PreviewUrl::parse(bad).is_err(), "{bad}");
        }
    }
}
