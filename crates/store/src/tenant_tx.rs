//! A transaction that belongs to one tenant: the only way to its tables.

use sqlx::{PgConnection, PgTransaction};
use switchboard_domain::id::{JobId, TenantId};

use crate::{
    error::StoreError,
    queue::{self, NewJob},
    tenant,
};

/// Rolled back when dropped. After commit, rollback or drop the connection has neither role nor path.
pub struct TenantTx {
    tx: PgTransaction<'static>,
    tenant: TenantId,
}

macro_rules! repositories {
    ($($(#[$doc:meta])* $name:ident: $type:path),* $(,)?) => {
        impl TenantTx {
            $($(#[$doc])* pub fn $name(&mut self) -> $type { <$type>::new(&mut self.tx) })*
        }
    };
}

repositories! {
    accounts: tenant::accounts::Accounts<'_>,
    chats: tenant::chats::Chats<'_>,
    channels: tenant::channels::Channels<'_>,
    checklist: tenant::checklist::Checklist<'_>,
    home: tenant::home::Home<'_>,
    inbox: tenant::inbox::Inbox<'_>,
    binds: tenant::binds::Binds<'_>,
    messages: tenant::messages::Messages<'_>,
    customer_book: tenant::customer_book::CustomerBook<'_>,
    people: tenant::people::People<'_>,
    panel_book: tenant::panel_book::PanelBook<'_>,
    panels: tenant::panels::Panels<'_>,
    provider_book: tenant::provider_book::ProviderBook<'_>,
    providers: tenant::providers::Providers<'_>,
    requests: tenant::requests::Requests<'_>,
    request_list: tenant::request_list::RequestList<'_>,
    outbox: tenant::outbox::Outbox<'_>,
    test_examples: tenant::test_examples::TestExamples<'_>,
    wallet: tenant::wallet::Wallet<'_>,
    settings: tenant::settings::Settings<'_>,
    audit: tenant::audit::Audit<'_>,
    retention: tenant::retention::Retention<'_>,
    audit_list: tenant::audit_list::AuditList<'_>,
    ledger_list: tenant::ledger_list::LedgerList<'_>,
}

impl TenantTx {
    pub(crate) fn new(tx: PgTransaction<'static>, tenant: TenantId) -> Self {
        Self { tx, tenant }
    }

    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Puts jobs that become visible with this transaction's commit. A key that is already queued is left as it is.
    pub async fn enqueue(&mut self, jobs: &[NewJob]) -> Result<(), StoreError> {
        if jobs.is_empty() {
            return Ok(());
        }
        queue::enqueue(&mut self.tx, jobs).await?;
        Ok(())
    }

    /// Ends a job together with its outcome; [`StoreError::LeaseLost`] undoes the whole transaction of a stale worker.
    pub async fn finish_job(&mut self, job: JobId, fence: i64) -> Result<(), StoreError> {
        Ok(queue::finish(&mut self.tx, job, fence).await?)
    }

    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.tx.commit().await?)
    }

    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.tx.rollback().await?)
    }

    /// For tests of what a tenant's role may do.
    #[doc(hidden)]
    pub fn connection_for_tests(&mut self) -> &mut PgConnection {
        &mut self.tx
    }
}
