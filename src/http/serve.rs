//! Listens.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::serve::{Listener as _, ListenerExt as _};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use super::router::router;
use super::state::AppState;

/// Longest that a connection may take to send the head of a request; also how long one may be idle between two. Whoever
/// opens connections and says nothing does not keep them. Above the 60 s after which a load balancer gives an idle
/// connection up: the other way round, it would now and then send a request to one that is just being closed.
const HEAD: Duration = Duration::from_secs(75);

/// Serves until `stop` is done and the requests of that moment are answered.
///
/// Open event streams end when [`super::Wiring::stopping`] turns true; a client that reads nothing can hold its stream
/// longer, so the caller needs a deadline of its own. Connections end with this future.
pub async fn serve(
    listener: TcpListener,
    app: AppState,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    accept(listener, router(app), stop).await;
    Ok(())
}

async fn accept(listener: TcpListener, router: Router, stop: impl Future<Output = ()> + Send) {
    let mut listener = listener.tap_io(|stream| {
        // small answers and events go out at once; without it they still go out
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
    });
    // a set, so that no connection outlives this future
    let mut connections = JoinSet::new();
    let stopping = watch::Sender::new(false);
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            (stream, peer) = listener.accept() => {
                connections.spawn(connection(stream, peer, router.clone(), stopping.subscribe()));
            }
            Some(_ended) = connections.join_next() => {}
            () = &mut stop => break,
        }
    }
    drop(listener);
    stopping.send_replace(true);
    while connections.join_next().await.is_some() {}
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut stopping: watch::Receiver<bool>,
) {
    let service = router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(Body::new)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut connection = pin!(connection);
    // also when the sender is gone
    let stopped = async { stopping.wait_for(|stopping| *stopping).await.is_ok() };
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _was_told = stopped => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "a connection broke");
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::oneshot;
    use tokio::time::Instant;

    use super::*;

    /// A server whose requests all are answered with `ok`, and how it is stopped.
    async fn server() -> (SocketAddr, oneshot::Sender<()>, impl Future<Output = ()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let router = Router::new().fallback(|| async { "ok" });
        let served = accept(listener, router, async {
            stopped.await.ok();
        });
        (address, stop, served)
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_never_says_what_it_wants_is_closed() {
        let (address, stop, served) = server().await;
        let client = async {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(b"GET / HTTP/1.1\r\nHost:").await.unwrap();
            let began = Instant::now();
            let mut answer = Vec::new();
            // closed, with or without an answer
            stream.read_to_end(&mut answer).await.ok();
            assert!(began.elapsed() >= HEAD, "{:?}", began.elapsed());
            assert!(!String::from_utf8_lossy(&answer).contains("200 OK"));
            stop.send(()).unwrap();
        };
        tokio::join!(served, client);
    }

    #[tokio::test]
    async fn a_request_is_answered_and_an_idle_connection_ends_with_the_service() {
        let (address, stop, served) = server().await;
        let client = async {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
            stream.write_all(request).await.unwrap();
            let mut answer = vec![0; 512];
            let length = stream.read(&mut answer).await.unwrap();
            assert!(answer[..length].starts_with(b"HTTP/1.1 200 OK"));
            stop.send(()).unwrap();
            assert_eq!(stream.read(&mut answer).await.unwrap(), 0);
        };
        tokio::join!(served, client);
    }
}
