//! What follows a sign-up: workspace, first credits, panel. Step by step, resumed wherever it was cut off, shown to who waits.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use serde_json::Value;
use switchboard_domain::id::{PanelId, TenantId, UserId};
use switchboard_integrations::panel::{Pace, PanelKind};
use switchboard_store::{Db, StoreError, platform::sign_ups::SignUpRow, tenant::panels::Panel};
use url::Url;

use crate::tenants::{TenantError, Tenants};

/// A panel that was down at sign-up is tested again for so long; then its owner presses the button.
const KEEP_TESTING: TimeDelta = TimeDelta::hours(24);
/// As long as nobody knows better. Most panels are of this kind.
const GUESS: PanelKind = PanelKind::PerfectPanelAdminV2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    Done,
    Running,
    Waiting,
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupStep {
    /// `account`, `schema`, `credits`, `panel`.
    pub key: &'static str,
    pub state: StepState,
    pub at: Option<DateTime<Utc>>,
    pub detail: String,
}

#[derive(Debug, Clone)]
pub struct Progress {
    pub tenant: TenantId,
    pub steps: Vec<SetupStep>,
    /// What the test of the panel's key said, as [`Tested::report`] was kept.
    pub panel: Option<Value>,
}

/// What a test of the panel's key came to.
#[derive(Debug, Clone)]
pub struct Tested {
    pub outcome: Outcome,
    /// The interface that was found.
    pub kind: Option<PanelKind>,
    pub sentence: String,
    /// The whole of it, for the tenant's side, whose words it holds.
    pub report: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Works,
    /// Asking again later may say more, without anybody changing anything.
    MayPass,
    /// Its owner has to do something.
    Wrong,
}

impl Outcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::MayPass => "may_pass",
            Self::Wrong => "wrong",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Works, Self::MayPass, Self::Wrong]
            .into_iter()
            .find(|outcome| outcome.as_str() == text)
    }
}

/// Tests a key at an address: the tenant side's own test, handed in by who wires both.
#[async_trait]
pub trait TestKey: Send + Sync {
    async fn test(&self, base: &Url, kind: Option<PanelKind>, key: &SecretString) -> Tested;
}

impl Progress {
    pub fn state(&self) -> StepState {
        let has = |state| self.steps.iter().any(|step| step.state == state);
        if has(StepState::Running) {
            StepState::Running
        } else if has(StepState::Waiting) {
            StepState::Waiting
        } else {
            StepState::Done
        }
    }
}

/// What is left to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    Done,
    /// The panel did not answer: ask again later.
    PanelLater,
}

/// Does whatever is missing behind a sign-up. Safe to repeat, and by several at once.
pub async fn finish(
    db: &Db,
    tenants: &Tenants,
    tester: &dyn TestKey,
    tenant: TenantId,
) -> Result<Finished, TenantError> {
    tenants.provision(tenant, &|_| {}).await?;
    let row = db
        .begin_platform()
        .await?
        .sign_ups()
        .find_by_tenant(tenant)
        .await?;
    // Made by the operator: nothing else was promised.
    let Some(row) = row else {
        return Ok(Finished::Done);
    };
    adopt_panel(db, tenant, &row).await?;
    test_panel(db, tester, tenant, &row).await
}

/// Puts the panel where it belongs: into the tenant's own table, under the id that its key was sealed for.
async fn adopt_panel(db: &Db, tenant: TenantId, row: &SignUpRow) -> Result<(), StoreError> {
    let Some(sealed) = &row.panel_key else {
        return Ok(());
    };
    // Suspended meanwhile: later.
    let Some(scope) = db.scope_if_active(tenant).await? else {
        return Ok(());
    };
    let now = db.clock().now();
    let kind = kind_of(row)?.unwrap_or(GUESS);
    let owner = UserId::from_uuid(row.account_id);
    let account = db.begin_platform().await?.accounts().find(owner).await?;
    let mut tx = db.begin(&scope).await?;
    if tx
        .panels()
        .find(PanelId::from_uuid(row.panel_id))
        .await?
        .is_none()
    {
        let gap = Pace::of(kind).min_gap();
        tx.panels()
            .insert(&Panel {
                id: row.panel_id,
                kind: kind.as_str().to_owned(),
                name: row.panel_name.clone(),
                base_url: row.panel_url.clone(),
                secret: sealed.clone(),
                abilities: serde_json::json!(kind.abilities()),
                min_gap_ms: i32::try_from(gap.as_millis()).unwrap_or(i32::MAX),
                // Most owners' panels keep their time.
                time_zone: account.map_or_else(|| "UTC".to_owned(), |account| account.time_zone),
                version: 1,
                created_at: now,
            })
            .await?;
        let id = PanelId::from_uuid(row.panel_id).to_string();
        tx.audit()
            .append(
                crate::Actor::user(owner).as_str(),
                "panel.connect",
                &id,
                serde_json::json!({ "kind": kind }),
                now,
            )
            .await?;
        tx.commit().await?;
    }
    let mut tx = db.begin_platform().await?;
    tx.sign_ups().panel_adopted(tenant, now).await?;
    tx.commit().await
}

/// Asks the panel what its key can do, once it answers.
async fn test_panel(
    db: &Db,
    tester: &dyn TestKey,
    tenant: TenantId,
    row: &SignUpRow,
) -> Result<Finished, TenantError> {
    if outcome_of(row).is_some_and(|outcome| outcome != Outcome::MayPass) {
        return Ok(Finished::Done);
    }
    let Some(scope) = db.scope_if_active(tenant).await? else {
        return Ok(Finished::PanelLater);
    };
    let id = PanelId::from_uuid(row.panel_id);
    // Removed by its owner meanwhile.
    let Some(panel) = db.begin(&scope).await?.panels().find(id).await? else {
        return Ok(Finished::Done);
    };
    let url = Url::parse(&panel.base_url)
        .map_err(|error| StoreError::unreadable("panel.base_url", error.to_string()))?;
    let key = panel
        .secret
        .open(&*db.data_key(tenant).await?, panel.id)
        .map_err(StoreError::from)?;
    let tested = tester.test(&url, kind_of(row)?, &key).await;
    if let Some(kind) = tested.kind.filter(|_| tested.outcome == Outcome::Works) {
        let mut tx = db.begin(&scope).await?;
        tx.panels()
            .set_kind(id, kind.as_str(), &serde_json::json!(kind.abilities()))
            .await?;
        tx.commit().await?;
    }
    let kept = serde_json::json!({
        "outcome": tested.outcome.as_str(), "sentence": tested.sentence, "report": tested.report
    });
    let mut tx = db.begin_platform().await?;
    tx.sign_ups().set_report(tenant, &kept).await?;
    tx.commit().await?;
    if tested.outcome == Outcome::MayPass && db.clock().now() - row.created_at < KEEP_TESTING {
        return Ok(Finished::PanelLater);
    }
    Ok(Finished::Done)
}

fn kind_of(row: &SignUpRow) -> Result<Option<PanelKind>, StoreError> {
    row.panel_kind
        .as_deref()
        .map(|kind| {
            kind.parse()
                .map_err(|_| StoreError::unreadable("sign_up.panel_kind", kind.to_owned()))
        })
        .transpose()
}

fn outcome_of(row: &SignUpRow) -> Option<Outcome> {
    Outcome::parse(row.panel_report.as_ref()?["outcome"].as_str()?)
}

/// How far a sign-up is. `None`: this account did not sign up itself.
pub async fn progress(db: &Db, user: UserId) -> Result<Option<Progress>, StoreError> {
    let row = db.begin_platform().await?.sign_ups().find(user).await?;
    Ok(row.map(|mut row| Progress {
        tenant: TenantId::from_uuid(row.tenant_id),
        steps: steps(&row),
        panel: row.panel_report.as_mut().map(|kept| kept["report"].take()),
    }))
}

fn steps(row: &SignUpRow) -> Vec<SetupStep> {
    let made = |key, at: Option<DateTime<Utc>>, before: bool, done: &str, doing: &str| SetupStep {
        key,
        state: match (at, before) {
            (Some(_), _) => StepState::Done,
            (None, true) => StepState::Running,
            (None, false) => StepState::Waiting,
        },
        at,
        detail: if at.is_some() { done } else { doing }.to_owned(),
    };
    let outcome = outcome_of(row);
    let tested = row.panel_at.is_some() && outcome.is_some();
    let mut panel = made(
        "panel",
        row.panel_at.filter(|_| tested),
        row.credits_at.is_some(),
        "",
        "Your panel is connected next.",
    );
    if let Some(outcome) = outcome.filter(|_| row.panel_at.is_some()) {
        let sentence = row
            .panel_report
            .as_ref()
            .and_then(|kept| kept["sentence"].as_str());
        panel.detail = sentence.unwrap_or_default().to_owned();
        panel.state = match outcome {
            Outcome::Works => StepState::Done,
            Outcome::MayPass => StepState::Waiting,
            Outcome::Wrong => StepState::Failed,
        };
    }
    vec![
        made("account", Some(row.created_at), true, "Your account is made.", ""),
        made(
            "schema",
            row.schema_at,
            true,
            "Your workspace is made.",
            "Your workspace is being made.",
        ),
        made(
            "credits",
            row.credits_at,
            row.schema_at.is_some(),
            "Your first credits are there.",
            "Your first credits come next.",
        ),
        panel,
    ]
}
