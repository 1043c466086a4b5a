//! Requests as people look for them and work on them: pages, counts, one in full, and what a person does with it.
//!
//! Invariants: newest first, seek by (created_at, id); the page is cut before anything is joined to it. A provider's real name is
//! not among the columns.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, Postgres, QueryBuilder};
use switchboard_domain::id::{
    ChatId, CustomerId, MessageId, OutboxId, PanelId, ProviderId, RequestId, UserId,
};
use uuid::Uuid;

use super::repository;
use crate::error::StoreError;

/// Which part of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    #[default]
    All,
    /// Not closed.
    Open,
    /// Not closed, and a person has to look.
    Person,
    Closed,
}

#[derive(Debug, Clone, Default)]
pub struct ListFilter {
    pub view: View,
    pub command: Option<&'static str>,
    pub outcome: Option<String>,
    pub panel: Option<PanelId>,
    pub provider: Option<ProviderId>,
    pub channel: Option<&'static str>,
    pub customer: Option<CustomerId>,
    pub assignee: Option<UserId>,
    /// Order ids that begin so.
    pub order_prefix: Option<String>,
    /// Of any of these people.
    pub people: Option<People>,
    /// Exactly these order ids.
    pub orders: Vec<String>,
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
}

/// Whom a search text may mean.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    pub customers: Vec<Uuid>,
    pub identities: Vec<Uuid>,
}

/// One line of the list.
#[derive(Debug, Clone, FromRow)]
pub struct ListRow {
    pub id: Uuid,
    pub created_at: DateTime<Utc>,
    pub message_id: Uuid,
    pub customer_id: Option<Uuid>,
    pub customer: Option<String>,
    pub sender: String,
    pub channel: String,
    pub chat_id: Uuid,
    pub chat_kind: String,
    pub chat_title: String,
    pub panel_id: Option<Uuid>,
    pub panel: Option<String>,
    pub order_id: String,
    pub command: String,
    pub outcome: String,
    pub why: String,
    pub staff_reason: Option<String>,
    pub order_status: Option<String>,
    pub provider_alias: Option<String>,
    pub act: Option<String>,
    pub act_state: Option<String>,
    pub act_attempts: i32,
    pub forward_command: Option<String>,
    pub forward_id: Option<Uuid>,
    pub forward_state: Option<String>,
    /// A part of it went out.
    pub forward_begun: bool,
    pub again_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
    pub closed_by: Option<String>,
    pub assignee_id: Option<Uuid>,
    /// Its share of what the message's replies and its forward cost.
    pub cost: i64,
}

/// What the list does not show of one request.
#[derive(Debug, Clone, FromRow)]
pub struct Rest {
    pub message_text: Option<String>,
    pub received_at: DateTime<Utc>,
    pub in_message: i64,
    pub external_ids: Vec<String>,
    pub act_evidence: Option<String>,
    pub acted_at: Option<DateTime<Utc>>,
    pub note: String,
    pub note_by: Option<String>,
    pub note_at: Option<DateTime<Utc>>,
    pub forward_error: Option<String>,
    pub forward_at: Option<DateTime<Utc>>,
    pub forward_price: Option<i64>,
}

/// Something that was said to the message of a request.
#[derive(Debug, Clone, FromRow)]
pub struct Said {
    pub key: String,
    pub text: String,
    pub state: String,
    pub price: i64,
    pub error: Option<String>,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}

/// What is needed to decide a request again.
#[derive(Debug, Clone, FromRow)]
pub struct AgainRow {
    pub message_id: Uuid,
    pub command: String,
    pub order_id: String,
    pub attempt: i32,
    pub again_at: Option<DateTime<Utc>>,
}

const COLUMNS: &str = "p.id, p.created_at, p.message_id, p.customer_id, c.name AS customer,
    coalesce(nullif(i.display_name, ''), i.network_id) AS sender, a.channel, p.chat_id, h.kind AS chat_kind, h.title AS chat_title,
    p.panel_id, n.name AS panel, p.order_id, p.command, p.outcome, p.why, p.staff_reason, p.order_status, v.alias AS provider_alias,
    p.act, p.act_state, p.act_attempts, p.forward_command, p.forward_id, o.state AS forward_state,
    coalesce(o.network_ids <> '{}', false) AS forward_begun, p.again_at, p.closed_at, p.closed_by, p.assignee_id,
    (coalesce((SELECT sum(x.price) FROM outbox x WHERE x.message_id = p.message_id AND x.state NOT IN ('refused', 'silent')), 0)::bigint
         / (SELECT count(*) FROM request q WHERE q.message_id = p.message_id)
     + CASE WHEN o.state NOT IN ('refused', 'silent')
            THEN o.price / (SELECT count(*) FROM request q WHERE q.forward_id = p.forward_id) ELSE 0 END)::bigint AS cost";

const JOINS: &str = "JOIN chat h ON h.id = p.chat_id JOIN chat_account a ON a.id = h.account_id JOIN identity i ON i.id = p.identity_id
    LEFT JOIN customer c ON c.id = p.customer_id LEFT JOIN panel n ON n.id = p.panel_id LEFT JOIN provider v ON v.id = p.provider_id
    LEFT JOIN outbox o ON o.id = p.forward_id";

repository!(RequestList);

impl RequestList<'_> {
    /// The newest `limit` behind `after`.
    pub async fn page(
        &mut self,
        filter: &ListFilter,
        after: Option<(DateTime<Utc>, Uuid)>,
        limit: i64,
    ) -> Result<Vec<ListRow>, StoreError> {
        let chats: Option<Vec<Uuid>> = match filter.channel {
            // As a list, which the rows are tested against in their order; a join would sort all of them first.
            Some(channel) => {
                let text =
                    "SELECT h.id FROM chat h JOIN chat_account a ON a.id = h.account_id WHERE a.channel = $1";
                let ids = sqlx::query_scalar(text).bind(channel);
                Some(ids.fetch_all(&mut *self.conn).await?)
            }
            None => None,
        };
        let mut query = QueryBuilder::new("WITH p AS MATERIALIZED (SELECT r.* FROM request r WHERE true");
        narrow(&mut query, filter);
        if let Some(chats) = chats {
            query.push(" AND r.chat_id = ANY (").push_bind(chats).push(")");
        }
        if let Some((at, id)) = after {
            query
                .push(" AND (r.created_at, r.id) < (")
                .push_bind(at)
                .push(", ")
                .push_bind(id)
                .push(")");
        }
        query
            .push(" ORDER BY r.created_at DESC, r.id DESC LIMIT ")
            .push_bind(limit)
            .push(") SELECT ")
            .push(COLUMNS)
            .push(" FROM p ")
            .push(JOINS)
            .push(" ORDER BY p.created_at DESC, p.id DESC");
        Ok(query.build_query_as().fetch_all(&mut *self.conn).await?)
    }

    pub async fn find(&mut self, id: RequestId) -> Result<Option<ListRow>, StoreError> {
        let mut query = QueryBuilder::new("SELECT ");
        query
            .push(COLUMNS)
            .push(" FROM request p ")
            .push(JOINS)
            .push(" WHERE p.id = ")
            .push_bind(id.uuid());
        Ok(query.build_query_as().fetch_optional(&mut *self.conn).await?)
    }

    /// What these messages opened, in the order in which their orders were typed.
    pub async fn of_messages(&mut self, messages: &[Uuid]) -> Result<Vec<ListRow>, StoreError> {
        let mut query = QueryBuilder::new("SELECT ");
        query
            .push(COLUMNS)
            .push(" FROM request p ")
            .push(JOINS)
            .push(" WHERE p.message_id = ANY (")
            .push_bind(messages)
            .push(") ORDER BY p.created_at, p.id");
        Ok(query.build_query_as().fetch_all(&mut *self.conn).await?)
    }

    /// These, locked until the end of the transaction, oldest first.
    pub async fn lock(&mut self, ids: &[Uuid]) -> Result<Vec<ListRow>, StoreError> {
        let mut query = QueryBuilder::new("SELECT ");
        query
            .push(COLUMNS)
            .push(" FROM request p ")
            .push(JOINS)
            .push(" WHERE p.id = ANY (")
            .push_bind(ids)
            // In one order, so that two people who pick the same requests do not wait for each other.
            .push(") ORDER BY p.id FOR UPDATE OF p");
        Ok(query.build_query_as().fetch_all(&mut *self.conn).await?)
    }

    pub async fn rest(&mut self, id: RequestId) -> Result<Option<Rest>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT m.text AS message_text, m.received_at, (SELECT count(*) FROM request q WHERE q.message_id = m.id) AS in_message,
                    r.external_ids, r.act_evidence, r.acted_at, r.note, r.note_by, r.note_at, o.error AS forward_error,
                    coalesce(o.finished_at, o.sending_at, o.created_at) AS forward_at, o.price AS forward_price
             FROM request r JOIN message m ON m.id = r.message_id LEFT JOIN outbox o ON o.id = r.forward_id WHERE r.id = $1",
        )
        .bind(id.uuid())
        .fetch_optional(&mut *self.conn)
        .await?)
    }

    /// Everything that answered a message, in its order.
    pub async fn said(&mut self, message: MessageId) -> Result<Vec<Said>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT key, text, state, price, error, created_at, finished_at FROM outbox WHERE message_id = $1 ORDER BY created_at, id",
        )
        .bind(message.uuid())
        .fetch_all(&mut *self.conn)
        .await?)
    }

    /// How many are open, and how many of these need a person.
    pub async fn counts(&mut self) -> Result<(i64, i64), StoreError> {
        Ok(sqlx::query_as(
            "SELECT (SELECT count(*) FROM request WHERE closed_at IS NULL),
                    (SELECT count(*) FROM request WHERE staff_reason IS NOT NULL AND closed_at IS NULL)",
        )
        .fetch_one(&mut *self.conn)
        .await?)
    }

    /// Customers and senders whose name holds this text, as many as a search is worth.
    pub async fn people(&mut self, text: &str) -> Result<People, StoreError> {
        let pattern = format!("%{}%", escape_like(text));
        let customers =
            sqlx::query_scalar("SELECT id FROM customer WHERE name ILIKE $1 ORDER BY name LIMIT 500")
                .bind(&pattern)
                .fetch_all(&mut *self.conn)
                .await?;
        let identities = sqlx::query_scalar(
            "SELECT id FROM identity WHERE display_name ILIKE $1 OR network_id = $2 ORDER BY last_seen_at DESC LIMIT 500",
        )
        .bind(&pattern)
        .bind(text)
        .fetch_all(&mut *self.conn)
        .await?;
        Ok(People {
            customers,
            identities,
        })
    }

    /// Order ids that begin so, each with how many requests it has.
    pub async fn orders_like(&mut self, prefix: &str, limit: i64) -> Result<Vec<(String, i64)>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT order_id, count(*) FROM request WHERE order_id LIKE $1 GROUP BY order_id ORDER BY order_id LIMIT $2",
        )
        .bind(format!("{}%", escape_like(prefix)))
        .bind(limit)
        .fetch_all(&mut *self.conn)
        .await?)
    }

    pub async fn close(&mut self, id: RequestId, by: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("UPDATE request SET closed_at = $2, closed_by = $3 WHERE id = $1 AND closed_at IS NULL")
            .bind(id.uuid())
            .bind(at)
            .bind(by)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// Open again, and with a person from now on. A conflict on `request_open_key` means that another one has taken its place.
    pub async fn reopen(&mut self, id: RequestId, reason: &str) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE request SET closed_at = NULL, closed_by = NULL, again_at = NULL, staff_reason = coalesce(staff_reason, $2)
             WHERE id = $1",
        )
        .bind(id.uuid())
        .bind(reason)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    /// Whether another request for the same order and action is open.
    pub async fn place_taken(&mut self, id: RequestId) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM request r JOIN request q ON q.panel_id = r.panel_id AND q.order_id = r.order_id
                                AND q.opens = r.opens AND q.closed_at IS NULL AND q.id <> r.id WHERE r.id = $1)",
        )
        .bind(id.uuid())
        .fetch_one(&mut *self.conn)
        .await?)
    }

    pub async fn assign(&mut self, id: RequestId, to: Option<UserId>) -> Result<(), StoreError> {
        sqlx::query("UPDATE request SET assignee_id = $2 WHERE id = $1")
            .bind(id.uuid())
            .bind(to.map(UserId::uuid))
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    pub async fn set_note(
        &mut self,
        id: RequestId,
        note: &str,
        by: &str,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE request SET note = $2, note_by = $3, note_at = $4 WHERE id = $1")
            .bind(id.uuid())
            .bind(note)
            .bind(by)
            .bind(at)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// Marks that it is to be decided again, or that this came to nothing.
    pub async fn set_again(&mut self, id: RequestId, at: Option<DateTime<Utc>>) -> Result<(), StoreError> {
        sqlx::query("UPDATE request SET again_at = $2 WHERE id = $1")
            .bind(id.uuid())
            .bind(at)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    pub async fn set_staff(&mut self, id: RequestId, reason: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE request SET staff_reason = $2 WHERE id = $1 AND closed_at IS NULL")
            .bind(id.uuid())
            .bind(reason)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// A forward that is on its way again needs no person for that reason.
    pub async fn clear_staff_for_forward(
        &mut self,
        forward: OutboxId,
        reason: &str,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE request SET staff_reason = NULL WHERE forward_id = $1 AND staff_reason = $2")
            .bind(forward.uuid())
            .bind(reason)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// What a job needs that decides it again; `None`: it is closed, or nobody wants it any more.
    pub async fn to_decide_again(&mut self, id: RequestId) -> Result<Option<AgainRow>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT message_id, command, order_id, attempt, again_at FROM request
             WHERE id = $1 AND closed_at IS NULL AND again_at IS NOT NULL",
        )
        .bind(id.uuid())
        .fetch_optional(&mut *self.conn)
        .await?)
    }

    /// How often it was decided before.
    pub async fn attempt(&mut self, id: RequestId) -> Result<i32, StoreError> {
        Ok(sqlx::query_scalar("SELECT attempt FROM request WHERE id = $1")
            .bind(id.uuid())
            .fetch_one(&mut *self.conn)
            .await?)
    }

    /// Makes room for the next attempt: closed, and its place given up. False: somebody closed it, or something acted on it.
    pub async fn retire(&mut self, id: RequestId, by: &str, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE request SET closed_at = $2, closed_by = $3, opens = NULL
             WHERE id = $1 AND closed_at IS NULL AND again_at IS NOT NULL AND (act_state IS NULL OR act_state = 'refused')
               AND (forward_id IS NULL OR EXISTS (SELECT FROM outbox o WHERE o.id = forward_id AND o.state = 'refused'))",
        )
        .bind(id.uuid())
        .bind(at)
        .bind(by)
        .execute(&mut *self.conn)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Chats whose title holds this text.
    pub async fn chats_like(&mut self, text: &str, limit: i64) -> Result<Vec<(ChatId, String)>, StoreError> {
        let rows: Vec<(Uuid, String)> = sqlx::query_as(
            "SELECT id, title FROM chat WHERE title ILIKE $1 AND lost_reason IS DISTINCT FROM 'moved' ORDER BY title, id LIMIT $2",
        )
        .bind(format!("%{}%", escape_like(text)))
        .bind(limit)
        .fetch_all(&mut *self.conn)
        .await?;
        Ok(rows.into_iter().map(|(id, title)| (id.into(), title)).collect())
    }

    /// Customers by their own name or that of a panel account of theirs.
    pub async fn customers_like(
        &mut self,
        text: &str,
        limit: i64,
    ) -> Result<Vec<(CustomerId, String)>, StoreError> {
        let rows: Vec<(Uuid, String)> = sqlx::query_as(
            "SELECT id, name FROM customer c WHERE name ILIKE $1
                OR EXISTS (SELECT FROM customer_link l WHERE l.customer_id = c.id AND l.username ILIKE $1) ORDER BY name, id LIMIT $2",
        )
        .bind(format!("%{}%", escape_like(text)))
        .bind(limit)
        .fetch_all(&mut *self.conn)
        .await?;
        Ok(rows.into_iter().map(|(id, name)| (id.into(), name)).collect())
    }

    /// Providers by alias; never by a real name, or the search would tell it.
    pub async fn providers_like(
        &mut self,
        text: &str,
        limit: i64,
    ) -> Result<Vec<(ProviderId, String)>, StoreError> {
        let rows: Vec<(Uuid, String)> =
            sqlx::query_as("SELECT id, alias FROM provider WHERE alias ILIKE $1 ORDER BY alias, id LIMIT $2")
                .bind(format!("%{}%", escape_like(text)))
                .bind(limit)
                .fetch_all(&mut *self.conn)
                .await?;
        Ok(rows.into_iter().map(|(id, alias)| (id.into(), alias)).collect())
    }
}

fn narrow(query: &mut QueryBuilder<Postgres>, filter: &ListFilter) {
    match filter.view {
        View::All => {}
        View::Open => drop(query.push(" AND r.closed_at IS NULL")),
        View::Person => drop(query.push(" AND r.closed_at IS NULL AND r.staff_reason IS NOT NULL")),
        View::Closed => drop(query.push(" AND r.closed_at IS NOT NULL")),
    }
    if let Some(command) = filter.command {
        query.push(" AND r.command = ").push_bind(command);
    }
    if let Some(outcome) = &filter.outcome {
        query.push(" AND r.outcome = ").push_bind(outcome.clone());
    }
    if let Some(panel) = filter.panel {
        query.push(" AND r.panel_id = ").push_bind(panel.uuid());
    }
    if let Some(provider) = filter.provider {
        query.push(" AND r.provider_id = ").push_bind(provider.uuid());
    }
    if let Some(customer) = filter.customer {
        query.push(" AND r.customer_id = ").push_bind(customer.uuid());
    }
    if let Some(assignee) = filter.assignee {
        query.push(" AND r.assignee_id = ").push_bind(assignee.uuid());
    }
    if let Some(prefix) = &filter.order_prefix {
        query
            .push(" AND r.order_id LIKE ")
            .push_bind(format!("{}%", escape_like(prefix)));
    }
    if let Some(people) = &filter.people {
        query
            .push(" AND (r.customer_id = ANY (")
            .push_bind(people.customers.clone())
            .push(") OR r.identity_id = ANY (")
            .push_bind(people.identities.clone())
            .push("))");
    }
    if !filter.orders.is_empty() {
        query
            .push(" AND r.order_id = ANY (")
            .push_bind(filter.orders.clone())
            .push(")");
    }
    if let Some(from) = filter.from {
        query.push(" AND r.created_at >= ").push_bind(from);
    }
    if let Some(to) = filter.to {
        query.push(" AND r.created_at < ").push_bind(to);
    }
}

/// A text that LIKE takes as it is written.
pub(crate) fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
