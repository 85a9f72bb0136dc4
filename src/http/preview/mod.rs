//! Previews: the website of each thread as its branch has it, each best seen at a host of its own.

mod answer;
mod in_place;
mod own_host;

pub(super) use in_place::in_place;
pub(super) use own_host::on_its_host;
