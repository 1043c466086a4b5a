//! Chat accounts as their owner sees them: what is true of each now, in words, and what to do next.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use switchboard_channels::status::AccountState;
use switchboard_domain::id::{AccountId, ChatId};
use switchboard_store::{
    StoreError, TenantScope,
    tenant::{
        accounts::ChatAccount,
        channels::{Change, Channel, Group},
        chats::{Chat, ChatMode, ChatParty},
    },
    vault::Sealed,
};
use uuid::Uuid;

use crate::{
    Hub,
    accounts::{self, AccountError, LoginError},
    home,
    live::Topic,
    network::ReleaseError,
};

/// Said when a bot sees only commands and replies in groups.
pub const PRIVACY: &str = "This bot sees only commands and replies in groups. To let it read orders there: write /setprivacy to @BotFather, \
                           choose this bot, press Disable, then take the bot out of the group and add it again.";

/// The channels of the shop, with the traffic of the owner's day.
pub async fn list(hub: &Hub, scope: &TenantScope) -> Result<Vec<Channel>, StoreError> {
    let today = today(hub, scope).await?;
    hub.db.begin(scope).await?.channels().list(today, None).await
}

pub async fn find(hub: &Hub, scope: &TenantScope, id: AccountId) -> Result<Option<Channel>, StoreError> {
    let today = today(hub, scope).await?;
    let mut found = hub
        .db
        .begin(scope)
        .await?
        .channels()
        .list(today, Some(id))
        .await?;
    Ok(found.pop())
}

async fn today(hub: &Hub, scope: &TenantScope) -> Result<DateTime<Utc>, StoreError> {
    let shop = hub.shops.get(&hub.db, scope).await?;
    Ok(home::midnight(shop.general.zone(), hub.clock.now(), 0))
}

/// The state that was seen, in its own words: the table knows fewer.
fn seen(state: &str, text: &str) -> Option<AccountState> {
    AccountState::ALL
        .into_iter()
        .find(|state| !text.is_empty() && text.starts_with(state.words()))
        .or_else(|| AccountState::parse(state))
        .or_else(|| (state == "logged_out").then_some(AccountState::TokenRevoked))
}

/// What a state means, without what to do about it.
fn words(state: &str, text: &str) -> String {
    match seen(state, text) {
        Some(state) if text.is_empty() => state.words().to_owned(),
        Some(state) => {
            let text = text.trim_end();
            text.strip_suffix(state.to_do())
                .unwrap_or(text)
                .trim_end()
                .to_owned()
        }
        None => text.to_owned(),
    }
}

pub fn state_words(channel: &Channel) -> String {
    words(&channel.state, &channel.state_text)
}

pub fn change_words(change: &Change) -> String {
    words(&change.state, &change.text)
}

/// Another program receives this account's messages: it can be taken over.
pub fn is_received_elsewhere(channel: &Channel) -> bool {
    elsewhere(&channel.state, &channel.state_text)
}

fn elsewhere(state: &str, text: &str) -> bool {
    state == "backing_off" && seen(state, text) == Some(AccountState::HookTakenElsewhere)
}

/// What the owner can do about the state that a channel is in.
pub fn next_step(channel: &Channel) -> String {
    match seen(&channel.state, &channel.state_text) {
        Some(AccountState::Online) if channel.last_in_at.is_none() => {
            format!(
                "Write to @{} from another phone: it should appear here within a second.",
                channel.username
            )
        }
        Some(AccountState::Online) => "Nothing to do.".to_owned(),
        Some(AccountState::HookTakenElsewhere) => {
            "Stop the other program and press Check. Or press Take over: it then receives nothing any more."
                .to_owned()
        }
        Some(AccountState::TokenRevoked) => {
            "Open @BotFather, choose the bot, press API Token, and paste it under New token.".to_owned()
        }
        Some(state) => state.to_do().to_owned(),
        None => String::new(),
    }
}

/// Asks the network how the account is, and begins to receive afresh.
pub async fn check(hub: &Hub, scope: &TenantScope, actor: &str, id: AccountId) -> Result<(), AccountError> {
    look(hub, scope, actor, id, false).await
}

/// As [`check`], and ends what another program receives.
pub async fn take_over(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    id: AccountId,
) -> Result<(), AccountError> {
    look(hub, scope, actor, id, true).await
}

async fn look(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    id: AccountId,
    take_over: bool,
) -> Result<(), AccountError> {
    let account = accounts::connected_account(hub, scope, id).await?;
    if account.state == "disabled" {
        return Err(AccountError::Disabled);
    }
    let secret = secret(hub, scope, &account).await?;
    let found = match accounts::probe(hub, secret.clone()).await {
        Ok(connected) if take_over => {
            let key = hook_key(hub, &account).await?.unwrap_or_default();
            let network = hub.networks.get(account.channel).ok_or(AccountError::NoNetwork)?;
            match network.release(&secret, &key, true).await {
                Ok(()) | Err(ReleaseError::TakenElsewhere { .. }) => Ok(connected),
                Err(ReleaseError::Rejected) => Err(AccountState::TokenRevoked),
                Err(ReleaseError::Unreachable) => Err(AccountState::BackingOff),
            }
        }
        Ok(connected) => Ok(connected),
        Err(AccountError::Login(LoginError::Unreachable)) => Err(AccountState::BackingOff),
        Err(AccountError::Login(_)) => Err(AccountState::TokenRevoked),
        Err(error) => return Err(error),
    };
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    match &found {
        Ok(connected) => {
            let username = connected.username.as_deref().unwrap_or_default();
            tx.accounts()
                .set_profile(id, username, accounts::reads_groups(connected))
                .await?;
            if take_over || account.state != "online" {
                tx.accounts().set_state(id, "connecting", "", now).await?;
            }
        }
        Err(state) => {
            let stored = if *state == AccountState::TokenRevoked {
                "logged_out"
            } else {
                "backing_off"
            };
            let text = format!("{} {}", state.words(), state.to_do());
            tx.accounts().set_state(id, stored, &text, now).await?;
        }
    }
    let action = if take_over {
        "account.take_over"
    } else {
        "account.check"
    };
    tx.audit()
        .append(actor, action, &id.to_string(), serde_json::json!({}), now)
        .await?;
    tx.commit().await?;
    if found.is_ok() && (take_over || account.state != "online") {
        let hook_key = accounts::fresh_hook_key(hub, id);
        let mut tx = hub.db.begin_platform().await?;
        tx.directory().set_hook_key(id, &hook_key).await?;
        tx.commit().await?;
        hub.db.forget(scope.tenant()).await;
    }
    hub.live.changed(scope.tenant(), Topic::Channels, [id.uuid()]);
    Ok(())
}

async fn secret(hub: &Hub, scope: &TenantScope, account: &ChatAccount) -> Result<SecretString, StoreError> {
    let key = hub.db.data_key(scope.tenant()).await?;
    Ok(account.secret.open(&key, account.id.uuid())?)
}

async fn hook_key(hub: &Hub, account: &ChatAccount) -> Result<Option<String>, StoreError> {
    let mut tx = hub.db.begin_platform().await?;
    let line = tx.directory().find(account.channel, &account.network_id).await?;
    Ok(line.map(|line| line.hook_key))
}

/// What may be changed of a channel. `None`: stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct Edit<'a> {
    pub name: Option<&'a str>,
    pub enabled: Option<bool>,
}

/// Renames a channel, switches it off or on. What is written while it is off waits at the network for a day.
pub async fn edit(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    id: AccountId,
    edit: Edit<'_>,
) -> Result<(), AccountError> {
    accounts::connected_account(hub, scope, id).await?;
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    if let Some(name) = edit.name {
        if tx.accounts().name_is_taken(name, Some(id)).await? {
            return Err(AccountError::NameTaken);
        }
        tx.accounts().rename(id, name).await?;
    }
    if let Some(enabled) = edit.enabled {
        tx.accounts().set_enabled(id, enabled, now).await?;
    }
    let detail = serde_json::json!({ "name": edit.name, "enabled": edit.enabled });
    tx.audit()
        .append(actor, "account.edit", &id.to_string(), detail, now)
        .await?;
    tx.commit().await?;
    if let Some(enabled) = edit.enabled {
        // After the tenant's own row: the fleet opens by this one, and finds the other as it should be.
        let mut tx = hub.db.begin_platform().await?;
        tx.directory().set_enabled(id, enabled).await?;
        tx.commit().await?;
        hub.db.forget(scope.tenant()).await;
    }
    hub.live.changed(scope.tenant(), Topic::Channels, [id.uuid()]);
    Ok(())
}

/// Frees the bot for other shops and programs, and forgets its token. Chats and what was said stay.
pub async fn disconnect(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    id: AccountId,
) -> Result<(), AccountError> {
    let account = accounts::connected_account(hub, scope, id).await?;
    let token = secret(hub, scope, &account).await?;
    if let (Some(network), Some(key)) = (hub.networks.get(account.channel), hook_key(hub, &account).await?)
        && let Err(error) = network.release(&token, &key, false).await
    {
        tracing::info!(account.id = %id, error = %error, "a bot that is disconnected could not be told so");
    }
    let now = hub.clock.now();
    let key = hub.db.data_key(scope.tenant()).await?;
    let nothing = Sealed::seal(&key, id.uuid(), &SecretString::from("")).map_err(StoreError::from)?;
    let mut tx = hub.db.begin(scope).await?;
    tx.accounts().disconnect(id, &nothing, now).await?;
    let detail = serde_json::json!({ "name": account.name, "network_id": account.network_id });
    tx.audit()
        .append(actor, "account.disconnect", &id.to_string(), detail, now)
        .await?;
    tx.commit().await?;
    let mut tx = hub.db.begin_platform().await?;
    tx.directory().release(id).await?;
    tx.commit().await?;
    hub.db.forget(scope.tenant()).await;
    hub.live.changed(scope.tenant(), Topic::Channels, [id.uuid()]);
    Ok(())
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
    let known = tx.accounts().find(account).await?;
    if known.is_none_or(|account| account.is_disconnected) {
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
    hub.live.changed(scope.tenant(), Topic::Chats, [chat.id.uuid()]);
    hub.live
        .changed(scope.tenant(), Topic::Channels, [chat.account_id.uuid()]);
    chat.mode = mode;
    Ok(chat)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_channel_that_another_program_receives_can_be_taken_over() {
        let taken = format!(
            "{} They go to other.example.",
            AccountState::HookTakenElsewhere.words()
        );
        for (state, text, wanted) in [
            ("backing_off", taken.as_str(), true),
            ("backing_off", AccountState::BackingOff.words(), false),
            ("backing_off", "", false),
            ("online", taken.as_str(), false),
            ("logged_out", AccountState::TokenRevoked.words(), false),
        ] {
            assert_eq!(elsewhere(state, text), wanted, "{state}: {text}");
        }
    }
}
