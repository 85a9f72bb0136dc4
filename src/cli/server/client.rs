//! The HTTP client.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName};
use reqwest::{Client, Method, RequestBuilder, Response, Url};
use rustls::RootCertStore;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::cli::ClientSettings;

use super::answer::{Answer, check};
use super::failure::Failure;
use super::transport;

const CONNECT: Duration = Duration::from_secs(5);
/// For a whole call. Streams have none.
const CALL: Duration = Duration::from_mins(1);
const USER_AGENT: &str = concat!("hermes/", env!("CARGO_PKG_VERSION"));

/// A running server, and the key to present to it.
pub struct Server {
    http: Client,
    base: Url,
    key: Option<SecretString>,
}

/// The steps of a path below `/hermes`, and its query.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct Route<'a> {
    pub(in crate::cli) steps: &'a [&'a str],
    pub(in crate::cli) query: &'a [(&'a str, &'a str)],
}

/// What a POST carries.
#[derive(Debug)]
pub(in crate::cli) enum Content {
    Nothing,
    Json(serde_json::Value),
    Mail(Vec<u8>),
}

impl Server {
    /// The server of these settings; nothing is sent yet.
    pub fn new(settings: ClientSettings) -> Result<Self, Failure> {
        let wrong = |error| Failure::Usage(format!("the server's URL is wrong: {error}"));
        let base: Url = settings.server.parse().map_err(wrong)?;
        let mut builder = Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT)
            // A redirect would take the key along; and Hermes has none.
            .redirect(reqwest::redirect::Policy::none());
        if transport::is_local(&base) {
            builder = builder.no_proxy();
        }
        let builder = with_tls(builder, &base)?;
        let http = builder.build().map_err(|error| no_client(&base, &error))?;
        Ok(Self {
            http,
            base,
            key: settings.api_key,
        })
    }

    /// The arguments that make another call of `hermes` speak with this server.
    pub(in crate::cli) fn arguments(&self) -> String {
        match self.base.as_str().trim_end_matches('/') {
            "http://localhost:3000" => String::new(),
            other => format!(" --server {other}"),
        }
    }

    /// Its URL.
    pub(in crate::cli) fn url(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    pub(in crate::cli) async fn get(&self, path: Route<'_>) -> Result<Answer, Failure> {
        let request = self.request(Method::GET, &path).timeout(CALL);
        Answer::of(self.send(request).await?).await
    }

    pub(in crate::cli) async fn post(
        &self,
        path: Route<'_>,
        content: Content,
    ) -> Result<Answer, Failure> {
        let request = self.request(Method::POST, &path).timeout(CALL);
        let request = match content {
            Content::Nothing => request,
            Content::Json(value) => request.json(&value),
            Content::Mail(mail) => request.header(CONTENT_TYPE, "message/rfc822").body(mail),
        };
        Answer::of(self.send(request).await?).await
    }

    /// Opens a stream of server-sent events behind the event of this id. The answer is 2xx.
    pub(in crate::cli) async fn stream(
        &self,
        path: Route<'_>,
        last_event_id: Option<&str>,
    ) -> Result<Response, Failure> {
        let request = self.request(Method::GET, &path);
        let mut request = request.header(ACCEPT, "text/event-stream");
        if let Some(id) = last_event_id {
            request = request.header(HeaderName::from_static("last-event-id"), id);
        }
        check(self.send(request).await?).await
    }

    fn request(&self, method: Method, path: &Route<'_>) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut steps) = url.path_segments_mut() {
            steps.pop_if_empty().push("hermes").extend(path.steps);
        }
        if !path.query.is_empty() {
            url.query_pairs_mut().extend_pairs(path.query);
        }
        let request = self.http.request(method, url);
        match &self.key {
            Some(key) => request.bearer_auth(key.expose_secret()),
            None => request,
        }
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let sent = request.send().await;
        sent.map_err(|error| transport::failure(&self.base, &error))
    }
}

/// Without the key.
impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("base", &self.base.as_str())
            .finish_non_exhaustive()
    }
}

/// Chooses the one TLS provider of the process. Plain HTTP gets a configuration that trusts nobody, because reading the
/// machine's authorities takes longer than a call, and not every machine has some.
fn with_tls(
    builder: reqwest::ClientBuilder,
    base: &Url,
) -> Result<reqwest::ClientBuilder, Failure> {
    if base.scheme() == "https" {
        if CryptoProvider::get_default().is_none() {
            // It fails only when somebody else was faster, with the same provider.
            drop(aws_lc_rs::default_provider().install_default());
        }
        return Ok(builder);
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Failure::Usage(format!("TLS is not usable here: {error}")))?;
    let config = config
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    Ok(builder.tls_backend_preconfigured(config))
}

/// Only `https` can fail here: the machine trusts no authority.
fn no_client(base: &Url, error: &reqwest::Error) -> Failure {
    Failure::Unreachable {
        why: format!(
            "no secure connection to {} is possible: {}",
            transport::origin(base),
            transport::innermost(error)
        ),
        hint: "install the ca-certificates of this machine, or name a file in SSL_CERT_FILE"
            .to_owned(),
    }
}
