//! What the sender of a message sees of it in the end (invariant 2), as metrics count it.

use super::mail::LetterKind;

/// The end of a message, told by mail or by the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It was done, or there was nothing to do.
    Result,
    /// Something must be known first.
    Question,
    /// It may not or cannot be done.
    Refusal,
    /// It was tried and did not work.
    Failure,
    /// It is kept and tried again.
    Kept,
    /// It was received, and that is all that there is to say.
    Acknowledged,
}

impl Outcome {
    /// All outcomes, for metrics.
    pub const ALL: [Self; 6] = [
        Self::Result,
        Self::Question,
        Self::Refusal,
        Self::Failure,
        Self::Kept,
        Self::Acknowledged,
    ];

    /// The outcome as metrics write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Result => "result",
            Self::Question => "question",
            Self::Refusal => "refusal",
            Self::Failure => "failure",
            Self::Kept => "kept",
            Self::Acknowledged => "acknowledged",
        }
    }
}

impl From<LetterKind> for Outcome {
    fn from(kind: LetterKind) -> Self {
        match kind {
            LetterKind::Result => Self::Result,
            LetterKind::Question | LetterKind::Confirm => Self::Question,
            LetterKind::Refusal => Self::Refusal,
            LetterKind::Failure => Self::Failure,
            LetterKind::StillWorking => Self::Kept,
            LetterKind::Ack | LetterKind::Help | LetterKind::Status | LetterKind::Stopped => {
                Self::Acknowledged
            }
        }
    }
}
