//! Connected panels. Keys are sealed; opening is the caller's, with the tenant's key.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::FromRow;
use switchboard_domain::id::PanelId;
use uuid::Uuid;

use super::repository;
use crate::{
    error::StoreError,
    vault::{PanelApiKey, Sealed},
};

#[derive(Clone, FromRow)]
pub struct Panel {
    pub id: Uuid,
    pub kind: String,
    pub name: String,
    pub base_url: String,
    pub secret: Sealed<PanelApiKey>,
    pub abilities: Value,
    pub min_gap_ms: i32,
    pub time_zone: String,
    pub version: i32,
    pub created_at: DateTime<Utc>,
}

repository!(Panels);

impl Panels<'_> {
    pub async fn insert(&mut self, panel: &Panel) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO panel (id, kind, name, base_url, secret, abilities, min_gap_ms, time_zone, version, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(panel.id)
        .bind(&panel.kind)
        .bind(&panel.name)
        .bind(&panel.base_url)
        .bind(&panel.secret)
        .bind(&panel.abilities)
        .bind(panel.min_gap_ms)
        .bind(&panel.time_zone)
        .bind(panel.version)
        .bind(panel.created_at)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    /// Another kind than was thought: its desk is opened anew.
    pub async fn set_kind(&mut self, id: PanelId, kind: &str, abilities: &Value) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE panel SET kind = $2, abilities = $3, version = version + 1 WHERE id = $1 AND kind <> $2",
        )
        .bind(id.uuid())
        .bind(kind)
        .bind(abilities)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    pub async fn list(&mut self) -> Result<Vec<Panel>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT id, kind, name, base_url, secret, abilities, min_gap_ms, time_zone, version, created_at
             FROM panel WHERE removed_at IS NULL ORDER BY created_at, id",
        )
        .fetch_all(&mut *self.conn)
        .await?)
    }

    pub async fn find(&mut self, id: PanelId) -> Result<Option<Panel>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT id, kind, name, base_url, secret, abilities, min_gap_ms, time_zone, version, created_at FROM panel WHERE id = $1 AND removed_at IS NULL",
        )
        .bind(id.uuid())
        .fetch_optional(&mut *self.conn)
        .await?)
    }

    pub async fn find_by_name(&mut self, name: &str) -> Result<Option<Panel>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT id, kind, name, base_url, secret, abilities, min_gap_ms, time_zone, version, created_at FROM panel WHERE name = $1 AND removed_at IS NULL",
        )
        .bind(name)
        .fetch_optional(&mut *self.conn)
        .await?)
    }
}
