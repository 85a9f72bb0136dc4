//! Who calls, for which clients, and whether the call is theirs to make (`design.md` section 5, "Keys").

use std::convert::Infallible;
use std::marker::PhantomData;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts, OptionalFromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};

use super::hosts::{HostKind, authority};
use super::problem::Problem;
use super::state::AppState;
use crate::config::{Access, Right};
use crate::domain::access::Scope;
use crate::services::http_metrics::AuthFailure;

/// A caller with the right that `P` stands for. Every handler of the API asks for one.
#[derive(Debug)]
pub(super) struct Caller<P> {
    /// The clients that exist for it (invariant 7).
    pub(super) scope: Scope,
    /// Whether mail it posts may publish.
    pub(super) may_publish: bool,
    purpose: PhantomData<P>,
}

/// What a right is needed for.
pub(super) trait Purpose {
    /// The right.
    const RIGHT: Right;
}

macro_rules! purposes {
    ($($(#[$doc:meta])* $name:ident needs $right:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(super) struct $name;
        impl Purpose for $name {
            const RIGHT: Right = Right::$right;
        }
    )*};
}

purposes! {
    /// Sessions and their commands and events.
    ToWork needs Sessions;
    /// Mail in.
    ToPost needs Mail;
    /// The journal, metrics, details of readiness.
    ToOperate needs Admin;
}

impl<P: Purpose> FromRequestParts<AppState> for Caller<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        admit(parts, app).map_err(|refusal| {
            if let Some(failure) = refusal.failure {
                app.metrics.http.refused(failure);
            }
            refusal.problem
        })
    }
}

/// For routes that tell more to some: who may not is nobody in particular, and no failure.
impl<P: Purpose> OptionalFromRequestParts<AppState> for Caller<P> {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &AppState,
    ) -> Result<Option<Self>, Infallible> {
        Ok(admit(parts, app).ok())
    }
}

/// Why a caller is not let in.
struct Refusal {
    problem: Problem,
    /// For metrics.
    failure: Option<AuthFailure>,
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self {
            problem,
            failure: None,
        }
    }
}

fn admit<P: Purpose>(parts: &Parts, app: &AppState) -> Result<Caller<P>, Refusal> {
    let (scope, may_publish) = match &app.access {
        Access::Keys(_) => by_key(&app.access, &parts.headers, P::RIGHT)?,
        Access::LoopbackOnly => {
            from_this_machine(parts)?;
            known_host(app, parts)?;
            (Scope::All, false)
        }
        Access::Open => {
            known_host(app, parts)?;
            (Scope::All, false)
        }
    };
    Ok(Caller {
        scope,
        may_publish,
        purpose: PhantomData,
    })
}

/// A caller with a key may use any name for this service: no stranger's page has the key.
fn by_key(access: &Access, headers: &HeaderMap, right: Right) -> Result<(Scope, bool), Refusal> {
    let unauthorized = |failure, detail, challenge| Refusal {
        problem: Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
            .challenge(challenge),
        failure: Some(failure),
    };
    let secret = bearer(headers).ok_or_else(|| {
        let detail = "this call needs an API key: send `Authorization: Bearer <key>`";
        unauthorized(AuthFailure::Missing, detail, "Bearer")
    })?;
    let key = access.find(secret).ok_or_else(|| {
        let detail = "this API key is not known here";
        unauthorized(
            AuthFailure::Unknown,
            detail,
            "Bearer error=\"invalid_token\"",
        )
    })?;
    if !key.has(right) {
        let detail = "this API key has no right to do that";
        return Err(Refusal {
            problem: Problem::new(StatusCode::FORBIDDEN, "forbidden", detail),
            failure: Some(AuthFailure::Scope),
        });
    }
    Ok((key.scope().clone(), key.has(Right::Publish)))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let secret = secret.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !secret.is_empty()).then_some(secret)
}

/// What proxies add. A proxy on this machine is a loopback peer, whoever is behind it.
const FORWARDED: [&str; 6] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
];

fn from_this_machine(parts: &Parts) -> Result<(), Problem> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let loopback = peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback());
    let forwarded = FORWARDED
        .iter()
        .any(|name| parts.headers.contains_key(*name));
    if loopback && !forwarded {
        return Ok(());
    }
    let detail = "no API keys are set up, so only programs on this machine are served. Make a key with \
        `hermes key new`, put its entry into HERMES_API_KEYS, restart, and send the key as a bearer token";
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "api_key_required",
        detail,
    ))
}

/// Without keys, the name a browser was given for us is all that tells a stranger's page from our own (DNS rebinding).
fn known_host(app: &AppState, parts: &Parts) -> Result<(), Problem> {
    match app.hosts.sort(authority(&parts.uri, &parts.headers)) {
        HostKind::Ours => Ok(()),
        HostKind::Preview(_) | HostKind::Foreign => {
            let detail = "this service is not known by the host that was asked for; if it should be, set \
                HERMES_PUBLIC_URL, or use an API key";
            Err(Problem::new(
                StatusCode::MISDIRECTED_REQUEST,
                "unknown_host",
                detail,
            ))
        }
    }
}
