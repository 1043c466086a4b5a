//! `GET /api/v1/me`

use std::sync::Arc;

use axum::extract::State;

use super::view::Me;
use crate::{App, Json, Permit, Problem, may};

/// Who I am, where I belong, and what I may do there.
#[utoipa::path(get, path = "/api/v1/me", operation_id = "get_me", tag = "me", security(("session" = [])),
    responses((status = 200, body = Me)))]
pub async fn get_me(
    permit: Permit<may::AccountSelf>,
    State(app): State<Arc<App>>,
) -> Result<Json<Me>, Problem> {
    Me::of(&app, permit.caller().who()).await.map(Json)
}
