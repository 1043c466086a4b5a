//! `PATCH /api/v1/tenants/{tenant}/settings`

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use switchboard_tenant::preferences::{self, Edit, EditError};
use utoipa::ToSchema;

use super::get::{ReplyStyle, Settings};
use crate::{App, FieldErrors, Json, Permit, Problem, TenantPath, TenantScope, may};

/// What may be changed. Absent: stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct SettingsEdit {
    reply_style: Option<ReplyStyle>,
    silent_mode: Option<bool>,
    /// One of `languages`.
    language: Option<String>,
    /// Such as `Asia/Kathmandu`.
    time_zone: Option<String>,
    #[schema(minimum = 1, maximum = 1440)]
    pause_minutes: Option<u32>,
    #[schema(minimum = 7, maximum = 3650)]
    retention_days: Option<u32>,
    #[schema(max_length = 60)]
    shop_name: Option<String>,
}

/// Change how the shop answers. It counts for the next message.
#[utoipa::path(patch, path = "/api/v1/tenants/{tenant}/settings", operation_id = "update_settings", tag = "settings",
    security(("session" = [])), params(TenantPath), request_body = SettingsEdit, responses((status = 200, body = Settings)))]
pub async fn update_settings(
    permit: Permit<may::SettingsManage>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
    Json(input): Json<SettingsEdit>,
) -> Result<Json<Settings>, Problem> {
    let edit = Edit {
        style: input.reply_style.map(Into::into),
        silent_mode: input.silent_mode,
        language: input.language,
        time_zone: input.time_zone,
        pause_minutes: input.pause_minutes,
        retention_days: input.retention_days,
        shop_name: input.shop_name,
    };
    let changed = preferences::change(&app.hub, &scope, permit.actor().as_str(), edit).await?;
    Ok(Json(changed.into()))
}

impl From<EditError> for Problem {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Wrong(fields) => {
                let mut errors = FieldErrors::default();
                for wrong in fields {
                    errors.add(wrong.field, wrong.code, wrong.message);
                }
                errors.into()
            }
            EditError::Store(error) => error.into(),
        }
    }
}
