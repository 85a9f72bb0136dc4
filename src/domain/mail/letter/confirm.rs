//! The question whether a message is a member's own (A6, A9), in words for the member.

/// The words of the question. Nothing of the message is in it: a stranger may have written that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfirmWords {
    /// The subject of the mail.
    pub subject: &'static str,
    /// The question.
    pub headline: &'static str,
    /// What has happened.
    pub what: &'static str,
    /// What the link does, and until when.
    pub how: &'static str,
    /// Why it could not be told (A9).
    pub why: &'static str,
    /// On the link.
    pub link: &'static str,
    /// What to do next time, and if it is a stranger's.
    pub hints: [&'static str; 3],
}

impl ConfirmWords {
    /// In English.
    pub const ENGLISH: Self = Self {
        subject: "Did you write this?",
        headline: "A message came under your name. Did you write it?",
        what: "It asks for a change to your website, but it could not be proven that it is from you, so nothing was done. \
            The message itself is not in this mail, because a stranger may have written it. The link shows it.",
        how: "Open the link, read the message, and say whether it is yours. Nothing happens before you do, and after \
            24 hours the link is void. If more such messages come today, they are shown there too.",
        why: "This happens when mail is forwarded on its way, when it passes a mailing list, or when it is sent through a \
            server that your domain does not name as its own (SPF, DKIM and DMARC).",
        link: "Look at the message",
        hints: [
            "Next time, write directly from the mailbox that is registered for you.",
            "If it happens often, ask whoever runs your mail to sign it with DKIM and to set up DMARC for your domain.",
            "If the message is not yours, say so behind the link, or do nothing.",
        ],
    };
}
