//! `POST /api/v1/tenants/{tenant}/test-room/examples`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_tenant::test_room::examples::{self, NewExample as New};
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::{Example, PlayedIn};
use crate::{App, Created, Json, Permit, Problem, TenantPath, TenantScope, may};

#[derive(Deserialize, ToSchema)]
pub struct NewExample {
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    #[schema(min_length = 1, max_length = 4096)]
    text: String,
    customer: Option<Uuid>,
    kind: PlayedIn,
    expect_replies: Vec<String>,
}

/// Keep a message with its replies, to be played again after a change.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/test-room/examples", operation_id = "create_example", tag = "test room",
    security(("session" = [])), params(TenantPath), request_body = NewExample,
    responses((status = 201, body = Example)))]
pub async fn create_example(
    permit: Permit<may::TestroomUse>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
    Json(input): Json<NewExample>,
) -> Result<Created<Example>, Problem> {
    let new = New {
        name: &input.name,
        text: &input.text,
        customer: input.customer.map(Into::into),
        kind: input.kind.into(),
        expect_replies: input.expect_replies,
    };
    let example = examples::add(&app.hub, &scope, permit.actor().as_str(), new).await?;
    Ok(Created(example.into()))
}
