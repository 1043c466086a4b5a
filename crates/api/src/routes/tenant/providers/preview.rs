//! `POST /api/v1/tenants/{tenant}/providers/preview`

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use switchboard_tenant::provider_book;
use utoipa::ToSchema;

use crate::{App, Json, Permit, Problem, TenantPath, TenantScope, may};

#[derive(Deserialize, ToSchema)]
pub struct TemplateToPreview {
    /// With `{ids}`, `{command}` and `{panel}`; `null`: ours.
    template: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct TemplatePreview {
    pub text: String,
}

/// What two refills would look like under a template.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/providers/preview", operation_id = "preview_forward", tag = "providers",
    security(("session" = [])), params(TenantPath), request_body = TemplateToPreview,
    responses((status = 200, body = TemplatePreview)))]
pub async fn preview_forward(
    _permit: Permit<may::ProvidersRead>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
    Json(input): Json<TemplateToPreview>,
) -> Result<Json<TemplatePreview>, Problem> {
    let text = provider_book::preview(&app.hub, &scope, input.template.as_deref()).await?;
    Ok(Json(TemplatePreview { text }))
}
