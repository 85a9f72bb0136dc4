//! The mail rules by their ids, for the journal and for metrics.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! rules {
    ($(#[doc = $meaning:literal] $name:ident = $text:literal,)*) => {
        /// One numbered mail rule that took part in a decision.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum RuleId {
            $(#[doc = $meaning] #[serde(rename = $text)] $name,)*
        }

        impl RuleId {
            /// Every rule, so that a counter can exist for each from the start.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The id as the rules and the journal write it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// What it means that the rule took part, in a sentence.
            pub fn meaning(self) -> &'static str {
                let text = match self {
                    $(Self::$name => $meaning,)*
                };
                text.trim_start()
            }
        }
    };
}

rules! {
    /// The envelope was not one that is known.
    E1 = "E1",
    /// The mail that the envelope announces could not be had.
    E2 = "E2",
    /// A scan found a virus, or takes it for unsolicited.
    E6 = "E6",
    /// A duplicate of a message that is in the journal.
    E9 = "E9",
    /// The mail had no usable Message-ID; one was made.
    E10 = "E10",
    /// Our own mail came back.
    L1 = "L1",
    /// The return path is empty.
    L2 = "L2",
    /// A delivery report.
    L3 = "L3",
    /// `X-Failed-Recipients`.
    L4 = "L4",
    /// The sender is a mailer daemon or takes no replies.
    L5 = "L5",
    /// `Auto-Submitted`.
    L6 = "L6",
    /// Headers that only auto-responders write.
    L7 = "L7",
    /// Bulk precedence, a soft sign.
    L8 = "L8",
    /// An out-of-office answer by an inbox rule.
    L9 = "L9",
    /// `X-Auto-Response-Suppress` alone: no acknowledgements, but an instruction.
    L10 = "L10",
    /// A mailing list.
    L11 = "L11",
    /// An automatic-answer subject, a soft sign.
    L12 = "L12",
    /// A header that says it was written by a machine.
    L13 = "L13",
    /// Read receipts, abuse reports, calendar answers.
    L14 = "L14",
    /// Too many mails of one sender or in one conversation: a loop.
    L15 = "L15",
    /// A bounce was counted for the address that it is about.
    L17 = "L17",
    /// The sender was told the same a short while ago.
    L18 = "L18",
    /// No acknowledgement: the sender had one.
    L19 = "L19",
    /// An automatic answer in an open conversation.
    L20 = "L20",
    /// The thread was found by a token in a recipient, or by a referenced id.
    T1 = "T1",
    /// The thread was found by an id of ours, or by the one that the mail service put in its place.
    T4 = "T4",
    /// The matched thread is of another project or person: a new thread instead.
    T6 = "T6",
    /// The thread was found by its subject.
    T8 = "T8",
    /// The subject of a reply is another one: a thread of its own.
    T9 = "T9",
    /// The project was named by a plus tag.
    T14 = "T14",
    /// The mail names several projects.
    T15 = "T15",
    /// Not exactly one sender.
    A1 = "A1",
    /// The sender was proven by the receiving service's verdicts.
    A3 = "A3",
    /// A caller with the right `mail` vouches for the sender.
    AVouched = "A-vouched",
    /// Results of a check that nobody trusted has made were ignored.
    A4 = "A4",
    /// The sender is not proven.
    A6 = "A6",
    /// Answers go to the address in `Reply-To`, which is a member too.
    A7 = "A7",
    /// Members in copy get the answer as well.
    A8 = "A8",
    /// The sender wrote through a group; the group vouches for the address.
    A10 = "A10",
    /// The sender is no member of the project, or no longer.
    A11 = "A11",
    /// The charset was not the one that the mail names.
    B1 = "B1",
    /// The HTML text was taken, because the plain text says next to nothing or is missing; or a limit left parts out.
    B5 = "B5",
    /// Hidden HTML was dropped.
    B6 = "B6",
    /// Quoted text was cut.
    B7 = "B7",
    /// A signature was cut.
    B8 = "B8",
    /// Nothing was left to do.
    B9 = "B9",
    /// A forwarded mail: lead and forwarded part were split.
    B10 = "B10",
    /// The instruction was longer than the cap.
    B11 = "B11",
    /// Files were renamed, left out or ignored.
    B12 = "B12",
    /// Files beyond the limits were left out.
    B13 = "B13",
    /// The mail is encrypted.
    B14 = "B14",
    /// An invitation or a business card was ignored.
    B15 = "B15",
    /// The command words of a reply.
    P1 = "P1",
    /// A yes, which counts only where something was asked.
    P2 = "P2",
    /// A yes with a wish: an instruction.
    P3 = "P3",
    /// The sender's role or proof is not enough for it.
    P4 = "P4",
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_travel_as_their_ids() {
        for rule in RuleId::ALL {
            let json = serde_json::to_string(rule).unwrap();
            assert_eq!(json, format!("\"{rule}\""));
            assert_eq!(serde_json::from_str::<RuleId>(&json).unwrap(), *rule);
        }
        assert_eq!(RuleId::AVouched.as_str(), "A-vouched");
        assert_eq!(RuleId::L2.meaning(), "The return path is empty.");
    }
}
