//! Instruction and site in, outcome out.

mod html;
mod markdown;
mod properties;
mod refusals;
mod support;
