//! `GET /api/v1/tenants/{tenant}/search`

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use switchboard_tenant::search::{self, Where};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    App, Json, Permit, Problem, Query, TenantPath, TenantScope, may, plain::is_plain,
    routes::tenant::requests::view::CustomerRef,
};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchFor {
    /// Digits: order ids that begin so. Else: a part of a name.
    #[param(max_length = 100)]
    q: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FoundOrder {
    pub order_id: String,
    /// How many requests it has.
    pub requests: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FoundChat {
    pub id: Uuid,
    pub title: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FoundProvider {
    pub id: Uuid,
    pub alias: String,
}

/// At most ten of each kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchResult {
    pub orders: Vec<FoundOrder>,
    pub customers: Vec<CustomerRef>,
    pub chats: Vec<FoundChat>,
    pub providers: Vec<FoundProvider>,
}

/// Orders, customers, chats and providers by id or name. Only kinds that the caller may see; providers by alias alone.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/search", operation_id = "search", tag = "search",
    security(("session" = [])), params(TenantPath, SearchFor), responses((status = 200, body = SearchResult)))]
pub async fn search(
    _permit: Permit<may::RequestsRead>,
    customers: Option<Permit<may::CustomersRead>>,
    chats: Option<Permit<may::InboxRead>>,
    providers: Option<Permit<may::ProvidersRead>>,
    scope: TenantScope,
    Query(wanted): Query<SearchFor>,
    State(app): State<Arc<App>>,
) -> Result<Json<SearchResult>, Problem> {
    if !is_plain(&wanted.q) || wanted.q.chars().count() > 100 {
        return Err(Problem::field(
            "q",
            "invalid",
            "At most 100 characters that can be searched for.",
        ));
    }
    let places = Where {
        customers: customers.is_some(),
        chats: chats.is_some(),
        providers: providers.is_some(),
    };
    let found = search::find(&app.hub, &scope, &wanted.q, places).await?;
    Ok(Json(SearchResult {
        orders: found
            .orders
            .into_iter()
            .map(|(order_id, requests)| FoundOrder { order_id, requests })
            .collect(),
        customers: found
            .customers
            .into_iter()
            .map(|(id, name)| CustomerRef { id: id.uuid(), name })
            .collect(),
        chats: found
            .chats
            .into_iter()
            .map(|(id, title)| FoundChat { id: id.uuid(), title })
            .collect(),
        providers: found
            .providers
            .into_iter()
            .map(|(id, alias)| FoundProvider { id: id.uuid(), alias })
            .collect(),
    }))
}
