//! `GET /api/v1/tenants/{tenant}/settings`

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use switchboard_domain::command::texts::LANGUAGES;
use switchboard_tenant::preferences::{self, Preferences, Style};
use utoipa::ToSchema;

use crate::{App, Json, Permit, Problem, TenantPath, TenantScope, may};

/// How many replies a message with several orders gets. `auto`: one per order up to five, above that one per outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReplyStyle {
    Auto,
    PerOrder,
    Grouped,
}

impl From<Style> for ReplyStyle {
    fn from(style: Style) -> Self {
        match style {
            Style::Auto => Self::Auto,
            Style::PerOrder => Self::PerOrder,
            Style::Grouped => Self::Grouped,
        }
    }
}

impl From<ReplyStyle> for Style {
    fn from(style: ReplyStyle) -> Self {
        match style {
            ReplyStyle::Auto => Self::Auto,
            ReplyStyle::PerOrder => Self::PerOrder,
            ReplyStyle::Grouped => Self::Grouped,
        }
    }
}

/// What a message of 100 orders gets under a style, "got it" included.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleCost {
    pub style: ReplyStyle,
    pub replies_for_100: i64,
    /// In micro-credits, in a private chat.
    pub cost_for_100: i64,
    /// Until the last of them has been sent.
    pub seconds_for_100: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Settings {
    pub reply_style: ReplyStyle,
    /// Process and log, send nothing, ask nothing of a panel, charge nothing.
    pub silent_mode: bool,
    /// Languages that have texts.
    pub languages: Vec<&'static str>,
    /// Of the replies.
    pub language: String,
    pub time_zone: String,
    pub style_costs: Vec<StyleCost>,
    /// So long the bot is silent in a chat where a person has answered.
    pub pause_minutes: u32,
    /// So long the words of chats are kept.
    pub retention_days: u32,
    pub shop_name: String,
}

impl From<Preferences> for Settings {
    fn from(preferences: Preferences) -> Self {
        Self {
            reply_style: preferences.style.into(),
            silent_mode: preferences.general.silent_mode,
            languages: LANGUAGES.to_vec(),
            language: preferences.language,
            time_zone: preferences.general.time_zone,
            style_costs: preferences
                .costs
                .into_iter()
                .map(|cost| StyleCost {
                    style: cost.style.into(),
                    replies_for_100: cost.replies,
                    cost_for_100: cost.cost.micros(),
                    seconds_for_100: cost.seconds,
                })
                .collect(),
            pause_minutes: preferences.general.pause_minutes,
            retention_days: preferences.general.retention_days,
            shop_name: preferences.shop_name,
        }
    }
}

/// How the shop answers.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/settings", operation_id = "get_settings", tag = "settings",
    security(("session" = [])), params(TenantPath), responses((status = 200, body = Settings)))]
pub async fn get_settings(
    _permit: Permit<may::SettingsRead>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
) -> Result<Json<Settings>, Problem> {
    Ok(Json(preferences::get(&app.hub, &scope).await?.into()))
}
