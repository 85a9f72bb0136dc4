//! Our own mail, when it comes back (L1).

use crate::domain::mail::{EmailAddress, HermesAddress, InboundMail};

/// Everything that is us, so that our own mail is known when it comes back (L1).
#[derive(Debug, Clone)]
pub struct OwnIdentity {
    /// The mailbox that Hermes reads.
    pub hermes: HermesAddress,
    /// The addresses of projects; mail to them is mail to us as well.
    pub addresses: Vec<EmailAddress>,
    /// The name of this installation in `X-Hermes-Loop`.
    pub instance: String,
}

impl OwnIdentity {
    /// Whether an address is one of ours, plus tag or not.
    pub fn is_ours(&self, address: &EmailAddress) -> bool {
        self.hermes.is_ours(address)
            || self
                .addresses
                .iter()
                .any(|own| own.domain() == address.domain() && own.base() == address.base())
    }

    /// Whether a mail is ours, by its sender, its id, or what we wrote into its loop fields.
    pub(super) fn wrote(&self, mail: &InboundMail) -> bool {
        mail.from.address().is_some_and(|from| self.is_ours(from))
            || mail.has_own_id && self.has_our_id(mail)
    }

    /// Whether the value of a loop field names us.
    pub(super) fn is_named(&self, value: &str) -> bool {
        let value = value.trim();
        value.eq_ignore_ascii_case(&self.instance)
            || value
                .parse::<EmailAddress>()
                .is_ok_and(|address| self.is_ours(&address))
    }

    /// Whether the Message-ID is one of ours. A person whose mailbox is on our domain may have a mailer that makes ids
    /// of that domain too: of those only the ids that we make count.
    fn has_our_id(&self, mail: &InboundMail) -> bool {
        let domain = self.hermes.domain();
        let id = &mail.message_id;
        let made_by_us = id.as_str().starts_with("turn.") || id.as_str().starts_with("thread.");
        let neighbour = mail
            .from
            .address()
            .is_some_and(|from| from.domain() == domain);
        id.domain().eq_ignore_ascii_case(domain) && (made_by_us || !neighbour)
    }
}
