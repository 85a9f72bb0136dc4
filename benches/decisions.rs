//! Pure decisions under criterion.

fn main() {}
