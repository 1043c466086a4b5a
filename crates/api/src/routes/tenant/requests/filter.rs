//! What somebody looks for in the list, as it stands in an address.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use switchboard_store::tenant::request_list::ListFilter;
use switchboard_tenant::requests::{View, Wanted};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::view::Command;
use crate::words::{Outcome, word};
use crate::{
    FieldErrors, Problem,
    plain::{in_range, is_plain},
};

/// More ids than a person pastes.
const MAX_IDS: usize = 200;
const MAX_TEXT: usize = 100;

#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestView {
    #[default]
    All,
    /// Not closed.
    Open,
    /// Not closed, and somebody has to look.
    Person,
    Closed,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestChannel {
    TelegramBot,
    TelegramAccount,
    WhatsApp,
    TestRoom,
}

impl RequestChannel {
    const fn stored(self) -> &'static str {
        match self {
            Self::TelegramBot => "telegram_bot",
            Self::TelegramAccount => "telegram_account",
            Self::WhatsApp => "whats_app",
            Self::TestRoom => "test_room",
        }
    }
}

/// Filters of the list and of its file; all of those given must fit.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RequestFilters {
    #[param(inline)]
    pub view: Option<RequestView>,
    #[param(inline)]
    pub command: Option<Command>,
    /// The stable name of what was decided, such as `not_eligible`.
    #[param(inline, value_type = Option<Outcome>)]
    #[serde(default, deserialize_with = "word::<Outcome, _>")]
    pub outcome: Option<String>,
    pub panel: Option<Uuid>,
    pub provider: Option<Uuid>,
    #[param(inline)]
    pub channel: Option<RequestChannel>,
    pub customer: Option<Uuid>,
    /// An account's id.
    pub assignee: Option<Uuid>,
    /// Digits: order ids that begin so. Else: a customer's or sender's name, or a part of it.
    #[param(max_length = 100)]
    pub q: Option<String>,
    /// Order ids, separated by commas.
    pub ids: Option<String>,
    pub from: Option<DateTime<Utc>>,
    /// Not included.
    pub to: Option<DateTime<Utc>>,
}

impl TryFrom<RequestFilters> for Wanted {
    type Error = Problem;

    fn try_from(given: RequestFilters) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        {
            let (field, text) = ("q", given.q.as_deref().unwrap_or_default());
            errors.check(
                text.chars().count() <= MAX_TEXT,
                field,
                "too-long",
                "At most 100 characters.",
            );
            errors.check(
                is_plain(text),
                field,
                "invalid",
                "There is a character in it that cannot be searched for.",
            );
        }
        let ids = given.ids.unwrap_or_default();
        let orders: Vec<String> = ids
            .split(|c: char| c == ',' || c.is_whitespace())
            .filter(|id| !id.is_empty())
            .map(str::to_owned)
            .collect();
        errors.check(
            orders.len() <= MAX_IDS,
            "ids",
            "too-many",
            "At most 200 order ids.",
        );
        errors.check(
            orders.iter().all(|id| is_plain(id) && id.len() <= 64),
            "ids",
            "invalid",
            "Order ids, separated by commas.",
        );
        errors.finish()?;
        Ok(Self {
            filter: ListFilter {
                view: match given.view.unwrap_or_default() {
                    RequestView::All => View::All,
                    RequestView::Open => View::Open,
                    RequestView::Person => View::Person,
                    RequestView::Closed => View::Closed,
                },
                command: given.command.map(Command::stored),
                outcome: given.outcome,
                panel: given.panel.map(Into::into),
                provider: given.provider.map(Into::into),
                channel: given.channel.map(RequestChannel::stored),
                customer: given.customer.map(Into::into),
                assignee: given.assignee.map(Into::into),
                order_prefix: None,
                people: None,
                orders,
                from: given.from.map(in_range),
                to: given.to.map(in_range),
            },
            text: given.q.unwrap_or_default(),
        })
    }
}
