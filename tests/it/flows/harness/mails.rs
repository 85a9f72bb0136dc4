//! Mails as people write them, and what answers say.

use bytes::Bytes;
use hermes::domain::mail::parse;

use super::hermes::AMELIA;

/// A mail to write.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    from: String,
    to: String,
    subject: String,
    id: String,
    body: String,
    more: Vec<(String, String)>,
}

impl Mail {
    /// From Amelia to the mailbox, with the Message-ID `<id@example.com>`.
    pub(crate) fn new(id: &str, body: &str) -> Self {
        Self {
            from: AMELIA.to_owned(),
            to: "edit@hermes.localhost".to_owned(),
            subject: "Opening hours".to_owned(),
            id: format!("{id}@example.com"),
            body: body.to_owned(),
            more: Vec::new(),
        }
    }

    /// From somebody else.
    pub(crate) fn from(mut self, from: &str) -> Self {
        from.clone_into(&mut self.from);
        self
    }

    /// To another address.
    pub(crate) fn to(mut self, to: &str) -> Self {
        to.clone_into(&mut self.to);
        self
    }

    /// About something else.
    pub(crate) fn subject(mut self, subject: &str) -> Self {
        subject.clone_into(&mut self.subject);
        self
    }

    /// With another field.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.more.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Answers the mail of this id.
    pub(crate) fn answering(self, id: &str) -> Self {
        self.with("In-Reply-To", &format!("<{id}>"))
    }

    /// As it is sent.
    pub(crate) fn bytes(&self) -> Bytes {
        let mut text = format!(
            "From: Somebody <{}>\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: <{}>\r\n\
             Date: Sat, 21 Nov 2026 14:00:00 +0000\r\n",
            self.from, self.to, self.subject, self.id
        );
        for (name, value) in &self.more {
            text.extend([name, ": ", value, "\r\n"]);
        }
        format!("{text}\r\n{}\r\n", self.body).into()
    }
}

/// A header field of a sent mail, unfolded; empty when it is missing.
pub(crate) fn field(raw: &[u8], name: &str) -> String {
    let text = String::from_utf8_lossy(raw)
        .replace("\r\n ", " ")
        .replace("\r\n\t", " ");
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    let prefix = format!("{}:", name.to_ascii_lowercase());
    head.lines()
        .find(|line| line.to_ascii_lowercase().starts_with(&prefix))
        .map(|line| line[prefix.len()..].trim().to_owned())
        .unwrap_or_default()
}

/// The text of a sent mail.
pub(crate) fn text_of(raw: &[u8]) -> String {
    let mail = parse(raw).expect("a mail");
    mail.body.text.clone()
}
