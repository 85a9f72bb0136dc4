//! The line that says who wrote what follows, and when (B7).
//!
//! An attribution is told by its signs: it ends in a colon, names a day or an address, and says "wrote" in some
//! language. How many signs are enough depends on what follows: a quote that is marked needs fewer.

use std::sync::LazyLock;

use regex::Regex;

use super::heads::is_news;
use crate::domain::mail::visible::line::Line;
use crate::domain::mail::visible::patterns::{compiled, compiled_large};

/// Longest attribution in bytes: longer ones are prose.
const MAX_ATTRIBUTION: usize = 400;
/// Most lines that one attribution is wrapped over.
const MAX_WRAP: usize = 4;

/// "Wrote", and what else clients write there.
static VERB: LazyLock<Regex> = LazyLock::new(|| {
    compiled_large(concat!(
        r"(?i)\b(?:quoting|zitat von|zitiere|citando|citerar|citaat van|citát|cytowanie|cytuję|wrote|writes|has written|did write|schrieb|schrieben|geschrieben|schreibt|also sprach|spake|(?:a|à|m'a|avez|as) écrit|a ecrit|écrivait|écrit|escribió|escribio|escribe|escribiste|",
        r"ha escrito|ha scritto|scrive|scritto|ha escrit|va escriure|schreef|schrijft|geschreven|napisał(?:\(a\)|a|/a)?|pisze|escreveu|escreve|skrev|skriver|kirjoittaa|skreiv|",
        r"kirjoitti|написал(?:\(а\)|а|/а)?|писал(?:\(а\)|а|и)?|написали|сообщил(?:\(а\)|а)?|пишет|пише|писав|написав(?:\(ла\))?|написала|написа|",
        r"napsal(?:\(a\)|a)?|napísal(?:\(a\)|a)?|napisao|napisala|napisal(?:\(a\))?|je pisal|је написао|(?:ezt )?írta|írtad|írtátok|ezt írod|napísali|napsali|napisali|pisze|",
        r"a scris|yazdı|yazmış|şunları yazdı|şunu yazdı|έγραψε|kirjutas|rašė|parašė|rakstīja|skrifaði|menulis|đã viết|",
        r"כתב|כתבה|מאת|كتب|كتبت)\b|",
        r"写道|写到|寫道|寫到|写信给|来信|のメール|は書きました|が書きました|書きました|wrote|님이 작성|님이 쓴|작성|เขียน",
    ))
});

/// What people let others say, and of which prose is full: it counts above a marked quote, and behind an address.
static SAID: LazyLock<Regex> = LazyLock::new(|| {
    compiled_large(
        r"(?i)\b(?:said|says|typed|scribbled|muttered|babbled|opined|stated|replied|posted|asked|sagte|meinte|meint|sagt|disait|a dit|dijo|dice|ha detto|disse|zei|sa|sanoi)\s*$",
    )
});

/// A day: what attributions have and prose before a colon rarely.
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"\b(?:19|20)\d\d\b|\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b|年|月\s?\d|\d\s?월|พ\.ศ\.|\b25\d\d\b",
    )
});
static TIME: LazyLock<Regex> = LazyLock::new(|| compiled(r"\b\d{1,2}[:.h]\d{2}\b|\d{1,2}:\d{2}"));
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| compiled(r"[^\s<>@()]+@[^\s<>@()]+"));

/// How the first line of an attribution begins.
static START: LazyLock<Regex> = LazyLock::new(|| {
    compiled_large(concat!(
        r#"(?i)^[\s>*_"'\-+\[]*(?:"#,
        r"(?:in (?:a|your|his|her|the) (?:message|mail|e-?mail|article|note|posting)|in (?:article|message)|in (?:einer|ihrer|deiner) (?:e-?mail|mail|nachricht)|dans (?:un|votre|son|le) (?:e-?mail|message|courrier|article)|en date de|",
        r"en (?:un|su|el) (?:mensaje|correo)|in (?:un|una|data) (?:messaggio|e-?mail)|in een (?:bericht|e-?mail)|em (?:uma )?mensagem|i (?:en|et) (?:meddelelse|meddelande|e-post\S*)|quoting|zitat von|according to|at)\s\S|",
        r"(?:on|le|el|il|em|am|op|den|på|w dniu|dnia|dn\.|dne|dňa|dana|în|in data|la|στις|την|vào|pada|ב|בתאריך|في|v|på|em|",
        r"il giorno|a|ha|dňa)\s.*(?:\d|\b",
        r"(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|mié|jue|vie|sáb|dom|gio|sab|seg|ter|qua|qui|sex)[a-zéáçä\-]*[.,\s]",
        r")|[^\W\d_]{2,12}\.?,?\s+(?:den\s+)?\d|\d)",
    ))
});

/// What follows an attribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Below {
    /// A marked quote.
    Quote,
    /// Unmarked words, or nothing.
    Words,
}

/// Whether an attribution can end here. Cheap, and so asked first.
pub(super) fn can_end(line: &str) -> bool {
    said(line).is_some()
}

/// What stands before the colon that ends an attribution, or between the rulers that frame one.
fn said(text: &str) -> Option<&str> {
    let is_dressing = |c: char| {
        c.is_whitespace()
            || matches!(c, '*' | '_' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let text = text.trim_end_matches(is_dressing);
    let text = match text.strip_suffix(']') {
        Some(inner) if text.trim_start().starts_with('[') => inner.trim_end(),
        Some(_) | None => text,
    };
    if let Some(said) = text.strip_suffix([':', '：', '﹕']) {
        return Some(said);
    }
    let text_end = text.trim_end_matches(['.', '…', ' ']);
    if ends_in_news(text_end) {
        return Some(text_end);
    }
    if text.ends_with('>') {
        return BARE.is_match(text).then_some(text);
    }
    if is_unended(text) {
        return Some(text.trim_end_matches(['.', '…', ' ']));
    }
    let inner = text.strip_suffix("--")?.trim_end_matches('-');
    let framed = inner
        .trim_start_matches(is_dressing)
        .strip_prefix("--")?
        .trim_matches('-');
    let is_head = framed.contains('@')
        || framed.len() <= MAX_ATTRIBUTION && says_wrote(framed.trim_end_matches([':', ' ']));
    is_head.then(|| framed.trim_end_matches([':', ' ']))
}

/// Whether the last word of a text is the address of a news item.
fn ends_in_news(text: &str) -> bool {
    let mut words = text.split_whitespace().rev();
    let last = words.next().unwrap_or_default();
    last.starts_with("news:") || words.next() == Some("news:")
}

/// Whether a text ends in "wrote", where the colon was lost.
fn is_unended(text: &str) -> bool {
    const ENDS: [&str; 10] = [
        "wrote",
        "schrieb",
        "écrit",
        "escribió",
        "scritto",
        "schreef",
        "skrev",
        "escreveu",
        "napisał",
        "написал",
    ];
    let text = text.trim_end_matches(['.', '…', ' ']);
    text.len() <= MAX_ATTRIBUTION && ENDS.iter().any(|verb| text.ends_with(verb))
}

/// Whether the line that ends an attribution does so without a sign.
pub(super) fn ends_in_word(line: &str) -> bool {
    is_unended(line.trim_end())
}

/// The attribution of an old Gmail, which ends without a colon: day, name, address.
static BARE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(r"^[\s>]*\d{4}[-/]\d{1,2}[-/]\d{1,2}\b[^<>]{0,100}<[^<>\s]+@[^<>\s]+>$")
});

/// Over how many lines the attribution that ends at `end` is wrapped; none when there is none. Lines above count only
/// when they begin like one, so that none of the sender's own is taken.
pub(super) fn wrapped(
    lines: &[Line<'_>],
    end: usize,
    below: Below,
    is_reply: bool,
) -> Option<usize> {
    let window = lines.get((end + 1).saturating_sub(MAX_WRAP)..=end)?;
    let is_sign = |c: char| c == '@' || c.is_numeric();
    if below == Below::Words && !window.iter().any(|line| line.text.contains(is_sign)) {
        return None;
    }
    let mut joined = String::new();
    let mut found = None;
    let mut has_blank = false;
    for count in 1..=MAX_WRAP {
        let Some(line) = (end + 1).checked_sub(count).and_then(|at| lines.get(at)) else {
            break;
        };
        if count > 1 && line.is_blank() && !has_blank {
            // Some relays set a blank line between all.
            has_blank = true;
            continue;
        }
        if has_blank && !begins(line.text) {
            break;
        }
        if !line.is_words() || joined.len() + line.text.len() > MAX_ATTRIBUTION {
            break;
        }
        joined = format!("{} {joined}", line.text.trim());
        if found.is_some() {
            // The lines above are part of it only where one of them begins it.
            if begins(line.text) && is_attribution(joined.trim(), below, is_reply) {
                return Some(count);
            }
        } else if is_attribution(joined.trim(), below, is_reply) {
            found = Some(count);
            if begins(line.text) {
                return found;
            }
        }
    }
    let count = found?;
    let top = end + 1 - count;
    let begins_with_address = lines
        .get(top)
        .is_some_and(|line| line.text.trim_start().starts_with(['<', '(', '[']));
    let above = top.checked_sub(1).and_then(|at| lines.get(at));
    let is_name_above =
        begins_with_address && above.is_some_and(|line| line.is_words() && is_name_like(line.text));
    Some(count + usize::from(is_name_above))
}

/// Whether a line begins an attribution that a relay wrapped into the quote below it: `… <ann@b.c>` above `> wrote:`.
pub(super) fn goes_on_quoted(line: &str, quoted: &str) -> bool {
    let rest = quoted.trim_start_matches(['>', ' ']);
    rest.len() <= 120
        && line.len() <= MAX_ATTRIBUTION
        && rest.trim_end().ends_with(':')
        && begins(line)
        && is_attribution(&format!("{} {rest}", line.trim()), Below::Quote, true)
}

/// Whether a line is the first of an attribution by its looks: a day, after the word that languages put before days.
fn begins(line: &str) -> bool {
    line.len() <= MAX_ATTRIBUTION
        && START.is_match(line)
        && (DATE.is_match(line) || DAY.is_match(line))
}

/// Days and months where neither year nor time stands in the first of several lines.
static DAY: LazyLock<Regex> = LazyLock::new(|| {
    compiled_large(concat!(
        r"(?i)\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[.,]|\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|",
        r"sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|lunedì|",
        r"martedì|mercoledì|giovedì|venerdì|sabato|domenica)\b|\b\d{1,2}\.? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|okt|dez|",
        r"mai|mär|janv|févr|avr|juin|juil|août|déc|ene|abr|ago|dic|gen|mag|giu|lug|set|ott|maj|lis|gru|sty|lut|kwi|cze|lip|sie|wrz|paź)",
        r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2}\b",
    ))
});

fn is_attribution(text: &str, below: Below, is_reply: bool) -> bool {
    let Some(said) = said(text) else {
        return false;
    };
    if text.len() > MAX_ATTRIBUTION || text.split_whitespace().count() > 45 {
        return false;
    }
    if below == Below::Words && !said.contains('@') && !said.contains(char::is_numeric) {
        return false;
    }
    if BARE.is_match(said) || is_news(said) {
        return true;
    }
    if ends_in_news(said) {
        return false;
    }
    // Without a colon it must begin like one.
    if is_unended(text) && !begins(said) {
        return false;
    }
    let has_address = said.contains('@') && ADDRESS.is_match(said);
    let (has_date, has_time) = (DATE.is_match(said), TIME.is_match(said));
    let says_said = || SAID.is_match(said);
    let says_wrote = says_wrote(said)
        || says_said()
            && (has_address || below == Below::Quote && (has_date || names_before(said, &SAID)))
        || has_address && below == Below::Quote && is_named_verb(said);
    match below {
        Below::Quote => {
            says_wrote && (has_address || has_date || has_time || names_only(said))
                || says_said() && names_before(said, &SAID)
                || has_address && (has_date || has_time)
                || has_address && said.split_whitespace().count() <= 6 && names_mostly(said)
                || has_date && has_time
        }
        Below::Words => {
            says_wrote && has_address
                || says_wrote && has_date && has_time
                || says_wrote && has_date && (is_reply || begins(said)) && names_only(said)
                || says_wrote && has_time && is_reply && begins(said)
                || is_addressed(said) && has_time && (has_date || begins(said)) && is_clean(said)
        }
    }
}

/// Whether nothing but names, days and the verb is said: `On 20 Nov 2026 the mayor wrote` is told by somebody.
fn names_only(said: &str) -> bool {
    let end = VERB
        .find_iter(said)
        .last()
        .map_or(said.len(), |verb| verb.start());
    said.get(..end)
        .unwrap_or_default()
        .split_whitespace()
        .all(is_name_word)
}

/// Whether all words but one, the verb of some language, are names.
fn names_mostly(said: &str) -> bool {
    let others = said.split_whitespace().filter(|word| !is_name_word(word));
    others.take(2).count() < 2 && said.split_whitespace().next().is_some_and(is_name_word)
}

/// Whether only names stand before the verb.
fn names_before(said: &str, verb: &Regex) -> bool {
    let end = verb.find(said).map_or(0, |verb| verb.start());
    let before = said.get(..end).unwrap_or_default().trim();
    !before.is_empty()
        && before.split_whitespace().count() <= 5
        && before.split_whitespace().all(is_name_word)
}

/// Whether a name and an address stand before one or two words, whatever the language.
fn is_named_verb(said: &str) -> bool {
    let Some(address) = ADDRESS.find(said) else {
        return false;
    };
    let before = said.get(..address.start()).unwrap_or_default();
    let behind = said.get(address.end()..).unwrap_or_default();
    before.split_whitespace().count() <= 5
        && before.split_whitespace().all(is_name_word)
        && (1..=3).contains(
            &behind
                .trim_start_matches(['>', ')', ']', ','])
                .split_whitespace()
                .count(),
        )
}

/// Whether an address stands in brackets, or ends the text.
fn is_addressed(said: &str) -> bool {
    static ADDRESSED: LazyLock<Regex> =
        LazyLock::new(|| compiled(r"[<(\[]\S{0,3}[^\s<>@()]+@[^\s<>@()]+[>)\]]|\S@\S+\s*$"));
    ADDRESSED.is_match(said)
}

/// A sentence of the sender's that holds an address and a time is none.
fn is_clean(said: &str) -> bool {
    !said.contains(['?', '!', ';']) && said.split_whitespace().count() <= 25
}

/// Whether the last verb of a text says "wrote", and only names, days and addresses stand behind it.
fn says_wrote(said: &str) -> bool {
    let Some(verb) = VERB.find_iter(said).last() else {
        return false;
    };
    let behind = said.get(verb.end()..).unwrap_or_default();
    let is_day =
        || DATE.is_match(behind) && TIME.is_match(behind) && behind.split_whitespace().count() <= 9;
    behind.split_whitespace().all(is_name_word) || is_day()
}

fn is_name_word(word: &str) -> bool {
    const PARTICLES: [&str; 46] = [
        "von", "van", "de", "der", "den", "da", "di", "del", "la", "le", "du", "dos", "das", "zu",
        "zur", "vom", "am", "um", "on", "at", "kl", "kl.", "o", "om", "a", "à", "às", "via", "uhr",
        "klo", "ten", "the", "of", "you", "ter", "av", "af", "el", "das", "v", "dne", "le", "y",
        "e", "и", "och",
    ];
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let Some(first) = bare.chars().next() else {
        return true;
    };
    !first.is_lowercase() || bare.contains('@') || PARTICLES.contains(&bare) || bare.contains('.')
        // `skrev amelia@…`, `написал(а)`.
        || bare.chars().count() <= 2
}

fn is_name_like(line: &str) -> bool {
    let line = line.trim();
    line.len() <= 80
        && !line.ends_with(['.', '!', '?', ':', ';'])
        && line.split_whitespace().count() <= 6
        && line.split_whitespace().all(is_name_word)
}

/// Where within a line an attribution begins that was glued behind the sender's words, or the line's quote was glued
/// behind the attribution. Only the shape that no prose has: a preposition, a day, a time, an address and the verb.
pub(super) fn glued(line: &str) -> Option<std::ops::Range<usize>> {
    let head_end = line
        .char_indices()
        .nth(4000)
        .map_or(line.len(), |(at, _)| at);
    let head = line.get(..head_end)?;
    if !head.contains('@') && !head.contains(" wrote:") {
        return None;
    }
    let found = GLUED.captures(head)?.name("attribution")?;
    Some(found.range())
}

/// Where within a line a phone's advertisement begins that swallowed the line ends around an attribution:
/// `Sent from Samsung MobileAnn Lee <a@b.c> wrote:Hello`.
pub(super) fn glued_device(line: &str) -> Option<usize> {
    let head_end = line
        .char_indices()
        .nth(4000)
        .map_or(line.len(), |(at, _)| at);
    let head = line.get(..head_end)?;
    head.contains('@')
        .then(|| GLUED_DEVICE.captures(head))??
        .name("device")
        .map(|found| found.start())
}

static GLUED_DEVICE: LazyLock<Regex> = LazyLock::new(|| {
    compiled_large(concat!(
        r"(?:^|[\s.!?,;:)a-zß-ÿа-я])(?P<device>(?:Sent (?:from|via|using|on|by)|Gesendet (?:von|mit|über)|Von (?:Samsung|meinem|meinen|meiner)|Envoyé (?:de|depuis|par|avec)|Enviado (?:desde|de|do|por|con)|Inviato (?:da|dal|con)|",
        r"Verzonden (?:vanaf|met|via)|Skickat från|Sendt fra|Wysłane? z|Отправлено с|Lähetetty) [^<>\n]{3,140}",
        r"<[^<>\s]+@[^<>\s]+>\s?(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|skrev|escreveu|napisał\S{0,4}|написал\S{0,4}|kirjoitti) ?:)",
    ))
});

static GLUED: LazyLock<Regex> = LazyLock::new(|| {
    compiled_large(concat!(
        r"(?:^|[\s.!?,;:)])(?P<attribution>(?:",
        r"On (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|\d)[^<>\n]{5,120}<[^<>\s]+@[^<>\s]+>,? wrote:|",
        r"Am (?:Mo|Di|Mi|Do|Fr|Sa|So|\d)[^<>\n]{5,120} schrieb [^<>\n]{0,80}<[^<>\s]+@[^<>\s]+>:|",
        r"Le (?:lun|mar|mer|jeu|ven|sam|dim|\d)[^<>\n]{5,120}<[^<>\s]+@[^<>\s]+> a écrit ?:|",
        r"El (?:lun|mar|mié|jue|vie|sáb|dom|\d)[^<>\n]{5,120}<[^<>\s]+@[^<>\s]+>\)? escribió:|",
        r"Il (?:giorno )?(?:lun|mar|mer|gio|ven|sab|dom|\d)[^<>\n]{5,120}<[^<>\s]+@[^<>\s]+> ha scritto:|",
        r"On (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|\d)[^<>\n]{5,60}\d{1,2}:\d\d[^<>\n.!?]{0,80} wrote:",
        r"))(?:\s|$)",
    ))
});
