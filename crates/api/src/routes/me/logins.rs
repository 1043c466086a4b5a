//! `GET /api/v1/me/logins`

use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use switchboard_store::platform::logins::LoginRow;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::words::LoginOutcome;
use crate::{App, Json, Page, PageQuery, Permit, Problem, Query, may};

/// One attempt to sign in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LoginEvent {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub ip: String,
    /// What the browser says that it is.
    pub agent: String,
    #[schema(value_type = LoginOutcome)]
    pub outcome: String,
}

impl From<LoginRow> for LoginEvent {
    fn from(row: LoginRow) -> Self {
        Self {
            id: row.id,
            at: row.at,
            ip: row.ip.addr().to_string(),
            agent: row.agent,
            outcome: row.outcome,
        }
    }
}

/// Every attempt to sign in to one's account, newest first.
#[utoipa::path(get, path = "/api/v1/me/logins", operation_id = "list_logins", tag = "me", security(("session" = [])),
    params(PageQuery), responses((status = 200, body = Page<LoginEvent>)))]
pub async fn list_logins(
    permit: Permit<may::AccountSelf>,
    Query(page): Query<PageQuery>,
    State(app): State<Arc<App>>,
) -> Result<Json<Page<LoginEvent>>, Problem> {
    let after = page.after::<(DateTime<Utc>, Uuid)>()?;
    let rows = app.accounts.logins(permit.user(), after, page.fetch()).await?;
    Ok(Json(page.page(rows, |row| (row.at, row.id), LoginEvent::from)))
}
