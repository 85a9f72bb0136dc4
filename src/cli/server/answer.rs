//! One answer of the server, and what its status means.

use std::time::Duration;

use reqwest::header::{HeaderMap, LINK, LOCATION, RETRY_AFTER};
use reqwest::{Response, StatusCode, Url};
use serde::de::{DeserializeOwned, IgnoredAny};

use super::failure::Failure;
use super::problem::Problem;
use super::transport;

/// Longest answer that is read, in bytes; a page of 100 rows has some 100 KB.
const LONGEST: usize = 16 << 20;

/// A 2xx answer.
#[derive(Debug)]
pub(in crate::cli) struct Answer {
    /// JSON, as the server wrote it.
    pub(in crate::cli) json: String,
    /// Where a list goes on: the cursor in its `Link` header.
    pub(in crate::cli) next: Option<String>,
    /// Its status.
    pub(in crate::cli) status: StatusCode,
    url: Url,
}

impl Answer {
    /// Reads an answer to its end. What is not 2xx is a failure.
    pub(super) async fn of(response: Response) -> Result<Self, Failure> {
        let url = response.url().clone();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = body(response).await?;
        if !status.is_success() {
            return Err(refusal(status, &headers, &url, &body));
        }
        if serde_json::from_str::<IgnoredAny>(&body).is_err() {
            return Err(not_hermes(&url, "answered something that is not JSON"));
        }
        Ok(Self {
            json: body.trim().to_owned(),
            next: next_cursor(&headers, &url),
            status,
            url,
        })
    }

    /// The answer as a value.
    pub(in crate::cli) fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_str(&self.json).map_err(|error| {
            let said = format!("answered in a way this version does not understand ({error})");
            not_hermes(&self.url, &said)
        })
    }
}

/// The failure that an answer is, if it is not 2xx.
pub(super) async fn check(response: Response) -> Result<Response, Failure> {
    if response.status().is_success() {
        return Ok(response);
    }
    let url = response.url().clone();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = body(response).await?;
    Err(refusal(status, &headers, &url, &body))
}

async fn body(mut response: Response) -> Result<String, Failure> {
    let url = response.url().clone();
    let mut body = Vec::new();
    loop {
        let chunk = response.chunk().await;
        let Some(chunk) = chunk.map_err(|error| transport::failure(&url, &error))? else {
            return Ok(String::from_utf8_lossy(&body).into_owned());
        };
        if body.len() + chunk.len() > LONGEST {
            return Err(not_hermes(&url, "answered more than 16 MB"));
        }
        body.extend_from_slice(&chunk);
    }
}

fn refusal(status: StatusCode, headers: &HeaderMap, url: &Url, body: &str) -> Failure {
    let text = |name| headers.get(name)?.to_str().ok();
    let code = status.as_u16();
    let problem = Problem::read(code, body);
    let retry_after = text(RETRY_AFTER).and_then(|seconds| seconds.parse().ok());
    let foreign = || Problem {
        status: code,
        json: serde_json::json!({ "status": code, "title": status.to_string() }).to_string(),
        ..Problem::default()
    };
    let boxed = |problem: Problem| {
        Box::new(Problem {
            retry_after: retry_after.map(Duration::from_secs),
            ..problem
        })
    };
    match (problem, code) {
        (problem, 500..) => Failure::Failed(boxed(problem.unwrap_or_else(foreign))),
        (Some(problem), _) => Failure::Refused(boxed(problem)),
        (None, 401 | 403) => Failure::Refused(boxed(foreign())),
        (None, 300..=399) => {
            let to = text(LOCATION).unwrap_or("somewhere else");
            not_hermes(url, &format!("answered {status}: it sends callers to {to}"))
        }
        (None, _) => not_hermes(url, &format!("answered {status}")),
    }
}

/// Something answered that is not Hermes, or not this version's.
pub(in crate::cli) fn not_hermes(url: &Url, said: &str) -> Failure {
    Failure::Unreachable {
        why: format!("what listens at {} {said}", transport::origin(url)),
        hint: "check --server or HERMES_SERVER: this does not look like Hermes".to_owned(),
    }
}

/// The `cursor` of the link to the next page.
fn next_cursor(headers: &HeaderMap, url: &Url) -> Option<String> {
    let links = headers
        .get_all(LINK)
        .iter()
        .filter_map(|link| link.to_str().ok());
    let next = links
        .flat_map(|links| links.split(','))
        .filter_map(|link| link.split_once(';'))
        .find(|(_, parameters)| {
            parameters.contains("rel=\"next\"") || parameters.contains("rel=next")
        });
    let target = next?.0.trim().strip_prefix('<')?.strip_suffix('>')?;
    let target = url.join(target).ok()?;
    let cursor = target.query_pairs().find(|(name, _)| name == "cursor")?;
    Some(cursor.1.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_in_the_link_header() {
        let url: Url = "http://h/hermes/api/sessions/client/c?limit=2"
            .parse()
            .unwrap();
        let cursor = |link: &'static str| {
            let headers = HeaderMap::from_iter([(LINK, link.parse().unwrap())]);
            next_cursor(&headers, &url)
        };
        let link = r#"</hermes/api/sessions/client/c?limit=2&cursor=a%2Bb%3D>; rel="next""#;
        assert_eq!(cursor(link).as_deref(), Some("a+b="));
        assert_eq!(
            cursor("<?cursor=x>; rel=first, <?cursor=y>; rel=next").as_deref(),
            Some("y")
        );
        for none in [
            "",
            "<?cursor=x>; rel=\"prev\"",
            "<?a=x>; rel=\"next\"",
            "?cursor=x; rel=next",
        ] {
            assert_eq!(cursor(none), None, "{none}");
        }
    }
}
