//! `POST /api/v1/tenants/{tenant}/customers`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_tenant::customer_book;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::CustomerRow;
use crate::extract::Object;
use crate::{App, Created, Json, Permit, Problem, TenantPath, TenantScope, may};

#[derive(Deserialize, ToSchema)]
pub struct NewCustomer {
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    #[serde(default)]
    #[schema(value_type = Vec<NewLink>, max_items = 100)]
    links: Vec<Object<NewLink>>,
}

/// A panel username that is theirs. The owner vouches for it.
#[derive(Deserialize, ToSchema)]
pub struct NewLink {
    pub(super) panel: Uuid,
    #[schema(min_length = 1, max_length = 80)]
    pub(super) username: String,
}

/// Add a customer.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/customers", operation_id = "create_customer", tag = "customers",
    security(("session" = [])), params(TenantPath), request_body = NewCustomer,
    responses((status = 201, body = CustomerRow)))]
pub async fn create_customer(
    permit: Permit<may::CustomersManage>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
    Json(input): Json<NewCustomer>,
) -> Result<Created<CustomerRow>, Problem> {
    if input.links.len() > 100 {
        return Err(Problem::field(
            "links",
            "too-long",
            "A customer is made with at most 100 usernames.",
        ));
    }
    let links: Vec<_> = input
        .links
        .iter()
        .map(|Object(link)| (link.panel.into(), link.username.as_str()))
        .collect();
    let row = customer_book::add(&app.hub, &scope, permit.actor().as_str(), &input.name, &links).await?;
    Ok(Created(row.into()))
}
