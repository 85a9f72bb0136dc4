//! The mails of the load: each from a sender and with an id of its own.

use std::fmt::Write as _;

/// Where the demo project takes mail.
const TO: &str = "edit@hermes.localhost";

/// A mail of 10 KB: a few paragraphs that ask for something, and below them the quoted mail that is answered.
pub(crate) fn of_10_kb(number: usize) -> Vec<u8> {
    let mut text = head(
        number,
        &format!("load.{number}"),
        "Text for the page about us",
    );
    text.push_str("Hello,\r\n\r\nplease add a paragraph \"We bake since 1924.\" to the page about us.\r\n\r\n");
    for line in 1..=10 {
        let _written = write!(
            text,
            "Remark {line}: the tone should stay friendly and short, as on the other pages of the site,\r\n\
             and nothing else on the page should change because of it.\r\n\r\n"
        );
    }
    text.push_str(
        "Thank you,\r\nJo\r\n\r\nOn Mon, 6 Jan 2025 at 09:00, Sam <sam@shop.example> wrote:\r\n",
    );
    let mut line = 1;
    while text.len() < 10_000 {
        let _written = write!(
            text,
            "> {line}: what was said before, and is not an instruction any more\r\n"
        );
        line += 1;
    }
    text.into_bytes()
}

/// A mail that the literal agent can carry out on the demo site.
pub(crate) fn opening_hours(sender: usize, number: usize) -> Vec<u8> {
    let mut text = head(sender, &reply_id(sender, number), "New opening hours");
    text.push_str("Hi,\r\n\r\nplease replace \"8 am to 5 pm\" with \"7 am to 6 pm\" on the home page.\r\n\r\nThanks\r\n");
    text.into_bytes()
}

/// The left part of the id of such a mail.
pub(crate) fn reply_id(sender: usize, number: usize) -> String {
    format!("reply.{sender}.{number}")
}

fn head(sender: usize, id: &str, subject: &str) -> String {
    format!(
        "From: Jo Writer <jo{sender}@people.example>\r\n\
         To: {TO}\r\n\
         Subject: {subject}\r\n\
         Date: Mon, 06 Jan 2025 09:00:00 +0000\r\n\
         Message-ID: <{id}@people.example>\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 7bit\r\n\r\n"
    )
}
