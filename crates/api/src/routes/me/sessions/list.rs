//! `GET /api/v1/me/sessions`

use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{App, Json, Permit, Problem, may};

/// A browser that is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    pub id: Uuid,
    /// The one that asks.
    pub current: bool,
    pub created_at: DateTime<Utc>,
    /// To the minute.
    pub last_seen_at: DateTime<Utc>,
    pub ip: String,
    pub agent: String,
}

/// Where one is signed in.
#[utoipa::path(get, path = "/api/v1/me/sessions", operation_id = "list_sessions", tag = "me", security(("session" = [])),
    responses((status = 200, body = Vec<Session>)))]
pub async fn list_sessions(
    permit: Permit<may::AccountSelf>,
    State(app): State<Arc<App>>,
) -> Result<Json<Vec<Session>>, Problem> {
    let current = permit.caller().who().session().uuid();
    let rows = app.accounts.sessions(permit.user()).await?;
    let view = rows.into_iter().map(|row| Session {
        id: row.id,
        current: row.id == current,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        ip: row.ip.addr().to_string(),
        agent: row.agent,
    });
    Ok(Json(view.collect()))
}
