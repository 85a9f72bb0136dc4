//! How sure it is that the sender wrote a mail, and what that is enough for.

use crate::domain::mail::RuleId;

/// How sure it is that the sender wrote the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// A caller with the right `mail` says so (A3).
    Vouched {
        /// Whether that caller's word is enough to publish (P4).
        may_publish: bool,
    },
    /// DMARC passed: the sender's domain stands behind the address (A3).
    Proven,
    /// The sender's domain says nothing about DMARC, but a good signature or a permitted server of it does (A3).
    Aligned,
    /// A group that the project trusts has passed it on and says whose it is (A10).
    ThroughGroup,
    /// It was not proven, but the member has said by a link to the stored address that it is theirs (A6).
    Confirmed,
    /// Nobody knows.
    Unproven,
}

/// What it takes to publish by mail (P4): the project's option `require_dmarc_pass`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PublishProof {
    /// DMARC must have passed.
    #[default]
    DmarcPass,
    /// A good signature or server of the sender's domain will do.
    Aligned,
}

impl Authentication {
    /// Whether it is enough to have the website edited.
    pub const fn may_edit(self) -> bool {
        !matches!(self, Self::Unproven)
    }

    /// Whether it is enough to publish (P4). What a group or a click says never is: the one is another's word, and the
    /// other proves that somebody reads the mailbox, not who wrote the words.
    pub const fn may_publish(self, needed: PublishProof) -> bool {
        match self {
            Self::Proven => true,
            Self::Vouched { may_publish } => may_publish,
            Self::Aligned => matches!(needed, PublishProof::Aligned),
            Self::ThroughGroup | Self::Confirmed | Self::Unproven => false,
        }
    }

    /// The rule by which it counts; none for nobody's word.
    pub const fn rule(self) -> Option<RuleId> {
        match self {
            Self::Vouched { .. } => Some(RuleId::AVouched),
            Self::Proven | Self::Aligned => Some(RuleId::A3),
            Self::ThroughGroup => Some(RuleId::A10),
            Self::Confirmed => Some(RuleId::A6),
            Self::Unproven => None,
        }
    }
}
