//! `POST /api/v1/tenants/{tenant}/bind-codes`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_tenant::bind::{self, BindError, Purpose, Wanted};
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::BindCode;
use crate::words::BindPurpose;
use crate::{App, Code, Created, Json, Permit, Problem, TenantPath, TenantScope, may};

#[derive(Debug, Deserialize, ToSchema)]
pub struct NewBindCode {
    #[schema(value_type = BindPurpose)]
    pub purpose: String,
    /// The bot that is added to the group.
    pub account: Uuid,
    /// Whose requests go there; for a provider's group.
    pub provider: Option<Uuid>,
    /// The forum topic where they go; absent: the one where the code is said.
    pub topic: Option<String>,
}

/// Make a code that binds a group: single-use, for 15 minutes.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/bind-codes", operation_id = "create_bind_code", tag = "channels",
    security(("session" = [])), params(TenantPath), request_body = NewBindCode, responses((status = 201, body = BindCode)))]
pub async fn create_bind_code(
    permit: Permit<may::ChannelsManage>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
    Json(input): Json<NewBindCode>,
) -> Result<Created<BindCode>, Problem> {
    let purpose = Purpose::parse(&input.purpose)
        .ok_or_else(|| Problem::field("purpose", "unknown", "Choose a customers' or a provider's group."))?;
    let wanted = Wanted {
        purpose,
        account: input.account.into(),
        provider: input.provider.map(Into::into),
        topic: input.topic.as_deref().unwrap_or_default().trim(),
    };
    let code = bind::create(&app.hub, &scope, permit.actor().as_str(), &wanted).await?;
    Ok(Created(code.into()))
}

impl From<BindError> for Problem {
    fn from(error: BindError) -> Self {
        match error {
            BindError::NoAccount => {
                Self::field("account", "unknown", "There is no such channel. Choose another.")
            }
            BindError::NotABot => Self::new(Code::WrongState)
                .detail("Groups are connected through a Telegram bot that is switched on."),
            BindError::NoProvider => Self::field(
                "provider",
                "required",
                "Choose the provider whose requests go to this group.",
            ),
            BindError::BadTopic => Self::field(
                "topic",
                "malformed",
                "A topic is a number. Leave it out and write the code in the topic itself.",
            ),
            BindError::Store(error) => error.into(),
        }
    }
}
