//! What one adapter promises beyond its ports.

mod sqlite;
