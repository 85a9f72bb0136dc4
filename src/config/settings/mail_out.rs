//! Where mail goes out: a folder, an SMTP server, or SES.

use std::fmt;
use std::path::{Path, PathBuf};

use reqwest::Url;
use secrecy::SecretString;

use super::values;

/// Where mail goes out.
#[derive(Debug, Clone)]
pub enum MailOut {
    /// One `.eml` file a mail in this folder.
    Folder(PathBuf),
    /// An SMTP server.
    Smtp(SmtpServer),
    /// Amazon SES.
    Ses,
}

/// An SMTP server and how to speak with it.
#[derive(Debug, Clone)]
pub struct SmtpServer {
    /// Name or IP address, without brackets.
    pub host: String,
    /// The port; 465 for `smtps`, 587 for `smtp` when the URL names none.
    pub port: u16,
    /// How the connection is protected.
    pub security: SmtpSecurity,
    /// User and password, when the server wants them.
    pub login: Option<SmtpLogin>,
}

/// How an SMTP connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// TLS from the first byte: `smtps`.
    Tls,
    /// `STARTTLS`, and no mail without it: `smtp`.
    StartTls,
    /// None: `smtp` to this machine, or with `?tls=none`.
    Plain,
}

/// A user and a password.
#[derive(Debug, Clone)]
pub struct SmtpLogin {
    /// The user.
    pub user: String,
    /// The password.
    pub password: SecretString,
}

impl MailOut {
    /// Reads a folder or a URL; the error never quotes the text, which may hold a password.
    pub(crate) fn parse(text: &str, folder: &Path) -> Result<Self, String> {
        if text.trim() == "ses" {
            Ok(Self::Ses)
        } else if text.contains("://") {
            SmtpServer::parse(text.trim()).map(Self::Smtp)
        } else {
            values::path(text, folder).map(Self::Folder)
        }
    }
}

impl SmtpServer {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            "must be a folder or a URL such as smtps://user:password@smtp.example.com:465, special characters percent-encoded".to_owned()
        };
        let url = Url::parse(text).map_err(|_may_quote_the_password| wrong())?;
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or_else(wrong)?;
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(wrong());
        }
        let (security, usual_port) = match (url.scheme(), url.query()) {
            ("smtps", None) => (SmtpSecurity::Tls, 465),
            ("smtp", Some("tls=none")) => (SmtpSecurity::Plain, 587),
            ("smtp", None) if is_this_machine(&host) => (SmtpSecurity::Plain, 587),
            ("smtp", None | Some("tls=starttls")) => (SmtpSecurity::StartTls, 587),
            ("smtp" | "smtps", Some(_)) => {
                return Err("may have no query but ?tls=none or ?tls=starttls, for smtp".to_owned());
            }
            _ => return Err(wrong()),
        };
        Ok(Self {
            host,
            port: url.port().unwrap_or(usual_port),
            security,
            login: login(&url)?,
        })
    }
}

fn login(url: &Url) -> Result<Option<SmtpLogin>, String> {
    let decode = |text| percent_decoded(text).ok_or("must have user and password percent-encoded");
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None) => Err("must have both user and password, or neither".to_owned()),
        (user, Some(password)) => Ok(Some(SmtpLogin {
            user: decode(user)?,
            password: decode(password)?.into(),
        })),
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Text with its `%41` decoded; `None` when that is not UTF-8 or a percent sign stands alone.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let (high, low) = (digit()?, digit()?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Without user and password: what `hermes config` shows.
impl fmt::Display for MailOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => write!(f, "{}", path.display()),
            Self::Ses => f.write_str("ses"),
            Self::Smtp(server) => {
                let (scheme, query) = match server.security {
                    SmtpSecurity::Tls => ("smtps", ""),
                    SmtpSecurity::StartTls => ("smtp", "?tls=starttls"),
                    SmtpSecurity::Plain => ("smtp", "?tls=none"),
                };
                let login = server.login.as_ref().map_or("", |_| "***@");
                write!(
                    f,
                    "{scheme}://{login}{}:{}{query}",
                    server.host, server.port
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn shown(text: &str) -> Result<String, String> {
        MailOut::parse(text, Path::new("/srv")).map(|out| out.to_string())
    }

    #[test]
    fn folders_and_servers_are_told_apart() {
        for (text, expected) in [
            ("out", "/srv/out"),
            ("smtps://mail.example.com", "smtps://mail.example.com:465"),
            (
                "smtp://u:p@mail.example.com",
                "smtp://***@mail.example.com:587?tls=starttls",
            ),
            (
                "smtp://mail.example.com:25?tls=none",
                "smtp://mail.example.com:25?tls=none",
            ),
            ("smtp://localhost:1025", "smtp://localhost:1025?tls=none"),
            ("smtp://[::1]:1025", "smtp://::1:1025?tls=none"),
            (
                "smtp://localhost:1025?tls=starttls",
                "smtp://localhost:1025?tls=starttls",
            ),
        ] {
            assert_eq!(shown(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn passwords_are_decoded_and_never_shown() {
        let text = "smtps://ann%40example.com:p%2Fw%25-s3cret@mail.example.com";
        let out = MailOut::parse(text, Path::new("/srv")).unwrap();
        let MailOut::Smtp(SmtpServer {
            login: Some(login), ..
        }) = &out
        else {
            panic!("{out}");
        };
        assert_eq!(login.user, "ann@example.com");
        assert_eq!(login.password.expose_secret(), "p/w%-s3cret");
        assert!(!format!("{out} {out:?}").contains("s3cret"));
    }

    #[test]
    fn wrong_servers_are_refused_without_quoting_them() {
        for bad in [
            "smtp://",
            "imap://u:s3cret@h",
            "smtp://u@h",
            "smtp://:s3cret@h",
            "smtp://u:s3cret@h/x",
            "smtps://u:s3cret@h?tls=none",
            "smtp://u:s3cret%zz@h",
            "smtp://u:s3cret@h:99999",
        ] {
            let error = shown(bad).unwrap_err();
            assert!(!error.contains("s3cret"), "{bad}: {error}");
        }
    }
}
