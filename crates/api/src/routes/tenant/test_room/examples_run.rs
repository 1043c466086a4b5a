//! `POST /api/v1/tenants/{tenant}/test-room/examples/run`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_tenant::test_room::examples;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::ExampleResult;
use crate::{App, Json, Permit, Problem, TenantPath, TenantScope, may};

#[derive(Deserialize, ToSchema)]
pub struct ExamplesToRun {
    /// Absent: all.
    ids: Option<Vec<Uuid>>,
}

/// Play examples again and compare the replies.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/test-room/examples/run", operation_id = "run_examples", tag = "test room",
    security(("session" = [])), params(TenantPath), request_body = ExamplesToRun,
    responses((status = 200, body = Vec<ExampleResult>)))]
pub async fn run_examples(
    _permit: Permit<may::TestroomUse>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
    Json(input): Json<ExamplesToRun>,
) -> Result<Json<Vec<ExampleResult>>, Problem> {
    let results = examples::run(&app.hub, &scope, input.ids.as_deref()).await?;
    Ok(Json(results.into_iter().map(ExampleResult::from).collect()))
}
