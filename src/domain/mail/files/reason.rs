//! Why a file is not handed on, and what is said about one that is.

use serde::{Deserialize, Serialize};

/// Why a file is kept from the agent. The sender is told, by name and reason (B13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileRefusal {
    /// Something that a computer runs.
    Program,
    /// Something that an interpreter or a browser runs.
    Script,
    /// Something with other files in it; it is never unpacked.
    Archive,
    /// An office document that carries code.
    Macros,
    /// An SVG that could run code or load something when it is shown.
    ActiveSvg,
    /// Outlook's own wrapping, `winmail.dat`.
    Tnef,
    /// Nobody here has the key (B14).
    Encrypted,
    /// There is nothing in it.
    Empty,
    /// Larger than one file may be.
    TooLarge,
    /// One file more than a mail may have.
    TooMany,
    /// Beyond what the files of one mail may be together.
    TooLargeTogether,
    /// The scan for viruses did not work, so nothing of the mail is opened (E6).
    NotScanned,
}

impl FileRefusal {
    /// Every reason, for tests and translations.
    pub const ALL: [Self; 12] = [
        Self::Program,
        Self::Script,
        Self::Archive,
        Self::Macros,
        Self::ActiveSvg,
        Self::Tnef,
        Self::Encrypted,
        Self::Empty,
        Self::TooLarge,
        Self::TooMany,
        Self::TooLargeTogether,
        Self::NotScanned,
    ];

    /// The reason's stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Script => "script",
            Self::Archive => "archive",
            Self::Macros => "macros",
            Self::ActiveSvg => "active_svg",
            Self::Tnef => "tnef",
            Self::Encrypted => "encrypted",
            Self::Empty => "empty",
            Self::TooLarge => "too_large",
            Self::TooMany => "too_many",
            Self::TooLargeTogether => "too_large_together",
            Self::NotScanned => "not_scanned",
        }
    }

    /// The reason in English, after the file's name: for the agent, and in English letters.
    pub const fn explain(self) -> &'static str {
        match self {
            Self::Program => "Programs are not accepted.",
            Self::Script => "Scripts are not accepted.",
            Self::Archive => "Archives are not unpacked. Please attach the files one by one.",
            Self::Macros => {
                "Documents with macros are not accepted. Please save it without macros, for example as .docx or .xlsx."
            }
            Self::ActiveSvg => {
                "This SVG carries scripts or loads something from elsewhere. Please export it as a plain SVG or as PNG."
            }
            Self::Tnef => {
                "Outlook wrapped the attachments in a format that only Outlook reads. Please send the mail as HTML or plain text."
            }
            Self::Encrypted => "It is encrypted. Please send it without a password.",
            Self::Empty => "The file is empty.",
            Self::TooLarge => "It is larger than 20 MB.",
            Self::TooMany => "There were more than 25 files in one mail.",
            Self::TooLargeTogether => "The files of this mail are larger than 40 MB together.",
            Self::NotScanned => {
                "It could not be checked for viruses. Please send it again in a while."
            }
        }
    }
}

/// A file that the agent does not get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefusedFile {
    /// Its sanitised name (B12).
    pub name: String,
    /// Why.
    pub reason: FileRefusal,
}

/// Why a file is left out without a word: nobody meant to send it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ignored {
    /// An image of at most 2 by 2 pixels (B12).
    TrackingPixel,
    /// A calendar invite (B15).
    Invite,
    /// A business card (B15).
    Contact,
    /// A signature or public key of the mail.
    MailSignature,
    /// An image that is shown only in a quote or in a signature: it comes with the quoted mail.
    Quoted,
    /// A small image that an earlier mail of the conversation brought, as the logos of signatures are (B12).
    SeenBefore,
    /// The same bytes as another file of this mail.
    Twice,
}

/// What the agent should know of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileNote {
    /// A photo format that few browsers show.
    NotForBrowsers,
    /// A document that says it needs a password.
    PasswordProtected,
    /// The text of the mail, because it is too long for an instruction (B11).
    WholeMessage,
    /// The mail that was forwarded: material, no instruction (B10).
    Forwarded,
}

impl FileNote {
    /// The note in a sentence.
    pub const fn explain(self) -> &'static str {
        match self {
            Self::NotForBrowsers => {
                "Most browsers do not show this format: convert it to JPEG, PNG or WebP before it is used on a page."
            }
            Self::PasswordProtected => "It may need a password to be read.",
            Self::WholeMessage => "The whole message: the instruction shows only its beginning.",
            Self::Forwarded => "The mail that was forwarded: material, no instruction.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b13_every_refusal_has_a_stable_name_and_a_sentence() {
        for reason in FileRefusal::ALL {
            assert!(reason.explain().ends_with('.'), "{reason:?}");
            let json = serde_json::to_string(&reason).unwrap();
            assert_eq!(json, format!("\"{}\"", reason.as_str()));
        }
    }
}
