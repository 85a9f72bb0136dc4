//! Mails of a given size, each with the same instruction on top.

use std::fmt::Write as _;

/// How what the sender wrote begins.
pub(crate) const INSTRUCTION: &str = "Please replace \"8 am to 5 pm\" with \"7 am to 6 pm\"";

/// Plain text: the instruction, and below it the quoted mail that is answered.
pub(crate) fn plain(size: usize) -> Vec<u8> {
    let mut text = head("text/plain; charset=utf-8", "7bit");
    let _written = write!(text, "{INSTRUCTION} on the home page.\r\n\r\n");
    for line in 1..=10 {
        let _written = write!(
            text,
            "{line}. The rest of the page stays as it is, letter by letter.\r\n"
        );
    }
    text.push_str(
        "\r\nThanks, Jo\r\n\r\nOn Mon, 6 Jan 2025 at 09:00, Sam <sam@shop.example> wrote:\r\n",
    );
    let mut line = 1;
    while text.len() < size {
        let _written = write!(
            text,
            "> {line}: said before, and no instruction any more\r\n"
        );
        line += 1;
    }
    text.into_bytes()
}

/// HTML alone, as web mailers write it: styled paragraphs, and the quoted mail in a block of its own.
pub(crate) fn html(size: usize) -> Vec<u8> {
    let mut text = head("text/html; charset=utf-8", "8bit");
    let instruction = INSTRUCTION.replace('"', "&quot;");
    let _written = write!(
        text,
        "<html><head><style>p {{ margin: 0 }}</style></head><body>\r\n\
         <div dir=\"ltr\"><p>{instruction} on the <b>home</b> page.</p>\r\n"
    );
    for line in 1..=10 {
        let _written = write!(
            text,
            "<p style=\"font-family: sans-serif; color: #222\">{line}. The rest stays, <i>letter</i> by letter.</p>\r\n"
        );
    }
    text.push_str("</div><div class=\"gmail_quote\"><blockquote type=\"cite\">\r\n");
    let mut line = 1;
    while text.len() < size {
        let _written = write!(
            text,
            "<div><span style=\"color: gray\">{line}</span>: said before &amp; no <a href=\"https://shop.example/{line}\">instruction</a></div>\r\n"
        );
        line += 1;
    }
    text.push_str("</blockquote></div></body></html>\r\n");
    text.into_bytes()
}

/// A short text with one large picture.
pub(crate) fn photo(size: usize) -> Vec<u8> {
    let mut text = head("multipart/mixed; boundary=\"part\"", "7bit");
    let _written = write!(
        text,
        "--part\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{INSTRUCTION} on the home page.\r\n\
         --part\r\nContent-Type: image/jpeg; name=\"shop.jpg\"\r\nContent-Disposition: attachment; filename=\"shop.jpg\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n"
    );
    // The first bytes of a JPEG, then anything.
    text.push_str("/9j/4AAQSkZJRgABAQAAAQABAAD/");
    while text.len() < size {
        text.push_str("2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsj\r\n");
    }
    text.push_str("--part--\r\n");
    text.into_bytes()
}

fn head(content_type: &str, encoding: &str) -> String {
    format!(
        "From: Jo Writer <jo@people.example>\r\n\
         To: edit@hermes.localhost\r\n\
         Subject: Re: Opening hours\r\n\
         Date: Mon, 06 Jan 2025 09:00:00 +0000\r\n\
         Message-ID: <decision.1@people.example>\r\n\
         In-Reply-To: <decision.0@shop.example>\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: {content_type}\r\n\
         Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
}
