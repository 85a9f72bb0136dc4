//! Records and queues in one SQLite file.
