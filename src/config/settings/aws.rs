//! What an operator decides about AWS.

use std::fmt;

use reqwest::Url;

use super::values;
use crate::domain::ids::{ClientId, ProjectId, SessionId};

/// Names of everything on AWS; used when the backend is `aws`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsSettings {
    /// Region of everything.
    pub region: String,
    /// Where AWS is found instead, such as an emulator; no slash at its end.
    pub endpoint_url: Option<String>,
    /// Table of sessions.
    pub session_table: String,
    /// What the names of the other tables and of the containers' queues begin with.
    pub name_prefix: String,
    /// Queue of received mail.
    pub mail_queue: String,
    /// Queue of mail that could not be read.
    pub mail_dead_letters: String,
    /// Where received mail is kept.
    pub mail_store: Option<StoreUrl>,
    /// Where previews are kept.
    pub preview_store: Option<Pattern>,
    /// Where browsers find a preview of the store.
    pub preview_origin: Option<Pattern>,
    /// Cluster of edit containers.
    pub cluster: String,
    /// Edit service at desired count 0, whose task definition and network are the defaults of each task.
    pub service: String,
    /// Task definition instead of the service's.
    pub task_definition: Option<String>,
    /// Container of the task definition that is the worker, instead of its first essential one.
    pub container_name: Option<String>,
    /// Subnets instead of the service's; empty: the service's.
    pub subnets: Vec<String>,
    /// Security groups instead of the service's; empty: the service's.
    pub security_groups: Vec<String>,
    /// Role of a client's containers.
    pub task_role: Option<Pattern>,
    /// Secret with a client's git credentials.
    pub git_secret: Option<Pattern>,
    /// Configuration set of outgoing mail.
    pub configuration_set: Option<String>,
    /// Model or inference profile on Bedrock.
    pub model: String,
}

impl Default for AwsSettings {
    /// What applies when nothing is set.
    fn default() -> Self {
        Self {
            region: "us-west-2".to_owned(),
            endpoint_url: None,
            session_table: "webordinary-edit-sessions".to_owned(),
            name_prefix: "webordinary-".to_owned(),
            mail_queue: "webordinary-email-queue".to_owned(),
            mail_dead_letters: "webordinary-email-dlq".to_owned(),
            mail_store: None,
            preview_store: None,
            preview_origin: None,
            cluster: "webordinary-edit-cluster".to_owned(),
            service: "webordinary-edit-service".to_owned(),
            task_definition: None,
            container_name: None,
            subnets: Vec::new(),
            security_groups: Vec::new(),
            task_role: None,
            git_secret: None,
            configuration_set: None,
            model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0".to_owned(),
        }
    }
}

/// A bucket and what the keys in it begin with: `s3://bucket/prefix/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreUrl {
    /// The bucket.
    pub bucket: String,
    /// Empty, or ends with a slash.
    pub prefix: String,
}

impl StoreUrl {
    /// Reads `s3://bucket` or `s3://bucket/prefix`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "must be an address such as s3://bucket/prefix/".to_owned();
        let rest = text.trim().strip_prefix("s3://").ok_or_else(wrong)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
        if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(letters) {
            return Err(wrong());
        }
        let prefix = prefix.trim_matches('/');
        let prefix = if prefix.is_empty() {
            String::new()
        } else {
            format!("{prefix}/")
        };
        Ok(Self {
            bucket: bucket.to_owned(),
            prefix,
        })
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.prefix)
    }
}

/// A text with placeholders for a client, a project and a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

/// What a [`Pattern`] is filled with; what is not known stays empty.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "each field is the id of its type")]
pub struct PatternValues<'a> {
    pub client: &'a ClientId,
    pub project: Option<&'a ProjectId>,
    pub session: Option<&'a SessionId>,
}

/// Every placeholder of a pattern.
const PLACEHOLDERS: [&str; 4] = ["{clientId}", "{clientHash}", "{projectId}", "{sessionId}"];

impl Pattern {
    /// Reads a pattern that may have the placeholders `allowed`, and must have one of `needed`, if there are any.
    pub(crate) fn parse(text: &str, allowed: &[&str], needed: &[&str]) -> Result<Self, String> {
        let text = text.trim();
        let rest = PLACEHOLDERS
            .iter()
            .filter(|placeholder| allowed.contains(placeholder))
            .fold(text.to_owned(), |rest, placeholder| {
                rest.replace(placeholder, "")
            });
        if text.is_empty() || rest.contains(['{', '}']) {
            return Err(format!(
                "must have no other placeholders than {}",
                allowed.join(", ")
            ));
        }
        if !needed.is_empty() && !needed.iter().any(|placeholder| text.contains(placeholder)) {
            return Err(format!("must contain {}", needed.join(" or ")));
        }
        Ok(Self(text.to_owned()))
    }

    /// A pattern by client.
    pub fn by_client(text: &str) -> Result<Self, String> {
        Self::parse(text, &["{clientId}", "{clientHash}"], &[])
    }

    /// A pattern of places in a store, one a session.
    pub fn of_store(text: &str) -> Result<Self, String> {
        let pattern = Self::parse(text, &PLACEHOLDERS, &["{sessionId}"])?;
        StoreUrl::parse(&pattern.sample())?;
        Ok(pattern)
    }

    /// A pattern of web addresses, one a session; `{version}` may stand where a version of the preview is told apart.
    pub(crate) fn of_web(text: &str) -> Result<Self, String> {
        let versioned = text.replace(Self::VERSION, "x1");
        let pattern = Self::parse(&versioned, &PLACEHOLDERS, &["{sessionId}"])?;
        values::web_url(&pattern.sample())?;
        Ok(Self(text.trim().to_owned()))
    }

    /// What [`Pattern::fill`] leaves to whoever knows the version.
    pub const VERSION: &str = "{version}";

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text with its placeholders filled in. Ids have letters that need no encoding in keys, but `{clientHash}` is
    /// what names that allow fewer letters need: buckets, roles, hosts.
    pub fn fill(&self, values: PatternValues<'_>) -> String {
        let hash = values.client.hash8();
        let project = values.project.map(ProjectId::as_str).unwrap_or_default();
        let session = values.session.map(SessionId::as_str).unwrap_or_default();
        let with = [values.client.as_str(), &hash, project, session];
        PLACEHOLDERS
            .iter()
            .zip(with)
            .fold(self.0.clone(), |text, (placeholder, value)| {
                text.replace(placeholder, value)
            })
    }

    /// The same pattern for one project: what is left open is the session.
    #[must_use]
    pub fn of_project(&self, client: &ClientId, project: &ProjectId) -> Self {
        let hash = client.hash8();
        let with = [client.as_str(), &hash, project.as_str()];
        let filled = PLACEHOLDERS.iter().zip(with);
        Self(filled.fold(self.0.clone(), |text, (placeholder, value)| {
            text.replace(placeholder, value)
        }))
    }

    /// The text with plain letters for its placeholders.
    fn sample(&self) -> String {
        PLACEHOLDERS
            .iter()
            .fold(self.0.clone(), |text, placeholder| {
                text.replace(placeholder, "x1")
            })
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name of a table, queue, cluster or service.
pub(crate) fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    let letters = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if (1..=255).contains(&text.len()) && text.chars().all(letters) {
        Ok(text.to_owned())
    } else {
        Err("must be letters, digits, dots, underscores and dashes".to_owned())
    }
}

/// A name of a queue: 80 letters at most (C25).
pub(crate) fn queue_name(text: &str) -> Result<String, String> {
    let text = text.trim();
    let letters = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    if (1..=80).contains(&text.len()) && text.chars().all(letters) {
        Ok(text.to_owned())
    } else {
        Err(
            "must be the name of a queue, not its URL: at most 80 letters, digits, _ and -"
                .to_owned(),
        )
    }
}

/// The beginning of names: `<prefix>output-` and a slug of 61 letters must fit the 80 of a queue's name (C25).
pub(crate) fn name_prefix(text: &str) -> Result<String, String> {
    let prefix = queue_name(text)?;
    if prefix.len() <= 12 {
        Ok(prefix)
    } else {
        Err("must be at most 12 letters, so that the names of queues fit".to_owned())
    }
}

/// A region.
pub(crate) fn region(text: &str) -> Result<String, String> {
    let text = text.trim();
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if (1..=32).contains(&text.len()) && text.chars().all(letters) {
        Ok(text.to_owned())
    } else {
        Err("must be a region such as us-west-2".to_owned())
    }
}

/// Ids separated by commas or spaces.
pub(crate) fn ids(text: &str) -> Result<Vec<String>, String> {
    let ids = text
        .split([',', ' '])
        .map(str::trim)
        .filter(|id| !id.is_empty());
    ids.map(name).collect()
}

/// Any text on one line: ARNs, model ids.
pub(crate) fn word(text: &str) -> Result<String, String> {
    let text = text.trim();
    let letters = |c: char| c.is_ascii_graphic();
    if (1..=2048).contains(&text.len()) && text.chars().all(letters) {
        Ok(text.to_owned())
    } else {
        Err("must be one word".to_owned())
    }
}

/// A URL at which AWS is found.
pub(crate) fn endpoint(text: &str) -> Result<String, String> {
    let url = values::web_url(text)?;
    match Url::parse(&url) {
        Ok(_) => Ok(url),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_are_buckets_with_a_prefix() {
        for (text, shown) in [
            ("s3://mail-1", "s3://mail-1/"),
            ("s3://mail-1/in", "s3://mail-1/in/"),
            (" s3://mail-1//a/b/ ", "s3://mail-1/a/b/"),
        ] {
            assert_eq!(
                StoreUrl::parse(text).map(|url| url.to_string()).as_deref(),
                Ok(shown)
            );
        }
        for bad in ["mail", "s3://", "s3://A/", "https://b/", "s3://ab"] {
            assert!(StoreUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_pattern_is_filled_and_checked() {
        let pattern = Pattern::of_store("s3://pre/{clientHash}/{projectId}/{sessionId}/").unwrap();
        let client = "acme@x".parse().unwrap();
        let filled = pattern.fill(PatternValues {
            client: &client,
            project: Some(&"site".parse().unwrap()),
            session: Some(&"ses-1".parse().unwrap()),
        });
        assert_eq!(filled, format!("s3://pre/{}/site/ses-1/", client.hash8()));
        let of_site = pattern.of_project(&client, &"site".parse().unwrap());
        let expected = format!("s3://pre/{}/site/{{sessionId}}/", client.hash8());
        assert_eq!(of_site.as_str(), expected);
        assert!(Pattern::of_store("s3://previews/{clientId}/").is_err());
        assert!(Pattern::of_store("s3://previews/{sessionId}/{zone}").is_err());
        assert!(Pattern::by_client("arn:aws:iam::1:role/edit-{sessionId}").is_err());
        assert!(Pattern::by_client("arn:aws:iam::1:role/edit-{clientHash}").is_ok());
        assert!(Pattern::of_web("https://p.example.com/{sessionId}/").is_ok());
        assert!(Pattern::of_web("p.example.com/{sessionId}/").is_err());
        let versioned = "https://{version}--{sessionId}.p.example.com/";
        assert_eq!(Pattern::of_web(versioned).unwrap().as_str(), versioned);
        assert!(Pattern::of_store("s3://pre/{sessionId}/{version}/").is_err());
    }

    #[test]
    fn names_fit_where_they_are_used() {
        assert!(name_prefix("webordinary-").is_ok() && name_prefix("webordinary-2-").is_err());
        assert!(queue_name("https://sqs.us-west-2.amazonaws.com/1/q").is_err());
        assert_eq!(
            ids("subnet-1, subnet-2").unwrap(),
            ["subnet-1".to_owned(), "subnet-2".to_owned()]
        );
        assert!(region("us-west-2").is_ok() && region("Oregon!").is_err());
    }
}
