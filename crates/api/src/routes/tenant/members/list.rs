//! `GET /api/v1/tenants/{tenant}/members`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::requests;

use crate::{
    App, Json, Permit, Problem, TenantPath, TenantScope, may, routes::tenant::requests::view::AccountRef,
};

/// Who works here, by name.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/members", operation_id = "list_members", tag = "members",
    security(("session" = [])), params(TenantPath), responses((status = 200, body = Vec<AccountRef>)))]
pub async fn list_members(
    _permit: Permit<may::HomeRead>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
) -> Result<Json<Vec<AccountRef>>, Problem> {
    let members = requests::members(&app.hub, &scope).await?;
    Ok(Json(members.into_iter().map(AccountRef::from).collect()))
}
