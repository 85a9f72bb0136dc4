//! Carries out one instruction on a site held in memory.

mod add;
mod link;
mod markup;
mod point;
mod remove;
mod replace;
mod rewrite;
mod run;
mod set;
mod spot;

pub(crate) use run::run;
