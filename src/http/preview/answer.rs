//! What a visitor of a preview gets, wherever the preview is.

use std::path::Path;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE,
    RANGE, REFERRER_POLICY, REFRESH,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use tower_http::services::ServeFile;

use super::in_place::redirect;
use crate::domain::ids::SessionId;
use crate::http::pages;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::services::previews::{Found, Visit};

/// What is asked for.
pub(super) struct Asked<'a> {
    pub(super) session: &'a SessionId,
    /// The path within the preview, as it came: not decoded, with its first slash.
    pub(super) path: String,
    /// Where the preview begins, for links.
    pub(super) home: String,
}

/// A preview may be published anew between finding a file and opening it; the second look finds the new one.
const LOOKS: usize = 2;

/// Answers with the preview's file, or says what there is instead.
pub(super) async fn answer(app: &AppState, asked: Asked<'_>, request: Request) -> Response {
    let mut response = match visit(app, &asked, request).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    };
    finish(&mut response);
    response
}

/// No session, no preview.
pub(super) fn nowhere() -> Response {
    let mut response = (StatusCode::NOT_FOUND, pages::no_preview()).into_response();
    finish(&mut response);
    response
}

/// Previews are for those who have the link: not for search engines, and not passed on by the browser.
fn finish(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex"),
    );
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-cache"));
}

async fn visit(app: &AppState, asked: &Asked<'_>, request: Request) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    for _ in 0..LOOKS {
        let file = match app.previews.visit(asked.session, &asked.path).await? {
            Visit::NoSuchSession => return Ok(nowhere()),
            Visit::Preview(Found::Unpublished) => return Ok(unpublished(asked.session)),
            Visit::Preview(Found::Elsewhere(url)) => return Ok(redirect(&url)),
            Visit::Preview(Found::Missing) => return missing(app, asked).await,
            Visit::Preview(Found::File(file)) => file,
        };
        if let Some(folder) = folder_without_slash(&asked.path, &file) {
            let query = parts.uri.query().map(|query| format!("?{query}"));
            return Ok(redirect(&format!(
                "./{folder}/{}",
                query.unwrap_or_default()
            )));
        }
        let mut request = Request::new(Body::empty());
        request.method_mut().clone_from(&parts.method);
        for name in [
            RANGE,
            IF_MATCH,
            IF_NONE_MATCH,
            IF_MODIFIED_SINCE,
            IF_UNMODIFIED_SINCE,
        ] {
            if name == RANGE && parts.headers.contains_key(IF_RANGE) {
                continue; // not looked at by ServeFile; all of the file is right whatever the client has
            }
            let value = parts.headers.get(&name).cloned();
            request
                .headers_mut()
                .extend(value.map(|value| (name, value)));
        }
        let response = serve(&file, request).await?;
        if response.status() != StatusCode::NOT_FOUND {
            return Ok(response);
        }
    }
    missing(app, asked).await
}

async fn serve(file: &Path, request: Request) -> Result<Response, Problem> {
    let response = ServeFile::new(file).try_call(request).await;
    let response = response.map_err(Problem::internal)?;
    Ok(response.map(Body::new))
}

fn unpublished(session: &SessionId) -> Response {
    let headers = [
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (REFRESH, HeaderValue::from_static("2")),
    ];
    (headers, pages::waiting(session)).into_response()
}

/// The website's own page for what it does not have, else ours.
async fn missing(app: &AppState, asked: &Asked<'_>) -> Result<Response, Problem> {
    let own = app.previews.visit(asked.session, "/404.html").await?;
    let response = match own {
        Visit::Preview(Found::File(file)) => {
            let response = serve(&file, Request::new(Body::empty())).await?;
            response.status().is_success().then_some(response)
        }
        Visit::Preview(Found::Missing | Found::Unpublished | Found::Elsewhere(_))
        | Visit::NoSuchSession => None,
    };
    let mut response = response.unwrap_or_else(|| pages::missing(&asked.path, &asked.home));
    if response.status().is_success() {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    Ok(response)
}

/// The last part of a path that named a folder without the slash at its end: without it, relative links would go wrong.
fn folder_without_slash<'a>(path: &'a str, file: &Path) -> Option<&'a str> {
    let last = path.rsplit('/').next().filter(|last| !last.is_empty())?;
    let folder = file.parent()?.file_name()?;
    let is_index = file.file_name()? == "index.html";
    (is_index && folder == last).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_folder_without_its_slash_is_sent_on() {
        let index = Path::new("/d/docs/index.html");
        for (path, file, expected) in [
            ("/docs", index, Some("docs")),
            ("//evil.example/docs", index, Some("docs")),
            ("/docs/", index, None),
            ("/docs/index.html", index, None),
            ("/docs/index", index, None),
            ("/", index, None),
            ("/docs", Path::new("/d/docs.html"), None),
        ] {
            assert_eq!(folder_without_slash(path, file), expected, "{path}");
        }
    }
}
