//! `GET /api/v1/tenants/{tenant}/bind-codes/{code}`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::bind;
use uuid::Uuid;

use super::view::BindCode;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

/// What became of a code. It is forgotten a day after something last happened to it.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/bind-codes/{code}", operation_id = "get_bind_code", tag = "channels",
    security(("session" = [])), params(TenantPath, ("code" = String, Path)), responses((status = 200, body = BindCode)))]
pub async fn get_bind_code(
    _permit: Permit<may::ChannelsManage>,
    scope: TenantScope,
    ids: Path<(Uuid, String)>,
    State(app): State<Arc<App>>,
) -> Result<Json<BindCode>, Problem> {
    let code = bind::find(&app.hub, &scope, &ids.0.1)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(Json(code.into()))
}
