//! A Bot API server to test against: real HTTP, simulated users, faults on request.
//!
//! Depends on none of our crates and on no Telegram library, so that both cannot agree on a mistake.

mod api;
mod bodies;
mod clock;
mod faults;
mod hooks;
mod journal;
mod limits;
mod net;
mod params;
mod peer;
mod sim;
mod text;
mod world;

use std::{future::IntoFuture, io::Write, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use clap::Parser;
use tokio::{
    io::AsyncWriteExt,
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::mpsc,
};

use crate::{journal::Journal, peer::Peer, world::World};

/// Plays Telegram's Bot API server.
#[derive(Parser)]
struct Args {
    /// Where to listen; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Appends every call, sent message and delivery to this file, one JSON object a line.
    #[arg(long)]
    log: Option<PathBuf>,
    /// Pause before a webhook is tried again; it doubles with every failure.
    #[arg(long, default_value_t = 100)]
    redelivery_ms: u64,
    /// Longest such pause.
    #[arg(long, default_value_t = 2_000)]
    redelivery_max_ms: u64,
    /// How long a webhook may take to answer.
    #[arg(long, default_value_t = 60_000)]
    hook_timeout_ms: u64,
}

/// How long open requests may take after SIGTERM.
const GRACE: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    // Only an earlier call can make it fail, and there is none.
    rustls::crypto::ring::default_provider().install_default().ok();
    let args = Args::parse();

    let (log, log_writer) = match &args.log {
        Some(path) => {
            let file = tokio::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(path)
                .await;
            let file = file.with_context(|| format!("cannot open log file {}", path.display()))?;
            let (lines, rows) = mpsc::unbounded_channel();
            (Some(lines), Some(tokio::spawn(write_log(file, rows))))
        }
        None => (None, None),
    };
    let (kicks, work) = mpsc::unbounded_channel();
    let peer = Arc::new(Peer::new(
        World::new(Journal::new(log), kicks),
        peer::Options {
            redelivery: Duration::from_millis(args.redelivery_ms.max(1)),
            redelivery_max: Duration::from_millis(args.redelivery_max_ms.max(args.redelivery_ms)),
            hook_timeout: Duration::from_millis(args.hook_timeout_ms.max(1)),
        },
    )?);
    let listener = TcpListener::bind(args.listen)
        .await
        .with_context(|| format!("cannot listen on {}", args.listen))?;
    let address = listener.local_addr()?;
    tokio::spawn(hooks::run(Arc::clone(&peer), work));

    let app = sim::routes().fallback(api::handle).with_state(Arc::clone(&peer));
    let mut terminate = signal(SignalKind::terminate())?;
    let stopping = Arc::clone(&peer);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        stopping.stop.cancel();
    });
    let server = axum::serve(
        net::CuttableListener(listener),
        app.into_make_service_with_connect_info::<net::Cut>(),
    )
    .with_graceful_shutdown(peer.stop.clone().cancelled_owned());

    println!("{{\"listening\":\"http://{address}\"}}");
    std::io::stdout().flush()?;

    let overdue = async {
        peer.stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = server.into_future() => served?,
        () = overdue => tracing::warn!("requests were still open when the peer stopped"),
    }
    if let Some(writer) = log_writer {
        peer.world().journal.close_file();
        tokio::time::timeout(GRACE, writer).await.ok();
    }
    Ok(())
}

/// Ends when the journal closes its side.
async fn write_log(mut file: tokio::fs::File, mut rows: mpsc::UnboundedReceiver<String>) {
    let mut batch = Vec::new();
    while rows.recv_many(&mut batch, 256).await > 0 {
        let mut text = batch.join("\n");
        text.push('\n');
        batch.clear();
        if let Err(error) = file.write_all(text.as_bytes()).await {
            tracing::error!(%error, "log file cannot be written");
            return;
        }
        file.flush().await.ok();
    }
}
