//! A transaction on schema `platform`. Tables are written qualified; no tenant table can be reached from here.

use sqlx::PgTransaction;

use crate::{
    error::StoreError,
    platform,
    queue::{self, NewJob},
    scope::SchemaRole,
};
use switchboard_domain::id::{JobId, TenantId};

pub struct PlatformTx {
    tx: PgTransaction<'static>,
}

impl PlatformTx {
    pub(crate) fn new(tx: PgTransaction<'static>) -> Self {
        Self { tx }
    }

    pub fn tenants(&mut self) -> platform::tenants::Tenants<'_> {
        platform::tenants::Tenants::new(&mut self.tx)
    }

    pub fn accounts(&mut self) -> platform::accounts::Accounts<'_> {
        platform::accounts::Accounts::new(&mut self.tx)
    }

    pub fn memberships(&mut self) -> platform::memberships::Memberships<'_> {
        platform::memberships::Memberships::new(&mut self.tx)
    }

    pub fn sessions(&mut self) -> platform::sessions::Sessions<'_> {
        platform::sessions::Sessions::new(&mut self.tx)
    }

    pub fn logins(&mut self) -> platform::logins::Logins<'_> {
        platform::logins::Logins::new(&mut self.tx)
    }

    pub fn sign_ups(&mut self) -> platform::sign_ups::SignUps<'_> {
        platform::sign_ups::SignUps::new(&mut self.tx)
    }

    pub fn users(&mut self) -> platform::users::Users<'_> {
        platform::users::Users::new(&mut self.tx)
    }

    pub fn admin_links(&mut self) -> platform::admin_links::AdminLinks<'_> {
        platform::admin_links::AdminLinks::new(&mut self.tx)
    }

    pub fn idempotency(&mut self) -> platform::idempotency::Idempotency<'_> {
        platform::idempotency::Idempotency::new(&mut self.tx)
    }

    pub fn directory(&mut self) -> platform::directory::ChatDirectory<'_> {
        platform::directory::ChatDirectory::new(&mut self.tx)
    }

    pub fn grants(&mut self) -> platform::grants::Grants<'_> {
        platform::grants::Grants::new(&mut self.tx)
    }

    pub fn settings(&mut self) -> platform::settings::Settings<'_> {
        platform::settings::Settings::new(&mut self.tx)
    }

    pub fn audit(&mut self) -> platform::audit::Audit<'_> {
        platform::audit::Audit::new(&mut self.tx)
    }

    /// A job of the platform itself.
    pub async fn enqueue(&mut self, jobs: &[NewJob]) -> Result<(), StoreError> {
        queue::enqueue(&mut self.tx, jobs).await?;
        Ok(())
    }

    /// A job that a tenant's worker shall do: the platform tells that a row of its own waits for it.
    pub async fn enqueue_for(&mut self, tenant: TenantId, jobs: &[NewJob]) -> Result<(), StoreError> {
        queue::enqueue_for(&mut self.tx, SchemaRole::of(tenant).as_str(), jobs).await?;
        Ok(())
    }

    pub async fn finish_job(&mut self, job: JobId, fence: i64) -> Result<(), StoreError> {
        Ok(queue::finish(&mut self.tx, job, fence).await?)
    }

    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.tx.commit().await?)
    }
}
