//! `GET /api/v1/setup/{token}`

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{App, ClientIp, Json, Path, Problem, permit::LocalConsole};

#[derive(Debug, Serialize, ToSchema)]
pub struct SetupLink {
    pub valid: bool,
}

/// Whether a one-time link still makes the master admin.
#[utoipa::path(get, path = "/api/v1/setup/{token}", operation_id = "get_setup_link", tag = "auth",
    params(("token" = String, Path)), responses((status = 200, body = SetupLink)))]
pub async fn get_setup_link(
    _local: LocalConsole,
    ip: ClientIp,
    Path(token): Path<String>,
    State(app): State<Arc<App>>,
) -> Result<Json<SetupLink>, Problem> {
    app.limits.login(ip, "setup link")?;
    let valid = app.accounts.setup_link_is_valid(&token).await?;
    Ok(Json(SetupLink { valid }))
}
