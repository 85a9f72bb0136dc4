//! The table of routes.

use axum::Router;
use axum::extract::MatchedPath;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};

use super::gate::gate;
use super::problem::Problem;
use super::state::AppState;
use super::{confirm, mail, operations, pages, preview, sessions};

pub(super) const MAIL: &str = "/hermes/api/mail";
pub(super) const PREVIEW: &str = "/hermes/preview/{sessionId}/{*path}";

type Route = (&'static str, fn() -> MethodRouter<AppState>);

/// Every route by its template, which is also its label in metrics.
const ROUTES: [Route; 21] = [
    ("/", || get(pages::at_root)),
    ("/hermes", || get(pages::at_root)),
    ("/health", || get(operations::health)),
    ("/hermes/health", || get(operations::health)),
    ("/hermes/health/ready", || get(operations::ready)),
    ("/hermes/metrics", || get(operations::metrics)),
    ("/hermes/api/sessions/activate", || post(sessions::activate)),
    ("/hermes/api/sessions/client/{clientId}", || {
        get(sessions::list)
    }),
    ("/hermes/api/sessions/{sessionId}/status", || {
        get(sessions::status)
    }),
    ("/hermes/api/sessions/{sessionId}/keepalive", || {
        post(sessions::keepalive)
    }),
    ("/hermes/api/sessions/{sessionId}/deactivate", || {
        post(sessions::deactivate)
    }),
    ("/hermes/api/sessions/{sessionId}/messages", || {
        post(sessions::message)
    }),
    ("/hermes/api/sessions/{sessionId}/commands", || {
        get(sessions::commands)
    }),
    ("/hermes/api/sessions/{sessionId}/events", || {
        get(sessions::events)
    }),
    ("/hermes/api/commands/{commandId}", || {
        get(sessions::command)
    }),
    (MAIL, || get(mail::list).post(mail::receive)),
    ("/hermes/api/mail/{journalId}", || get(mail::show)),
    ("/hermes/api/mail/{journalId}/replay", || post(mail::replay)),
    ("/hermes/confirm/{token}", || {
        get(confirm::show).post(confirm::answer)
    }),
    ("/hermes/preview/{sessionId}", || get(preview::in_place)),
    (PREVIEW, || get(preview::in_place)),
];

/// The whole HTTP face. Peers are known only to a service made with connect info, as [`super::serve()`] makes it.
pub fn router(app: AppState) -> Router {
    let mut router = Router::new();
    for (path, methods) in ROUTES {
        router = router.route(path, methods());
        let is_preview = path.starts_with("/hermes/preview");
        if path != "/" && !is_preview {
            router = router.route(&format!("{path}/"), methods());
        }
    }
    router
        .route("/hermes/preview/{sessionId}/", get(preview::in_place))
        .fallback(async || Problem::not_found("not_found", "there is nothing at this address"))
        .method_not_allowed_fallback(async || {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "this address is asked with another method; the Allow header says which",
            )
        })
        .layer(from_fn_with_state(app.clone(), gate))
        .with_state(app)
}

/// The template of a matched path: one of a fixed set, so that metrics stay few.
pub(super) fn route_label(matched: Option<&MatchedPath>) -> &'static str {
    let Some(path) = matched.map(MatchedPath::as_str) else {
        return "none";
    };
    let path = path
        .strip_suffix('/')
        .filter(|path| !path.is_empty())
        .unwrap_or(path);
    let known = ROUTES.iter().find(|(template, _)| *template == path);
    known.map_or("none", |(template, _)| template)
}
