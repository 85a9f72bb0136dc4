//! Adapters against the real outside: processes, sockets, files, databases.

mod doubles;
mod fleets;
mod folder_mailer;
mod folder_previews;
mod memory_queues;
mod process_demo;
mod process_fleet;
mod process_leftovers;
mod smtp_mailer;
mod smtp_server;
mod socket_files;
mod socket_queues;
mod sqlite;
