//! What each error of a service is over HTTP: a status and a stable code.

use std::time::Duration;

use axum::http::StatusCode;

use super::Problem;
use crate::services::Fault;
use crate::services::intake_error::IntakeError;
use crate::services::projects::ProjectError;
use crate::services::session_error::SessionError;

/// After a failure that passes by itself.
const SOON: Duration = Duration::from_secs(1);

impl From<SessionError> for Problem {
    fn from(error: SessionError) -> Self {
        let said = error.to_string();
        match error {
            SessionError::NotFound => Self::new(StatusCode::NOT_FOUND, "unknown_session", said),
            SessionError::Expired => Self::new(StatusCode::GONE, "session_expired", said),
            SessionError::Draining { retry_after } => {
                Self::new(StatusCode::CONFLICT, "session_draining", said).retry_after(retry_after)
            }
            SessionError::NoSuchCommand => {
                Self::new(StatusCode::NOT_FOUND, "unknown_command", said)
            }
            SessionError::ForeignClient => {
                Self::new(StatusCode::FORBIDDEN, "client_not_allowed", said)
            }
            SessionError::UnknownThread => Self::new(StatusCode::NOT_FOUND, "unknown_thread", said),
            SessionError::Project(error) => error.into(),
            SessionError::IdempotencyKeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                said,
            ),
            SessionError::Contention => Self::unavailable(SOON, said),
            SessionError::Backend(fault) => fault.into(),
        }
    }
}

impl From<ProjectError> for Problem {
    fn from(error: ProjectError) -> Self {
        let (status, code) = match error {
            ProjectError::Unknown => (StatusCode::NOT_FOUND, "unknown_project"),
            ProjectError::Required => (StatusCode::BAD_REQUEST, "project_required"),
            ProjectError::NotAMember => (StatusCode::FORBIDDEN, "not_a_member"),
            ProjectError::ViewerOnly => (StatusCode::FORBIDDEN, "viewer_only"),
        };
        Self::new(status, code, error.to_string())
    }
}

impl From<IntakeError> for Problem {
    fn from(error: IntakeError) -> Self {
        let said = error.to_string();
        match error {
            IntakeError::NotAMail(_) => Self::new(StatusCode::BAD_REQUEST, "not_a_mail", said),
            IntakeError::NotFound => Self::new(StatusCode::NOT_FOUND, "unknown_message", said),
            IntakeError::HasCommand(_) => Self::new(StatusCode::CONFLICT, "has_command", said),
            IntakeError::RawGone => Self::new(StatusCode::GONE, "mail_gone", said),
            IntakeError::Contention => Self::unavailable(SOON, said),
            IntakeError::Backend(fault) => fault.into(),
        }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        if fault.is_transient() {
            Self::unavailable(fault.retry_after.unwrap_or(SOON), fault)
        } else {
            Self::internal(fault)
        }
    }
}
