//! Reading requests: bounded in size and time, and every complaint at once.

mod body;
mod content_type;
mod fields;
mod form;
mod json;
mod path;
mod query;

pub(super) use body::{IDLE, Reader, declared_length};
pub(super) use content_type::require_type;
pub(super) use fields::Fields;
pub(super) use form::form_value;
pub(super) use json::{JsonBody, NoBody};
pub(super) use path::PathId;
pub(super) use query::{LIMIT, Query, next_link};
