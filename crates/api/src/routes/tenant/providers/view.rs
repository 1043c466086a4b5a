//! How providers look to clients: never with a real name.

use chrono::{DateTime, Utc};
use serde::Serialize;
use switchboard_tenant::provider_book::{self, BookError};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{Code, Problem, routes::tenant::panels::view::sentence};

#[derive(Debug, Serialize, ToSchema)]
pub struct ProviderRow {
    pub id: Uuid,
    pub alias: String,
    /// How many spellings lead to it. What they are is told by reveal alone.
    pub name_count: usize,
    pub routes: Vec<RouteRow>,
    /// Open requests on its orders.
    pub waiting: u64,
    pub last_forward_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RouteRow {
    pub id: Uuid,
    pub chat: RouteChat,
    pub topic: String,
    pub template: Option<String>,
    /// The most ids in one message.
    pub piece_size: u32,
    /// Requests of so many milliseconds travel as one message.
    pub join_ms: u32,
    /// What two refills would look like there.
    pub preview: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RouteChat {
    pub id: Uuid,
    pub title: String,
    /// The name of the account that writes there.
    pub account: String,
    pub lost_reason: Option<String>,
}

impl From<provider_book::ProviderRow> for ProviderRow {
    fn from(row: provider_book::ProviderRow) -> Self {
        Self {
            id: row.id.uuid(),
            alias: row.alias,
            name_count: row.name_count,
            routes: row.routes.into_iter().map(RouteRow::from).collect(),
            waiting: row.waiting,
            last_forward_at: row.last_forward_at,
        }
    }
}

impl From<provider_book::RouteRow> for RouteRow {
    fn from(row: provider_book::RouteRow) -> Self {
        Self {
            id: row.id,
            chat: RouteChat {
                id: row.chat.uuid(),
                title: row.chat_title,
                account: row.account,
                lost_reason: row.lost_reason,
            },
            topic: row.topic,
            template: row.template,
            piece_size: row.piece_size,
            join_ms: row.join_ms,
            preview: row.preview,
        }
    }
}

impl From<BookError> for Problem {
    fn from(error: BookError) -> Self {
        match error {
            BookError::BadAlias => {
                Self::field("alias", "invalid", "An alias has 1 to 80 characters in one line.")
            }
            BookError::AliasTaken => Self::field(
                "alias",
                "taken",
                "You have a provider of this alias. Choose another, or add the name to that one.",
            ),
            BookError::BadName { at } => Self::field(
                format!("names[{at}]"),
                "invalid",
                "A name has 1 to 80 characters in one line, as your panel writes it.",
            ),
            BookError::NameTaken { at, alias } => Self::field(
                format!("names[{at}]"),
                "taken",
                format!("This name belongs to {alias}. A name leads to one provider."),
            ),
            BookError::TooManyNames => Self::field("names", "too-long", "A provider has at most 50 names."),
            BookError::NotFound => Self::not_found(),
            BookError::NoChat => Self::field(
                "chat",
                "unknown",
                "There is no such chat. Add the bot to the group first.",
            ),
            BookError::CustomersChat => Self::field(
                "chat",
                "customers-chat",
                "This is a customer's chat, and one chat is never both. Take another group.",
            ),
            BookError::RouteTaken => {
                Self::field("chat", "taken", "This provider is written to there already.")
            }
            BookError::Template(error) => Self::field("template", "invalid", sentence(&error.to_string())),
            BookError::BadPiece => Self::field("piece_size", "invalid", "A message holds 1 to 100 ids."),
            BookError::BadJoin => Self::field(
                "join_ms",
                "too-long",
                "Requests are joined for at most 60,000 milliseconds.",
            ),
            BookError::BadTopic => Self::field(
                "topic",
                "invalid",
                "A topic is the number that Telegram gives it.",
            ),
            BookError::InUse(_) => Self::new(Code::InUse).detail(error.to_string()),
            BookError::Store(error) => error.into(),
        }
    }
}
