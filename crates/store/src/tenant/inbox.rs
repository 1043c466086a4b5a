//! Chats as people look at them: what was said on both sides, what is unread, and whether the bot answers.
//!
//! Invariant: a page is read through the indexes on (chat, time), whatever the number of messages; unread ones are counted up
//! to [`COUNTED`].

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use switchboard_domain::id::{AccountId, ChatId, CustomerId, MessageId, OutboxId};
use uuid::Uuid;

use super::repository;
use crate::error::StoreError;

/// More unread messages than this are not counted one by one.
pub const COUNTED: i64 = 100;

#[derive(Debug, Clone, FromRow)]
pub struct ChatLine {
    pub id: Uuid,
    pub account_id: Uuid,
    pub account_name: String,
    pub channel: String,
    pub kind: String,
    pub title: String,
    pub mode: String,
    pub party: String,
    pub lost_reason: Option<String>,
    pub bot_paused_until: Option<DateTime<Utc>>,
    pub customer_id: Option<Uuid>,
    pub customer_name: Option<String>,
    pub unread: i64,
    /// Sorts the list; of a chat where nothing was said yet, when it was met.
    pub sort_at: DateTime<Utc>,
    pub said_at: Option<DateTime<Utc>>,
    pub said: Option<String>,
    /// `customer`, `bot` or `person`.
    pub said_by: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub struct ChatFilter<'a> {
    pub account: Option<AccountId>,
    /// Part of the title, or of the customer's name.
    pub contains: Option<&'a str>,
    pub kind: Option<&'a str>,
    pub unread: bool,
    /// One chat only.
    pub id: Option<ChatId>,
}

/// Something that was said, in or out.
#[derive(Debug, Clone, FromRow)]
pub struct SaidLine {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub is_out: bool,
    pub by_person: bool,
    pub sender: String,
    pub text: Option<String>,
    pub state: String,
    pub error: Option<String>,
    /// The customer's message that this one answers.
    pub reply_to: Option<Uuid>,
    pub price: i64,
}

/// A message that is answered.
#[derive(Debug, Clone, FromRow)]
pub struct Quoted {
    /// `None`: the network has not said how it calls it.
    pub network_id: Option<String>,
    pub topic: String,
    pub is_in: bool,
}

/// What a person writes.
#[derive(Debug)]
pub struct PersonSays<'a> {
    pub id: OutboxId,
    pub account: AccountId,
    pub chat: ChatId,
    pub topic: &'a str,
    pub text: &'a str,
    /// The network's id of what is answered, and ours where it is a customer's.
    pub reply_to: Option<&'a str>,
    pub message: Option<MessageId>,
    pub author: Uuid,
    pub author_name: &'a str,
    pub at: DateTime<Utc>,
}

/// Who was seen in a group, and since when they count as a member.
#[derive(Debug, Clone, FromRow)]
pub struct MemberLine {
    pub identity_id: Uuid,
    pub display_name: String,
    pub network_id: String,
    pub customer_id: Option<Uuid>,
    pub customer_name: Option<String>,
    pub since: DateTime<Utc>,
}

/// A request that is still open, as its customer may hear of it.
#[derive(Debug, Clone, FromRow)]
pub struct OpenRequest {
    pub order_id: String,
    /// What it counts as: a pending refill opens a speed-up.
    pub command: String,
    pub with_staff: bool,
    /// It left the house: the panel or the provider was asked.
    pub sent: bool,
}

repository!(Inbox);

impl Inbox<'_> {
    /// Newest first; `after` is the last one shown.
    pub async fn chats(
        &mut self,
        filter: &ChatFilter<'_>,
        after: Option<(DateTime<Utc>, Uuid)>,
        limit: i64,
    ) -> Result<Vec<ChatLine>, StoreError> {
        let (at, id) = after.unzip();
        Ok(sqlx::query_as(
            "SELECT c.id, c.account_id, a.name AS account_name, a.channel, c.kind, c.title, c.mode, c.party, c.lost_reason,
                    c.bot_paused_until, k.id AS customer_id, k.name AS customer_name, u.unread, c.sort_at,
                    l.at AS said_at, l.text AS said, l.who AS said_by
             FROM (
                 SELECT c.*, coalesce(c.last_at, c.created_at) AS sort_at FROM chat c JOIN chat_account b ON b.id = c.account_id
                 WHERE ($1::uuid IS NULL OR c.id = $1)
                   AND ($2::uuid IS NULL OR c.account_id = $2)
                   AND ($3::text IS NULL OR c.kind = $3)
                   AND ($4::text IS NULL OR strpos(lower(c.title), lower($4)) > 0 OR EXISTS (
                        SELECT FROM identity i JOIN customer n ON n.id = i.customer_id
                        WHERE c.kind = 'direct' AND i.channel = b.channel AND i.network_id = c.network_id
                          AND strpos(lower(n.name), lower($4)) > 0))
                   AND (NOT $5 OR ((c.mode <> 'off' OR c.party = 'provider') AND c.last_at > coalesce(c.read_at, '-infinity') AND EXISTS (
                        SELECT FROM message m WHERE m.chat_id = c.id AND m.received_at > coalesce(c.read_at, '-infinity'))))
                   AND ($6::timestamptz IS NULL OR (coalesce(c.last_at, c.created_at), c.id) < ($6, $7))
                 ORDER BY coalesce(c.last_at, c.created_at) DESC, c.id DESC LIMIT $8
             ) c
             JOIN chat_account a ON a.id = c.account_id
             LEFT JOIN identity i ON c.kind = 'direct' AND i.channel = a.channel AND i.network_id = c.network_id
             LEFT JOIN customer k ON k.id = coalesce(c.acts_as, i.customer_id)
             LEFT JOIN LATERAL (
                 SELECT x.at, x.text, x.who FROM (
                     (SELECT m.received_at AS at, coalesce(m.text, '') AS text, 'customer' AS who, false AS is_out FROM message m
                      WHERE m.chat_id = c.id ORDER BY m.received_at DESC, m.id DESC LIMIT 1)
                     UNION ALL
                     (SELECT o.created_at, o.text, CASE WHEN o.author_id IS NULL THEN 'bot' ELSE 'person' END, true FROM outbox o
                      WHERE o.chat_id = c.id AND o.state <> 'gathering' ORDER BY o.created_at DESC, o.id DESC LIMIT 1)
                 ) x ORDER BY x.at DESC, x.is_out DESC LIMIT 1
             ) l ON true
             CROSS JOIN LATERAL (
                 SELECT count(*) AS unread FROM (
                     SELECT FROM message m WHERE (c.mode <> 'off' OR c.party = 'provider') AND m.chat_id = c.id
                       AND m.received_at > coalesce(c.read_at, '-infinity') LIMIT $9
                 ) n
             ) u
             ORDER BY c.sort_at DESC, c.id DESC",
        )
        .bind(filter.id.map(ChatId::uuid))
        .bind(filter.account.map(AccountId::uuid))
        .bind(filter.kind)
        .bind(filter.contains)
        .bind(filter.unread)
        .bind(at)
        .bind(id)
        .bind(limit)
        .bind(COUNTED)
        .fetch_all(&mut *self.conn)
        .await?)
    }

    /// Both sides of a chat, newest first; `before` is the last one shown.
    pub async fn said(
        &mut self,
        chat: ChatId,
        before: Option<(DateTime<Utc>, Uuid)>,
        limit: i64,
    ) -> Result<Vec<SaidLine>, StoreError> {
        let (at, id) = before.unzip();
        // The bound stands as a row comparison with a value always there, so that it is a range of the index.
        Ok(sqlx::query_as(
            "SELECT * FROM (
                 (SELECT m.id, m.received_at AS at, false AS is_out, false AS by_person,
                         coalesce(nullif(i.display_name, ''), i.network_id, '') AS sender, m.text, 'received' AS state,
                         NULL::text AS error, NULL::uuid AS reply_to, 0::bigint AS price
                  FROM message m LEFT JOIN identity i ON i.id = m.identity_id
                  WHERE m.chat_id = $1
                    AND (m.received_at, m.id) < (coalesce($2, 'infinity'::timestamptz), coalesce($3, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid))
                  ORDER BY m.received_at DESC, m.id DESC LIMIT $4)
                 UNION ALL
                 (SELECT o.id, o.created_at, true, o.author_id IS NOT NULL, coalesce(o.author, ''), o.text, o.state,
                         CASE WHEN o.state IN ('refused', 'unknown', 'queued') THEN o.error END,
                         CASE WHEN o.reply_to IS NOT NULL THEN o.message_id END, o.price
                  FROM outbox o
                  WHERE o.chat_id = $1 AND o.state <> 'gathering'
                    AND (o.created_at, o.id) < (coalesce($2, 'infinity'::timestamptz), coalesce($3, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid))
                  ORDER BY o.created_at DESC, o.id DESC LIMIT $4)
             ) x ORDER BY at DESC, id DESC LIMIT $4",
        )
        .bind(chat.uuid())
        .bind(at)
        .bind(id)
        .bind(limit)
        .fetch_all(&mut *self.conn)
        .await?)
    }

    /// What was said by a person, as [`Self::said`] shows it.
    pub async fn said_once(&mut self, id: OutboxId) -> Result<Option<SaidLine>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT id, created_at AS at, true AS is_out, author_id IS NOT NULL AS by_person, coalesce(author, '') AS sender, text,
                    state, error, CASE WHEN reply_to IS NOT NULL THEN message_id END AS reply_to, price
             FROM outbox WHERE id = $1",
        )
        .bind(id.uuid())
        .fetch_optional(&mut *self.conn)
        .await?)
    }

    /// A message of this chat, in or out, that is to be answered.
    pub async fn find_quoted(&mut self, chat: ChatId, id: Uuid) -> Result<Option<Quoted>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT network_message_id AS network_id, topic, true AS is_in FROM message WHERE id = $2 AND chat_id = $1
             UNION ALL
             SELECT network_ids[1], topic, false FROM outbox WHERE id = $2 AND chat_id = $1",
        )
        .bind(chat.uuid())
        .bind(id)
        .fetch_optional(&mut *self.conn)
        .await?)
    }

    /// Puts a person's words out; false if this very answer is there already.
    pub async fn say(&mut self, says: &PersonSays<'_>) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO outbox (id, key, account_id, chat_id, topic, purpose, text, reply_to, message_id, state, price, author_id, author, created_at)
             VALUES ($1, $2, $3, $4, $5, 'reply', $6, $7, $8, 'queued', 0, $9, $10, $11) ON CONFLICT (key) DO NOTHING",
        )
        .bind(says.id.uuid())
        .bind(format!("person:{}", says.id))
        .bind(says.account.uuid())
        .bind(says.chat.uuid())
        .bind(says.topic)
        .bind(says.text)
        .bind(says.reply_to)
        .bind(says.message.map(MessageId::uuid))
        .bind(says.author)
        .bind(says.author_name)
        .bind(says.at)
        .execute(&mut *self.conn)
        .await?;
        if done.rows_affected() == 1 {
            self.spoke(says.chat, says.at).await?;
        }
        Ok(done.rows_affected() == 1)
    }

    /// Something was said in a chat: it goes to the top of the list.
    pub async fn spoke(&mut self, chat: ChatId, at: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("UPDATE chat SET last_at = $2 WHERE id = $1 AND (last_at IS NULL OR last_at < $2)")
            .bind(chat.uuid())
            .bind(at)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    pub async fn set_read(&mut self, chat: ChatId, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE chat SET read_at = greatest(read_at, $2) WHERE id = $1")
            .bind(chat.uuid())
            .bind(at)
            .execute(&mut *self.conn)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// `None`: the bot answers again.
    pub async fn set_paused(&mut self, chat: ChatId, until: Option<DateTime<Utc>>) -> Result<(), StoreError> {
        sqlx::query("UPDATE chat SET bot_paused_until = $2 WHERE id = $1")
            .bind(chat.uuid())
            .bind(until)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// Pauses the bot at least so long.
    pub async fn pause_until(&mut self, chat: ChatId, until: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("UPDATE chat SET bot_paused_until = greatest(bot_paused_until, $2) WHERE id = $1")
            .bind(chat.uuid())
            .bind(until)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// Lets a group act as one customer, or each sender for himself again. Whoever wrote there before is a member from the start.
    pub async fn set_acts_as(
        &mut self,
        chat: ChatId,
        customer: Option<Uuid>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE chat SET acts_as = $2, acts_as_at = CASE WHEN $2::uuid IS NOT NULL THEN $3 END,
                    members = CASE WHEN $2::uuid IS NULL THEN '{}' ELSE coalesce(
                        (SELECT jsonb_object_agg(w.identity_id, $3) FROM (
                            SELECT DISTINCT m.identity_id FROM message m
                            WHERE m.chat_id = $1 AND m.identity_id IS NOT NULL LIMIT 1000) w), '{}') END
             WHERE id = $1",
        )
        .bind(chat.uuid())
        .bind(customer)
        .bind(at)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    /// Notes who came to a group that acts as one customer; who is known stays as he was.
    pub async fn joined(
        &mut self,
        chat: ChatId,
        identity: Uuid,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE chat SET members = jsonb_build_object($2::text, $3) || members
             WHERE id = $1 AND acts_as IS NOT NULL AND NOT members ? $2::text",
        )
        .bind(chat.uuid())
        .bind(identity.to_string())
        .bind(at)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    /// Members of a group that acts as one customer; of another group, who wrote there. The earliest first.
    pub async fn members(&mut self, chat: ChatId) -> Result<Vec<MemberLine>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT i.id AS identity_id, i.display_name, i.network_id, k.id AS customer_id, k.name AS customer_name, w.since
             FROM (
                 SELECT e.key::uuid AS id, (e.value #>> '{}')::timestamptz AS since
                 FROM chat c CROSS JOIN LATERAL jsonb_each(c.members) e WHERE c.id = $1 AND c.acts_as IS NOT NULL
                 UNION ALL
                 SELECT m.identity_id, min(m.received_at) FROM message m JOIN chat c ON c.id = m.chat_id
                 WHERE m.chat_id = $1 AND c.acts_as IS NULL AND m.identity_id IS NOT NULL GROUP BY m.identity_id
             ) w
             JOIN identity i ON i.id = w.id LEFT JOIN customer k ON k.id = i.customer_id
             ORDER BY w.since, i.id LIMIT 1000",
        )
        .bind(chat.uuid())
        .fetch_all(&mut *self.conn)
        .await?)
    }

    /// Whether this customer exists.
    pub async fn has_customer(&mut self, customer: Uuid) -> Result<bool, StoreError> {
        Ok(
            sqlx::query_scalar("SELECT EXISTS (SELECT FROM customer WHERE id = $1)")
                .bind(customer)
                .fetch_one(&mut *self.conn)
                .await?,
        )
    }

    /// Shows a message that still waits for a panel: what it says, and whose it is.
    pub async fn show(
        &mut self,
        id: MessageId,
        as_: &super::messages::Understood<'_>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "WITH spoke AS (UPDATE chat SET last_at = greatest(last_at, $8) WHERE id = $2)
             UPDATE message SET chat_id = $2, identity_id = $3, network_message_id = $4, topic = $5, text = $6, sent_at = $7
             WHERE id = $1",
        )
        .bind(id.uuid())
        .bind(as_.chat.uuid())
        .bind(as_.identity.map(switchboard_domain::id::IdentityId::uuid))
        .bind(as_.network_message_id)
        .bind(as_.topic)
        .bind(as_.text)
        .bind(as_.sent_at)
        .bind(as_.received_at)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    /// Open requests of a customer, newest first. One that is older than `since` counts only while a person has it.
    pub async fn open_requests(
        &mut self,
        customer: CustomerId,
        since: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<OpenRequest>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT r.order_id, coalesce(r.opens, r.command) AS command, r.staff_reason IS NOT NULL AS with_staff,
                    (r.act_state = 'accepted' OR o.state = 'sent') IS TRUE AS sent
             FROM request r LEFT JOIN outbox o ON o.id = r.forward_id
             WHERE r.customer_id = $1 AND r.closed_at IS NULL AND (r.created_at >= $2 OR r.staff_reason IS NOT NULL)
             ORDER BY r.created_at DESC, r.id DESC LIMIT $3",
        )
        .bind(customer.uuid())
        .bind(since)
        .bind(limit)
        .fetch_all(&mut *self.conn)
        .await?)
    }

    /// Whether the person of a direct chat has said `stop`.
    pub async fn wants_no_notices(&mut self, chat: ChatId) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM chat c JOIN chat_account a ON a.id = c.account_id
                            JOIN identity i ON i.channel = a.channel AND i.network_id = c.network_id
                            WHERE c.id = $1 AND c.kind = 'direct' AND i.notices_off_at IS NOT NULL)",
        )
        .bind(chat.uuid())
        .fetch_one(&mut *self.conn)
        .await?)
    }
}
