//! The program that runs in a container: takes commands, drives the agent, builds, publishes, answers.

pub mod literal;
