//! The wording of machines, as data: lower-case, single spaces, straight apostrophes.

pub(super) mod answers;
pub(super) mod bounces;
pub(super) mod names;
pub(super) mod subjects;
