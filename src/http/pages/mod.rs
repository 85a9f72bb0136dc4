//! Pages for people, rendered from the templates in this folder.

mod confirm;
mod page;

pub(super) use confirm::{ConfirmMessage, Remark, confirm};
pub(super) use page::{at_root, home, missing, no_preview, waiting};
