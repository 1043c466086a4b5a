//! `PATCH /api/v1/tenants/{tenant}/providers/{id}/routes/{route}`

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Deserializer};
use switchboard_tenant::provider_book::{self, RouteEdit};
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::RouteRow;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

/// What may be changed. Absent: stays.
#[derive(Deserialize, ToSchema)]
pub struct EditRoute {
    /// `null`: ours again.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    template: Option<Option<String>>,
    #[schema(minimum = 1, maximum = 100)]
    piece_size: Option<u32>,
    #[schema(maximum = 60_000)]
    join_ms: Option<u32>,
}

/// Tells `null` from absent.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Change how requests are written on a route.
#[utoipa::path(patch, path = "/api/v1/tenants/{tenant}/providers/{id}/routes/{route}", operation_id = "update_route", tag = "providers",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path), ("route" = Uuid, Path)), request_body = EditRoute,
    responses((status = 200, body = RouteRow)))]
pub async fn update_route(
    permit: Permit<may::ProvidersManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid, Uuid)>,
    State(app): State<Arc<App>>,
    Json(input): Json<EditRoute>,
) -> Result<Json<RouteRow>, Problem> {
    let edit = RouteEdit {
        template: input.template.as_ref().map(Option::as_deref),
        piece_size: input.piece_size,
        join_ms: input.join_ms,
    };
    let actor = permit.actor();
    let row =
        provider_book::edit_route(&app.hub, &scope, actor.as_str(), ids.0.1.into(), ids.0.2, &edit).await?;
    Ok(Json(row.into()))
}
