//! Testing a key while somebody waits: what stands at the address, and what the key can do there.
//!
//! Invariant: reads only, at most five of them, and never longer than [`PATIENCE`].

use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use switchboard_integrations::panel::{
    BadPanelUrl, PanelConfig, PanelError, PanelKind, connect as open_panel, detect, normalise_base_url,
};
use url::Url;

use super::words::{self, Ability, Finding, ReportState};
use crate::Hub;

/// So long somebody waits before the form; the request itself ends at 15 s.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a key can do, in words for the owner. Stored with the panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PanelReport {
    pub state: ReportState,
    /// What answers there; `None`: nobody could tell yet.
    pub kind: Option<PanelKind>,
    pub sentence: String,
    /// What to do next; empty where nothing is to be done.
    pub next: String,
    pub abilities: Vec<Ability>,
    pub checked_at: DateTime<Utc>,
}

impl PanelReport {
    pub(super) fn new(finding: Finding, checked_at: DateTime<Utc>) -> Self {
        Self {
            state: finding.state,
            kind: finding.kind,
            sentence: finding.sentence,
            next: finding.next,
            abilities: finding.abilities,
            checked_at,
        }
    }

    /// Whether orders can be read with it as it is.
    pub fn works(&self) -> bool {
        self.state == ReportState::Ok
    }
}

/// Tests a key that is not stored. `kind`: as the owner chose, or `None` to find out. A broken panel is a report; only an
/// address that is none is an error, to be shown at its field.
pub async fn report(
    hub: &Hub,
    url: &str,
    kind: Option<PanelKind>,
    key: &SecretString,
) -> Result<PanelReport, BadPanelUrl> {
    let base = normalise_base_url(url)?;
    Ok(look(hub, &base, kind, key).await)
}

pub(super) async fn look(hub: &Hub, base: &Url, kind: Option<PanelKind>, key: &SecretString) -> PanelReport {
    let finding = match kind {
        None => {
            tokio::time::timeout(PATIENCE, async {
                words::detected(&detect(base, key, &hub.http).await)
            })
            .await
        }
        Some(kind) => {
            tokio::time::timeout(PATIENCE, async {
                let panel = open_panel(kind, PanelConfig::new(base.clone(), key.clone()), &hub.http);
                let report = panel.check_key().await;
                customers_key(hub, base, kind, key, words::checked(&report), &report.cause).await
            })
            .await
        }
    };
    PanelReport::new(finding.unwrap_or_else(|_| words::too_slow(kind)), hub.clock.now())
}

/// A key that the Admin API refuses may be a customer's, which deserves other words than a mistyped one.
pub(super) async fn customers_key(
    hub: &Hub,
    base: &Url,
    kind: PanelKind,
    key: &SecretString,
    finding: Finding,
    cause: &Option<PanelError>,
) -> Finding {
    if kind == PanelKind::UserApiV2 || !matches!(cause, Some(PanelError::Auth { .. })) {
        return finding;
    }
    let config = PanelConfig::new(base.clone(), key.clone());
    let user = open_panel(PanelKind::UserApiV2, config, &hub.http);
    if user.check_key().await.works {
        words::customer_key(Some(kind))
    } else {
        finding
    }
}
