//! What SES says about the sender of a mail (A3 to A5).

use super::received::{ReturnPath, SesMail};
use super::verdicts::Checked;
use crate::domain::mail::authentication::{Results, fields};
use crate::domain::mail::{Dmarc, Findings, InboundMail};

/// By what name SES signs its findings.
const AUTHORITY: &str = "amazonses.com";

impl SesMail {
    /// What SES has found out about the mail, which is the one that this notification tells of.
    pub fn findings(&self, mail: &InboundMail) -> Findings {
        Findings {
            dmarc: match self.verdicts.dmarc {
                Checked::Pass => Dmarc::Pass,
                Checked::Fail => Dmarc::Fail,
                Checked::Gray => Dmarc::NoPolicy,
                Checked::Failed | Checked::Disabled | Checked::Missing => Dmarc::Unknown,
            },
            signers: self.signers(mail).unwrap_or_default(),
            path: self.path(),
        }
    }

    /// SPF is about the envelope (A5).
    fn path(&self) -> Option<String> {
        match &self.return_path {
            ReturnPath::Address(path) if self.verdicts.spf == Checked::Pass => {
                Some(path.domain().to_owned())
            }
            ReturnPath::Address(_) | ReturnPath::Empty | ReturnPath::Unknown => None,
        }
    }

    /// Who has signed it. The verdict says that there is a good signature (A5), and SES' own results whose it is. They
    /// stand above whatever the sender has written; a forged one counts only if SES has written none, and then the verdict
    /// is not `PASS` either (A4).
    fn signers(&self, mail: &InboundMail) -> Option<Vec<String>> {
        if self.verdicts.dkim != Checked::Pass {
            return None;
        }
        let topmost = fields(mail).next()??;
        topmost.is_by(AUTHORITY).then(|| Results::signers(&topmost))
    }
}
