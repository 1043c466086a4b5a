//! A private PostgreSQL server, for an installation without `DATABASE_URL`.
//!
//! Runs Debian's server binaries from `/usr/lib/postgresql/N/bin` on a data folder of our own, reachable over a unix
//! socket only. Downloading binaries is absent on purpose: every Debian has them signed in its archive, and the error
//! for a machine without them names the package.
//!
//! Layout of [`EmbeddedConfig::data_dir`]:
//!
//! | entry | what | owner |
//! | --- | --- | --- |
//! | `pg/` | the database | the database's user, 0700 |
//! | `pg.run/` | its socket | the database's user, 0700 |
//! | `pg.password` | the superuser's password, made at first start | us, 0600 |
//! | `pg.log` | the server's output | us, 0600 |
//! | `pg.lock` | locked while a product uses the folder | us, 0600 |
//!
//! Invariants:
//! - The server outlives us: a crash of the product does not touch it, and the next start adopts it.
//! - One product per data folder.
//! - No file of PostgreSQL's is deleted to make it start.
//! - The server's log holds no row contents and no statements (they could hold secrets).

mod binaries;
mod error;
mod place;
mod process;
mod server;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::postgres::PgConnectOptions;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

pub use error::EmbeddedError;
use place::Place;
use server::{Launch, Server};

/// How often [`Running::watch`] looks at the server.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Between attempts to bring a dead server back; doubles up to the second.
const RETRY_AFTER: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(10));

/// What to run, and where.
#[derive(Debug, Clone)]
pub struct EmbeddedConfig {
    /// The product's data folder (see the module's table). Made if absent. Started as root, each of its parents must be
    /// passable for the database's user, so it cannot lie under `/root`.
    pub data_dir: PathBuf,
    /// `false` only for throw-away test clusters: a crash of the machine then loses the database.
    pub durable: bool,
    pub max_connections: u16,
    /// The system user that the server runs as when we are root; `postgres` by default.
    pub run_as: Option<String>,
    /// Where `N/bin/postgres` is looked for.
    pub binaries: PathBuf,
}

impl EmbeddedConfig {
    /// Durable, 100 connections, Debian's binaries.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            durable: true,
            max_connections: 100,
            run_as: None,
            binaries: PathBuf::from("/usr/lib/postgresql"),
        }
    }

    /// For tests: fast, and lost when the machine crashes.
    pub fn throw_away(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            durable: false,
            max_connections: 300,
            ..Self::new(data_dir)
        }
    }
}

/// How the server came to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It was not running, and had been stopped in order (or never existed).
    Started,
    /// It was running already: an earlier product had died and left it.
    Adopted,
    /// It had been killed: PostgreSQL recovered from its log.
    Recovered,
}

pub struct EmbeddedPostgres;

impl EmbeddedPostgres {
    /// Starts, adopts or recovers the server of this folder, and returns when it answers. About 2 s the first time,
    /// 0.2 s later.
    pub async fn start(config: &EmbeddedConfig) -> Result<Running, EmbeddedError> {
        let begun = Instant::now();
        let place = Place::prepare(config).await?;
        let launch = Launch::new(place, config).await?;
        let stopping = AtomicBool::new(false);
        let (server, how) = launch.run(&stopping).await?;
        let took = begun.elapsed();
        tracing::info!(
            db.pid = server.pid(),
            db.how = ?how,
            duration_ms = took.as_millis() as u64,
            "private database server is up"
        );
        let pid = AtomicU64::new(u64::from(server.pid()));
        let inner = Inner {
            launch,
            server: Mutex::new(server),
            pid,
            restarts: AtomicU64::new(0),
            stopping,
        };
        Ok(Running {
            inner: Arc::new(inner),
            how,
            took,
        })
    }
}

/// How to reach the server of this folder without becoming its owner: for commands beside a product that runs, and for
/// processes that share one. `None`: no server was ever started here. Whether it answers, connecting tells.
pub fn attach(data_dir: &std::path::Path) -> Option<PgConnectOptions> {
    place::attach(data_dir)
        .map(|(socket_dir, password)| server::options(&socket_dir, &password).database(server::USER))
}

/// A server that answers. Clones share it. Dropping does **not** stop it: the next start adopts it.
#[derive(Clone)]
pub struct Running {
    inner: Arc<Inner>,
    how: How,
    took: Duration,
}

struct Inner {
    launch: Launch,
    server: Mutex<Server>,
    pid: AtomicU64,
    restarts: AtomicU64,
    stopping: AtomicBool,
}

impl Running {
    /// As superuser `switchboard`, database `switchboard`. Stays valid when the server is restarted.
    pub fn connect_options(&self) -> PgConnectOptions {
        self.inner.launch.connect_options()
    }

    /// Of the server's main process; changes when [`Self::watch`] restarts it.
    pub fn pid(&self) -> u32 {
        u32::try_from(self.inner.pid.load(Ordering::Relaxed)).expect("it was stored from a u32")
    }

    pub fn how(&self) -> How {
        self.how
    }

    /// From the call of `start` to the first answer.
    pub fn took(&self) -> Duration {
        self.took
    }

    /// PostgreSQL's major version.
    pub fn major_version(&self) -> u32 {
        self.inner.launch.major()
    }

    /// How often [`Self::watch`] brought the server back.
    pub fn restarts(&self) -> u64 {
        self.inner.restarts.load(Ordering::Relaxed)
    }

    /// Brings the server back whenever it dies, until `cancel` or [`Self::stop`]. Spawn one per process.
    pub async fn watch(&self, cancel: CancellationToken) {
        let mut pause = LOOK_EVERY;
        let mut retry = RETRY_AFTER.0;
        loop {
            tokio::select! {
                () = cancel.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
            // Not cancelled half-way: a server that was just launched must be remembered.
            match self.inner.heal().await {
                Ok(Seen::Stopping) => return,
                Ok(Seen::Alive) => (pause, retry) = (LOOK_EVERY, RETRY_AFTER.0),
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        retry_ms = retry.as_millis() as u64,
                        "private database server is down and did not come back"
                    );
                    (pause, retry) = (retry, (retry * 2).min(RETRY_AFTER.1));
                }
            }
        }
    }

    /// Stops the server in order: open transactions are rolled back, connections closed. Ends [`Self::watch`].
    pub async fn stop(&self) -> Result<(), EmbeddedError> {
        self.inner.stopping.store(true, Ordering::Relaxed);
        let mut server = self.inner.server.lock().await;
        server.stop(&self.inner.launch).await?;
        self.inner.launch.unlock();
        Ok(())
    }
}

enum Seen {
    Alive,
    Stopping,
}

impl Inner {
    async fn heal(&self) -> Result<Seen, EmbeddedError> {
        let mut server = self.server.lock().await;
        if self.stopping.load(Ordering::Relaxed) {
            return Ok(Seen::Stopping);
        }
        if server.is_alive(&self.launch) {
            return Ok(Seen::Alive);
        }
        let begun = Instant::now();
        tracing::error!(
            db.pid = server.pid(),
            "private database server died; restarting it"
        );
        let (restarted, how) = match self.launch.run(&self.stopping).await {
            Ok(restarted) => restarted,
            Err(EmbeddedError::Stopping) => return Ok(Seen::Stopping),
            Err(error) => return Err(error),
        };
        *server = restarted;
        self.pid.store(u64::from(server.pid()), Ordering::Relaxed);
        self.restarts.fetch_add(1, Ordering::Relaxed);
        tracing::warn!(
            db.pid = server.pid(),
            db.how = ?how,
            duration_ms = begun.elapsed().as_millis() as u64,
            "private database server is back"
        );
        Ok(Seen::Alive)
    }
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running")
            .field("pid", &self.pid())
            .field("how", &self.how)
            .finish_non_exhaustive()
    }
}
