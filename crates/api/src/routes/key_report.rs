//! How the test of a panel's key looks to clients: shared by sign-up and the pages of panels.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use switchboard_integrations::panel::PanelKind as Kind;
use switchboard_tenant::panels::{
    PanelReport,
    words::{self, AbilityState, ReportState},
};
use utoipa::ToSchema;

/// Which script's interface a panel speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PanelKind {
    PerfectPanelAdminV2,
    RentalPanelAdminV1,
    UserApiV2,
}

impl From<Kind> for PanelKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::PerfectPanelAdminV2 => Self::PerfectPanelAdminV2,
            Kind::RentalPanelAdminV1 => Self::RentalPanelAdminV1,
            Kind::UserApiV2 => Self::UserApiV2,
        }
    }
}

impl From<PanelKind> for Kind {
    fn from(kind: PanelKind) -> Self {
        match kind {
            PanelKind::PerfectPanelAdminV2 => Self::PerfectPanelAdminV2,
            PanelKind::RentalPanelAdminV1 => Self::RentalPanelAdminV1,
            PanelKind::UserApiV2 => Self::UserApiV2,
        }
    }
}

/// What a key can do, in words.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyReport {
    pub state: KeyState,
    pub kind: Option<PanelKind>,
    pub sentence: String,
    /// What to do next; empty where nothing is to be done.
    pub next: String,
    pub abilities: Vec<Ability>,
    pub checked_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    Ok,
    WrongKey,
    CustomerKey,
    Unreachable,
    Challenge,
    NotAPanel,
    BlockedAddress,
    TooSlow,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Ability {
    pub key: String,
    pub state: Able,
    pub sentence: String,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Able {
    Can,
    Cannot,
    Locked,
}

impl From<PanelReport> for KeyReport {
    fn from(report: PanelReport) -> Self {
        Self {
            state: match report.state {
                ReportState::Ok => KeyState::Ok,
                ReportState::WrongKey => KeyState::WrongKey,
                ReportState::CustomerKey => KeyState::CustomerKey,
                ReportState::Unreachable => KeyState::Unreachable,
                ReportState::Challenge => KeyState::Challenge,
                ReportState::NotAPanel => KeyState::NotAPanel,
                ReportState::BlockedAddress => KeyState::BlockedAddress,
                ReportState::TooSlow => KeyState::TooSlow,
            },
            kind: report.kind.map(PanelKind::from),
            sentence: report.sentence,
            next: report.next,
            abilities: report.abilities.into_iter().map(Ability::from).collect(),
            checked_at: report.checked_at,
        }
    }
}

impl From<words::Ability> for Ability {
    fn from(ability: words::Ability) -> Self {
        Self {
            key: ability.key,
            state: match ability.state {
                AbilityState::Can => Able::Can,
                AbilityState::Cannot => Able::Cannot,
                AbilityState::Locked => Able::Locked,
            },
            sentence: ability.sentence,
        }
    }
}
