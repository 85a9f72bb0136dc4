//! Pages taken apart so that text can be found as a reader sees it and changed where it was written.

mod attributes;
mod front_matter;
mod html;
mod markdown;
mod model;
mod plain;
mod read;
mod target;
mod text_map;
mod tokens;
mod write;

pub(crate) use attributes::Attribute;
pub(crate) use model::{Document, Element, Format, Run, Writing};
pub(crate) use read::{format_of, read};
pub(crate) use target::escape_attribute;
pub(crate) use text_map::{BREAK, Share, Side, collapse};
pub(crate) use write::{Care, Splice, apply, escape, escape_html};
