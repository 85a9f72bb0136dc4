//! From the environment to the end of a worker.

use std::process::ExitCode;

use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::config;
use super::outside::Outside;
use crate::app::run::{Stopped, telemetry};
use crate::config::{Environment, LogFormat};
use crate::runtime::Signals;
use crate::worker::run as work;

/// Works until it is asked to end, a later generation has taken over or, where Hermes holds its standard input, that
/// closes.
pub(in crate::app) fn run(environment: &Environment) -> Result<ExitCode, Stopped> {
    let text = |name: &str| environment.value(name).and_then(|value| value.to_str());
    let format = if text("LOG_FORMAT") == Some("json") {
        LogFormat::Json
    } else {
        LogFormat::Pretty
    };
    telemetry(format, text("RUST_LOG").unwrap_or("warn,hermes=info"))?;
    let one_thread = Builder::new_current_thread().enable_all().build();
    let one_thread = one_thread.map_err(|error| Stopped::failed(&error.into()))?;
    one_thread.block_on(start(environment))?;
    one_thread.shutdown_background();
    Ok(ExitCode::SUCCESS)
}

async fn start(environment: &Environment) -> anyhow::Result<()> {
    // before anything that takes time: a signal that nobody waits for yet would end us without a word
    let mut signals = Signals::of_process()?;
    let config = config::read(environment)?;
    let Outside { ports, leash } = Outside::open(environment, &config).await?;
    let stop = CancellationToken::new();
    let until_told = async {
        tokio::select! {
            () = leash.let_go() => {}
            _ = signals.recv() => {}
        }
        stop.cancel();
        std::future::pending::<()>().await;
    };
    let (container, generation) = (config.container_id.clone(), config.generation);
    info!(container.id = %container, generation, "worker of {container} is at work");
    tokio::select! {
        ended = work(config, ports, stop.clone()) => info!(container.id = %container, "worker has ended: {ended:?}"),
        () = until_told => {}
    }
    Ok(())
}
