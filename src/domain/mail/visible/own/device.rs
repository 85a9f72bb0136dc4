//! What phones and clients put under every mail (B8).

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::clean::tail;
use crate::domain::mail::visible::patterns::{compiled, compiled_large};

/// Lines at the end of a run among which an advertisement is looked for.
const LINES: usize = 6;
/// Longest advertisement in bytes.
const MAX: usize = 220;

/// Beginnings that nothing but an advertisement has.
static ALWAYS: LazyLock<Regex> = LazyLock::new(|| {
    compiled_large(concat!(
        r#"(?i)^[\s*_>\-–—"(\[]*(?:"#,
        r"(?:get|download|try|hol dir|holen sie sich|téléchargez|télécharger|obtenez|obtener|obtén|descarga|descargar|obter|obtenha|baixe|",
        r"scarica|ottieni|download|pobierz|ladda ned|hämta|hent|få|last ned|lataa|скачать|получить|завантажити|stáhnout|stáhněte si|získejte|",
        r"letöltés|descărcați|obțineți|λήψη του|λήψη|telecharger|preuzmite|отримати|获取|下載|下载|取得)\s+(?:the\s+)?(?:outlook|yahoo|bluemail|mail\.ru|spark|edison|aqua ?mail|my\s?mail|nine)\b.{0,60}(?:for|für|pour|para|per|voor|til|för|dla|для|pro|pentru|για|ios|android|mac|<|http|$)|",
        r"(?:\S+ ){0,5}outlook (?:for|für|pour|para|per|voor|för|til|till|dla|для|pro|za|pentru|για) (?:\S+ )?(?:ios|android|mac|iphone)\b(?: \S+){0,2}$|provenance\s?: .*$|",
        r"(?:ios|android|mac)\s*(?:için|版)\s*outlook|outlook\s*(?:for|für|pour|para|per|voor)\s*(?:ios|android|mac)\b|",
        r"(?:i?os|android)용? outlook|outlook for (?:ios|android).{0,10}(?:다운로드|を入手)|",
        r"(?:sent|this e?-?mail was sent) (?:via|using|with|from|by) (?:the )?(?:my )?(?:(?:verizon|at&t|t-mobile|sprint|bell|telus|rogers|vodafone)\b.{0,40})?",
        r"(?:samsung|galaxy|blackberry|iphone|ipad|ipod|ios|android|windows (?:phone|mail|10)|mail for windows|outlook|yahoo|proton|gmail|aol|hotmail|",
        r"mailbird|spark|airmail|superhuman|front|hey|fastmail|zoho|nine|k-9|k9|thunderbird|bluemail|edison|aqua ?mail|xiaomi|huawei|honor|oppo|",
        r"vivo|oneplus|pixel|nokia|htc|lg|motorola|moto|sony|xperia|nexus|kindle|surface|macbook|imac|mac\b|apple watch|vision pro|tutanota|tuta\b|",
        r"mailspring|polymail|canary|mobile|myMail|polarismail|zimbra|typeapp|mail\.ru|yandex|gmx|web\.de|1&1|ionos|t-online|telekom|orange|sfr|free|la poste|libero|tim|virgilio|wp\b|onet|o2|interia|seznam|posteo|roundcube|rainloop|postbox|emclient|em client|mailmaster|foxmail|qq|网易|my (?:phone|mobile|tablet|cell|smartphone|handheld|wireless|handy|droid|verizon|t-mobile|sprint|at&t|samsung|galaxy|xiaomi|redmi|huawei|lg|htc|sony|nokia|oneplus|pixel))\b.*$|",
        r"diese (?:nachricht|e-?mail|mail) wurde (?:von|mit|über) (?:meine[mr]|einem|dem) .{0,60}(?:gesendet|verschickt|versendet|geschickt)|",
        r"gesendet (?:mit|von|über|via|aus|durch|vom) (?:der |dem |meine[mr] |einem )?(?:iphone|ipad|blackberry|samsung|outlook|yahoo|gmx|web\.de|telekom|t-online|android|proton|mail|mobil|handy|smartphone|galaxy|huawei|windows|bluemail|apple|freenet|arcor|1&1|ionos|nokia|xperia|htc|unterwegs|spark|meinem|tutanota|posteo|mozilla|thunderbird|mailbox|k-9|aqua)\b?.*$|",
        r"von (?:meine[mr]|unterwegs|einem?) .{0,50}\b(?:gesendet|geschickt|verschickt|versendet)\b.*$|von unterwegs gesendet|",
        r"(?:envoyé|expédié|transmis|écrit|posté) (?:de(?:puis)?|à partir de|par|avec|via|d')\s?(?:mon |ma |un |une |la |le |l[’']|notre )?(?:iphone|ipad|ipod|mobile|téléphone|portable|smartphone|tablette|appareil|samsung|galaxy|blackberry|outlook|yahoo|courrier|messagerie|application|orange|sfr|android|windows|proton|gmail|huawei|xiaomi|bluemail|mail|mac|bouygues|free|poste|terminal|ordi|aol|htc|nokia|sony|wiko|honor|hotmail|thunderbird)\b.*$|",
        r"(?:enviado|enviada|remitido|escrito|mandado) (?:desde|de|do|da|con|a través de|por|pelo|pela|via|vía|com o|com|el desde|usando)\s?(?:mi|meu|minha|un|uma?|una|el|la|o|a|mi dispositivo)?\s?(?:iphone|ipad|ipod|móvil|movil|celular|teléfono|telefono|telefone|telemóvel|smartphone|tablet|tableta|dispositivo|samsung|galaxy|blackberry|outlook|yahoo|correo|e-?mail|android|windows|proton|gmail|huawei|xiaomi|bluemail|mac|aplicaci[oó]n|app|smart|moto|motorola|nokia|sony|lg|aol|hotmail|uol|bol|terra|zimbra|vodafone|movistar|orange)\b.*$|",
        r"(?:inviato|mandato|spedito|scritto) (?:da(?:l(?:la?)?|l[’'])?|con|tramite|via)\s?(?:mio |mia |il |un |una |l[’']|la )?(?:iphone|ipad|ipod|cellulare|telefono|smartphone|tablet|dispositivo|samsung|galaxy|blackberry|outlook|yahoo|posta|libero|tiscali|tim|android|windows|proton|gmail|huawei|xiaomi|bluemail|mac|app|virgilio|email|mail|aol|hotmail|vodafone|wind|nokia|sony|honor|oppo)\b.*$|",
        r"(?:verzonden|verstuurd|gestuurd) (?:vanaf|met|vanuit|via|van|door|uit) (?:mijn |een |de |het )?\S.*$|",
        r"(?:skickat|sänt|skickades) (?:från|med|via) (?:min |mitt |en |ett )?\S.*$|(?:sendt|skrevet) (?:fra|med|via|med min) (?:min |mitt |mit |en |et )?\S.*$|från min (?:iphone|ipad|mobil|telefon).*$|",
        r"(?:wysłan[eoay]|wysłano|wyslane|wysłana) (?:z|ze|za pomocą|przez|przy użyciu|poprzez|od) \S.*$|",
        r"(?:lähetetty|lähetin) \S.*$|lähetetty \S+sta(?:ni)?\b.*$|(?:ipho\w+|puhelim\w+|matkapuhelim\w+|samsung\w*|ipadi\w+) lähetetty.*$|",
        r"(?:отправлено|отправлен|отослано|послано|написано) (?:с|со|из|через|от|при помощи|с помощью) \S.*$|(?:надіслано|відправлено|надісланий|відіслано) (?:з|із|зі|через|від|за допомогою) \S.*$|",
        r"(?:изпратено|изпратен) (?:от|с|чрез) \S.*$|(?:odesláno|odeslané|posláno|poslané) (?:z|ze|pomocí|přes|v|ve) \S.*$|(?:odoslané|odoslaný|poslané) (?:z|zo|pomocou|cez) \S.*$|",
        r"(?:elküldve|küldve|elküldte)\b.*$|(?:az? )?\S{0,20}\s?(?:iphone|ipad|telefon|mobil|készülék|android|samsung)\S*\s?(?:küldve|elküldve|küldtem).*$|",
        r"(?:trimis|expediat) (?:de pe|de la|din|cu|prin|folosind) \S.*$|(?:poslano|послато|poslato|poslano) (?:iz|s|sa|z|са|с|putem|preko|mog) \S.*$|",
        r"\S{0,30}\s?(?:iphone|ipad|telefon|cihaz|android|samsung|galaxy|posta|outlook)\S{0,12}\s?(?:gönderildi|gönderilmiştir).*$|",
        r"(?:στάλθηκε|εστάλη|αποστολή) (?:από|με|μέσω) \S.*$|(?:saadetud|saatsin) \S.*$|išsiųsta iš \S.*$|nosūtīts no \S.*$|(?:enviat|enviada) (?:des|del?) \S.*$|",
        r"(?:dikirim|terkirim) (?:dari|melalui|menggunakan) \S.*$|(?:đã )?gửi từ \S.*$|được gửi từ \S.*$|ส่งจาก.{1,60}$|",
        r"(?:发自|發自|从|從|来自|來自|由|通过|透過|使用).{0,40}(?:iphone|ipad|手机|手機|邮箱|郵箱|信箱|mail|outlook|android|华为|小米|三星|samsung|客户端|qq|网易|設備|设备|傳送|发送|發送|寄出)\S{0,20}.*$|发自.{1,40}$|發自.{1,40}$|",
        r".{0,30}(?:iphone|ipad|android|スマートフォン|スマホ|携帯|outlook|端末|xperia|galaxy|windows)\S{0,10}から送信.*$|.{0,30}から送信(?:されました|しました)?$|",
        r".{0,20}(?:나의|내)?\s?(?:iphone|ipad|갤럭시|galaxy|삼성|android|휴대폰|스마트폰|아이폰|모바일|outlook|앱|네이버).{0,10}(?:에서|로|으로) (?:보냄|보낸 메일|전송|보냈습니다|발송).*$|",
        r"נשלח מ.{1,40}$|נשלח באמצעות.{1,40}$|.{0,10}أُ?رسلت? من .{1,40}$|تم الإرسال من .{1,40}$|أُرسِلت? من .{1,40}$|",
        r"typed (?:on|with|from) (?:a |my )?(?:\S+ )?(?:phone|iphone|keyboard|mobile|tiny).*$|sent on the (?:go|move|run)\b.*$|sent while (?:on the (?:go|move)|mobile)\b.*$|",
        r"envoyé par un outil de messagerie.*$|mobile(?:e?mail)? (?:sent|message)\.?$|(?:please )?(?:excuse|forgive|pardon) (?:the |any |my )?(?:brevity|typos|spelling|terseness).*$",
        r")",
    ))
});

/// `Sent from my …`: only when the rest names a thing, for people also write `Sent from my desk, which …`.
static SENT_FROM_MY: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)^[\s*_>\-–—(\[]*sent (?:from|via|using|with|by|on) (?:my |the |an? )?(?P<thing>[^,;:!?]{1,70}?)[\s.)\]*_]*$",
    )
});

/// Words that make `Sent from …` a sentence.
const PROSE: [&str; 16] = [
    "is", "are", "was", "were", "which", "that", "because", "so", "please", "and", "but", "it",
    "desk", "office", "kitchen", "home",
];

/// Cuts advertisements among the last lines of a run.
pub(super) fn cut(run: &mut Vec<&str>) {
    let found: Vec<usize> = tail(run, LINES)
        .filter(|(_, line)| is_device(line))
        .map(|(at, _)| at)
        .collect();
    for at in found {
        run.remove(at);
    }
}

/// Whether a line is such an advertisement.
pub(super) fn is_device(line: &str) -> bool {
    if line.len() > MAX {
        return false;
    }
    let line = without_links(line);
    if ALWAYS.is_match(&line) {
        return !is_sentence(&line);
    }
    SENT_FROM_MY.captures(&line).is_some_and(|found| {
        let thing = found.name("thing").map_or("", |thing| thing.as_str());
        let mut words = thing.split_whitespace();
        words.clone().count() <= 5
            && !words.any(|word| PROSE.contains(&word.to_lowercase().as_str()))
    })
}

/// A line without the targets of its links: `[Outlook](https://…)`, `Mail<https://…>`.
fn without_links(line: &str) -> Cow<'_, str> {
    if !line.contains("://") {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len());
    let mut is_target = false;
    for (at, c) in line.char_indices() {
        let opens = matches!(c, '<' | '(')
            && line
                .get(at + 1..)
                .is_some_and(|rest| rest.starts_with("http"));
        is_target |= opens;
        if !is_target && !matches!(c, '[' | ']') {
            out.push(c);
        }
        is_target &= !matches!(c, '>' | ')');
    }
    Cow::Owned(out)
}

/// More than one sentence, or one that goes on behind a comma, is somebody talking.
fn is_sentence(line: &str) -> bool {
    let talk = line
        .split_once(", ")
        .map_or(0, |(_, rest)| rest.split_whitespace().count());
    let is_long = line.split_whitespace().count() > 14;
    let asks = line.trim_end().ends_with('?') || line.contains(": ") && !line.contains(" : ");
    (talk > 3 && !line.to_lowercase().contains("powered by")) && !line.contains("http")
        || asks
        || is_long
}
