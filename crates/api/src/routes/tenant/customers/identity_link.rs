//! `POST /api/v1/tenants/{tenant}/identities/{id}/link`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_tenant::customer_book;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::IdentityRow;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

#[derive(Deserialize, ToSchema)]
pub struct LinkTo {
    customer: Uuid,
}

/// Say whose a sender is; the owner vouches for it. 409 `wrong-state` while they are another customer's.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/identities/{id}/link", operation_id = "link_identity", tag = "customers",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), request_body = LinkTo,
    responses((status = 200, body = IdentityRow)))]
pub async fn link_identity(
    permit: Permit<may::CustomersManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
    Json(input): Json<LinkTo>,
) -> Result<Json<IdentityRow>, Problem> {
    let actor = permit.actor();
    let (identity, customer) = (ids.0.1.into(), input.customer.into());
    let row = customer_book::link_identity(&app.hub, &scope, actor.as_str(), identity, customer).await?;
    Ok(Json(row.into()))
}
