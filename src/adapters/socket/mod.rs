//! Queues for workers, over a Unix socket in the data folder.
