//! `GET /api/v1/tenants/{tenant}/chats/{id}/members`

use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use switchboard_store::tenant::{chats::Chat, inbox::MemberLine};
use switchboard_tenant::inbox;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::routes::tenant::requests::view::CustomerRef;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

/// Who was seen in a group.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupMembers {
    /// Everybody in it may ask about one customer's orders.
    pub acts_as_one: bool,
    pub since: Option<DateTime<Utc>>,
    pub members: Vec<GroupMember>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GroupMember {
    pub id: Uuid,
    pub display_name: String,
    pub network_id: String,
    /// Whom he is linked to himself.
    pub customer: Option<CustomerRef>,
    pub since: DateTime<Utc>,
    /// Came after the group was made to act as one: confirms before a cancel or refund.
    pub is_late: bool,
}

impl GroupMembers {
    pub(super) fn of(chat: &Chat, members: Vec<MemberLine>) -> Self {
        let since = chat.acts_as.as_ref().map(|one| one.since);
        Self {
            acts_as_one: since.is_some(),
            since,
            members: members
                .into_iter()
                .map(|member| GroupMember {
                    id: member.identity_id,
                    display_name: member.display_name,
                    network_id: member.network_id,
                    customer: CustomerRef::of(member.customer_id, member.customer_name),
                    since: member.since,
                    is_late: since.is_some_and(|since| member.since > since),
                })
                .collect(),
        }
    }
}

/// Who was seen in a group. A chat network's bot is not told of those who say nothing.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/chats/{id}/members", operation_id = "list_group_members", tag = "channels",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), responses((status = 200, body = GroupMembers)))]
pub async fn list_group_members(
    _permit: Permit<may::InboxRead>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
) -> Result<Json<GroupMembers>, Problem> {
    let (chat, members) = inbox::members(&app.hub, &scope, ids.0.1.into()).await?;
    Ok(Json(GroupMembers::of(&chat, members)))
}
