//! One command on one order: what was decided and why, what the panel was asked, where it was forwarded.
//!
//! Invariant: at most one open request per (panel, order, action); the index `request_open_key` says so, not a look before.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{FromRow, QueryBuilder};
use switchboard_domain::{
    id::{ChatId, CustomerId, IdentityId, MessageId, OutboxId, PanelId, ProviderId, RequestId},
    order::OrderId,
};
use uuid::Uuid;

use super::repository;
use crate::error::StoreError;

#[derive(Debug, Clone)]
pub struct NewRequest {
    pub id: RequestId,
    pub message: MessageId,
    pub chat: ChatId,
    pub identity: IdentityId,
    pub customer: Option<CustomerId>,
    pub panel: Option<PanelId>,
    pub order: OrderId,
    pub command: &'static str,
    pub opens: Option<&'static str>,
    pub outcome: String,
    pub why: String,
    pub staff_reason: Option<String>,
    pub order_status: Option<String>,
    pub provider: Option<ProviderId>,
    pub provider_name: Option<String>,
    pub external_ids: Vec<String>,
    /// `refill` or `request_cancel`: the intent is on disk before the panel is called.
    pub act: Option<&'static str>,
    /// Counts how often a person had it decided again.
    pub attempt: i32,
    pub forward_command: Option<&'static str>,
    pub forward: Option<OutboxId>,
    pub created_at: DateTime<Utc>,
    /// Set at once for what opens nothing: a refusal, an answer.
    pub closed_at: Option<DateTime<Utc>>,
}

/// What is known of earlier requests for an order and action.
#[derive(Debug, Clone, FromRow)]
pub struct Earlier {
    pub order_id: String,
    pub opens: String,
    pub customer_id: Option<Uuid>,
    pub created_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub with_staff: bool,
    /// It left the house: the panel or the provider was asked.
    pub sent: bool,
}

/// A panel action that is to be done, with what is needed to do it.
#[derive(Debug, Clone, FromRow)]
pub struct Act {
    pub id: Uuid,
    pub panel_id: Uuid,
    pub order_id: String,
    pub act: String,
    pub act_state: String,
    pub act_attempts: i32,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Serialize, FromRow)]
pub struct RequestLine {
    pub id: Uuid,
    pub created_at: DateTime<Utc>,
    pub order_id: String,
    pub command: String,
    pub outcome: String,
    pub why: String,
    pub staff_reason: Option<String>,
    pub customer: Option<String>,
    pub panel: Option<String>,
    pub provider_alias: Option<String>,
    pub order_status: Option<String>,
    pub act_state: Option<String>,
    pub forward_state: Option<String>,
    pub closed_at: Option<DateTime<Utc>>,
}

/// Everything of one request, for its timeline. The external ids and the provider are the owner's to see.
#[derive(Debug, Serialize, FromRow)]
pub struct RequestDetail {
    pub id: Uuid,
    pub message_id: Uuid,
    pub message_text: Option<String>,
    pub message_received_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub order_id: String,
    pub command: String,
    pub outcome: String,
    pub why: String,
    pub staff_reason: Option<String>,
    pub customer: Option<String>,
    pub panel: Option<String>,
    pub provider_alias: Option<String>,
    pub external_ids: Vec<String>,
    pub order_status: Option<String>,
    pub act: Option<String>,
    pub act_state: Option<String>,
    pub act_attempts: i32,
    pub act_evidence: Option<String>,
    pub forward_text: Option<String>,
    pub forward_state: Option<String>,
    pub forward_finished_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Default)]
pub struct RequestFilter {
    pub staff_only: bool,
    pub order: Option<String>,
    pub limit: i64,
    /// Seek: only what is older than this request.
    pub before: Option<RequestId>,
}

repository!(Requests);

impl Requests<'_> {
    /// Inserts all; returns how many rows went in. Fewer than given: somebody else opened one of them in the meantime.
    pub async fn insert(&mut self, requests: &[NewRequest]) -> Result<usize, StoreError> {
        if requests.is_empty() {
            return Ok(0);
        }
        let mut insert = QueryBuilder::new(
            "INSERT INTO request (id, message_id, chat_id, identity_id, customer_id, panel_id, order_id, command, opens, outcome, why,
             staff_reason, order_status, provider_id, provider_name, external_ids, act, act_state, forward_command, forward_id, created_at, closed_at, attempt) ",
        );
        insert.push_values(requests, |mut row, r| {
            row.push_bind(r.id.uuid())
                .push_bind(r.message.uuid())
                .push_bind(r.chat.uuid())
                .push_bind(r.identity.uuid())
                .push_bind(r.customer.map(CustomerId::uuid))
                .push_bind(r.panel.map(PanelId::uuid))
                .push_bind(r.order.as_str())
                .push_bind(r.command)
                .push_bind(r.opens)
                .push_bind(&r.outcome)
                .push_bind(&r.why)
                .push_bind(&r.staff_reason)
                .push_bind(&r.order_status)
                .push_bind(r.provider.map(ProviderId::uuid))
                .push_bind(&r.provider_name)
                .push_bind(&r.external_ids)
                .push_bind(r.act)
                .push_bind(r.act.map(|_| "intended"))
                .push_bind(r.forward_command)
                .push_bind(r.forward.map(OutboxId::uuid))
                .push_bind(r.created_at)
                .push_bind(r.closed_at)
                .push_bind(r.attempt);
        });
        insert.push(" ON CONFLICT DO NOTHING");
        let done = insert.build().execute(&mut *self.conn).await?;
        Ok(usize::try_from(done.rows_affected()).unwrap_or(usize::MAX))
    }

    /// For each of these orders and each action: the open request, or else the one that closed last.
    pub async fn earlier(&mut self, panel: PanelId, orders: &[OrderId]) -> Result<Vec<Earlier>, StoreError> {
        let ids: Vec<&str> = orders.iter().map(OrderId::as_str).collect();
        Ok(sqlx::query_as(
            "SELECT DISTINCT ON (r.order_id, r.opens) r.order_id, r.opens, r.customer_id, r.created_at, r.closed_at,
                    r.staff_reason IS NOT NULL AS with_staff,
                    (r.act_state = 'accepted' OR o.state = 'sent') IS TRUE AS sent
             FROM request r LEFT JOIN outbox o ON o.id = r.forward_id
             WHERE r.panel_id = $1 AND r.order_id = ANY($2) AND r.opens IS NOT NULL
             ORDER BY r.order_id, r.opens, r.closed_at DESC NULLS FIRST",
        )
        .bind(panel.uuid())
        .bind(ids)
        .fetch_all(&mut *self.conn)
        .await?)
    }

    /// Closes open requests of these orders and actions that are older than `before`, so that they can be asked for again.
    pub async fn close_stale(
        &mut self,
        panel: PanelId,
        orders: &[OrderId],
        before: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let ids: Vec<&str> = orders.iter().map(OrderId::as_str).collect();
        let done = sqlx::query(
            "UPDATE request SET closed_at = $3 WHERE panel_id = $1 AND order_id = ANY($2) AND opens IS NOT NULL
               AND closed_at IS NULL AND created_at < $3 AND staff_reason IS NULL",
        )
        .bind(panel.uuid())
        .bind(ids)
        .bind(before)
        .execute(&mut *self.conn)
        .await?;
        Ok(done.rows_affected())
    }

    /// Actions of one message or one request that are not finished. `calling` was cut off: its state must be read first.
    pub async fn acts(&mut self, ids: &[RequestId]) -> Result<Vec<Act>, StoreError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        Ok(sqlx::query_as(
            "SELECT id, panel_id, order_id, act, act_state, act_attempts, created_at FROM request
             WHERE id = ANY($1) AND act_state IN ('intended', 'calling') ORDER BY id",
        )
        .bind(ids)
        .fetch_all(&mut *self.conn)
        .await?)
    }

    /// Marks that the panel is about to be called: after this commit a crash means "read the state first".
    pub async fn set_calling(&mut self, ids: &[RequestId]) -> Result<(), StoreError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        sqlx::query(
            "UPDATE request SET act_state = 'calling', act_attempts = act_attempts + 1 WHERE id = ANY($1)",
        )
        .bind(ids)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    /// What became of a panel action. A reason puts the request on the staff list.
    pub async fn set_acted(
        &mut self,
        id: RequestId,
        state: &'static str,
        evidence: &str,
        staff_reason: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE request SET act_state = $2, act_evidence = $3, staff_reason = coalesce($4, staff_reason), acted_at = $5 WHERE id = $1",
        )
        .bind(id.uuid())
        .bind(state)
        .bind(evidence)
        .bind(staff_reason)
        .bind(at)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    pub async fn forwarded(
        &mut self,
        forward: OutboxId,
    ) -> Result<Vec<(RequestId, Vec<String>)>, StoreError> {
        let rows: Vec<(Uuid, Vec<String>)> = sqlx::query_as(
            "SELECT id, external_ids FROM request WHERE forward_id = $1 ORDER BY created_at, id",
        )
        .bind(forward.uuid())
        .fetch_all(&mut *self.conn)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(id, external)| (id.into(), external))
            .collect())
    }

    pub async fn set_staff_for_forward(&mut self, forward: OutboxId, reason: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE request SET staff_reason = coalesce(staff_reason, $2) WHERE forward_id = $1")
            .bind(forward.uuid())
            .bind(reason)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// A person has dealt with it.
    pub async fn close(&mut self, id: RequestId, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE request SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL")
            .bind(id.uuid())
            .bind(at)
            .execute(&mut *self.conn)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    pub async fn list(&mut self, filter: &RequestFilter) -> Result<Vec<RequestLine>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT r.id, r.created_at, r.order_id, r.command, r.outcome, r.why, r.staff_reason, c.name AS customer, p.name AS panel,
                    v.alias AS provider_alias, r.order_status, r.act_state, o.state AS forward_state, r.closed_at
             FROM request r LEFT JOIN customer c ON c.id = r.customer_id LEFT JOIN panel p ON p.id = r.panel_id
                  LEFT JOIN provider v ON v.id = r.provider_id LEFT JOIN outbox o ON o.id = r.forward_id
             WHERE (NOT $1 OR (r.staff_reason IS NOT NULL AND r.closed_at IS NULL))
               AND ($2::text IS NULL OR r.order_id = $2)
               AND ($3::uuid IS NULL OR (r.created_at, r.id) < (SELECT b.created_at, b.id FROM request b WHERE b.id = $3))
             ORDER BY r.created_at DESC, r.id DESC LIMIT $4",
        )
        .bind(filter.staff_only)
        .bind(&filter.order)
        .bind(filter.before.map(RequestId::uuid))
        .bind(filter.limit)
        .fetch_all(&mut *self.conn)
        .await?)
    }

    pub async fn detail(&mut self, id: RequestId) -> Result<Option<RequestDetail>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT r.id, r.message_id, m.text AS message_text, m.received_at AS message_received_at, r.created_at, r.order_id, r.command,
                    r.outcome, r.why, r.staff_reason, c.name AS customer, p.name AS panel, v.alias AS provider_alias, r.external_ids,
                    r.order_status, r.act, r.act_state, r.act_attempts, r.act_evidence, o.text AS forward_text, o.state AS forward_state,
                    o.finished_at AS forward_finished_at, r.closed_at
             FROM request r JOIN message m ON m.id = r.message_id LEFT JOIN customer c ON c.id = r.customer_id
                  LEFT JOIN panel p ON p.id = r.panel_id LEFT JOIN provider v ON v.id = r.provider_id LEFT JOIN outbox o ON o.id = r.forward_id
             WHERE r.id = $1",
        )
        .bind(id.uuid())
        .fetch_optional(&mut *self.conn)
        .await?)
    }
}
