//! Conversations of the chat accounts: who stands at the other end, and whether we may speak there.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{FromRow, types::Json};
use switchboard_domain::{
    channel::ChatKind,
    id::{AccountId, ChatId, CustomerId, IdentityId},
};
use uuid::Uuid;

use super::repository;
use crate::error::StoreError;

/// Answer, only log, or not even that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatMode {
    Support,
    Silent,
    Off,
}

/// Who stands at the other end. Never both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatParty {
    None,
    Customer,
    Provider,
}

impl ChatMode {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Support => "support",
            Self::Silent => "silent",
            Self::Off => "off",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Support, Self::Silent, Self::Off]
            .into_iter()
            .find(|mode| mode.as_str() == text)
    }
}

impl ChatParty {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Customer => "customer",
            Self::Provider => "provider",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::None, Self::Customer, Self::Provider]
            .into_iter()
            .find(|party| party.as_str() == text)
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct Chat {
    pub id: ChatId,
    pub account_id: AccountId,
    pub network_id: String,
    pub kind: ChatKind,
    pub title: String,
    pub mode: ChatMode,
    pub party: ChatParty,
    pub lost_reason: Option<String>,
    /// Until then a person answers here and the bot is quiet.
    pub bot_paused_until: Option<DateTime<Utc>>,
    /// The group acts as this customer.
    #[serde(skip)]
    pub acts_as: Option<ActsAs>,
}

/// A group that acts as one customer: since when, and who of it since when.
#[derive(Debug, Clone)]
pub struct ActsAs {
    pub customer: CustomerId,
    pub since: DateTime<Utc>,
    members: HashMap<Uuid, DateTime<Utc>>,
}

impl ActsAs {
    /// Since when somebody counts as a member; `None`: not seen here before.
    pub fn member_since(&self, identity: IdentityId) -> Option<DateTime<Utc>> {
        self.members.get(&identity.uuid()).copied()
    }

    /// Came after the group was made to act as one: by an invite link, for all we know.
    pub fn is_late(&self, identity: Option<IdentityId>) -> bool {
        identity
            .and_then(|identity| self.member_since(identity))
            .is_none_or(|since| since > self.since)
    }
}

#[derive(FromRow)]
pub(super) struct ChatRow {
    id: Uuid,
    account_id: Uuid,
    network_id: String,
    kind: String,
    title: String,
    mode: String,
    party: String,
    lost_reason: Option<String>,
    bot_paused_until: Option<DateTime<Utc>>,
    acts_as: Option<Uuid>,
    acts_as_at: Option<DateTime<Utc>>,
    members: Json<HashMap<Uuid, DateTime<Utc>>>,
}

impl TryFrom<ChatRow> for Chat {
    type Error = StoreError;

    fn try_from(row: ChatRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            account_id: row.account_id.into(),
            network_id: row.network_id,
            kind: ChatKind::parse(&row.kind).ok_or_else(|| StoreError::unreadable("chat.kind", row.kind))?,
            title: row.title,
            mode: ChatMode::parse(&row.mode).ok_or_else(|| StoreError::unreadable("chat.mode", row.mode))?,
            party: ChatParty::parse(&row.party)
                .ok_or_else(|| StoreError::unreadable("chat.party", row.party))?,
            lost_reason: row.lost_reason,
            bot_paused_until: row.bot_paused_until,
            acts_as: row.acts_as.zip(row.acts_as_at).map(|(customer, since)| ActsAs {
                customer: customer.into(),
                since,
                members: row.members.0,
            }),
        })
    }
}

/// A chat as the network shows it, for its first row.
#[derive(Debug, Clone)]
pub struct NewChat {
    pub id: ChatId,
    pub account_id: AccountId,
    pub network_id: String,
    pub kind: ChatKind,
    pub title: String,
    pub mode: ChatMode,
}

repository!(Chats);

impl Chats<'_> {
    /// The chat's row, made if it is new; a known chat keeps its mode and gets the network's current title.
    pub async fn upsert(&mut self, chat: &NewChat, now: DateTime<Utc>) -> Result<Chat, StoreError> {
        let row: ChatRow = sqlx::query_as(
            "INSERT INTO chat (id, account_id, network_id, kind, title, mode, party, created_at, last_at)
             VALUES ($1, $2, $3, $4, $5, $6, 'none', $7, $7)
             ON CONFLICT (account_id, network_id) DO UPDATE SET title = excluded.title, lost_reason = NULL
             RETURNING id, account_id, network_id, kind, title, mode, party, lost_reason, bot_paused_until, acts_as, acts_as_at, members",
        )
        .bind(chat.id.uuid())
        .bind(chat.account_id.uuid())
        .bind(&chat.network_id)
        .bind(chat.kind.as_str())
        .bind(&chat.title)
        .bind(chat.mode.as_str())
        .bind(now)
        .fetch_one(&mut *self.conn)
        .await?;
        row.try_into()
    }

    pub async fn find(&mut self, id: ChatId) -> Result<Option<Chat>, StoreError> {
        let row: Option<ChatRow> = sqlx::query_as(
            "SELECT id, account_id, network_id, kind, title, mode, party, lost_reason, bot_paused_until, acts_as, acts_as_at, members FROM chat WHERE id = $1",
        )
        .bind(id.uuid())
        .fetch_optional(&mut *self.conn)
        .await?;
        row.map(Chat::try_from).transpose()
    }

    pub async fn find_by_network(
        &mut self,
        account: AccountId,
        network_id: &str,
    ) -> Result<Option<Chat>, StoreError> {
        let row: Option<ChatRow> = sqlx::query_as(
            "SELECT id, account_id, network_id, kind, title, mode, party, lost_reason, bot_paused_until, acts_as, acts_as_at, members
             FROM chat WHERE account_id = $1 AND network_id = $2",
        )
        .bind(account.uuid())
        .bind(network_id)
        .fetch_optional(&mut *self.conn)
        .await?;
        row.map(Chat::try_from).transpose()
    }

    pub async fn list(&mut self) -> Result<Vec<Chat>, StoreError> {
        let rows: Vec<ChatRow> = sqlx::query_as(
            "SELECT id, account_id, network_id, kind, title, mode, party, lost_reason, bot_paused_until, acts_as, acts_as_at, members FROM chat ORDER BY created_at, id",
        )
        .fetch_all(&mut *self.conn)
        .await?;
        rows.into_iter().map(Chat::try_from).collect()
    }

    pub async fn set_mode(&mut self, id: ChatId, mode: ChatMode) -> Result<(), StoreError> {
        sqlx::query("UPDATE chat SET mode = $2 WHERE id = $1")
            .bind(id.uuid())
            .bind(mode.as_str())
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// Says who stands at the other end. False: it already is the other kind, and one chat is never both.
    pub async fn set_party(&mut self, id: ChatId, party: ChatParty) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE chat SET party = $2 WHERE id = $1 AND party IN ('none', $2)")
            .bind(id.uuid())
            .bind(party.as_str())
            .execute(&mut *self.conn)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    pub async fn set_lost(&mut self, id: ChatId, reason: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE chat SET lost_reason = $2 WHERE id = $1")
            .bind(id.uuid())
            .bind(reason)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// The group moved to a new id on the network. If the new id already has a row (its first message was faster), that row
    /// takes over what is set for it, and the old one is marked.
    pub async fn migrate(&mut self, account: AccountId, from: &str, to: &str) -> Result<(), StoreError> {
        let known = sqlx::query(
            "UPDATE chat AS new SET mode = old.mode, party = old.party, bot_paused_until = old.bot_paused_until, acts_as = old.acts_as,
                    acts_as_at = old.acts_as_at, members = old.members
             FROM chat AS old
             WHERE new.account_id = $1 AND new.network_id = $3 AND old.account_id = $1 AND old.network_id = $2
               AND old.lost_reason IS DISTINCT FROM 'moved'",
        )
        .bind(account.uuid())
        .bind(from)
        .bind(to)
        .execute(&mut *self.conn)
        .await?;
        if known.rows_affected() == 1 {
            sqlx::query(
                "UPDATE provider_route SET chat_id = new.id FROM chat AS old, chat AS new
                 WHERE provider_route.chat_id = old.id AND old.account_id = $1 AND old.network_id = $2
                   AND new.account_id = $1 AND new.network_id = $3",
            )
            .bind(account.uuid())
            .bind(from)
            .bind(to)
            .execute(&mut *self.conn)
            .await?;
            sqlx::query("UPDATE chat SET lost_reason = 'moved', mode = 'off' WHERE account_id = $1 AND network_id = $2")
                .bind(account.uuid())
                .bind(from)
                .execute(&mut *self.conn)
                .await?;
        } else {
            sqlx::query(
                "UPDATE chat SET network_id = $3 WHERE account_id = $1 AND network_id = $2
                   AND NOT EXISTS (SELECT FROM chat other WHERE other.account_id = $1 AND other.network_id = $3)",
            )
            .bind(account.uuid())
            .bind(from)
            .bind(to)
            .execute(&mut *self.conn)
            .await?;
        }
        Ok(())
    }
}
