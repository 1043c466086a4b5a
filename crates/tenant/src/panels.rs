//! Panels of a shop: connecting them, testing their keys, and the desk through which they are called.

pub mod keep;
mod noted;
mod report;
pub mod words;

use std::time::Duration;

use chrono_tz::Tz;
use secrecy::SecretString;
use serde::Serialize;
use switchboard_domain::{command::decide::PanelAbilities, id::PanelId};
use switchboard_integrations::panel::{
    BadPanelUrl, Detected, KeyReport, Pace, PanelConfig, PanelDesk, PanelKind, connect as open_panel, detect,
    normalise_base_url,
};
use switchboard_store::{StoreError, TenantScope, tenant::panels::Panel, vault::Sealed};
use url::Url;

use crate::Hub;

pub use noted::Noted;
pub(crate) use noted::note;
pub use report::{PanelReport, report};

#[derive(Debug, thiserror::Error)]
pub enum PanelUseError {
    #[error("a panel's display name has 1 to 60 characters in one line: providers read it")]
    BadName,
    #[error(transparent)]
    Url(#[from] BadPanelUrl),
    #[error("`{0}` is no time zone; write it like Asia/Kathmandu")]
    TimeZone(String),
    #[error("{0}")]
    NotUsable(String),
    #[error("there is a panel of that name already")]
    NameTaken,
    #[error("there is no panel of that name: `switchboard panel list` shows all")]
    NotFound,
    #[error("the store did not take it")]
    Store(#[from] StoreError),
}

#[derive(Debug)]
pub struct NewPanel<'a> {
    /// Shown to the owner and to providers' groups.
    pub name: &'a str,
    pub url: &'a str,
    pub key: SecretString,
    /// `None`: found out, without side effects.
    pub kind: Option<PanelKind>,
    pub time_zone: &'a str,
    pub min_gap: Option<Duration>,
}

#[derive(Debug, Serialize)]
pub struct ConnectedPanel {
    pub id: PanelId,
    pub name: String,
    pub kind: PanelKind,
    pub report: KeyReport,
}

/// Connects a panel whose key works. A panel that is down is not connected: nobody could say what the key can do.
pub async fn connect(
    hub: &Hub,
    scope: &TenantScope,
    new: NewPanel<'_>,
) -> Result<ConnectedPanel, PanelUseError> {
    let name = new.name.trim();
    if !(1..=60).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(PanelUseError::BadName);
    }
    let url = normalise_base_url(new.url)?;
    let zone: Tz = new
        .time_zone
        .parse()
        .map_err(|_| PanelUseError::TimeZone(new.time_zone.to_owned()))?;
    let kind = match new.kind {
        Some(kind) => kind,
        None => {
            let Detected {
                kind,
                key_works,
                words,
                ..
            } = detect(&url, &new.key, &hub.http).await;
            match kind.filter(|_| key_works) {
                Some(kind) => kind,
                None => return Err(PanelUseError::NotUsable(words)),
            }
        }
    };
    let pace = new.min_gap.map(Pace::every);
    let config = PanelConfig {
        time_zone: zone,
        pace,
        ..PanelConfig::new(url.clone(), new.key.clone())
    };
    let report = open_panel(kind, config, &hub.http).check_key().await;
    if !report.works {
        let fix = report.fix.unwrap_or_default();
        return Err(PanelUseError::NotUsable(format!("{} {fix}", report.summary)));
    }
    let (id, now) = (PanelId::from_uuid(hub.clock.uuid()), hub.clock.now());
    let key = hub.db.data_key(scope.tenant()).await?;
    let gap = pace.unwrap_or(Pace::of(kind)).min_gap();
    let panel = Panel {
        id: id.uuid(),
        kind: kind.as_str().to_owned(),
        name: name.to_owned(),
        base_url: url.to_string(),
        secret: Sealed::seal(&key, id.uuid(), &new.key).map_err(StoreError::from)?,
        abilities: serde_json::json!(kind.abilities()),
        min_gap_ms: i32::try_from(gap.as_millis()).unwrap_or(i32::MAX),
        time_zone: zone.name().to_owned(),
        version: 1,
        created_at: now,
    };
    let mut tx = hub.db.begin(scope).await?;
    tx.panels()
        .insert(&panel)
        .await
        .map_err(|error| match error.constraint() {
            Some("panel_name_key") => PanelUseError::NameTaken,
            _ => error.into(),
        })?;
    let detail = serde_json::json!({ "kind": kind, "host": url.host_str() });
    tx.audit()
        .append("operator", "panel.connect", &id.to_string(), detail, now)
        .await?;
    tx.commit().await?;
    Ok(ConnectedPanel {
        id,
        name: name.to_owned(),
        kind,
        report,
    })
}

/// Asks the panel again what the stored key can do. Changes nothing anywhere.
pub async fn test(hub: &Hub, scope: &TenantScope, name: &str) -> Result<KeyReport, PanelUseError> {
    let panel = hub
        .db
        .begin(scope)
        .await?
        .panels()
        .find_by_name(name)
        .await?
        .ok_or(PanelUseError::NotFound)?;
    let desk = desk(hub, scope, panel.id.into())
        .await?
        .ok_or(PanelUseError::NotFound)?;
    Ok(desk.check_key().await)
}

pub async fn list(hub: &Hub, scope: &TenantScope) -> Result<Vec<Panel>, PanelUseError> {
    Ok(hub.db.begin(scope).await?.panels().list().await?)
}

/// The desk of a panel: its pace and its queue are shared by everything in this process. `None`: no such panel.
pub(crate) async fn desk(
    hub: &Hub,
    scope: &TenantScope,
    id: PanelId,
) -> Result<Option<PanelDesk>, StoreError> {
    let shop = hub.shops.get(&hub.db, scope).await?;
    let stored = match shop.panels.get(&id) {
        Some(panel) => panel.clone(),
        None => match hub.db.begin(scope).await?.panels().find(id).await? {
            Some(panel) => panel,
            None => return Ok(None),
        },
    };
    if let Some(desk) = hub.desks.get(id, i64::from(stored.version)) {
        return Ok(Some(desk));
    }
    let kind: PanelKind = stored
        .kind
        .parse()
        .map_err(|_| StoreError::unreadable("panel.kind", stored.kind.clone()))?;
    let url = Url::parse(&stored.base_url)
        .map_err(|error| StoreError::unreadable("panel.base_url", error.to_string()))?;
    let key = hub.db.data_key(scope.tenant()).await?;
    let gap = Duration::from_millis(u64::try_from(stored.min_gap_ms).unwrap_or(0));
    let config = PanelConfig {
        time_zone: stored.time_zone.parse().unwrap_or(Tz::UTC),
        pace: Some(Pace::every(gap)),
        ..PanelConfig::new(url, stored.secret.open(&key, stored.id)?)
    };
    Ok(Some(hub.desks.open(
        id,
        i64::from(stored.version),
        open_panel(kind, config, &hub.http),
    )))
}

/// What a panel of this kind can do, as a decision needs it. No panel: nothing, as for a sender who is linked nowhere.
pub(crate) fn abilities(kind: Option<PanelKind>) -> PanelAbilities {
    let Some(can) = kind.map(PanelKind::abilities) else {
        return PanelAbilities {
            refill: false,
            request_cancel: false,
            tells_owner: true,
            tells_provider: true,
        };
    };
    PanelAbilities {
        refill: can.refill,
        request_cancel: can.request_cancel,
        tells_owner: can.tells_owner,
        tells_provider: can.tells_provider,
    }
}
