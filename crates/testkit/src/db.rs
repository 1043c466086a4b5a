//! A database of its own for each test.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use switchboard_store::{Db, DbSettings, vault::Vault};

use crate::{
    TestClock,
    cluster::{Cluster, run},
};

/// Small: many tests run side by side on one server.
pub const SETTINGS: DbSettings = DbSettings {
    slots: 2,
    connections_per_slot: 2,
    platform_connections: 4,
    acquire_timeout: Duration::from_secs(20),
};

/// A copy of a migrated database, dropped with its tenants' roles when this is dropped.
///
/// Its installation (role prefix, logins, keys) is that of the template, so tests share those roles; tenants are a test's own.
pub struct TestDb {
    pub db: Db,
    /// Superuser of the server, in this database.
    pub admin: PgConnectOptions,
    pub clock: Arc<TestClock>,
    pub name: String,
    cluster: Arc<Cluster>,
}

impl TestDb {
    pub async fn new() -> Self {
        Self::with(&SETTINGS).await
    }

    /// At most the [`SETTINGS`]' number of slots costs nothing; more are made on the spot and stay on the server.
    pub async fn with(settings: &DbSettings) -> Self {
        crate::install_crypto();
        let cluster = Arc::new(Cluster::attach().await);
        let mut conn = cluster.connect().await;
        cluster.sweep(&mut conn).await;
        let template = cluster.template(&mut conn).await;
        let name = fresh_name();
        run(&mut conn, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        conn.close().await.ok();
        let clock = TestClock::new();
        let db = cluster.open(&name, clock.clone(), settings).await;
        Self {
            db,
            admin: cluster.admin().clone().database(&name),
            clock,
            name,
            cluster,
        }
    }

    /// A second process on the same database: its own pools and caches, the same clock.
    pub async fn open_again(&self) -> Db {
        self.cluster.open(&self.name, self.clock.clone(), &SETTINGS).await
    }

    /// A connection as superuser, which sees every schema.
    pub async fn admin_connection(&self) -> PgConnection {
        PgConnection::connect_with(&self.admin)
            .await
            .expect("the test's database answers")
    }

    pub fn vault(&self) -> Vault {
        self.cluster.vault()
    }

    /// The folder of the key that opens this database's secrets.
    pub fn keys(&self) -> PathBuf {
        self.cluster.keys()
    }

    /// What the server itself wrote, for all tests.
    pub fn server_log(&self) -> PathBuf {
        self.cluster.server_log()
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        drop_database(&self.cluster, &self.name);
    }
}

fn drop_database(cluster: &Arc<Cluster>, name: &str) {
    let (cluster, name) = (cluster.clone(), name.to_owned());
    // The test's runtime is in the middle of a poll and cannot be waited for here.
    let dropping = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        if let Ok(runtime) = runtime {
            runtime.block_on(cluster.drop_database(&name));
        }
    });
    dropping.join().ok();
}

/// An empty database on the test server, for tests of the first start. Dropped with this.
pub struct EmptyDb {
    pub admin: PgConnectOptions,
    pub name: String,
    cluster: Arc<Cluster>,
}

impl EmptyDb {
    pub async fn new() -> Self {
        crate::install_crypto();
        let cluster = Arc::new(Cluster::attach().await);
        let mut conn = cluster.connect().await;
        cluster.sweep(&mut conn).await;
        let name = fresh_name();
        run(&mut conn, &format!("CREATE DATABASE {name}")).await;
        conn.close().await.ok();
        Self {
            admin: cluster.admin().clone().database(&name),
            name,
            cluster,
        }
    }
}

impl Drop for EmptyDb {
    fn drop(&mut self) {
        drop_database(&self.cluster, &self.name);
    }
}

/// The process's id is in it, so that others can tell when it is nobody's any more.
fn fresh_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!(
        "sb_test_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}
