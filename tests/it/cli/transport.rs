//! Servers that cannot be reached, or not be trusted.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use hermes::config::cli::Exit;
use insta::assert_snapshot;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection};

use super::scripted::ask;

/// A port of this machine where nothing listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable() {
    let address = nobody();
    let url = format!("http://{address}");
    let said = ask(&url, &["health"], "").await;
    assert_eq!(said.exit, Exit::Unreachable);
    assert_eq!(
        said.err.lines().next(),
        Some("error: no server answers at http://SERVER: nothing listens there")
    );
    let (_, port) = address.split_once(':').unwrap();
    assert!(
        said.err
            .contains(&format!("start it with `hermes --port {port}`")),
        "{said}"
    );
    let said = ask(&url, &["health", "--json"], "").await;
    assert_snapshot!(said.out, @r#"
    {"code":"server_unreachable","detail":"no server answers at http://SERVER: nothing listens there"}
    "#);
    let said = ask(&url, &["session", "watch", "ses-1"], "").await;
    assert_eq!(
        said.exit,
        Exit::Unreachable,
        "a first connection is not tried again"
    );
}

#[tokio::test]
async fn a_machine_that_does_not_exist_is_unreachable() {
    // A label of more than 63 letters cannot be a name, so that no name server is asked.
    let url = format!("http://{}.invalid", "nowhere".repeat(10));
    let said = ask(&url, &["health"], "").await;
    assert_eq!(said.exit, Exit::Unreachable);
    assert!(
        said.err
            .starts_with("error: no server answers at http://SERVER: there is no machine"),
        "{said}"
    );
    assert!(
        said.err.contains("check --server or HERMES_SERVER"),
        "{said}"
    );
}

#[tokio::test]
async fn a_connection_that_breaks_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0; 16]).unwrap();
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
            .unwrap();
    });
    let said = ask(&url, &["health"], "").await;
    assert_eq!(said.exit, Exit::Unreachable);
    assert!(
        said.err
            .starts_with("error: the connection to http://SERVER broke: "),
        "{said}"
    );
    server.join().unwrap();
}

#[tokio::test]
async fn a_wrong_url_is_a_mistake_of_the_command_line() {
    let said = ask("localhost:3000", &["health"], "").await;
    assert_eq!(said.exit, Exit::Usage);
    assert!(said.err.starts_with("error: HERMES_SERVER = "), "{said}");
}

/// A TLS server whose certificate no machine trusts, for one connection.
fn stranger() -> (String, JoinHandle<()>) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tls");
    let chain = vec![CertificateDer::from_pem_file(format!("{folder}/stranger.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(format!("{folder}/stranger.key.pem")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let config = Arc::new(config);
    let server = thread::spawn(move || {
        let (mut stream, _): (TcpStream, _) = listener.accept().unwrap();
        let mut tls = ServerConnection::new(config).unwrap();
        let end = tls.complete_io(&mut stream);
        assert!(end.is_err(), "the client goes on with a stranger");
    });
    (url, server)
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_ends_the_call() {
    let (url, server) = stranger();
    let said = ask(&url, &["health", "--api-key", "hermes_shop_ab12"], "").await;
    assert_eq!(said.exit, Exit::Unreachable);
    assert_snapshot!(said.err, @r"
    error: the certificate of https://SERVER is not trusted: nobody that this machine trusts has signed it
    hint: trust its authority on this machine, or name its file in SSL_CERT_FILE
    ");
    server.join().unwrap();
}

#[tokio::test]
async fn https_to_a_server_without_tls_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0; 16]).unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
    });
    let said = ask(&url, &["health"], "").await;
    assert_eq!(said.exit, Exit::Unreachable);
    assert!(
        said.err.contains("a server without TLS needs http://"),
        "{said}"
    );
    server.join().unwrap();
}
