//! `GET /api/v1/tenants/{tenant}/requests/{id}`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::requests;
use uuid::Uuid;

use super::view::RequestDetail;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

/// One request from its message to its end, with the reason of each decision.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/requests/{id}", operation_id = "get_request", tag = "requests",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), responses((status = 200, body = RequestDetail)))]
pub async fn get_request(
    _permit: Permit<may::RequestsRead>,
    scope: TenantScope,
    path: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
) -> Result<Json<RequestDetail>, Problem> {
    let Path((_, id)) = path;
    let detail = requests::detail(&app.hub, &scope, id.into())
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(Json(detail.into()))
}
