//! Over a real socket: who the peer is, and how it ends.

use std::time::Duration;

use hermes::http::serve;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::app::TestApp;

const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_loopback_peer_is_served_and_a_stop_ends_its_stream() {
    let app = TestApp::start();
    let session = app.session().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = serve(listener, app.state.clone(), async {
        stopped.await.unwrap();
    });
    let client = async {
        // reqwest wants one even for http; another test may have been first
        rustls::crypto::aws_lc_rs::default_provider()
            .install_default()
            .ok();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = |path: &str| format!("http://{address}{path}");
        let status = url(&format!("/hermes/api/sessions/{session}/status"));
        assert_eq!(http.get(status).send().await.unwrap().status(), 200);
        let events = url(&format!("/hermes/api/sessions/{session}/events"));
        let mut stream = http.get(events).send().await.unwrap();
        let mut seen = String::new();
        while !seen.contains("command.queued") {
            let chunk = stream.chunk().await.unwrap().unwrap();
            seen.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        app.stopping.send_replace(true);
        stop.send(()).unwrap();
        let rest = stream.text().await.unwrap();
        assert!(rest.ends_with("event: restart\ndata: {}\n\n"), "{rest}");
    };
    let both = async { tokio::join!(serving, client) };
    let (served, ()) = tokio::time::timeout(PATIENCE, both).await.expect("ends");
    served.unwrap();
}
