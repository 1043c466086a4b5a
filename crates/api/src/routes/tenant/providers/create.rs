//! `POST /api/v1/tenants/{tenant}/providers`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_tenant::provider_book;
use utoipa::ToSchema;

use super::view::ProviderRow;
use crate::{App, Created, Json, Permit, Problem, TenantPath, TenantScope, may};

#[derive(Deserialize, ToSchema)]
pub struct NewProvider {
    /// The only name that leaves the owner's eyes.
    #[schema(min_length = 1, max_length = 80)]
    alias: String,
    /// As panels write it; or the `key` of one that was found in orders.
    #[schema(max_items = 50)]
    names: Option<Vec<String>>,
}

/// Name a provider.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/providers", operation_id = "create_provider", tag = "providers",
    security(("session" = [])), params(TenantPath), request_body = NewProvider,
    responses((status = 201, body = ProviderRow)))]
pub async fn create_provider(
    permit: Permit<may::ProvidersManage>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
    Json(input): Json<NewProvider>,
) -> Result<Created<ProviderRow>, Problem> {
    let names = input.names.unwrap_or_default();
    let row = provider_book::add(&app.hub, &scope, permit.actor().as_str(), &input.alias, &names).await?;
    Ok(Created(row.into()))
}
