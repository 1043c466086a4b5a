//! `POST /api/v1/tenants/{tenant}/customers/import`

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use switchboard_tenant::customer_book;
use utoipa::ToSchema;

use crate::{App, Json, Permit, Problem, TenantPath, TenantScope, may};

#[derive(Deserialize, ToSchema)]
pub struct ImportCustomers {
    csv: String,
    /// Of the preview.
    digest: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ImportDone {
    pub added: usize,
    pub changed: usize,
    pub same: usize,
    pub rejected: usize,
}

/// Save what the preview showed, all or nothing. 409 `changed` when it would do something else by now.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/customers/import", operation_id = "import_customers",
    tag = "customers", security(("session" = [])), params(TenantPath), request_body = ImportCustomers,
    responses((status = 200, body = ImportDone)))]
pub async fn import_customers(
    permit: Permit<may::CustomersManage>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
    Json(input): Json<ImportCustomers>,
) -> Result<Json<ImportDone>, Problem> {
    let actor = permit.actor();
    let done = customer_book::import(&app.hub, &scope, actor.as_str(), &input.csv, &input.digest).await?;
    Ok(Json(ImportDone {
        added: done.added,
        changed: done.changed,
        same: done.same,
        rejected: done.rejected,
    }))
}
