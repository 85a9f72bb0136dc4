//! The git credential of a client in Secrets Manager.

use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::adapters::aws::{Clients, fault};
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::git_credentials::{GitCredential, GitCredentials};

/// How long a secret is used before it is read again: one that was changed works within this time.
const KEPT: Duration = Duration::from_mins(5);
/// The name beside a bare token; GitHub and GitLab take any.
const ANYONE: &str = "x-access-token";

/// One client's secret: `{"username": "...", "password": "..."}`, where `token` stands for `password` too and the name
/// may be missing, or nothing but a token.
pub struct GitSecret {
    client: aws_sdk_secretsmanager::Client,
    name: String,
    known: Mutex<Option<(Instant, GitCredential)>>,
}

impl GitSecret {
    /// The secret of this name or ARN.
    pub fn new(clients: &Clients, name: &str) -> Self {
        Self {
            client: clients.secrets.clone(),
            name: name.to_owned(),
            known: Mutex::default(),
        }
    }

    async fn read(&self) -> Result<GitCredential, Fault> {
        const OPERATION: &str = "secrets.read";
        let call = self.client.get_secret_value().secret_id(&self.name);
        let answer = call.send().await.map_err(fault(OPERATION))?;
        let text = answer.secret_string.map(SecretString::from);
        text.as_ref().and_then(parse).ok_or_else(|| {
            let detail = format!(
                "the secret {} has neither a token nor a password",
                self.name
            );
            Fault::new(OPERATION, FaultKind::Broken, detail)
        })
    }
}

#[async_trait]
impl GitCredentials for GitSecret {
    async fn current(&self) -> Result<GitCredential, Fault> {
        let mut known = self.known.lock().await;
        if let Some((read, credential)) = &*known
            && read.elapsed() < KEPT
        {
            return Ok(credential.clone());
        }
        let credential = self.read().await?;
        *known = Some((Instant::now(), credential.clone()));
        Ok(credential)
    }
}

impl std::fmt::Debug for GitSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GitSecret")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// What the console and the templates write.
#[derive(Deserialize)]
struct Written {
    username: Option<String>,
    #[serde(alias = "token")]
    password: String,
}

/// Reads a secret. What git is told ends at the first line: an answer of two lines would be another answer.
fn parse(text: &SecretString) -> Option<GitCredential> {
    let text = text.expose_secret().trim();
    let written = if text.starts_with('{') {
        serde_json::from_str(text).ok()?
    } else {
        Written {
            username: None,
            password: text.to_owned(),
        }
    };
    let username = written.username.unwrap_or_else(|| ANYONE.to_owned());
    let is_line = |text: &str| !text.is_empty() && !text.contains(|c: char| c.is_control());
    let is_whole = is_line(&username) && is_line(&written.password);
    is_whole.then(|| GitCredential {
        username,
        password: written.password.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_a_token_or_a_name_with_a_password() {
        for (text, expected) in [
            ("ghp_abc\n", Some((ANYONE, "ghp_abc"))),
            (r#"{"token": "t"}"#, Some((ANYONE, "t"))),
            (
                r#"{"username": "bot", "password": "p"}"#,
                Some(("bot", "p")),
            ),
            (r#"{"username": "bot"}"#, None),
            ("", None),
            ("a\nb", None),
        ] {
            let read = parse(&text.to_owned().into());
            let read = read.map(|read| (read.username, read.password.expose_secret().to_owned()));
            let read = read
                .as_ref()
                .map(|(name, word)| (name.as_str(), word.as_str()));
            assert_eq!(read, expected, "{text}");
        }
    }
}
