//! Ids in paths.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use crate::domain::ids::{ClientId, CommandId, JournalId, SessionId};
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// The one id in the path. What can't be an id names nothing that exists.
#[derive(Debug)]
pub(in crate::http) struct PathId<T>(pub(in crate::http) T);

/// What a path can name.
pub(in crate::http) trait PathValue: Sized {
    /// Reads its text.
    fn read(text: &str) -> Result<Self, Problem>;
}

macro_rules! named {
    ($($id:ident $code:literal $detail:literal)*) => {$(
        impl PathValue for $id {
            fn read(text: &str) -> Result<Self, Problem> {
                text.parse().map_err(|_| Problem::not_found($code, $detail))
            }
        }
    )*};
}

named! {
    SessionId "unknown_session" "there is no such session"
    CommandId "unknown_command" "there is no such command"
    JournalId "unknown_message" "there is no such message in the journal"
}

/// A client that can't exist has no sessions, like any other that is not known (S10).
impl PathValue for Option<ClientId> {
    fn read(text: &str) -> Result<Self, Problem> {
        Ok(text.parse().ok())
    }
}

impl<T: PathValue> FromRequestParts<AppState> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        // fails on bytes that are no text: no id has such
        let text = Path::<String>::from_request_parts(parts, app).await;
        let text = text.map(|Path(text)| text).unwrap_or_default();
        T::read(&text).map(Self)
    }
}
