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
use switchboard_store::{Db, DbSettings, MigrateError, vault::Vault};
use uuid::Uuid;

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

    /// With other pool sizes; not with more slots, whose logins all databases of the server share.
    pub async fn with(settings: &DbSettings) -> Self {
        assert!(
            settings.slots <= SETTINGS.slots,
            "the template's logins are for fewer"
        );
        crate::install_crypto();
        let (cluster, mut conn) = Cluster::attach().await;
        let cluster = Arc::new(cluster);
        cluster.sweep(&mut conn).await;
        let template = cluster.template(&mut conn).await;
        let name = fresh_name("sb_test");
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

/// An empty database that belongs to a login without superuser's rights, as a hosted server would give it. What the product
/// makes there (an installation with roles of its own) is dropped with this.
pub struct OwnedDb {
    /// `CREATEROLE`, owner of the database.
    pub owner: PgConnectOptions,
    /// Superuser, in this database.
    pub admin: PgConnectOptions,
    pub clock: Arc<TestClock>,
    pub name: String,
    cluster: Arc<Cluster>,
}

impl OwnedDb {
    pub async fn new() -> Self {
        crate::install_crypto();
        let (cluster, mut conn) = Cluster::attach().await;
        let cluster = Arc::new(cluster);
        cluster.sweep(&mut conn).await;
        // Makes the key that `open` uses.
        cluster.template(&mut conn).await;
        let name = fresh_name("sb_owned");
        let password = Uuid::from_u128(u128::from(std::process::id()))
            .simple()
            .to_string();
        for statement in [
            format!("CREATE ROLE {name} LOGIN CREATEROLE PASSWORD '{password}'"),
            format!("CREATE DATABASE {name} OWNER {name}"),
        ] {
            run(&mut conn, &statement).await;
        }
        conn.close().await.ok();
        let admin = cluster.admin().clone().database(&name);
        Self {
            owner: admin.clone().username(&name).password(&password),
            admin,
            clock: TestClock::new(),
            name,
            cluster,
        }
    }

    /// A start of the product with that login.
    pub async fn open(&self) -> Result<Db, MigrateError> {
        self.open_with(self.cluster.vault()).await
    }

    pub async fn open_with(&self, vault: Vault) -> Result<Db, MigrateError> {
        Db::open(self.owner.clone(), vault, self.clock.clone(), &SETTINGS).await
    }
}

impl Drop for OwnedDb {
    fn drop(&mut self) {
        drop_database(&self.cluster, &self.name);
    }
}

/// The process's id is in it, so that others can tell when it is nobody's any more.
fn fresh_name(kind: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!(
        "{kind}_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}
