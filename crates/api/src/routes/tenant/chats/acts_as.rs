//! `PUT /api/v1/tenants/{tenant}/chats/{id}/acts-as`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_tenant::inbox;
use utoipa::ToSchema;
use uuid::Uuid;

use super::members::GroupMembers;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

#[derive(Debug, Deserialize, ToSchema)]
pub struct SetActsAs {
    /// Whom the whole group acts as; `null`: each sender for himself again.
    pub customer: Option<Uuid>,
}

/// Let a customers' group act as one customer. Who has his own link keeps it; who comes later confirms before a cancel or refund.
#[utoipa::path(put, path = "/api/v1/tenants/{tenant}/chats/{id}/acts-as", operation_id = "set_group_acts_as", tag = "channels",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), request_body = SetActsAs,
    responses((status = 200, body = GroupMembers)))]
pub async fn set_group_acts_as(
    permit: Permit<may::ChannelsManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
    Json(input): Json<SetActsAs>,
) -> Result<Json<GroupMembers>, Problem> {
    let chat = ids.0.1.into();
    inbox::act_as(&app.hub, &scope, permit.actor().as_str(), chat, input.customer).await?;
    let (chat, members) = inbox::members(&app.hub, &scope, chat).await?;
    Ok(Json(GroupMembers::of(&chat, members)))
}
