//! The owner's panels: connecting, testing, editing, removing.
//!
//! Invariants: a panel that is down, or whose key does not fit, is saved all the same and its report says so; the key is sealed
//! and at most its last four characters are ever shown.

use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use secrecy::{ExposeSecret, SecretString};
use switchboard_domain::id::PanelId;
use switchboard_integrations::panel::{BadPanelUrl, Pace, PanelKind, normalise_base_url};
use switchboard_store::{
    StoreError, TenantScope,
    tenant::{
        panel_book::{PanelChange, PanelEntry, PanelUses},
        panels::Panel,
    },
    vault::Sealed,
};
use url::Url;

use super::{
    PanelReport, desk, report,
    words::{self, ReportState},
};
use crate::Hub;

/// So long a test may take; see [`report`].
const PATIENCE: Duration = Duration::from_secs(10);
/// A key with fewer characters shows none of them.
const SHORTEST_HINTED_KEY: usize = 12;
const LONGEST_KEY: usize = 500;
pub const MAX_GAP_MS: u32 = 60_000;

#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    #[error("a panel's display name has 1 to 60 characters in one line: providers read it")]
    BadName,
    #[error(transparent)]
    Url(#[from] BadPanelUrl),
    #[error("a key has 1 to 500 visible characters")]
    BadKey,
    #[error("`{0}` is no time zone; write it like Asia/Kathmandu")]
    TimeZone(String),
    #[error("the pause between two calls is at most a minute")]
    BadGap,
    #[error("there is a panel of that name already")]
    NameTaken,
    #[error("there is no such panel")]
    NotFound,
    #[error("{}", in_words(.0))]
    InUse(PanelUses),
    #[error("the store did not take it")]
    Store(#[from] StoreError),
}

/// What the owner enters.
#[derive(Debug)]
pub struct PanelForm<'a> {
    pub name: &'a str,
    pub url: &'a str,
    /// `None`: found out.
    pub kind: Option<PanelKind>,
    pub key: SecretString,
    pub time_zone: Option<&'a str>,
    pub min_gap_ms: Option<u32>,
}

#[derive(Debug, Default)]
pub struct PanelEdit<'a> {
    pub name: Option<&'a str>,
    pub key: Option<SecretString>,
    pub time_zone: Option<&'a str>,
    pub min_gap_ms: Option<u32>,
}

/// A panel as its owner sees it.
#[derive(Debug, Clone)]
pub struct PanelCard {
    pub id: PanelId,
    pub name: String,
    pub kind: PanelKind,
    pub url: String,
    pub time_zone: String,
    pub min_gap_ms: u32,
    pub report: PanelReport,
    /// The key's last four characters, or nothing.
    pub key_hint: String,
    pub last_answer_at: Option<DateTime<Utc>>,
    pub customers: u64,
    pub created_at: DateTime<Utc>,
}

/// Saves a panel with the report of its key, whatever that says.
pub async fn add(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    form: PanelForm<'_>,
) -> Result<PanelCard, KeepError> {
    let name = checked_name(form.name)?;
    let url = normalise_base_url(form.url)?;
    let zone = checked_zone(form.time_zone.unwrap_or("UTC"))?;
    let report_key = checked_key(&form.key)?;
    let gap = form.min_gap_ms.map(checked_gap).transpose()?;
    let report = report::look(hub, &url, form.kind, &report_key).await;
    // A guess where nobody could tell: the next test that reaches the panel corrects it.
    let kind = form
        .kind
        .or(report.kind)
        .unwrap_or(PanelKind::PerfectPanelAdminV2);
    let (id, now) = (PanelId::from_uuid(hub.clock.uuid()), hub.clock.now());
    let key = hub.db.data_key(scope.tenant()).await?;
    let panel = Panel {
        id: id.uuid(),
        kind: kind.as_str().to_owned(),
        name: name.to_owned(),
        base_url: url.to_string(),
        secret: Sealed::seal(&key, id.uuid(), &report_key).map_err(StoreError::from)?,
        abilities: serde_json::json!(kind.abilities()),
        min_gap_ms: gap.unwrap_or_else(|| millis(Pace::of(kind).min_gap())),
        time_zone: zone.name().to_owned(),
        version: 1,
        created_at: now,
    };
    let mut tx = hub.db.begin(scope).await?;
    tx.panels().insert(&panel).await.map_err(name_taken)?;
    let change = PanelChange {
        report: Some(serde_json::json!(report)),
        answered_at: answered(report.state).then_some(now),
        ..PanelChange::default()
    };
    tx.panel_book().change(id, &change).await?;
    let detail =
        serde_json::json!({ "name": name, "kind": kind, "host": url.host_str(), "report": report.state });
    tx.audit()
        .append(actor, "panel.connect", &id.to_string(), detail, now)
        .await?;
    tx.commit().await?;
    hub.shops.forget(scope.tenant()).await;
    get(hub, scope, id).await
}

pub async fn cards(hub: &Hub, scope: &TenantScope) -> Result<Vec<PanelCard>, KeepError> {
    let entries = hub.db.begin(scope).await?.panel_book().list().await?;
    let mut cards = Vec::with_capacity(entries.len());
    for entry in entries {
        cards.push(card(hub, scope, entry).await?);
    }
    Ok(cards)
}

pub async fn get(hub: &Hub, scope: &TenantScope, id: PanelId) -> Result<PanelCard, KeepError> {
    let entry = entry(hub, scope, id).await?;
    card(hub, scope, entry).await
}

/// Asks the panel again what the stored key can do, and keeps the answer.
pub async fn check(hub: &Hub, scope: &TenantScope, actor: &str, id: PanelId) -> Result<PanelCard, KeepError> {
    let entry = entry(hub, scope, id).await?;
    let key = opened(hub, scope, &entry).await?;
    let url = stored_url(&entry)?;
    let kind = stored_kind(&entry)?;
    let undetected = last_report(&entry).is_some_and(|report| report.kind.is_none());
    let report = if undetected {
        report::look(hub, &url, None, &key).await
    } else {
        // At the desk, so that the test keeps the panel's pace like every other call.
        let desk = desk(hub, scope, id).await?.ok_or(KeepError::NotFound)?;
        let finding = tokio::time::timeout(PATIENCE, async {
            let found = desk.check_key().await;
            report::customers_key(hub, &url, kind, &key, words::checked(&found), &found.cause).await
        })
        .await
        .unwrap_or_else(|_| words::too_slow(Some(kind)));
        PanelReport::new(finding, hub.clock.now())
    };
    let now = hub.clock.now();
    let found = report.kind.filter(|found| undetected && *found != kind);
    let change = PanelChange {
        kind: found.map(PanelKind::as_str),
        abilities: found.map(|kind| serde_json::json!(kind.abilities())),
        answered_at: answered(report.state).then_some(now),
        report: Some(serde_json::json!(report)),
        ..PanelChange::default()
    };
    let mut tx = hub.db.begin(scope).await?;
    if !tx.panel_book().change(id, &change).await? {
        return Err(KeepError::NotFound);
    }
    let detail = serde_json::json!({ "report": report.state });
    tx.audit()
        .append(actor, "panel.check", &id.to_string(), detail, now)
        .await?;
    tx.commit().await?;
    hub.shops.forget(scope.tenant()).await;
    get(hub, scope, id).await
}

/// Changes what is given. A new key is tested at once.
pub async fn edit(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    id: PanelId,
    edit: PanelEdit<'_>,
) -> Result<PanelCard, KeepError> {
    let name = edit.name.map(checked_name).transpose()?;
    let zone = edit.time_zone.map(checked_zone).transpose()?;
    let gap = edit.min_gap_ms.map(checked_gap).transpose()?;
    let new_key = edit.key.as_ref().map(checked_key).transpose()?;
    let entry = entry(hub, scope, id).await?;
    let now = hub.clock.now();
    let mut change = PanelChange {
        name,
        time_zone: zone.map(|zone| zone.name()),
        min_gap_ms: gap,
        ..PanelChange::default()
    };
    let mut found = None;
    if let Some(new_key) = &new_key {
        // The kind may have been a guess, or another API's key may be given: it is found out anew.
        let report = report::look(hub, &stored_url(&entry)?, None, new_key).await;
        let key = hub.db.data_key(scope.tenant()).await?;
        change.secret = Some(Sealed::seal(&key, id.uuid(), new_key).map_err(StoreError::from)?);
        change.answered_at = answered(report.state).then_some(now);
        change.report = Some(serde_json::json!(report));
        found = report.kind;
    }
    change.kind = found.map(PanelKind::as_str);
    change.abilities = found.map(|kind| serde_json::json!(kind.abilities()));
    let mut tx = hub.db.begin(scope).await?;
    if !tx.panel_book().change(id, &change).await.map_err(name_taken)? {
        return Err(KeepError::NotFound);
    }
    let detail = serde_json::json!({ "name": name, "time_zone": change.time_zone, "min_gap_ms": gap, "key": new_key.is_some() });
    tx.audit()
        .append(actor, "panel.edit", &id.to_string(), detail, now)
        .await?;
    tx.commit().await?;
    hub.shops.forget(scope.tenant()).await;
    get(hub, scope, id).await
}

/// Takes a panel out of use that nothing hangs on. Old requests keep its name; its key is gone.
pub async fn remove(hub: &Hub, scope: &TenantScope, actor: &str, id: PanelId) -> Result<(), KeepError> {
    let now = hub.clock.now();
    let key = hub.db.data_key(scope.tenant()).await?;
    let nothing = Sealed::seal(&key, id.uuid(), &SecretString::default()).map_err(StoreError::from)?;
    let mut tx = hub.db.begin(scope).await?;
    let entry = tx.panel_book().find(id).await?.ok_or(KeepError::NotFound)?;
    let uses = tx.panel_book().uses(id).await?;
    if uses.customers + uses.listed_orders + uses.open_requests > 0 {
        return Err(KeepError::InUse(uses));
    }
    if !tx.panel_book().remove(id, uses.history, &nothing, now).await? {
        return Err(KeepError::NotFound);
    }
    let detail = serde_json::json!({ "name": entry.name });
    tx.audit()
        .append(actor, "panel.remove", &id.to_string(), detail, now)
        .await?;
    tx.commit().await?;
    hub.shops.forget(scope.tenant()).await;
    hub.desks.close(id);
    Ok(())
}

/// What hangs on it, as a sentence.
fn in_words(uses: &PanelUses) -> String {
    let count = |n: i64, one: &str, many: &str| match n {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {many}")),
    };
    let things: Vec<String> = [
        count(
            uses.customers,
            "customer is linked to it",
            "customers are linked to it",
        ),
        count(
            uses.listed_orders,
            "order of its order list has a customer",
            "orders of its order list have a customer",
        ),
        count(
            uses.open_requests,
            "request is open on it",
            "requests are open on it",
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    format!("{}. Unlink or close them first.", things.join(", "))
}

async fn card(hub: &Hub, scope: &TenantScope, entry: PanelEntry) -> Result<PanelCard, KeepError> {
    let kind = stored_kind(&entry)?;
    let key = opened(hub, scope, &entry).await?;
    let last = last_report(&entry);
    // A key test that went well is an answer, too.
    let tested = last
        .as_ref()
        .and_then(|report| (report.state == ReportState::Ok).then_some(report.checked_at));
    let report = last.unwrap_or_else(|| PanelReport::new(words::works(kind), entry.created_at));
    Ok(PanelCard {
        id: entry.id.into(),
        kind,
        key_hint: hint(&key),
        name: entry.name,
        url: entry.base_url,
        time_zone: entry.time_zone,
        min_gap_ms: u32::try_from(entry.min_gap_ms).unwrap_or(0),
        last_answer_at: entry.last_answer_at.max(tested),
        report,
        customers: u64::try_from(entry.customers).unwrap_or(0),
        created_at: entry.created_at,
    })
}

async fn entry(hub: &Hub, scope: &TenantScope, id: PanelId) -> Result<PanelEntry, KeepError> {
    let entry = hub.db.begin(scope).await?.panel_book().find(id).await?;
    entry.ok_or(KeepError::NotFound)
}

async fn opened(hub: &Hub, scope: &TenantScope, entry: &PanelEntry) -> Result<SecretString, StoreError> {
    let key = hub.db.data_key(scope.tenant()).await?;
    Ok(entry.secret.open(&key, entry.id)?)
}

fn stored_kind(entry: &PanelEntry) -> Result<PanelKind, StoreError> {
    let kind = entry.kind.parse();
    kind.map_err(|_| StoreError::unreadable("panel.kind", entry.kind.clone()))
}

fn stored_url(entry: &PanelEntry) -> Result<Url, StoreError> {
    Url::parse(&entry.base_url).map_err(|error| StoreError::unreadable("panel.base_url", error.to_string()))
}

/// `None` for a panel that was connected before reports were kept; it was connected because its key worked.
pub(super) fn last_report(entry: &PanelEntry) -> Option<PanelReport> {
    serde_json::from_value(entry.report.clone()?).ok()
}

/// Whether the panel itself answered, whatever it thinks of the key.
fn answered(state: ReportState) -> bool {
    matches!(
        state,
        ReportState::Ok | ReportState::WrongKey | ReportState::CustomerKey
    )
}

fn hint(key: &SecretString) -> String {
    let key = key.expose_secret();
    let length = key.chars().count();
    if length < SHORTEST_HINTED_KEY {
        return String::new();
    }
    key.chars().skip(length - 4).collect()
}

fn checked_name(name: &str) -> Result<&str, KeepError> {
    let name = name.trim();
    let fits = (1..=60).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits { Ok(name) } else { Err(KeepError::BadName) }
}

fn checked_zone(zone: &str) -> Result<Tz, KeepError> {
    zone.parse()
        .map_err(|_| KeepError::TimeZone(zone.chars().take(60).collect()))
}

fn checked_gap(gap: u32) -> Result<i32, KeepError> {
    if gap > MAX_GAP_MS {
        return Err(KeepError::BadGap);
    }
    i32::try_from(gap).map_err(|_| KeepError::BadGap)
}

/// Without the spaces and line ends that copying brings along.
fn checked_key(key: &SecretString) -> Result<SecretString, KeepError> {
    let key = key.expose_secret().trim();
    let fits = (1..=LONGEST_KEY).contains(&key.chars().count()) && key.chars().all(|c| c.is_ascii_graphic());
    if fits {
        Ok(SecretString::from(key))
    } else {
        Err(KeepError::BadKey)
    }
}

fn millis(gap: Duration) -> i32 {
    i32::try_from(gap.as_millis()).unwrap_or(i32::MAX)
}

fn name_taken(error: StoreError) -> KeepError {
    match error.constraint() {
        Some("panel_name_key") => KeepError::NameTaken,
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_most_four_characters_of_a_long_key_are_shown() {
        let shown = |key: &str| hint(&SecretString::from(key));
        assert_eq!(shown("0123456789abcdef"), "cdef");
        assert_eq!(shown("0123456789ab"), "89ab");
        assert_eq!(shown("0123456789a"), "");
        assert_eq!(shown("ключключключ"), "ключ");
    }

    #[test]
    fn keys_are_trimmed_and_must_be_visible() {
        let read = |key: &str| checked_key(&SecretString::from(key));
        assert_eq!(read(" abc\n").unwrap().expose_secret(), "abc");
        for bad in ["", "  ", "a b", "a\u{200b}b", "ä"] {
            assert!(matches!(read(bad), Err(KeepError::BadKey)), "{bad:?}");
        }
    }

    #[test]
    fn what_hangs_on_a_panel_is_named() {
        let uses = |customers, listed_orders, open_requests| PanelUses {
            customers,
            listed_orders,
            open_requests,
            history: true,
        };
        assert_eq!(
            in_words(&uses(3, 0, 1)),
            "3 customers are linked to it, 1 request is open on it. Unlink or close them first."
        );
    }
}
