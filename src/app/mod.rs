//! Wiring: settings, ports, services, HTTP, background tasks.
//!
//! The only module that knows every other one. The fork between the backends is one `match` in `serve`.

mod aws;
mod background;
mod backup;
mod cloud;
mod demo;
mod doctor;
mod embedded;
mod explain;
mod opened;
mod projects;
mod run;
mod serve;
mod services;
mod worker;

pub use run::run;
