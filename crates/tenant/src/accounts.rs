//! Connecting chat accounts, and what the owner says about the chats that they are in.

use secrecy::SecretString;
use serde::Serialize;
pub use switchboard_channels::login::LoginError;
use switchboard_channels::{
    login::{Connected, Step},
    status::Notice,
};
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

use crate::{Hub, channels, live::Topic};

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
    #[error("this is the token of another bot, @{is}; this channel is @{was}")]
    OtherBot { is: String, was: String },
    #[error("there is another account of that name: choose another `--name`")]
    NameTaken,
    #[error("the channel is switched off: switch it on first")]
    Disabled,
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

/// What a bot's token leads to, asked of the network.
pub(crate) async fn probe(hub: &Hub, token: SecretString) -> Result<Connected, AccountError> {
    let network = hub
        .networks
        .get(ChannelKind::TelegramBot)
        .ok_or(AccountError::NoNetwork)?;
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
    match step {
        Step::Done(connected) => Ok(*connected),
        Step::AskFor(_) => Err(AccountError::MoreSteps),
    }
}

/// Whether it hears all that is said in groups.
pub(crate) fn reads_groups(connected: &Connected) -> bool {
    !connected
        .notices
        .iter()
        .any(|notice| notice.code.contains("privacy"))
}

/// Another address for the account's deliveries: whoever serves it begins afresh within seconds.
pub(crate) fn fresh_hook_key(hub: &Hub, account: AccountId) -> String {
    let nonce = hub.clock.uuid();
    let data = [account.uuid().as_bytes(), &nonce.as_bytes()[..]].concat();
    hex::encode(hub.db.derive("webhook.key", &data))[..40].to_owned()
}

/// Connects a bot by its token, which is tried first; a bot that is ours, or was, gets the new token and keeps its chats.
pub async fn connect_bot(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    name: &str,
    token: SecretString,
) -> Result<ConnectedAccount, AccountError> {
    let connected = probe(hub, token).await?;
    let kind = ChannelKind::TelegramBot;
    let mut tx = hub.db.begin(scope).await?;
    let known = tx.accounts().find_by_network(kind, &connected.network_id).await?;
    if tx.accounts().name_is_taken(name, known).await? {
        return Err(AccountError::NameTaken);
    }
    drop(tx);
    let id = claim(hub, scope, known, kind, &connected.network_id).await?;
    let reconnected = store(hub, scope, actor, id, Some(name), &connected).await?;
    Ok(ConnectedAccount {
        id,
        name: name.to_owned(),
        username: connected.username.clone(),
        network_id: connected.network_id.clone(),
        reconnected,
        notices: connected.notices,
    })
}

/// Gives a connected bot a new token, which must be that of the same bot.
pub async fn replace_token(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    id: AccountId,
    token: SecretString,
) -> Result<(), AccountError> {
    let account = connected_account(hub, scope, id).await?;
    let connected = probe(hub, token).await?;
    if connected.network_id != account.network_id {
        return Err(AccountError::OtherBot {
            is: connected.username.unwrap_or(connected.network_id),
            was: account.username,
        });
    }
    claim(hub, scope, Some(id), account.channel, &account.network_id).await?;
    store(hub, scope, actor, id, None, &connected).await?;
    Ok(())
}

/// An account that is in use.
pub(crate) async fn connected_account(
    hub: &Hub,
    scope: &TenantScope,
    id: AccountId,
) -> Result<ChatAccount, AccountError> {
    let account = hub.db.begin(scope).await?.accounts().find(id).await?;
    account
        .filter(|account| !account.is_disconnected)
        .ok_or(AccountError::NotFound)
}

/// Puts the account into the directory for this tenant, under a fresh address.
async fn claim(
    hub: &Hub,
    scope: &TenantScope,
    known: Option<AccountId>,
    kind: ChannelKind,
    network_id: &str,
) -> Result<AccountId, AccountError> {
    let mut tx = hub.db.begin_platform().await?;
    let line = tx.directory().find(kind, network_id).await?;
    if line
        .as_ref()
        .is_some_and(|line| line.tenant_id != scope.tenant().uuid())
    {
        return Err(AccountError::Elsewhere);
    }
    // A crash after this commit leaves a claim that the same shop takes up again.
    let id = line
        .as_ref()
        .map(|line| AccountId::from_uuid(line.account_id))
        .or(known)
        .unwrap_or_else(|| AccountId::from_uuid(hub.clock.uuid()));
    if line.is_some() {
        tx.directory().release(id).await?;
    }
    let hook_key = fresh_hook_key(hub, id);
    tx.directory()
        .claim(scope.tenant(), id, kind, network_id, &hook_key, hub.clock.now())
        .await
        .map_err(|error| match error.constraint() {
            Some("chat_directory_network_key") => AccountError::Elsewhere,
            _ => error.into(),
        })?;
    tx.commit().await?;
    hub.db.forget(scope.tenant()).await;
    Ok(id)
}

/// Seals the token and writes the account; true if it was there before.
async fn store(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    id: AccountId,
    name: Option<&str>,
    connected: &Connected,
) -> Result<bool, AccountError> {
    let now = hub.clock.now();
    let key = hub.db.data_key(scope.tenant()).await?;
    let secret = Sealed::seal(&key, id.uuid(), &connected.secret).map_err(StoreError::from)?;
    let username = connected.username.clone().unwrap_or_default();
    let taken = |error: StoreError| match error.constraint() {
        Some("chat_account_name_key") => AccountError::NameTaken,
        _ => error.into(),
    };
    let mut tx = hub.db.begin(scope).await?;
    let known = tx.accounts().find(id).await?;
    match &known {
        Some(known) => {
            if let Some(name) = name
                && known.is_disconnected
            {
                tx.accounts().rename(id, name).await.map_err(taken)?;
            }
            tx.accounts()
                .replace_secret(id, &secret, &username, reads_groups(connected), now)
                .await?;
        }
        None => {
            let account = ChatAccount {
                id,
                channel: ChannelKind::TelegramBot,
                name: name.unwrap_or(&username).to_owned(),
                network_id: connected.network_id.clone(),
                username,
                secret,
                state: "connecting".to_owned(),
                state_text: String::new(),
                reads_groups: reads_groups(connected),
                created_at: now,
                is_disconnected: false,
            };
            tx.accounts().insert(&account).await.map_err(taken)?;
        }
    }
    let detail = serde_json::json!({ "network_id": connected.network_id });
    tx.audit()
        .append(actor, "account.connect", &id.to_string(), detail, now)
        .await?;
    tx.commit().await?;
    hub.live.changed(scope.tenant(), Topic::Channels, [id.uuid()]);
    hub.live.changed(scope.tenant(), Topic::Setup, []);
    Ok(known.is_some())
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
