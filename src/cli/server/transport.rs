//! Why no answer came, in words for people.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::net::IpAddr;

use reqwest::Url;
use rustls::CertificateError;

use crate::cli::screen::clean;

use super::failure::Failure;

/// The failure behind an error of the HTTP client. Its text is not shown: it says "error sending request".
pub(super) fn failure(url: &Url, error: &reqwest::Error) -> Failure {
    let origin = origin(url);
    if let Some(tls) = cause::<rustls::Error>(error) {
        return untrusted(&origin, tls);
    }
    let refused =
        cause::<io::Error>(error).map(io::Error::kind) == Some(ErrorKind::ConnectionRefused);
    let why = if error.is_timeout() {
        format!("no answer from {origin} in time")
    } else if refused {
        format!("no server answers at {origin}: nothing listens there")
    } else if error.is_dns() {
        format!("no server answers at {origin}: there is no machine of this name")
    } else if error.is_connect() {
        format!("no server answers at {origin}: {}", innermost(error))
    } else {
        format!("the connection to {origin} broke: {}", innermost(error))
    };
    let hint = where_to_look(url);
    Failure::Unreachable { why, hint }
}

/// Scheme, host and port: the part of a URL that says which server it is.
pub(super) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Whether the server is on this machine.
pub(super) fn is_local(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.ends_with(".localhost")
        || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

fn where_to_look(url: &Url) -> String {
    if !is_local(url) || url.scheme() != "http" {
        return "check --server or HERMES_SERVER, and that the server runs".to_owned();
    }
    match url.port_or_known_default() {
        None | Some(3000) => "start it with `hermes`, or name another with --server".to_owned(),
        Some(port) => {
            format!("start it with `hermes --port {port}`, or name another with --server")
        }
    }
}

fn untrusted(origin: &str, error: &rustls::Error) -> Failure {
    let said = clean(&error.to_string());
    let (why, hint) = if let rustls::Error::InvalidCertificate(error) = error {
        let wrong = wrong_with(error).map_or(said, str::to_owned);
        (
            format!("the certificate of {origin} is not trusted: {wrong}"),
            "trust its authority on this machine, or name its file in SSL_CERT_FILE",
        )
    } else {
        (
            format!("no secure connection to {origin}: {said}"),
            "check --server or HERMES_SERVER: a server without TLS needs http://",
        )
    };
    let hint = hint.to_owned();
    Failure::Unreachable { why, hint }
}

/// What is wrong with a certificate, for what is often wrong.
fn wrong_with(error: &CertificateError) -> Option<&'static str> {
    use CertificateError as E;
    if matches!(error, E::UnknownIssuer) {
        Some("nobody that this machine trusts has signed it")
    } else if matches!(error, E::Expired | E::ExpiredContext { .. }) {
        Some("it has expired")
    } else if matches!(error, E::NotValidForName | E::NotValidForNameContext { .. }) {
        Some("it is for a server of another name")
    } else {
        None
    }
}

/// The cause of this type. An `io::Error` hides what it wraps from `source`, so that is looked at too.
fn cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let wrapped = |error: &'a (dyn Error + 'static)| {
        let inner = error.downcast_ref::<io::Error>()?.get_ref()?;
        cause::<E>(inner)
    };
    if let Some(found) = error.downcast_ref::<E>() {
        // An io::Error around another one says less than the inner.
        return wrapped(error).or(Some(found));
    }
    wrapped(error).or_else(|| cause(error.source()?))
}

pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    clean(&error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_this_machine_is_recognised() {
        let local = |url: &str| is_local(&url.parse().unwrap());
        for url in [
            "http://localhost:3000",
            "http://127.0.0.9",
            "http://[::1]:1",
            "http://a.localhost",
        ] {
            assert!(local(url), "{url}");
        }
        for url in [
            "http://10.0.0.1",
            "http://localhost.example.com",
            "https://hermes.example.com",
        ] {
            assert!(!local(url), "{url}");
        }
    }

    #[test]
    fn the_hint_says_how_to_start_the_server_that_was_asked() {
        let hint = |url: &str| where_to_look(&url.parse().unwrap());
        assert!(hint("http://localhost:3000").contains("`hermes`"));
        assert!(hint("http://localhost:4000").contains("`hermes --port 4000`"));
        assert!(!hint("https://hermes.example.com").contains("start it"));
    }

    #[test]
    fn what_an_io_error_wraps_is_found() {
        let inner = rustls::Error::General("x".to_owned());
        let error = io::Error::other(io::Error::other(inner));
        assert!(cause::<rustls::Error>(&error).is_some());
        assert!(cause::<rustls::Error>(&io::Error::other("x")).is_none());
    }
}
