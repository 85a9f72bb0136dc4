//! What old clients, lists, free mailers and relays write, as archives of twenty years carry it.

use crate::domain::mail::{parse, visible};

const OWN: &str = "Make it blue.\n\nAnd bold, please.";

fn own(body: &str) -> String {
    let raw = format!(
        "From: Amelia Smith <a@b.c>\nSubject: Re: x\nIn-Reply-To: <1@x>\nContent-Type: text/plain; charset=utf-8\n\n{body}"
    );
    visible(&parse(raw.as_bytes()).unwrap()).text
}

#[track_caller]
fn all(bodies: impl Iterator<Item = String>) {
    let failures: Vec<String> = bodies
        .filter(|body| own(body) != OWN)
        .map(|body| format!("{body}\n=> {}\n", own(&body)))
        .collect();
    assert!(
        failures.is_empty(),
        "{} fail\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

/// Heads above marked quotes, above unmarked ones, and answers below.
#[track_caller]
fn heads(heads: &[&str]) {
    all(heads.iter().flat_map(|head| {
        [
            format!("{OWN}\n\n{head}\n> old\n> older"),
            format!("{OWN}\n\n{head}\n\n> old\n>\n> older\n"),
            format!("{OWN}\n\n{head}\n\nold and unmarked\n\nolder"),
            format!("{OWN}\n\n{head}\nold and unmarked"),
            format!("{head}\n> old\n> older\n\n{OWN}\n"),
        ]
    }));
}

/// Heads that only a marked quote makes sure.
#[track_caller]
fn marked_heads(heads: &[&str]) {
    all(heads.iter().flat_map(|head| {
        [
            format!("{OWN}\n\n{head}\n> old\n> older"),
            format!("{OWN}\n\n{head}\n\n> old\n>\n> older\n"),
            format!("{head}\n> old\n> older\n\n{OWN}\n"),
            format!("{head}\n\n> old\n> older\n\n{OWN}\n"),
        ]
    }));
}

/// What stands below the sender's words, with and without a quote.
#[track_caller]
fn tails(tails: &[&str]) {
    all(tails.iter().flat_map(|tail| {
        let quote = "On Sat, 20 Nov 2010 14:27:41 +0100, Ann Lee <ann@lee.example> wrote:\n> old";
        [
            format!("{OWN}\n\n{tail}"),
            format!("{OWN}\n\n{tail}\n\n{quote}"),
            format!("{OWN}\n\n{quote}\n\n\n{tail}\n"),
            format!("{quote}\n\n{OWN}\n\n\n{tail}\n"),
        ]
    }));
}

/// All of it is the sender's.
#[track_caller]
fn kept(texts: &[&str]) {
    let failures: Vec<String> = texts
        .iter()
        .flat_map(|text| {
            let quote =
                "On Sat, 20 Nov 2010 14:27:41 +0100, Ann Lee <ann@lee.example> wrote:\n> old";
            [
                ((*text).to_owned(), *text),
                (format!("{text}\n\n{quote}"), *text),
                (format!("{quote}\n\n{text}"), *text),
            ]
        })
        .filter(|(body, text)| own(body).split_whitespace().ne(text.split_whitespace()))
        .map(|(body, _)| format!("{body}\n=> {}\n", own(&body)))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn b7_attributions_of_old_clients() {
    heads(&[
        "In a message dated 11/20/2010 2:27:41 P.M. Eastern Standard Time,  \nann@lee.example writes:",
        "In a message dated 11/20/98 2:27:41 PM, ann@lee.example writes:",
        "In a message dated 20/11/2003 14:27:41 GMT Standard Time, ann@lee.example writes:",
        "In einer eMail vom 20.11.2005 14:27:41 Westeuropäische Normalzeit schreibt \nann@lee.example:",
        "Dans un e-mail daté du 20/11/2005 14:27:41 Paris, Madrid, ann@lee.example a écrit :",
        "En un mensaje con fecha 20/11/2005 14:27:41 Hora estándar romance, ann@lee.example escribe:",
        "At 02:27 PM 11/20/2000, you wrote:",
        "At 14:27 20.11.2000 +0100, Ann Lee wrote:",
        "At 2:27 PM -0500 11/20/00, Ann Lee wrote:",
        "At 02:27 PM 11/20/2000 -0500, ann@lee.example wrote:",
        "on 11/20/00 2:27 PM, Ann Lee at ann@lee.example wrote:",
        "On 11/20/10 2:27 PM, \"Ann Lee\" <ann@lee.example> wrote:",
        "--- On Fri, 11/20/10, Ann Lee <ann@lee.example> wrote:",
        "--- El vie, 20/11/10, Ann Lee <ann@lee.example> escribió:",
        "--- En date de : Ven 20.11.10, Ann Lee <ann@lee.example> a écrit :",
        "--- Ann Lee <ann@lee.example> schrieb am Fr, 20.11.2010:",
        "--- Gio 20/11/10, Ann Lee <ann@lee.example> ha scritto:",
        "--- Em sex, 20/11/10, Ann Lee <ann@lee.example> escreveu:",
        "--- Ann Lee <ann@lee.example> wrote:",
        "--- In bakers@groups.example, \"Ann Lee\" <ann@...> wrote:",
        "Ann Lee/Sales/Lee@LEE wrote on 11/20/2010 02:27:41 PM:",
        "\"Ann Lee\" <ann@lee.example> wrote on 11/20/2010 02:27:41 PM:",
        "ann@lee.example wrote on 20.11.2010 14:27:41:",
        "Ann Lee <ann@lee.example> schrieb am 20.11.2010 14:27:41:",
        "Hello Amelia,\n\nSaturday, November 20, 2010, 2:27:41 PM, you wrote:".split_once("\n\n").unwrap().1,
        "Вы писали 20 ноября 2006 г., 14:27:41:",
        "Samstag, 20. November 2010, 14:27:41, schrieben Sie:",
        "On Sat, 20 Nov 2010, Ann Lee wrote:",
        "On Sat, Nov 20, 2010 at 02:27:41PM -0500, Ann Lee wrote:",
        "On Sat, Nov 20, 2010 at 02:27:41PM -0500, ann@lee.example wrote:",
        "Ann Lee <ann@lee.example> writes:",
        "ann@lee.example (Ann Lee) writes:",
        "In article <1998.abc@lee.example>, Ann Lee <ann@lee.example> wrote:",
        "In message <1998.abc@lee.example>, Ann Lee writes:",
        "In <1998.abc@lee.example> ann@lee.example (Ann Lee) writes:",
        "\"Ann Lee\" <ann@lee.example> wrote in message news:abc$1@news.example...",
        "Ann Lee <ann@lee.example> wrote in message\nnews:abc$1@news.example...",
        "\"Ann Lee\" <ann@lee.example> schrieb im Newsbeitrag\nnews:abc$1@news.example...",
        "\"Ann Lee\" <ann@lee.example> a écrit dans le message de news: abc$1@news.example...",
        "\"Ann Lee\" <ann@lee.example> ha scritto nel messaggio news:abc$1@news.example...",
        "* Ann Lee <ann@lee.example> [2010-11-20 14:27]:",
        "* Ann Lee (ann@lee.example) wrote:",
        "also sprach Ann Lee <ann@lee.example> [2010.11.20.1427 +0100]:",
        "Once upon a time, Ann Lee <ann@lee.example> said:",
        "Thus spake Ann Lee (ann@lee.example):",
        "Quoting Ann Lee <ann@lee.example>:",
        "Zitat von Ann Lee <ann@lee.example>:",
        "Citando Ann Lee <ann@lee.example>:",
        "ann@lee.example said:",
        "In your message of Tue, 03 Nov 1998 09:12:44 CST you wrote:",
        "In your message dated Tue, 03 Nov 1998 09:12:44 CST, you wrote:",
        "On the 20th of November 2010, Ann Lee wrote:",
        "Ann Lee <ann@lee.example> a écrit :",
        "Le 20/11/2010 14:27, Ann Lee a écrit :",
        "Op 20-11-2010 14:27, Ann Lee schreef:",
        "Am 20.11.2010 14:27, schrieb Ann Lee:",
        "Den 2010-11-20 14:27, Ann Lee skrev:",
        "2010/11/20 Ann Lee <ann@lee.example>",
        "2010/11/20 <ann@lee.example>",
        "20/11/2010 14:27 Ann Lee <ann@lee.example>",
        "20 Nov 2010 Ann Lee <ann@lee.example>",
        "Ann Lee <ann@lee.example> 20/11/10 14:27",
        "Ann Lee <ann@lee.example>, 20.11.2010 14:27",
        "\"Ann Lee\" <ann@lee.example> 11/20/2010 2:27 PM",
        "Ann Lee <ann@lee.example> on Saturday, November 20, 2010 at 2:27 PM wrote:",
        ">>> Ann Lee <ann@lee.example> 11/20/2010 2:27 PM >>>",
        ">>> \"Ann Lee\" <ann@lee.example> 11/20/10 2:27 PM >>>",
        ">>> Ann Lee 20.11.2010 14:27 >>>",
        ">>> ann@lee.example 11/20/00 02:27PM >>>",
        ">>> On 11/20/2010 at 2:27 PM, in message\n<4D1.A5@lee.example>, Ann Lee <ann@lee.example> wrote:".split_once('\n').unwrap().1,
        "On Sat, Nov 20, 2010 at 2:27 PM, Ann Lee\n\n<ann@lee.example> wrote:",
        "Ann Lee <ann@lee.example> 于 2010年11月20日 14:27 写道：",
        "---- On Sat, 20 Nov 2010 14:27:41 -0500 Ann Lee <ann@lee.example> wrote ----",
        "-----Ann Lee <ann@lee.example> wrote: -----",
        "----- Message from ann@lee.example ---------",
        "----- Message from Ann Lee <ann@lee.example> on Sat, 20 Nov 2010 14:27:41 -0500 -----",
    ]);
}

#[test]
fn b7_attributions_above_marked_quotes() {
    marked_heads(&[
        "Ann Lee said:",
        "> Message du 20/11/10 14:27\n> De : \"Ann Lee\" <ann@lee.example>\n> A : a@b.c\n> Copie à : \n> Objet : x",
        "Ann Lee says:",
        "Ann Lee tapasi <ann@lee.example>:",
        "Ann Lee <ann@lee.example> tapasi:",
        "Quoting Ann Lee:",
        "Ann Lee writes:",
        "According to Ann Lee <ann@lee.example>:",
        "Ann Lee, 20.11.2010 14:27:",
        "Ann Lee wrote:",
        "ann lee wrote:".replace("ann lee", "Ann").as_str(),
        "You wrote:",
        "Sie schrieben:",
        "Vous avez écrit :",
        "Previously, Ann Lee wrote:",
    ]);
}

#[test]
fn b7_heads_that_a_blank_line_makes_sure() {
    all([
        "From: Ann Lee <ann@lee.example>",
        "From: \"Ann Lee\" <ann@lee.example>\nSubject: x",
        "From: Ann Lee [mailto:ann@lee.example]\nSent: Saturday, November 20, 2010 2:27 PM",
        "On 20 Nov 2010, at 14:27, Ann Lee <ann@lee.example> wrote",
    ]
    .iter()
    .flat_map(|head| {
        [
            format!("{OWN}\n\n{head}\n> old\n> older"),
            format!("{OWN}\n\n{head}\n\nold and unmarked\n\nolder"),
            format!("{head}\n> old\n> older\n\n{OWN}\n"),
        ]
    }));
    kept(&[
        "Set these:\n\nFrom: shop@bakery.example\nTo: office@bakery.example",
        "Add the train:\n\nFrom: Paris\nTo: Lyon\nDate: 20.11.2026",
    ]);
}

#[test]
fn b7_blocks_of_fields_of_old_clients() {
    let block = "From: Ann Lee <ann@lee.example>\nTo: amelia <a@b.c>\nSubject: x\nDate: Sat, 20 Nov 2010 14:27:41 -0500";
    let rulers = [
        "_____",
        "-----",
        "*****",
        "________________________________",
        "=====",
        "----- Original Message -----",
        "-----Original Message Follows-----",
        "----Original Message----",
        "-- Original Message --",
        "------- Original Message -------",
        "[Original Message]",
        "----- Original-Mail -----",
        "----- Begin Original Message -----",
        "---------- Original Message ----------",
        "*** Original Message ***",
        "-----Message d'origine-----",
        "---Ursprüngliche Nachricht---",
    ];
    heads(
        &rulers
            .map(|ruler| format!("{ruler}\n{block}"))
            .each_ref()
            .map(String::as_str),
    );
    heads(&[
        "Date: Sat, 20 Nov 2010 14:27:41 +0000\nFrom: ann@lee.example\nTo: a@b.c\nSubject: x",
        "Subject: x\nFrom: ann@lee.example\nDate: Sat, 20 Nov 2010 14:27:41 -0500\nTo: a@b.c",
        "From: ann@lee.example\nTo: a@b.c\nSubject: RE: x\nDate: Sat, 20 Nov 2010 14:27:41 -0500",
        "Subject: x\nTo: a@b.c\nFrom: ann@lee.example\nDate: Sat, 20 Nov 2010 14:27:41 -0500\nCC: b@b.c",
        "To: \"Amelia\" <a@b.c>\ncc:  (bcc: Amelia Smith/Lee)\nFrom: \"Ann Lee\" <ann@lee.example> 11/20/2000 02:27 PM\nSubject: Re: x",
        "\"Ann Lee\" <ann@lee.example>\n11/20/2000 02:27 PM\n\n        To:     Amelia Smith/Lee@LEE\n        cc:     \n        Subject:        Re: x",
        "\"Ann Lee\" <ann@lee.example> on 11/20/2000 02:27:41 PM\n\nPlease respond to ann@lee.example\n\nTo:   Amelia Smith/Lee@LEE\ncc:\nSubject:  Re: x",
        "Ann Lee <ann@lee.example> \n20.11.2009 14:27\n\nAn\nAmelia Smith/Lee@LEE\nKopie\n\nThema\nRe: x",
        "Ann Lee/Sales/Lee@LEE\n11/20/2009 02:27 PM\n\nTo\nAmelia Smith/Lee@LEE\ncc\n\nSubject\nRe: x",
        "Ann Lee <ann@lee.example>\n20/11/2009 14:27\n\tA\n\tAmelia\n\tcc\n\t\n\tObjet\n\tRe: x",
        "                      Ann Lee                                             \n                      <ann@lee.example>        To:       a@b.c            \n                      11/20/2003 02:27 PM      cc:                        \n                                               Subject:  Re: x            ",
        "Von: Ann Lee\nDatum: 20.11.2010 14:27\nAn: Amelia\nBetreff: x",
        "Da: ann@lee.example\nA: a@b.c\nData: 20-nov-2010 14.27\nOgg: x",
        "De : ann@lee.example\nDate : 20/11/2010 - 14:27\nÀ : a@b.c\nObjet : x",
    ]);
}

#[test]
fn b7_notes_heads_hold_the_first_words() {
    all([
        "Ann Lee---11/20/2010 02:27:41 PM---Hello Amelia, which colour shall",
        "Inactive hide details for Ann Lee ---11/20/2010 02:27:41 PM---Hello AmeliaAnn Lee ---11/20/2010 02:27:41 PM---Hello Amelia",
        "Ann Lee---20.11.2010 14:27:41---Hallo",
    ]
    .iter()
    .map(|head| {
        format!("{OWN}\n\n\n{head}\n\nFrom:\tAnn Lee <ann@lee.example>\nTo:\tAmelia\nDate:\t11/20/2010 02:27 PM\nSubject:\tx\n\n\n\nHello Amelia, which colour")
    }));
}

#[test]
fn b7_other_marks_than_arrows() {
    let head = "Ann Lee <ann@lee.example> wrote:";
    all([
        "RH> ", "RH>", "RH>> ", "Jo> ", "АК> ", " RH> ", "| ", ": ", "% ", "} ", "» ", "Ann> ",
        "&gt; ",
    ]
    .iter()
    .flat_map(|mark| {
        let quote = format!("{mark}old words of Ann\n{mark}and more of them");
        [
            format!("{OWN}\n\n{head}\n{quote}"),
            format!("{head}\n\n{quote}\n\n{OWN}"),
            format!("{head}\n{quote}\n\nMake it blue.\n\n{quote}\n\nAnd bold, please."),
        ]
    }));
    all([
        format!("{head}\n<< old\nand more >>\n\n{OWN}"),
        format!("{OWN}\n\nIn a message dated 11/20/98 2:27:41 PM, ann@lee.example writes:\n\n<< old\n\n and more\n  >>"),
        format!(">>>>> \"RH\" == Rick Hall <rick@hall.example> writes:\n\n    RH> old\n    RH> and more\n\n{OWN}"),
    ].into_iter());
    kept(&[
        "The menu:\n\nHome> Bread> Rolls",
        ":-) fine\n\n100 % sure",
        "| a | b |\n| c | d |",
        "A -> B\n\nx > y",
    ]);
}

#[test]
fn b7_a_separator_that_is_named_in_a_sentence_is_none() {
    let words = "Please remove \"-----Original Message-----\" from the page.";
    let body = format!("{words}\n\nOn Fri, 20 Nov 2026 at 14:27, A <a@b.c> wrote:\n> old");
    assert_eq!(own(&body), words);
}

#[test]
fn b7_broken_and_glued_lines() {
    let long = "> this is a long line of the old mail that was broken by a relay on its way to";
    all([
        format!("{long}\nus.\n\n{OWN}"),
        format!("{long}\nus.\n> And more.\n\n{OWN}"),
        format!("{OWN}\n\nAnn Lee <ann@lee.example> wrote:\n{long}\nus\n{long}\nthe end.\n"),
        format!(
            "{OWN}\n\nOn Sat, Nov 20, 2010 at 2:27 PM, Ann Lee <ann@lee.example>\n> wrote:\n> old"
        ),
        format!(
            "{OWN}\n\nSent from Samsung MobileAnn Lee <ann@lee.example> wrote:Dear Amelia,\n\nold"
        ),
        format!("{OWN} Sent from my HTCAnn Lee <ann@lee.example> wrote: Dear Amelia,\n\nold"),
        format!(
            "{OWN}\n\nVon Samsung Mobile gesendetAnn Lee <ann@lee.example> schrieb:Hallo\n\nold"
        ),
        format!("{OWN} On Nov 20, 2010, at 2:27 PM, Ann Lee wrote:\n> old"),
        format!("{OWN}-----Original Message-----\nFrom: Ann\n\nold"),
        format!("{OWN}\n\n-----Original Message-----From: Ann LeeSent: Saturday\nold"),
    ]
    .into_iter());
}

#[test]
fn b8_adverts_of_free_mailers() {
    tails(&[
        "__________________________________________________\nDo You Yahoo!?\nTired of spam?  Yahoo! Mail has the best spam protection around \nhttp://mail.yahoo.example",
        "__________________________________\nDo you Yahoo!?\nYahoo! Mail - You care about security. So do we.",
        "Do You Yahoo!?",
        "_________________________________________________________________\nGet your FREE download of MSN Explorer at http://explorer.msn.example/intl.asp",
        "_________________________________________________________________\nJoin the world's largest e-mail service with MSN Hotmail. \nhttp://www.hotmail.example",
        "_________________________________________________________________\nSchlagen Sie dem Winter ein Schnippchen: http://reisen.example/",
        "_________________________________________________________________\nHotmail: Trusted email with Microsoft's powerful SPAM protection.\nhttp://clk.example/go/201469226/direct/01/",
        "______________________________________________________\nGet Your Private, Free Email at http://www.hotmail.example",
        "Get Your Private, Free Email at http://www.hotmail.example",
        "----------------------------------------------------------------\nThis message was sent using IMP, the Internet Messaging Program.",
        "-------------------------------------------------\nThis mail sent through IMP: http://horde.example/imp/",
        "-- \nGMX DSL-Flatrate 0,- Euro*\nÜberall, wo DSL verfügbar ist! http://www.gmx.example/",
        "**************Check out AOL's list of 2010's hottest products. (http://money.aol.example/special/hot-products)",
        "___________________________________________________________\nAll New Yahoo! Mail – Tired of Vi@gr@! come-ons? Let our SpamGuard protect you. http://uk.mail.yahoo.example",
        "Find them fast with Yahoo! Search! http://search.yahoo.example",
        "This message was sent using Endymion MailMan.\nhttp://www.endymion.example/products/mailman/",
        "Using Opera's revolutionary e-mail client: http://www.opera.example/m2/",
        "Outgoing mail is certified Virus Free.\nChecked by AVG anti-virus system (http://www.grisoft.example).\nVersion: 6.0.459 / Virus Database: 258 - Release Date: 25/02/03",
        "---\nOutgoing mail is certified Virus Free.\nChecked by AVG anti-virus system (http://www.grisoft.example).\nVersion: 6.0.459 / Virus Database: 258 - Release Date: 25/02/03",
    ]);
    kept(&[
        "Please send it to my hotmail address.",
        "Use this: https://www.example.com/yahoo",
        "Put a link to the GMX page below:\n\nhttps://gmx.example/x",
        "Can you add my Yahoo! account to the list?",
        "The line below is new.\n________________________\nPlease keep it.",
    ]);
}

#[test]
fn b8_footers_of_lists() {
    tails(&[
        "_______________________________________________\nbakers mailing list\nbakers@lists.example\nhttp://lists.example/mailman/listinfo/bakers",
        "_______________________________________________\nBakers-list mailing list\nBakers-list@lists.example\nhttp://lists.example/mailman/listinfo/bakers\nPLEASE do read the posting guide http://www.example/guide.html",
        "--~--~---------~--~----~------------~-------~--~----~\nYou received this message because you are subscribed to the Google Groups \"Bakers\" group.\nTo post to this group, send email to bakers@groups.example\nTo unsubscribe from this group, send email to bakers+unsubscribe@groups.example\n-~----------~----~----~----~------~----~------~--~---",
        "-- \nYou received this message because you are subscribed to the Google Groups \"Bakers\" group.\nTo unsubscribe from this group, send email to b@c.d",
        "---------------------------------------------------------------------\nTo unsubscribe, e-mail: dev-unsubscribe@lists.example\nFor additional commands, e-mail: dev-help@lists.example",
        "-\nTo unsubscribe from this list: send the line \"unsubscribe bakers\" in\nthe body of a message to majordomo@lists.example\nMore majordomo info at  http://lists.example/majordomo-info.html",
        "-- \nTo UNSUBSCRIBE, email to bakers-REQUEST@lists.example\nwith a subject of \"unsubscribe\". Trouble? Contact listmaster@lists.example",
        "------------------------ Yahoo! Groups Sponsor ---------------------~-->\nBuy Ink Cartridges at Myinks\nhttp://us.click.example\n---------------------------------------------------------------------~->\n\nTo unsubscribe from this group, send an email to:\nbakers-unsubscribe@groups.example\n\nYour use of Yahoo! Groups is subject to http://docs.yahoo.example/info/terms/",
        "-------------------------------------------------------\nThis SF.net email is sponsored by: Perforce Software.\nPerforce is the Fast Software Configuration Management System\nhttp://www.perforce.example\n_______________________________________________\nBakers-users mailing list\nBakers-users@lists.example\nhttps://lists.example/lists/listinfo/bakers-users",
        "------------------------------------------------------------------------------\nDownload now: the new tool\nhttp://p.example/sfu\n_______________________________________________\nBakers-users mailing list\nBakers-users@lists.example\nhttps://lists.example/lists/listinfo/bakers-users",
    ]);
}

#[test]
fn b8_signatures_of_old_mails() {
    tails(&[
        "-- \nAmelia Smith\nThe Bakery",
        "--\nAmelia Smith\nThe Bakery",
        "-- Amelia Smith, The Bakery, 555-0119",
        "-- Amelia",
        "--Amelia Smith",
        "-Amelia",
        "- Amelia",
        "—Amelia",
        "— Amelia Smith",
        "~Amelia",
        "------------------------------------------------------------\nAmelia Smith                          a@b.example\nDept. of Baking                       (555) 010-7733\n------------------------------------------------------------",
        "************************************\nAmelia Smith\nThe Bakery, Slip 14\n555-0148   www.bakery.example\n************************************",
        "=====\nAmelia Smith\nhttp://www.bakery.example",
        "___________________\nAmelia Smith\nTel. 555 010 7733",
        "__\nAmelia Smith\na@b.example",
        "***\nAmelia Smith\na@b.example",
        "-- \n  /\\_/\\\n ( o.o )   Amelia Smith\n  > ^ <    a@b.example",
        "---\nAmelia Smith\nThe Bakery\na@b.example\n\n\"Well begun is half done.\" - Aristotle",
    ]);
    kept(&[
        "We need:\n- Milk\n- Bread",
        "We need:\n\n- Milk",
        "Make it blue.\n\nThanks,\nAmelia",
        "Make it blue.\n\nAmelia",
        "Make a list:\n-Milk\n-Bread",
        "One thing:\n-Milk",
    ]);
}

#[test]
fn b8_device_lines_of_old_phones() {
    tails(&[
        "Sent from my Verizon Wireless BlackBerry",
        "Sent via BlackBerry by AT&T",
        "Sent wirelessly via BlackBerry from T-Mobile.",
        "Sent from my BlackBerry® wireless device",
        "Sent from my BlackBerry wireless handheld.",
        "Sent from my Palm Pre",
        "-- Sent from my Palm Pre",
        "Sent from my HTC",
        "Sent using BlackBerry",
        "Sent on the Sprint® Now Network from my BlackBerry®",
        "Sent from my Windows Phone",
        "Sent from my U.S. Cellular BlackBerry® smartphone",
        "Sent from Samsung tablet",
        "Sent from Samsung Mobile",
        "Sent from Yahoo! Mail on Android",
        "Sent from my android device.",
        "Sent from my mobile device",
        "Sent from my mobile phone",
        "Sent from Mailbox for iPhone",
        "—\nSent from Mailbox for iPhone",
        "Sent from iPhone",
        "Connected by DROID on Verizon Wireless",
        "Connected by MOTOBLUR™ on T-Mobile",
        "Enviado desde mi BlackBerry de Movistar (http://www.movistar.example)",
        "Gesendet mit BlackBerry® Webmail von Telekom Deutschland",
        "Von meinem iPhone gesendet",
        "Sendt fra min HTC",
        "Envoyé de mon iPhone",
        "Inviato da iPhone",
        "Enviado do meu iPhone",
        "Wysłane z telefonu z Orange",
        "iPhoneから送信",
        "发自我的 iPhone",
        "Отправлено с iPhone",
        "Sent from my Sony Ericsson Xperia",
        "Sent from my Nokia phone",
        "----- Sent from my iPhone -----",
        "This message was sent from my wireless phone",
    ]);
}

#[test]
fn b8_notices_of_companies() {
    tails(&[
        "**********************************************************************\nThis email and any files transmitted with it are confidential and\nintended solely for the use of the individual or entity to whom they\nare addressed.\n**********************************************************************",
        "The information transmitted is intended only for the person or entity to which it is addressed and may contain confidential and/or privileged material.",
        "NOTICE: This e-mail message is for the sole use of the intended recipient(s) and may contain confidential and privileged information.",
        "Privileged/Confidential Information may be contained in this message. If you are not the addressee, destroy it.",
        "CONFIDENTIALITY NOTICE: This e-mail message, including attachments, is for the sole use of the intended recipient.",
        "Internet communications are not secure and therefore the bank does not accept legal responsibility for the contents of this message.",
        "Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. Wenn Sie nicht der richtige Adressat sind, informieren Sie bitte sofort den Absender.",
        "Ce message et toutes les pièces jointes sont confidentiels et établis à l'intention exclusive de ses destinataires.",
        "Este mensaje va dirigido, de manera exclusiva, a su destinatario y contiene información confidencial.",
    ]);
}

#[test]
fn b7_heads_of_all_kinds_of_relays() {
    heads(&[
        "On Nov 20, 2010 2:27 PM, \"Ann Lee\" <ann@lee.example> wrote:",
        "On Nov 20, 2010 2:27 PM, \"Ann Lee\" <\nann@lee.example> wrote:",
        "On Sat, Nov 20, 2010 at 2:27 PM, Ann Lee <ann@lee.example>wrote:",
        "On Sat, Nov 20, 2010 at 2:27 PM, <ann@lee.example> wrote:",
        "On Sat, 20 Nov 2010 14:27:41 +0100, \"Ann Lee\" <ann@lee.example> said:",
        "On Saturday, November 20, 2010, Ann Lee <ann@lee.example> wrote:",
        "On Saturday 20 November 2010 14:27:41 Ann Lee wrote:",
        "On Sat, 2010-11-20 at 14:27 +0100, Ann Lee wrote:",
        "On 2010-11-20 14:27, Ann Lee wrote:",
        "On 20.11.2010 14:27, Ann Lee wrote:",
        "On 11/20/2010 2:27 PM, Ann Lee (Lee Bakery) wrote:",
        "On 20/11/10 14:27, ann@lee.example wrote:",
        "On Nov 20, 2010, at 2:27 PM, Ann Lee via Bakers wrote:",
        "Ann Lee <ann@lee.example> wrote on Sat, 20 Nov 2010 at 14:27:",
        "Ann Lee wrote the following on 11/20/2010 2:27 PM:",
        "Ann Lee wrote (20.11.2010 14:27):",
        "Dňa 20.11.2010 14:27 Ann Lee napísal(a):",
        "Dne 20.11.2010 14:27, Ann Lee napsal(a):",
        "W dniu 20 listopada 2010 14:27 użytkownik Ann Lee <ann@lee.example> napisał:",
        "2010.11.20. 14:27 keltezéssel, Ann Lee írta:",
        "20.11.2010 14:27, Ann Lee пишет:",
        "20 ноября 2010 г. 14:27 пользователь Ann Lee <ann@lee.example> написал:",
        "On Sat, 20 Nov 2010 14:27:41 +0100\nAnn Lee <ann@lee.example> wrote:",
        "On Sat, 20 Nov 2010 14:27:41 +0100 (CET)\nAnn Lee <ann@lee.example> wrote:",
        "El 20 de noviembre de 2010 14:27, Ann Lee <ann@lee.example> escribió:",
        "Em 20 de novembro de 2010 14:27, Ann Lee <ann@lee.example> escreveu:",
        "Il giorno 20/nov/2010, alle ore 14.27, Ann Lee ha scritto:",
        "Le 20 novembre 2010 14:27, Ann Lee <ann@lee.example> a écrit :",
        "20. marraskuuta 2010 14.27 Ann Lee <ann@lee.example> kirjoitti:",
        "Den 20. nov. 2010 kl. 14.27 skrev Ann Lee <ann@lee.example>:",
        "2010/11/20 Ann Lee <ann@lee.example>:",
        "20.11.2010 14:27 - Ann Lee schrieb:",
        "*From:* Ann Lee <ann@lee.example>\n*Sent:* Saturday, November 20, 2010 2:27 PM\n*To:* Amelia\n*Subject:* x",
        "*From: *Ann Lee <ann@lee.example>\n*Date: *Sat, 20 Nov 2010 14:27:41 -0500\n*To: *Amelia\n*Subject: *x",
        "________________________________\n\nFrom: Ann Lee [mailto:ann@lee.example] \nSent: Saturday, November 20, 2010 2:27 PM\nTo: Amelia\nSubject: x",
        "________________________________________\nFrom: Ann Lee [ann@lee.example]\nSent: Saturday, November 20, 2010 2:27 PM\nTo: Amelia\nSubject: x",
        "-----Original Message-----\nFrom: Ann Lee\nSent: Sat 11/20/2010 2:27 PM\nTo: Amelia\nCc: \nSubject: x",
        "-----Original Message-----\nFrom: Ann Lee <ann@lee.example>\nDate: Sat, 20 Nov 2010 14:27:41 \nTo: <a@b.c>\nSubject: x",
        "----- Original Message ----- \nFrom: \"Ann Lee\" <ann@lee.example>\nTo: <a@b.c>\nSent: Saturday, November 20, 2010 2:27 PM\nSubject: x",
        "----- Original Message ----\nFrom: Ann Lee <ann@lee.example>\nTo: a@b.c\nSent: Sat, November 20, 2010 2:27:41 PM\nSubject: x",
        "---- Original message ----\nDate: Sat, 20 Nov 2010 14:27:41 -0500\nFrom: ann@lee.example\nSubject: x\nTo: a@b.c",
        "---- Ann Lee <ann@lee.example> wrote:",
        "---------- Original Message ----------\nFrom: Ann Lee <ann@lee.example>\nTo: a@b.c\nSubject: x\nDate: Sat, 20 Nov 2010 14:27:41 -0500",
        "-------- Original-Nachricht --------\nDatum: Sat, 20 Nov 2010 14:27:41 +0100\nVon: Ann Lee <ann@lee.example>\nAn: a@b.c\nBetreff: x",
        "-------- Original Message --------\nSubject: x\nFrom: Ann Lee <ann@lee.example>\nDate: Sat, November 20, 2010 2:27 pm\nTo: a@b.c",
        "--- Original Message ---\nFrom: \"Ann Lee\" <ann@lee.example>\nSent: November 20, 2010 2:27 PM\nTo: a@b.c\nSubject: x",
        "----Messaggio originale----\nDa: ann@lee.example\nData: 20-nov-2010 14.27\nA: <a@b.c>\nOgg: x",
        "----Mensaje original----\nDe : ann@lee.example\nFecha : 20/11/2010 - 14:27 (CET)\nPara : a@b.c\nAsunto : x",
        "========================================\nMessage du : 20/11/2010\nDe : \"Ann Lee\" <ann@lee.example>\nA : a@b.c\nCopie à : \nSujet : x",
        "From: ann@lee.example\nTo: a@b.c\nSubject: x\nDate: Sat, 20 Nov 2010 14:27:41 -0500",
        "Subject: x\nTo: a@b.c\nFrom: ann@lee.example\nDate: Sat, 20 Nov 2010 14:27:41 +0000",
        "CC: c@d.e\nFrom: ann@lee.example\nSubject: Re: x\nDate: Sat, 20 Nov 2010 14:27:41 -0500\nTo: a@b.c",
        "##- Please type your reply above this line -##",
        "--- Reply above this line ---",
        "=-=-=-=-=-= Reply above this line =-=-=-=-=-=",
    ]);
}
