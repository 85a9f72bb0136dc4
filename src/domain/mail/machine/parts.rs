//! What the parts of a mail say (L3, L14).

use super::sign::{Sign, Signs};
use crate::domain::mail::{Attachment, InboundMail, MediaType, SubjectPrefix, subject_prefix};

/// Most parts that are looked at: reports have few.
const MAX_PARTS: usize = 40;
/// Bytes of a receipt that are looked at.
const MAX_RECEIPT: usize = 4 * 1024;

patterns! {
    /// How DMARC reports are called: receiver, domain, begin and end in seconds.
    DMARC_FILE = r"(?i)^[^!\s]+![^!\s]+!\d{9,11}!\d{9,11}(?:![^.\s]*)?\.(?:xml(?:\.gz)?|zip|gz)$";
}

/// Adds what the parts of a mail say.
pub(super) fn read(mail: &InboundMail, signs: &mut Signs) {
    let top = mail.media.first();
    let report = top
        .filter(|media| media.essence == "multipart/report")
        .map(|media| media.report_type.as_deref().unwrap_or_default());
    signs.add_if(|| report.map(|kind| reported(kind, mail)));
    // Clients that forward a bounce with its parts write a person's subject above them.
    let is_own = report.is_some() || subject_prefix(&mail.subject) == SubjectPrefix::None;
    for media in mail.media.iter().take(MAX_PARTS) {
        signs.add_if(|| part(media).or_else(|| report_part(media, mail).filter(|_| is_own)));
    }
    if mail.attachments.iter().take(MAX_PARTS).any(is_dmarc) {
        signs.add(Sign::PolicyFile);
    }
}

/// What a `multipart/report` of this type is; one of an unknown type weighs only.
fn reported(kind: &str, mail: &InboundMail) -> Sign {
    match kind {
        "delivery-status" => Sign::DeliveryReport,
        "disposition-notification" => receipt(mail),
        "feedback-report" | "abuse-feedback-report" => Sign::AbuseReport,
        "tlsrpt" | "dmarc" => Sign::PolicyReport,
        _ => Sign::BounceField,
    }
}

/// What a part says that reports consist of.
fn report_part(media: &MediaType, mail: &InboundMail) -> Option<Sign> {
    match media.essence.as_str() {
        "message/delivery-status" | "message/global-delivery-status" => Some(Sign::DeliveryReport),
        "message/disposition-notification" | "message/global-disposition-notification" => {
            Some(receipt(mail))
        }
        "message/feedback-report" => Some(Sign::AbuseReport),
        "text/calendar" | "application/ics" => {
            (media.method.as_deref() == Some("reply")).then_some(Sign::CalendarAnswer)
        }
        _ => None,
    }
}

/// What a part says wherever it stands.
fn part(media: &MediaType) -> Option<Sign> {
    match media.essence.as_str() {
        "application/tlsrpt+gzip" | "application/tlsrpt+json" => Some(Sign::PolicyReport),
        "message/rfc822"
        | "message/global"
        | "message/partial"
        | "text/rfc822-headers"
        | "text/rfc822-header"
        | "message/rfc822-headers"
        | "message/global-headers" => Some(Sign::ReturnedPart),
        _ => None,
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
