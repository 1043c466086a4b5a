//! A stand-alone peer that plays SMM panels over real HTTP, for tests and benches.
//!
//! Invariant: shares no type or constant with the product; what panels say is in the literal files under `bodies/`.
//! Invariant: a forbidden call (one that refunds, forces a state or claims work) makes the process exit with status 3.

mod admin_v1;
mod admin_v2;
mod body;
mod calls;
mod control;
mod faults;
mod incoming;
mod model;
mod net;
mod panel;
mod reply;
mod serve;
mod sim;
mod spelling;
mod user_v2;
mod user_v2_add;

use std::fs::OpenOptions;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::sim::Sim;

const FORBIDDEN_CALL_SEEN: u8 = 3;

/// How long answers in flight may still take after SIGTERM.
const GRACE: Duration = Duration::from_secs(5);

#[derive(Parser)]
#[command(version, about = "Plays SMM panels over HTTP, steered by a control API")]
struct Args {
    /// Where the control API listens; panels get ports of their own on the same address.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Appends one JSON line per finished panel call.
    #[arg(long)]
    log: Option<PathBuf>,
}

#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    let log = match &args.log {
        Some(path) => {
            let file = OpenOptions::new().create(true).append(true).open(path);
            Some(file.with_context(|| format!("the log file {} cannot be opened", path.display()))?)
        }
        None => None,
    };
    let listener = TcpListener::bind(args.listen)
        .await
        .context("the control API cannot listen")?;
    let address = listener.local_addr()?;
    let sim = Arc::new(Sim::new(address.ip(), log));

    // Before the line that tells a caller we are ready, so that a quick SIGTERM is not the default one.
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{{\"control\":\"http://{address}\"}}")?;
    stdout.flush()?;

    let served = axum::serve(listener, control::router(Arc::clone(&sim)))
        .with_graceful_shutdown(sim.stop.clone().cancelled_owned())
        .into_future();
    let serving = sim.tasks.spawn(served);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    sim.stop.cancel();
    sim.tasks.close();
    if tokio::time::timeout(GRACE, sim.tasks.wait()).await.is_err() {
        eprintln!("panel-simulator: callers did not leave in time");
        serving.abort();
    }

    let forbidden = sim.forbidden();
    if forbidden.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    for entry in &forbidden {
        let call = &entry.call;
        eprintln!(
            "forbidden: panel {} ({}): {} {} {}",
            entry.panel, entry.panel_name, call.method, call.path, call.action
        );
    }
    Ok(ExitCode::from(FORBIDDEN_CALL_SEEN))
}
