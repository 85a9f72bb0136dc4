//! Which pages a clause speaks of: `on the contact page`, `in contact.html`, `everywhere`.

use super::command::Pages;
use super::lexer::{Kind, Token};
use super::vocabulary::{Verb, is_article, verb};

/// A clause without the words that name pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Scoped {
    pub(crate) pages: Pages,
    pub(crate) everywhere: bool,
    pub(crate) rest: Vec<Token>,
}

/// What `to the contact page` means: where a link leads, or where a new thing goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ToPage {
    Other,
    Scope,
}

/// Takes the words that name pages out of a clause.
pub(crate) fn take_scope(tokens: &[Token]) -> Scoped {
    let adds = tokens
        .iter()
        .any(|t| matches!(verb(t.word()), Some((Verb::Add, _))));
    let links = tokens.iter().any(|t| t.word() == "link");
    let to_page = if adds && !links {
        ToPage::Scope
    } else {
        ToPage::Other
    };
    let mut scoped = Scoped::default();
    let mut at = 0;
    while let Some(rest) = tokens.get(at..).filter(|r| !r.is_empty()) {
        if let Some((pages, length)) = page_phrase(rest, to_page) {
            scoped.everywhere |= pages == Pages::All;
            if pages != Pages::Unsaid {
                scoped.pages = pages;
            }
            at += length;
        } else if let Some(length) = everywhere_phrase(rest) {
            scoped.everywhere = true;
            at += length;
        } else {
            scoped.rest.extend(rest.first().cloned());
            at += 1;
        }
    }
    scoped
}

fn everywhere_phrase(tokens: &[Token]) -> Option<usize> {
    let word = |i: usize| tokens.get(i).map_or("", Token::word);
    match word(0) {
        "everywhere" | "throughout" | "sitewide" | "site-wide" | "überall" | "partout"
        | "wherever" | "alle" => Some(1),
        "en" if word(1) == "todas" && word(2) == "partes" => Some(3),
        "all" | "every" | "each" | "any" => {
            let counted = matches!(
                word(1),
                "occurrence"
                    | "occurrences"
                    | "instance"
                    | "instances"
                    | "mention"
                    | "mentions"
                    | "of"
                    | "the"
            );
            let quoted = tokens.get(1).is_some_and(|t| t.quoted().is_some());
            (counted || quoted).then_some(1)
        }
        _ => None,
    }
}

/// A phrase that names a page or all of them, and how many tokens it has.
fn page_phrase(tokens: &[Token], to_page: ToPage) -> Option<(Pages, usize)> {
    let word = |i: usize| tokens.get(i).map_or("", Token::word);
    let preposition = matches!(
        word(0),
        "on" | "in"
            | "at"
            | "of"
            | "for"
            | "from"
            | "across"
            | "to"
            | "auf"
            | "sur"
            | "en"
            | "dans"
    );
    let bare = !preposition && matches!(word(0), "throughout" | "sitewide");
    if !preposition && !bare {
        return None;
    }
    let mut at = 1;
    while matches!(
        word(at),
        "the"
            | "our"
            | "my"
            | "your"
            | "this"
            | "that"
            | "der"
            | "die"
            | "la"
            | "le"
            | "el"
            | "file"
            | "whole"
            | "entire"
    ) {
        at += 1;
    }
    if matches!(word(at), "all" | "every" | "each")
        && matches!(word(at + 1), "page" | "pages" | "the")
    {
        let the = usize::from(word(at + 1) == "the");
        return matches!(word(at + 1 + the), "page" | "pages")
            .then_some((Pages::All, at + 2 + the));
    }
    if matches!(word(at), "site" | "website" | "webpage") {
        let all = matches!(word(at - 1), "whole" | "entire")
            || matches!(word(0), "across" | "throughout");
        return Some((if all { Pages::All } else { Pages::Unsaid }, at + 1));
    }
    if bare || (word(0) == "to" && to_page == ToPage::Other) {
        return None;
    }
    if matches!(
        word(at),
        "homepage" | "frontpage" | "startpage" | "startseite" | "landing-page"
    ) {
        return Some((Pages::Home, at + 1));
    }
    if is_file(word(at)) {
        return Some((Pages::Named(word(at).to_owned()), at + 1));
    }
    named_page(tokens, at)
}

/// `contact page`, `page contact`, `page "Contact us"`, or just `page`, from `at` on.
fn named_page(tokens: &[Token], at: usize) -> Option<(Pages, usize)> {
    let word = |i: usize| tokens.get(i).map_or("", Token::word);
    if is_page(word(at)) {
        let called = usize::from(matches!(word(at + 1), "called" | "named" | "titled"));
        let named = tokens.get(at + 1 + called)?;
        if let Some(name) = named.quoted() {
            // In `on the page "A" to "B"` the quotes hold a text.
            let text = matches!(word(at + 2 + called), "to" | "with" | "by" | "into");
            return Some((
                if text { Pages::Unsaid } else { name_of(name) },
                if text { at + 1 } else { at + 2 + called },
            ));
        }
        let name = named.word();
        let more = is_stop(name) || verb(name).is_some() || name.is_empty();
        return Some(if more && called == 0 {
            (Pages::Unsaid, at + 1)
        } else {
            (name_of(name), at + 2 + called)
        });
    }
    let mut name: Vec<&str> = Vec::new();
    for token in tokens.iter().skip(at).take(5) {
        match &token.kind {
            Kind::Word(word) if is_page(&word.lower) && !name.is_empty() => {
                return Some((name_of(&name.join(" ")), at + name.len() + 1));
            }
            Kind::Word(word) if !is_stop(&word.lower) => name.push(&word.lower),
            Kind::Quoted(text) if name.is_empty() => name.push(text),
            Kind::Word(_)
            | Kind::Quoted(_)
            | Kind::Mark(_)
            | Kind::Line(_)
            | Kind::Blank
            | Kind::Bullet => return None,
        }
    }
    None
}

fn is_page(word: &str) -> bool {
    matches!(word, "page" | "webpage" | "seite" | "página" | "pagina")
}

fn name_of(name: &str) -> Pages {
    match name {
        "home" | "front" | "start" | "main" | "landing" | "index" | "first" => Pages::Home,
        _ => Pages::Named(name.to_owned()),
    }
}

fn is_file(word: &str) -> bool {
    let known = [".html", ".htm", ".md", ".markdown", ".txt"];
    !word.contains("://")
        && known
            .iter()
            .any(|end| word.len() > end.len() && word.ends_with(end))
}

/// Words that are in no page's name, so that `at the top of the contact page` names `contact`.
fn is_stop(word: &str) -> bool {
    (is_article(word) && !matches!(word, "new" | "our"))
        || matches!(
            word,
            "to" | "with"
                | "by"
                | "and"
                | "then"
                | "under"
                | "below"
                | "after"
                | "before"
                | "above"
                | "heading"
                | "headline"
                | "title"
                | "paragraph"
                | "list"
                | "text"
                | "on"
                | "in"
                | "at"
                | "of"
                | "for"
                | "should"
                | "please"
                | "thanks"
                | "says"
                | "saying"
                | "end"
                | "top"
                | "bottom"
                | "into"
                | "add"
                | "is"
        )
}

#[cfg(test)]
mod tests {
    use super::super::lexer::lex;
    use super::*;

    fn scope(text: &str) -> (Pages, bool, String) {
        let scoped = take_scope(&lex(text));
        let words: Vec<&str> = scoped
            .rest
            .iter()
            .map(|t| t.quoted().unwrap_or(t.word()))
            .collect();
        (scoped.pages, scoped.everywhere, words.join(" "))
    }

    #[test]
    fn pages_are_found_wherever_they_are_named() {
        let named = |n: &str| Pages::Named(n.to_owned());
        for (text, pages, rest) in [
            (
                "the title of the contact page",
                named("contact"),
                "the title",
            ),
            (
                "\"A\" to \"B\" on contact.html",
                named("contact.html"),
                "A to B",
            ),
            ("\"A\" in the \"About us\" page", named("About us"), "A"),
            ("\"A\" on the page \"About us\"", named("About us"), "A"),
            ("\"A\" on page about", named("about"), "A"),
            ("on our about us page change", named("about us"), "change"),
            (
                "at the top of the contact page",
                named("contact"),
                "at the top",
            ),
            ("the title of the page to", Pages::Unsaid, "the title to"),
            ("the title of the home page", Pages::Home, "the title"),
            ("\"A\" on the homepage", Pages::Home, "A"),
            ("\"A\" on all pages", Pages::All, "A"),
            ("\"A\" on the whole site", Pages::All, "A"),
            ("\"A\" on the page to \"B\"", Pages::Unsaid, "A to B"),
        ] {
            let (found, _, left) = scope(text);
            assert_eq!((found, left.as_str()), (pages, rest), "{text}");
        }
    }

    #[test]
    fn everywhere_is_heard() {
        for text in [
            "\"A\" everywhere",
            "all occurrences of \"A\"",
            "every \"A\"",
            "\"A\" throughout the site",
            "\"A\" on every page",
        ] {
            assert!(scope(text).1, "{text}");
        }
        assert!(!scope("all headings").1);
    }
}
