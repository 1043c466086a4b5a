//! From a stored panel to a live [`Panel`].

use std::{fmt, sync::Arc};

use chrono_tz::Tz;
use secrecy::SecretString;
use url::Url;

use super::{
    Pace, Panel, PanelKind, perfect_panel::PerfectPanel, rental::RentalPanel, user_v2::UserApi, wire::Wire,
};
use crate::http::GuardedClient;

/// What the owner stored.
#[derive(Clone)]
pub struct PanelConfig {
    /// As [`super::normalise_base_url`] made it.
    pub base_url: Url,
    pub key: SecretString,
    /// In which the panel prints times without a zone.
    pub time_zone: Tz,
    /// `None`: the kind's own.
    pub pace: Option<Pace>,
    /// Completed orders that a list shows without their last change are read again singly, where few (for refill
    /// windows). Costs a paced call each.
    pub needs_last_update: bool,
}

impl PanelConfig {
    pub fn new(base_url: Url, key: SecretString) -> Self {
        Self {
            base_url,
            key,
            time_zone: Tz::UTC,
            pace: None,
            needs_last_update: false,
        }
    }
}

impl fmt::Debug for PanelConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PanelConfig")
            .field("host", &self.base_url.host_str())
            .field("time_zone", &self.time_zone)
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
}

/// Makes the adapter of a kind. Calls nothing.
pub fn connect(kind: PanelKind, config: PanelConfig, client: &GuardedClient) -> Arc<dyn Panel> {
    let pace = config.pace.unwrap_or(Pace::of(kind));
    let wire = Wire::new(client.clone(), config.base_url, config.key, pace);
    match kind {
        PanelKind::PerfectPanelAdminV2 => Arc::new(PerfectPanel {
            wire,
            time_zone: config.time_zone,
            needs_last_update: config.needs_last_update,
        }),
        PanelKind::RentalPanelAdminV1 => Arc::new(RentalPanel {
            wire,
            time_zone: config.time_zone,
        }),
        PanelKind::UserApiV2 => Arc::new(UserApi { wire }),
    }
}
