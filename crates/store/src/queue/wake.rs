//! How workers learn of new jobs before they poll.
//!
//! Invariant: NOTIFY inside a writing transaction serialises all commits of the server; it is sent after commit only,
//! from one connection per process, at most once per [`JOIN_WINDOW`].
//! Invariant: a wake-up is a hint. Losing one costs a poll interval.

use std::time::Duration;

use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use tokio::sync::watch;

const CHANNEL: &str = "switchboard_queue";
const JOIN_WINDOW: Duration = Duration::from_millis(5);

/// Wakes the workers of this process. Clones are the same handle.
#[derive(Debug, Clone, Default)]
pub struct Wake(watch::Sender<u64>);

impl Wake {
    pub fn fire(&self) {
        self.0.send_modify(|n| *n = n.wrapping_add(1));
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }

    /// Wakes for what other processes announce, for ever; `me` is whose announcements are its own.
    pub(super) async fn listen(self, options: PgConnectOptions, me: String) {
        let pool = single(options);
        loop {
            if let Err(error) = self.relay(&pool, &me).await {
                tracing::debug!(%error, "queue listener lost its connection; polling until it is back");
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    async fn relay(&self, pool: &PgPool, me: &str) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        self.fire(); // for what came while nobody listened
        loop {
            // `None`: the connection broke and announcements may be lost; the next call connects again.
            if listener
                .try_recv()
                .await?
                .is_none_or(|notice| notice.payload() != me)
            {
                self.fire();
            }
        }
    }
}

/// Announces committed jobs, to this process at once and to others joined.
#[derive(Debug, Clone)]
pub struct Notifier {
    wake: Wake,
    pending: watch::Sender<()>,
}

impl Notifier {
    /// Spawns the announcing task; it ends when the last clone is dropped.
    pub fn spawn(options: PgConnectOptions, origin: &super::Queue, wake: Wake) -> Self {
        let (pending, mut commits) = watch::channel(());
        let (pool, me) = (single(options), origin.me.clone());
        tokio::spawn(async move {
            while commits.changed().await.is_ok() {
                tokio::time::sleep(JOIN_WINDOW).await;
                commits.borrow_and_update(); // commits within the window are told with this one
                let notify = bound!(query, "SELECT pg_notify($1, $2)"; CHANNEL, &me).execute(&pool);
                if let Err(error) = notify.await {
                    tracing::debug!(%error, "jobs were not announced; workers find them by polling");
                }
            }
        });
        Self { wake, pending }
    }

    /// Jobs were committed that become due after `delay`: this process looks then. Others find them by polling.
    pub fn committed_for(&self, delay: std::time::Duration) {
        let wake = self.wake.clone();
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            wake.fire();
        });
    }

    /// Jobs were committed. Never waits.
    pub fn committed(&self) {
        self.wake.fire();
        self.pending.send_replace(());
    }
}

/// A connection of its own that comes back after a failure.
fn single(options: PgConnectOptions) -> PgPool {
    let timeout = Duration::from_secs(5);
    PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(timeout)
        .idle_timeout(None)
        .connect_lazy_with(options)
}
