//! What an operator runs and hands to AWS: images, scripts, templates, the deploy workflow.

mod build_and_push;
mod image;
mod scripts;
mod set_version;
