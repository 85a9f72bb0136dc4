//! The Prometheus endpoint.

use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};

use crate::http::caller::{Caller, ToOperate};
use crate::http::problem::Problem;
use crate::http::state::AppState;

const OPEN_METRICS: &str = "application/openmetrics-text";

/// `GET /hermes/metrics`: `OpenMetrics` for those who ask for it, else the older text.
pub(in crate::http) async fn metrics(
    State(app): State<AppState>,
    _: Caller<ToOperate>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut gauges = app.inventory.count().await?;
    let failed = app.inventory.failed().await?;
    gauges.containers.push(("failed", failed));
    let tasks = app.health.tasks().into_iter();
    let ticked = tasks.filter_map(|task| Some((task.name, task.last_tick?)));
    gauges.ticks.extend(ticked);
    let text = app.metrics.render(&gauges);
    let open = headers.get_all(ACCEPT).iter().any(|value| {
        let value = value.to_str().unwrap_or_default();
        value.contains(OPEN_METRICS)
    });
    let (kind, text) = if open {
        let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        (kind, text)
    } else {
        ("text/plain; version=0.0.4; charset=utf-8", classic(&text))
    };
    Ok(([(CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response())
}

/// The same in the text format before `OpenMetrics`: there a counter's `_total` is part of its name, and there are no
/// units and no end mark.
fn classic(open: &str) -> String {
    let counter = |name: &str| {
        let kind = format!("# TYPE {name} counter\n");
        open.contains(&kind)
    };
    let mut text = String::with_capacity(open.len());
    for line in open.lines() {
        let mut words = line.splitn(4, ' ');
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some("#"), Some("EOF" | "UNIT"), _, _) => continue,
            (Some("#"), Some(what), Some(name), rest) if counter(name) => {
                let rest = rest.unwrap_or_default();
                text.extend(["# ", what, " ", name, "_total ", rest]);
            }
            _ => text.push_str(line),
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_classic_text_names_counters_in_full() {
        let open = "# HELP a_seconds Time, in all.\n# TYPE a_seconds counter\n# UNIT a_seconds seconds\na_seconds_total 2\n\
            # HELP b Now.\n# TYPE b gauge\nb{x=\"y\"} 1\n# EOF\n";
        let expected = "# HELP a_seconds_total Time, in all.\n# TYPE a_seconds_total counter\na_seconds_total 2\n\
            # HELP b Now.\n# TYPE b gauge\nb{x=\"y\"} 1\n";
        assert_eq!(classic(open), expected);
    }
}
