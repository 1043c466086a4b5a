//! `POST /api/v1/tenants/{tenant}/channels/{id}/token`

use std::sync::Arc;

use axum::extract::State;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use switchboard_domain::id::AccountId;
use switchboard_tenant::{accounts, channels};
use utoipa::ToSchema;
use uuid::Uuid;

use super::ChannelCard;
use crate::{App, Json, Path, Permit, Problem, TenantPath, TenantScope, may};

#[derive(Deserialize, ToSchema)]
pub struct NewToken {
    /// Of the same bot, as @BotFather gave it.
    #[schema(value_type = String, format = Password, min_length = 1)]
    pub token: SecretString,
}

/// Give a bot its new token, which is tried at once. Its groups and chats stay.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/channels/{id}/token", operation_id = "replace_channel_token", tag = "channels",
    security(("session" = [])), params(TenantPath, ("id" = Uuid, Path)), request_body = NewToken,
    responses((status = 200, body = ChannelCard)))]
pub async fn replace_channel_token(
    permit: Permit<may::ChannelsManage>,
    scope: TenantScope,
    ids: Path<(Uuid, Uuid)>,
    State(app): State<Arc<App>>,
    Json(input): Json<NewToken>,
) -> Result<Json<ChannelCard>, Problem> {
    let token = input.token.expose_secret().trim();
    if token.is_empty() {
        return Err(Problem::field(
            "token",
            "required",
            "Paste the token that @BotFather gave you.",
        ));
    }
    let id = AccountId::from_uuid(ids.0.1);
    accounts::replace_token(&app.hub, &scope, permit.actor().as_str(), id, token.into()).await?;
    let card = channels::find(&app.hub, &scope, id)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(Json(card.into()))
}
