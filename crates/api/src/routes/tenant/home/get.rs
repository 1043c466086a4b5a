//! `GET /api/v1/tenants/{tenant}/home`

use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use switchboard_tenant::home::{self, Overview, Verdict};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::words::{Channel, ChannelState, HomeState, Outcome, PanelHealthState};
use crate::{App, Json, Permit, Problem, TenantPath, TenantScope, may, routes::me::setup::ChecklistItem};

/// The first page: is everything working?
#[derive(Debug, Serialize, ToSchema)]
pub struct Home {
    pub verdict: HomeVerdict,
    /// `null` once all of it is done.
    pub checklist: Option<Vec<ChecklistItem>>,
    pub channels: Vec<ChannelHealth>,
    pub panels: Vec<PanelHealth>,
    pub credits: CreditsLeft,
    pub need_person: i64,
    pub oldest_need_person_at: Option<DateTime<Utc>>,
    pub today: Today,
    /// Everything is worked through and logged, and nothing is sent.
    pub silent_mode: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct HomeVerdict {
    #[schema(value_type = HomeState)]
    pub state: &'static str,
    pub sentence: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelHealth {
    pub id: Uuid,
    pub name: String,
    #[schema(value_type = Channel)]
    pub channel: String,
    #[schema(value_type = ChannelState)]
    pub state: String,
    pub state_text: String,
    pub since: DateTime<Utc>,
    pub last_in_at: Option<DateTime<Utc>>,
    pub last_out_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PanelHealth {
    pub id: Uuid,
    pub name: String,
    #[schema(value_type = PanelHealthState)]
    pub state: &'static str,
    pub sentence: &'static str,
    pub last_answer_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CreditsLeft {
    pub messages_left: i64,
    /// Micro-credits.
    pub balance: i64,
    pub days_left: Option<i64>,
    /// Micro-credits spent per day, over the last week.
    pub per_day: i64,
}

/// The last 24 hours.
#[derive(Debug, Serialize, ToSchema)]
pub struct Today {
    pub messages: i64,
    pub orders: i64,
    pub by_outcome: Vec<OutcomeShare>,
    pub usual_orders: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OutcomeShare {
    #[schema(value_type = Outcome)]
    pub outcome: String,
    pub count: i64,
}

impl From<Overview> for Home {
    fn from(seen: Overview) -> Self {
        let (verdict, sentence) = seen.verdict;
        let state = match verdict {
            Verdict::Ok => "ok",
            Verdict::Person => "person",
            Verdict::Failed => "failed",
            Verdict::Setup => "setup",
        };
        Self {
            verdict: HomeVerdict { state, sentence },
            checklist: seen
                .checklist
                .map(|items| items.into_iter().map(ChecklistItem::from).collect()),
            need_person: seen.need_person,
            oldest_need_person_at: seen.oldest,
            credits: CreditsLeft {
                messages_left: seen.wallet.messages_left,
                balance: seen.wallet.balance.micros(),
                days_left: seen.wallet.days_left,
                per_day: seen.wallet.per_day.micros(),
            },
            today: Today {
                messages: seen.channels.iter().map(|channel| channel.came_in).sum(),
                orders: seen.today.iter().map(|line| line.count).sum(),
                by_outcome: seen
                    .today
                    .into_iter()
                    .map(|line| OutcomeShare {
                        outcome: line.outcome,
                        count: line.count,
                    })
                    .collect(),
                usual_orders: seen.usual,
            },
            panels: seen
                .panels
                .into_iter()
                .map(|panel| {
                    let (state, sentence) = match (home::is_down(&panel), panel.answered_at) {
                        (true, _) => ("down", "It could not be reached when it was last asked."),
                        (false, Some(_)) => ("ok", "It answers."),
                        (false, None) => ("unknown", "No order was looked up there yet."),
                    };
                    PanelHealth {
                        id: panel.id,
                        name: panel.name,
                        state,
                        sentence,
                        last_answer_at: panel.answered_at,
                    }
                })
                .collect(),
            channels: seen
                .channels
                .into_iter()
                .map(|channel| ChannelHealth {
                    id: channel.id,
                    name: channel.name,
                    channel: channel.channel,
                    state: channel.state,
                    state_text: channel.state_text,
                    since: channel.state_at,
                    last_in_at: channel.last_in_at,
                    last_out_at: channel.last_out_at,
                })
                .collect(),
            silent_mode: seen.silent,
        }
    }
}

/// Is everything working, and what is left to set up?
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/home", operation_id = "get_home", tag = "home",
    security(("session" = [])), params(TenantPath), responses((status = 200, body = Home)))]
pub async fn get_home(
    _permit: Permit<may::HomeRead>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
) -> Result<Json<Home>, Problem> {
    Ok(Json(home::overview(&app.hub, &scope).await?.into()))
}
