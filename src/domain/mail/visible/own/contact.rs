//! Contact data below a greeting, and greetings themselves (B8).

use std::sync::LazyLock;

use regex::Regex;

use super::clean::{Name, Place, holds_name, tail};
use super::signature;
use crate::domain::mail::visible::patterns::compiled;

/// Longest block of contact data, in lines that are not blank.
const MAX_BLOCK: usize = 14;
/// Longest line of one, in bytes.
const MAX_LINE: usize = 160;

/// A line that holds nothing but how somebody is reached.
static CONTACT: LazyLock<Regex> = LazyLock::new(|| {
    compiled(concat!(
        r"(?i)^[\s*_|•·>\-]*(?:",
        // A phone, with or without what it is.
        r"(?:(?:tel|tél|phone|ph|telephone|telefon|téléphone|teléfono|telefono|telefone|telefoon|tlf|tfn|puh|puhelin|mob|mobil|mobile|mobiel|móvil|",
        r"movil|cell|cellulare|cel|celular|handy|portable|port|gsm|direct|direkt|durchwahl|dw|office|work|main|desk|fax|telefax|télécopie|faks|",
        r"hotline|whatsapp|тел|моб|телефон|факс|tel/fax|t/f|电话|手机|電話|手機|携帯|전화|휴대폰|핸드폰|[tpmfodcwe])\s*(?:\.|\([a-z]\))?\s*[:：.|]?\s*)?",
        r"[+(（]?\+?\d[\d\s().\-/–]{5,24}\d(?:\s*(?:ext|x|dw|доб)\.?\s*\d+)?(?:\s*\([^)]{1,20}\))?\s*(?:[|,;/•·].*)?$|",
        // An address, a site.
        r"(?:e-?mail|mail|courriel|correo|e-?post|sähköposti|почта|эл\. почта|邮箱|郵箱|メール|이메일|e|m)?\s*[:：.|]?\s*<?(?:mailto:)?[^\s<>@|]+@[^\s<>@|]+\.[a-z]{2,}>?(?:\s*[<(\[]?mailto:[^\s>)]*[>)\]]?)?\s*(?:[|,;/•·].*)?$|",
        r"(?:web(?:site|seite)?|site|internet|url|homepage|www|home|w|сайт|网址|网站|ホームページ)?\s*[:：.|]?\s*<?(?:https?://|www\.)[^\s|]+(?:\s*[<(\[]https?://[^\s>)]*[>)\]])?\s*(?:[|,;/•·].*)?$|",
        r"[a-z0-9][a-z0-9\-]*(?:\.[a-z0-9\-]+)*\.(?:com|org|net|de|fr|es|it|nl|pl|se|dk|no|fi|uk|co\.uk|at|ch|be|pt|ru|ua|cz|hu|eu|io|example)/?\s*(?:<https?://[^\s>]*>|\(https?://[^\s)]*\))?$|",
        r"(?:skype|linkedin|twitter|x|facebook|instagram|xing|wechat|微信|telegram|signal)\s*[:：]\s*\S+(?:\s\S+)?$",
        r")",
    ))
});

/// A line with a labelled phone in it, among other data.
static PHONE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)(?:^|[\s|•·,(])(?:tel|tél|phone|ph|telefon|tlf|tfn|mob|mobil|mobile|cell|fax|handy|direct|office|[tmpfdo])\.?\s*[:.|]?\s*\+?\(?\d[\d\s().\-/]{6,}",
    )
});

/// Words under which people put their name, up to a comma.
static SIGN_OFF: LazyLock<Regex> = LazyLock::new(|| {
    compiled(concat!(
        r"(?i)^[\s*_]*(?:",
        r"(?:many |with |best |kind(?:est)? |warm(?:est)? |my )*(?:thanks|thank you|regards|wishes|cheers|sincerely|greetings|respectfully)(?: (?:again|so much|very much|a lot|in advance|and (?:best |kind )?regards|& regards|yours))*|",
        r"(?:many )?(?:thanks|thank you) (?:for|again|so|very|in|and) .{0,40}|best|all the best|yours(?: (?:sincerely|truly|faithfully))?|sincerely(?: yours)?|cordially|kind(?:est)?|warmly|br|kr|rgds|thx|tia|ta|love|xo+|talk soon|take care|have a (?:nice|great|good) (?:day|one|weekend|week)|",
        r"(?:mit )?(?:freundliche[nm]?|beste[nm]?|liebe[nm]?|herzliche[nm]?|viele|schöne[nm]?|sonnige|vielen|besten|freundlichem)\s+(?:dank|gr(?:ü|ue)(?:ß|ss)(?:e|en)?|gruss|gruß)(?: .{0,30})?|mfg|lg|vg|gruß|gruss|grüße|danke(?: .{0,30})?|vielen dank.{0,40}|",
        r"(?:bien )?cordialement|bien à (?:vous|toi)|(?:avec )?(?:mes |nos )?(?:sincères |meilleures? |cordiales )?salutations(?: distinguées)?|merci(?: .{0,40})?|amicalement|sincèrement|bonne journée|à bientôt|cdlt|bav|respectueusement|",
        r"(?:un )?(?:cordial(?:es)? |atento |fuerte )?(?:saludos?|abrazo)(?: .{0,25})?|(?:muchas )?gracias(?: .{0,30})?|atentamente|atte|",
        r"(?:cordiali |distinti |cari )?saluti|cordialmente|(?:molte |mille )?grazie(?: .{0,30})?|un saluto|a presto|",
        r"(?:met )?(?:vriendelijke|hartelijke)\s+groet(?:en)?|(?:hartelijke )?groet(?:en|jes)?|mvg|(?:alvast )?(?:hartelijk )?bedankt(?: .{0,25})?|dank je(?:wel)?|",
        r"(?:com os |os )?(?:melhores )?cumprimentos|atenciosamente|att|(?:muito )?obrigad[oa](?: .{0,25})?|abraços?|",
        r"(?:z poważaniem|pozdrawiam(?: .{0,25})?|pozdrowienia|dziękuję(?: .{0,25})?|serdecznie pozdrawiam)|",
        r"(?:med )?(?:vänlig(?:a)?|venlig|vennlig|bästa|beste|bedste)\s+h(?:ä|i)ls(?:en|ning|ningar|ener)|mvh|hälsningar|hilsen|tack(?: .{0,25})?|tak(?: .{0,25})?|takk(?: .{0,25})?|",
        r"(?:ystävällisin |parhain )?terveisin|t(?:erv)?\.?|kiitos(?: .{0,25})?|kiittäen|",
        r"с уважением|с наилучшими.{0,20}|спасибо(?: .{0,25})?|з повагою|дякую(?: .{0,25})?|с уважение|поздрави|",
        r"s pozdravem|s přáním.{0,25}|děkuji(?: .{0,25})?|s pozdravom|ďakujem(?: .{0,25})?|üdvözlettel|köszönettel|köszönöm(?: .{0,25})?|cu (?:stimă|respect|drag)|mulțumesc(?: .{0,25})?|",
        r"saygılarımla|iyi çalışmalar|teşekkürler(?: .{0,25})?|με εκτίμηση|ευχαριστώ(?: .{0,25})?|lep pozdrav|srdačan pozdrav|hvala(?: .{0,25})?|pozdrav|s poštovanjem|",
        r"此致|敬礼|祝好|谢谢|謝謝|敬上|顺祝商祺|よろしくお願いします|よろしくお願いいたします|宜しくお願い致します|以上|감사합니다|드림|בברכה|תודה|مع (?:أطيب )?التحيات?|شكرا",
        r")[\s,.!;:\-–—*_]*$",
    ))
});

/// Whether a line says nothing but how its sender is reached.
pub(super) fn is_contact(line: &str) -> bool {
    line.len() <= MAX_LINE && (CONTACT.is_match(line) || is_data(line) && PHONE.is_match(line))
}

/// Whether a line holds an address, a site or a phone among other words.
pub(super) fn holds_data(line: &str) -> bool {
    static DATA: LazyLock<Regex> = LazyLock::new(|| {
        compiled(
            r"(?i)\S@[\w.\-]+\.[a-z]{2,}|\bhttps?://|\bwww\.\w|(?:^|[\s|•·,:(])\+?\(?\d{2,5}\)?[\s\-./]\d{2,4}[\s\-./]?\d{2,}\b",
        )
    });
    line.len() <= MAX_LINE && DATA.is_match(line)
}

/// No sentence, though there may be words around a number.
fn is_data(line: &str) -> bool {
    !line.trim_end().ends_with(['.', '!', '?', ':']) && line.split_whitespace().count() <= 14
}

pub(super) fn is_sign_off(line: &str) -> bool {
    line.len() <= 80 && SIGN_OFF.is_match(line)
}

/// Whether a line can stand in a signature: short, and no sentence.
pub(super) fn is_block_line(line: &str) -> bool {
    let text = line.trim();
    is_contact(text)
        || is_picture(text)
        || text.len() <= MAX_LINE
            && !text.ends_with(['?', '!', ':'])
            && text.split_whitespace().count() <= 12
            && !ends_sentence(text)
}

/// A full stop behind more than a few words, of which the last is no abbreviation such as `Inc.`.
fn ends_sentence(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let last = words.next_back().unwrap_or_default();
    let is_short = last.chars().count() <= 5 && !last.starts_with(char::is_lowercase);
    text.ends_with('.') && words.count() >= 4 && !is_short
}

/// A logo, or its place.
fn is_picture(text: &str) -> bool {
    text.starts_with("[cid:") && text.ends_with(']')
        || text.starts_with("[image:") && text.ends_with(']')
        || text.starts_with("<http") && text.ends_with('>')
        || text.starts_with("[http") && text.ends_with(']')
}

/// Cuts the contact data that stands below the sender's typed name, or below a block that begins with that name.
///
/// Data without either is what shall stand on the page.
pub(super) fn cut(run: &mut Vec<&str>, place: Place, name: Name<'_>) {
    let mut has_contact = false;
    let mut below: Vec<(usize, &str)> = Vec::new();
    let mut named = None;
    let mut start = None;
    for (at, line) in tail(run, MAX_BLOCK + 2) {
        if is_sign_off(line) {
            let is_greeting = at >= place.first();
            start = below_name(&below, name).filter(|_| has_contact && is_greeting);
            named = None;
            break;
        }
        let is_top = at < place.first();
        if has_contact && !is_top && holds_name(line, name) && !is_introduced(run, at) {
            named = Some(at);
        }
        if !is_block_line(line) || below.len() >= MAX_BLOCK {
            break;
        }
        has_contact |= is_contact(line) || is_picture(line.trim());
        below.push((at, line));
    }
    if let Some(start) = start.or(named) {
        run.truncate(start);
    }
}

/// Where the data below a greeting begins: behind the name.
fn below_name(below: &[(usize, &str)], name: Name<'_>) -> Option<usize> {
    // The first line below the greeting is the name, unless it is data already.
    let mut down = below.iter().rev();
    let (first, line) = down.next()?;
    if is_contact(line) || is_picture(line.trim()) {
        return Some(*first);
    }
    let is_named = signature::is_name(line)
        || holds_name(line, name)
        || line.split_whitespace().count() <= 2
        || line.contains([',', '|', '.']);
    down.next().map(|(at, _)| *at).filter(|_| is_named)
}

/// Whether the line above announces what stands here.
pub(super) fn is_introduced(run: &[&str], at: usize) -> bool {
    tail(run.get(..at).unwrap_or_default(), 1)
        .next()
        .is_some_and(|(_, line)| line.trim_end().ends_with([':', '：']))
}
