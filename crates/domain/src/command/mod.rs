//! From a chat text to what is done and said: `parse`, then `decide`, then `compose`.

pub mod compose;
pub mod decide;
pub mod forward;
pub mod open;
pub mod parse;
pub mod texts;

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a customer may ask for. Stable names: they stand in tables, rules and forwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CommandKind {
    #[serde(rename = "refill")]
    Refill,
    #[serde(rename = "cancel")]
    Cancel,
    #[serde(rename = "speed-up")]
    SpeedUp,
    #[serde(rename = "status")]
    Status,
    #[serde(rename = "refund")]
    Refund,
}

impl CommandKind {
    pub const ALL: [CommandKind; 5] = [
        Self::Refill,
        Self::Cancel,
        Self::SpeedUp,
        Self::Status,
        Self::Refund,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refill => "refill",
            Self::Cancel => "cancel",
            Self::SpeedUp => "speed-up",
            Self::Status => "status",
            Self::Refund => "refund",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for CommandKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
