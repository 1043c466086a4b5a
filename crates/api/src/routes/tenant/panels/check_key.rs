//! `POST /api/v1/tenants/{tenant}/panels/check`

use std::sync::Arc;

use axum::extract::State;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use switchboard_tenant::panels;
use utoipa::ToSchema;

use super::view::sentence;
use crate::{
    App, Json, Permit, Problem, TenantPath, TenantScope, may,
    routes::key_report::{KeyReport, PanelKind},
};

/// A key that is not stored yet.
#[derive(Deserialize, ToSchema)]
pub struct KeyToCheck {
    url: String,
    kind: Option<PanelKind>,
    #[schema(value_type = String)]
    key: SecretString,
}

/// Test a key without storing anything. A broken panel is a report, not an error.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/panels/check", operation_id = "check_panel_key", tag = "panels",
    security(("session" = [])), params(TenantPath), request_body = KeyToCheck,
    responses((status = 200, body = KeyReport)))]
pub async fn check_panel_key(
    _permit: Permit<may::PanelsManage>,
    _scope: TenantScope,
    State(app): State<Arc<App>>,
    Json(input): Json<KeyToCheck>,
) -> Result<Json<KeyReport>, Problem> {
    if input.key.expose_secret().trim().is_empty() {
        return Err(Problem::field("key", "required", "Paste the panel's key."));
    }
    let key = SecretString::from(input.key.expose_secret().trim());
    let report = panels::report(&app.hub, &input.url, input.kind.map(Into::into), &key)
        .await
        .map_err(|bad| Problem::field("url", "not-an-address", sentence(&bad.to_string())))?;
    Ok(Json(report.into()))
}
