//! `GET /api/v1/me/setup`

use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use switchboard_platform::setup::{self, SetupStep as Step, StepState as State_};
use switchboard_store::Entry;
use switchboard_tenant::{checklist, panels::PanelReport};
use utoipa::ToSchema;

use crate::words::{ChecklistKey, SetupStepKey};
use crate::{App, Json, Permit, Problem, may, routes::key_report::KeyReport};

/// How far a new workspace is, and what is left to do in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Setup {
    pub provisioning: Provisioning,
    /// What the key from the sign-up can do; `null` while nobody has asked the panel.
    pub panel: Option<KeyReport>,
    pub checklist: Vec<ChecklistItem>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Provisioning {
    /// `waiting`: for the panel, which is tested again by itself.
    pub state: StepState,
    pub steps: Vec<SetupStep>,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    Done,
    Running,
    Waiting,
    Failed,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SetupStep {
    #[schema(value_type = SetupStepKey)]
    pub key: &'static str,
    pub state: StepState,
    pub at: Option<DateTime<Utc>>,
    pub detail: String,
}

/// One thing that a new owner does once.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChecklistItem {
    #[schema(value_type = ChecklistKey)]
    pub key: &'static str,
    pub done: bool,
    pub detail: String,
}

impl From<State_> for StepState {
    fn from(state: State_) -> Self {
        match state {
            State_::Done => Self::Done,
            State_::Running => Self::Running,
            State_::Waiting => Self::Waiting,
            State_::Failed => Self::Failed,
        }
    }
}

impl From<Step> for SetupStep {
    fn from(step: Step) -> Self {
        Self {
            key: step.key,
            state: step.state.into(),
            at: step.at,
            detail: step.detail,
        }
    }
}

impl From<checklist::Item> for ChecklistItem {
    fn from(item: checklist::Item) -> Self {
        Self {
            key: item.key,
            done: item.done,
            detail: item.detail,
        }
    }
}

/// How far one's new workspace is, and what is left to do.
#[utoipa::path(get, path = "/api/v1/me/setup", operation_id = "get_setup", tag = "me", security(("session" = [])),
    responses((status = 200, body = Setup)))]
pub async fn get_setup(
    permit: Permit<may::AccountSelf>,
    State(app): State<Arc<App>>,
) -> Result<Json<Setup>, Problem> {
    let who = permit.caller().who();
    let progress = setup::progress(&app.db, permit.user()).await?;
    let own = progress.as_ref().map(|progress| progress.tenant).or_else(|| {
        who.memberships()
            .iter()
            .find(|membership| membership.role == "owner")
            .and_then(|membership| membership.tenant)
    });
    let items = match own {
        Some(tenant) => match app.db.scope_for_member(who, tenant).await? {
            Entry::Open(scope) => checklist::of(&app.hub, &scope).await?,
            _ => checklist::blank(),
        },
        None => Vec::new(),
    };
    let (state, steps, panel) = match progress {
        Some(progress) => (progress.state().into(), progress.steps, progress.panel),
        None => (StepState::Done, Vec::new(), None),
    };
    Ok(Json(Setup {
        provisioning: Provisioning {
            state,
            steps: steps.into_iter().map(SetupStep::from).collect(),
        },
        panel: panel
            .and_then(|kept| serde_json::from_value::<PanelReport>(kept).ok())
            .map(KeyReport::from),
        checklist: items.into_iter().map(ChecklistItem::from).collect(),
    }))
}
