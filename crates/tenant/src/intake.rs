//! Stored before acknowledged: the first commit of a message's way.
//!
//! Invariant: when [`Intake::accept`] has returned `Ok`, the delivery and its job are on disk; a second delivery of the same
//! event finds its row and does nothing.

use std::sync::Arc;

use switchboard_domain::{
    clock::Clock,
    id::{AccountId, MessageId},
};
use switchboard_store::{
    Db, StoreError, TenantScope,
    queue::{NewJob, Notifier},
    tenant::messages::NewMessage,
};

use crate::{
    jobs,
    live::{Live, Topic},
    network::Peeked,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    Stored,
    Duplicate,
}

#[derive(Clone)]
pub struct Intake {
    db: Db,
    notifier: Notifier,
    clock: Arc<dyn Clock>,
    live: Live,
}

impl Intake {
    pub fn new(db: Db, notifier: Notifier, live: Live) -> Self {
        Self {
            clock: db.clock().clone(),
            db,
            notifier,
            live,
        }
    }

    pub fn db(&self) -> &Db {
        &self.db
    }

    pub async fn accept(
        &self,
        scope: &TenantScope,
        account: AccountId,
        peeked: &Peeked,
        raw: &str,
    ) -> Result<Accepted, StoreError> {
        let id = MessageId::from_uuid(self.clock.uuid());
        let message = NewMessage {
            id,
            account_id: account,
            dedupe_key: &peeked.dedupe_key,
            raw,
            received_at: self.clock.now(),
        };
        let chat = peeked.chat.as_deref().unwrap_or("-");
        let job = NewJob::new(self.clock.uuid(), jobs::MESSAGE, format!("message:{id}"))
            .lane(format!("in:{account}:{chat}"))
            .payload(serde_json::json!({ "message": id }));
        let mut tx = self.db.begin(scope).await?;
        if !tx.messages().store(&message).await? {
            return Ok(Accepted::Duplicate);
        }
        tx.enqueue(&[job]).await?;
        switchboard_store::fail::point("intake.before_commit");
        tx.commit().await?;
        switchboard_store::fail::point("intake.after_commit");
        self.notifier.committed();
        Ok(Accepted::Stored)
    }

    /// Notes what was last seen of an account. A failure is logged: the state is for eyes, nothing depends on it.
    pub async fn report(&self, scope: &TenantScope, account: AccountId, state: &str, text: &str) {
        let now = self.clock.now();
        let write = async {
            let mut tx = self.db.begin(scope).await?;
            let is_new = tx.accounts().set_state(account, state, text, now).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(is_new)
        };
        match write.await {
            Ok(true) => self
                .live
                .changed(scope.tenant(), Topic::Channels, [account.uuid()]),
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(account.id = %account, error = %error, "an account's state could not be stored");
            }
        }
    }
}
