//! A throw-away PostgreSQL cluster with an installation's roles, and a clock that the test moves.

use std::{
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{
    AssertSqlSafe, Connection, PgConnection, PgPool, PgTransaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use switchboard_domain::{clock::Clock, id::JobId};
use switchboard_store::queue::{
    Claimed, NewJob, NodeName, Queue, QueueError, enqueue, finish, grants_for_tenant, grants_for_tenants,
    grants_for_worker,
};
use uuid::Uuid;

const MIGRATION: &str = include_str!("../../../../platform-migrations/20261124090200_queue.sql");

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A clock that stands until it is moved.
pub struct TestClock(AtomicU64);

impl TestClock {
    pub fn advance(&self, by: Duration) {
        self.0
            .fetch_add(u64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub fn at(&self, seconds: i64) -> DateTime<Utc> {
        self.now() + TimeDelta::seconds(seconds)
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        start + TimeDelta::milliseconds(i64::try_from(self.0.load(Ordering::SeqCst)).unwrap())
    }

    fn uuid(&self) -> Uuid {
        Uuid::from_u128(NEXT.fetch_add(1, Ordering::SeqCst).into())
    }

    fn random_below(&self, bound: u64) -> u64 {
        // splitmix64 over a counter
        let mut z = NEXT
            .fetch_add(1, Ordering::SeqCst)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)).checked_rem(bound).unwrap_or(0)
    }
}

pub fn job(lane: &str, key: &str) -> NewJob {
    NewJob {
        id: JobId::from_uuid(Uuid::from_u128(NEXT.fetch_add(1, Ordering::SeqCst).into())),
        lane: lane.to_owned(),
        kind: "message.handle",
        key: key.to_owned(),
        payload: serde_json::json!({}),
        run_at: None,
        trace: None,
    }
}

/// Waits for a condition; the limit only ends a test that would hang.
pub async fn until<F: Future<Output = bool>>(what: &str, mut condition: impl FnMut() -> F) {
    let wait = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), wait)
        .await
        .unwrap_or_else(|_| panic!("waited in vain: {what}"));
}

pub async fn tenant_tx<'c>(conn: &'c mut PgConnection, tenant: &str) -> PgTransaction<'c> {
    let mut tx = conn.begin().await.unwrap();
    sqlx::query("SELECT set_config('role', $1, true)")
        .bind(tenant)
        .execute(&mut *tx)
        .await
        .unwrap();
    tx
}

pub struct Rig {
    dir: tempfile::TempDir,
    postmaster: Child,
    pub clock: Arc<TestClock>,
    writer: tokio::sync::Mutex<Option<PgConnection>>,
}

impl Drop for Rig {
    fn drop(&mut self) {
        let _ = self.postmaster.kill();
        let _ = self.postmaster.wait();
    }
}

fn bin(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("the server's binaries are installed");
    let newest = versions
        .filter_map(|v| v.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .max()
        .expect("one version");
    format!("/usr/lib/postgresql/{newest}/bin/{name}").into()
}

impl Rig {
    pub async fn start() -> Self {
        let dir = tempfile::Builder::new().prefix("sbq").tempdir_in("/tmp").unwrap();
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let command = |name: &str| {
            let mut command = Command::new(bin(name));
            command
                .env_clear()
                .env("LC_ALL", "C")
                .current_dir(dir.path())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            if nix::unistd::geteuid().is_root() {
                let user = nix::unistd::User::from_name("postgres")
                    .unwrap()
                    .expect("the package's user");
                nix::unistd::chown(dir.path(), Some(user.uid), Some(user.gid)).unwrap();
                command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
            }
            command
        };
        let data = dir.path().join("data");
        let made = command("initdb")
            .args(["-U", "admin", "-A", "trust", "-E", "UTF8", "-N", "-D"])
            .arg(&data)
            .status();
        assert!(made.unwrap().success(), "initdb failed");
        let mut server = command("postgres");
        server.arg("-D").arg(&data).arg("-k").arg(dir.path());
        for setting in [
            "listen_addresses=",
            "fsync=off",
            "full_page_writes=off",
            "max_connections=200",
            "shared_buffers=32MB",
        ] {
            server.args(["-c", setting]);
        }
        let postmaster = server.spawn().unwrap();
        let clock = Arc::new(TestClock(AtomicU64::new(0)));
        let rig = Self {
            dir,
            postmaster,
            clock,
            writer: Default::default(),
        };
        until("the server accepts connections", || async {
            PgConnection::connect_with(&rig.options("admin")).await.is_ok()
        })
        .await;
        rig.admin("CREATE ROLE worker LOGIN; CREATE ROLE sb_tenant; CREATE ROLE slot LOGIN NOINHERIT")
            .await;
        rig.admin(MIGRATION).await;
        let mut grants = [
            grants_for_tenants("sb_tenant"),
            grants_for_worker("worker"),
            grants_for_worker("worker"),
        ]
        .concat();
        for tenant in ["t_a", "t_b", "t_c"] {
            grants.extend([format!("CREATE ROLE {tenant}"), format!("GRANT {tenant} TO slot")]);
            grants.extend(grants_for_tenant("sb_tenant", tenant));
        }
        for grant in grants {
            rig.admin(&grant).await;
        }
        rig
    }

    pub fn options(&self, user: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(self.dir.path())
            .username(user)
            .database("postgres")
    }

    pub async fn connect(&self, user: &str) -> PgConnection {
        PgConnection::connect_with(&self.options(user)).await.unwrap()
    }

    pub async fn pool(&self, user: &str, most: u32) -> PgPool {
        PgPoolOptions::new()
            .max_connections(most)
            .connect_with(self.options(user))
            .await
            .unwrap()
    }

    pub async fn slot(&self) -> PgConnection {
        self.connect("slot").await
    }

    pub async fn admin(&self, sql: &str) {
        let mut conn = self.connect("admin").await;
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&mut conn)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    /// A queue as a process would open it: each call is a new boot.
    pub async fn queue(&self, node: &str) -> Queue {
        Queue::new(
            self.pool("worker", 4).await,
            NodeName::new(node).unwrap(),
            self.clock.uuid(),
            self.clock.clone(),
        )
    }

    pub async fn enqueue(&self, tenant: &str, jobs: &[NewJob]) -> u64 {
        let mut writer = self.writer.lock().await;
        if writer.is_none() {
            *writer = Some(self.slot().await);
        }
        let mut tx = tenant_tx(writer.as_mut().unwrap(), tenant).await;
        let new = enqueue(&mut tx, jobs).await.unwrap();
        tx.commit().await.unwrap();
        new
    }

    pub async fn finish(&self, job: &Claimed) -> Result<(), QueueError> {
        self.finish_as(&job.tenant, job.id, job.fence).await
    }

    pub async fn finish_as(&self, tenant: &str, job: JobId, fence: i64) -> Result<(), QueueError> {
        let mut conn = self.slot().await;
        let mut tx = tenant_tx(&mut conn, tenant).await;
        finish(&mut tx, job, fence).await?;
        tx.commit().await.unwrap();
        Ok(())
    }

    pub async fn count(&self, table: &str) -> i64 {
        let mut conn = self.connect("admin").await;
        sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
            .fetch_one(&mut conn)
            .await
            .unwrap()
    }

    pub async fn is_empty(&self, table: &str) -> bool {
        self.count(table).await == 0
    }

    /// Whether that many sessions of the worker login have issued LISTEN.
    pub async fn listens(&self, sessions: i64) -> bool {
        let mut conn = self.connect("admin").await;
        let count =
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'worker' AND query ILIKE 'LISTEN%'";
        sqlx::query_scalar::<_, i64>(count)
            .fetch_one(&mut conn)
            .await
            .unwrap()
            == sessions
    }

    /// Claims with a fresh session, and says how many index entries and rows of jobs the server read for it.
    pub async fn claim_counted(&self) -> (Vec<Claimed>, i64) {
        let read = "SELECT (SELECT coalesce(seq_tup_read, 0)::bigint FROM pg_stat_user_tables WHERE relid = 'queue.job'::regclass)
             + (SELECT sum(idx_tup_read)::bigint FROM pg_stat_user_indexes WHERE relid = 'queue.job'::regclass)";
        let mut admin = self.connect("admin").await;
        let before: i64 = sqlx::query_scalar(read).fetch_one(&mut admin).await.unwrap();
        let pool = PgPool::connect_with(self.options("worker").application_name("counted"))
            .await
            .unwrap();
        let queue = Queue::new(
            pool.clone(),
            NodeName::new("n9").unwrap(),
            self.clock.uuid(),
            self.clock.clone(),
        );
        let claimed = queue.claim(10, 10, None).await.unwrap();
        pool.close().await; // a session hands its counts in when it ends
        until("the session ended", || {
            self.is_empty("pg_stat_activity WHERE application_name = 'counted'")
        })
        .await;
        (
            claimed,
            sqlx::query_scalar::<_, i64>(read)
                .fetch_one(&mut admin)
                .await
                .unwrap()
                - before,
        )
    }
}
