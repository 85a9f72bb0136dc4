//! Where log events go: lines on standard error, for people or for machines, so that standard output stays the answer.

use std::io::{self, IsTerminal as _};

use tracing::level_filters::LevelFilter;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{self, FilterExt as _, ParseError};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

/// How a log event is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One readable line, in colour on a terminal unless `NO_COLOR` is set.
    Pretty,
    /// One JSON object a line: `timestamp`, `level`, `target`, `message`, the event's fields, and its `span`.
    Json,
}

/// Why log events cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is not a list of directives such as `info,hermes::http=debug`.
    #[error("the log filter `{directives}` is not understood")]
    Filter {
        /// What was given.
        directives: String,
        /// Where it goes wrong.
        #[source]
        source: ParseError,
    },
}

/// Sends the log events of the whole process that pass `directives` to standard error.
///
/// Only the first call of a process counts; tests may call it as often as they like. Events of other crates are never
/// written below `info`, whatever the directives say: at `debug` HTTP and SDK crates print bodies and headers.
pub fn init_telemetry(format: LogFormat, directives: &str) -> Result<(), TelemetryError> {
    let colour = io::stderr().is_terminal();
    let subscriber = subscriber(format, directives, colour, io::stderr)?;
    if tracing::subscriber::set_global_default(subscriber).is_err() {
        tracing::debug!("log events were set up before");
    }
    Ok(())
}

fn subscriber<W>(
    format: LogFormat,
    directives: &str,
    colour: bool,
    writer: W,
) -> Result<impl Subscriber + Send + Sync, TelemetryError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::builder()
        .parse(directives)
        .map_err(|source| TelemetryError::Filter {
            directives: directives.to_owned(),
            source,
        })?
        .and(filter::filter_fn(may_be_written));
    // Closed standard error must not become a panic: the layer reports its own failures with `eprintln!`.
    let layer = fmt::layer().with_writer(writer).log_internal_errors(false);
    let layer = match format {
        LogFormat::Pretty if colour => layer.compact().boxed(),
        LogFormat::Pretty => layer.compact().with_ansi(false).boxed(),
        LogFormat::Json => layer
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .boxed(),
    };
    Ok(Registry::default().with(layer.with_filter(filter)))
}

fn may_be_written(metadata: &Metadata<'_>) -> bool {
    let ours = metadata.target().split("::").next() == Some(env!("CARGO_CRATE_NAME"));
    ours || *metadata.level() <= LevelFilter::INFO
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};
    use tracing::subscriber::with_default;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What `work` logs on this thread.
    pub(in crate::runtime) fn logged(
        format: LogFormat,
        directives: &str,
        work: impl FnOnce(),
    ) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = subscriber(format, directives, false, move || writer.clone()).unwrap();
        with_default(subscriber, work);
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn json_lines_carry_message_fields_and_span() {
        let text = logged(LogFormat::Json, "info", || {
            let _inside = tracing::info_span!("task", task.name = "sweep").entered();
            tracing::info!(session.id = "ses-1", "session ses-1 woke");
        });
        assert_eq!(text.lines().count(), 1, "{text}");
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["message"], "session ses-1 woke");
        assert_eq!(line["session.id"], "ses-1");
        assert_eq!(line["span"]["task.name"], "sweep");
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'));
    }

    #[test]
    fn a_readable_line_has_no_escapes_off_a_terminal() {
        let text = logged(LogFormat::Pretty, "info", || {
            tracing::warn!(task = "sweep", "slow");
        });
        assert!(text.contains("WARN") && text.contains("slow"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }

    #[test]
    fn directives_choose_what_is_written() {
        let text = logged(LogFormat::Pretty, "warn,hermes::runtime=debug", || {
            tracing::debug!("ours");
            tracing::info!(target: "hermes::other", "other");
        });
        assert!(text.contains("ours") && !text.contains("other"), "{text}");
    }

    #[test]
    fn other_crates_are_never_written_below_info() {
        let text = logged(LogFormat::Pretty, "trace", || {
            tracing::debug!(target: "hyper::body", "a mail body");
            tracing::debug!(target: "hermes_lookalike", "a mail body");
            tracing::info!(target: "hyper", "listening");
            tracing::trace!("ours");
        });
        assert!(!text.contains("a mail body"), "{text}");
        assert!(
            text.contains("listening") && text.contains("ours"),
            "{text}"
        );
    }

    #[test]
    fn a_bad_filter_is_refused_with_its_text() {
        let error = init_telemetry(LogFormat::Pretty, "hermes=loud").unwrap_err();
        assert!(error.to_string().contains("hermes=loud"), "{error}");
    }

    #[test]
    fn setting_up_twice_is_harmless() {
        init_telemetry(LogFormat::Pretty, "off").unwrap();
        init_telemetry(LogFormat::Json, "off").unwrap();
    }
}
