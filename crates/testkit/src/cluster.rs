//! One throw-away PostgreSQL server for all tests of this user, over all their processes, and in it one migrated template
//! database per state of the migration files.
//!
//! Whoever comes first starts the server and leaves it running: the next test, and the next run, attach to it within
//! milliseconds. It holds nothing that anybody could miss; delete the folder (with the server stopped) at will.
//!
//! Invariant: the server is made, and a template is made, under one file lock; databases of tests whose process is gone are
//! dropped by whoever comes by.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use nix::unistd::geteuid;
use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgConnectOptions};
use switchboard_store::{
    Db, DbSettings,
    embedded::{self, EmbeddedConfig, EmbeddedPostgres},
    vault::{KeyRing, KeySource, Vault},
};

use crate::{TestClock, db::SETTINGS};

/// Raise it when the server's settings or what lies in the folder change.
const FORMAT: u32 = 1;
/// Templates of other states of the files that are kept, for people who switch between branches.
const TEMPLATES: i64 = 12;

pub(crate) struct Cluster {
    folder: PathBuf,
    /// Superuser, database `switchboard`.
    admin: PgConnectOptions,
}

impl Cluster {
    /// Attaches to the server, or starts it; with a first connection to it.
    pub async fn attach() -> (Self, PgConnection) {
        let folder = std::env::temp_dir().join(format!("switchboard-tests-{}-v{FORMAT}", geteuid()));
        make_folder(&folder);
        let data = folder.join("data");
        if let Some((admin, conn)) = answering(&data).await {
            return (Self { folder, admin }, conn);
        }
        let _alone = lock(&folder).await;
        let (admin, conn) = match answering(&data).await {
            Some(found) => found,
            None => {
                let config = EmbeddedConfig {
                    max_connections: 500,
                    ..EmbeddedConfig::throw_away(&data)
                };
                // Dropping the handle leaves the server running.
                let running = EmbeddedPostgres::start(&config)
                    .await
                    .expect("a PostgreSQL server for tests");
                let admin = running.connect_options();
                let conn = PgConnection::connect_with(&admin)
                    .await
                    .expect("the test server answers");
                (admin, conn)
            }
        };
        (Self { folder, admin }, conn)
    }

    pub fn admin(&self) -> &PgConnectOptions {
        &self.admin
    }

    /// The folder's keys open what the template's installation has sealed.
    pub fn keys(&self) -> PathBuf {
        self.folder.join("keys")
    }

    pub fn server_log(&self) -> PathBuf {
        self.folder.join("data/pg.log")
    }

    pub fn vault(&self) -> Vault {
        Vault::new(KeyRing::load(&KeySource::dir(self.keys())).expect("the test server's key"))
    }

    /// The name of the template of these migration files; made if it is not there.
    pub async fn template(&self, conn: &mut PgConnection) -> String {
        let name = format!("sb_template_{}", migrations_hash());
        if is_ready(conn, &name).await {
            return name;
        }
        let _alone = lock(&self.folder).await;
        if is_ready(conn, &name).await {
            return name;
        }
        KeyRing::load_or_create(&KeySource::dir(self.keys()), &[]).expect("a key for tests");
        // What a maker left that was killed half-way.
        run(conn, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        self.forget_old_templates(conn).await;
        run(conn, &format!("CREATE DATABASE {name}")).await;
        let db = Db::open(
            self.admin.clone().database(&name),
            self.vault(),
            TestClock::new(),
            &SETTINGS,
        )
        .await
        .expect("the migrations run from nothing");
        db.close().await;
        // Marks it as complete, and nobody may connect to it: a template in use cannot be copied.
        run(
            conn,
            &format!("ALTER DATABASE {name} IS_TEMPLATE true ALLOW_CONNECTIONS false"),
        )
        .await;
        name
    }

    async fn forget_old_templates(&self, conn: &mut PgConnection) {
        let old: Vec<String> = sqlx::query_scalar(
            "SELECT datname FROM pg_database WHERE datname LIKE 'sb\\_template\\_%' ORDER BY oid DESC OFFSET $1",
        )
        .bind(TEMPLATES)
        .fetch_all(&mut *conn)
        .await
        .unwrap();
        for name in old {
            // Another process may be copying it: then it stays for the next time.
            for statement in [
                format!("ALTER DATABASE {name} IS_TEMPLATE false"),
                format!("DROP DATABASE {name}"),
            ] {
                sqlx::raw_sql(AssertSqlSafe(statement))
                    .execute(&mut *conn)
                    .await
                    .ok();
            }
        }
    }

    /// Drops the databases of tests whose process is gone: killed, or ended by the runner's time limit.
    pub async fn sweep(&self, conn: &mut PgConnection) {
        let names: Vec<String> =
            sqlx::query_scalar("SELECT datname FROM pg_database WHERE datname ~ '^sb_(test|owned)_'")
                .fetch_all(&mut *conn)
                .await
                .unwrap();
        for name in names {
            let pid = name.split('_').nth(2).and_then(|pid| pid.parse::<u32>().ok());
            if pid.is_none_or(|pid| !Path::new(&format!("/proc/{pid}")).exists()) {
                self.drop_database(&name).await;
            }
        }
    }

    /// With the roles that belong to it: its tenants', and, where a login of its own owns it, its installation's and that
    /// login. Errors are let go: somebody else may be doing the same.
    pub async fn drop_database(&self, name: &str) {
        let Ok(mut conn) = PgConnection::connect_with(&self.admin).await else {
            return;
        };
        let roles = roles_of(&mut conn, name).await.unwrap_or_default();
        let drops = std::iter::once(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .chain(roles.iter().map(|role| format!("DROP ROLE IF EXISTS {role}")));
        for statement in drops {
            sqlx::raw_sql(AssertSqlSafe(statement))
                .execute(&mut conn)
                .await
                .ok();
        }
        conn.close().await.ok();
    }

    /// Opens a database the way the product does.
    pub async fn open(&self, name: &str, clock: Arc<TestClock>, settings: &DbSettings) -> Db {
        Db::open(self.admin.clone().database(name), self.vault(), clock, settings)
            .await
            .expect("the test's database opens")
    }
}

/// Roles that exist for this database alone; members before the groups that they are in.
async fn roles_of(conn: &mut PgConnection, database: &str) -> Result<Vec<String>, sqlx::Error> {
    // Whoever has a right on anything in it. A slot's login has none: it is found by the others' prefix.
    let named: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT r.rolname::text FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
          WHERE d.refclassid = 'pg_authid'::regclass
            AND d.dbid = (SELECT oid FROM pg_database WHERE datname = $1) AND r.rolname LIKE ANY (ARRAY['t\\_%', 'sb\\_%\\_owner'])",
    )
    .bind(database)
    .fetch_all(&mut *conn)
    .await?;
    let (owners, mut roles): (Vec<_>, Vec<_>) = named.into_iter().partition(|role| role.ends_with("_owner"));
    // Other databases are copies of the template and share its installation's roles.
    if database.starts_with("sb_owned_") {
        for owner in owners {
            let prefix = owner.trim_end_matches("owner");
            let installation: Vec<String> =
                sqlx::query_scalar("SELECT rolname::text FROM pg_roles WHERE starts_with(rolname, $1)")
                    .bind(prefix)
                    .fetch_all(&mut *conn)
                    .await?;
            roles.extend(installation);
        }
        roles.push(database.to_owned());
    }
    Ok(roles)
}

async fn answering(data: &Path) -> Option<(PgConnectOptions, PgConnection)> {
    let admin = embedded::attach(data)?;
    let conn = PgConnection::connect_with(&admin).await.ok()?;
    Some((admin, conn))
}

/// Complete templates only.
async fn is_ready(conn: &mut PgConnection, name: &str) -> bool {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)")
        .bind(name)
        .fetch_one(conn)
        .await
        .unwrap()
}

pub(crate) async fn run(conn: &mut PgConnection, statement: &str) {
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(conn)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// Of every file that a template is made from; the program that makes it shows in the test's own failures.
fn migrations_hash() -> String {
    switchboard_store::migrations_fingerprint()
}

/// Passable, not readable: the database's user must get through.
fn make_folder(folder: &Path) {
    match DirBuilder::new().mode(0o711).create(folder) {
        Ok(()) => fs::set_permissions(folder, fs::Permissions::from_mode(0o711)).unwrap(),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => panic!("{}: {error}", folder.display()),
    }
}

/// Released when dropped, also by the death of its holder.
async fn lock(folder: &Path) -> File {
    let path = folder.join("tests.lock");
    tokio::task::spawn_blocking(move || {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .unwrap();
        file.lock().unwrap();
        file
    })
    .await
    .unwrap()
}
