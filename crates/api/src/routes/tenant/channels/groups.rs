//! `GET /api/v1/tenants/{tenant}/channels/{id}/groups`

use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use switchboard_store::tenant::channels::Group;
use switchboard_tenant::channels;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::routes::tenant::requests::view::CustomerRef;
use crate::words::{ChatMode, Party};
use crate::{App, Json, Page, PageQuery, Path, Permit, Problem, Query, TenantPath, TenantScope, may};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GroupFilter {
    /// Part of the title.
    pub q: Option<String>,
}

/// A group that the account is in.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupRow {
    pub id: Uuid,
    pub title: String,
    #[schema(value_type = ChatMode)]
    pub mode: String,
    #[schema(value_type = Party)]
    pub party: String,
    pub provider_alias: Option<String>,
    /// Whom the whole group acts as.
    pub customer: Option<CustomerRef>,
    pub acts_as_one: bool,
    pub last_at: Option<DateTime<Utc>>,
    /// Why it can no longer be written to.
    pub lost_reason: Option<String>,
}

impl From<Group> for GroupRow {
    fn from(group: Group) -> Self {
        Self {
            id: group.id,
            title: group.title,
            mode: group.mode,
            party: group.party,
            provider_alias: group.provider_alias,
            acts_as_one: group.customer_id.is_some(),
            customer: CustomerRef::of(group.customer_id, group.customer_name),
            last_at: group.last_at,
            lost_reason: group.lost_reason,
        }
    }
}

/// Groups of one account, by title.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/channels/{id}/groups", operation_id = "list_groups", tag = "channels",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path), PageQuery, GroupFilter),
    responses((status = 200, body = Page<GroupRow>)))]
pub async fn list_groups(
    _permit: Permit<may::ChannelsRead>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    page: Query<PageQuery>,
    filter: Query<GroupFilter>,
    State(app): State<Arc<App>>,
) -> Result<Json<Page<GroupRow>>, Problem> {
    let q = filter
        .0
        .q
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let rows = channels::groups(
        &app.hub,
        &scope,
        ids.0.1.into(),
        q,
        page.0.after()?,
        page.0.fetch(),
    )
    .await?
    .ok_or_else(Problem::not_found)?;
    Ok(Json(page.0.page(
        rows,
        |row| (row.title.clone(), row.id),
        GroupRow::from,
    )))
}
