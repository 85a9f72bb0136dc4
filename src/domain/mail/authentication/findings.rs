//! What a receiving mail server has found out about a mail.

use super::alignment::aligned;
use super::level::Authentication;
use super::results::fields;
use crate::domain::mail::{EmailAddress, InboundMail};

/// What DMARC says of the one address in `From`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dmarc {
    /// The domain stands behind it.
    Pass,
    /// The domain says that it is not. What it asks to be done with such a mail changes nothing (A3).
    Fail,
    /// The domain says nothing about DMARC.
    NoPolicy,
    /// It was not asked, or the answer could not be had.
    #[default]
    Unknown,
}

/// What a server that we believe has found out about a mail: SES, the operator's own, or a check of ours.
///
/// Domains are in the normal form of addresses ([`EmailAddress::domain`]). The default is that nothing was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// What DMARC says.
    pub dmarc: Dmarc,
    /// The domains whose DKIM signatures are good, whoever they are (A5).
    pub signers: Vec<String>,
    /// The domain of the envelope's sender, if by SPF it permits the server that the mail came from (A5).
    pub path: Option<String>,
}

impl Findings {
    /// What is proven of a mail from this sender (A3).
    pub fn prove(&self, from: &EmailAddress) -> Authentication {
        match self.dmarc {
            Dmarc::Pass => Authentication::Proven,
            // the sender's domain says nothing, so its signature or its server must
            Dmarc::NoPolicy
                if self.is_signed_by(from.domain()) || self.is_sent_by(from.domain()) =>
            {
                Authentication::Aligned
            }
            Dmarc::NoPolicy | Dmarc::Fail | Dmarc::Unknown => Authentication::Unproven,
        }
    }

    /// Whether a domain, or another of its organisation, has signed it.
    pub(super) fn is_signed_by(&self, domain: &str) -> bool {
        self.signers.iter().any(|signer| aligned(signer, domain))
    }

    fn is_sent_by(&self, domain: &str) -> bool {
        self.path.as_ref().is_some_and(|path| aligned(path, domain))
    }
}

/// The mail servers whose `Authentication-Results` are believed, by their authserv-ids (`HERMES_TRUSTED_AUTHSERV`).
///
/// Such a server stands in front of Hermes, removes fields of its own name from what comes in, and puts one of its own
/// on top of every mail. So the topmost field of that name is its word, and everything below was there before: the
/// sender may have written it. If the topmost field is another's, or cannot be read, then the server has not spoken, and
/// no field is believed (A4).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrustedServers(Vec<String>);

impl TrustedServers {
    /// These, whatever their case.
    pub fn new(servers: Vec<String>) -> Self {
        Self(servers)
    }

    /// Whether nobody is believed: then it is not asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the server in front has found out; nothing, if it has not spoken.
    pub fn findings(&self, mail: &InboundMail) -> Findings {
        let topmost = fields(mail).next().flatten();
        let by_us = topmost.filter(|results| self.0.iter().any(|server| results.is_by(server)));
        let from = mail.from.address();
        by_us
            .zip(from)
            .map(|(results, from)| results.findings(from))
            .unwrap_or_default()
    }
}
