//! What an instruction asks for, once understood.

/// A kind of thing on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The page's title, as the browser's tab shows it.
    Title,
    /// A heading; unnamed, the page's main one.
    Heading,
    /// A heading of the second level.
    Subheading,
    Paragraph,
    /// An item of a list.
    Item,
    Link,
    /// Any text.
    Text,
}

impl Kind {
    /// What to call it in a mail.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Heading => "heading",
            Self::Subheading => "subheading",
            Self::Paragraph => "paragraph",
            Self::Item => "list item",
            Self::Link => "link",
            Self::Text => "text",
        }
    }
}

/// Which of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ordinal {
    /// Counted from 0.
    Nth(usize),
    Last,
}

/// What is to be changed or removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) kind: Option<Kind>,
    pub(crate) ordinal: Option<Ordinal>,
    /// Its present text.
    pub(crate) text: Option<String>,
    /// The heading that it stands under.
    pub(crate) under: Option<String>,
}

/// Where a new thing goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Place {
    /// The end of the main content.
    #[default]
    End,
    /// Its beginning.
    Start,
    After(String),
    Before(String),
    /// Below a heading, or into the list below it.
    Under(String),
    /// Into the site's navigation.
    Menu,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    Change {
        target: Target,
        to: String,
    },
    Add {
        kind: Option<Kind>,
        text: String,
        url: Option<String>,
        place: Place,
    },
    Remove {
        target: Target,
    },
    /// Let a link, or a text that becomes one, lead elsewhere.
    Lead {
        text: String,
        url: String,
    },
}

/// Which pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Pages {
    /// None was named.
    #[default]
    Unsaid,
    Home,
    /// As the sender named it.
    Named(String),
    /// Every page.
    All,
}

/// One thing to do, where, and in which words it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) action: Action,
    pub(crate) pages: Pages,
    /// Every occurrence.
    pub(crate) everywhere: bool,
    /// The old or new text was not in quotes, so that it was guessed where it ends.
    pub(crate) guessed: bool,
    /// The sender's own words.
    pub(crate) said: String,
}
