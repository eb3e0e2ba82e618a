//! `serve`: the ledger over HTTP until it is asked to stop.

use std::{
    future::Future,
    io,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use ledger_service::Ledger;
use tokio::signal::unix::{SignalKind, signal};
use tracing::{info, warn};

use crate::{
    arguments::Serve,
    failure::Failure,
    local::{self, Open},
    output,
    place::Place,
    settings::Settings,
};

/// How long work in other threads may take once serving has ended.
const CLOSING_WAIT_MAX: Duration = Duration::from_secs(5);

/// Serves a directory.
pub(crate) fn run(asked: &Serve, place: &Place, settings: &Settings) -> Result<(), Failure> {
    let address = asked.listen.unwrap_or(settings.listen);
    let directory = place.directory("serve")?;
    check_address(address, asked.allow_unauthenticated)?;
    let ledger = local::open(directory, settings)?;
    serve(ledger, address, settings, |_| Ok(()))
}

/// Refuses an address that other machines reach: there is no access control yet.
pub(crate) fn check_address(address: SocketAddr, allowed: bool) -> Result<(), Failure> {
    if address.ip().is_loopback() || allowed {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "{address} can be reached from other machines, and whoever reaches it can read and post; listen on 127.0.0.1, or \
         give --allow-unauthenticated if that is meant"
    )))
}

/// Serves an open ledger, tells its address on the first line of stdout, then lets `started` tell more.
pub(crate) fn serve(
    ledger: Open,
    address: SocketAddr,
    settings: &Settings,
    started: impl FnOnce(SocketAddr) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let listener = listen(address)
        .map_err(|error| Failure::Usage(format!("{address} cannot be listened on: {error}")))?;
    let address = listener
        .local_addr()
        .map_err(Failure::machine("the address cannot be read"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::machine("the server cannot start"))?;
    let (ledger, writer) =
        Ledger::start(ledger.writer, ledger.queries).map_err(Failure::machine("the writer cannot start"))?;
    let checkpoint_every = Duration::from_secs(settings.checkpoint_every_s);
    let served = runtime.block_on(async {
        // From here on a signal shuts down in order, also one that comes before the first request.
        let stop = asked_to_stop().map_err(Failure::machine("signals cannot be awaited"))?;
        let listener = tokio::net::TcpListener::from_std(listener)
            .map_err(Failure::machine("the server cannot start"))?;
        output::line(&format!("listening on http://{address}"))?;
        if let Some(newest) = ledger.queries().log_keys()?.last() {
            output::line(&format!("public key of the log: {}", newest.key))?;
        }
        started(address)?;
        info!(%address, log_position = ledger.queries().log_position(), "serving");
        let settings = ledger_http::Settings {
            loopback_only: address.ip().is_loopback(),
            checkpoint_every,
            ..ledger_http::Settings::default()
        };
        let door = ledger_http::Door::new(ledger, settings);
        ledger_http::serve(listener, door, stop)
            .await
            .map_err(Failure::machine("the server failed"))
    });
    // Handlers that still run hold the ledger; the writer closes the log when the last of them has let go.
    runtime.shutdown_timeout(CLOSING_WAIT_MAX);
    if writer.join().is_err() {
        warn!("the writer ended by a fault");
        return Err(Failure::Fault);
    }
    served
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Completes on SIGINT or SIGTERM.
fn asked_to_stop() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        let name = tokio::select! {
            _ = interrupt.recv() => "SIGINT",
            _ = terminate.recv() => "SIGTERM",
        };
        info!(signal = name, "asked to stop");
    })
}
