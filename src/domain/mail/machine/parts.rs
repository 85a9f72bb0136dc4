//! What the parts of a mail say (L3, L14).

use std::sync::LazyLock;

use regex::Regex;

use super::sign::{Sign, Signs};
use crate::domain::mail::{Attachment, InboundMail, MediaType, SubjectPrefix, subject_prefix};

/// Most parts that are looked at: reports have few.
const MAX_PARTS: usize = 40;
/// Bytes of a receipt that are looked at.
const MAX_RECEIPT: usize = 4 * 1024;

#[expect(
    clippy::unwrap_used,
    reason = "a literal pattern, compiled in every test run"
)]
/// How DMARC reports are called: receiver, domain, begin and end in seconds.
static DMARC_FILE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^[^!\s]+![^!\s]+!\d{9,11}!\d{9,11}(?:![^.\s]*)?\.(?:xml(?:\.gz)?|zip|gz)$")
        .unwrap()
});

/// Adds what the parts of a mail say.
pub(super) fn read(mail: &InboundMail, signs: &mut Signs) {
    let parts = || mail.media.iter().take(MAX_PARTS);
    // Clients that forward a bounce with its parts write a person's subject above them.
    let is_forwarded = subject_prefix(&mail.subject) != SubjectPrefix::None;
    let of_report = |media: &MediaType| {
        (media.essence == "multipart/report").then(|| media.report_type.clone().unwrap_or_default())
    };
    let report = mail.media.first().and_then(of_report);
    match report.as_deref() {
        Some("delivery-status") => signs.add(Sign::DeliveryReport),
        Some("disposition-notification") => signs.add(receipt(mail)),
        Some("feedback-report" | "abuse-feedback-report") => signs.add(Sign::AbuseReport),
        Some("tlsrpt" | "dmarc") => signs.add(Sign::PolicyReport),
        Some(_) => signs.add(Sign::BounceField),
        None => {}
    }
    for media in parts() {
        match media.essence.as_str() {
            "message/delivery-status" | "message/global-delivery-status"
                if report.is_some() || !is_forwarded =>
            {
                signs.add(Sign::DeliveryReport);
            }
            "message/disposition-notification" | "message/global-disposition-notification"
                if report.is_some() || !is_forwarded =>
            {
                signs.add(receipt(mail));
            }
            "message/feedback-report" if report.is_some() || !is_forwarded => {
                signs.add(Sign::AbuseReport);
            }
            "application/tlsrpt+gzip" | "application/tlsrpt+json" => signs.add(Sign::PolicyReport),
            "text/calendar" | "application/ics" if media.method.as_deref() == Some("reply") => {
                signs.add(Sign::CalendarAnswer);
            }
            "message/rfc822"
            | "message/global"
            | "message/partial"
            | "text/rfc822-headers"
            | "text/rfc822-header"
            | "message/rfc822-headers"
            | "message/global-headers" => {
                signs.add(Sign::ReturnedPart);
            }
            _ => {}
        }
    }
    if mail.attachments.iter().take(MAX_PARTS).any(is_dmarc) {
        signs.add(Sign::PolicyFile);
    }
}

fn is_dmarc(file: &Attachment) -> bool {
    DMARC_FILE.is_match(&file.name)
}

/// A receipt says what became of a mail at its reader. Servers that refuse a mail at delivery say so in the same form:
/// they have failed, or have deleted what they return.
fn receipt(mail: &InboundMail) -> Sign {
    let Some(part) = mail
        .attachments
        .iter()
        .take(MAX_PARTS)
        .find(|file| file.content_type.ends_with("disposition-notification"))
    else {
        return Sign::Receipt;
    };
    let head = part.content.get(..MAX_RECEIPT).unwrap_or(&part.content);
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let disposition = text
        .lines()
        .find_map(|line| line.strip_prefix("disposition:"))
        .unwrap_or_default();
    let returns = mail.media.iter().take(MAX_PARTS).any(|media| {
        matches!(
            media.essence.as_str(),
            "message/rfc822" | "text/rfc822-headers"
        )
    });
    let subject = mail.subject.to_lowercase();
    let refuses = subject.contains("reject") || subject.contains("refus");
    let has_failed = disposition.contains("failed") || disposition.contains("denied");
    if has_failed || disposition.contains("deleted") && (returns || refuses) {
        Sign::DeliveryReport
    } else {
        Sign::Receipt
    }
}
