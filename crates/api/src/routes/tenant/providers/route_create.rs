//! `POST /api/v1/tenants/{tenant}/providers/{id}/routes`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_tenant::provider_book::{self, RouteForm};
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::RouteRow;
use crate::{App, Created, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

#[derive(Deserialize, ToSchema)]
pub struct NewRoute {
    /// The provider's group.
    chat: Uuid,
    topic: Option<String>,
    template: Option<String>,
    #[schema(minimum = 1, maximum = 100)]
    piece_size: Option<u32>,
    #[schema(maximum = 60_000)]
    join_ms: Option<u32>,
}

/// Lead a provider's requests to a group. The group becomes the provider's: nobody is answered there any more.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/providers/{id}/routes", operation_id = "create_route", tag = "providers",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), request_body = NewRoute,
    responses((status = 201, body = RouteRow)))]
pub async fn create_route(
    permit: Permit<may::ProvidersManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
    Json(input): Json<NewRoute>,
) -> Result<Created<RouteRow>, Problem> {
    let form = RouteForm {
        topic: input.topic.as_deref(),
        template: input.template.as_deref(),
        piece_size: input.piece_size,
        join_ms: input.join_ms,
    };
    let actor = permit.actor();
    let row = provider_book::add_route(
        &app.hub,
        &scope,
        actor.as_str(),
        ids.0.1.into(),
        input.chat.into(),
        &form,
    )
    .await?;
    Ok(Created(row.into()))
}
