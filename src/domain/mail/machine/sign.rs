//! What can be seen in a mail that speaks for or against a machine.

use std::collections::BTreeSet;

macro_rules! signs {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// One thing that was seen in a mail.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Sign {
            $($(#[$doc])* $name,)*
        }

        impl Sign {
            /// What was seen, for a person.
            pub(super) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

signs! {
    // Hard signs, in the order of the rules.
    /// L1.
    Own = "it is from us",
    /// L2.
    EmptyPath = "its return path is empty",
    /// L3.
    DeliveryReport = "it carries a delivery report",
    /// L4.
    FailedRecipients = "it names failed recipients",
    /// L5.
    Daemon = "a mailer daemon sent it",
    /// L5.
    NoReply = "its sender takes no replies",
    /// L6: `auto-replied`.
    AutoReplied = "it says that it is an automatic answer",
    /// L6: any other word but `no`.
    AutoSubmitted = "it says that it was sent automatically",
    /// L7.
    Autoresponder = "it has a field that only auto-responders write",
    /// L9, with [`Sign::RulesLoop`].
    SuppressesAll = "it suppresses every automatic answer",
    /// L9, with [`Sign::SuppressesAll`].
    RulesLoop = "an inbox rule sent it",
    /// L11.
    List = "a mailing list sent it",
    /// L13.
    SaysAutomatic = "a field says that a machine wrote it",
    /// L14.
    Receipt = "it is a receipt",
    /// L14.
    AbuseReport = "it is an abuse report",
    /// L14.
    CalendarAnswer = "it answers an invitation",
    /// L14.
    PolicyReport = "it is a report about mail policy",

    // Soft signs.
    /// L8.
    Bulk = "its precedence is bulk",
    /// L8: `auto_reply`.
    BulkAnswer = "its precedence is that of automatic answers",
    /// L8: `owner-x@` and its kin.
    ListSender = "its sender is the owner of a list",
    /// L8, with [`Sign::Bulk`].
    NoReplyPath = "its return path takes no replies",

    /// L10.
    Suppresses = "it suppresses automatic answers",
    /// L12.
    AutoSubject = "its subject is that of an automatic answer",
    /// L12, and the subject goes on with the one that is answered.
    AutoSubjectAnswering = "its subject says which mail is answered automatically",
    /// The same, in words that no person's subject has.
    AutoSubjectExplicit = "its subject says that it answers automatically",
    /// The opening words are an auto-responder's.
    AutoOpening = "it begins like an automatic answer",
    /// The same, where a machine asks whether the sender is a person.
    Challenge = "it asks its reader to prove that he is a person",
    /// The opening words are of somebody who is away.
    AwayOpening = "it says that its sender is away",
    /// It says when he is back, or who stands in.
    AwayDetail = "it says what becomes of mails until its sender is back",
    /// Its subject says that somebody is away: "Anna Berg is out of the office".
    AwaySubject = "its subject says that its sender is away",
    /// A field that bounces have.
    BounceField = "it has a field of bounces",
    /// The subject of a bounce.
    BounceSubject = "its subject is that of a bounce",

    /// The opening words are a mail server's.
    BounceOpening = "it begins like a bounce",
    /// The same, in a sentence that only a mail server says.
    BounceVoice = "it speaks like a mail server",
    /// Words of a mail server stand further below.
    BounceWords = "it has words of a bounce",
    /// A mail address in the text.
    NamesAddress = "it names an address",
    /// SMTP replies, fields of delivery reports.
    StatusCodes = "it quotes a mail server",
    /// `Reason: mailbox is full`.
    FailureFields = "it states a reason as mail servers do",
    /// `Final-Recipient:` and its kin, two at least.
    ReportFields = "it has the fields of a delivery report in its text",
    /// A returned message as a part.
    ReturnedPart = "it returns a message",
    /// A returned message in the text.
    ReturnedInline = "it returns a message in its text",
    /// The subject of a read receipt.
    ReceiptSubject = "its subject is that of a receipt",
    /// The words of a read receipt.
    ReceiptOpening = "it begins like a receipt",
    /// The subject of an abuse report.
    ComplaintSubject = "its subject is that of an abuse report",
    /// The words of an abuse report.
    ComplaintOpening = "it begins like an abuse report",
    /// The display name of a mail server.
    DaemonName = "its sender calls itself a mail server",
    /// The owner of a list, or the program that keeps it.
    ListKeeper = "its sender keeps a mailing list",
    /// `autoreply@`, `automated-response@`.
    AutoSender = "its sender is an auto-responder",
    /// A role, not a person.
    RoleSender = "its sender is a role",
    /// It names a mail of ours that it answers.
    Answers = "it answers a mail",

    /// The file of a DMARC report.
    PolicyFile = "it carries a report about mail policy",

    // Signs of a person.
    /// A first and a last name.
    PersonSender = "its sender has the name of a person",
    /// `Re:` or `Fwd:`.
    ReplyPrefix = "its subject is that of a person's answer",
    /// It quotes what it answers.
    Quotes = "it quotes a mail",
    /// It speaks of a website, or asks for a change.
    Asks = "it asks for a change",
    /// The same in words that are a request.
    Requests = "it requests a change",
    /// `my`, `mein`, `mon`.
    Mine = "somebody speaks of what is his",
    /// Somebody speaks before the first words of failure.
    Introduced = "somebody introduces what it says",
    /// A short paragraph that has nothing to do with mail stands before everything else.
    Preface = "somebody wrote a line of his own above it",
    /// Its subject is that of a forwarded mail.
    Forwards = "it forwards a mail",
    /// It greets, but nobody by name: servers do so as well.
    GreetsAnybody = "it greets whoever reads it",
    /// It greets somebody.
    Greets = "it greets somebody",
}

/// Every sign of one mail.
#[derive(Debug, Clone, Default)]
pub(super) struct Signs(BTreeSet<Sign>);

impl Signs {
    pub(super) fn add(&mut self, sign: Sign) {
        self.0.insert(sign);
    }

    pub(super) fn add_if(&mut self, is_seen: impl FnOnce() -> Option<Sign>) {
        self.0.extend(is_seen());
    }

    pub(super) fn add_all(&mut self, others: &Self) {
        self.0.extend(&others.0);
    }

    pub(super) fn has(&self, sign: Sign) -> bool {
        self.0.contains(&sign)
    }

    pub(super) fn has_any(&self, signs: &[Sign]) -> bool {
        signs.iter().any(|sign| self.has(*sign))
    }

    /// The first of these that was seen.
    pub(super) fn first_of(&self, signs: &[Sign]) -> Option<Sign> {
        signs.iter().copied().find(|sign| self.has(*sign))
    }
}
