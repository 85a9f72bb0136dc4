//! What clients write in their languages, as answers carry it.

use crate::domain::mail::{parse, visible};

const OWN: &str = "Make it blue.\nAnd bold.";

fn own(body: &str) -> String {
    let raw = format!(
        "From: Amelia Smith <a@b.c>\nSubject: Re: x\nIn-Reply-To: <1@x>\nContent-Type: text/plain; charset=utf-8\n\n{body}"
    );
    visible(&parse(raw.as_bytes()).unwrap()).text
}

fn check(quotes: &[&str]) {
    let failures: Vec<String> = quotes
        .iter()
        .flat_map(|quote| {
            [
                format!("{OWN}\n\n{quote}\n> old\n> older"),
                format!("{OWN}\n\n{quote}\n\n> old\n>\n> older\n"),
                format!("{OWN}\n\n{quote}\n\nold and unmarked\n\nolder"),
                format!("{OWN}\n{quote}\n\nold and unmarked"),
            ]
        })
        .filter(|body| own(body) != OWN)
        .map(|body| format!("{body}\n=> {}", own(&body)))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn b7_attributions_of_gmail() {
    check(&[
        "On Fri, Nov 20, 2026 at 2:27 PM Hermes <edit@h.example> wrote:",
        "On Fri, Nov 20, 2026 at 2:27\u{202f}PM Hermes <edit@h.example> wrote:",
        "On Fri, 20 Nov 2026 at 14:27, Hermes <edit@h.example> wrote:",
        "On Fri, 20 Nov 2026, 14:27 Hermes, <edit@h.example> wrote:",
        "2026-11-20 14:27 GMT+01:00 Hermes <edit@h.example>:",
        "2026-11-20 14:27 GMT+01:00 Hermes of the long name <\nedit@h.example>:",
        "Am Fr., 20. Nov. 2026 um 14:27 Uhr schrieb Hermes <edit@h.example>:",
        "Hermes <edit@h.example> schrieb am Fr., 20. Nov. 2026, 14:27:",
        "Le ven. 20 nov. 2026 à 14:27, Hermes <edit@h.example> a écrit :",
        "Le ven. 20 nov. 2026 à 14:27, Hermes <edit@h.example> a\nécrit :",
        "El vie, 20 nov 2026 a las 14:27, Hermes (<edit@h.example>) escribió:",
        "El vie., 20 nov. 2026 14:27, Hermes <edit@h.example> escribió:",
        "Il giorno ven 20 nov 2026 alle ore 14:27 Hermes <edit@h.example> ha\nscritto:",
        "Op vr 20 nov. 2026 om 14:27 schreef Hermes <edit@h.example>:",
        "pt., 20 lis 2026 o 14:27 Hermes <edit@h.example> napisał(a):",
        "W dniu pt., 20.11.2026 o 14:27 Hermes <edit@h.example> napisał(a):",
        "Em sex., 20 de nov. de 2026 às 14:27, Hermes <edit@h.example>\nescreveu:",
        "Den fre 20 nov. 2026 kl 14:27 skrev Hermes <edit@h.example>:",
        "fre. 20. nov. 2026 kl. 14:27 skrev Hermes <edit@h.example>:",
        "Den fre. 20. nov. 2026 kl. 14.27 skrev Hermes <edit@h.example>:",
        "pe 20. marrask. 2026 klo 14.27 Hermes (edit@h.example) kirjoitti:",
        "пт, 20 нояб. 2026 г. в 14:27, Hermes <edit@h.example>:",
        "пт, 20 лист. 2026 р. о 14:27 Hermes <edit@h.example> пише:",
        "pá 20. 11. 2026 v 14:27 odesílatel Hermes <edit@h.example> napsal:",
        "pi 20. 11. 2026 o 14:27 Hermes <edit@h.example> napísal(a):",
        "Hermes <edit@h.example> ezt írta (időpont: 2026. nov. 20., P, 14:27):",
        "vin., 20 nov. 2026 la 14:27, Hermes <edit@h.example> a scris:",
        "Hermes <edit@h.example>, 20 Kas 2026 Cum, 14:27 tarihinde şunu yazdı:",
        "Στις Παρ 20 Νοε 2026 στις 2:27 μ.μ., ο χρήστης Hermes <edit@h.example> έγραψε:",
        "На пт, 20.11.2026 г. в 14:27 Hermes <edit@h.example> написа:",
        "pet, 20. stu 2026. u 14:27 Hermes <edit@h.example> napisao je:",
        "V V pet., 20. nov. 2026 ob 14:27 je oseba Hermes <edit@h.example> napisala:",
        "2026年11月20日(金) 14:27 Hermes <edit@h.example>:",
        "2026年11月20日周五 14:27 Hermes <edit@h.example> 写道：",
        "Hermes <edit@h.example> 于2026年11月20日周五 14:27写道：",
        "Hermes <edit@h.example> 於 2026年11月20日 週五 下午2:27寫道：",
        "2026년 11월 20일 (금) 오후 2:27, Hermes <edit@h.example>님이 작성:",
        "\u{202b}בתאריך יום ו׳, 20 בנוב׳ 2026 ב-14:27 מאת \u{202a}Hermes\u{202c}\u{200f} <\u{202a}edit@h.example\u{202c}\u{200f}>:\u{202c}",
        "في الجمعة، 20 نوفمبر 2026 في 2:27 م تمت كتابة ما يلي بواسطة Hermes <edit@h.example>:",
        "Pada tanggal Jum, 20 Nov 2026 pukul 14.27 Hermes <edit@h.example> menulis:",
        "Vào Th 6, 20 thg 11, 2026 vào lúc 14:27 Hermes <edit@h.example> đã viết:",
        "ในวันที่ ศ. 20 พ.ย. 2026 เวลา 14:27 Hermes <edit@h.example> เขียนว่า:",
        "El dv., 20 de nov. 2026, 14:27, Hermes <edit@h.example> va escriure:",
    ]);
}

#[test]
fn b7_attributions_of_apple_mail() {
    check(&[
        "On Nov 20, 2026, at 2:27 PM, Hermes <edit@h.example> wrote:",
        "On 20 Nov 2026, at 14:27, Hermes wrote:",
        "On Nov 20, 2026, at 14:27, Hermes <edit@h.example>\nwrote:",
        "Am 20.11.2026 um 14:27 schrieb Hermes <edit@h.example>:",
        "Am 20. November 2026 14:27:33 MEZ schrieb Hermes <edit@h.example>:",
        "Le 20 nov. 2026 à 14:27, Hermes <edit@h.example> a écrit :",
        "El 20 nov 2026, a las 14:27, Hermes <edit@h.example> escribió:",
        "Il giorno 20 nov 2026, alle ore 14:27, Hermes <edit@h.example> ha scritto:",
        "Op 20 nov. 2026 om 14:27 heeft Hermes <edit@h.example> het volgende geschreven:",
        "Wiadomość napisana przez Hermes <edit@h.example> w dniu 20 lis 2026, o godz. 14:27:",
        "Em 20 de nov. de 2026, à(s) 14:27, Hermes <edit@h.example> escreveu:",
        "20 nov. 2026 kl. 14:27 skrev Hermes <edit@h.example>:",
        "Den 20. nov. 2026 kl. 14.27 skrev Hermes <edit@h.example>:",
        "Hermes <edit@h.example> kirjoitti 20.11.2026 kello 14.27:",
        "20 нояб. 2026 г., в 14:27, Hermes <edit@h.example> написал(а):",
        "20 лист. 2026 р. о 14:27 Hermes <edit@h.example> пише:",
        "20. 11. 2026 v 14:27, Hermes <edit@h.example>:",
        "2026. nov. 20. dátummal, 14:27 időpontban Hermes <edit@h.example> írta:",
        "Pe 20 nov. 2026, la 14:27, Hermes <edit@h.example> a scris:",
        "Hermes <edit@h.example> şunları yazdı (20 Kas 2026 14:27):",
        "20 Νοε 2026, 14:27, ο χρήστης «Hermes <edit@h.example>» έγραψε:",
        "2026/11/20 14:27、Hermes <edit@h.example>のメール:",
        "2026年11月20日 14:27，Hermes <edit@h.example> 写道：",
        "Hermes <edit@h.example> 於 2026年11月20日 下午2:27 寫道：",
        "2026. 11. 20. 오후 2:27, Hermes <edit@h.example> 작성:",
    ]);
}

#[test]
fn b7_attributions_of_other_clients() {
    check(&[
        "On 20/11/2026 14:27, Hermes wrote:",
        "On 2026-11-20 14:27, Hermes wrote:",
        "On 11/20/26 2:27 PM, Hermes wrote:",
        "Am 20.11.26 um 14:27 schrieb Hermes:",
        "Le 20/11/2026 à 14:27, Hermes a écrit :",
        "El 20/11/26 a las 14:27, Hermes escribió:",
        "Il 20/11/2026 14:27, Hermes ha scritto:",
        "Op 20-11-2026 om 14:27 schreef Hermes:",
        "W dniu 20.11.2026 o 14:27, Hermes pisze:",
        "Em 20/11/2026 14:27, Hermes escreveu:",
        "Den 2026-11-20 kl. 14:27, skrev Hermes:",
        "Den 20.11.2026 14.27, skrev Hermes:",
        "Hermes kirjoitti 20.11.2026 klo 14.27:",
        "20.11.2026 14:27, Hermes пишет:",
        "20.11.2026 14:27, Hermes написав(-ла):",
        "Dne 20.11.2026 v 14:27 Hermes napsal(a):",
        "Dňa 20. 11. 2026 o 14:27 Hermes napísal(a):",
        "2026. 11. 20. 14:27 keltezéssel, Hermes írta:",
        "Pe 20.11.2026 14:27, Hermes a scris:",
        "20.11.2026 14:27 tarihinde Hermes yazdı:",
        "Στις 20/11/2026 14:27, ο/η Hermes έγραψε:",
        "On 2026/11/20 14:27, Hermes wrote:",
        "在 2026/11/20 14:27, Hermes 写道:",
        "於 2026/11/20 下午 02:27, Hermes 寫道:",
        "On Friday, November 20, 2026, 02:27:15 PM GMT+1, Hermes <edit@h.example> wrote:",
        "On Friday, November 20, 2026 at 02:27:15 PM GMT+1, Hermes <edit@h.example> wrote:",
        "On Friday, November 20th, 2026 at 2:27 PM, Hermes <edit@h.example> wrote:",
        "Hermes <edit@h.example> wrote on 20/11/2026 14:27:33:",
        "On Fri, Nov 20, 2026, at 14:27, Hermes wrote:",
        "El viernes, 20 de noviembre de 2026 14:27:15 CET, Hermes <edit@h.example> escribió:",
        "Am Freitag, 20. November 2026, 14:27:15 MEZ hat Hermes <edit@h.example> Folgendes geschrieben:",
        "Le vendredi 20 novembre 2026 à 14:27:15 UTC+1, Hermes <edit@h.example> a écrit :",
        "Il venerdì 20 novembre 2026 alle ore 14:27:15 CET, Hermes <edit@h.example> ha scritto:",
        "20.11.2026, 14:27, \"Hermes\" <edit@h.example>:",
        "Пятница, 20 ноября 2026, 14:27 +03:00 от Hermes <edit@h.example>:",
        "At 2026-11-20 14:27:15, \"Hermes\" <edit@h.example> wrote:",
        "在 2026-11-20 14:27:15，\"Hermes\" <edit@h.example> 写道：",
        "---- On Fri, 20 Nov 2026 14:27:15 +0100 Hermes <edit@h.example> wrote ----",
        "---- Le ven., 20 nov. 2026 14:27:15 +0100, Hermes <edit@h.example> a écrit ----",
        "*On Fri, 20 Nov 2026 at 14:27, Hermes <edit@h.example> wrote:*",
        "Hermes wrote on 20.11.2026 14:27:",
        "Hermes schrieb am 20.11.2026 um 14:27:",
        "Hermes <edit@h.example> wrote:",
        "2026/11/20 Hermes <edit@h.example>",
        "On Tuesday, November 20, 2026, Hermes wrote:",
        "Quoting Hermes <edit@h.example>:",
        "Zitat von Hermes <edit@h.example>:",
        "Hermes via Website <edit@h.example> hat am 20.11.2026 14:27 geschrieben:",
    ]);
}

#[test]
fn b7_header_blocks_of_outlook() {
    let blocks: Vec<String> = [
        ("From", "Sent", "To", "Subject"),
        ("From", "Date", "To", "Subject"),
        ("Von", "Gesendet", "An", "Betreff"),
        ("Von", "Datum", "An", "Betreff"),
        ("De ", "Envoyé ", "À ", "Objet "),
        ("De", "Enviado el", "Para", "Asunto"),
        ("De", "Enviado", "Para", "Asunto"),
        ("De", "Enviada em", "Para", "Assunto"),
        ("Da", "Inviato", "A", "Oggetto"),
        ("Van", "Verzonden", "Aan", "Onderwerp"),
        ("Od", "Wysłano", "Do", "Temat"),
        ("Från", "Skickat", "Till", "Ämne"),
        ("Fra", "Sendt", "Til", "Emne"),
        ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
        ("От", "Отправлено", "Кому", "Тема"),
        ("Від", "Надіслано", "Кому", "Тема"),
        ("Od", "Odesláno", "Komu", "Předmět"),
        ("Od", "Odoslané", "Komu", "Predmet"),
        ("Feladó", "Elküldve", "Címzett", "Tárgy"),
        ("De la", "Trimis", "Către", "Subiect"),
        ("Kimden", "Gönderildi", "Kime", "Konu"),
        ("Από", "Στάλθηκε", "Προς", "Θέμα"),
        ("差出人", "送信日時", "宛先", "件名"),
        ("发件人", "发送时间", "收件人", "主题"),
        ("寄件者", "寄件日期", "收件者", "主旨"),
        ("보낸 사람", "보낸 날짜", "받는 사람", "제목"),
        ("מאת", "נשלח", "אל", "נושא"),
        ("من", "تاريخ الإرسال", "إلى", "الموضوع"),
    ]
    .iter()
    .flat_map(|(from, sent, to, subject)| {
        let lines = [
            format!("{from}: Hermes <edit@h.example>"),
            format!("{sent}: 20.11.2026 14:27"),
            format!("{to}: Amelia <a@b.c>"),
            format!("{subject}: RE: x"),
        ];
        let bold = lines
            .iter()
            .map(|line| format!("*{}", line.replacen(':', ":*", 1)));
        let bold = bold.collect::<Vec<_>>().join("\n");
        let plain = lines.join("\n");
        [
            plain.clone(),
            bold,
            format!("________________________________\n{plain}"),
            format!("-----Any Words Here-----\n{plain}"),
            lines.join("\n\n"),
            plain.replace("<a@b.c>", "<a@b.c>; Someone Else\n <c@d.e>; Third <e@f.g>"),
        ]
    })
    .collect();
    check(&blocks.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn b7_separators() {
    check(&[
        "-----Original Message-----",
        "-----Ursprüngliche Nachricht-----\nVon: Hermes",
        "----- Message d'origine -----",
        "------ Original Message ------\nFrom: Hermes",
        "------- Original Message -------\nOn Friday, November 20th, 2026 at 2:27 PM, Hermes <edit@h.example> wrote:",
        "-------- Original message --------\nFrom: Hermes <edit@h.example>\nDate: 20/11/2026 14:27 (GMT+01:00)",
        "-----Mensaje original-----",
        "-----Messaggio originale-----",
        "-----Oorspronkelijk bericht-----",
        "-----Mensagem original-----",
        "-----Wiadomość oryginalna-----",
        "-----Ursprungligt meddelande-----",
        "-----Oprindelig meddelelse-----",
        "-----Opprinnelig melding-----",
        "-----Alkuperäinen viesti-----",
        "-----Исходное сообщение-----",
        "-----Původní zpráva-----",
        "-----Eredeti üzenet-----",
        "-----Mesaj original-----",
        "-----Orijinal Mesaj-----",
        "-----元のメッセージ-----",
        "-----원본 메시지-----",
        "------------------ 原始邮件 ------------------",
        "------------------ Original ------------------\nFrom: \"Hermes\"<edit@h.example>;\nDate: Fri, Nov 20, 2026",
        "Original Message\nFrom: Hermes <edit@h.example>\nSent: Friday\nSubject: x",
        "-------- Original message --------From: Hermes <website@h.example> Date: 02/11/2026",
        "----- Reply message -----\nFrom: \"Hermes\" <edit@h.example>",
        "##- Please type your reply above this line -##",
        "-- Please reply above this line --",
        "--- write ABOVE THIS LINE to post a reply ---",
        "Reply above this line",
        "______ Bitte antworten Sie oberhalb dieser Zeile ______",
    ]);
}
