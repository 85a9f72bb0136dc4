//! What free mailers and mailing lists put under a text (B8).

use std::sync::LazyLock;

use regex::Regex;

use super::clean::{Place, tail};
use super::{contact, signature};
use crate::domain::mail::visible::patterns::{compiled, compiled_large};

/// Lines at the end of a run among which an advertisement begins.
const LINES: usize = 24;
/// Longest line that is looked at, in bytes.
const MAX_LINE: usize = 400;
/// Most lines of an advertisement below its ruler.
const MAX_RULED: usize = 6;
/// Shortest ruler above one.
const MIN_RULER: usize = 10;

/// Lines that only lists and their managers write: nothing of the sender's stands below.
static LIST: LazyLock<Regex> = LazyLock::new(|| {
    compiled_large(concat!(
        r"(?i)^[\s*_\-–—=#>|<\[]*(?:",
        r"to (?:un)?subscribe\s?(?:/\s?(?:un)?subscribe|or (?:un)?subscribe)?,? ?(?:from (?:this|the|all|our)|e-?mail|send|click|visit|mail|via|go to|or change|and other|please|:|,)|",
        r"to unsubscribe from \S+(?: \S+){0,6},? (?:send|visit|click|go|e-?mail|use)|to leave (?:the|this) \S*\s?(?:mailing )?(?:list|group)|",
        r"for additional commands,? e-?mail|(?:for )?(?:un)?subscri(?:be|ption) (?:information|info|options)|(?:list )?(?:archives?|unsubscribe|subscribe)(?: (?:and|/|or) \S+){0,2}\s?[:@] ?(?:<?https?:|<?mailto:|\S+@)|",
        r"you (?:received|are receiving|got|have received) this (?:message|e-?mail|mail) (?:because|as) you|you are (?:currently )?subscribed to \S+|to (?:post|send (?:a )?message|reply) to (?:this|the) (?:group|list|forum)|",
        r"for more options,? visit this group|(?:visit|view) this (?:group|discussion|topic|message) (?:at|on|online)|more majordomo info|the body of a message to majordomo|with a subject of .unsubscribe|",
        r"please read the faq at|please do read the posting guide|post(?:ing)? guide:? http|your use of yahoo!? groups is subject|yahoo!? groups (?:links|sponsor)|<\*> to (?:visit|unsubscribe)|\*?> to visit your group|",
        r"this (?:sf\.net|sourceforge\.net) e-?mail is sponsored|~[-~]{6,}>?$|~-{1,3}>$|",
        r"um (?:sich|die liste|diese gruppe|den newsletter).{0,40}(?:abzumelden|auszutragen|abzubestellen)|zum abmelden|abmelden\s?:|pour (?:se|vous|me) désabonner|pour se désinscrire|para (?:darse|darte) de baja|para cancelar (?:la|su|a) |per (?:disiscriversi|cancellarsi)|om (?:je|u) af te melden|om uit te schrijven|чтобы отписаться|для отписки|aby (?:wypisać|zrezygnować)|för att avsluta",
        r")",
    ))
});

/// Advertisements that are known by their words alone.
static KNOWN: LazyLock<Regex> = LazyLock::new(|| {
    compiled_large(concat!(
        r"(?i)^[\s*_\-–—=#|>]*(?:",
        r"do you yahoo!?\?|join the world.s largest e-?mail service|(?:get|open) your (?:own |private,? )*free e-?mail\b.{0,60}|you don.t need to buy internet access to use free internet.{0,80}|get (?:completely )?free (?:internet )?e-?mail (?:from|at) .{0,60}|",
        r"(?:this (?:message|mail|e-?mail)|diese (?:nachricht|e-?mail|mail)|ce (?:message|courriel|mail)|este (?:mensaje|correo)|questo messaggio|mail|message) (?:was |has been |is |wurde |a été |fue |è stato )?(?:sent |gesendet |verschickt |versandt |envoyé |enviado |inviato )?",
        r"(?:using|via|through|by|with|from|über|mit|avec|par|mediante|durch|tramite) .{0,40}\b(?:imp\b|internet messaging program|horde|squirrelmail|webmail|web mail|web-mail|endymion|mailman|open-?webmail|twig|neomail|everyone\.net|outblaze|prontomail|atmail|roundcube|incredimail|kerio).{0,80}|",
        r"using opera.s (?:revolutionary )?(?:e-?mail|mail) client.{0,60}|i am using the free version of \S+.{0,80}|(?:outgoing|incoming) mail is certified virus free.{0,20}|connected by (?:droid|motoblur).{0,60}|free animations for your e-?mail.{0,60}|\*{5,}\s?\S.{10,}|",
        r"sent wirelessly via .{0,60}|sent on the .{3,40} network from my .{0,40}|this (?:message|e-?mail|mail) (?:was|has been) sent from (?:my|a) .{0,40}\b(?:phone|blackberry|device|wireless|mobile|handheld|iphone|ipad|smartphone|tablet)\b.{0,20}|",
        r"(?:.{0,40} )?tired of spam\?.{0,80}|yahoo! (?:mail|messenger|groups)\b.{0,80}\bhttps?:.{0,80}",
        r")[\s\-_*]*$",
    ))
});

/// Free mailers and what they advertise.
static BRAND: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)\b(?:yahoo!?|msn|hotmail|windows live|live messenger|messenger|bing|aol|aim|gmx|web\.de|freenet|arcor|juno|netzero|incredimail|lycos|excite|netscape|mail\.com|usa\.net|laposte|la poste|voila|caramail|wanadoo|tiscali|libero|virgilio|alice|terra|uol|bol|interia|onet|wp\.pl|o2\.pl|seznam|centrum|rediff\w*|indiatimes|sify|fastmail|skynet|xs4all)\b",
    )
});

/// Words of people, which no advertisement of a mailer has.
static PERSONAL: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)\b(?:i|i'm|my|me|we|our|us|please|pls|thanks|ich|mein\w*|mir|mich|wir|unser\w*|uns|bitte|danke|je|j'ai|mon|ma|mes|nous|notre|merci|yo|mi|nosotros|nuestr\w*|gracias|io|mio|mia|noi|nostr\w*|grazie)\b",
    )
});

/// What goes on with an advertisement: links, versions of scanners, calls.
static MORE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)https?://|www\.\S|^[\s*_\-–—=~+]*$|!\s*$|^(?:version|release date|virus database|checked by|spam|tired of)\b|\bfree\b|\S+@\S+\.\S+",
    )
});

/// Words of which each line that lists write holds one: asked first, for it is cheap.
const LIST_STEMS: [&str; 22] = [
    "subscri",
    "to leave",
    "additional commands",
    "archive",
    "you received",
    "you are",
    "you got",
    "you have received",
    "to post",
    "to send",
    "to reply",
    "visit",
    "view this",
    "majordomo",
    "faq at",
    "posting guide",
    "yahoo",
    "sponsored",
    "~-",
    "abmelde",
    "baja",
    "désabonn",
];
const OTHER_LIST_STEMS: [&str; 12] = [
    "austragen",
    "auszutragen",
    "abzumelden",
    "abzubestellen",
    "désinscri",
    "cancel",
    "disiscriv",
    "uit te schrijven",
    "af te melden",
    "отпис",
    "wypisa",
    "avsluta",
];
const KNOWN_STEMS: [&str; 12] = [
    "yahoo",
    "e-mail",
    "email",
    "free",
    "sent",
    "virus",
    "connected by",
    "spam",
    "opera",
    "****",
    "gesendet",
    "nachricht",
];
const OTHER_KNOWN_STEMS: [&str; 8] = [
    "message",
    "mensaje",
    "messaggio",
    "courriel",
    "mail ",
    "envoyé",
    "enviado",
    "internet",
];

fn holds(line: &str, stems: [&[&str]; 2]) -> bool {
    let lower = line.to_lowercase();
    stems
        .iter()
        .any(|stems| stems.iter().any(|stem| lower.contains(stem)))
}

fn is_list(line: &str) -> bool {
    holds(line, [&LIST_STEMS, &OTHER_LIST_STEMS]) && LIST.is_match(line)
}

fn is_known(line: &str) -> bool {
    holds(line, [&KNOWN_STEMS, &OTHER_KNOWN_STEMS]) && KNOWN.is_match(line)
}

/// Cuts the advertisements that end a run.
pub(super) fn cut(run: &mut Vec<&str>, place: Place) {
    let first = place.first();
    let lines: Vec<(usize, &str)> = tail(run, LINES).collect();
    let start = lines
        .iter()
        .enumerate()
        .filter(|(_, (at, line))| *at >= first && line.len() <= MAX_LINE)
        .filter(|(count, (at, line))| {
            let rest = lines.get(..*count).unwrap_or_default();
            begins(line, rest) || is_list_name(run, *at, line)
        })
        .map(|(_, (at, _))| *at)
        .next_back();
    if let Some(start) = start {
        run.truncate(start);
    }
}

/// Whether an advertisement begins with a line above these, of which the last stands first.
fn begins(line: &str, below: &[(usize, &str)]) -> bool {
    if is_list(line) {
        // Lists say where: a site's own words about its newsletter do not.
        let says_where =
            |line: &str| line.contains(['@', '~']) || is_link(line) || line.contains("majordomo");
        return says_where(line) || below.iter().any(|(_, line)| says_where(line));
    }
    let is_rest = below.len() <= MAX_RULED
        && below
            .iter()
            .all(|(_, line)| line.len() <= MAX_LINE && !contact::is_sign_off(line));
    if !is_rest {
        return false;
    }
    if is_ruler(line) {
        return is_ruled(line, below);
    }
    let goes_on = |(_, line): &(usize, &str)| MORE.is_match(line) || is_known(line);
    (is_known(line) || is_branded(line, below)) && below.iter().all(goes_on)
}

/// Whether a line names a mailer and links to it, or the only line below does, and nobody speaks in it.
fn is_branded(line: &str, below: &[(usize, &str)]) -> bool {
    let links = match below {
        [] => is_link(line),
        [(_, target)] => ["http", "www."]
            .iter()
            .any(|start| target.trim_start().starts_with(start)),
        _ => false,
    };
    links
        && line.contains(['!', '?', '™', '®', '.'])
        && BRAND.is_match(without_link(line))
        && !PERSONAL.is_match(line)
}

/// The words before a link: a link's own letters name nothing.
fn without_link(line: &str) -> &str {
    let end = line.find("http").unwrap_or(line.len());
    line.get(..end).unwrap_or_default()
}

fn is_link(line: &str) -> bool {
    line.contains("http://") || line.contains("https://") || line.contains("www.")
}

/// Whether what stands below a ruler is an advertisement by its words, or by its link below the long line that free
/// mailers draw.
fn is_ruled(ruler: &str, below: &[(usize, &str)]) -> bool {
    let Some((_, top)) = below.last() else {
        return false;
    };
    if is_known(top) {
        return true;
    }
    let is_underscored = ruler.trim().chars().all(|c| c == '_') && ruler.trim().len() >= 30;
    let holds_link = below.iter().any(|(_, line)| is_link(line));
    let is_branded = BRAND.is_match(top) && top.contains(['!', '?', '™', '®', ':']);
    let is_silent = !below.iter().any(|(_, line)| PERSONAL.is_match(line));
    below.len() <= 4
        && (is_underscored && holds_link && (is_silent || is_branded) || is_silent && is_branded)
}

fn is_ruler(line: &str) -> bool {
    line.trim().chars().count() >= MIN_RULER && signature::is_ruler(line)
}

/// Whether the name of a mailing list stands here, above or below the list's address: `x mailing list`.
fn is_list_name(run: &[&str], at: usize, line: &str) -> bool {
    let lower = line.trim().to_lowercase();
    let is_name = (lower.ends_with("mailing list") || lower.contains("mailing list  "))
        && lower.split_whitespace().count() <= 6;
    is_name
        && run
            .get(at + 1..)
            .unwrap_or_default()
            .iter()
            .take(3)
            .any(|below| below.contains("://") || below.contains('@'))
}
