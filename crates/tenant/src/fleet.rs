//! Open sessions of this process, and the receivers that feed them.
//!
//! A reconciler: every two seconds it compares the directory of active accounts with what runs here, opens what is new, and
//! stops what is gone, suspended or connected anew (its hook key changed). So a change made by any process is obeyed within seconds.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::Engine as _;
use secrecy::SecretString;
use switchboard_channels::session::Session;
use switchboard_domain::{
    channel::ChannelKind,
    id::{AccountId, TenantId},
};
use switchboard_store::{Db, StoreError, TenantScope, platform::directory::DirectoryLine};
use tokio_util::sync::CancellationToken;

use crate::{
    intake::Intake,
    network::{Networks, Receiving},
};

const LOOK_EVERY: Duration = Duration::from_secs(2);

/// What a network must say with each delivery to the webhook of this account. Derived, so that no row holds it.
pub fn hook_secret(db: &Db, account: AccountId) -> SecretString {
    let mac = db.derive("webhook.secret", account.uuid().as_bytes());
    base64::engine::general_purpose::URL_SAFE_NO_PAD
        .encode(mac)
        .into()
}

#[derive(Clone)]
pub struct Fleet {
    db: Db,
    networks: Networks,
    sessions: Arc<Mutex<HashMap<AccountId, Open>>>,
}

struct Open {
    hook_key: Option<String>,
    session: Arc<dyn Session>,
    stop: CancellationToken,
}

impl Fleet {
    pub fn new(db: Db, networks: Networks) -> Self {
        Self {
            db,
            networks,
            sessions: Arc::default(),
        }
    }

    /// The session of an account, opened if it is not. `None`: no such account, or its secret opens nothing.
    pub async fn session(
        &self,
        scope: &TenantScope,
        account: AccountId,
    ) -> Result<Option<Arc<dyn Session>>, StoreError> {
        if let Some(open) = self.lock().get(&account) {
            return Ok(Some(open.session.clone()));
        }
        let Some((channel, secret)) = self.secret(scope, account).await? else {
            return Ok(None);
        };
        let Some(network) = self.networks.get(channel) else {
            return Ok(None);
        };
        let Ok(session) = network.connector().open(account, secret) else {
            return Ok(None);
        };
        let mut sessions = self.lock();
        let open = sessions.entry(account).or_insert(Open {
            hook_key: None,
            session,
            stop: CancellationToken::new(),
        });
        Ok(Some(open.session.clone()))
    }

    async fn secret(
        &self,
        scope: &TenantScope,
        account: AccountId,
    ) -> Result<Option<(ChannelKind, SecretString)>, StoreError> {
        let row = self.db.begin(scope).await?.accounts().find(account).await?;
        let Some(row) = row.filter(|row| row.state != "disabled") else {
            return Ok(None);
        };
        let key = self.db.data_key(scope.tenant()).await?;
        Ok(Some((row.channel, row.secret.open(&key, account.uuid())?)))
    }

    /// Receives for every active account until `stop`.
    pub async fn run(&self, intake: Intake, stop: CancellationToken) {
        loop {
            if let Err(error) = self.reconcile(&intake, &stop).await {
                tracing::warn!(error = %error, "the directory of chat accounts could not be read; what runs goes on");
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        let open: Vec<Open> = self.lock().drain().map(|(_, open)| open).collect();
        for open in open {
            open.stop.cancel();
            open.session.stop().await;
        }
    }

    async fn reconcile(&self, intake: &Intake, stop: &CancellationToken) -> Result<(), StoreError> {
        let wanted = self.db.begin_platform().await?.directory().active().await?;
        let keys: HashMap<AccountId, &str> = wanted
            .iter()
            .map(|line| (AccountId::from_uuid(line.account_id), line.hook_key.as_str()))
            .collect();
        let gone: Vec<(AccountId, Open)> = {
            let mut sessions = self.lock();
            let gone: Vec<AccountId> = sessions
                .iter()
                .filter(|(id, open)| {
                    keys.get(id)
                        .is_none_or(|key| open.hook_key.as_deref().is_some_and(|known| known != *key))
                })
                .map(|(id, _)| *id)
                .collect();
            gone.into_iter()
                .filter_map(|id| sessions.remove(&id).map(|open| (id, open)))
                .collect()
        };
        for (id, open) in gone {
            tracing::info!(account.id = %id, "a chat account is no longer served here");
            open.stop.cancel();
            open.session.stop().await;
        }
        for line in &wanted {
            let account = AccountId::from_uuid(line.account_id);
            if self
                .lock()
                .get(&account)
                .is_none_or(|open| open.hook_key.is_none())
            {
                self.open(line, account, intake, stop).await?;
            }
        }
        Ok(())
    }

    async fn open(
        &self,
        line: &DirectoryLine,
        account: AccountId,
        intake: &Intake,
        stop: &CancellationToken,
    ) -> Result<(), StoreError> {
        let Some(scope) = self
            .db
            .scope_if_active(TenantId::from_uuid(line.tenant_id))
            .await?
        else {
            return Ok(());
        };
        let Some((channel, secret)) = self.secret(&scope, account).await? else {
            return Ok(());
        };
        let Some(network) = self.networks.get(channel).cloned() else {
            return Ok(());
        };
        if self.session(&scope, account).await?.is_none() {
            return Ok(());
        }
        let stop = stop.child_token();
        {
            let mut sessions = self.lock();
            let Some(open) = sessions.get_mut(&account) else {
                return Ok(());
            };
            open.hook_key = Some(line.hook_key.clone());
            open.stop = stop.clone();
        }
        let receiving = Receiving {
            account,
            network_id: line.network_id.clone(),
            secret,
            hook_key: line.hook_key.clone(),
            hook_secret: hook_secret(&self.db, account),
        };
        let intake = intake.clone();
        tracing::info!(tenant.id = %scope.tenant(), account.id = %account, "a chat account is served here");
        tokio::spawn(async move { network.receive(receiving, scope, intake, stop).await });
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<AccountId, Open>> {
        self.sessions
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
