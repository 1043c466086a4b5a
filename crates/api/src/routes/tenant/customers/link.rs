//! `POST /api/v1/tenants/{tenant}/customers/{id}/links`

use std::sync::Arc;

use axum::extract::State;
use switchboard_tenant::customer_book;
use uuid::Uuid;

use super::{
    create::NewLink,
    view::{CustomerRow, of_one_link},
};
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

/// Say that a panel username is this customer's.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/customers/{id}/links", operation_id = "link_username", tag = "customers",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), request_body = NewLink,
    responses((status = 200, body = CustomerRow)))]
pub async fn link_username(
    permit: Permit<may::CustomersManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
    Json(input): Json<NewLink>,
) -> Result<Json<CustomerRow>, Problem> {
    let actor = permit.actor();
    let (customer, panel) = (ids.0.1.into(), input.panel.into());
    let row =
        customer_book::link_username(&app.hub, &scope, actor.as_str(), customer, panel, &input.username)
            .await
            .map_err(of_one_link)?;
    Ok(Json(row.into()))
}
