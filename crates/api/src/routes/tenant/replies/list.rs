//! `GET /api/v1/tenants/{tenant}/replies`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::replies;

use super::view::{ReplyLanguage, ReplyText};
use crate::{App, Json, Permit, Problem, Query, TenantPath, TenantScope, may};

/// Every text in one language, with what counts now.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/replies", operation_id = "list_replies", tag = "replies",
    security(("session" = [])), params(TenantPath, ReplyLanguage), responses((status = 200, body = Vec<ReplyText>)))]
pub async fn list_replies(
    _permit: Permit<may::RepliesRead>,
    scope: TenantScope,
    Query(language): Query<ReplyLanguage>,
    State(app): State<Arc<App>>,
) -> Result<Json<Vec<ReplyText>>, Problem> {
    let texts = replies::list(&app.hub, &scope, language.lang()).await?;
    Ok(Json(texts.into_iter().map(ReplyText::from).collect()))
}
