//! Chat accounts: bots, numbers, logins. Their secrets are sealed; opening is the caller's, with the tenant's key.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use switchboard_domain::{channel::ChannelKind, id::AccountId};
use uuid::Uuid;

use super::repository;
use crate::{
    error::StoreError,
    vault::{ChatAccountBotToken, Sealed},
};

#[derive(Clone)]
pub struct ChatAccount {
    pub id: AccountId,
    pub channel: ChannelKind,
    pub name: String,
    pub network_id: String,
    pub username: String,
    pub secret: Sealed<ChatAccountBotToken>,
    pub state: String,
    pub state_text: String,
    pub reads_groups: bool,
    pub created_at: DateTime<Utc>,
    /// Its chats and what was said are kept.
    pub is_disconnected: bool,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    channel: String,
    name: String,
    network_id: String,
    username: String,
    secret: Sealed<ChatAccountBotToken>,
    state: String,
    state_text: String,
    reads_groups: bool,
    created_at: DateTime<Utc>,
    is_disconnected: bool,
}

impl TryFrom<Row> for ChatAccount {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let channel = ChannelKind::parse(&row.channel)
            .ok_or_else(|| StoreError::unreadable("chat_account.channel", row.channel))?;
        Ok(Self {
            id: row.id.into(),
            channel,
            name: row.name,
            network_id: row.network_id,
            username: row.username,
            secret: row.secret,
            state: row.state,
            state_text: row.state_text,
            reads_groups: row.reads_groups,
            created_at: row.created_at,
            is_disconnected: row.is_disconnected,
        })
    }
}

/// So many changes of state are remembered of an account.
const HISTORY: i32 = 20;

repository!(Accounts);

impl Accounts<'_> {
    pub async fn insert(&mut self, account: &ChatAccount) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO chat_account (id, channel, name, network_id, username, secret, state, state_text, reads_groups, created_at, state_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        )
        .bind(account.id.uuid())
        .bind(account.channel.as_str())
        .bind(&account.name)
        .bind(&account.network_id)
        .bind(&account.username)
        .bind(&account.secret)
        .bind(&account.state)
        .bind(&account.state_text)
        .bind(account.reads_groups)
        .bind(account.created_at)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    pub async fn find(&mut self, id: AccountId) -> Result<Option<ChatAccount>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT id, channel, name, network_id, username, secret, state, state_text, reads_groups, created_at,
                    disconnected_at IS NOT NULL AS is_disconnected
             FROM chat_account WHERE id = $1",
        )
        .bind(id.uuid())
        .fetch_optional(&mut *self.conn)
        .await?;
        row.map(ChatAccount::try_from).transpose()
    }

    pub async fn list(&mut self) -> Result<Vec<ChatAccount>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, channel, name, network_id, username, secret, state, state_text, reads_groups, created_at,
                    disconnected_at IS NOT NULL AS is_disconnected
             FROM chat_account WHERE disconnected_at IS NULL ORDER BY created_at, id",
        )
        .fetch_all(&mut *self.conn)
        .await?;
        rows.into_iter().map(ChatAccount::try_from).collect()
    }

    /// The account of that network id, connected now or earlier.
    pub async fn find_by_network(
        &mut self,
        channel: ChannelKind,
        network_id: &str,
    ) -> Result<Option<AccountId>, StoreError> {
        let id: Option<Uuid> =
            sqlx::query_scalar("SELECT id FROM chat_account WHERE channel = $1 AND network_id = $2")
                .bind(channel.as_str())
                .bind(network_id)
                .fetch_optional(&mut *self.conn)
                .await?;
        Ok(id.map(AccountId::from_uuid))
    }

    /// Whether an account other than `but` has this name.
    pub async fn name_is_taken(&mut self, name: &str, but: Option<AccountId>) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM chat_account WHERE name = $1 AND id IS DISTINCT FROM $2)",
        )
        .bind(name)
        .bind(but.map(AccountId::uuid))
        .fetch_one(&mut *self.conn)
        .await?)
    }

    /// Records what was last seen of an account; false if that is known. `disabled` is the owner's wish and is not overwritten
    /// by it.
    pub async fn set_state(
        &mut self,
        id: AccountId,
        state: &str,
        text: &str,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.change_state(id, state, text, at, false).await
    }

    /// Switches an account off, or on again; false if it is so already.
    pub async fn set_enabled(
        &mut self,
        id: AccountId,
        enabled: bool,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let state = if enabled { "connecting" } else { "disabled" };
        self.change_state(id, state, "", at, true).await
    }

    /// A word of the owner's lifts `disabled`; nothing that was seen does.
    async fn change_state(
        &mut self,
        id: AccountId,
        state: &str,
        text: &str,
        at: DateTime<Utc>,
        by_owner: bool,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE chat_account SET state = $2, state_text = $3, state_at = CASE WHEN state = $2 THEN state_at ELSE $4 END,
                    history = (CASE WHEN jsonb_array_length(history) >= $6 THEN history - 0 ELSE history END)
                              || jsonb_build_object('at', $4, 'state', $2::text, 'text', $3::text)
             WHERE id = $1 AND (state <> 'disabled' OR $5) AND (state, state_text) IS DISTINCT FROM ($2, $3)",
        )
        .bind(id.uuid())
        .bind(state)
        .bind(text)
        .bind(at)
        .bind(by_owner)
        .bind(HISTORY)
        .execute(&mut *self.conn)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// A new token for a bot that is already connected, or was.
    pub async fn replace_secret(
        &mut self,
        id: AccountId,
        sealed: &Sealed<ChatAccountBotToken>,
        username: &str,
        reads_groups: bool,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE chat_account SET secret = $2, username = $3, reads_groups = $4, disconnected_at = NULL WHERE id = $1",
        )
        .bind(id.uuid())
        .bind(sealed)
        .bind(username)
        .bind(reads_groups)
        .execute(&mut *self.conn)
        .await?;
        self.change_state(id, "connecting", "", at, true).await?;
        Ok(())
    }

    /// What the network says of the account itself.
    pub async fn set_profile(
        &mut self,
        id: AccountId,
        username: &str,
        reads_groups: bool,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE chat_account SET username = $2, reads_groups = $3 WHERE id = $1")
            .bind(id.uuid())
            .bind(username)
            .bind(reads_groups)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    pub async fn rename(&mut self, id: AccountId, name: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE chat_account SET name = $2 WHERE id = $1")
            .bind(id.uuid())
            .bind(name)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// Takes an account out of use: its chats and what was said stay, its name is free, its secret is gone.
    pub async fn disconnect(
        &mut self,
        id: AccountId,
        nothing: &Sealed<ChatAccountBotToken>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE chat_account SET disconnected_at = $3, secret = $2,
                    name = name || to_char($3 AT TIME ZONE 'UTC', ' \"(disconnected\" YYYY-MM-DD HH24:MI:SS\")\"')
             WHERE id = $1",
        )
        .bind(id.uuid())
        .bind(nothing)
        .bind(at)
        .execute(&mut *self.conn)
        .await?;
        self.change_state(id, "disabled", "Disconnected.", at, true)
            .await?;
        Ok(())
    }
}
