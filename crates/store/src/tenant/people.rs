//! Customers, the identities they write from, and the panel usernames they own.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::FromRow;
use switchboard_domain::{
    channel::ChannelKind,
    id::{CustomerId, IdentityId, PanelId},
    order::OrderId,
};
use uuid::Uuid;

use super::repository;
use crate::error::StoreError;

#[derive(Debug, Clone)]
pub struct Identity {
    pub id: IdentityId,
    pub customer: Option<CustomerId>,
    pub last_seen_at: DateTime<Utc>,
    pub misses: Vec<DateTime<Utc>>,
    pub muted_until: Option<DateTime<Utc>>,
}

#[derive(FromRow)]
struct IdentityRow {
    id: Uuid,
    customer_id: Option<Uuid>,
    last_seen_at: DateTime<Utc>,
    misses: Vec<DateTime<Utc>>,
    muted_until: Option<DateTime<Utc>>,
}

impl From<IdentityRow> for Identity {
    fn from(row: IdentityRow) -> Self {
        Self {
            id: row.id.into(),
            customer: row.customer_id.map(CustomerId::from_uuid),
            last_seen_at: row.last_seen_at,
            misses: row.misses,
            muted_until: row.muted_until,
        }
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct Link {
    pub panel: PanelId,
    pub username: String,
}

/// One customer as the owner sees it.
#[derive(Debug, Serialize, FromRow)]
pub struct CustomerLine {
    pub name: String,
    pub usernames: Vec<String>,
    pub identities: Vec<String>,
}

repository!(People);

impl People<'_> {
    pub async fn find_identity(
        &mut self,
        channel: ChannelKind,
        network_id: &str,
    ) -> Result<Option<Identity>, StoreError> {
        let row: Option<IdentityRow> = sqlx::query_as(
            "SELECT id, customer_id, last_seen_at, misses, muted_until FROM identity WHERE channel = $1 AND network_id = $2",
        )
        .bind(channel.as_str())
        .bind(network_id)
        .fetch_optional(&mut *self.conn)
        .await?;
        Ok(row.map(Identity::from))
    }

    /// Notes that somebody wrote, and makes the row of who is new. Linking is another matter.
    pub async fn seen(
        &mut self,
        id: IdentityId,
        channel: ChannelKind,
        network_id: &str,
        display_name: &str,
        at: DateTime<Utc>,
    ) -> Result<IdentityId, StoreError> {
        let id: Uuid = sqlx::query_scalar(
            "INSERT INTO identity (id, channel, network_id, display_name, first_seen_at, last_seen_at) VALUES ($1, $2, $3, $4, $5, $5)
             ON CONFLICT (channel, network_id) DO UPDATE
                SET display_name = excluded.display_name, last_seen_at = greatest(identity.last_seen_at, excluded.last_seen_at)
             RETURNING id",
        )
        .bind(id.uuid())
        .bind(channel.as_str())
        .bind(network_id)
        .bind(display_name)
        .bind(at)
        .fetch_one(&mut *self.conn)
        .await?;
        Ok(id.into())
    }

    /// Makes the row of who is new. Whoever is known stays as they are: nothing was heard of them.
    pub async fn met(
        &mut self,
        id: IdentityId,
        channel: ChannelKind,
        network_id: &str,
        display_name: &str,
        at: DateTime<Utc>,
    ) -> Result<IdentityId, StoreError> {
        let id: Uuid = sqlx::query_scalar(
            "INSERT INTO identity (id, channel, network_id, display_name, first_seen_at, last_seen_at) VALUES ($1, $2, $3, $4, $5, $5)
             ON CONFLICT (channel, network_id) DO UPDATE SET display_name = excluded.display_name RETURNING id",
        )
        .bind(id.uuid())
        .bind(channel.as_str())
        .bind(network_id)
        .bind(display_name)
        .bind(at)
        .fetch_one(&mut *self.conn)
        .await?;
        Ok(id.into())
    }

    /// `None`: unasked notices may be sent again.
    pub async fn set_notices_off(
        &mut self,
        id: IdentityId,
        at: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE identity SET notices_off_at = CASE WHEN $2::timestamptz IS NOT NULL THEN coalesce(notices_off_at, $2) END
             WHERE id = $1 AND (notices_off_at IS NULL) = ($2::timestamptz IS NOT NULL)",
        )
        .bind(id.uuid())
        .bind(at)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    pub async fn set_misses(
        &mut self,
        id: IdentityId,
        misses: &[DateTime<Utc>],
        muted_until: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE identity SET misses = $2, muted_until = $3 WHERE id = $1")
            .bind(id.uuid())
            .bind(misses)
            .bind(muted_until)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// The customer of that name, made if new.
    pub async fn customer(
        &mut self,
        id: CustomerId,
        name: &str,
        now: DateTime<Utc>,
    ) -> Result<CustomerId, StoreError> {
        let id: Uuid = sqlx::query_scalar(
            "INSERT INTO customer (id, name, created_at) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id",
        )
        .bind(id.uuid())
        .bind(name)
        .bind(now)
        .fetch_one(&mut *self.conn)
        .await?;
        Ok(id.into())
    }

    /// Links a panel username. False: it belongs to another customer already, and the owner has to decide.
    pub async fn link_username(
        &mut self,
        panel: PanelId,
        username: &str,
        customer: CustomerId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let owner: Uuid = sqlx::query_scalar(
            "INSERT INTO customer_link (panel_id, username, customer_id, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (panel_id, username) DO UPDATE SET username = excluded.username RETURNING customer_id",
        )
        .bind(panel.uuid())
        .bind(username)
        .bind(customer.uuid())
        .bind(now)
        .fetch_one(&mut *self.conn)
        .await?;
        Ok(owner == customer.uuid())
    }

    /// Links an identity. False: it belongs to another customer already.
    pub async fn link_identity(
        &mut self,
        identity: IdentityId,
        customer: CustomerId,
        proof: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE identity SET customer_id = $2, linked_at = coalesce(linked_at, $4), proof = coalesce(proof, $3)
             WHERE id = $1 AND (customer_id IS NULL OR customer_id = $2)",
        )
        .bind(identity.uuid())
        .bind(customer.uuid())
        .bind(proof)
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    pub async fn links(&mut self, customer: CustomerId) -> Result<Vec<Link>, StoreError> {
        let rows: Vec<(Uuid, String)> = sqlx::query_as(
            "SELECT panel_id, username FROM customer_link WHERE customer_id = $1 ORDER BY panel_id, username",
        )
        .bind(customer.uuid())
        .fetch_all(&mut *self.conn)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(panel, username)| Link {
                panel: panel.into(),
                username,
            })
            .collect())
    }

    /// Panels whose order → customer map names this customer at all.
    pub async fn mapped_panels(&mut self, customer: CustomerId) -> Result<Vec<PanelId>, StoreError> {
        let ids: Vec<Uuid> =
            sqlx::query_scalar("SELECT DISTINCT panel_id FROM order_owner WHERE customer_id = $1")
                .bind(customer.uuid())
                .fetch_all(&mut *self.conn)
                .await?;
        Ok(ids.into_iter().map(PanelId::from_uuid).collect())
    }

    /// The order → customer map for these orders of one panel.
    pub async fn owners(
        &mut self,
        panel: PanelId,
        orders: &[OrderId],
    ) -> Result<Vec<(OrderId, CustomerId)>, StoreError> {
        let ids: Vec<&str> = orders.iter().map(OrderId::as_str).collect();
        let rows: Vec<(String, Uuid)> = sqlx::query_as(
            "SELECT order_id, customer_id FROM order_owner WHERE panel_id = $1 AND order_id = ANY($2)",
        )
        .bind(panel.uuid())
        .bind(ids)
        .fetch_all(&mut *self.conn)
        .await?;
        rows.into_iter()
            .map(|(order, customer)| {
                let order = OrderId::new(order)
                    .map_err(|e| StoreError::unreadable("order_owner.order_id", e.to_string()))?;
                Ok((order, CustomerId::from_uuid(customer)))
            })
            .collect()
    }

    /// Says whose an order is, on a panel that does not tell. The newest word counts.
    pub async fn map_order(
        &mut self,
        panel: PanelId,
        order: &OrderId,
        customer: CustomerId,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO order_owner (panel_id, order_id, customer_id) VALUES ($1, $2, $3)
             ON CONFLICT (panel_id, order_id) DO UPDATE SET customer_id = excluded.customer_id",
        )
        .bind(panel.uuid())
        .bind(order.as_str())
        .bind(customer.uuid())
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    pub async fn list(&mut self) -> Result<Vec<CustomerLine>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT c.name,
                    coalesce((SELECT array_agg(l.username ORDER BY l.username) FROM customer_link l WHERE l.customer_id = c.id), '{}') AS usernames,
                    coalesce((SELECT array_agg(i.channel || ':' || i.network_id ORDER BY i.id) FROM identity i WHERE i.customer_id = c.id), '{}') AS identities
             FROM customer c ORDER BY c.name LIMIT 1000",
        )
        .fetch_all(&mut *self.conn)
        .await?)
    }
}
