//! `GET /api/v1/tenants/{tenant}/test-room/examples`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::test_room::examples;

use super::view::Example;
use crate::{App, Json, Permit, Problem, TenantPath, TenantScope, may};

/// All examples, the oldest first.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/test-room/examples", operation_id = "list_examples", tag = "test room",
    security(("session" = [])), params(TenantPath), responses((status = 200, body = Vec<Example>)))]
pub async fn list_examples(
    _permit: Permit<may::TestroomUse>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
) -> Result<Json<Vec<Example>>, Problem> {
    let examples = examples::list(&app.hub, &scope).await?;
    Ok(Json(examples.into_iter().map(Example::from).collect()))
}
