//! Supervision, periodic loops, signals and telemetry; knows no Hermes noun.
