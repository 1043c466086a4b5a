//! `GET /api/v1/tenants/{tenant}/providers`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_tenant::provider_book;
use utoipa::IntoParams;

use super::view::ProviderRow;
use crate::{App, Json, Page, PageQuery, Permit, Problem, Query, TenantPath, TenantScope, may};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProviderFilter {
    /// Part of the alias.
    pub q: Option<String>,
}

/// Providers by alias.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/providers", operation_id = "list_providers", tag = "providers",
    security(("session" = [])), params(TenantPath, PageQuery, ProviderFilter),
    responses((status = 200, body = Page<ProviderRow>)))]
pub async fn list_providers(
    _permit: Permit<may::ProvidersRead>,
    scope: TenantScope,
    page: Query<PageQuery>,
    filter: Query<ProviderFilter>,
    State(app): State<Arc<App>>,
) -> Result<Json<Page<ProviderRow>>, Problem> {
    let q = filter.0.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    let after = page.0.after()?;
    let rows = provider_book::list(&app.hub, &scope, q, after.as_ref(), page.0.fetch()).await?;
    Ok(Json(page.0.page(
        rows,
        |row| (row.alias.clone(), row.id.uuid()),
        ProviderRow::from,
    )))
}
