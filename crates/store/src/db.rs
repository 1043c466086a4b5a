//! The pools, and the only two ways in: [`TenantTx`] and [`PlatformTx`].
//!
//! Invariant: pools are private to this crate. A slot's pool logs in as that slot, which outside a [`TenantTx`] may touch
//! no table at all.

use std::{sync::Arc, time::Duration};

use moka::future::Cache;
use sqlx::{
    Connection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use switchboard_domain::{
    clock::Clock,
    id::{AccountId, TenantId},
};
use uuid::Uuid;

use crate::{
    begin,
    bootstrap::{self, Installation, slot_login},
    error::StoreError,
    members::SignedIn,
    migrate::{self, FleetReport, MigrateError, TenantFile},
    platform_tx::PlatformTx,
    scope::{SchemaRole, TenantScope},
    tenant_tx::TenantTx,
    vault::{DataKey, KeyOwner, Vault, WrappedDataKey},
};

/// Pool sizes and waits. The defaults are those of the design; tests use smaller ones.
#[derive(Debug, Clone)]
pub struct DbSettings {
    pub slots: u16,
    pub connections_per_slot: u32,
    pub platform_connections: u32,
    /// How long a request waits for a connection before it is told that the database is away.
    pub acquire_timeout: Duration,
}

impl Default for DbSettings {
    fn default() -> Self {
        Self {
            slots: 8,
            connections_per_slot: 2,
            platform_connections: 6,
            acquire_timeout: Duration::from_secs(3),
        }
    }
}

/// A connection that was alive so recently is not asked again.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub struct Db {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    installation: Installation,
    pub(crate) platform: PgPool,
    provisioner: PgPool,
    slots: Vec<PgPool>,
    vault: Vault,
    pub(crate) clock: Arc<dyn Clock>,
    /// The directory row of a tenant, at most a second old, so that a suspension is obeyed within a second.
    directory: Cache<TenantId, Option<DirectoryRow>>,
    hooks: Cache<String, Option<Hook>>,
    data_keys: Cache<TenantId, Arc<DataKey>>,
    /// Who a session belongs to, at most a second old for the same reason.
    pub(crate) signed_in: Cache<[u8; 32], Option<Arc<SignedIn>>>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct DirectoryRow {
    pub(crate) slot: i32,
    pub(crate) active: bool,
}

/// Where a webhook's key leads.
#[derive(Debug, Clone)]
pub struct Hook {
    pub tenant: TenantId,
    pub account: AccountId,
}

impl Db {
    /// Migrates the platform, makes missing roles, opens the pools. `admin` is the login of `DATABASE_URL`.
    pub async fn open(
        admin: PgConnectOptions,
        vault: Vault,
        clock: Arc<dyn Clock>,
        settings: &DbSettings,
    ) -> Result<Self, MigrateError> {
        let installation = bootstrap::run(&admin, &vault, clock.as_ref(), settings.slots).await?;
        let pool = |login: &str, secret: &secrecy::SecretString, size: u32| {
            use secrecy::ExposeSecret;
            PgPoolOptions::new()
                .max_connections(size)
                .min_connections(0)
                .acquire_timeout(settings.acquire_timeout)
                // A backend keeps catalog entries of every table that it has touched, for ever.
                .max_lifetime(Duration::from_secs(45 * 60))
                // A connection is asked whether it lives when it comes back; asking again within a second would be one
                // round trip more in every transaction.
                .test_before_acquire(false)
                .before_acquire(|conn, seen| {
                    Box::pin(async move {
                        if seen.idle_for >= TRUSTED_FOR {
                            conn.ping().await?;
                        }
                        Ok(true)
                    })
                })
                .connect_lazy_with(admin.clone().username(login).password(secret.expose_secret()))
        };
        let prefix = &installation.prefix;
        let platform = pool(
            &format!("{prefix}_platform"),
            &installation.platform,
            settings.platform_connections,
        );
        let provisioner = pool(&format!("{prefix}_provisioner"), &installation.provisioner, 2);
        let slots = (0..)
            .zip(&installation.slots)
            .map(|(slot, secret)| pool(&slot_login(prefix, slot), secret, settings.connections_per_slot))
            .collect();
        let second = |capacity| {
            Cache::builder()
                .max_capacity(capacity)
                .time_to_live(Duration::from_secs(1))
        };
        Ok(Self {
            inner: Arc::new(Inner {
                platform,
                provisioner,
                slots,
                vault,
                clock,
                directory: second(10_000).build(),
                hooks: Cache::builder()
                    .max_capacity(10_000)
                    .time_to_live(Duration::from_secs(1))
                    .build(),
                signed_in: Cache::builder()
                    .max_capacity(50_000)
                    .time_to_live(Duration::from_secs(1))
                    .build(),
                data_keys: Cache::builder()
                    .max_capacity(10_000)
                    .time_to_idle(Duration::from_secs(600))
                    .build(),
                installation,
            }),
        })
    }

    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    /// The login that works the queue; jobs of the platform itself are stamped with its name.
    pub fn platform_role(&self) -> String {
        format!("{}_platform", self.inner.installation.prefix)
    }

    /// For the queue's worker, notifier and listener.
    pub fn queue_pool(&self) -> &PgPool {
        &self.inner.platform
    }

    /// The same login for connections of their own: announcing and hearing jobs.
    pub fn queue_options(&self) -> PgConnectOptions {
        (*self.inner.platform.connect_options()).clone()
    }

    /// Transaction on schema `platform`.
    pub async fn begin_platform(&self) -> Result<PlatformTx, StoreError> {
        Ok(PlatformTx::new(begin::whole(&self.inner.platform, None).await?))
    }

    /// Transaction on one tenant's schema, as its role.
    pub async fn begin(&self, scope: &TenantScope) -> Result<TenantTx, StoreError> {
        let pool = usize::try_from(scope.slot())
            .ok()
            .and_then(|slot| self.inner.slots.get(slot));
        let Some(pool) = pool else {
            return Err(StoreError::unreadable(
                "tenant",
                "its slot is not among the configured slots",
            ));
        };
        let tx = begin::whole(pool, Some(scope.role())).await?;
        Ok(TenantTx::new(tx, scope.tenant()))
    }

    /// The scope of a job's row. `None`: the tenant is gone, suspended, or the role is no tenant's.
    pub async fn scope_for_role(&self, role: &str) -> Result<Option<TenantScope>, StoreError> {
        match SchemaRole::tenant(role) {
            Some(tenant) => self.scope_if_active(tenant).await,
            None => Ok(None),
        }
    }

    /// Where a webhook's key leads, if its tenant is active.
    pub async fn scope_for_hook(
        &self,
        hook_key: &str,
    ) -> Result<Option<(TenantScope, AccountId)>, StoreError> {
        let platform = self.inner.platform.clone();
        let found = self
            .inner
            .hooks
            .try_get_with_by_ref(hook_key, async move {
                let row: Option<(Uuid, Uuid)> = sqlx::query_as(
                    "SELECT tenant_id, account_id FROM platform.chat_directory WHERE hook_key = $1 AND enabled",
                )
                .bind(hook_key)
                .fetch_optional(&platform)
                .await?;
                Ok::<_, sqlx::Error>(row.map(|(tenant, account)| Hook {
                    tenant: TenantId::from_uuid(tenant),
                    account: AccountId::from_uuid(account),
                }))
            })
            .await
            .map_err(shared)?;
        match found {
            Some(hook) => Ok(self
                .scope_if_active(hook.tenant)
                .await?
                .map(|scope| (scope, hook.account))),
            None => Ok(None),
        }
    }

    /// For the operator at the machine, who also looks into suspended tenants. Not for anything that came over a network.
    pub async fn scope_for_operator(&self, tenant: TenantId) -> Result<Option<TenantScope>, StoreError> {
        Ok(self
            .directory(tenant)
            .await?
            .map(|row| TenantScope::new(tenant, row.slot)))
    }

    /// For the part of provisioning that already needs the tenant's own tables.
    pub async fn scope_if_active(&self, tenant: TenantId) -> Result<Option<TenantScope>, StoreError> {
        Ok(self
            .directory(tenant)
            .await?
            .filter(|row| row.active)
            .map(|row| TenantScope::new(tenant, row.slot)))
    }

    pub(crate) async fn directory(&self, tenant: TenantId) -> Result<Option<DirectoryRow>, StoreError> {
        let platform = self.inner.platform.clone();
        self.inner
            .directory
            .try_get_with(tenant, async move {
                let row: Option<(i32, String)> = sqlx::query_as(
                    "SELECT slot, state FROM platform.tenant WHERE id = $1 AND schema_version > 0",
                )
                .bind(tenant.uuid())
                .fetch_optional(&platform)
                .await?;
                Ok::<_, sqlx::Error>(row.map(|(slot, state)| DirectoryRow {
                    slot,
                    active: state == "active",
                }))
            })
            .await
            .map_err(shared)
    }

    /// Forget what is known of a tenant, after a change made here; other processes see it within a second.
    pub async fn forget(&self, tenant: TenantId) {
        self.inner.directory.invalidate(&tenant).await;
        self.inner.hooks.invalidate_all();
    }

    /// The key that opens this tenant's secrets.
    pub async fn data_key(&self, tenant: TenantId) -> Result<Arc<DataKey>, StoreError> {
        if let Some(key) = self.inner.data_keys.get(&tenant).await {
            return Ok(key);
        }
        let wrapped: WrappedDataKey =
            sqlx::query_scalar("SELECT wrapped FROM platform.data_key WHERE tenant_id = $1")
                .bind(tenant.uuid())
                .fetch_one(&self.inner.platform)
                .await?;
        let key = Arc::new(
            self.inner
                .vault
                .unwrap_data_key(KeyOwner::Tenant(tenant), &wrapped)?,
        );
        self.inner.data_keys.insert(tenant, key.clone()).await;
        Ok(key)
    }

    /// Makes the data key of a tenant if it has none. Idempotent.
    pub async fn ensure_data_key(&self, tenant: TenantId) -> Result<(), StoreError> {
        let (_, wrapped) = self.inner.vault.new_data_key(KeyOwner::Tenant(tenant))?;
        let mut conn = self.inner.platform.acquire().await?;
        bootstrap::insert_data_key(&mut conn, Some(tenant.uuid()), &wrapped, self.inner.clock.now()).await?;
        Ok(())
    }

    /// A value that only this installation can make, for secrets that need no row of their own (webhook headers).
    pub fn derive(&self, label: &str, data: &[u8]) -> [u8; 32] {
        self.inner.installation.data_key.mac(label, data)
    }

    /// Makes role and schema of a tenant, with all its tables. Idempotent: what is there is left as it is.
    pub async fn provision_schema(&self, tenant: TenantId) -> Result<(), StoreError> {
        self.provision_schema_with(migrate::tenant_files(), tenant).await
    }

    /// The same with other files, for tests of upgrades.
    pub async fn provision_schema_with(
        &self,
        files: &[TenantFile],
        tenant: TenantId,
    ) -> Result<(), StoreError> {
        crate::provision::schema(&self.inner.provisioner, &self.inner.installation, tenant, files).await
    }

    /// Brings every tenant up to the shipped files.
    pub async fn migrate_fleet(
        &self,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<FleetReport, MigrateError> {
        self.migrate_fleet_with(migrate::tenant_files(), progress).await
    }

    /// The same with other files, for tests of the runner.
    pub async fn migrate_fleet_with(
        &self,
        files: &[TenantFile],
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<FleetReport, MigrateError> {
        migrate::fleet(
            &self.inner.provisioner,
            &self.inner.installation.owner(),
            files,
            progress,
        )
        .await
    }

    /// Whether the database answers, and its version number (150004 = 15.4).
    pub async fn ping(&self) -> Result<i32, StoreError> {
        let version: String = sqlx::query_scalar("SELECT current_setting('server_version_num')")
            .fetch_one(&self.inner.platform)
            .await?;
        version
            .parse()
            .map_err(|_| StoreError::unreadable("server version", version))
    }

    pub async fn close(&self) {
        for pool in self
            .inner
            .slots
            .iter()
            .chain([&self.inner.platform, &self.inner.provisioner])
        {
            pool.close().await;
        }
    }

    /// The slot's pool itself, for tests of what its login may not do.
    #[doc(hidden)]
    pub fn slot_pool_for_tests(&self, slot: usize) -> &PgPool {
        &self.inner.slots[slot]
    }
}

/// The cache hands one error to all who waited for the same look-up.
pub(crate) fn shared(error: Arc<sqlx::Error>) -> StoreError {
    match Arc::try_unwrap(error) {
        Ok(error) => error.into(),
        Err(error) => StoreError::Unavailable(sqlx::Error::Protocol(error.to_string())),
    }
}
