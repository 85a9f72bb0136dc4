//! What stands behind the `?`, and links to the next page.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use axum::extract::{FromRequestParts, Query as Pairs};
use axum::http::HeaderValue;
use axum::http::request::Parts;

use crate::http::problem::{FieldError, Problem};
use crate::http::state::AppState;

/// Rows on a page; the largest is also the default.
pub(in crate::http) const LIMIT: RangeInclusive<u64> = 1..=100;
/// Longest cursor; ours are far shorter.
const LONGEST_CURSOR: usize = 512;

/// The pairs of a query. Names that nobody asks for are ignored; of a name that is repeated the first counts.
#[derive(Debug, Default)]
pub(in crate::http) struct Query(Vec<(String, String)>);

impl FromRequestParts<AppState> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        if parts.uri.query().is_none() {
            return Ok(Self::default());
        }
        let pairs = Pairs::try_from_uri(&parts.uri);
        pairs
            .map(|Pairs(pairs)| Self(pairs))
            .map_err(|_unreadable| {
                wrong("query", "must be name=value pairs joined by &".to_owned())
            })
    }
}

impl Query {
    /// The value of a name.
    pub(in crate::http) fn get(&self, name: &str) -> Option<&str> {
        let pair = self.0.iter().find(|(given, _)| given == name);
        pair.map(|(_, value)| value.as_str())
    }

    /// A whole number within `range`.
    pub(in crate::http) fn number(
        &self,
        name: &'static str,
        range: &RangeInclusive<u64>,
    ) -> Result<Option<u64>, Problem> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        let number = text.parse().ok().filter(|number| range.contains(number));
        let (least, most) = (range.start(), range.end());
        match number {
            Some(number) => Ok(Some(number)),
            None if *most == u64::MAX => Err(wrong(name, "must be a whole number".to_owned())),
            None => Err(wrong(
                name,
                format!("must be a whole number from {least} to {most}"),
            )),
        }
    }

    /// `limit`, by default the most.
    pub(in crate::http) fn limit(&self, range: &RangeInclusive<u64>) -> Result<usize, Problem> {
        let limit = self.number("limit", range)?.unwrap_or(*range.end());
        Ok(usize::try_from(limit).unwrap_or(usize::MAX))
    }

    /// `cursor`, as an earlier page gave it.
    pub(in crate::http) fn cursor(&self) -> Result<Option<&str>, Problem> {
        let Some(cursor) = self.get("cursor") else {
            return Ok(None);
        };
        let fit = (1..=LONGEST_CURSOR).contains(&cursor.len())
            && cursor.bytes().all(|byte| byte.is_ascii_graphic());
        if fit {
            Ok(Some(cursor))
        } else {
            Err(wrong(
                "cursor",
                "must be the cursor of an earlier page's Link header".to_owned(),
            ))
        }
    }
}

fn wrong(field: &'static str, message: String) -> Problem {
    Problem::invalid(vec![FieldError { field, message }])
}

/// The `Link` header to the next page of a list at `path`.
pub(in crate::http) fn next_link(path: &str, limit: usize, cursor: &str) -> Option<HeaderValue> {
    let mut link = format!("<{path}?limit={limit}&cursor=");
    for byte in cursor.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            link.push(char::from(byte));
        } else {
            write!(link, "%{byte:02X}").ok()?;
        }
    }
    link.push_str(">; rel=\"next\"");
    HeaderValue::try_from(link).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(pairs: &[(&str, &str)]) -> Query {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Query(pairs.iter().map(own).collect())
    }

    #[test]
    fn limits_and_cursors_are_checked() {
        assert_eq!(query(&[]).limit(&LIMIT).unwrap(), 100);
        assert_eq!(
            query(&[("limit", "7"), ("limit", "x")])
                .limit(&LIMIT)
                .unwrap(),
            7
        );
        for bad in ["0", "101", "-1", "x", "", "1.5"] {
            let problem = query(&[("limit", bad)]).limit(&LIMIT).unwrap_err();
            assert_eq!(problem.code(), "validation_failed", "{bad}");
        }
        assert_eq!(query(&[]).cursor().unwrap(), None);
        assert_eq!(query(&[("cursor", "a=")]).cursor().unwrap(), Some("a="));
        for bad in ["", "a b", "ä", &"x".repeat(513)] {
            assert!(query(&[("cursor", bad)]).cursor().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_link_holds_any_cursor() {
        assert_eq!(
            next_link("/x", 2, "a+/=é").unwrap(),
            "</x?limit=2&cursor=a%2B%2F%3D%C3%A9>; rel=\"next\""
        );
    }
}
