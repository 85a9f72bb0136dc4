//! Hermes: change your website by writing a message.

pub mod adapters;
pub mod cli;
pub mod config;
pub mod domain;
pub mod http;
pub mod ports;
pub mod runtime;
pub mod services;
pub mod worker;
