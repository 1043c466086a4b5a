//! `GET /api/v1/tenants/{tenant}/identities`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_store::tenant::customer_book::IdentityFilter;
use switchboard_tenant::customer_book;
use utoipa::IntoParams;

use super::view::IdentityRow;
use crate::{App, Json, Page, PageQuery, Permit, Problem, Query, TenantPath, TenantScope, may};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SenderFilter {
    /// Only those who are linked to nobody.
    pub unlinked: Option<bool>,
    /// Part of what the network shows of them or of their customer's name, or their id.
    pub q: Option<String>,
}

/// Senders, those who wrote last first.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/identities", operation_id = "list_identities", tag = "customers",
    security(("session" = [])), params(TenantPath, PageQuery, SenderFilter),
    responses((status = 200, body = Page<IdentityRow>)))]
pub async fn list_identities(
    _permit: Permit<may::CustomersRead>,
    scope: TenantScope,
    page: Query<PageQuery>,
    filter: Query<SenderFilter>,
    State(app): State<Arc<App>>,
) -> Result<Json<Page<IdentityRow>>, Problem> {
    let wanted = IdentityFilter {
        unlinked: filter.0.unlinked.unwrap_or(false),
        q: filter.0.q.as_deref().map(str::trim).filter(|q| !q.is_empty()),
        after: page.0.after()?,
        limit: page.0.fetch(),
    };
    let rows = customer_book::identities(&app.hub, &scope, &wanted).await?;
    Ok(Json(page.0.page(
        rows,
        |row| (row.last_seen_at, row.id.uuid()),
        IdentityRow::from,
    )))
}
