//! `GET /api/v1/tenants/{tenant}/providers/unrouted`

use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use switchboard_tenant::provider_book;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{App, Json, Permit, Problem, TenantPath, TenantScope, may};

/// A provider that orders name and that nobody can write to yet.
#[derive(Debug, Serialize, ToSchema)]
pub struct Unrouted {
    /// May stand in `names` of a provider, so that nobody has to be shown the name.
    pub key: String,
    pub orders: u64,
    pub last_at: DateTime<Utc>,
    pub masked_name: String,
    pub provider: Option<ProviderRef>,
    pub why: Missing,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ProviderRef {
    pub id: Uuid,
    pub alias: String,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    NoAlias,
    NoRoute,
}

impl From<provider_book::Unrouted> for Unrouted {
    fn from(found: provider_book::Unrouted) -> Self {
        Self {
            key: found.key,
            orders: found.orders,
            last_at: found.last_at,
            masked_name: found.masked_name,
            why: if found.provider.is_some() {
                Missing::NoRoute
            } else {
                Missing::NoAlias
            },
            provider: found
                .provider
                .map(|(id, alias)| ProviderRef { id: id.uuid(), alias }),
        }
    }
}

/// Providers found in the orders of the last 90 days without an alias, or with an alias and no group that can be written to.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/providers/unrouted", operation_id = "list_unrouted_providers", tag = "providers",
    security(("session" = [])), params(TenantPath), responses((status = 200, body = Vec<Unrouted>)))]
pub async fn list_unrouted_providers(
    _permit: Permit<may::ProvidersRead>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
) -> Result<Json<Vec<Unrouted>>, Problem> {
    let found = provider_book::unrouted(&app.hub, &scope).await?;
    Ok(Json(found.into_iter().map(Unrouted::from).collect()))
}
