//! What everyday reads say of a panel, kept with it, so that its owner sees trouble without testing.
//!
//! Invariant: at most one write a minute and panel from each process, and one more when the state changes.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use moka::sync::Cache;
use switchboard_domain::id::PanelId;
use switchboard_integrations::panel::{PanelError, PanelKind};
use switchboard_store::{StoreError, TenantScope, tenant::panel_book::PanelChange};

use super::{
    PanelReport,
    words::{self, ReportState},
};
use crate::{Hub, live::Topic};

const EVERY: TimeDelta = TimeDelta::minutes(1);

/// What this process last wrote of each panel.
#[derive(Clone)]
pub struct Noted(Cache<PanelId, (ReportState, DateTime<Utc>)>);

impl Default for Noted {
    fn default() -> Self {
        let cache = Cache::builder()
            .max_capacity(20_000)
            .time_to_idle(Duration::from_secs(600));
        Self(cache.build())
    }
}

/// Keeps how a read ended. A failure to write is only logged: the read itself is what matters.
pub(crate) async fn note(
    hub: &Hub,
    scope: &TenantScope,
    panel: PanelId,
    kind: PanelKind,
    failed: Option<&PanelError>,
) {
    let now = hub.clock.now();
    let finding = failed.map(|error| words::error(Some(kind), error));
    let state = finding.as_ref().map_or(ReportState::Ok, |finding| finding.state);
    let known = hub.noted.0.get(&panel);
    if known.is_some_and(|(before, at)| before == state && now - at < EVERY) {
        return;
    }
    hub.noted.0.insert(panel, (state, now));
    match write(hub, scope, panel, kind, finding, now).await {
        Ok(()) => hub.live.changed(scope.tenant(), Topic::Panels, [panel.uuid()]),
        Err(error) => {
            tracing::warn!(tenant.id = %scope.tenant(), panel.id = %panel, error = %crate::chain(&error), "a panel's state was not noted");
        }
    }
}

async fn write(
    hub: &Hub,
    scope: &TenantScope,
    panel: PanelId,
    kind: PanelKind,
    finding: Option<words::Finding>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut tx = hub.db.begin(scope).await?;
    let Some(entry) = tx.panel_book().find(panel).await? else {
        return Ok(());
    };
    let before = super::keep::last_report(&entry).map(|report| report.state);
    let failed = finding.is_some();
    let report = match (before, finding) {
        // A customer's key reads its own orders well and is still not the owner's.
        (None | Some(ReportState::Ok | ReportState::CustomerKey), None) => None,
        (Some(_), None) => Some(words::works(kind)),
        (Some(ReportState::CustomerKey), Some(finding)) if finding.state == ReportState::WrongKey => None,
        // Since when it has been so stays visible.
        (Some(before), Some(finding)) if before == finding.state => None,
        (_, Some(finding)) => Some(finding),
    };
    let change = PanelChange {
        answered_at: (!failed).then_some(now),
        report: report.map(|finding| serde_json::json!(PanelReport::new(finding, now))),
        ..PanelChange::default()
    };
    tx.panel_book().change(panel, &change).await?;
    tx.commit().await
}
