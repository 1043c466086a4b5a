//! Runs migration files over the platform and over every tenant.
//!
//! Owns when a file runs and what is remembered of it; the files themselves live in `platform-migrations/` and
//! `tenant-migrations/`. sqlx gives the file format only: its own runner keeps one history per database and sends a file as
//! one string, neither of which fits thousands of schemas.
//!
//! Invariant: a tenant whose migration fails is reported and passed over; it never stops the others.

use std::{sync::LazyLock, time::Duration};

use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, migrate::Migrator};
use switchboard_domain::id::TenantId;

use crate::{error::StoreError, scope::SchemaRole, sql_file::statements};

static PLATFORM: Migrator = sqlx::migrate!("../../platform-migrations");
static TENANT: LazyLock<Vec<TenantFile>> = LazyLock::new(|| {
    let migrator: Migrator = sqlx::migrate!("../../tenant-migrations");
    let files = migrator.iter().map(|file| TenantFile {
        version: file.version,
        name: file.description.to_string(),
        sql: file.sql.as_str().to_owned(),
        outside_transaction: file.no_tx,
    });
    files.collect()
});

/// One file of `tenant-migrations/`.
#[derive(Debug, Clone)]
pub struct TenantFile {
    pub version: i64,
    pub name: String,
    pub sql: String,
    /// First line `-- no-transaction`: for `CONCURRENTLY`.
    pub outside_transaction: bool,
}

/// All shipped tenant files, oldest first.
pub fn tenant_files() -> &'static [TenantFile] {
    &TENANT
}

pub fn latest(files: &[TenantFile]) -> i64 {
    files.iter().map(|file| file.version).max().unwrap_or(0)
}

/// The same for the same shipped files, platform and tenant: what a database that only they made can be told by.
pub fn fingerprint() -> String {
    let mut hash = Sha256::new();
    for file in PLATFORM.iter() {
        hash.update(file.version.to_be_bytes());
        hash.update(&file.checksum[..]);
    }
    for file in TENANT.iter() {
        hash.update(file.version.to_be_bytes());
        hash.update(file.sql.as_bytes());
    }
    hex::encode(&hash.finalize()[..8])
}

#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error("platform migration {version} ({name}) failed")]
    Platform {
        version: i64,
        name: String,
        #[source]
        source: sqlx::Error,
    },
    #[error(
        "platform migration {version} ({name}) was changed after it was applied; shipped files never change: restore its text and put the change in a new file"
    )]
    Changed { version: i64, name: String },
    #[error(
        "the database has platform migration {version}, which this program does not know: start the newer program"
    )]
    FromTheFuture { version: i64 },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for MigrateError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Brings the platform's schemas up to date; returns how many files ran. Call with the advisory lock of the bootstrap held.
pub(crate) async fn platform(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<usize, MigrateError> {
    for statement in [
        "CREATE SCHEMA IF NOT EXISTS platform",
        "CREATE TABLE IF NOT EXISTS platform.migration (
            version bigint PRIMARY KEY, name text NOT NULL, checksum bytea NOT NULL, applied_at timestamptz NOT NULL)",
    ] {
        sqlx::raw_sql(statement).execute(&mut *conn).await?;
    }
    let applied: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT version, checksum FROM platform.migration ORDER BY version")
            .fetch_all(&mut *conn)
            .await?;
    for (version, _) in &applied {
        if !PLATFORM.version_exists(*version) {
            return Err(MigrateError::FromTheFuture { version: *version });
        }
    }
    let mut ran = 0;
    for file in PLATFORM.iter() {
        let (version, name) = (file.version, file.description.to_string());
        if let Some((_, checksum)) = applied.iter().find(|(known, _)| *known == version) {
            if checksum[..] != file.checksum[..] {
                return Err(MigrateError::Changed { version, name });
            }
            continue;
        }
        let run = async {
            let mut tx = conn.begin().await?;
            for statement in statements(file.sql.as_str()) {
                sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *tx).await?;
            }
            sqlx::query("INSERT INTO platform.migration (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)")
                .bind(version)
                .bind(&name)
                .bind(&file.checksum[..])
                .bind(now)
                .execute(&mut *tx)
                .await?;
            tx.commit().await
        };
        run.await.map_err(|source: sqlx::Error| MigrateError::Platform {
            version,
            name: name.clone(),
            source,
        })?;
        ran += 1;
    }
    Ok(ran)
}

/// Runs the files that the tenant's schema does not have yet. The connection belongs to the provisioner, and must be thrown
/// away after an error: it may hold a lock or another role.
///
/// The version is written together with each file, so a run that is cut off goes on where it stopped. Several runs at once
/// take turns by a lock on the tenant, and the later one finds the work done.
pub(crate) async fn one_tenant(
    conn: &mut PgConnection,
    owner: &str,
    tenant: TenantId,
    files: &[TenantFile],
) -> Result<usize, sqlx::Error> {
    let role = SchemaRole::of(tenant);
    let mut ran = 0;
    for file in files {
        let sql = file.sql.replace("{{tenant}}", role.as_str());
        if file.outside_transaction {
            // Session-wide lock and settings: see above for what frees them after an error.
            lock_tenant(conn, tenant, "pg_advisory_lock").await?;
            if version(conn, tenant).await? < file.version {
                sqlx::query("SELECT set_config('role', $1, false), set_config('search_path', $2, false), set_config('lock_timeout', '2s', false)")
                    .bind(owner)
                    .bind(role.as_str())
                    .execute(&mut *conn)
                    .await?;
                for statement in statements(&sql) {
                    sqlx::raw_sql(AssertSqlSafe(statement))
                        .execute(&mut *conn)
                        .await?;
                }
                // One at a time: `RESET ALL` leaves the role alone.
                for statement in ["RESET ROLE", "RESET ALL"] {
                    sqlx::raw_sql(statement).execute(&mut *conn).await?;
                }
                set_version(&mut *conn, tenant, file.version).await?;
                ran += 1;
            }
            lock_tenant(conn, tenant, "pg_advisory_unlock").await?;
        } else {
            let mut tx = conn.begin().await?;
            lock_tenant(&mut tx, tenant, "pg_advisory_xact_lock").await?;
            if version(&mut tx, tenant).await? < file.version {
                // The version stands in the same commit: what a crash of the machine takes back is found to be missing and done again.
                // So nobody waits for the disk once a tenant; the run waits for all at its end.
                sqlx::query(
                    "SELECT set_config('role', $1, true), set_config('search_path', $2, true), set_config('lock_timeout', '2s', true),
                            set_config('synchronous_commit', 'off', true)",
                )
                    .bind(owner)
                    .bind(role.as_str())
                    .execute(&mut *tx)
                    .await?;
                for statement in statements(&sql) {
                    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *tx).await?;
                }
                sqlx::raw_sql("SET LOCAL ROLE NONE").execute(&mut *tx).await?;
                set_version(&mut tx, tenant, file.version).await?;
                ran += 1;
            }
            tx.commit().await?;
        }
    }
    Ok(ran)
}

/// The one lock of everything that makes or changes a tenant's schema.
pub(crate) async fn lock_tenant(
    conn: &mut PgConnection,
    tenant: TenantId,
    function: &'static str,
) -> Result<(), sqlx::Error> {
    let statement = format!("SELECT {function}(hashtextextended($1, 0))");
    sqlx::query(AssertSqlSafe(statement))
        .bind(SchemaRole::of(tenant).as_str())
        .execute(conn)
        .await?;
    Ok(())
}

async fn version(conn: &mut PgConnection, tenant: TenantId) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT schema_version FROM platform.tenant WHERE id = $1")
        .bind(tenant.uuid())
        .fetch_one(conn)
        .await
}

async fn set_version(conn: &mut PgConnection, tenant: TenantId, version: i64) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE platform.tenant SET schema_version = $2, migration_error = NULL WHERE id = $1")
        .bind(tenant.uuid())
        .bind(version)
        .execute(conn)
        .await?;
    Ok(())
}

/// What a run over all tenants did.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FleetReport {
    pub tenants: usize,
    pub migrated: usize,
    pub up_to_date: usize,
    pub broken: Vec<BrokenTenant>,
}

#[derive(Debug, Clone, Serialize)]
pub struct BrokenTenant {
    pub tenant: TenantId,
    pub name: String,
    pub error: String,
}

/// Brings every tenant up to `files`. Repeatable; several runs at once do no harm to each other.
pub(crate) async fn fleet(
    pool: &PgPool,
    owner: &str,
    files: &[TenantFile],
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<FleetReport, MigrateError> {
    let target = latest(files);
    let tenants: Vec<(uuid::Uuid, String, i64)> = sqlx::query_as(
        "SELECT id, name, schema_version FROM platform.tenant WHERE state <> 'provisioning' ORDER BY id",
    )
    .fetch_all(pool)
    .await?;
    let mut report = FleetReport {
        tenants: tenants.len(),
        ..FleetReport::default()
    };
    for (done, (id, name, version)) in tenants.into_iter().enumerate() {
        progress(done, report.tenants);
        if version >= target {
            report.up_to_date += 1;
            continue;
        }
        let tenant = TenantId::from_uuid(id);
        // A file that is known to be there would cost a transaction to find that out again.
        let pending = &files[files.partition_point(|file| file.version <= version)..];
        match with_retry(pool, owner, tenant, pending).await {
            Ok(()) => report.migrated += 1,
            Err(error) => {
                let words = words_of(&error);
                sqlx::query("UPDATE platform.tenant SET migration_error = $2 WHERE id = $1")
                    .bind(id)
                    .bind(&words)
                    .execute(pool)
                    .await?;
                tracing::error!(tenant.id = %tenant, error = %words, "a tenant could not be migrated and was passed over");
                report.broken.push(BrokenTenant {
                    tenant,
                    name,
                    error: words,
                });
            }
        }
    }
    if report.migrated > 0 {
        // A commit that waits for the disk, and with it everything that was committed before.
        sqlx::query("SELECT pg_current_xact_id()").execute(pool).await?;
    }
    progress(report.tenants, report.tenants);
    Ok(report)
}

/// A table that is locked by a long transaction must not hold up the fleet: three tries of two seconds each.
async fn with_retry(
    pool: &PgPool,
    owner: &str,
    tenant: TenantId,
    files: &[TenantFile],
) -> Result<(), sqlx::Error> {
    let mut tries = 0;
    loop {
        tries += 1;
        let mut conn = pool.acquire().await?;
        // What such a file sets is the session's, and would be the next one's if we were dropped half-way.
        if files.iter().any(|file| file.outside_transaction) {
            conn.close_on_drop();
        }
        match one_tenant(&mut conn, owner, tenant, files).await {
            Ok(_) => return Ok(()),
            Err(error) => {
                conn.close_on_drop();
                let locked =
                    matches!(&error, sqlx::Error::Database(e) if e.code().as_deref() == Some("55P03"));
                if !locked || tries == 3 {
                    return Err(error);
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

/// The database's own words without the statement.
fn words_of(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(database) => database.message().to_owned(),
        other => other.to_string(),
    }
}
