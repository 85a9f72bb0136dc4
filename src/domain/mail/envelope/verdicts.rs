//! What SES has found out about a mail and its sender (E5).

use serde_json::Value;

use super::fields::{text, within};

/// One verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Checked {
    /// Good.
    Pass,
    /// Bad.
    Fail,
    /// Not proven, also by a word that is not known: never the same as good.
    Gray,
    /// SES could not check it.
    Failed,
    /// The check is off.
    Disabled,
    /// The document says nothing.
    #[default]
    Missing,
}

impl Checked {
    /// Reads a word of SES, whatever its case.
    pub fn from_word(word: &str) -> Self {
        match word.trim().to_ascii_uppercase().as_str() {
            "PASS" => Self::Pass,
            "FAIL" => Self::Fail,
            "PROCESSING_FAILED" => Self::Failed,
            "DISABLED" => Self::Disabled,
            _ => Self::Gray,
        }
    }

    /// `{"status": "PASS"}`, or the word alone.
    fn from_json(value: Option<&Value>) -> Self {
        let word = value.and_then(|value| value.get("status").unwrap_or(value).as_str());
        match (value, word) {
            (None | Some(Value::Null), _) => Self::Missing,
            (Some(_), None) => Self::Gray,
            (Some(_), Some(word)) => Self::from_word(word),
        }
    }
}

/// What the sender's domain asks for when DMARC fails. It changes nothing: a fail is a fail (A3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words of DMARC")]
pub enum DmarcPolicy {
    None,
    Quarantine,
    Reject,
}

/// All verdicts about one mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "each field is the check of its name")]
pub struct Verdicts {
    pub spam: Checked,
    pub virus: Checked,
    pub spf: Checked,
    pub dkim: Checked,
    pub dmarc: Checked,
    pub dmarc_policy: Option<DmarcPolicy>,
}

impl Verdicts {
    pub(super) fn from_receipt(receipt: &Value) -> Self {
        let of = |name| Checked::from_json(within(receipt, name));
        let policy = text(receipt, "dmarcPolicy").map(str::to_ascii_lowercase);
        Self {
            spam: of("spamVerdict"),
            virus: of("virusVerdict"),
            spf: of("spfVerdict"),
            dkim: of("dkimVerdict"),
            dmarc: of("dmarcVerdict"),
            dmarc_policy: match policy.as_deref() {
                Some("none") => Some(DmarcPolicy::None),
                Some("quarantine") => Some(DmarcPolicy::Quarantine),
                Some("reject") => Some(DmarcPolicy::Reject),
                _ => None,
            },
        }
    }
}
