//! Why a mail is answered instead of carried out, in words for its sender.

use serde::{Deserialize, Serialize};

use super::LetterKind;

/// Why an authenticated sender's mail was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// The sender is no member of the project, or no longer (A11).
    NotAMember,
    /// The sender may look, but not instruct.
    Viewer,
    /// No project belongs to the address that the mail was sent to.
    NoSuchProject,
    /// Several projects might be meant.
    SeveralProjects,
    /// There were no words of the sender's own (B9).
    EmptyMessage,
    /// There were files or a forwarded mail, but no words (B9).
    AttachmentsOnly,
    /// The mail is encrypted (B14).
    Encrypted,
    /// So many mails came that they may go round in a loop; this one is held (L15).
    TooMany,
}

/// What the sender is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// Whether it is a refusal, or a question that an answer solves.
    pub kind: LetterKind,
    /// What happened, in one sentence.
    pub headline: &'static str,
    /// Why.
    pub because: &'static str,
    /// What to do now.
    pub hint: &'static str,
}

impl RefusalReason {
    /// Every reason, for tests and for counting.
    pub const ALL: [Self; 8] = [
        Self::NotAMember,
        Self::Viewer,
        Self::NoSuchProject,
        Self::SeveralProjects,
        Self::EmptyMessage,
        Self::AttachmentsOnly,
        Self::Encrypted,
        Self::TooMany,
    ];

    /// The reason's stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotAMember => "not_a_member",
            Self::Viewer => "viewer",
            Self::NoSuchProject => "no_such_project",
            Self::SeveralProjects => "several_projects",
            Self::EmptyMessage => "empty_message",
            Self::AttachmentsOnly => "attachments_only",
            Self::Encrypted => "encrypted",
            Self::TooMany => "too_many",
        }
    }

    /// What the sender is told. No project or person is named: the sender may be a stranger to both.
    pub const fn explain(self) -> Explanation {
        let (kind, headline, because, hint) = match self {
            Self::NotAMember => (
                LetterKind::Refusal,
                "Your message was not carried out.",
                "This address is not on the list of people who may change this website.",
                "Write from the address that was registered for you, or ask the owner of the website to add this one.",
            ),
            Self::Viewer => (
                LetterKind::Refusal,
                "Your message was not carried out.",
                "You may look at previews of this website, but not change it.",
                "Ask the owner of the website to let you edit it, then send your message again.",
            ),
            Self::NoSuchProject => (
                LetterKind::Refusal,
                "Your message was not carried out.",
                "There is no website at the address you wrote to.",
                "Check the address. It is in the last mail you had from us, or the owner of the website knows it.",
            ),
            Self::SeveralProjects => (
                LetterKind::Question,
                "Which website do you mean?",
                "The address you wrote to belongs to more than one website, so nothing was changed.",
                "Send your message again to the address of the website itself.",
            ),
            Self::EmptyMessage => (
                LetterKind::Refusal,
                "Your message had no text.",
                "Quoted text and signatures do not count as instructions, and nothing else was there.",
                "Reply with what you want changed, in plain words.",
            ),
            Self::AttachmentsOnly => (
                LetterKind::Question,
                "What should be done with what you sent?",
                "Your message had files or a forwarded mail, but no words of your own, so nothing was changed.",
                "Reply with what you want, for example: put this picture at the top of the home page. Please attach the files again.",
            ),
            Self::Encrypted => (
                LetterKind::Refusal,
                "Your message could not be read.",
                "It is encrypted, and encrypted mail cannot be opened here.",
                "Send it again without encryption.",
            ),
            Self::TooMany => (
                LetterKind::Refusal,
                "Your message is kept, but was not carried out.",
                "More messages came from your address than a person usually writes, so it looks as if machines answered each other. Everything that you sent before is carried out.",
                "If you are a person: wait for an hour, then send it again. Until tomorrow you are told this only once.",
            ),
        };
        Explanation {
            kind,
            headline,
            because,
            hint,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_says_what_to_do() {
        for reason in RefusalReason::ALL {
            let told = reason.explain();
            assert!(matches!(
                told.kind,
                LetterKind::Refusal | LetterKind::Question
            ));
            for text in [told.headline, told.because, told.hint] {
                assert!(text.ends_with(['.', '?']), "{reason:?}: {text}");
            }
            assert_eq!(
                serde_json::to_string(&reason).unwrap(),
                format!("\"{}\"", reason.as_str())
            );
        }
    }
}
