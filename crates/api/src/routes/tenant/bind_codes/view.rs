//! A single-use code as its owner sees it.

use crate::words::{BindPurpose, BindState};
use chrono::{DateTime, Utc};
use serde::Serialize;
use switchboard_tenant::bind;
use utoipa::ToSchema;
use uuid::Uuid;

/// A code that binds one group, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct BindCode {
    pub code: String,
    #[schema(value_type = BindPurpose)]
    pub purpose: &'static str,
    /// Opens Telegram, which asks for the group.
    pub link: String,
    /// What to do, or what is left to do.
    pub words: String,
    pub expires_at: DateTime<Utc>,
    #[schema(value_type = BindState)]
    pub state: &'static str,
    pub chat: Option<BoundChat>,
    pub refused_why: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BoundChat {
    pub id: Uuid,
    pub title: String,
}

impl From<bind::BindCode> for BindCode {
    fn from(code: bind::BindCode) -> Self {
        Self {
            code: code.code,
            purpose: code.purpose.as_str(),
            link: code.link,
            words: code.words,
            expires_at: code.expires_at,
            state: code.state.as_str(),
            chat: code.chat.map(|(id, title)| BoundChat { id: id.uuid(), title }),
            refused_why: code.refused_why,
        }
    }
}
