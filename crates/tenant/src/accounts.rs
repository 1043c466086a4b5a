//! Connecting chat accounts, and what the owner says about the chats that they are in.

use secrecy::SecretString;
use serde::Serialize;
pub use switchboard_channels::login::LoginError;
use switchboard_channels::{login::Step, status::Notice};
use switchboard_domain::{
    channel::{ChannelKind, ChatKind},
    id::{AccountId, ChatId},
};
use switchboard_store::{
    StoreError, TenantScope,
    tenant::{
        accounts::ChatAccount,
        chats::{Chat, ChatMode, ChatParty, NewChat},
    },
    vault::Sealed,
};

use crate::{Hub, channels};

#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error(transparent)]
    Login(#[from] LoginError),
    #[error("this kind of chat account cannot be connected here")]
    NoNetwork,
    #[error("the network asks for more than a token; connect this account step by step")]
    MoreSteps,
    #[error("this account is connected to another shop: disconnect it there first")]
    Elsewhere,
    #[error("there is another account of that name: choose another `--name`")]
    NameTaken,
    #[error("there is no chat account of that name")]
    NotFound,
    #[error("there is no such chat: `switchboard chat list` shows those that wrote or were joined")]
    NoChat,
    #[error("this chat is a {0} chat already, and one chat is never both a customer's and a provider's")]
    OtherParty(&'static str),
    #[error("the store did not take it")]
    Store(#[from] StoreError),
}

#[derive(Debug, Serialize)]
pub struct ConnectedAccount {
    pub id: AccountId,
    pub name: String,
    pub username: Option<String>,
    pub network_id: String,
    /// True: it was connected before and got a new token.
    pub reconnected: bool,
    /// What the owner should know now, such as a bot that cannot read groups.
    pub notices: Vec<Notice>,
}

/// Connects a bot by its token, which is tried first; a bot that is already ours gets the new token.
pub async fn connect_bot(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    name: &str,
    token: SecretString,
) -> Result<ConnectedAccount, AccountError> {
    let kind = ChannelKind::TelegramBot;
    let network = hub.networks.get(kind).ok_or(AccountError::NoNetwork)?;
    let mut login = network.connector().login();
    let step = match login.step(Default::default()).await? {
        Step::AskFor(fields) => {
            let answers = fields
                .iter()
                .map(|field| (field.name.to_owned(), token.clone()))
                .collect();
            login.step(answers).await?
        }
        done => done,
    };
    let Step::Done(connected) = step else {
        return Err(AccountError::MoreSteps);
    };
    let reads_groups = !connected
        .notices
        .iter()
        .any(|notice| notice.code.contains("privacy"));

    let now = hub.clock.now();
    let known = hub
        .db
        .begin_platform()
        .await?
        .directory()
        .find(kind, &connected.network_id)
        .await?;
    if known
        .as_ref()
        .is_some_and(|line| line.tenant_id != scope.tenant().uuid())
    {
        return Err(AccountError::Elsewhere);
    }
    let id = known.as_ref().map_or_else(
        || AccountId::from_uuid(hub.clock.uuid()),
        |line| line.account_id.into(),
    );
    // The directory first: a crash in between leaves a claim that the same shop takes up again.
    let nonce = hub.clock.uuid();
    let hook_key = &hex::encode(hub.db.derive(
        "webhook.key",
        &[id.uuid().as_bytes(), &nonce.as_bytes()[..]].concat(),
    ))[..40];
    let mut tx = hub.db.begin_platform().await?;
    if known.is_some() {
        tx.directory().release(id).await?;
    }
    tx.directory()
        .claim(scope.tenant(), id, kind, &connected.network_id, hook_key, now)
        .await
        .map_err(|error| match error.constraint() {
            Some("chat_directory_network_key") => AccountError::Elsewhere,
            _ => error.into(),
        })?;
    tx.commit().await?;
    hub.db.forget(scope.tenant()).await;

    let key = hub.db.data_key(scope.tenant()).await?;
    let secret = Sealed::seal(&key, id.uuid(), &connected.secret).map_err(StoreError::from)?;
    let mut tx = hub.db.begin(scope).await?;
    let reconnected = tx.accounts().find(id).await?.is_some();
    if reconnected {
        tx.accounts().replace_secret(id, &secret, reads_groups).await?;
    } else {
        let account = ChatAccount {
            id,
            channel: kind,
            name: name.to_owned(),
            network_id: connected.network_id.clone(),
            username: connected.username.clone().unwrap_or_default(),
            secret,
            state: "connecting".to_owned(),
            state_text: String::new(),
            reads_groups,
            created_at: now,
        };
        tx.accounts()
            .insert(&account)
            .await
            .map_err(|error| match error.constraint() {
                Some("chat_account_name_key") => AccountError::NameTaken,
                _ => error.into(),
            })?;
    }
    let detail = serde_json::json!({ "network_id": connected.network_id });
    tx.audit()
        .append(actor, "account.connect", &id.to_string(), detail, now)
        .await?;
    tx.commit().await?;
    Ok(ConnectedAccount {
        id,
        name: name.to_owned(),
        username: connected.username.clone(),
        network_id: connected.network_id.clone(),
        reconnected,
        notices: connected.notices.clone(),
    })
}

/// The only account of the shop, or the one of that name.
pub async fn pick(hub: &Hub, scope: &TenantScope, name: Option<&str>) -> Result<ChatAccount, AccountError> {
    let mut accounts = hub.db.begin(scope).await?.accounts().list().await?;
    match name {
        Some(name) => accounts.retain(|account| account.name == name),
        None if accounts.len() > 1 => return Err(AccountError::NotFound),
        None => {}
    }
    accounts.pop().ok_or(AccountError::NotFound)
}

pub async fn chats(hub: &Hub, scope: &TenantScope) -> Result<Vec<Chat>, AccountError> {
    Ok(hub.db.begin(scope).await?.chats().list().await?)
}

/// What may be said in a chat: support, silent, off. Customers' groups begin switched off.
pub async fn set_mode(
    hub: &Hub,
    scope: &TenantScope,
    account: &ChatAccount,
    network_id: &str,
    mode: ChatMode,
) -> Result<ChatId, AccountError> {
    let mut tx = hub.db.begin(scope).await?;
    let chat = tx
        .chats()
        .find_by_network(account.id, network_id)
        .await?
        .ok_or(AccountError::NoChat)?;
    drop(tx);
    Ok(channels::set_mode(hub, scope, "operator", chat.id, mode)
        .await?
        .id)
}

/// The row of a group that the owner names as a provider's, made if the bot has not met it yet.
pub(crate) async fn provider_chat(
    hub: &Hub,
    scope: &TenantScope,
    account: &ChatAccount,
    network_id: &str,
) -> Result<ChatId, AccountError> {
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    let chat = match tx.chats().find_by_network(account.id, network_id).await? {
        Some(chat) => chat,
        None => {
            let new = NewChat {
                id: ChatId::from_uuid(hub.clock.uuid()),
                account_id: account.id,
                network_id: network_id.to_owned(),
                kind: ChatKind::Group,
                title: String::new(),
                mode: ChatMode::Off,
            };
            tx.chats().upsert(&new, now).await?
        }
    };
    if !tx.chats().set_party(chat.id, ChatParty::Provider).await? {
        return Err(AccountError::OtherParty("customer's"));
    }
    tx.chats().set_mode(chat.id, ChatMode::Off).await?;
    tx.commit().await?;
    Ok(chat.id)
}
