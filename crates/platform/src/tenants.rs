//! Tenants: made, provisioned step by step, suspended.
//!
//! Provisioning is a saga: the tenant's row and a job in one transaction, then steps that each look whether they were done.
//! Whoever runs it (the worker, or the command line that waits for it) goes on where the last one was cut off.

use std::sync::Arc;

use switchboard_domain::{
    clock::Clock,
    credit::Credits,
    id::{GrantId, TenantId},
};
use switchboard_store::{
    Db, PlatformTx, StoreError,
    platform::{sign_ups::Step, tenants::TenantRow},
    queue::NewJob,
};

use crate::Actor;

/// Job of the platform: provision one tenant.
pub const PROVISION: &str = "tenant.provision";
/// Job of a tenant: book the grants that wait for it.
pub const BOOK_GRANTS: &str = "credit.book";

/// Credits that a new tenant starts with, in platform setting `trial_credits` (micro-credits).
const DEFAULT_TRIAL: i64 = 100 * Credits::MICRO;

/// Marks a tenant that is suspended because its owner is.
pub(crate) const WITH_OWNER: &str = "with its owner: ";

#[derive(Debug, thiserror::Error)]
pub enum TenantError {
    #[error("a tenant's name has 2 to 60 characters, at least one of them a letter or digit")]
    BadName,
    #[error("there is a tenant of that name already: names are unique, in any case")]
    NameTaken,
    #[error("there is no such tenant: `switchboard tenant list` shows all")]
    NotFound,
    #[error("the tenant is {0} and cannot be changed that way")]
    WrongState(String),
    #[error("trial credits are zero or more")]
    NegativeTrial,
    #[error("a reason is needed: it stands in the audit")]
    NoReason,
    #[error("the store did not take it")]
    Store(#[from] StoreError),
}

#[derive(Clone)]
pub struct Tenants {
    db: Db,
    clock: Arc<dyn Clock>,
    slots: u16,
}

impl Tenants {
    pub fn new(db: Db, slots: u16) -> Self {
        Self {
            clock: db.clock().clone(),
            db,
            slots,
        }
    }

    /// Makes the row and the job. The tenant can be used once it is `active`.
    pub async fn create(&self, actor: &Actor, name: &str) -> Result<TenantId, TenantError> {
        let name = name.trim();
        if !(2..=60).contains(&name.chars().count())
            || !name.chars().any(char::is_alphanumeric)
            || name.chars().any(char::is_control)
        {
            return Err(TenantError::BadName);
        }
        let tenant = TenantId::from_uuid(self.clock.uuid());
        let mut tx = self.db.begin_platform().await?;
        self.create_in(&mut tx, actor, tenant, name).await?;
        tx.commit().await?;
        Ok(tenant)
    }

    /// The same as a part of somebody else's transaction.
    pub(crate) async fn create_in(
        &self,
        tx: &mut PlatformTx,
        actor: &Actor,
        tenant: TenantId,
        name: &str,
    ) -> Result<(), TenantError> {
        let now = self.clock.now();
        tx.tenants()
            .insert(tenant, name, self.slots, now)
            .await
            .map_err(|error| match error.constraint() {
                Some("tenant_name_key") => TenantError::NameTaken,
                _ => error.into(),
            })?;
        tx.audit()
            .append(
                actor.as_str(),
                "tenant.create",
                Some(tenant),
                serde_json::json!({ "name": name }),
                now,
            )
            .await?;
        let job = NewJob::new(self.clock.uuid(), PROVISION, format!("provision:{tenant}"))
            .lane(format!("provision:{tenant}"))
            .payload(serde_json::json!({ "tenant": tenant }));
        tx.enqueue(&[job]).await?;
        Ok(())
    }

    /// Does whatever is still missing; `progress` hears each step in words. Safe to call by several at once.
    pub async fn provision(
        &self,
        tenant: TenantId,
        progress: &(dyn Fn(&str) + Sync),
    ) -> Result<(), TenantError> {
        let row = self.get(tenant).await?;
        if row.state != "provisioning" {
            return Ok(());
        }
        self.step(
            tenant,
            "making the key that seals this tenant's secrets",
            progress,
        )
        .await?;
        self.db.ensure_data_key(tenant).await?;
        self.step(tenant, "making the schema and its tables", progress)
            .await?;
        self.db.provision_schema(tenant).await?;
        let now = self.clock.now();
        let mut tx = self.db.begin_platform().await?;
        tx.sign_ups().done(tenant, Step::Schema, now).await?;
        tx.commit().await?;
        self.step(tenant, "giving trial credits", progress).await?;
        let mut tx = self.db.begin_platform().await?;
        let trial = Credits::from_micros(
            tx.settings()
                .find::<i64>("trial_credits")
                .await?
                .unwrap_or(DEFAULT_TRIAL),
        );
        if trial > Credits::ZERO {
            let grant = GrantId::from_uuid(self.clock.uuid());
            tx.grants()
                .insert(
                    grant,
                    tenant,
                    trial,
                    &format!("trial:{tenant}"),
                    "trial credits of a new tenant",
                    "system",
                    now,
                )
                .await?;
        }
        tx.enqueue_for(
            tenant,
            &[book_job(self.clock.as_ref(), &format!("trial:{tenant}"))],
        )
        .await?;
        tx.sign_ups().done(tenant, Step::Credits, now).await?;
        // Its owner may have been suspended meanwhile: then it is born suspended, and comes to life with them.
        let locked = tx.memberships().owner_is_locked(tenant).await?;
        let (state, reason) = if locked {
            ("suspended", format!("{WITH_OWNER}suspended before it was made"))
        } else {
            ("active", String::new())
        };
        // Somebody else may have come to the same end meanwhile: it is told once.
        if tx
            .tenants()
            .set_state(tenant, &["provisioning"], state, &reason, now)
            .await?
        {
            tx.audit()
                .append(
                    "system",
                    "tenant.activate",
                    Some(tenant),
                    serde_json::json!({ "state": state }),
                    now,
                )
                .await?;
        }
        tx.commit().await?;
        self.db.forget(tenant).await;
        self.db.forget_people();
        // The worker would book it too; done here as well, a tenant is never seen without its first credits.
        self.book_grants(tenant).await?;
        progress("ready");
        Ok(())
    }

    /// How many credits a new tenant starts with; tenants that exist keep what they got.
    pub async fn set_trial(&self, actor: &Actor, amount: Credits) -> Result<(), TenantError> {
        if amount < Credits::ZERO {
            return Err(TenantError::NegativeTrial);
        }
        let now = self.clock.now();
        let mut tx = self.db.begin_platform().await?;
        tx.settings().put("trial_credits", &amount.micros(), now).await?;
        let detail = serde_json::json!({ "micros": amount.micros() });
        tx.audit()
            .append(actor.as_str(), "trial.set", None, detail, now)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Books every grant that the tenant's ledger does not show yet. Idempotent.
    ///
    /// A deduction for which there is too little credit by now stays open and holds up no other grant.
    pub async fn book_grants(&self, tenant: TenantId) -> Result<usize, StoreError> {
        let Some(scope) = self.db.scope_for_operator(tenant).await? else {
            return Ok(0);
        };
        let now = self.clock.now();
        let open = self.db.begin(&scope).await?.wallet().open_grants().await?;
        let mut booked = 0;
        for grant in open {
            let mut tx = self.db.begin(&scope).await?;
            match tx.wallet().book_grant(grant, now).await {
                Ok(new) => {
                    tx.commit().await?;
                    booked += usize::from(new);
                }
                Err(StoreError::Conflict { constraint, .. }) => {
                    tracing::warn!(tenant.id = %tenant, grant.id = %grant, rule = constraint, "a deduction waits: the balance is below it");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(booked)
    }

    pub async fn list(&self) -> Result<Vec<TenantRow>, TenantError> {
        Ok(self.db.begin_platform().await?.tenants().list().await?)
    }

    pub async fn get(&self, tenant: TenantId) -> Result<TenantRow, TenantError> {
        self.db
            .begin_platform()
            .await?
            .tenants()
            .find(tenant)
            .await?
            .ok_or(TenantError::NotFound)
    }

    /// By id (`ten_…`) or by name, in any case.
    pub async fn resolve(&self, text: &str) -> Result<TenantId, TenantError> {
        let mut tx = self.db.begin_platform().await?;
        let row = match text.parse::<TenantId>() {
            Ok(id) => tx.tenants().find(id).await?,
            Err(_) => tx.tenants().find_by_name(text.trim()).await?,
        };
        row.map(|row| row.id.into()).ok_or(TenantError::NotFound)
    }

    /// Stops everything that this tenant's bots do, within a second. The chat network keeps what it cannot deliver (Telegram: for a day).
    pub async fn suspend(&self, actor: &Actor, tenant: TenantId, reason: &str) -> Result<(), TenantError> {
        self.change(actor, tenant, "active", "suspended", reason).await
    }

    pub async fn reinstate(&self, actor: &Actor, tenant: TenantId, reason: &str) -> Result<(), TenantError> {
        self.change(actor, tenant, "suspended", "active", reason).await
    }

    async fn change(
        &self,
        actor: &Actor,
        tenant: TenantId,
        from: &str,
        to: &str,
        reason: &str,
    ) -> Result<(), TenantError> {
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(TenantError::NoReason);
        }
        let now = self.clock.now();
        let row = self.get(tenant).await?;
        let mut tx = self.db.begin_platform().await?;
        if !tx.tenants().set_state(tenant, &[from], to, reason, now).await? {
            return Err(TenantError::WrongState(row.state));
        }
        let action = if to == "suspended" {
            "tenant.suspend"
        } else {
            "tenant.reinstate"
        };
        tx.audit()
            .append(
                actor.as_str(),
                action,
                Some(tenant),
                serde_json::json!({ "reason": reason }),
                now,
            )
            .await?;
        tx.commit().await?;
        self.db.forget(tenant).await;
        Ok(())
    }

    async fn step(
        &self,
        tenant: TenantId,
        step: &str,
        progress: &(dyn Fn(&str) + Sync),
    ) -> Result<(), StoreError> {
        progress(step);
        let mut tx = self.db.begin_platform().await?;
        tx.tenants().set_step(tenant, step, self.clock.now()).await?;
        tx.commit().await
    }
}

/// Tells the tenant's side that a grant waits. `cause` makes the job unique.
pub(crate) fn book_job(clock: &dyn Clock, cause: &str) -> NewJob {
    NewJob::new(clock.uuid(), BOOK_GRANTS, format!("book:{cause}")).lane("credit")
}
