//! `GET /api/v1/tenants/{tenant}/customers`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_tenant::customer_book;
use utoipa::IntoParams;

use super::view::CustomerRow;
use crate::{App, Json, Page, PageQuery, Permit, Problem, Query, TenantPath, TenantScope, may};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CustomerFilter {
    /// Part of a name or a panel username, or a network's id.
    pub q: Option<String>,
}

/// Customers by name.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/customers", operation_id = "list_customers", tag = "customers",
    security(("session" = [])), params(TenantPath, PageQuery, CustomerFilter),
    responses((status = 200, body = Page<CustomerRow>)))]
pub async fn list_customers(
    _permit: Permit<may::CustomersRead>,
    scope: TenantScope,
    page: Query<PageQuery>,
    filter: Query<CustomerFilter>,
    State(app): State<Arc<App>>,
) -> Result<Json<Page<CustomerRow>>, Problem> {
    let q = filter.0.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    let after = page.0.after()?;
    let rows = customer_book::list(&app.hub, &scope, q, after.as_ref(), page.0.fetch()).await?;
    Ok(Json(page.0.page(
        rows,
        |row| (row.name.clone(), row.id.uuid()),
        CustomerRow::from,
    )))
}
