//! `POST /api/v1/admin/users/{id}/suspend`

use std::sync::Arc;

use axum::extract::State;
use switchboard_platform::users::{self, Change};
use uuid::Uuid;

use super::view::{AdminUser, Reason};
use crate::{App, Json, Path, Permit, Problem, may};

/// Stop a user and everything that their workspaces do, within a second.
#[utoipa::path(post, path = "/api/v1/admin/users/{id}/suspend", operation_id = "suspend_user", tag = "admin", security(("session" = [])),
    params(("id" = Uuid, Path)), request_body = Reason, responses((status = 200, body = AdminUser)))]
pub async fn suspend_user(
    permit: Permit<may::UsersManage>,
    Path(id): Path<Uuid>,
    State(app): State<Arc<App>>,
    Json(input): Json<Reason>,
) -> Result<Json<AdminUser>, Problem> {
    let user = users::change(
        &app.db,
        &permit.actor(),
        id.into(),
        Change::Suspend,
        &input.reason,
    )
    .await?;
    Ok(Json(user.into()))
}
