//! A chat and what was said in it, as the panel shows them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use switchboard_store::tenant::inbox::ChatLine;
use switchboard_tenant::{
    inbox::{InboxError, Said},
    requests::{self, ListRow},
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::routes::tenant::requests::view::{Command, CustomerRef};
use crate::words::{Channel, ChatKind, ChatMode, Direction, MessageState, Party, Speaker};
use crate::{Code, Problem};

/// A conversation of one of the shop's numbers and bots.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChatRow {
    pub id: Uuid,
    pub account: ChatAccountRef,
    #[schema(value_type = ChatKind)]
    pub kind: String,
    pub title: String,
    /// Who stands at the other end, where that is known; of a group, whom it acts as.
    pub customer: Option<CustomerRef>,
    #[schema(value_type = Party)]
    pub party: String,
    #[schema(value_type = ChatMode)]
    pub mode: String,
    /// Up to 100.
    pub unread: i64,
    pub last: Option<LastSaid>,
    /// Until then a person answers here and the bot is quiet.
    pub bot_paused_until: Option<DateTime<Utc>>,
    /// Why it can no longer be written to.
    pub lost_reason: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ChatAccountRef {
    pub id: Uuid,
    pub name: String,
    #[schema(value_type = Channel)]
    pub channel: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LastSaid {
    pub at: DateTime<Utc>,
    pub text: String,
    #[schema(value_type = Speaker)]
    pub from: String,
}

impl From<ChatLine> for ChatRow {
    fn from(line: ChatLine) -> Self {
        let last = match (line.said_at, line.said, line.said_by) {
            (Some(at), Some(text), Some(from)) => Some(LastSaid {
                at,
                text: text.chars().take(200).collect(),
                from,
            }),
            _ => None,
        };
        Self {
            id: line.id,
            account: ChatAccountRef {
                id: line.account_id,
                name: line.account_name,
                channel: line.channel,
            },
            kind: line.kind,
            title: line.title,
            customer: CustomerRef::of(line.customer_id, line.customer_name),
            party: line.party,
            mode: line.mode,
            unread: line.unread,
            last,
            bot_paused_until: line.bot_paused_until,
            lost_reason: line.lost_reason,
        }
    }
}

/// Something that was said, in or out.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChatMessage {
    pub id: Uuid,
    #[schema(value_type = Direction)]
    pub direction: &'static str,
    #[schema(value_type = Speaker)]
    pub by: &'static str,
    /// The name of who wrote it; empty for the bot.
    pub sender: String,
    /// Empty for a picture or file without words.
    pub text: String,
    pub at: DateTime<Utc>,
    #[schema(value_type = MessageState)]
    pub state: String,
    pub error: Option<String>,
    /// The message that this one answers.
    pub reply_to: Option<String>,
    /// What it opened.
    pub requests: Vec<MessageRequest>,
    /// What it cost, in micro-credits.
    pub price: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MessageRequest {
    pub id: Uuid,
    pub order_id: String,
    #[schema(value_type = Command)]
    pub command: String,
    pub sentence: String,
}

impl From<ListRow> for MessageRequest {
    fn from(line: ListRow) -> Self {
        Self {
            sentence: requests::sentence(&line),
            id: line.id,
            order_id: line.order_id,
            command: line.command.replace('-', "_"),
        }
    }
}

impl From<Said> for ChatMessage {
    fn from(said: Said) -> Self {
        let Said { line, asked } = said;
        Self {
            id: line.id,
            direction: if line.is_out { "out" } else { "in" },
            by: match (line.is_out, line.by_person) {
                (false, _) => "customer",
                (true, false) => "bot",
                (true, true) => "person",
            },
            sender: line.sender,
            text: line.text.unwrap_or_default(),
            at: line.at,
            state: line.state,
            error: line.error,
            reply_to: line.reply_to.map(|id| id.to_string()),
            requests: asked.into_iter().map(MessageRequest::from).collect(),
            price: line.price,
        }
    }
}

impl From<InboxError> for Problem {
    fn from(error: InboxError) -> Self {
        match error {
            InboxError::NoChat => Self::not_found(),
            InboxError::NoCustomer => Self::field(
                "customer",
                "unknown",
                "There is no such customer. Choose another.",
            ),
            InboxError::NoMessage => Self::field(
                "reply_to",
                "unknown",
                "The message that you answer is not in this chat any more. Answer without quoting it.",
            ),
            InboxError::Lost(reason) => Self::new(Code::WrongState).detail(format!(
                "This chat cannot be written to: {reason}. Nothing was sent."
            )),
            InboxError::ChannelOff => Self::new(Code::WrongState).detail(
                "The channel of this chat is switched off. Switch it on under Channels, then send again.",
            ),
            InboxError::ChannelGone => Self::new(Code::WrongState).detail(
                "The channel of this chat is disconnected. Connect it again under Channels, then send again.",
            ),
            InboxError::NotACustomersGroup => {
                Self::new(Code::WrongState).detail("Only a customers' group can act as one customer.")
            }
            InboxError::Store(error) => error.into(),
        }
    }
}
