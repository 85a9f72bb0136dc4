//! Whether the sender is proven to have written a mail (A3 to A5).

use super::received::{ReturnPath, SesMail};
use super::verdicts::Checked;
use crate::domain::mail::{Authentication, EmailAddress, InboundMail};

/// By what name SES signs its findings.
const AUTHORITY: &str = "amazonses.com";

/// Decides by A3. A domain is aligned only when it is the sender's own: that a parent domain speaks for it is known by
/// DMARC alone, whose `PASS` has said so already.
pub fn prove(notice: &SesMail, mail: &InboundMail) -> Authentication {
    let Some(from) = mail.from.address() else {
        return Authentication::Unproven;
    };
    let is_proven = match notice.verdicts.dmarc {
        Checked::Pass => true,
        // the sender's domain says nothing, so its signature or its server must
        Checked::Gray => is_signed(notice, mail, from) || is_sent_by_own(notice, from),
        Checked::Fail | Checked::Failed | Checked::Disabled | Checked::Missing => false,
    };
    if is_proven {
        Authentication::Proven
    } else {
        Authentication::Unproven
    }
}

/// SPF is about the envelope (A5): it counts only when the envelope's domain is the sender's.
fn is_sent_by_own(notice: &SesMail, from: &EmailAddress) -> bool {
    let ReturnPath::Address(path) = &notice.return_path else {
        return false;
    };
    notice.verdicts.spf == Checked::Pass && path.domain() == from.domain()
}

/// A good signature of the sender's own domain. The verdict says that there is a good one (A5), and SES' own findings
/// whose it is. They stand above whatever the sender has written; a forged one counts only if SES has written none, and
/// then the verdict is not `PASS` either (A4).
fn is_signed(notice: &SesMail, mail: &InboundMail, from: &EmailAddress) -> bool {
    if notice.verdicts.dkim != Checked::Pass {
        return false;
    }
    let Some(topmost) = mail.headers.all("Authentication-Results").next() else {
        return false;
    };
    // quoted strings hold what the sender chose, perhaps a result that nobody found: then nothing is proven
    if topmost.contains(['"', '\\']) {
        return false;
    }
    let plain = without_comments(topmost);
    let mut parts = plain.split(';').map(str::trim);
    if parts.next() != Some(AUTHORITY) {
        return false;
    }
    parts.any(|part| {
        let mut words = part.split_ascii_whitespace();
        let is_good = words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("dkim=pass"));
        is_good && words.any(|word| signer(word).is_some_and(|domain| domain == from.domain()))
    })
}

/// The domain in `header.i=@example.com`, `header.i=name@example.com` or `header.d=example.com`.
fn signer(word: &str) -> Option<String> {
    let (name, value) = word.split_once('=')?;
    let domain = match name.to_ascii_lowercase().as_str() {
        "header.i" => value.rsplit_once('@')?.1,
        "header.d" => value,
        _ => return None,
    };
    // in the same normal form as the sender's
    let address: EmailAddress = format!("x@{domain}").parse().ok()?;
    Some(address.domain().to_owned())
}

/// Comments stand in parentheses, and in comments.
fn without_comments(value: &str) -> String {
    let mut depth = 0_u32;
    let mut plain = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '(' => depth = depth.saturating_add(1),
            ')' if depth > 0 => depth -= 1,
            _ if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain
}
