//! Errors as RFC 9457 problems: one shape, a stable `code`, and no internals.

mod document;
mod of_services;

pub(super) use document::{FieldError, Problem, render};
