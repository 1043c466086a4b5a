//! `PATCH /api/v1/tenants/{tenant}/channels/{id}`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_domain::id::AccountId;
use switchboard_tenant::channels::{self, Edit};
use utoipa::ToSchema;
use uuid::Uuid;

use super::ChannelCard;
use crate::{App, FieldErrors, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

/// What may be changed. Absent: stays.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChannelEdit {
    /// 1 to 60 characters, unique in the shop.
    #[schema(min_length = 1, max_length = 60)]
    pub name: Option<String>,
    /// Off: nothing is received or sent. What is written meanwhile waits at the network for a day.
    pub enabled: Option<bool>,
}

/// Rename a channel, switch it off or on.
#[utoipa::path(patch, path = "/api/v1/tenants/{tenant}/channels/{id}", operation_id = "update_channel", tag = "channels",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), request_body = ChannelEdit,
    responses((status = 200, body = ChannelCard)))]
pub async fn update_channel(
    permit: Permit<may::ChannelsManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
    Json(input): Json<ChannelEdit>,
) -> Result<Json<ChannelCard>, Problem> {
    let name = input.name.as_deref().map(str::trim);
    let mut errors = FieldErrors::default();
    errors.check(
        name != Some(""),
        "name",
        "required",
        "Give the bot a name that you recognise.",
    );
    errors.check(
        name.is_none_or(|name| name.chars().count() <= 60),
        "name",
        "too-long",
        "At most 60 characters.",
    );
    errors.finish()?;
    let id = AccountId::from_uuid(ids.0.1);
    let edit = Edit {
        name,
        enabled: input.enabled,
    };
    channels::edit(&app.hub, &scope, permit.actor().as_str(), id, edit).await?;
    let card = channels::find(&app.hub, &scope, id)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(Json(card.into()))
}
