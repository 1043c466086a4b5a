//! What a panel's key can do, in words; used wherever a key is tested.

use chrono::{DateTime, Utc};
use serde::Serialize;
use switchboard_integrations::panel::{AbilityState, AbilityWords, KeyState, KeyVerdict, PanelKind};
use utoipa::ToSchema;

/// What a key can do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KeyReport {
    #[schema(value_type = KeyStateName)]
    pub state: KeyState,
    #[schema(value_type = Option<PanelKindName>)]
    pub kind: Option<PanelKind>,
    /// What it is.
    pub sentence: String,
    /// What to do next; empty when nothing is to be done.
    pub next: String,
    pub abilities: Vec<Ability>,
    pub checked_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Ability {
    pub key: String,
    #[schema(value_type = AbilityStateName)]
    pub state: AbilityState,
    pub sentence: String,
}

/// Names for the document of what `integrations` owns.
#[derive(ToSchema)]
#[schema(as = KeyState, rename_all = "snake_case")]
pub enum KeyStateName {
    Ok,
    WrongKey,
    CustomerKey,
    Unreachable,
    Challenge,
    NotAPanel,
    BlockedAddress,
    TooSlow,
}

#[derive(ToSchema)]
#[schema(as = PanelKind, rename_all = "snake_case")]
pub enum PanelKindName {
    PerfectPanelAdminV2,
    RentalPanelAdminV1,
    #[schema(rename = "user_api_v2")]
    UserApiV2,
}

#[derive(ToSchema)]
#[schema(as = AbilityState, rename_all = "snake_case")]
pub enum AbilityStateName {
    Can,
    Cannot,
    Locked,
}

impl From<KeyVerdict> for KeyReport {
    fn from(verdict: KeyVerdict) -> Self {
        Self {
            state: verdict.state,
            kind: verdict.kind,
            sentence: verdict.sentence,
            next: verdict.next,
            abilities: verdict.abilities.into_iter().map(Ability::from).collect(),
            checked_at: verdict.checked_at,
        }
    }
}

impl From<AbilityWords> for Ability {
    fn from(words: AbilityWords) -> Self {
        Self {
            key: words.key,
            state: words.state,
            sentence: words.sentence,
        }
    }
}
