//! Which page the sender means.

use super::find::same;
use crate::worker::literal::document::Format;
use crate::worker::literal::instruction::Pages;
use crate::worker::literal::messages;
use crate::worker::literal::outcome::Refusal;
use crate::worker::literal::site::Page;

/// The pages to look for a text on: those named, else all.
pub(crate) fn searched(pages: &[Page], said: &Pages) -> Result<Vec<usize>, Refusal> {
    match said {
        Pages::Unsaid | Pages::All => Ok((0..pages.len()).collect()),
        Pages::Home | Pages::Named(_) => named(pages, said).map(|page| vec![page]),
    }
}

/// The one page to change: the one named, else the only one, else the home page.
pub(crate) fn single(pages: &[Page], said: &Pages) -> Result<usize, Refusal> {
    if matches!(said, Pages::Home | Pages::Named(_)) {
        return named(pages, said);
    }
    let real: Vec<usize> = (0..pages.len())
        .filter(|&i| pages.get(i).is_some_and(Page::is_page))
        .collect();
    match (real.as_slice(), home(pages)) {
        ([one], _) => Ok(*one),
        (_, Some(home)) => Ok(home),
        _ if pages.len() == 1 => Ok(0),
        _ => Err(messages::which_page(&paths(pages, &real))),
    }
}

/// ` on contact.html`, or nothing when it was not said.
pub(crate) fn on(pages: &[Page], said: &Pages, searched: &[usize]) -> String {
    match (said, searched) {
        (Pages::Home | Pages::Named(_), [page]) => pages
            .get(*page)
            .map_or_else(String::new, |p| format!(" on {}", p.path)),
        _ => " on the site".to_owned(),
    }
}

/// The site's first page: the `index` nearest to the root.
pub(crate) fn home(pages: &[Page]) -> Option<usize> {
    let depth = |path: &str| path.matches('/').count();
    let index = |page: &Page| {
        matches!(stem(&page.path).as_str(), "index" | "home" | "default") && page.is_page()
    };
    let homes = pages.iter().enumerate().filter(|(_, page)| index(page));
    homes
        .min_by_key(|(_, page)| {
            (
                depth(&page.path),
                stem(&page.path) != "index",
                page.document.format == Format::Markdown,
            )
        })
        .map(|(i, _)| i)
}

fn named(pages: &[Page], said: &Pages) -> Result<usize, Refusal> {
    let Pages::Named(name) = said else {
        return home(pages).ok_or_else(|| messages::no_such_page("home", pages));
    };
    let found = candidates(pages, name);
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(messages::no_such_page(name, pages)),
        several => Err(messages::which_page(&paths(pages, several))),
    }
}

/// A way in which a page may be named.
type Fits<'a> = Box<dyn Fn(&Page) -> bool + 'a>;

/// The pages that the name fits, by the best way it fits any: path, file name, title, part of the title.
fn candidates(pages: &[Page], name: &str) -> Vec<usize> {
    let name = name.trim().trim_start_matches('/');
    let plain = letters(name);
    let ways: [Fits<'_>; 6] = [
        Box::new(|page| page.path.eq_ignore_ascii_case(name)),
        Box::new(|page| file_name(&page.path).eq_ignore_ascii_case(name)),
        Box::new(|page| {
            page.is_page()
                && !plain.is_empty()
                && (letters(&stem(&page.path)) == plain || letters(&folder(&page.path)) == plain)
        }),
        Box::new(|page| {
            [page.title(), page.heading()]
                .into_iter()
                .flatten()
                .any(|t| same(&t, name))
        }),
        Box::new(|page| {
            page.is_page()
                && plain.len() > 3
                && (letters(&stem(&page.path)).starts_with(&plain)
                    || (plain.starts_with(&letters(&stem(&page.path)))
                        && letters(&stem(&page.path)).len() > 3))
        }),
        Box::new(|page| {
            [page.title(), page.heading()]
                .into_iter()
                .flatten()
                .any(|t| words_within(&t, name))
        }),
    ];
    for fits in ways {
        let found: Vec<usize> = pages
            .iter()
            .enumerate()
            .filter(|(_, page)| fits(page))
            .map(|(i, _)| i)
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

fn paths(pages: &[Page], which: &[usize]) -> Vec<String> {
    which
        .iter()
        .filter_map(|i| pages.get(*i))
        .map(|p| p.path.clone())
        .collect()
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn stem(path: &str) -> String {
    let name = file_name(path);
    name.rsplit_once('.')
        .map_or(name, |(stem, _)| stem)
        .to_lowercase()
}

/// `about` for `about/index.html`.
fn folder(path: &str) -> String {
    match path.rsplit_once('/') {
        Some((folder, _)) if stem(path) == "index" => file_name(folder).to_lowercase(),
        _ => String::new(),
    }
}

fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn words_within(title: &str, name: &str) -> bool {
    let words: Vec<String> = title
        .split(|c: char| !c.is_alphanumeric())
        .map(str::to_lowercase)
        .collect();
    let mut asked = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .peekable();
    asked.peek().is_some() && asked.all(|w| words.contains(&w))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::literal::site::Site;

    fn pages() -> Vec<Page> {
        let page = |path: &str, title: &str, h1: &str| {
            (
                path.to_owned(),
                format!("<title>{title}</title><h1>{h1}</h1>"),
            )
        };
        Site::new([
            page("index.html", "Green Garden", "Welcome"),
            page("contact.html", "Contact - Green Garden", "Get in touch"),
            page("about-us.html", "Who we are - Green Garden", "Our story"),
            page("shop/index.html", "Shop - Green Garden", "Seeds"),
            ("robots.txt".to_owned(), "x".to_owned()),
        ])
        .pages()
    }

    #[test]
    fn pages_are_found_by_file_title_and_heading() {
        let pages = pages();
        for (name, path) in [
            ("contact", "contact.html"),
            ("Contact.html", "contact.html"),
            ("get in touch", "contact.html"),
            ("about us", "about-us.html"),
            ("about", "about-us.html"),
            ("our story", "about-us.html"),
            ("shop", "shop/index.html"),
            ("who we are", "about-us.html"),
        ] {
            let found = searched(&pages, &Pages::Named(name.to_owned())).unwrap();
            assert_eq!(pages[found[0]].path, path, "{name}");
        }
    }

    #[test]
    fn the_home_page_is_the_index_at_the_root() {
        let pages = pages();
        assert_eq!(
            pages[single(&pages, &Pages::Unsaid).unwrap()].path,
            "index.html"
        );
        assert_eq!(
            pages[single(&pages, &Pages::Home).unwrap()].path,
            "index.html"
        );
    }

    #[test]
    fn an_unknown_page_is_refused_with_the_pages_there_are() {
        let refusal = searched(&pages(), &Pages::Named("blog".to_owned())).unwrap_err();
        assert_eq!(
            refusal.message,
            "I found no page “blog”. The pages are: about-us.html, contact.html, index.html, shop/index.html."
        );
    }
}
