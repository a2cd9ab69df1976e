//! `aizuchi serve`.

use std::path::Path;

use clap::Args;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::oneshot,
};

use crate::{
    failure::Failure,
    launch::{Listeners, Running, StartError, launch},
    logging, output,
    settings::{ConfigFile, Settings},
};

/// The arguments of `aizuchi serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) settings: Settings,
    #[command(flatten)]
    pub(crate) config: ConfigFile,
}

/// The status of a process that was told twice to stop: 128 and SIGINT.
const STOPPED_AT_ONCE: i32 = 130;

/// Runs the server until it is told to stop.
pub(crate) fn run(settings: &Settings) -> Result<(), Failure> {
    logging::start(&settings.logs);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::Runtime)?;
    runtime.block_on(serve(settings))?;
    // Ends what did not end in time, and so lets go of the database, which
    // writes what was asked for before it closes.
    drop(runtime);
    tracing::info!("stopped");
    Ok(())
}

async fn serve(settings: &Settings) -> Result<(), Failure> {
    let mut signals = Signals::new().map_err(Failure::Runtime)?;
    let listeners = Listeners::bind(&settings.address).await?;
    if listeners.address.ip().is_unspecified() && settings.address.public_url.is_none() {
        tracing::warn!(
            "pages are served to this machine only: name the address by which others reach it, with --public-url"
        );
    }
    let (stop, stopped) = oneshot::channel();
    tokio::spawn(async move {
        let signal = signals.next().await;
        tracing::info!(signal, "stopping; the same again stops at once");
        let _ = stop.send(());
        signals.next().await;
        std::process::exit(STOPPED_AT_ONCE);
    });
    let data = std::path::absolute(&settings.data.data_dir);
    let data = data.unwrap_or_else(|_| settings.data.data_dir.clone());
    let ready = |running: &Running| greet(running, &data);
    let shutdown = async move {
        let _ = stopped.await;
    };
    launch(settings, listeners, ready, shutdown).await.map_err(|error| match error {
        StartError::Settings(contradiction) => contradiction.into(),
        error => error.into(),
    })
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}

fn greet(running: &Running, data: &Path) {
    let version = env!("CARGO_PKG_VERSION");
    output::line(format_args!("Aizuchi {version} is ready.\n"));
    output::line(format_args!("  Address  {}", running.url.as_str().trim_end_matches('/')));
    output::line(format_args!("  Data     {}", data.display()));
    if let Some(address) = running.metrics {
        output::line(format_args!("  Metrics  http://{address}/metrics"));
    }
    output::line(NEXT);
}

/// What to do next.
const NEXT: &str = "
Open the address in a browser and sign up; send the invite link that you find
there to somebody. `aizuchi user --help` manages people, Ctrl-C stops the server.
";
