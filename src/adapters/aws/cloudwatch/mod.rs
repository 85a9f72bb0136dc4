//! Metrics out, to CloudWatch.

mod sink;

pub use sink::CloudWatchSink;
