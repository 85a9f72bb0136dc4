//! A page as a browser gets it.

use reqwest::{Client, Response};
use rustls::crypto::aws_lc_rs;

/// What is at an address.
pub(crate) async fn get(url: &str) -> Response {
    // reqwest wants one even for http; another test may have been first
    drop(aws_lc_rs::default_provider().install_default());
    let client = Client::builder().no_proxy().build().expect("a client");
    client.get(url).send().await.expect("an answer")
}
