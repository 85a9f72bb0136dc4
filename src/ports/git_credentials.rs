//! What proves a worker to its project's repository.

use async_trait::async_trait;
use secrecy::SecretString;

use super::fault::Fault;

/// A name and a secret, as a git server asks for them over https.
#[derive(Debug, Clone)]
pub struct GitCredential {
    /// Who; servers that take a token as the password do not look at it.
    pub username: String,
    /// A password or token.
    pub password: SecretString,
}

/// The credential of the worker's client.
///
/// It is asked for when git needs it, each time anew: a secret that was changed is used soon, without a new worker.
#[async_trait]
pub trait GitCredentials: Send + Sync {
    /// The credential as it is now.
    async fn current(&self) -> Result<GitCredential, Fault>;
}
