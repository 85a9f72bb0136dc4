use crate::domain::mail::{parse, visible};

fn own(body: &str) -> String {
    let raw = format!(
        "From: Amelia Smith <a@b.c>\nSubject: Re: x\nIn-Reply-To: <1@x>\nContent-Type: text/plain; charset=utf-8\n\n{body}"
    );
    visible(&parse(raw.as_bytes()).unwrap()).text
}

const QUOTE: &str = "On Fri, 20 Nov 2026 at 14:27, Hermes <edit@h.example> wrote:\n> old";

fn check(expected: &str, tails: &[&str]) {
    let failures: Vec<String> = tails
        .iter()
        .flat_map(|tail| {
            [
                format!("{expected}\n\n{tail}"),
                format!("{expected}\n\n{tail}\n\n{QUOTE}"),
                format!("{expected}\n\n\n{tail}\n\n-----Original Message-----\nold"),
            ]
        })
        .filter(|body| own(body) != expected)
        .map(|body| format!("{body}\n=> {}", own(&body)))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

const DEVICES: &[&str] = &[
    "Sent from my iPhone",
    "Sent from my iPad Pro",
    "> Sent from my iPhone",
    "Sent from my Samsung Galaxy smartphone.",
    "Sent from my Verizon, Samsung Galaxy smartphone",
    "Sent from my BlackBerry 10 smartphone on the Bell network.",
    "Sent via BlackBerry from T-Mobile",
    "Sent from my T-Mobile 5G Device",
    "Sent from my Galaxy",
    "Sent from Yahoo Mail on Android",
    "Sent from Yahoo Mail for iPhone",
    "Sent from Yahoo Mail for iPhone<https://more.att.com/currently/imap>",
    "Sent from AOL on Android",
    "Sent from Mail for Windows 10",
    "Sent from Mail<https://go.microsoft.com/fwlink/?LinkId=550986> for Windows",
    "Sent from Outlook for iOS<https://aka.ms/o0ukef>",
    "Sent from Outlook",
    "Sent from Proton Mail for iOS",
    "Sent from Proton Mail mobile",
    "Sent with Proton Mail secure email.",
    "Sent with [ProtonMail](https://protonmail.com) Secure Email.",
    "Sent via Superhuman",
    "Sent with Spark",
    "Sent from Gmail Mobile",
    "Sent from my Windows Phone",
    "Sent from my mobile device",
    "Sent from my phone, please excuse brevity",
    "Sent from my phone. Please excuse typos.",
    "Sent on the go",
    "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "Get Outlook for Android",
    "Get [Outlook for iOS](https://aka.ms/o0ukef)",
    "Get BlueMail for Android",
    "Von meinem iPhone gesendet",
    "Von meinem Samsung Galaxy Smartphone gesendet.",
    "Gesendet von meinem iPad",
    "Gesendet mit der GMX Mail App",
    "Gesendet von Mail für Windows",
    "Gesendet von Outlook für iOS<https://aka.ms/o0ukef>",
    "Holen Sie sich Outlook für iOS<https://aka.ms/o0ukef>",
    "Diese Nachricht wurde von meinem Android-Mobiltelefon mit WEB.DE Mail gesendet.",
    "Envoyé de mon iPhone",
    "Envoyé depuis mon téléphone Orange",
    "Envoyé depuis l'application Mail Orange",
    "Envoyé à partir de Outlook pour Android",
    "Télécharger Outlook pour iOS<https://aka.ms/o0ukef>",
    "Provenance : Courrier pour Windows",
    "Enviado desde mi iPhone",
    "Enviado desde mi dispositivo móvil",
    "Enviado desde Correo para Windows",
    "Obtener Outlook para Android<https://aka.ms/x>",
    "Enviado do meu iPhone",
    "Enviado de meu smartphone Samsung Galaxy.",
    "Obter o Outlook para iOS",
    "Inviato da iPhone",
    "Inviato dal mio iPad",
    "Inviato da Posta per Windows",
    "Inviato da Libero Mail",
    "Ottieni Outlook per iOS",
    "Verstuurd vanaf mijn iPhone",
    "Verzonden vanaf mijn Samsung Galaxy-smartphone.",
    "Verzonden met Outlook voor Android",
    "Outlook voor iOS downloaden",
    "Wysłane z iPhone'a",
    "Wysłane z telefonu Samsung Galaxy",
    "Wysłano z aplikacji mobilnej WP Poczta",
    "Pobierz aplikację Outlook dla systemu iOS",
    "Skickat från min iPhone",
    "Skaffa Outlook för iOS",
    "Sendt fra min iPhone",
    "Sendt fra min iPad",
    "Hent Outlook til iOS",
    "Lähetetty iPhonesta",
    "Lähetetty Samsung Galaxy -älypuhelimesta",
    "Отправлено с iPhone",
    "Отправлено из мобильной Почты Mail.ru",
    "Отправлено из Яндекс Почты для iPhone",
    "Надіслано з iPhone",
    "Odesláno z iPhonu",
    "Odoslané z iPhonu",
    "iPhone-ról küldve",
    "Az iPhone-omról küldve",
    "Trimis de pe iPhone-ul meu",
    "iPhone'umdan gönderildi",
    "Στάλθηκε από το iPhone μου",
    "Изпратено от моя iPhone",
    "Poslano s mog iPhonea",
    "发自我的 iPhone",
    "发自我的iPhone",
    "從我的 iPhone 傳送",
    "iPhoneから送信",
    "나의 iPhone에서 보냄",
    "נשלח מה-iPhone שלי",
    "أُرسلت من الـ iPhone",
    "Dikirim dari iPhone saya",
    "Đã gửi từ iPhone của tôi",
    "ส่งจาก iPhone ของฉัน",
];

#[test]
fn b8_devices_and_clients_sign() {
    check("Make it blue.", DEVICES);
}

#[test]
fn b8_signatures_behind_delimiters() {
    check(
        "Make it blue.\n\nThanks,\nAmelia",
        &[
            "-- \nAmelia Smith\nBakery",
            "--\nAmelia Smith",
            "--\n\n*Amelia Smith*\nBakery | +44 20 7946 0000\nwww.bakery.example",
            "—\nAmelia",
            "---\nJoe Miller\nAnother Name Ltd",
            "_______________\nAmelia Smith\nBakery Ltd.",
            "-----------------\nAmelia Smith\nTel: +44 20 7946 0000",
            "=====================\nAmelia Smith\namelia@bakery.example",
            "**********\nBakery Ltd.\nTel. 020 7946 0000\nwww.bakery.example",
            "-- \nAmelia\n\n-- \nYou received this message because you are subscribed to the Google Groups \"Site\" group.\nTo unsubscribe from this group, send an email to x@y.z.",
        ],
    );
}

#[test]
fn b8_contact_data_below_the_typed_name() {
    for greeting in [
        "Thanks,\nAmelia",
        "Mit freundlichen Grüßen\n\nAmelia Smith",
        "Cordialement,\nAmelia Smith",
    ] {
        check(
            &format!("Make it blue.\n\n{greeting}"),
            &[
                "Head of Bread\nBakery Ltd.\nTel: +44 20 7946 0000\nwww.bakery.example",
                "Bakery Ltd. | 1 High Street | London\nT: 020 7946 0000 | M: 07700 900000\namelia@bakery.example<mailto:amelia@bakery.example>\n[cid:image001.png@01DB1234.ABCD]",
                "Phone: 555-0100 ext. 7\nFax: (555) 555-0101",
            ],
        );
    }
}

#[test]
fn b8_contact_data_that_the_page_shall_show_stays() {
    for body in [
        "Please put our data on the contact page:\n\nTel: 020 7946 0000\nEmail: info@bakery.example\nwww.bakery.example",
        "New phone: 020 7946 0000\n\nThanks,\nAmelia",
        "Change the number to\n+44 20 7946 0000",
        "Thanks,\nAmelia\n\nP.S. And please put Tel: 020 7946 0000 on the page!",
        "The page should say:\n\nAmelia Smith\nTel: 020 7946 0000",
        "Sent from my desk, which is easier than my phone.",
        "Sent from our kitchen: say this on the home page",
        "First part\n\n------\n\nSecond part",
        "Heading\n=======\nText",
        "Our cakes:\n\n---\nBlack Forest\nCheese Cake",
        "Please add this to the page:\n\nLegal notice\nBakery Ltd., London",
        "Add a new page.\n\nPrivacy notice: we store nothing at all.",
        "Change this.\n--\nMake the footer of the page a bit darker\n--\nAnd remove the clock.",
        "Thanks!\n\nNew hours:\n\nMon to Fri\nTel: 020 7946 0000",
        "Put the fair on the page.\n\nDate: 12 May\nFrom: 10:00\nTo: 12:00\nSubject: Bread",
        "Put the trip on the page.\n\nDate: 12 May\nFrom: Paris\nTo: London",
        "New hours.\n\n-----\nFrom: Monday\nTo: Friday",
        "On the page quote our mayor.\n\nOn 20 November 2026 the mayor wrote:\nI love this bread.",
        "Attention: the external form on our page is broken.\n\nPlease mend it.",
        "Change two lines.\n\nAs Peter wrote:\nbread is good",
        "Fr 20.11.2026, 14:00, write to anna@x.example for:\nbread baking",
        "Our mailing list\nsign up at the desk",
        "Add the slogan\n\nSave paper by ordering online",
        "Put in what Peter wrote:",
        "Menu\n\n- bread\n- cake\n\n---\n\nOpen daily",
        "Please write on the page:\n\nThis website uses cookies. Your data is confidential.",
        "Attention: the external link on the home page is broken.",
        "Get Outlook for everyone in the office? No: remove that sentence.",
    ] {
        assert_eq!(own(body), body);
        assert_eq!(own(&format!("{body}\n\n{QUOTE}")), body);
    }
}

#[test]
fn b8_notices_of_companies_scanners_and_lists() {
    check(
        "Make it blue.\n\nAmelia",
        &[
            "CONFIDENTIALITY NOTICE: This e-mail is for the sole use of the recipient.\n\nPlease delete it.",
            "This email and any files transmitted with it are confidential and intended solely for the use of\nthe individual or entity to whom they are addressed. If you have received this email in error\nplease notify the system manager.",
            "The information contained in this message may be privileged and confidential.",
            "Please consider the environment before printing this email.",
            "P Please consider the environment before printing this e-mail",
            "Disclaimer: this message is intended for the addressee only.",
            "Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. Wenn Sie nicht der richtige Adressat sind, informieren Sie bitte den Absender.",
            "Ce message et toutes les pièces jointes sont confidentiels et établis à l'intention exclusive de ses destinataires.",
            "Este mensaje y sus archivos adjuntos van dirigidos exclusivamente a su destinatario, pudiendo contener información confidencial.",
            "Questo messaggio e i suoi allegati sono riservati e destinati esclusivamente al destinatario.",
            "Dit bericht is vertrouwelijk en uitsluitend bestemd voor de geadresseerde.",
            "This email has been checked for viruses by Avast antivirus software.\nwww.avast.com",
            "Virus-free. www.avast.com",
            "________________________________\nThis e-mail message is confidential and may be privileged.",
            "_______________________________________________\nSite mailing list\nsite@lists.example.org\nhttps://lists.example.org/mailman/listinfo/site",
        ],
    );
}

#[test]
fn b8_banners_of_gateways() {
    for banner in [
        "[EXTERNAL]",
        "[EXTERNAL EMAIL]",
        "CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you recognize the sender and know the content is safe.",
        "CAUTION: This email originated from outside of the organization.\nDo not click links or open attachments unless you recognize the sender.",
        "***** EXTERNAL EMAIL *****",
        "ACHTUNG: Diese E-Mail stammt von einem externen Absender.",
        "You don't often get email from a@b.c. Learn why this is important<https://aka.ms/LearnAboutSenderIdentification>",
    ] {
        assert_eq!(
            own(&format!("{banner}\n\nMake it blue.\n\n{QUOTE}")),
            "Make it blue.",
            "{banner}"
        );
    }
}

/// What people ask for a page, and what looks like a quote or a signature in it.
const INSTRUCTIONS: &[&str] = &[
    "Please add this review:\n\nJane Doe wrote on 20 November 2026:\nThe bread is wonderful.",
    "Please change the footer to:\n\nBakery Ltd.\n1 High Street\nLondon\nTel: 020 7946 0000\ninfo@bakery.example\n\nThank you!",
    "Add an event:\n\nDate: 20 November 2026\nTime: 14:00\nTo: all friends\nSubject: bread",
    "Replace\n---\nold\n---\nwith\n---\nnew\n---",
    "```\n> quoted code\n--\nsql comment\n```",
    "| Day | Hours |\n|---|---|\n| Mon | 9-5 |\n\nPlease add this table.",
    "Section A\n=========\n\nText\n\nSection B\n=========\n\nMore text",
    "Bitte ergänzen:\n\nVon: Berlin\nAn: Hamburg\nDatum: 20.11.2026\n\nDanke",
    "* one\n* two\n\n***\n\n* three",
    "Thanks\n\nOne more thing: the number is 555-0100 now.\n\nBob",
    "Sent from the kitchen? Change it to: baked in the kitchen.",
    "We open on 20.11.2026 at 14:00. Write to info@x.example to book:\nbook a table",
    "Hi!\n\nFrom now on: closed on Monday.\nTo do: remove the clock.\nSubject line stays.",
    "The headline should be \"Original Message\" and nothing else.\n\nOriginal Message\n\nWelcome.",
    "Please send me the stats.\n\nBest,\nBob\n\nPS: Also change the phone to 555-0101.",
    "Am 20.11.2026 schreiben wir um 14:00 folgende Prüfung aus:\nBrot backen",
    "Le 20 novembre 2026 nous fermons. Merci d'écrire :\nFermé le 20",
    "Change this sentence:\nThis message is confidential and intended for our members only.\n\nto:\nMembers only.",
    "Remove the line \"Please reply above this line\".\nThanks",
    "1) Yes\n2) No\n3) On Monday, as Anna wrote: yes\n4) Fine",
    "Add the quote\n\n“Bread is life.”\n— Anna Baker\n\nbelow the picture.",
    "Kind regards is what the button should say.\n\nKind regards\n\nAnd make it red.",
    "Use this text:\n\n--\n\nWelcome to our bakery, where bread is made.\n\n--\n\nThank you",
    "Please write in Spanish: Enviado con amor desde nuestra cocina a tu mesa todos los días",
    "Date: should be bigger\nFrom: should be smaller\nTo: remove\nSubject: keep",
];

#[test]
fn b7_b8_instructions_that_look_like_mail_stay() {
    for body in INSTRUCTIONS {
        assert_eq!(own(body), *body);
        assert_eq!(own(&format!("{body}\n\n{QUOTE}")), *body);
        assert_eq!(
            own(&format!(
                "{body}\n\n-----Original Message-----\nFrom: Jim <j@e.com>\nSent: x\nTo: y\nSubject: z\n\nold"
            )),
            *body
        );
    }
}

#[test]
fn b8_a_signature_alone_above_a_quote_says_nothing() {
    assert_eq!(own(&format!("-- \nAmelia\nBakery\n\n{QUOTE}")), "");
    assert_eq!(own(&format!("--\nAmelia\n\n{QUOTE}")), "--\nAmelia");
}

#[test]
fn b8_signatures_above_inline_answers() {
    assert_eq!(
        own(&format!(
            "Hi,\nsee below.\n-- \nAmelia\n\n{QUOTE}\n> Which colour?\nBlue.\n> Which font?\nAny.\n-- \nAmelia"
        )),
        "Hi,\nsee below.\n\nBlue.\n\nAny."
    );
}
