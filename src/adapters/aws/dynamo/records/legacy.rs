//! Rows of the service that came before, and of tools that write like it: what they leave out, and in how many ways they
//! write a time.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;

use super::session_item::LAST_ACTIVITY;
use crate::adapters::aws::dynamo::engine::{Item, TTL};
use crate::domain::session::SessionStatus;
use crate::domain::time::Timestamp;

/// The project of a row that names none: the service that came before had one project a client.
pub(super) const UNNAMED_PROJECT: &str = "default";

/// How long its sessions lived after the last activity.
const LIFETIME: Duration = Duration::from_mins(30);

/// The times of a row.
pub(super) struct Times {
    pub(super) last_activity: Timestamp,
    /// Whole seconds.
    pub(super) ttl: Timestamp,
    pub(super) created: Timestamp,
}

impl Times {
    /// Each is made from the others where it is missing.
    pub(super) fn of(row: &Item) -> Self {
        let ttl = moment(row, TTL);
        let created = moment(row, "createdAt");
        let last_activity = moment(row, LAST_ACTIVITY)
            .or(created)
            .or(ttl.map(|ttl| ttl - LIFETIME))
            .unwrap_or(Timestamp::EPOCH);
        let ttl = ttl.unwrap_or(last_activity + LIFETIME);
        Self {
            last_activity,
            ttl: Timestamp::from_secs(ttl.as_secs()),
            created: created.unwrap_or(last_activity),
        }
    }
}

/// A time of a row: a number or its text, in seconds or milliseconds, or RFC 3339.
pub(super) fn moment(row: &Item, name: &str) -> Option<Timestamp> {
    let value = row.get(name)?;
    if let AttributeValue::S(text) = value {
        return from_number(text).or_else(|| text.parse().ok());
    }
    from_number(value.as_n().ok()?)
}

fn from_number(digits: &str) -> Option<Timestamp> {
    /// Seconds reach it in the year 5138, milliseconds had it in 1973.
    const SECONDS_END: i64 = 100_000_000_000;
    let whole = digits.split_once('.').map_or(digits, |(whole, _)| whole);
    let at: i64 = whole.trim().parse().ok()?;
    Some(if at < SECONDS_END {
        Timestamp::from_secs(at)
    } else {
        Timestamp::from_millis(at)
    })
}

/// The status of a row. One that we do not know does not end a session: its `ttl` does.
pub(super) fn status(text: Option<&str>) -> SessionStatus {
    let text = text.map(str::to_ascii_lowercase);
    match text.as_deref() {
        Some("initializing" | "starting" | "pending" | "provisioning") => {
            SessionStatus::Initializing
        }
        Some("draining" | "stopping" | "terminating" | "deactivating") => SessionStatus::Draining,
        Some(
            "expired" | "inactive" | "stopped" | "terminated" | "deactivated" | "ended" | "closed"
            | "failed" | "error",
        ) => SessionStatus::Expired,
        Some(_) | None => SessionStatus::Active,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::aws::dynamo::engine::{number, text};

    fn row(attributes: &[(&str, AttributeValue)]) -> Item {
        let attributes = attributes.iter();
        attributes
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect()
    }

    #[test]
    fn a_time_is_read_however_it_is_written() {
        let expected = Timestamp::from_secs(1_795_269_600);
        for value in [
            number(1_795_269_600_i64),
            number(1_795_269_600_000_i64),
            AttributeValue::N("1795269600000.25".to_owned()),
            text("1795269600"),
            text("2026-11-21T14:00:00.000Z"),
        ] {
            assert_eq!(
                moment(&row(&[("at", value.clone())]), "at"),
                Some(expected),
                "{value:?}"
            );
        }
        for value in [text(""), text("soon"), AttributeValue::Bool(true)] {
            assert_eq!(moment(&row(&[("at", value)]), "at"), None);
        }
    }

    #[test]
    fn missing_times_are_made_from_the_others() {
        let at = Timestamp::from_secs(1_795_269_600);
        let seconds = |at: Timestamp| number(at.as_secs());
        let only_ttl = Times::of(&row(&[("ttl", seconds(at + LIFETIME))]));
        assert_eq!((only_ttl.last_activity, only_ttl.created), (at, at));
        let only_activity = Times::of(&row(&[("lastActivity", number(at.as_millis() + 5))]));
        assert_eq!(only_activity.ttl, at + LIFETIME);
    }

    #[test]
    fn a_status_we_do_not_know_ends_no_session() {
        assert_eq!(status(Some("ACTIVE")), SessionStatus::Active);
        assert_eq!(status(Some("idle")), SessionStatus::Active);
        assert_eq!(status(None), SessionStatus::Active);
        assert_eq!(status(Some("inactive")), SessionStatus::Expired);
        assert_eq!(status(Some("terminating")), SessionStatus::Draining);
        for ours in [
            SessionStatus::Initializing,
            SessionStatus::Active,
            SessionStatus::Draining,
            SessionStatus::Expired,
        ] {
            assert_eq!(status(Some(ours.as_str())), ours);
        }
    }
}
