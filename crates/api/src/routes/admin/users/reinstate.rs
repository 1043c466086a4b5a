//! `POST /api/v1/admin/users/{id}/reinstate`

use std::sync::Arc;

use axum::extract::State;
use switchboard_platform::users::{self, Change};
use uuid::Uuid;

use super::view::{AdminUser, Reason};
use crate::{App, Json, Path, Permit, Problem, may};

/// Let a user in again, and their workspaces go on.
#[utoipa::path(post, path = "/api/v1/admin/users/{id}/reinstate", operation_id = "reinstate_user", tag = "admin", security(("session" = [])),
    params(("id" = Uuid, Path)), request_body = Reason, responses((status = 200, body = AdminUser)))]
pub async fn reinstate_user(
    permit: Permit<may::UsersManage>,
    Path(id): Path<Uuid>,
    State(app): State<Arc<App>>,
    Json(input): Json<Reason>,
) -> Result<Json<AdminUser>, Problem> {
    let user = users::change(
        &app.db,
        &permit.actor(),
        id.into(),
        Change::Reinstate,
        &input.reason,
    )
    .await?;
    Ok(Json(user.into()))
}
