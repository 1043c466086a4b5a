//! `GET /api/v1/admin/users/{id}`

use std::sync::Arc;

use axum::extract::State;
use switchboard_platform::users;
use uuid::Uuid;

use super::view::AdminUserDetail;
use crate::{App, Json, Path, Permit, Problem, may};

/// One user, with their latest attempts to sign in and what was done to them.
#[utoipa::path(get, path = "/api/v1/admin/users/{id}", operation_id = "get_user", tag = "admin", security(("session" = [])),
    params(("id" = Uuid, Path)), responses((status = 200, body = AdminUserDetail)))]
pub async fn get_user(
    _permit: Permit<may::UsersRead>,
    Path(id): Path<Uuid>,
    State(app): State<Arc<App>>,
) -> Result<Json<AdminUserDetail>, Problem> {
    Ok(Json(users::get(&app.db, id.into()).await?.into()))
}
