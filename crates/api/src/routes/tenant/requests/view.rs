//! A request as clients see it.

use super::act::RequestActionKind;
use crate::words::{Channel, ChatKind, Outcome, TimelineKey, TimelineState};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use switchboard_domain::command::CommandKind;
use switchboard_tenant::requests::{Allowed, Detail, Listed, Person, State, Step};
use utoipa::ToSchema;
use uuid::Uuid;

/// What a customer asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    Refill,
    Cancel,
    SpeedUp,
    Status,
    Refund,
}

impl Command {
    /// How tables write it.
    pub fn stored(self) -> &'static str {
        match self {
            Self::Refill => CommandKind::Refill,
            Self::Cancel => CommandKind::Cancel,
            Self::SpeedUp => CommandKind::SpeedUp,
            Self::Status => CommandKind::Status,
            Self::Refund => CommandKind::Refund,
        }
        .as_str()
    }

    pub fn of(stored: &str) -> Self {
        match CommandKind::parse(stored) {
            Some(CommandKind::Refill) => Self::Refill,
            Some(CommandKind::Cancel) => Self::Cancel,
            Some(CommandKind::SpeedUp) => Self::SpeedUp,
            Some(CommandKind::Refund) => Self::Refund,
            Some(CommandKind::Status) | None => Self::Status,
        }
    }
}

/// Where a request stands. `person`: somebody has to look. `failed`: something that was to happen did not, or nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    Person,
    Failed,
    UnderWay,
    Done,
    Refused,
    Closed,
}

impl From<State> for RequestState {
    fn from(state: State) -> Self {
        match state {
            State::Person => Self::Person,
            State::Failed => Self::Failed,
            State::UnderWay => Self::UnderWay,
            State::Done => Self::Done,
            State::Refused => Self::Refused,
            State::Closed => Self::Closed,
        }
    }
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerRef {
    pub id: Uuid,
    pub name: String,
}

impl CustomerRef {
    pub fn of(id: Option<Uuid>, name: Option<String>) -> Option<Self> {
        Some(Self { id: id?, name: name? })
    }
}

/// Somebody who works here.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccountRef {
    pub id: Uuid,
    pub username: String,
}

impl From<Person> for AccountRef {
    fn from(person: Person) -> Self {
        Self {
            id: person.id,
            username: person.username,
        }
    }
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RequestChat {
    pub id: Uuid,
    #[schema(value_type = ChatKind)]
    pub kind: String,
    pub title: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RequestPanel {
    pub id: Uuid,
    pub name: String,
}

/// A line of the list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RequestRow {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    /// `null`: the sender is linked to nobody.
    pub customer: Option<CustomerRef>,
    pub sender: String,
    #[schema(value_type = Channel)]
    pub channel: String,
    pub chat: RequestChat,
    pub panel: Option<RequestPanel>,
    pub order_id: String,
    pub command: Command,
    #[schema(value_type = Outcome)]
    pub outcome: String,
    pub state: RequestState,
    /// What happened, in words.
    pub sentence: String,
    pub provider_alias: Option<String>,
    /// Its share of the message's replies and of the forward, in micro-credits.
    pub cost: i64,
    pub closed_at: Option<DateTime<Utc>>,
    pub assignee: Option<AccountRef>,
    pub test: bool,
}

impl From<Listed> for RequestRow {
    fn from(listed: Listed) -> Self {
        let Listed {
            row,
            state,
            sentence,
            assignee,
        } = listed;
        Self {
            id: row.id,
            at: row.created_at,
            customer: row
                .customer_id
                .zip(row.customer)
                .map(|(id, name)| CustomerRef { id, name }),
            sender: row.sender,
            test: row.channel == "test_room",
            channel: row.channel,
            chat: RequestChat {
                id: row.chat_id,
                kind: row.chat_kind,
                title: row.chat_title,
            },
            panel: row
                .panel_id
                .zip(row.panel)
                .map(|(id, name)| RequestPanel { id, name }),
            order_id: row.order_id,
            command: Command::of(&row.command),
            outcome: row.outcome,
            state: state.into(),
            sentence,
            provider_alias: row.provider_alias,
            cost: row.cost,
            closed_at: row.closed_at,
            assignee: assignee.map(AccountRef::from),
        }
    }
}

/// One thing that happened, or has to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineStep {
    #[schema(value_type = TimelineKey)]
    pub key: &'static str,
    #[schema(value_type = TimelineState)]
    pub state: &'static str,
    pub title: String,
    pub detail: String,
    pub at: Option<DateTime<Utc>>,
    pub ms: Option<i64>,
}

impl From<Step> for TimelineStep {
    fn from(step: Step) -> Self {
        Self {
            key: step.key.as_str(),
            state: step.state.as_str(),
            title: step.title,
            detail: step.detail,
            at: step.at,
            ms: step.ms,
        }
    }
}

/// Whether something can be done with it now; `why` says why not, or what it will do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RequestAction {
    #[schema(value_type = RequestActionKind)]
    pub action: &'static str,
    pub allowed: bool,
    pub why: String,
}

impl From<Allowed> for RequestAction {
    fn from(allowed: Allowed) -> Self {
        Self {
            action: allowed.action,
            allowed: allowed.allowed,
            why: allowed.why,
        }
    }
}

/// A request in full.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RequestDetail {
    #[serde(flatten)]
    pub row: RequestRow,
    pub message_text: Option<String>,
    /// The order's ids at its provider.
    pub external_ids: Vec<String>,
    /// As the panel showed it when it was decided.
    pub order_status: Option<String>,
    pub staff_reason: Option<String>,
    pub note: String,
    pub timeline: Vec<TimelineStep>,
    pub actions: Vec<RequestAction>,
}

impl From<Detail> for RequestDetail {
    fn from(detail: Detail) -> Self {
        Self {
            order_status: detail.listed.row.order_status.clone(),
            staff_reason: detail.listed.row.staff_reason.clone(),
            row: detail.listed.into(),
            message_text: detail.message_text,
            external_ids: detail.external_ids,
            note: detail.note,
            timeline: detail.timeline.into_iter().map(TimelineStep::from).collect(),
            actions: detail.actions.into_iter().map(RequestAction::from).collect(),
        }
    }
}
