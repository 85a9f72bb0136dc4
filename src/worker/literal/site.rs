//! The files of a website, as an edit sees them.

use super::document::{Document, Format, format_of, read};

/// The editable files of a site, held in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Site {
    files: Vec<(String, String)>,
}

impl Site {
    /// Takes files as (path relative to the root, text). Those that are no pages are left out; they are
    /// sorted by path, so that the same site always answers the same. Nor are a repository's own papers
    /// (README, LICENSE ...) beside an `index` page.
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut files: Vec<(String, String)> = files
            .into_iter()
            .filter(|(path, _)| format_of(path).is_some())
            .collect();
        files.sort();
        files.dedup_by(|a, b| a.0 == b.0);
        let indexed: Vec<String> = files
            .iter()
            .filter(|(path, _)| split(path).1.to_ascii_lowercase().starts_with("index."))
            .map(|(path, _)| split(path).0.to_owned())
            .collect();
        files.retain(|(path, _)| {
            !is_paper(split(path).1) || !indexed.iter().any(|i| i == split(path).0)
        });
        Self { files }
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is nothing to edit.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<&str> {
        let at = self
            .files
            .binary_search_by(|(p, _)| p.as_str().cmp(path))
            .ok()?;
        self.files.get(at).map(|(_, text)| text.as_str())
    }

    /// Takes every page apart.
    pub(crate) fn pages(&self) -> Vec<Page> {
        self.files
            .iter()
            .filter_map(|(path, text)| {
                let document = read(format_of(path)?, text.clone());
                Some(Page {
                    path: path.clone(),
                    document,
                    changed: false,
                })
            })
            .collect()
    }
}

/// Folder and name of a path.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Papers of the repository rather than pages of the site.
fn is_paper(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    [
        "readme",
        "license",
        "licence",
        "changelog",
        "contributing",
        "code_of_conduct",
        "security",
        "notice",
    ]
    .iter()
    .any(|paper| stem.eq_ignore_ascii_case(paper))
}

/// A page being edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) path: String,
    pub(crate) document: Document,
    pub(crate) changed: bool,
}

impl Page {
    /// Takes the changed page.
    pub(crate) fn set(&mut self, document: Document) {
        self.document = document;
        self.changed = true;
    }

    /// The page's title.
    pub(crate) fn title(&self) -> Option<String> {
        let title = self.document.title_element()?;
        Some(self.document.text_of(title)).filter(|t| !t.is_empty())
    }

    /// The text of its first main heading.
    pub(crate) fn heading(&self) -> Option<String> {
        let heading = self.document.elements.iter().find(|e| e.name == "h1")?;
        Some(self.document.text_of(heading)).filter(|t| !t.is_empty())
    }

    /// Whether it is a page that people open, rather than a text file beside the pages.
    pub(crate) fn is_page(&self) -> bool {
        self.document.format != Format::Plain
    }
}
