//! Pages for people, rendered from the templates in this folder.

mod page;

pub(super) use page::{at_root, home, missing, no_preview, waiting};
