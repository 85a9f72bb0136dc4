//! The lines that announce an original or a forwarded mail (B7, B10).

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a separator announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    /// The mail that is answered.
    Original,
    /// A mail that is passed on.
    Forward,
    /// Text between rulers that no table knows: a separator only above a header block.
    Unknown,
    /// A ruler without words: a separator only above a header block.
    Ruler,
}

const MAX_SEPARATOR: usize = 160;
const MAX_UNFRAMED: usize = 100;

const ORIGINAL: &[&str] = &[
    "original message",
    "original appointment",
    "original e-mail",
    "original email",
    "original mail",
    "originalnachricht",
    "ursprüngliche nachricht",
    "ursprüngliche mail",
    "ursprünglicher termin",
    "original-nachricht",
    "originalnachricht anzeigen",
    "message d'origine",
    "message d’origine",
    "message original",
    "message initial",
    "courriel original",
    "mail original",
    "e-mail d'origine",
    "mensaje original",
    "correo original",
    "messaggio originale",
    "messaggio di origine",
    "oorspronkelijk bericht",
    "origineel bericht",
    "mensagem original",
    "wiadomość oryginalna",
    "oryginalna wiadomość",
    "treść oryginalnej wiadomości",
    "ursprungligt meddelande",
    "originalmeddelande",
    "ursprungsmeddelande",
    "oprindelig meddelelse",
    "original meddelelse",
    "original besked",
    "oprindelig besked",
    "opprinnelig melding",
    "original melding",
    "alkuperäinen viesti",
    "исходное сообщение",
    "исходное письмо",
    "оригинал сообщения",
    "оригинальное сообщение",
    "первоначальное сообщение",
    "вихідне повідомлення",
    "оригінал повідомлення",
    "початкове повідомлення",
    "původní zpráva",
    "původní e-mail",
    "pôvodná správa",
    "eredeti üzenet",
    "eredeti levél",
    "mesaj original",
    "mesajul original",
    "orijinal mesaj",
    "özgün ileti",
    "orijinal ileti",
    "özgün mesaj",
    "αρχικό μήνυμα",
    "πρωτότυπο μήνυμα",
    "оригинално съобщение",
    "първоначално съобщение",
    "izvorna poruka",
    "originalna poruka",
    "оригинална порука",
    "izvirno sporočilo",
    "algne kiri",
    "algne sõnum",
    "originalus laiškas",
    "pradinis pranešimas",
    "sākotnējais ziņojums",
    "missatge original",
    "upprunaleg skilaboð",
    "pesan asli",
    "thư gốc",
    "tin nhắn gốc",
    "ข้อความต้นฉบับ",
    "原始邮件",
    "原始郵件",
    "原邮件",
    "原始信息",
    "原始訊息",
    "元のメッセージ",
    "元のメール",
    "オリジナルメッセージ",
    "원본 메시지",
    "원본 메일",
    "원본메시지",
    "원래 메시지",
    "הודעה מקורית",
    "ההודעה המקורית",
    "الرسالة الأصلية",
    "رسالة أصلية",
    "reply message",
    "réponse",
    "antwort",
    "quoted text",
    "replied message",
    "回复的原邮件",
    "回复邮件信息",
];

const FORWARD: &[&str] = &[
    "forwarded message",
    "forwarded mail",
    "forwarded email",
    "forwarded e-mail",
    "forwarded letter",
    "forward message",
    "original forwarded message",
    "weitergeleitete nachricht",
    "weitergeleitete mail",
    "weitergeleitete e-mail",
    "message transféré",
    "message transmis",
    "message réexpédié",
    "courriel transféré",
    "mensaje reenviado",
    "correo reenviado",
    "messaggio inoltrato",
    "messaggio inoltrata",
    "mail inoltrata",
    "doorgestuurd bericht",
    "doorgestuurde e-mail",
    "mensagem encaminhada",
    "mensagem reencaminhada",
    "wiadomość przekazana",
    "przekazana wiadomość",
    "przekazana dalej wiadomość",
    "treść przekazanej wiadomości",
    "vidarebefordrat meddelande",
    "vidarebefordrat brev",
    "videresendt meddelelse",
    "videresendt melding",
    "videresendt besked",
    "videresendt e-post",
    "videresendt e-mail",
    "edelleenlähetetty viesti",
    "välitetty viesti",
    "edelleen lähetetty viesti",
    "пересылаемое сообщение",
    "пересланное сообщение",
    "перенаправленное сообщение",
    "пересылаемое письмо",
    "пересланное письмо",
    "переслане повідомлення",
    "пересилане повідомлення",
    "переадресоване повідомлення",
    "přeposlaná zpráva",
    "předaná zpráva",
    "preposlaná správa",
    "továbbított üzenet",
    "továbbított levél",
    "mesaj redirecționat",
    "mesaj redirectionat",
    "mesaj transmis",
    "iletilen mesaj",
    "iletilmiş mesaj",
    "yönlendirilmiş mesaj",
    "iletilen ileti",
    "yönlendirilen ileti",
    "προωθημένο μήνυμα",
    "μήνυμα που προωθήθηκε",
    "препратено съобщение",
    "proslijeđena poruka",
    "prosleđena poruka",
    "прослеђена порука",
    "posredovano sporočilo",
    "edastatud kiri",
    "edastatud sõnum",
    "persiųstas laiškas",
    "peradresuotas laiškas",
    "pārsūtīts ziņojums",
    "missatge reenviat",
    "áframsend skilaboð",
    "pesan terusan",
    "pesan diteruskan",
    "thư đã chuyển tiếp",
    "thư được chuyển tiếp",
    "ข้อความที่ส่งต่อ",
    "转发的邮件",
    "转发邮件",
    "转发邮件信息",
    "轉寄的郵件",
    "轉寄郵件",
    "已轉寄郵件",
    "转发信息",
    "転送されたメッセージ",
    "転送メッセージ",
    "転送メール",
    "전달된 메시지",
    "전달된 메일",
    "전달된메시지",
    "הודעה שהועברה",
    "הודעה מועברת",
    "رسالة معاد توجيهها",
    "الرسالة المعاد توجيهها",
    "رسالة معادة التوجيه",
    "رسالة محولة",
];

/// What Apple Mail writes above a forwarded mail, before a colon and without rulers.
const BEGIN_FORWARD: &[&str] = &[
    "begin forwarded message",
    "anfang der weitergeleiteten nachricht",
    "anfang der weitergeleiteten e-mail",
    "début du message transféré",
    "début du message réexpédié",
    "inicio del mensaje reenviado",
    "inizio messaggio inoltrato",
    "inizio del messaggio inoltrato",
    "begin doorgestuurd bericht",
    "início da mensagem reencaminhada",
    "início da mensagem encaminhada",
    "vidarebefordrat meddelande",
    "vidarebefordrat brev",
    "start på videresendt meddelelse",
    "start på videresendt melding",
    "videresendt melding",
    "videresendt meddelelse",
    "begynnelse på videresendt melding",
    "välitetty viesti alkaa",
    "edelleenlähetetty viesti alkaa",
    "välitetty viesti",
    "początek przekazywanej wiadomości",
    "początek przekazanej wiadomości",
    "rozpoczęcie przekazanej wiadomości",
    "начало пересылаемого сообщения",
    "начало переадресованного сообщения",
    "початок листа, що пересилається",
    "початок переадресованого повідомлення",
    "začátek přeposílané zprávy",
    "počiatok preposlanej správy",
    "továbbított levél kezdete",
    "továbbított üzenet kezdete",
    "început mesaj redirecționat",
    "inceputul mesajului redirectionat",
    "iletilmiş ileti başlangıcı",
    "iletilen ileti başlangıcı",
    "αρχή προωθημένου μηνύματος",
    "započni proslijeđenu poruku",
    "inici del missatge reenviat",
    "下面是被转发的邮件",
    "以下是转发的邮件",
    "轉寄的郵件內容",
    "以下為轉寄的郵件",
    "下面是轉寄的郵件",
    "開始轉寄郵件",
    "转发的邮件开始",
    "転送されたメッセージ",
    "전달된 메시지 시작",
    "전달된 메시지",
    "תחילת ההודעה שהועברה",
    "بداية الرسالة المعاد توجيهها",
];

/// What the words of a separator announce.
static WORDS: LazyLock<HashMap<&'static str, Separator>> = LazyLock::new(|| {
    let tables = [
        (ORIGINAL, Separator::Original),
        (FORWARD, Separator::Forward),
    ];
    tables
        .into_iter()
        .flat_map(|(words, found)| words.iter().map(move |words| (*words, found)))
        .collect()
});

/// Reads a line as a separator.
pub(super) fn separator(line: &str) -> Option<Separator> {
    let line = head_of(line.trim());
    let bare = line.trim_matches(|c: char| is_ruler(c) || c.is_whitespace() || c == '>');
    if bare.is_empty() {
        let dashes = line.chars().filter(|c| matches!(c, '_' | '-' | '—' | '='));
        return (dashes.take(5).count() == 5).then_some(Separator::Ruler);
    }
    let is_framed = line.chars().take_while(|c| is_ruler(*c)).count() >= 2;
    if !is_framed {
        return unframed(bare);
    }
    let words = key(bare.trim_end_matches([':', '：']));
    // Some clients lose the line end behind it.
    let words = words
        .split_once("--")
        .map_or(words.as_str(), |(words, _)| words.trim_end());
    if let Some(found) = WORDS.get(words) {
        return Some(*found);
    }
    if words.starts_with("forwarded by ") {
        return Some(Separator::Forward);
    }
    let is_closed = line.ends_with(is_ruler);
    (is_closed && bare.chars().count() <= 60).then_some(Separator::Unknown)
}

/// Announcements without rulers: Apple's end in a colon; others count only above a header block.
fn unframed(bare: &str) -> Option<Separator> {
    if bare.len() > MAX_UNFRAMED {
        return None;
    }
    let (words, has_colon) = match bare.strip_suffix([':', '：']) {
        Some(words) => (words.trim_end(), true),
        None => (bare, false),
    };
    if bare.split_whitespace().count() > 6 {
        return None;
    }
    let words = key(words);
    if has_colon && BEGIN_FORWARD.contains(&words.as_str()) {
        Some(Separator::Forward)
    } else {
        WORDS
            .contains_key(words.as_str())
            .then_some(Separator::Unknown)
    }
}

/// Lower case, without the dot that Turkish capitals leave behind.
fn key(words: &str) -> String {
    words
        .trim()
        .to_lowercase()
        .replace('\u{307}', "")
        .replace('’', "'")
}

/// The first bytes of a line: no separator is longer.
fn head_of(line: &str) -> &str {
    let mut end = MAX_SEPARATOR.min(line.len());
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    line.get(..end).unwrap_or_default()
}

const fn is_ruler(c: char) -> bool {
    matches!(c, '-' | '_' | '=' | '*' | '—' | '–' | '─' | '#')
}
