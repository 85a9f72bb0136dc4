//! Why a mail is answered instead of carried out, in words for its sender.

use serde::{Deserialize, Serialize};

use super::LetterKind;
use super::phrases::Refused;
use crate::domain::mail::Language;

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
    /// The sender may have the website edited, but not published (P4).
    NotAPublisher,
    /// It is not proven well enough that the sender wants it published (P4).
    ProofToPublish,
}

impl RefusalReason {
    /// Every reason, for tests and for counting.
    pub const ALL: [Self; 10] = [
        Self::NotAMember,
        Self::Viewer,
        Self::NoSuchProject,
        Self::SeveralProjects,
        Self::EmptyMessage,
        Self::AttachmentsOnly,
        Self::Encrypted,
        Self::TooMany,
        Self::NotAPublisher,
        Self::ProofToPublish,
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
            Self::NotAPublisher => "not_a_publisher",
            Self::ProofToPublish => "proof_to_publish",
        }
    }

    /// Whether it is a refusal, or a question that an answer solves.
    pub const fn kind(self) -> LetterKind {
        match self {
            Self::NotAMember
            | Self::Viewer
            | Self::NoSuchProject
            | Self::EmptyMessage
            | Self::Encrypted
            | Self::TooMany
            | Self::NotAPublisher
            | Self::ProofToPublish => LetterKind::Refusal,
            Self::SeveralProjects | Self::AttachmentsOnly => LetterKind::Question,
        }
    }

    /// What the sender is told. No project or person is named: the sender may be a stranger to both.
    pub fn told(self, language: Language) -> Refused {
        (language.phrases().refused)(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_travel_as_their_names() {
        for reason in RefusalReason::ALL {
            assert_eq!(
                serde_json::to_string(&reason).unwrap(),
                format!("\"{}\"", reason.as_str())
            );
        }
    }
}
