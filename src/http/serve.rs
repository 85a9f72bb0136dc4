//! Listens.

use std::net::SocketAddr;

use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;

use super::router::router;
use super::state::AppState;

/// Serves until `stop` is done and the requests of that moment are answered.
///
/// Open event streams end when [`super::Wiring::stopping`] turns true; a client that reads nothing can hold its stream
/// longer, so the caller needs a deadline of its own.
pub async fn serve(
    listener: TcpListener,
    app: AppState,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let listener = listener.tap_io(|stream| {
        // small answers and events go out at once; without it they still go out
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
    });
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(stop)
        .await
}
