//! The whole product against the whole outside: the real binary on its private PostgreSQL, the panel simulator and the Bot
//! API peer, each a process of its own, joined by nothing but HTTP.
//!
//! Invariants:
//! - What a test sets up goes through the operator's commands; what it checks, it reads in the peers' own records.
//! - Nothing waits for time: every wait is for a condition, and ends in a panic that shows what was there instead.
//! - Whatever a world started ends with it. When a test fails, the server's log is printed.

mod bots;
mod panels;
mod process;
mod shop;

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use nix::sys::signal::Signal;
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use switchboard_store::embedded;
use tempfile::TempDir;
use tokio::time::Instant;

pub use bots::{BotPeer, Said, Sent, client as http_client};
pub use panels::{PanelSim, SimPanel, ids};
pub use process::binary;
use process::{Serving, Started};
pub use shop::Shop;

/// How long any condition may take. Two busy cores and a recovering database included.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How updates reach the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receiving {
    Webhook,
    Polling,
}

/// What a world consists of before the product starts.
pub struct Setup {
    receiving: Receiving,
    panels: Vec<(String, Value)>,
}

impl Setup {
    pub fn new(receiving: Receiving) -> Self {
        Self {
            receiving,
            panels: Vec::new(),
        }
    }

    /// A panel in the simulator, with the simulator's settings laid over ours.
    pub fn panel(mut self, name: &str, settings: Value) -> Self {
        self.panels.push((name.to_owned(), settings));
        self
    }

    pub async fn start(self) -> World {
        crate::install_crypto();
        let dir = tempfile::Builder::new()
            .prefix("switchboard-world-")
            .tempdir()
            .expect("a folder for a world");
        // The database's own user has to pass through.
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o711)).expect("our own folder");
        let (sim, bots) = tokio::join!(PanelSim::start(dir.path()), BotPeer::start(dir.path()));
        let mut panels = Vec::new();
        for (name, settings) in self.panels {
            panels.push(sim.open(&name, settings).await);
        }
        let mut world = World {
            bots,
            sim,
            panels,
            receiving: self.receiving,
            port: process::free_port(),
            serving: None,
            starts: 0,
            dir,
        };
        world.serve().await;
        world
    }
}

pub struct World {
    pub bots: BotPeer,
    pub sim: PanelSim,
    pub panels: Vec<SimPanel>,
    receiving: Receiving,
    port: u16,
    serving: Option<Serving>,
    starts: usize,
    dir: TempDir,
}

impl World {
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn log_file(&self) -> PathBuf {
        self.dir.path().join("switchboard.log")
    }

    /// Everything that the product has logged so far, over all its starts.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// A file of the world, such as one that holds a token.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).expect("our own folder");
        path.display().to_string()
    }

    fn arguments(&self) -> Vec<String> {
        let mut arguments = vec![
            "--json".to_owned(),
            "--data-dir".to_owned(),
            self.data_dir().display().to_string(),
            "--telegram-api-url".to_owned(),
            self.bots.url().to_owned(),
            "--listen".to_owned(),
            format!("127.0.0.1:{}", self.port),
        ];
        for panel in &self.panels {
            arguments.extend(["--outbound-allow".to_owned(), panel.address().to_owned()]);
        }
        if self.receiving == Receiving::Webhook {
            arguments.extend(["--public-url".to_owned(), self.url()]);
        }
        arguments
    }

    /// Starts the product and waits until it serves.
    pub async fn serve(&mut self) {
        assert!(self.try_serve(None).await, "the product died at its start");
    }

    /// Starts the product, told to die at a named point (`name:N`). False: it died before it served.
    pub async fn try_serve(&mut self, fail_point: Option<&str>) -> bool {
        assert!(self.serving.is_none(), "the product runs already");
        self.starts += 1;
        let started = Serving::start(&self.arguments(), &self.log_file(), fail_point).await;
        match started {
            Started::Serves(serving) => {
                self.serving = Some(serving);
                true
            }
            Started::Died => false,
        }
    }

    pub fn starts(&self) -> usize {
        self.starts
    }

    /// `kill -9`, if it still lives. Returns when it is gone.
    pub async fn kill9(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.end(Signal::SIGKILL).await;
        }
    }

    /// SIGTERM; returns when the product has stopped in order.
    pub async fn stop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.end(Signal::SIGTERM).await;
        }
    }

    /// Whether the product has died by itself; if so, it counts as not running.
    pub fn has_died(&mut self) -> bool {
        let died = self.serving.as_mut().is_some_and(Serving::has_ended);
        if died {
            self.serving = None;
        }
        died
    }

    pub async fn restart(&mut self) {
        self.kill9().await;
        self.serve().await;
    }

    /// Holds the product still (SIGSTOP): nothing that it does moves until [`Self::thaw`].
    pub fn freeze(&self) {
        self.serving
            .as_ref()
            .expect("the product runs")
            .signal(Signal::SIGSTOP);
    }

    pub fn thaw(&self) {
        self.serving
            .as_ref()
            .expect("the product runs")
            .signal(Signal::SIGCONT);
    }

    /// `kill -9` to the postmaster of the private server. False: none runs.
    pub fn kill_postgres(&self) -> bool {
        process::kill_postmaster(&self.data_dir(), Signal::SIGKILL)
    }

    /// An operator's command; its answer. Panics with what it said if it fails.
    pub async fn cli(&self, arguments: &[&str]) -> Value {
        match self.try_cli(arguments).await {
            Ok(answer) => answer,
            Err(error) => panic!("switchboard {}: {error}", arguments.join(" ")),
        }
    }

    pub async fn try_cli(&self, arguments: &[&str]) -> Result<Value, String> {
        process::command(&self.arguments(), arguments).await
    }

    /// Superuser of the private server; only to look.
    pub async fn database(&self) -> Option<PgConnection> {
        let options = embedded::attach(&self.data_dir())?;
        PgConnection::connect_with(&options).await.ok()
    }

    /// Waits until the outside has nothing undelivered and the queue holds nothing that is due within the hour.
    pub async fn settle(&self) {
        self.settle_within(PATIENCE).await;
    }

    pub async fn settle_within(&self, patience: Duration) {
        let until = Instant::now() + patience;
        loop {
            let left = self.left().await;
            if left.as_ref().is_some_and(Vec::is_empty) {
                return;
            }
            assert!(
                Instant::now() < until,
                "there is still work after {patience:?}: {left:#?}"
            );
            pause().await;
        }
    }

    /// What is still to be done; `None`: the database does not answer.
    async fn left(&self) -> Option<Vec<String>> {
        let pending = self.bots.pending().await;
        if pending > 0 {
            return Some(vec![format!("{pending} updates were not delivered")]);
        }
        let mut conn = self.database().await?;
        let jobs: Vec<(String, String, i32, Option<String>)> = sqlx::query_as(
            "SELECT kind, lane, attempts, last_error FROM queue.job WHERE run_at IS NULL OR run_at < now() + interval '1 hour'",
        )
        .fetch_all(&mut conn)
        .await
        .ok()?;
        conn.close().await.ok();
        Some(jobs.into_iter().map(|job| format!("{job:?}")).collect())
    }

    /// Waits until `check` gives something.
    pub async fn until<T>(&self, what: &str, check: impl AsyncFn() -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = check().await {
                return found;
            }
            assert!(Instant::now() < until, "it did not come to pass: {what}");
            pause().await;
        }
    }

    /// `switchboard doctor`, which must find the queue and every ledger in order.
    pub async fn adds_up(&self) {
        let (Ok(checks) | Err(checks)) = self
            .try_cli(&["doctor"])
            .await
            .map_err(|error| serde_json::from_str(&error).unwrap_or(Value::String(error)));
        let checks = checks
            .as_array()
            .unwrap_or_else(|| panic!("doctor said {checks}"))
            .clone();
        let matters = |check: &&Value| {
            let what = check["what"].as_str().unwrap_or_default();
            what == "queue" || what.starts_with("ledger") || what.starts_with("schema")
        };
        for check in checks.iter().filter(matters) {
            assert_eq!(check["fine"], true, "doctor: {check}");
        }
        assert_eq!(self.sim.forbidden().await, Vec::<Value>::new(), "forbidden calls");
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            print_tail(&self.log_file(), 80);
            print_tail(&self.data_dir().join("pg.log"), 15);
        }
        self.serving = None;
        process::kill_postmaster(&self.data_dir(), Signal::SIGQUIT);
        process::wait_for_postmaster(&self.data_dir());
        if std::env::var_os("SWITCHBOARD_KEEP_WORLD").is_some() {
            self.dir.disable_cleanup(true);
            eprintln!("the world is kept in {}", self.dir.path().display());
        }
    }
}

fn print_tail(path: &Path, lines: usize) {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let all: Vec<&str> = text.lines().collect();
    eprintln!("--- the end of {}", path.display());
    for line in &all[all.len().saturating_sub(lines)..] {
        eprintln!("{line}");
    }
}

/// Between two looks at a condition.
pub(crate) async fn pause() {
    tokio::time::sleep(Duration::from_millis(25)).await;
}
