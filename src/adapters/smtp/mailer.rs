//! Sends one mail over one connection.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use secrecy::ExposeSecret as _;

use crate::config::{SmtpSecurity, SmtpServer};
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::mailer::{Mailer, MailerError, OutgoingMail};

/// How long one mail may take. Below the 2 minutes after which a reply that is being sent is sent again.
const MAIL_TIMEOUT: Duration = Duration::from_secs(90);

/// Longest answer of a server that is kept, in characters.
const MAX_ANSWER: usize = 200;

/// Hands mails to a mail server.
///
/// Each mail has a connection of its own. Lettre's pool would take back a connection on which a send was given up in the
/// middle, and the late answer to that mail would then count for the next one.
pub struct SmtpMailer {
    server: SmtpServer,
    tls: Option<TlsParameters>,
    timeout: Duration,
}

impl SmtpMailer {
    /// A mailer for this server; nothing is connected yet.
    pub fn new(server: SmtpServer) -> Result<Self, Fault> {
        let tls = match server.security {
            SmtpSecurity::Plain => None,
            SmtpSecurity::Tls | SmtpSecurity::StartTls => {
                let parameters = TlsParameters::new(server.host.clone());
                let broken = |error| Fault::new("prepare TLS", FaultKind::Broken, error);
                Some(parameters.map_err(broken)?)
            }
        };
        Ok(Self {
            server,
            tls,
            timeout: MAIL_TIMEOUT,
        })
    }

    /// The same with another time limit for one mail.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Connects, encrypts and logs in. What fails here says nothing about the mail.
    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let server = (self.server.host.as_str(), self.server.port);
        let hello = ClientId::default();
        let (at_once, later) = match self.server.security {
            SmtpSecurity::Tls => (self.tls.clone(), None),
            SmtpSecurity::StartTls => (None, self.tls.clone()),
            SmtpSecurity::Plain => (None, None),
        };
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(self.timeout), &hello, at_once, None)
                .await?;
        // A server that does not offer it gets the command all the same: its refusal is the error to report.
        if let Some(tls) = later {
            connection.starttls(tls, &hello).await?;
        }
        if let Some(login) = &self.server.login {
            let password = login.password.expose_secret().to_owned();
            let credentials = Credentials::new(login.user.clone(), password);
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            connection.auth(&mechanisms, &credentials).await?;
        }
        Ok(connection)
    }

    async fn deliver(&self, envelope: &Envelope, raw: &[u8]) -> Result<String, MailerError> {
        let mut connection = self
            .connect()
            .await
            .map_err(|error| not_connected(&error))?;
        // Lettre ends the last line itself; a mail that has done so would get an empty line more.
        let raw = raw.strip_suffix(b"\r\n").unwrap_or(raw);
        let sent = connection.send(envelope, raw).await;
        if sent.is_ok()
            && let Err(error) = connection.quit().await
        {
            // The server has taken the mail; how it says goodbye changes nothing.
            tracing::debug!(server = %self.server.host, %error, "a mail server did not part properly");
        }
        sent.map(|response| answer(&response))
            .map_err(|error| not_sent(&error))
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    fn returns_to_sender(&self) -> bool {
        true
    }

    async fn send(&self, mail: OutgoingMail) -> Result<String, MailerError> {
        let sent = self.hand_over(&mail).await;
        match (&sent, without_tag(&mail.from)) {
            // servers that let a login send under its own address only do not know that this is one
            (Err(MailerError::Rejected(_)), Some(from)) => {
                self.hand_over(&OutgoingMail { from, ..mail }).await
            }
            _ => sent,
        }
    }
}

impl SmtpMailer {
    async fn hand_over(&self, mail: &OutgoingMail) -> Result<String, MailerError> {
        let envelope = envelope(mail)?;
        let delivery = self.deliver(&envelope, &mail.raw);
        match tokio::time::timeout(self.timeout, Box::pin(delivery)).await {
            Ok(result) => result,
            Err(elapsed) => Err(Fault::new("send a mail", FaultKind::Transient, elapsed).into()),
        }
    }
}

/// The mailbox of an address that has a tag behind its name.
fn without_tag(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let (mailbox, _tag) = local.split_once('+')?;
    Some(format!("{mailbox}@{domain}"))
}

fn envelope(mail: &OutgoingMail) -> Result<Envelope, MailerError> {
    let invalid = |what: &str| MailerError::Rejected(format!("{what} is no mail address"));
    let from = match mail.from.as_str() {
        "" => None,
        from => Some(from.parse().map_err(|_reason| invalid("the sender"))?),
    };
    let to = mail.to.iter().map(|to| to.parse());
    let to = to
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_reason| invalid("the recipient"))?;
    Envelope::new(from, to).map_err(|_reason| invalid("the recipient"))
}

/// No connection, no encryption, or no login: whatever the server says, another mail would fare the same.
fn not_connected(error: &Error) -> MailerError {
    let kind = if error.is_permanent() || error.is_client() || error.is_tls() {
        FaultKind::Denied
    } else {
        FaultKind::Transient
    };
    Fault::new("connect to the mail server", kind, told(error)).into()
}

/// The server does not take this mail: for now, or for ever.
fn not_sent(error: &Error) -> MailerError {
    let for_ever = error.is_permanent() || error.is_client();
    if !for_ever {
        return Fault::new("send a mail", FaultKind::Transient, told(error)).into();
    }
    let login_wanted = error.status().is_some_and(|code| code.to_string() == "530");
    if login_wanted {
        return Fault::new("send a mail", FaultKind::Denied, told(error)).into();
    }
    MailerError::Rejected(told(error))
}

/// What went wrong, as the server said it.
fn told(error: &Error) -> String {
    without_addresses(&error.to_string())
}

/// The server's answer to the mail, which as a rule has the name it gave to it.
fn answer(response: &Response) -> String {
    let text = response.message().collect::<Vec<_>>().join(" ");
    without_addresses(&text)
}

/// Answers end up in records and logs, addresses do not.
fn without_addresses(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        if word.contains('@') {
            "<address>"
        } else {
            word
        }
    });
    words
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(MAX_ANSWER)
        .collect()
}

impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpMailer")
            .field("server", &self.server.host)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
