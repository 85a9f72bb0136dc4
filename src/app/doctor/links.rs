//! Who can call, and where.

use std::net::TcpListener;
use std::time::Duration;

use reqwest::{Client, Url};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use serde_json::Value;

use crate::config::{Access, Backend, Mode, Settings};
use crate::domain::check::Check;

/// Longest wait for an answer of Hermes.
const ANSWER: Duration = Duration::from_secs(5);

/// Who is served.
pub(super) fn callers(settings: &Settings) -> Check {
    let name = "callers";
    match &settings.access {
        Access::Keys(keys) => Check::ok(name, format!("those with one of {} keys", keys.len())),
        Access::Open => Check::unknown(
            name,
            "everyone: HERMES_API_KEYS=open",
            "see that something in front of Hermes keeps strangers out, or make keys: hermes key new",
        ),
        Access::LoopbackOnly if settings.backend == Backend::Aws => Check::wrong(
            name,
            "only this machine: the load balancer is refused",
            "make a key with hermes key new, and set HERMES_API_KEYS",
        ),
        Access::LoopbackOnly => Check::ok(name, "only this machine"),
    }
}

/// The port to listen on.
pub(super) async fn port(settings: &Settings) -> Vec<Check> {
    let name = format!("port {}", settings.port);
    let Err(error) = TcpListener::bind(settings.listen_on()) else {
        return vec![Check::ok(name, "free")];
    };
    let url = format!("http://127.0.0.1:{}", settings.port);
    vec![match hermes_at(&url).await {
        Reached::Hermes(version) => Check::ok(name, format!("Hermes {version} is running there")),
        Reached::Other(_) | Reached::Nobody(_) => Check::wrong(
            name,
            error.to_string(),
            "stop the program that has it, or choose another with PORT or --port",
        ),
    }]
}

/// Where people reach this service: it is in every mail.
pub(super) async fn public_url(settings: &Settings) -> Vec<Check> {
    const NAME: &str = "public URL";
    let strict = settings.mode == Mode::Production || settings.backend == Backend::Aws;
    let url = settings.public_url(settings.port);
    if is_local(&url) {
        return vec![if strict {
            Check::wrong(
                NAME,
                format!("{url}: links in mails lead to the reader's own machine"),
                "set HERMES_PUBLIC_URL to where people reach this service",
            )
        } else {
            Check::ok(NAME, format!("{url}, for this machine only"))
        }];
    }
    let mut checks = vec![match hermes_at(&url).await {
        Reached::Hermes(version) => {
            Check::ok(NAME, format!("{url} is answered by Hermes {version}"))
        }
        Reached::Other(what) => Check::wrong(
            NAME,
            format!("{url} is answered, but not by Hermes: {what}"),
            "send /hermes/* to Hermes (the load balancer's rule and health check), or mend HERMES_PUBLIC_URL",
        ),
        Reached::Nobody(why) => Check::unknown(
            NAME,
            format!("nobody answers at {url} now: {why}"),
            "start Hermes, and see that the name is in the DNS and leads to it; from here it may also be a proxy",
        ),
    }];
    if strict && url.starts_with("http://") {
        checks.push(Check::wrong(
            "HTTPS",
            format!("{url} is not encrypted: keys and previews can be read on the way"),
            "give the load balancer a certificate, and set HERMES_PUBLIC_URL to https://",
        ));
    }
    checks
}

fn is_local(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else {
        return false;
    };
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<std::net::IpAddr>();
    host == "localhost"
        || host.ends_with(".localhost")
        || address.is_ok_and(|address| address.is_loopback() || address.is_unspecified())
}

/// Who answers.
enum Reached {
    /// Hermes, of this version.
    Hermes(String),
    /// Something else.
    Other(String),
    /// Nobody, and why.
    Nobody(String),
}

async fn hermes_at(url: &str) -> Reached {
    match ask(url).await {
        Ok(reached) => reached,
        Err(error) => Reached::Nobody(innermost(&error.without_url())),
    }
}

async fn ask(url: &str) -> Result<Reached, reqwest::Error> {
    if CryptoProvider::get_default().is_none() {
        // another thread may have been quicker, which is as good
        drop(aws_lc_rs::default_provider().install_default());
    }
    let client = Client::builder().timeout(ANSWER).build()?;
    let answer = client.get(format!("{url}/hermes/health")).send().await?;
    let status = answer.status();
    // an answer that is no JSON is somebody else's
    let health: Value = answer.json().await.unwrap_or_default();
    let told = |name: &str| health.get(name).and_then(Value::as_str);
    if told("service") == Some("hermes") {
        let version = told("version").unwrap_or_default();
        return Ok(Reached::Hermes(version.to_owned()));
    }
    Ok(if status.is_server_error() {
        Reached::Nobody(format!("the answer is {status}"))
    } else {
        Reached::Other(format!("{status}"))
    })
}

/// The cause at the bottom, which says most in fewest words.
pub(super) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_urls_are_told_apart() {
        for url in [
            "http://localhost:3000",
            "http://127.0.0.1",
            "http://[::1]:3",
            "https://hermes.localhost",
            "http://0.0.0.0:3000",
        ] {
            assert!(is_local(url), "{url}");
        }
        for url in ["https://hermes.example.com", "http://10.0.0.1"] {
            assert!(!is_local(url), "{url}");
        }
    }
}
