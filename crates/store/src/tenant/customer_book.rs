//! Customers as their owner keeps them: rows with links and identities, edits, and whole lists from a file.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use switchboard_domain::id::{CustomerId, IdentityId, PanelId};
use uuid::Uuid;

use super::repository;
use crate::error::StoreError;

#[derive(Debug, Clone, FromRow)]
pub struct CustomerEntry {
    pub id: Uuid,
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub open_requests: i64,
}

#[derive(Debug, Clone, FromRow)]
pub struct LinkEntry {
    pub customer_id: Uuid,
    pub panel_id: Uuid,
    pub panel_name: String,
    pub username: String,
}

#[derive(Debug, Clone, FromRow)]
pub struct IdentityEntry {
    pub id: Uuid,
    pub channel: String,
    pub network_id: String,
    pub display_name: String,
    pub customer_id: Option<Uuid>,
    pub customer_name: Option<String>,
    pub proof: Option<String>,
    pub linked_at: Option<DateTime<Utc>>,
    pub last_seen_at: DateTime<Utc>,
    pub misses: i32,
    pub muted_until: Option<DateTime<Utc>>,
}

/// Which identities a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct IdentityFilter<'a> {
    pub unlinked: bool,
    pub q: Option<&'a str>,
    pub after: Option<(DateTime<Utc>, Uuid)>,
    pub limit: i64,
}

/// A row of an import, as pairs of columns.
#[derive(Debug, Clone, Default)]
pub struct ImportRows {
    pub customers: Vec<(Uuid, String)>,
    pub renames: Vec<(Uuid, String)>,
    /// Panel, username, customer.
    pub links: Vec<(Uuid, String, Uuid)>,
    /// Fresh id, Telegram id, customer.
    pub telegram: Vec<(Uuid, String, Uuid)>,
    /// Panel, order, customer.
    pub orders: Vec<(Uuid, String, Uuid)>,
}

repository!(CustomerBook);

macro_rules! customers {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.name, c.created_at,
                    (SELECT count(*) FROM request r WHERE r.customer_id = c.id AND r.closed_at IS NULL) AS open_requests
             FROM customer c WHERE ",
            $rest
        )
    };
}

macro_rules! identities {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.channel, i.network_id, i.display_name, i.customer_id, c.name AS customer_name, i.proof, i.linked_at,
                    i.last_seen_at, cardinality(i.misses) AS misses, i.muted_until
             FROM identity i LEFT JOIN customer c ON c.id = i.customer_id WHERE ",
            $rest
        )
    };
}

impl CustomerBook<'_> {
    /// By name. `q` is part of a name, a panel username, or what the network shows of them.
    pub async fn list(
        &mut self,
        q: Option<&str>,
        after: Option<&(String, Uuid)>,
        limit: i64,
    ) -> Result<Vec<CustomerEntry>, StoreError> {
        Ok(sqlx::query_as(customers!(
            "($1::text IS NULL OR strpos(lower(c.name), lower($1)) > 0
              OR EXISTS (SELECT FROM customer_link l WHERE l.customer_id = c.id AND strpos(lower(l.username), lower($1)) > 0)
              OR EXISTS (SELECT FROM identity i WHERE i.customer_id = c.id
                         AND (i.network_id = $1 OR strpos(lower(i.display_name), lower($1)) > 0)))
             AND ($2::text IS NULL OR (c.name, c.id) > ($2, $3)) ORDER BY c.name, c.id LIMIT $4"
        ))
        .bind(q)
        .bind(after.map(|(name, _)| name.as_str()))
        .bind(after.map(|(_, id)| *id))
        .bind(limit)
        .fetch_all(&mut *self.conn)
        .await?)
    }

    pub async fn find(&mut self, id: CustomerId) -> Result<Option<CustomerEntry>, StoreError> {
        Ok(sqlx::query_as(customers!("c.id = $1"))
            .bind(id.uuid())
            .fetch_optional(&mut *self.conn)
            .await?)
    }

    pub async fn links(&mut self, customers: &[Uuid]) -> Result<Vec<LinkEntry>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT l.customer_id, l.panel_id, p.name AS panel_name, l.username
             FROM customer_link l JOIN panel p ON p.id = l.panel_id WHERE l.customer_id = ANY($1) ORDER BY p.name, l.username",
        )
        .bind(customers)
        .fetch_all(&mut *self.conn)
        .await?)
    }

    pub async fn identities_of(&mut self, customers: &[Uuid]) -> Result<Vec<IdentityEntry>, StoreError> {
        Ok(sqlx::query_as(identities!(
            "i.customer_id = ANY($1) ORDER BY i.last_seen_at DESC, i.id"
        ))
        .bind(customers)
        .fetch_all(&mut *self.conn)
        .await?)
    }

    /// Those who wrote last come first.
    pub async fn identities(
        &mut self,
        filter: &IdentityFilter<'_>,
    ) -> Result<Vec<IdentityEntry>, StoreError> {
        Ok(sqlx::query_as(identities!(
            "(NOT $1 OR i.customer_id IS NULL)
             AND ($2::text IS NULL OR i.network_id = $2 OR strpos(lower(i.display_name), lower($2)) > 0 OR strpos(lower(c.name), lower($2)) > 0)
             AND ($3::timestamptz IS NULL OR (i.last_seen_at, i.id) < ($3, $4)) ORDER BY i.last_seen_at DESC, i.id DESC LIMIT $5"
        ))
        .bind(filter.unlinked)
        .bind(filter.q)
        .bind(filter.after.map(|(at, _)| at))
        .bind(filter.after.map(|(_, id)| id))
        .bind(filter.limit)
        .fetch_all(&mut *self.conn)
        .await?)
    }

    pub async fn identity(&mut self, id: IdentityId) -> Result<Option<IdentityEntry>, StoreError> {
        Ok(sqlx::query_as(identities!("i.id = $1"))
            .bind(id.uuid())
            .fetch_optional(&mut *self.conn)
            .await?)
    }

    pub async fn insert(&mut self, id: CustomerId, name: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO customer (id, name, created_at) VALUES ($1, $2, $3)")
            .bind(id.uuid())
            .bind(name)
            .bind(now)
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    pub async fn rename(&mut self, id: CustomerId, name: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE customer SET name = $2 WHERE id = $1")
            .bind(id.uuid())
            .bind(name)
            .execute(&mut *self.conn)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Takes a customer away: what they wrote from is nobody's again, and history no longer names them.
    pub async fn remove(&mut self, id: CustomerId) -> Result<bool, StoreError> {
        for statement in [
            "UPDATE identity SET customer_id = NULL, linked_at = NULL, proof = NULL WHERE customer_id = $1",
            "DELETE FROM customer_link WHERE customer_id = $1",
            "DELETE FROM order_owner WHERE customer_id = $1",
            "UPDATE request SET customer_id = NULL WHERE customer_id = $1",
        ] {
            sqlx::query(statement)
                .bind(id.uuid())
                .execute(&mut *self.conn)
                .await?;
        }
        let done = sqlx::query("DELETE FROM customer WHERE id = $1")
            .bind(id.uuid())
            .execute(&mut *self.conn)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    pub async fn unlink_username(
        &mut self,
        id: CustomerId,
        panel: PanelId,
        username: &str,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "DELETE FROM customer_link WHERE customer_id = $1 AND panel_id = $2 AND username = $3",
        )
        .bind(id.uuid())
        .bind(panel.uuid())
        .bind(username)
        .execute(&mut *self.conn)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    pub async fn unlink_identity(&mut self, id: IdentityId) -> Result<(), StoreError> {
        sqlx::query("UPDATE identity SET customer_id = NULL, linked_at = NULL, proof = NULL WHERE id = $1")
            .bind(id.uuid())
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// Lets a muted sender be heard again, from a clean sheet.
    pub async fn unmute(&mut self, id: IdentityId) -> Result<(), StoreError> {
        sqlx::query("UPDATE identity SET muted_until = NULL, misses = '{}' WHERE id = $1")
            .bind(id.uuid())
            .execute(&mut *self.conn)
            .await?;
        Ok(())
    }

    /// Whose a panel username is.
    pub async fn owner_of(&mut self, panel: PanelId, username: &str) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT c.name FROM customer_link l JOIN customer c ON c.id = l.customer_id WHERE l.panel_id = $1 AND l.username = $2",
        )
        .bind(panel.uuid())
        .bind(username)
        .fetch_optional(&mut *self.conn)
        .await?)
    }

    // ── Whole lists ──────────────────────────────────────────────────────────────────────────────────────────────────

    pub async fn all_customers(&mut self) -> Result<Vec<(Uuid, String)>, StoreError> {
        Ok(sqlx::query_as("SELECT id, name FROM customer ORDER BY name, id")
            .fetch_all(&mut *self.conn)
            .await?)
    }

    /// Panel, username, customer.
    pub async fn all_links(&mut self) -> Result<Vec<(Uuid, String, Uuid)>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT panel_id, username, customer_id FROM customer_link ORDER BY panel_id, username",
        )
        .fetch_all(&mut *self.conn)
        .await?)
    }

    /// Telegram's ids that are linked, with their customers.
    pub async fn telegram_ids(&mut self) -> Result<Vec<(String, Uuid)>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT network_id, customer_id FROM identity WHERE channel = 'telegram_bot' AND customer_id IS NOT NULL ORDER BY network_id",
        )
        .fetch_all(&mut *self.conn)
        .await?)
    }

    /// Whose these orders are: panel, order, customer.
    pub async fn order_owners(
        &mut self,
        panels: &[Uuid],
        orders: &[String],
    ) -> Result<Vec<(Uuid, String, Uuid)>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT o.panel_id, o.order_id, o.customer_id FROM order_owner o
             JOIN unnest($1::uuid[], $2::text[]) AS asked(panel_id, order_id) USING (panel_id, order_id)",
        )
        .bind(panels)
        .bind(orders)
        .fetch_all(&mut *self.conn)
        .await?)
    }

    /// Writes a whole import. False: somebody changed the same rows meanwhile, and nothing may be committed.
    pub async fn import(&mut self, rows: &ImportRows, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let (ids, names): (Vec<Uuid>, Vec<&str>) = rows
            .customers
            .iter()
            .map(|(id, name)| (*id, name.as_str()))
            .unzip();
        let done = sqlx::query(
            "INSERT INTO customer (id, name, created_at) SELECT id, name, $3 FROM unnest($1::uuid[], $2::text[]) AS new(id, name)
             ON CONFLICT DO NOTHING",
        )
        .bind(&ids)
        .bind(&names)
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        let mut whole = wrote(done.rows_affected(), ids.len());

        let (ids, names): (Vec<Uuid>, Vec<&str>) =
            rows.renames.iter().map(|(id, name)| (*id, name.as_str())).unzip();
        let done = sqlx::query(
            "UPDATE customer c SET name = new.name FROM unnest($1::uuid[], $2::text[]) AS new(id, name) WHERE c.id = new.id",
        )
        .bind(&ids)
        .bind(&names)
        .execute(&mut *self.conn)
        .await?;
        whole &= wrote(done.rows_affected(), ids.len());

        let (panels, usernames, customers) = columns(&rows.links);
        let done = sqlx::query(
            "INSERT INTO customer_link (panel_id, username, customer_id, created_at)
             SELECT panel_id, username, customer_id, $4 FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS new(panel_id, username, customer_id)
             ON CONFLICT DO NOTHING",
        )
        .bind(&panels)
        .bind(&usernames)
        .bind(&customers)
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        whole &= wrote(done.rows_affected(), panels.len());

        let (ids, network_ids, customers) = columns(&rows.telegram);
        let done = sqlx::query(
            "INSERT INTO identity (id, channel, network_id, customer_id, linked_at, proof, first_seen_at, last_seen_at)
             SELECT id, 'telegram_bot', network_id, customer_id, $4, 'import', $4, $4
             FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS new(id, network_id, customer_id)
             ON CONFLICT (channel, network_id) DO UPDATE
                SET customer_id = excluded.customer_id, linked_at = excluded.linked_at, proof = excluded.proof
                WHERE identity.customer_id IS NULL",
        )
        .bind(&ids)
        .bind(&network_ids)
        .bind(&customers)
        .bind(now)
        .execute(&mut *self.conn)
        .await?;
        whole &= wrote(done.rows_affected(), ids.len());

        let (panels, orders, customers) = columns(&rows.orders);
        sqlx::query(
            "INSERT INTO order_owner (panel_id, order_id, customer_id)
             SELECT panel_id, order_id, customer_id FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS new(panel_id, order_id, customer_id)
             ON CONFLICT (panel_id, order_id) DO UPDATE SET customer_id = excluded.customer_id",
        )
        .bind(&panels)
        .bind(&orders)
        .bind(&customers)
        .execute(&mut *self.conn)
        .await?;
        Ok(whole)
    }

    /// For the export: customer, panel, username; every customer has at least one row.
    pub async fn export_links(
        &mut self,
    ) -> Result<Vec<(String, Option<String>, Option<String>)>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT c.name, p.name, l.username FROM customer c LEFT JOIN customer_link l ON l.customer_id = c.id
                    LEFT JOIN panel p ON p.id = l.panel_id ORDER BY c.name, p.name, l.username",
        )
        .fetch_all(&mut *self.conn)
        .await?)
    }

    /// For the export: customer, Telegram id.
    pub async fn export_telegram(&mut self) -> Result<Vec<(String, String)>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT c.name, i.network_id FROM identity i JOIN customer c ON c.id = i.customer_id
             WHERE i.channel = 'telegram_bot' ORDER BY c.name, i.network_id",
        )
        .fetch_all(&mut *self.conn)
        .await?)
    }
}

fn wrote(rows: u64, expected: usize) -> bool {
    usize::try_from(rows).is_ok_and(|rows| rows == expected)
}

fn columns(rows: &[(Uuid, String, Uuid)]) -> (Vec<Uuid>, Vec<&str>, Vec<Uuid>) {
    let mut columns = (Vec::new(), Vec::new(), Vec::new());
    for (first, text, last) in rows {
        columns.0.push(*first);
        columns.1.push(text.as_str());
        columns.2.push(*last);
    }
    columns
}
