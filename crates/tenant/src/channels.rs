//! Chat accounts as their owner sees them: what is true of each now, in words, and what to do next.

use chrono::{DateTime, Utc};
use switchboard_channels::status::AccountState;
use switchboard_domain::id::{AccountId, ChatId};
use switchboard_store::{
    StoreError, TenantScope,
    tenant::{
        channels::{Channel, Group},
        chats::{Chat, ChatMode, ChatParty},
    },
};
use uuid::Uuid;

use crate::{Hub, accounts::AccountError};

/// Said when a bot sees only commands and replies in groups.
pub const PRIVACY: &str = "This bot sees only commands and replies in groups. To let it read orders there: write /setprivacy to @BotFather, \
                           choose this bot, press Disable, then take the bot out of the group and add it again.";

/// The channels of the shop, with the traffic of the day.
pub async fn list(hub: &Hub, scope: &TenantScope) -> Result<Vec<Channel>, StoreError> {
    let since = hub.clock.now() - chrono::Duration::hours(24);
    hub.db.begin(scope).await?.channels().list(since).await
}

pub async fn find(hub: &Hub, scope: &TenantScope, id: AccountId) -> Result<Option<Channel>, StoreError> {
    let all = list(hub, scope).await?;
    Ok(all.into_iter().find(|channel| channel.id == id.uuid()))
}

/// What the owner can do about the state that a channel is in.
pub fn next_step(channel: &Channel) -> String {
    match AccountState::parse(&channel.state) {
        Some(AccountState::Online) if channel.last_in_at.is_none() => {
            format!(
                "Write to @{} from another phone: it should appear here within a second.",
                channel.username
            )
        }
        Some(AccountState::Online) => "Nothing to do.".to_owned(),
        Some(state) => state.to_do().to_owned(),
        // The table's word for a token that was revoked, and for a hook that another program took.
        None if channel.state == "logged_out" => AccountState::TokenRevoked.to_do().to_owned(),
        None => String::new(),
    }
}

pub async fn groups(
    hub: &Hub,
    scope: &TenantScope,
    account: AccountId,
    contains: Option<&str>,
    after: Option<(String, Uuid)>,
    limit: i64,
) -> Result<Option<Vec<Group>>, StoreError> {
    let mut tx = hub.db.begin(scope).await?;
    if tx.accounts().find(account).await?.is_none() {
        return Ok(None);
    }
    tx.channels()
        .groups(account, contains, after, limit)
        .await
        .map(Some)
}

/// Switches a customers' chat. A provider's group stays off: what is said there commands nothing.
pub async fn set_mode(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    chat: ChatId,
    mode: ChatMode,
) -> Result<Chat, AccountError> {
    let now: DateTime<Utc> = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    let mut chat = tx.chats().find(chat).await?.ok_or(AccountError::NoChat)?;
    if mode != ChatMode::Off {
        if chat.party == ChatParty::Provider {
            return Err(AccountError::OtherParty("provider's"));
        }
        tx.chats().set_party(chat.id, ChatParty::Customer).await?;
        chat.party = ChatParty::Customer;
    }
    tx.chats().set_mode(chat.id, mode).await?;
    let detail = serde_json::json!({ "mode": mode.as_str() });
    tx.audit()
        .append(actor, "chat.mode", &chat.id.to_string(), detail, now)
        .await?;
    tx.commit().await?;
    chat.mode = mode;
    Ok(chat)
}
