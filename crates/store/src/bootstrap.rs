//! From a login with rights to a working installation: platform migrations, roles, sealed login secrets.
//!
//! Runs at every start and does nothing the second time. Several processes may start at once: one advisory lock.
//!
//! Roles, all named with the installation's prefix because a server shares its roles between databases:
//! - `<p>_owner`, no login: owns every tenant's tables and the functions of schema `credit`.
//! - `<p>_tenant`, no login: what every tenant role may do outside its own schema (put a job, call `credit`).
//! - `<p>_platform`: reads and writes `platform`, works the queue. No tenant table.
//! - `<p>_provisioner`: makes tenant roles and schemas, runs their migrations. Held by the provisioning worker alone.
//! - `<p>_s00` …: a slot's login, `NOINHERIT`, member of its own tenants' roles and nothing else.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgConnectOptions};
use switchboard_domain::clock::Clock;
use uuid::Uuid;

use crate::{
    error::StoreError,
    login::{self, scram_verifier},
    migrate::{self, MigrateError},
    queue,
    vault::{self, DataKey, KeyOwner, NeededKey, Purpose, Sealed, Vault, WrappedDataKey},
};

/// One number for all our bootstraps of a database ("switchboard" in digits).
const BOOTSTRAP_LOCK: i64 = 0x5357_4942_4f41_5244;

/// What the pools need to connect.
pub(crate) struct Installation {
    pub prefix: String,
    pub platform: SecretString,
    pub provisioner: SecretString,
    /// By slot number.
    pub slots: Vec<SecretString>,
    pub data_key: DataKey,
}

impl Installation {
    pub fn owner(&self) -> String {
        format!("{}_owner", self.prefix)
    }
}

pub(crate) fn slot_login(prefix: &str, slot: i32) -> String {
    format!("{prefix}_s{slot:02}")
}

pub(crate) async fn run(
    admin: &PgConnectOptions,
    vault: &Vault,
    clock: &dyn Clock,
    slots: u16,
) -> Result<Installation, MigrateError> {
    let mut conn = PgConnection::connect_with(admin).await?;
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(BOOTSTRAP_LOCK)
        .execute(&mut conn)
        .await?;
    let result = with_lock(&mut conn, vault, clock, slots).await;
    // Closing the connection frees the lock, also after an error.
    conn.close().await.ok();
    result
}

async fn with_lock(
    conn: &mut PgConnection,
    vault: &Vault,
    clock: &dyn Clock,
    slots: u16,
) -> Result<Installation, MigrateError> {
    let now = clock.now();
    let ran = migrate::platform(conn, now).await?;
    let prefix = installation_prefix(conn, clock).await?;
    require_keys(conn, vault).await?;
    let data_key = platform_data_key(conn, vault, clock).await?;

    let owner = format!("{prefix}_owner");
    let tenant = format!("{prefix}_tenant");
    let platform = format!("{prefix}_platform");
    let provisioner = format!("{prefix}_provisioner");
    let mut made = ran > 0;
    made |= role(conn, &owner, "NOLOGIN", None).await?;
    made |= role(conn, &tenant, "NOLOGIN", None).await?;
    let platform_secret =
        login::<vault::PlatformLoginSecret>(conn, &data_key, clock, &platform, "platform", None).await?;
    made |= role(conn, &platform, "LOGIN", Some(&platform_secret)).await?;
    let provisioner_secret =
        login::<vault::ProvisionerLoginSecret>(conn, &data_key, clock, &provisioner, "provisioner", None)
            .await?;
    made |= role(conn, &provisioner, "LOGIN CREATEROLE", Some(&provisioner_secret)).await?;
    let mut slot_secrets = Vec::new();
    for slot in 0..i32::from(slots) {
        let name = slot_login(&prefix, slot);
        let secret =
            login::<vault::SlotLoginSecret>(conn, &data_key, clock, &name, "slot", Some(slot)).await?;
        made |= role(conn, &name, "LOGIN NOINHERIT", Some(&secret)).await?;
        slot_secrets.push(secret);
    }
    // A database that was copied or restored beside the first finds the roles, but lost what was granted on itself.
    made |= !may_create(conn, &owner).await?;
    if made {
        grants(conn, &owner, &tenant, &platform, &provisioner).await?;
    }
    Ok(Installation {
        prefix,
        platform: platform_secret,
        provisioner: provisioner_secret,
        slots: slot_secrets,
        data_key,
    })
}

async fn installation_prefix(conn: &mut PgConnection, clock: &dyn Clock) -> Result<String, sqlx::Error> {
    let hex = clock.uuid().simple().to_string();
    sqlx::query(
        "INSERT INTO platform.installation (prefix, created_at) VALUES ($1, $2) ON CONFLICT (only_row) DO NOTHING",
    )
    .bind(format!("sb_{}", &hex[24..]))
    .bind(clock.now())
    .execute(&mut *conn)
    .await?;
    sqlx::query_scalar("SELECT prefix FROM platform.installation")
        .fetch_one(conn)
        .await
}

/// Sealed rows without their key refuse the start: better no product than one that cannot reach a single panel.
async fn require_keys(conn: &mut PgConnection, vault: &Vault) -> Result<(), StoreError> {
    let needed = needed(conn).await?;
    Ok(vault.ring().require(&needed)?)
}

/// One data key of each key-encryption key: the id of the latter stands in the wrapped form.
async fn needed(conn: &mut PgConnection) -> Result<Vec<NeededKey>, StoreError> {
    let rows: Vec<(Option<Uuid>, WrappedDataKey)> = sqlx::query_as(
        "SELECT DISTINCT ON (substring(wrapped FROM 2 FOR 8)) tenant_id, wrapped FROM platform.data_key",
    )
    .fetch_all(conn)
    .await?;
    let needed = rows.into_iter().map(|(tenant, wrapped)| NeededKey {
        key_id: wrapped.key_id(),
        needed_by: format!("what was sealed for {}", owner_of(tenant)),
    });
    Ok(needed.collect())
}

pub(crate) fn owner_of(tenant: Option<Uuid>) -> KeyOwner {
    tenant.map_or(KeyOwner::Platform, |tenant| KeyOwner::Tenant(tenant.into()))
}

async fn platform_data_key(
    conn: &mut PgConnection,
    vault: &Vault,
    clock: &dyn Clock,
) -> Result<DataKey, StoreError> {
    let known: Option<WrappedDataKey> =
        sqlx::query_scalar("SELECT wrapped FROM platform.data_key WHERE tenant_id IS NULL")
            .fetch_optional(&mut *conn)
            .await?;
    if let Some(wrapped) = known {
        return Ok(vault.unwrap_data_key(KeyOwner::Platform, &wrapped)?);
    }
    let (key, wrapped) = vault.new_data_key(KeyOwner::Platform)?;
    insert_data_key(conn, None, &wrapped, clock.now()).await?;
    Ok(key)
}

/// Idempotent: an owner's first data key stays.
pub(crate) async fn insert_data_key(
    conn: &mut PgConnection,
    tenant: Option<Uuid>,
    wrapped: &WrappedDataKey,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO platform.data_key (id, tenant_id, wrapped, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id) DO NOTHING",
    )
    .bind(wrapped.data_key_id().uuid())
    .bind(tenant)
    .bind(wrapped)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// The secret of a login: made once, sealed, opened at every later start.
async fn login<P: Purpose>(
    conn: &mut PgConnection,
    data_key: &DataKey,
    clock: &dyn Clock,
    name: &str,
    kind: &str,
    slot: Option<i32>,
) -> Result<SecretString, StoreError> {
    let known: Option<(Uuid, Vec<u8>)> =
        sqlx::query_as("SELECT id, secret FROM platform.login WHERE name = $1")
            .bind(name)
            .fetch_optional(&mut *conn)
            .await?;
    if let Some((id, sealed)) = known {
        return Ok(Sealed::<P>::from_bytes(sealed)?.open(data_key, id)?);
    }
    let id = clock.uuid();
    let secret = SecretString::from(hex::encode(vault::random_bytes::<32>()?));
    let sealed = Sealed::<P>::seal(data_key, id, &secret)?;
    sqlx::query("INSERT INTO platform.login (id, name, kind, slot, secret, created_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(id)
        .bind(name)
        .bind(kind)
        .bind(slot)
        .bind(sealed.as_bytes())
        .bind(clock.now())
        .execute(conn)
        .await?;
    Ok(secret)
}

/// Makes a role if the server lacks it (a restored database arrives without its roles).
async fn role(
    conn: &mut PgConnection,
    name: &str,
    attributes: &str,
    secret: Option<&SecretString>,
) -> Result<bool, StoreError> {
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)")
        .bind(name)
        .fetch_one(&mut *conn)
        .await?;
    if exists {
        return Ok(false);
    }
    let password = match secret {
        Some(secret) => format!(
            " PASSWORD '{}'",
            scram_verifier(secret.expose_secret(), &vault::random_bytes()?, login::ROUNDS)
        ),
        None => String::new(),
    };
    let statement = format!("CREATE ROLE {name} {attributes}{password}");
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(conn).await?;
    Ok(true)
}

async fn may_create(conn: &mut PgConnection, owner: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT has_database_privilege($1, current_database(), 'CREATE')")
        .bind(owner)
        .fetch_one(conn)
        .await
}

async fn grants(
    conn: &mut PgConnection,
    owner: &str,
    tenant: &str,
    platform: &str,
    provisioner: &str,
) -> Result<(), sqlx::Error> {
    let database: String = sqlx::query_scalar("SELECT quote_ident(current_database())")
        .fetch_one(&mut *conn)
        .await?;
    let mut statements = vec![
        // A login that is no superuser must be a member to give things away; WITH ADMIN for servers from 16 on.
        format!("GRANT {owner} TO CURRENT_USER"),
        format!("GRANT {owner} TO {provisioner}"),
        format!("GRANT {tenant} TO {provisioner} WITH ADMIN OPTION"),
        format!("GRANT CREATE ON DATABASE {database} TO {owner}"),
        format!("GRANT USAGE ON SCHEMA platform TO {owner}, {platform}, {provisioner}"),
        format!("GRANT SELECT ON platform.credit_grant TO {owner}"),
        format!("GRANT SELECT, INSERT, UPDATE ON platform.tenant TO {platform}"),
        format!(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON platform.chat_directory, platform.setting TO {platform}"
        ),
        format!("GRANT SELECT, INSERT, UPDATE ON platform.data_key TO {platform}"),
        format!(
            "GRANT SELECT, INSERT ON platform.credit_grant, platform.audit, platform.login_event TO {platform}"
        ),
        format!(
            "GRANT SELECT, INSERT, UPDATE ON platform.account, platform.session, platform.sign_up TO {platform}"
        ),
        format!(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON platform.membership, platform.admin_link, platform.idempotency TO {platform}"
        ),
        format!("GRANT SELECT ON platform.installation, platform.migration, platform.login TO {platform}"),
        format!("GRANT SELECT, UPDATE ON platform.tenant TO {provisioner}"),
        format!("GRANT USAGE, CREATE ON SCHEMA credit TO {owner}"),
        format!("GRANT USAGE ON SCHEMA credit TO {tenant}"),
    ];
    for function in [
        "credit.hold(text[], bigint[], uuid[], timestamptz)",
        "credit.end_hold(text, boolean, timestamptz)",
        "credit.book_grant(uuid, timestamptz)",
        "credit.open_grants()",
    ] {
        statements.push(format!("REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC"));
        statements.push(format!("ALTER FUNCTION {function} OWNER TO {owner}"));
        statements.push(format!("GRANT EXECUTE ON FUNCTION {function} TO {tenant}"));
    }
    statements.extend(queue::grants_for_tenants(tenant));
    statements.extend(queue::grants_for_worker(platform));
    for statement in statements {
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// The keys without which this database's sealed rows cannot be opened. Empty for a database that is still empty.
///
/// Asked before the keys are loaded, so that a lost key is never replaced by a fresh one that opens nothing.
pub async fn needed_keys(admin: &PgConnectOptions) -> Result<Vec<NeededKey>, StoreError> {
    let mut conn = PgConnection::connect_with(admin).await?;
    let there: bool = sqlx::query_scalar("SELECT to_regclass('platform.data_key') IS NOT NULL")
        .fetch_one(&mut conn)
        .await?;
    let needed = if there {
        needed(&mut conn).await?
    } else {
        Vec::new()
    };
    conn.close().await.ok();
    Ok(needed)
}
