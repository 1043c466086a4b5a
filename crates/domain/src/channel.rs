//! What a chat is, without saying on which network.

use serde::{Deserialize, Serialize};

/// A chat network and the way in to it. Stable names: they stand in tables and in price keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    TelegramBot,
    TelegramAccount,
    WhatsApp,
}

impl ChannelKind {
    pub const ALL: [ChannelKind; 3] = [Self::TelegramBot, Self::TelegramAccount, Self::WhatsApp];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TelegramBot => "telegram_bot",
            Self::TelegramAccount => "telegram_account",
            Self::WhatsApp => "whats_app",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Whether a chat has one other person in it or several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatKind {
    Direct,
    Group,
}

impl ChatKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Group => "group",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "direct" => Some(Self::Direct),
            "group" => Some(Self::Group),
            _ => None,
        }
    }
}
