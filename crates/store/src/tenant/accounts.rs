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
        })
    }
}

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
            "SELECT id, channel, name, network_id, username, secret, state, state_text, reads_groups, created_at
             FROM chat_account WHERE id = $1",
        )
        .bind(id.uuid())
        .fetch_optional(&mut *self.conn)
        .await?;
        row.map(ChatAccount::try_from).transpose()
    }

    pub async fn list(&mut self) -> Result<Vec<ChatAccount>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, channel, name, network_id, username, secret, state, state_text, reads_groups, created_at
             FROM chat_account ORDER BY created_at, id",
        )
        .fetch_all(&mut *self.conn)
        .await?;
        rows.into_iter().map(ChatAccount::try_from).collect()
    }

    /// Records what was last seen of an account. `disabled` is the owner's wish and is not overwritten by it.
    pub async fn set_state(
        &mut self,
        id: AccountId,
        state: &str,
        text: &str,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE chat_account SET state = $2, state_text = $3, state_at = $4
             WHERE id = $1 AND state <> 'disabled' AND (state, state_text) IS DISTINCT FROM ($2, $3)",
        )
        .bind(id.uuid())
        .bind(state)
        .bind(text)
        .bind(at)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    /// A new token for a bot that is already connected.
    pub async fn replace_secret(
        &mut self,
        id: AccountId,
        sealed: &Sealed<ChatAccountBotToken>,
        reads_groups: bool,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE chat_account SET secret = $2, reads_groups = $3, state = 'connecting' WHERE id = $1",
        )
        .bind(id.uuid())
        .bind(sealed)
        .bind(reads_groups)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }
}
