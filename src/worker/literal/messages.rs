//! What Hermes writes back: short, friendly, and always with what to write instead.

use super::outcome::{Refusal, RefusalCode};
use super::site::Page;

/// Longest quotation of a page in a mail, in characters.
const SNIPPET: usize = 80;
/// Most places or pages listed in a mail.
const LISTED: usize = 5;

/// What the agent can do, by example.
const EXAMPLES: &str = "\n\n- Replace \"Open 9-5\" with \"Open 10-6\"\n- Change the title of the contact page to \"Get in touch\"\n- Add a paragraph \"We are closed on Monday.\" under the heading \"Opening hours\"";

/// A text in quotes, cut to a readable length.
pub(crate) fn quote(text: &str) -> String {
    let text = super::document::collapse(text);
    if text.chars().count() <= SNIPPET {
        return format!("“{text}”");
    }
    let cut: String = text.chars().take(SNIPPET - 1).collect();
    format!("“{}…”", cut.trim_end())
}

/// The text around a range, with the range in it.
pub(crate) fn snippet(text: &str, range: &std::ops::Range<usize>) -> String {
    let (before, after) = (
        text.get(..range.start).unwrap_or_default(),
        text.get(range.end..).unwrap_or_default(),
    );
    let found: String = text
        .get(range.clone())
        .unwrap_or_default()
        .chars()
        .take(SNIPPET / 2)
        .collect();
    let room = (SNIPPET - found.chars().count()) / 2;
    let head: String = before
        .chars()
        .rev()
        .take(room)
        .collect::<Vec<char>>()
        .into_iter()
        .rev()
        .collect();
    let tail: String = after.chars().take(room).collect();
    let left = if head.len() < before.len() { "…" } else { "" };
    let right = if tail.len() < after.len() { "…" } else { "" };
    format!("“{left}{head}{found}{tail}{right}”")
}

/// `a, b and 3 more`.
pub(crate) fn list(names: &[String]) -> String {
    let shown = names
        .iter()
        .take(LISTED)
        .cloned()
        .collect::<Vec<String>>()
        .join(", ");
    match names.len().saturating_sub(LISTED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn bullets(lines: &[String]) -> String {
    let more = lines.len().saturating_sub(LISTED);
    let more = (more > 0).then(|| format!("and {more} more"));
    let shown = lines.iter().take(LISTED).chain(&more);
    shown
        .map(|line| ["\n- ", line].concat())
        .collect::<Vec<String>>()
        .concat()
}

fn refusal(code: RefusalCode, message: String) -> Refusal {
    Refusal { code, message }
}

pub(crate) fn empty() -> Refusal {
    let message = format!(
        "Your message holds no instruction for me. Write what to change, for example:{EXAMPLES}"
    );
    refusal(RefusalCode::Empty, message)
}

pub(crate) fn too_long(what: &str) -> Refusal {
    refusal(
        RefusalCode::TooLong,
        format!("Your message {what}. Please send it in smaller parts; nothing was changed."),
    )
}

pub(crate) fn no_pages() -> Refusal {
    let message = "This site has no pages I can edit (HTML, Markdown or plain text).".to_owned();
    refusal(RefusalCode::NoPages, message)
}

/// A part of the message that is not understood; `others` parts were.
pub(crate) fn not_understood(said: &str, others: usize, quotes_would_help: bool) -> Refusal {
    let said = quote(said);
    let mut message = match others {
        0 => format!("I did not understand {said}."),
        _ => format!(
            "I did not understand this part of your message, so nothing was changed: {said}."
        ),
    };
    if quotes_would_help {
        message.push_str(" If you meant exact words on the page, put them in quotation marks.");
    }
    message.push_str(" I make exact edits, such as:");
    message.push_str(EXAMPLES);
    refusal(RefusalCode::NeedsModel, message)
}

/// Understood, but not a thing for exact edits.
pub(crate) fn needs_model(what: &str) -> Refusal {
    refusal(
        RefusalCode::NeedsModel,
        format!("{what} I make exact edits, such as:{EXAMPLES}"),
    )
}

pub(crate) fn no_such_page(name: &str, pages: &[Page]) -> Refusal {
    let paths: Vec<String> = pages
        .iter()
        .filter(|p| p.is_page())
        .map(|p| p.path.clone())
        .collect();
    let message = format!(
        "I found no page {}. The pages are: {}.",
        quote(name),
        list(&paths)
    );
    refusal(RefusalCode::NoSuchPage, message)
}

/// Several pages could be meant.
pub(crate) fn which_page(paths: &[String]) -> Refusal {
    let example = paths.first().map_or("index.html", String::as_str);
    let message = format!(
        "Which page do you mean: {}? Please add its name, for example “on {example}”.",
        list(paths)
    );
    refusal(RefusalCode::Ambiguous, message)
}

/// The text is not there; `closest` is what comes near it.
pub(crate) fn not_found(what: &str, on: &str, closest: Option<String>) -> Refusal {
    let advice = closest.map_or_else(
        || {
            "Please copy the words as they stand on the page, and put them in quotation marks."
                .to_owned()
        },
        |text| format!("Did you mean {}?", quote(&text)),
    );
    refusal(
        RefusalCode::NotFound,
        format!("I could not find {what}{on}. {advice}"),
    )
}

/// The text is in several places, each given as `page: snippet`.
pub(crate) fn ambiguous(what: &str, places: &[String], advice: &str) -> Refusal {
    let count = places.len();
    let message = format!(
        "I found {what} in {count} places, and I am not sure which one you mean:{}\n\n{advice}",
        bullets(places)
    );
    refusal(RefusalCode::Ambiguous, message)
}

pub(crate) const SAY_MORE: &str = "Please quote a few more words around it, name the page (“on contact.html”), or write “everywhere” if you mean all of them.";
pub(crate) const QUOTE_IT: &str = "Please quote the present text of the one you mean, for example: change \"old text\" to \"new text\".";

pub(crate) fn spans_blocks(text: &str, path: &str) -> Refusal {
    let message = format!(
        "{} runs across several paragraphs on {path}. Please change each of them by its own sentence.",
        quote(text)
    );
    refusal(RefusalCode::WouldBreak, message)
}

pub(crate) fn would_break(path: &str) -> Refusal {
    let message = format!(
        "I could not make this change on {path} without breaking the page around it, so I left it as it was."
    );
    refusal(RefusalCode::WouldBreak, message)
}

pub(crate) fn bad_link(target: &str) -> Refusal {
    let message = format!(
        "I cannot link to {}. A link can lead to a web address (https://…), a mail address, a phone number (tel:…) or a page of the site.",
        quote(target)
    );
    refusal(RefusalCode::BadLink, message)
}

/// One of several instructions failed.
pub(crate) fn of_several(said: &str, refusal: &Refusal) -> Refusal {
    let message = format!(
        "Nothing was changed, because of one part of your message, {}: {}",
        quote(said),
        refusal.message
    );
    Refusal {
        code: refusal.code,
        message,
    }
}
