//! What people see: lines, tables, times.

mod clean;
mod table;
mod terminal;
mod when;

pub(super) use clean::clean;
pub(super) use table::{Cell, Details, Table};
pub(super) use terminal::Style;
pub use terminal::{Terminal, wants_colour};
pub(super) use when::{moment, second, span};
