//! HTML of mails to text, in one linear pass without a tree.
//!
//! Mail HTML is hostile and broken: a tree can be made as deep as a mail is long, and a wrapped, table-drawing text
//! renderer loses what the rules need to know, namely which text was hidden and which was a quote. So tags are read as
//! they come, and only the few elements that change the meaning of their text are remembered.

mod marks;
mod text;
mod tokens;

pub(super) use text::{HtmlText, head_of, to_text};
pub use text::{Span, SpanKind};
