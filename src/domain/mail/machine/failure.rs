//! Sentences that say that a mail was not delivered: what was sent, and what became of it. Servers have put the two
//! together in more ways than a list of sentences can hold.

use super::words::{NOT_DELIVERED, SENT_MAIL, VOICES, WORK};

/// Bytes of a text before which the sentence must begin.
const MAX_BEGIN: usize = 240;
/// Bytes between its two halves: addresses and subjects stand there.
const MAX_BETWEEN: usize = 320;

patterns! {
    /// What servers state beside the sentence, one in a line.
    FIELD = concat!(
        r"^\W{0,4}(?:reason|error|error (?:code|message|text|type)|cause|details?|response|server response|remote server|diagnostic(?: information)?|bounce type|failure reason|rule|policy|virus|",
        r"action(?: taken)?|grund|fehler|ursache|fehlermeldung|meldung(?: des servers)?|motif|raison|erreur|motivo|causa|razon|detalles|detalhes|errore|erro|reden|oorzaak|foutmelding|",
        r"orsak|anledning|arsag|arsak|syy|powod|przyczyna|blad|duvod|dovod|pricina|oka|motivul|neden|sebep|hata|причина|ошибка|помилка|грешка|αιτια|סיבה|السبب|",
        r"原因|理由|エラー内容|エラー|退信原因|失败原因|失敗原因|错误信息|錯誤|사유|원인|반송 ?사유|오류)\s?[:：=]",
    );
    /// Fields of a delivery report that stand in a text.
    REPORT = r"^(?:reporting-mta|final-recipient|original-recipient|diagnostic-code|remote-mta|action ?: ?(?:failed|delayed)|status ?: ?[45]\.\d|x-actual-recipient|arrival-date|last-attempt-date)\b";
}

/// Whether a text begins with such a sentence, and nobody introduces it.
pub(super) fn is_told(text: &str) -> bool {
    let (Some(sent), Some(became)) = (SENT_MAIL.first_in(text), NOT_DELIVERED.first_in(text))
    else {
        return false;
    };
    let begin = sent.min(became);
    begin <= MAX_BEGIN
        && sent.abs_diff(became) <= MAX_BETWEEN
        && text.get(..begin).is_some_and(|before| !has_voice(before))
}

/// Whether somebody speaks who is no server: of himself, or of a website.
pub(super) fn has_voice(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric())
        .any(|word| VOICES.has(word) || WORK.has(word))
}

/// Whether a line states why, as servers do.
pub(super) fn is_field(line: &str) -> bool {
    FIELD.is_match(line)
}

/// How many fields of a delivery report stand in the lines.
pub(super) fn report_fields(lines: &[String]) -> usize {
    lines.iter().filter(|line| REPORT.is_match(line)).count()
}
