//! Instruction and site in, outcome out.

mod demo;
mod html;
mod markdown;
mod properties;
mod refusals;
mod support;
