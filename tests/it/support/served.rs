//! A server of a test's own, on a thread of its own: it answers while the test waits for a process.

use std::thread::JoinHandle;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Serves a router on a free port until it is stopped or dropped.
#[derive(Debug)]
pub(crate) struct Served {
    endpoint: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Served {
    /// Starts it.
    pub(crate) fn start(router: Router) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    served = axum::serve(listener, router) => served.unwrap(),
                    _ = stopped => {}
                }
            });
        });
        Self {
            endpoint,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Where it listens: an `AWS_ENDPOINT_URL`.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Ends it and waits for that; fails when the server did, unless the test has failed already.
    pub(crate) fn stop(&mut self) {
        self.stop.take().map(|stop| stop.send(()).ok());
        let ended = self.thread.take().map(JoinHandle::join);
        if !std::thread::panicking() {
            assert!(ended.is_none_or(|ended| ended.is_ok()), "the server failed");
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop();
    }
}
