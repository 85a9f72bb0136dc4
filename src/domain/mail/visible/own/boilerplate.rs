//! Notices that companies, gateways, scanners and mailing lists put around a text (B8).

use std::sync::LazyLock;

use regex::Regex;

use super::clean::Place;
use super::{contact, signature};
use crate::domain::mail::visible::patterns::{compiled, compiled_large};

/// Most lines at the top of a text among which banners are looked for.
const BANNER_LINES: usize = 8;
/// Longest single notice that is looked at, in bytes: enough of its beginning.
const MAX_HEAD: usize = 600;
/// Most lines at the end of a run among which a notice begins.
const MAX_NOTICE: usize = 60;

/// What gateways and Outlook put above a text.
static BANNER: LazyLock<Regex> = LazyLock::new(|| {
    compiled_large(concat!(
        r"(?i)^[\s*_\[\]|!⚠\u{fe0f}#>=\-]*(?:",
        r"(?:caution|warning|attention|external(?: e-?mail| sender| message)?|notice|alert|be careful|vorsicht|achtung|externe (?:e-?mail|nachricht|absender)|hinweis|prudence|précaution|precaución|atención|advertencia|attenzione|let op|waarschuwing|uwaga|varning|advarsel|внимание|cuidado|atenção)\b",
        r".{0,40}\b(?:external|outside|extern\w*|originated|originate|außerhalb|ausserhalb|extérieur\w*|provient|provenant|fuera de|esterno|all'esterno|buiten|zewnętrzn\w*|spoza|utanför|utenfor|udenfor|внешн\w*|fora da)\b|",
        r"this (?:e-?mail|message) (?:was sent |came |has been sent |is |has been received |originated |originates |was received )?(?:from |by )?(?:a |an )?(?:outside|external)|",
        r"this (?:e-?mail|message) (?:has )?originated (?:from )?outside|(?:diese|die) (?:e-?mail|nachricht) (?:stammt|kommt|wurde) (?:von (?:einem )?)?(?:außerhalb|ausserhalb|extern\w*)|",
        r"(?:ce|cet) (?:e-?mail|message|courriel|courrier) (?:provient|a été envoyé) .{0,30}(?:extérieur|externe)|este (?:correo|mensaje|e-?mail).{0,40}(?:fuera de|externo|externa|fora d)|questa (?:e-?mail|mail) (?:proviene|arriva) .{0,30}(?:estern)|",
        r"you don't often get e-?mail from|you don’t often get e-?mail from|some people who received this message don't often get|sie erhalten nicht (?:oft|häufig) e-?mails? von|vous ne recevez pas souvent de|vous n'obtenez pas souvent d|",
        r"no suele recibir correos?|usually you don't receive|non si ricevono spesso|u ontvangt niet vaak e-?mail|nie otrzymujesz często|você não costuma receber|não costuma receber|du får inte ofta e-post|du får ikke ofte",
        r")",
    ))
});
/// A banner that is only a tag in brackets.
static BANNER_TAG: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)^[\s*]*[\[(<]+\s*(?:external(?: e-?mail| sender)?|extern(?:e e-?mail)?|ext|externe)\s*[\])>]+[\s*:]*$|^\s*\*+\s*external(?: e-?mail| sender| message)?\s*\*+\s*$",
    )
});
/// How banners go on.
static BANNER_MORE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)^[\s*_\[|]*(?:do not (?:click|open|reply)|don't click|please (?:do not|be careful|exercise|use caution)|exercise caution|unless you (?:recognize|know)|and know the content|never click|links? (?:or|and)|learn why this is important|klicken sie|öffnen sie|bitte (?:klicken|öffnen|seien)|ne cliquez|n'ouvrez|no haga clic|non (?:fare clic|cliccare|aprire)|klik niet|nie klikaj|if you suspect|report (?:this|suspicious)|the content is safe|attachments? unless)",
    )
});

/// How legal notices, and notes on paper, begin.
static NOTICE: LazyLock<Regex> = LazyLock::new(|| {
    compiled_large(concat!(
        r"(?i)^[\s*_\-–—=#>|]*(?:",
        r"this (?:e-?mail|message|communication|transmission|electronic|correspondence)\b.*\b(?:confidential|privileged|intended (?:only|solely|for|recipient)|sole use|addressee|proprietary)|",
        r"the (?:information|contents?|e-?mail|text)\b.{0,60}\b(?:in|of|contained)\b.{0,60}\b(?:this|the) (?:e-?mail|message|communication|transmission|electronic).*\b(?:confidential|privileged|intended|addressee|proprietary|legally)|(?:the )?information (?:transmitted|contained herein|in this \S+|contained in this \S+) (?:is|are) (?:intended|confidential|privileged).*|privileged[ /]+confidential information may be|(?:internet|e-?mail) (?:communications?|messages?|transmissions?) (?:are|is|cannot be|can not be|may) .{0,40}(?:secure|susceptible|guaranteed|intercepted).*|",
        r"(?:please note|note|warning|important|attention|caution)\s?[:\-–.!]\s?(?:that )?(?:this|the (?:information|contents?)) .{0,60}(?:e-?mail|message|transmission|communication).*\b(?:confidential|privileged|intended|addressee|proprietary)|",
        r"(?:if you (?:are not|have received)|unless you are) .{0,60}\b(?:intended recipient|in error|addressee|by mistake)|notice\s*:.{0,80}\b(?:confidential|intended|privileged)|any (?:views|opinions) .{0,80}\b(?:author|sender|those of)|important\s*(?:notice)?\s*[:\-–].*\b(?:confidential|intended|privileged)|",
        r"(?:[pþ✉]\s+)?(?:please )?(?:consider|think (?:of|about)|save|spare|protect|respect) .{0,30}\b(?:environment|trees?|paper|nature)\b.*\bprint|think before you print|",
        r"(?:diese|die) (?:e-?mail|nachricht|mail|information\w*)\b.*\b(?:vertraulich|vertrauliche|rechtlich geschützt|ausschließlich für|adressat)|sollten sie nicht der (?:beabsichtigte|vorgesehene|richtige|bestimmungs)\w*|wenn sie nicht der (?:richtige|beabsichtigte)|bitte (?:denken sie an|prüfen sie|schonen sie|schützen sie|überlegen sie).*(?:mail|nachricht).*druck|der inhalt dieser (?:e-?mail|nachricht).*vertraulich|",
        r"(?:ce|cet|cette|le présent|les informations) (?:e-?mail|message|courriel|courrier|communication|mail|contenues).*\b(?:confidentiel\w*|destinataire|exclusi\w*|à l'intention|à l'usage|protégé)|(?:avant d'imprimer|n'imprimez|pensez à l'environnement|pensez à l’environnement|merci de penser à l)|si vous n'êtes pas le destinataire|",
        r"(?:este|el presente|la información|esta) (?:mensaje|correo|e-?mail|comunicación|contenida|mensagem|transmisi\w+).*\b(?:confidencial\w*|destinatario|exclusiv\w*|privilegiad\w*|destinatário)|antes de imprimir|si (?:usted )?no es (?:usted )?el destinatario|esta mensagem.*(?:confidencia|destinat)|",
        r"(?:questo|il presente|le informazioni|la presente|il contenuto|questa|ai sensi) (?:messaggio|e-?mail|comunicazione|contenute|mail|di questa|della|del d).*\b(?:riservat\w*|confidenzial\w*|destinatari\w*|esclusiv\w*|privacy)|prima di stampare|rispetta l'ambiente|",
        r"(?:dit|deze|de informatie|de inhoud) (?:bericht|e-?mail|in dit|in deze|van deze|van dit|mail).*\b(?:vertrouwelijk\w*|bestemd|geadresseerde)|denk aan het milieu|",
        r"(?:ta|niniejsza|niniejszy|wiadomość|treść|informacje) .{0,40}(?:wiadomoś\w*|e-?mail|korespondencj\w*|zawarte).*\b(?:poufn\w*|adresat\w*|przeznaczon\w*)|(?:detta|det här|denne|dette) (?:e-?post\w*|meddelande\w*|mejl|e-?mail|mail|meddelelse\w*|melding\w*|besked).*\b(?:konfidentiell\w*|fortrolig\w*|konfidensiell\w*|avsed\w*|beregnet|tiltenkt|sekretess\w*)|",
        r"tämä (?:sähköposti|viesti)\w*.*\b(?:luottamuksellinen\w*|luottamuksellis\w*|tarkoitettu)|(?:это|данное|настоящее|информация) .{0,40}(?:сообщени\w*|письмо|электронн\w*).*\b(?:конфиденциальн\w*|предназначен\w*|адресат\w*)|(?:це|дане|ця) .{0,30}(?:повідомленн\w*|лист).*(?:конфіденційн\w*|призначен\w*)|",
        r"(?:tato|tento) (?:zpráva|e-?mail|správa).*(?:důvěrn\w*|dôvern\w*|určen\w*)|bu (?:e-?posta|ileti|mesaj|elektronik).*\b(?:gizli|gizlilik|kişiye özel|alıcı)|本(?:邮件|郵件|メール|电子邮件).*(?:保密|机密|機密|秘密|仅供|仅限)|이 (?:메일|메시지|전자우편).*(?:기밀|비밀|수신인)|(?:此|該)(?:电子邮件|電子郵件|邮件|郵件).*(?:保密|机密|機密)",
        r")",
    ))
});

/// Headings of notices; sites have such texts too, so that what follows must speak of mail.
static HEADING: LazyLock<Regex> = LazyLock::new(|| {
    compiled_large(concat!(
        r"(?i)^[\s*_\-–—=#>|]*(?:",
        r"(?:\S+ )?(?:confidentiality|privacy|legal|e-?mail|security)[ /]*(?:and privileged )?(?:notice|disclaimer|statement|note|warning|caution)\b|disclaimer\b|",
        r"(?:private|privileged|strictly)? ?(?:and|&)? ?confidential\s*[:.\-–]|(?:vertraulichkeits|haftungs|datenschutz)\w*(?:hinweis|ausschluss|erklärung)|",
        r"avis de confidentialité|aviso (?:legal|de confidencial\w*)|avviso di riservatezza|nota di riservatezza|informativa privacy|aviso de privacidade|note de confidentialité",
        r")",
    ))
});
static CONFIRMED: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)\b(?:e-?mail|message|transmission|communication|nachricht|courriel|message|correo|mensaje|messaggio|bericht|mensagem)\b.*\b(?:recipient|addressee|confidential|privileged|intended|delete|in error|sole use|vertraulich\w*|empfänger|adressat\w*|destinat\w*|confiden[tc]i\w*|riservat\w*|geadresseerde|vertrouwelijk)",
    )
});

/// What scanners and lists add at the end: it is not addressed to anybody, and nothing follows it.
static FOOTER: LazyLock<Regex> = LazyLock::new(|| {
    compiled_large(concat!(
        r"(?i)^[\s*_\-–—=#>|]*(?:",
        r"(?:this (?:e-?mail|message)|the (?:e-?mail|message)|diese (?:e-?mail|nachricht)|cet e-?mail|este (?:correo|mensaje|e-?mail)|questa e-?mail|dit (?:e-?mailbericht|bericht)|deze e-?mail|ta wiadomość|това|это (?:письмо|сообщение)|этот e-?mail|denne (?:e-?post|e-?mail)|detta (?:e-?post|mejl)|l'absence de virus|el software de antivirus)\b.{0,80}\b(?:virus(?:es|en)?|viren|avast|avg|bitdefender|mailscanner|malware|antivir\w*|вирус\w*|wirus\w*)\b|",
        r"virus-?free\.?|virenfrei\.?|(?:garanti )?sans virus\.?|libre de virus\.?|privo di virus\.?|virusvrij\.?|wolny od wirusów\.?|без вирусов\.?|livre de vírus\.?|virusfri\.?|no virus found in this|checked by avg|scanned by \S+ (?:anti|virus|mail|spam)\w*|",
        r"you (?:received|are receiving) this (?:message|e-?mail) because (?:you are|you're|you were|you have) (?:subscribed|a member|receiving|signed)|to unsubscribe(?:,| from this| send| click| visit)|to (?:post|subscribe) to this group|for more options, visit|to view this discussion|unsubscribe\s*[:<(]|sie (?:haben|erhalten) diese (?:nachricht|e-?mail).{0,60}(?:abonni|gruppe|mitglied)|vous (?:avez reçu|recevez) ce (?:message|mail|courriel).{0,60}(?:abonné|inscrit|groupe)|has recibido este mensaje porque|",
        r"\S+ mailman\b",
        r")",
    ))
});

/// Cuts the banners above the sender's words.
pub(super) fn cut_banners(run: &mut Vec<&str>) -> bool {
    let mut end = 0;
    let mut is_open = false;
    for (at, line) in run.iter().enumerate().take(BANNER_LINES) {
        if line.trim().is_empty() {
            continue;
        }
        let head = head_of(line);
        let is_banner = BANNER_TAG.is_match(line) || BANNER.is_match(head) && is_notice_like(head);
        if is_banner || is_open && (BANNER_MORE.is_match(head) || signature::is_ruler(line)) {
            end = at + 1;
            is_open = true;
        } else if is_open
            && at > 0
            && run
                .get(at - 1)
                .is_some_and(|above| !above.trim().is_empty())
            && head.len() < 200
            && at == end
        {
            // A banner's wrapped sentence goes on to the next blank line.
            if !is_wrapped_banner(run, at) {
                break;
            }
            end = at + 1;
        } else if !signature::is_ruler(line) {
            break;
        }
    }
    let has_words = run.iter().skip(end).any(|line| !line.trim().is_empty());
    if end == 0 || !has_words {
        return false;
    }
    run.drain(..end);
    true
}

/// Whether a line goes on with the sentence above: that one does not end, and this one begins small.
fn is_wrapped_banner(run: &[&str], at: usize) -> bool {
    let above = at
        .checked_sub(1)
        .and_then(|above| run.get(above))
        .map_or("", |line| line.trim());
    let line = run.get(at).map_or("", |line| line.trim());
    !above.ends_with(['.', '!', '>', ']', '*']) && line.starts_with(char::is_lowercase)
}

/// A person who writes `Attention: the external link is broken` asks for something; banners speak of mails.
fn is_notice_like(head: &str) -> bool {
    let lower = head.to_lowercase();
    [
        "mail",
        "message",
        "sender",
        "nachricht",
        "absender",
        "courriel",
        "expéditeur",
        "correo",
        "mensaje",
        "remitente",
        "mittente",
        "messaggio",
        "bericht",
        "afzender",
        "wiadomość",
        "organi",
        "письм",
        "сообщ",
        "e-post",
        "mensagem",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

/// Cuts the notices that end a run: from the first line that begins one.
pub(super) fn cut_notices(run: &mut Vec<&str>, place: Place) {
    let first = place.first();
    let from = run.len().saturating_sub(MAX_NOTICE).max(first);
    let start = run
        .iter()
        .enumerate()
        .skip(from)
        .find(|(at, line)| {
            let begins = at
                .checked_sub(1)
                .and_then(|above| run.get(above))
                .is_none_or(|above| {
                    above.trim().is_empty() || signature::is_ruler(above) || is_end(above)
                });
            begins && is_notice(run, *at, line)
        })
        .map(|(at, _)| at);
    if let Some(start) = start {
        run.truncate(start);
    }
}

fn is_end(line: &str) -> bool {
    line.len() < 60 || line.trim_end().ends_with(['.', '!', '>', ')'])
}

fn is_notice(run: &[&str], at: usize, line: &str) -> bool {
    if line.trim().is_empty() {
        return false;
    }
    if FOOTER.is_match(head_of(line)) || is_list_footer(run, at, line) {
        return true;
    }
    // Notices are wrapped: their sign may stand in a later line.
    let mut joined = String::new();
    for line in run.iter().skip(at).take(4) {
        if line.trim().is_empty() {
            break;
        }
        joined.push_str(head_of(line));
        joined.push(' ');
    }
    if joined.len() < 20 || contact::is_introduced(run, at) {
        return false;
    }
    NOTICE.is_match(head_of(&joined))
        || HEADING.is_match(&joined) && {
            let below = run.iter().skip(at).take(12).map(|line| head_of(line));
            CONFIRMED.is_match(&below.collect::<Vec<_>>().join(" "))
        }
}

/// The ruler and the name that Mailman puts under a text.
fn is_list_footer(run: &[&str], at: usize, line: &str) -> bool {
    signature::is_ruler(line)
        && run.get(at + 1).is_some_and(|below| {
            let lower = head_of(below).trim().to_lowercase();
            lower.ends_with("mailing list")
                || lower.contains("mailing list -")
                || lower.contains("mailing list:")
        })
}

/// The first bytes of a line, cut between characters.
fn head_of(line: &str) -> &str {
    let mut end = MAX_HEAD.min(line.len());
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    line.get(..end).unwrap_or_default()
}
