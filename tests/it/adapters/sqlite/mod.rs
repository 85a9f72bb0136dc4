//! The embedded store: its group commit, its folder, its queues under load, and what a kill leaves behind.

mod backup;
mod folder;
mod group_commit;
mod kill;
mod queue_load;
mod queue_model;
