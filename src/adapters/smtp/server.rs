//! Which mail server, and how to talk to it: read from one URL.

use std::fmt;
use std::net::IpAddr;

use percent_encoding::percent_decode_str;
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};

/// Why a text names no mail server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSmtpUrl {
    /// Not a URL of this form.
    #[error("must look like smtp://user:password@host:587 or smtps://user:password@host")]
    Form,
    /// The `tls` parameter is something else.
    #[error("tls must be required, opportunistic or none")]
    Tls,
    /// A parameter that does not exist.
    #[error("the only parameter is tls")]
    Parameter,
    /// A password would go over the network in clear text.
    #[error("a password needs tls=required, except for a server on this machine")]
    ClearPassword,
}

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encryption {
    /// From the first byte.
    Implicit,
    /// By STARTTLS, or not at all.
    Required,
    /// By STARTTLS if the server offers it.
    Opportunistic,
    /// None.
    None,
}

/// A mail server.
#[derive(Clone)]
pub struct SmtpServer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encryption: Encryption,
    pub(super) login: Option<Login>,
}

/// Name and password of our account there.
#[derive(Clone)]
pub(super) struct Login {
    pub(super) user: String,
    pub(super) password: SecretString,
}

impl SmtpServer {
    /// Reads `smtp://` (port 587 with a login, else 25) or `smtps://` (port 465), with `user:password@` if the server
    /// wants a login, and `?tls=required`, `opportunistic` or `none`.
    ///
    /// Without that parameter `smtps` is encrypted from the first byte; `smtp` is not encrypted to a server on this
    /// machine, requires STARTTLS when there is a login, and takes it if it is offered else.
    pub fn parse(url: &SecretString) -> Result<Self, InvalidSmtpUrl> {
        let url = Url::parse(url.expose_secret()).map_err(|_reason| InvalidSmtpUrl::Form)?;
        let implicit = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(InvalidSmtpUrl::Form),
        };
        let bare = matches!(url.path(), "" | "/") && url.fragment().is_none();
        let host = url.host_str().filter(|host| bare && !host.is_empty());
        let host = host.ok_or(InvalidSmtpUrl::Form)?;
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let login = login_of(&url)?;
        let local = is_loopback(&host);
        let default = match (implicit, local, &login) {
            (true, _, _) => Encryption::Implicit,
            (false, true, _) => Encryption::None,
            (false, false, Some(_)) => Encryption::Required,
            (false, false, None) => Encryption::Opportunistic,
        };
        let encryption = match tls_of(&url)? {
            Some(_) if implicit => Encryption::Implicit,
            chosen => chosen.unwrap_or(default),
        };
        let clear = matches!(encryption, Encryption::Opportunistic | Encryption::None);
        if clear && login.is_some() && !local {
            return Err(InvalidSmtpUrl::ClearPassword);
        }
        let port = url.port().unwrap_or(match (implicit, &login) {
            (true, _) => 465,
            (false, Some(_)) => 587,
            (false, None) => 25,
        });
        Ok(Self {
            host,
            port,
            encryption,
            login,
        })
    }
}

fn login_of(url: &Url) -> Result<Option<Login>, InvalidSmtpUrl> {
    let decode = |text: &str| {
        let decoded = percent_decode_str(text).decode_utf8();
        decoded
            .map(Into::into)
            .map_err(|_reason| InvalidSmtpUrl::Form)
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None) => Err(InvalidSmtpUrl::Form),
        (user, Some(password)) => {
            let user: String = decode(user)?;
            let password: String = decode(password)?;
            Ok(Some(Login {
                user,
                password: password.into(),
            }))
        }
    }
}

fn tls_of(url: &Url) -> Result<Option<Encryption>, InvalidSmtpUrl> {
    let mut chosen = None;
    for (name, value) in url.query_pairs() {
        if name != "tls" {
            return Err(InvalidSmtpUrl::Parameter);
        }
        chosen = Some(match value.as_ref() {
            "required" => Encryption::Required,
            "opportunistic" => Encryption::Opportunistic,
            "none" => Encryption::None,
            _ => return Err(InvalidSmtpUrl::Tls),
        });
    }
    Ok(chosen)
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

impl fmt::Display for SmtpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpServer")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("encryption", &self.encryption)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<SmtpServer, InvalidSmtpUrl> {
        SmtpServer::parse(&url.to_owned().into())
    }

    #[test]
    fn ports_and_encryption_follow_from_the_url() {
        use Encryption::{Implicit, None, Opportunistic, Required};
        for (url, host, port, encryption) in [
            (
                "smtp://mail.example.com",
                "mail.example.com",
                25,
                Opportunistic,
            ),
            (
                "smtp://u:p@mail.example.com",
                "mail.example.com",
                587,
                Required,
            ),
            (
                "smtps://u:p@mail.example.com/",
                "mail.example.com",
                465,
                Implicit,
            ),
            (
                "smtps://mail.example.com?tls=required",
                "mail.example.com",
                465,
                Implicit,
            ),
            (
                "smtp://mail.example.com:2525?tls=required",
                "mail.example.com",
                2525,
                Required,
            ),
            (
                "smtp://mail.example.com?tls=none",
                "mail.example.com",
                25,
                None,
            ),
            ("smtp://localhost:1025", "localhost", 1025, None),
            ("smtp://u:p@127.0.0.1", "127.0.0.1", 587, None),
            (
                "smtp://[::1]:25?tls=opportunistic",
                "::1",
                25,
                Opportunistic,
            ),
        ] {
            let server = parse(url).unwrap();
            let got = (server.host.as_str(), server.port, server.encryption);
            assert_eq!(got, (host, port, encryption), "{url}");
        }
    }

    #[test]
    fn a_login_is_decoded_and_never_shown() {
        let server = parse("smtp://bot%40example.com:p%2Fw%3A1@mail.example.com").unwrap();
        let login = server.login.as_ref().unwrap();
        assert_eq!(login.user, "bot@example.com");
        assert_eq!(login.password.expose_secret(), "p/w:1");
        assert!(!format!("{server:?} {server}").contains("bot"));
    }

    #[test]
    fn what_is_no_mail_server_is_refused() {
        use InvalidSmtpUrl::{ClearPassword, Form, Parameter, Tls};
        for (url, why) in [
            ("", Form),
            ("mail.example.com", Form),
            ("http://mail.example.com", Form),
            ("smtp://", Form),
            ("smtp://mail.example.com/path", Form),
            ("smtp://user@mail.example.com", Form),
            ("smtp://mail.example.com?tls=maybe", Tls),
            ("smtp://mail.example.com?ssl=1", Parameter),
            ("smtp://u:p@mail.example.com?tls=none", ClearPassword),
            (
                "smtp://u:p@mail.example.com?tls=opportunistic",
                ClearPassword,
            ),
        ] {
            assert_eq!(parse(url).unwrap_err(), why, "{url}");
        }
    }
}
