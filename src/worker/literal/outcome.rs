//! What became of an instruction.

/// A file with its new text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEdit {
    /// Relative to the site's root, with `/` between folders.
    pub path: String,
    /// The whole new text.
    pub new_text: String,
}

/// Why an instruction was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalCode {
    /// There was no instruction.
    Empty,
    /// Longer than [`super::MAX_INSTRUCTION`], or more instructions than are done at once.
    TooLong,
    /// Exact edits cannot do this.
    NeedsModel,
    /// The site has no editable pages.
    NoPages,
    /// No page of that name.
    NoSuchPage,
    /// The text to change is not there.
    NotFound,
    /// The text to change is in several places.
    Ambiguous,
    /// A link's target that is no web address, mail address, phone number or page.
    BadLink,
    /// The text runs across paragraphs, or the change would break the page around it.
    WouldBreak,
}

impl RefusalCode {
    /// The stable name, for records and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty_instruction",
            Self::TooLong => "instruction_too_long",
            Self::NeedsModel => "needs_model",
            Self::NoPages => "no_pages",
            Self::NoSuchPage => "no_such_page",
            Self::NotFound => "text_not_found",
            Self::Ambiguous => "text_ambiguous",
            Self::BadLink => "bad_link",
            Self::WouldBreak => "would_break_page",
        }
    }
}

/// What became of an instruction. The texts are for the sender, in a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Edited {
        /// The files that changed, each once.
        edits: Vec<FileEdit>,
        /// What was done, a line an instruction.
        summary: String,
    },
    /// The site is already as asked.
    Unchanged {
        /// Why nothing had to be done.
        summary: String,
    },
    /// Nothing was changed.
    Refused {
        /// For records and metrics.
        code: RefusalCode,
        /// Why, and what to write instead.
        message: String,
    },
}

/// A refusal on its way to the sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: RefusalCode,
    pub(crate) message: String,
}

/// What one instruction did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Done {
    /// A sentence for the sender.
    pub(crate) summary: String,
    pub(crate) changed: bool,
}

impl Done {
    pub(crate) fn changed(summary: String) -> Self {
        Self {
            summary,
            changed: true,
        }
    }

    pub(crate) fn already(summary: String) -> Self {
        Self {
            summary,
            changed: false,
        }
    }
}
