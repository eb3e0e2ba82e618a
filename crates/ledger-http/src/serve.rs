//! Serving until asked to stop.

use std::{future::Future, io, time::Duration};

use axum::serve::ListenerExt as _;
use tokio::{net::TcpListener, sync::watch, time::sleep};
use tower::make::Shared;
use tracing::warn;

use crate::door::Door;

/// How long requests in progress may take once the server is asked to stop. A request that came takes far less; one
/// that was half sent, or whose answer nobody reads, would never end.
const CLOSING_WAIT_MAX: Duration = Duration::from_secs(5);

/// Tells live streams, which never end by themselves, that the server is closing.
#[derive(Clone)]
pub(crate) struct Closing(pub(crate) watch::Receiver<bool>);

impl Closing {
    /// Returns when the server is closing.
    pub(crate) async fn wait(&mut self) {
        // An error means that the server is gone, which is as good as closing.
        let _ = self.0.wait_for(|closing| *closing).await;
    }
}

/// Serves until `shutdown` completes: then takes no new connections, ends live streams and lets requests finish.
pub async fn serve(
    listener: TcpListener,
    door: Door,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let mut closing = door.closing();
    let listener = listener.tap_io(|connection| {
        // Answers are small and written at once; without this they may wait for the client's acknowledgement.
        let _ = connection.set_nodelay(true);
    });
    let server = axum::serve(listener, Shared::new(door.clone())).with_graceful_shutdown(async move {
        shutdown.await;
        door.close();
    });
    let overdue = async move {
        closing.wait().await;
        sleep(CLOSING_WAIT_MAX).await;
    };
    tokio::select! {
        ended = server => ended,
        () = overdue => {
            warn!("requests in progress were cut off");
            Ok(())
        }
    }
}
