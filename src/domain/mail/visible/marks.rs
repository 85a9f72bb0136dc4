//! What single lines are: attributions, header blocks, separators, signatures, in the languages of B7 and B8.

use std::sync::LazyLock;

use regex::Regex;

macro_rules! patterns {
    ($($(#[$doc:meta])* $name:ident = $pattern:expr;)*) => {$(
        $(#[$doc])*
        static $name: LazyLock<Regex> = LazyLock::new(|| compiled($pattern));
    )*};
}

#[expect(
    clippy::unwrap_used,
    reason = "literal patterns, compiled in every test run"
)]
fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

patterns! {
    /// A whole attribution; that it holds a date, a time or an address is asked separately.
    ATTRIBUTION = concat!(
        r"(?i)^[\s>]*(?:",
        r"on\b.+\bwrote|le\b.+\ba écrit|am\b.+\bschrieb.*|.+\bschrieb (?:am|um)\b.+|el\b.+\bescribió|il\b.+\bha scritto|",
        r"op\b.+\bschreef.*|(?:w dniu|dnia|dn\.)\b.+\bnapisał(?:\(a\)|a|/a)?.*|em\b.+\bescreveu|den\b.+\bskrev.*|",
        r"(?:på|p[åa])\b.+\bskrev.*|.+\bskrev\b.*|.+\bнаписал(?:\(а\)|а)?|.+\b(?:пише|писав|написав)|",
        r".+(?:写道|写到|寫道|寫到)|.+<[^<>\s]+@[^<>\s]+>\s*(?:wrote|a écrit|escribió|ha scritto|escreveu)",
        r")\s*[:：]\s*$",
    );
    /// A year, a time of day, or an address: what every client's attribution has and prose before a colon rarely.
    WHEN_OR_WHO = r"\b(?:19|20)\d\d\b|\d{1,2}[:.h]\d{2}|年|[^\s<>@]+@[^\s<>@]+";
    /// How the first line of a wrapped attribution begins.
    ATTRIBUTION_START = r"(?i)^[\s>]*(?:on|le|am|el|il|op|w dniu|dnia|em|den|på|\d)\b.*\d";
    FROM_LINE = r"(?i)^[\s*_]*(?:from|von|de|da|van|från|fra|od|от|від|发件人|寄件者|寄件人)\s*[*_]*\s*[:：]";
    OTHER_HEADER_LINE = concat!(
        r"(?i)^[\s*_]*(?:sent|date|to|cc|subject|gesendet|datum|an|betreff|envoyé|date|à|objet|enviado(?: el| em)?|fecha|para|asunto|",
        r"inviato|data|a|oggetto|verzonden|aan|onderwerp|skickat|till|ämne|sendt|dato|til|emne|wysłano|do|temat|assunto|",
        r"отправлено|дата|кому|тема|надіслано|发送时间|收件人|主题|日期|寄件日期|收件者|主旨)\s*[*_]*\s*[:：]",
    );
    /// The dashed line before an original.
    ORIGINAL = concat!(
        r"(?i)^[\s>]*[-_]{3,}\s*(?:original message|original appointment|ursprüngliche nachricht|message d'origine|message original|",
        r"mensaje original|messaggio originale|oorspronkelijk bericht|mensagem original|wiadomość oryginalna|oryginalna wiadomość|",
        r"ursprungligt meddelande|oprindelig meddelelse|original(?:\s|-)?meddelelse|opprinnelig melding|исходное сообщение|",
        r"вихідне повідомлення|原始邮件|原始郵件|原邮件|reply message)\s*[-_]{3,}\s*$",
    );
    /// The line before a forwarded mail.
    FORWARDED = concat!(
        r"(?i)^[\s>]*(?:[-_]{3,}\s*(?:forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado|",
        r"messaggio inoltrato|doorgestuurd bericht|mensagem encaminhada|wiadomość przekazana|vidarebefordrat meddelande|",
        r"videresendt (?:meddelelse|melding)|пересылаемое сообщение|переслане повідомлення|转发的邮件|轉寄的郵件|original message)\s*[-_]{3,}|",
        r"begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|début du message transféré|",
        r"inizio messaggio inoltrato|inicio del mensaje reenviado|begin doorgestuurd bericht|",
        r"início da mensagem (?:reencaminhada|encaminhada))\s*[:：]?\s*$",
    );
    /// What phones and clients put under every mail.
    DEVICE = concat!(
        r"(?i)^[\s*_]*(?:sent from (?:my|mail for|outlook|yahoo|samsung|proton|gmail)\b|sent (?:with|via|using) |get outlook for\b|",
        r"von meinem .+ gesendet|gesendet (?:von|mit) |envoyé de(?:puis)? mon |envoyé à partir de |télécharger outlook|",
        r"enviado desde mi |enviado (?:do|de) meu |obtener outlook para|obter o outlook|inviato da(?:l mio)? |scarica outlook|",
        r"verzonden vanaf |verstuurd vanaf |skickat från (?:min|mitt) |sendt fra (?:min|mitt) |wysłane z |wysłano z |",
        r"отправлено (?:с|из) |надіслано (?:з|із) |发自我的|從我的 .+ 傳送)",
    );
    UNDERSCORES = r"^\s*_{10,}\s*$";
    DELIMITER = r"^[\s\-_,=+~#*—–]+$";
}

/// Longest attribution: longer ones are prose.
const MAX_ATTRIBUTION: usize = 400;

/// Whether a line, or up to three wrapped ones joined, introduces a quote (B7).
pub(super) fn is_attribution(text: &str) -> bool {
    text.len() <= MAX_ATTRIBUTION && ATTRIBUTION.is_match(text) && WHEN_OR_WHO.is_match(text)
}

/// Whether a line can be the first of a wrapped attribution: it begins like one and names a day.
pub(super) fn starts_attribution(line: &str) -> bool {
    line.len() <= MAX_ATTRIBUTION && ATTRIBUTION_START.is_match(line)
}

/// Whether an attribution can end here: all of them end in a colon. Cheap, and so asked first.
pub(super) fn ends_like_attribution(line: &str) -> bool {
    let line = line.trim_end();
    line.ends_with(':') || line.ends_with('：')
}

/// Whether a header block of an original starts here: a `From` line and two more among the next five (B7).
pub(super) fn is_header_block<'a>(mut lines: impl Iterator<Item = &'a str>) -> bool {
    lines.next().is_some_and(|line| FROM_LINE.is_match(line))
        && lines
            .filter(|line| !line.trim().is_empty())
            .take(5)
            .filter(|line| OTHER_HEADER_LINE.is_match(line))
            .count()
            >= 2
}

/// Whether a dashed line announces the original (B7).
pub(super) fn is_original(line: &str) -> bool {
    line.contains("---") && ORIGINAL.is_match(line)
        || line.contains("___") && ORIGINAL.is_match(line)
}

/// Whether a line announces a forwarded mail (B10).
pub(super) fn is_forwarded(line: &str) -> bool {
    line.len() <= 200 && FORWARDED.is_match(line)
}

/// Whether a line is the ruler that Outlook puts above a header block.
pub(super) fn is_underscores(line: &str) -> bool {
    line.contains("___") && UNDERSCORES.is_match(line)
}

/// Whether a line is an advertisement of the sender's device or client (B8).
pub(super) fn is_device_line(line: &str) -> bool {
    line.len() <= 200 && DEVICE.is_match(line)
}

/// Whether a line has only delimiter characters (B8).
pub(super) fn is_delimiter(line: &str) -> bool {
    !line.trim().is_empty() && DELIMITER.is_match(line)
}

/// Whether a line is the signature delimiter (B8).
pub(super) fn is_signature_start(line: &str) -> bool {
    matches!(line, "-- " | "--" | "--\u{a0}" | "—")
}

/// Whether a line is a quote by its `>`.
pub(super) fn is_quoted(line: &str) -> bool {
    line.trim_start().starts_with('>')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b7_attributions_in_many_languages() {
        for line in [
            "On Fri, 20 Nov 2026 at 14:27, Amelia <amelia@example.com> wrote:",
            "On 20 Nov 2026, at 14:27, Amelia wrote:",
            "> On 20/11/2026 14:27, Amelia wrote:",
            "Amelia <amelia@example.com> wrote:",
            "Am 20.11.2026 um 14:27 schrieb Amelia <amelia@example.com>:",
            "Amelia <amelia@example.com> schrieb am Fr., 20. Nov. 2026, 14:27:",
            "Le ven. 20 nov. 2026 à 14:27, Amélie <a@b.c> a écrit :",
            "El vie, 20 nov 2026 a las 14:27, Amelia (<a@b.c>) escribió:",
            "Il giorno ven 20 nov 2026 alle ore 14:27 Amelia <a@b.c> ha scritto:",
            "Op vr 20 nov. 2026 om 14:27 schreef Amelia <a@b.c>:",
            "W dniu pt., 20 lis 2026 o 14:27 Amelia <a@b.c> napisał(a):",
            "Em sex., 20 de nov. de 2026 às 14:27, Amelia <a@b.c> escreveu:",
            "Den fre 20 nov. 2026 kl 14:27 skrev Amelia <a@b.c>:",
            "fre. 20. nov. 2026 kl. 14:27 skrev Amelia <a@b.c>:",
            "пт, 20 нояб. 2026 г. в 14:27, Амелия <a@b.c>:  написала:",
            "20.11.2026 14:27, Иван написал:",
            "пт, 20 лист. 2026 р. о 14:27 Амелія <a@b.c> пише:",
            "Amelia <a@b.c> 于2026年11月20日周五 14:27写道：",
        ] {
            assert!(
                ends_like_attribution(line) && is_attribution(line),
                "{line}"
            );
        }
    }

    #[test]
    fn b7_prose_before_a_colon_is_no_attribution() {
        for line in [
            "On the third slide, where it says what Peter wrote:",
            "On the contact page write:",
            "Amelia wrote:",
            "Please change these on 20 Nov 2026 at 14:27:",
            "From what he wrote:",
        ] {
            assert!(!is_attribution(line), "{line}");
        }
    }

    #[test]
    fn b7_header_blocks_need_three_fields() {
        for block in [
            "From: A\nSent: x\nTo: b\nSubject: y",
            "*From:* A\n*Date:* x\n*To:* b",
            "Von: A\nGesendet: x\nAn: b\nBetreff: y",
            "De : A\nEnvoyé : x\nÀ : b\nObjet : y",
            "发件人: A\n发送时间: x\n收件人: b",
        ] {
            assert!(is_header_block(block.lines()), "{block}");
        }
        for block in [
            "From: A\nhello\nTo: b",
            "To: b\nSent: x\nSubject: y",
            "From: 9 to 5\nTo: see below",
        ] {
            assert!(!is_header_block(block.lines()), "{block}");
        }
    }

    #[test]
    fn b7_b10_separators() {
        for line in [
            "-----Original Message-----",
            "----- Ursprüngliche Nachricht -----",
            "--- Message d'origine ---",
        ] {
            assert!(is_original(line), "{line}");
        }
        for line in [
            "---------- Forwarded message ---------",
            "Begin forwarded message:",
            "Anfang der weitergeleiteten Nachricht:",
        ] {
            assert!(is_forwarded(line), "{line}");
        }
        for line in [
            "---",
            "--- original idea ---",
            "The original message",
            "Forwarded message",
        ] {
            assert!(!is_original(line) && !is_forwarded(line), "{line}");
        }
    }

    #[test]
    fn b8_device_lines_and_delimiters() {
        for line in [
            "Sent from my iPhone",
            "Get Outlook for iOS<https://aka.ms/x>",
            "Von meinem iPhone gesendet",
            "Envoyé de mon iPhone",
            "Enviado desde mi iPhone",
            "Inviato da iPhone",
            "Verzonden vanaf mijn iPhone",
            "Отправлено с iPhone",
            "发自我的 iPhone",
        ] {
            assert!(is_device_line(line), "{line}");
        }
        assert!(!is_device_line(
            "Sent from our kitchen: say this on the home page"
        ));
        assert!(
            is_delimiter("-----")
                && is_delimiter(" — ")
                && !is_delimiter("")
                && !is_delimiter("a-")
        );
    }
}
