//! How a panel looks to clients, and how the use case's refusals are told.

use chrono::{DateTime, Utc};
use serde::Serialize;
use switchboard_tenant::panels::keep::{self, KeepError};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Code, Problem,
    routes::key_report::{KeyReport, PanelKind},
};

#[derive(Debug, Serialize, ToSchema)]
pub struct PanelCard {
    pub id: Uuid,
    pub name: String,
    pub kind: PanelKind,
    pub url: String,
    pub time_zone: String,
    /// Least milliseconds between two calls.
    pub min_gap_ms: u32,
    /// The last test of its key, or what everyday reads said since.
    pub report: KeyReport,
    /// The key's last four characters, or nothing.
    pub key_hint: String,
    pub last_answer_at: Option<DateTime<Utc>>,
    /// Customers with a username on it.
    pub customers: u64,
    pub created_at: DateTime<Utc>,
}

impl From<keep::PanelCard> for PanelCard {
    fn from(card: keep::PanelCard) -> Self {
        Self {
            id: card.id.uuid(),
            name: card.name,
            kind: card.kind.into(),
            url: card.url,
            time_zone: card.time_zone,
            min_gap_ms: card.min_gap_ms,
            report: card.report.into(),
            key_hint: card.key_hint,
            last_answer_at: card.last_answer_at,
            customers: card.customers,
            created_at: card.created_at,
        }
    }
}

impl From<KeepError> for Problem {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::BadName => Self::field(
                "name",
                "invalid",
                "A name has 1 to 60 characters in one line; your providers read it.",
            ),
            KeepError::Url(bad) => Self::field("url", "not-an-address", sentence(&bad.to_string())),
            KeepError::BadKey => Self::field(
                "key",
                "invalid",
                "A key has no spaces inside. Copy it again from your panel.",
            ),
            KeepError::TimeZone(_) => Self::field(
                "time_zone",
                "unknown",
                "There is no such time zone. Write it like Asia/Kathmandu.",
            ),
            KeepError::BadGap => Self::field(
                "min_gap_ms",
                "too-long",
                "The pause between two calls is at most 60,000 milliseconds.",
            ),
            KeepError::NameTaken => {
                Self::field("name", "taken", "You have a panel of this name. Choose another.")
            }
            KeepError::NotFound => Self::not_found(),
            KeepError::InUse(_) => Self::new(Code::PanelInUse).detail(error.to_string()),
            KeepError::Store(error) => error.into(),
        }
    }
}

/// Our own lower-case words, as a sentence.
pub fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).chain(['.']).collect(),
        None => String::new(),
    }
}
