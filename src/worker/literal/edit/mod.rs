//! Carries out one instruction on a site held in memory.

mod add;
mod address;
mod closest;
mod find;
mod link;
mod locate;
mod markup;
mod pages;
mod point;
mod remove;
mod replace;
mod rewrite;
mod run;
mod sections;
mod set;
mod spot;

pub(crate) use run::run;
