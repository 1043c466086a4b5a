//! Credits that the platform gives to a tenant or takes back, each with a reason.

use switchboard_domain::{
    credit::Credits,
    id::{GrantId, TenantId},
};
use switchboard_store::{Db, StoreError};

use crate::{Actor, tenants::book_job};

#[derive(Debug, thiserror::Error)]
pub enum CreditError {
    #[error("a reason is needed: it stands in the ledger and in the audit")]
    NoReason,
    #[error("an amount of zero changes nothing")]
    Zero,
    #[error("there is no such tenant, or it is still being made")]
    NotFound,
    #[error("the tenant has only {balance} credits left to deduct")]
    TooMuch { balance: Credits },
    #[error("the store did not take it")]
    Store(#[from] StoreError),
}

/// Adds (or, negative, deducts) credits. Returns the new balance.
pub async fn add(
    db: &Db,
    actor: &Actor,
    tenant: TenantId,
    amount: Credits,
    reason: &str,
) -> Result<Credits, CreditError> {
    let grant = GrantId::from_uuid(db.clock().uuid());
    add_once(db, actor, tenant, amount, reason, grant).await
}

/// The same for a request that may come twice: the grant's id, made by the caller, is what it is known by.
pub async fn add_once(
    db: &Db,
    actor: &Actor,
    tenant: TenantId,
    amount: Credits,
    reason: &str,
    grant: GrantId,
) -> Result<Credits, CreditError> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(CreditError::NoReason);
    }
    if amount == Credits::ZERO {
        return Err(CreditError::Zero);
    }
    let scope = db
        .scope_for_operator(tenant)
        .await?
        .ok_or(CreditError::NotFound)?;
    let clock = db.clock();
    let now = clock.now();
    let cause = format!("admin:{grant}");
    let mut tx = db.begin_platform().await?;
    let is_new = tx
        .grants()
        .insert(grant, tenant, amount, &cause, reason, actor.as_str(), now)
        .await?;
    if is_new {
        let before = db.begin(&scope).await?.wallet().balance().await?;
        if before
            .balance
            .checked_add(amount)
            .is_none_or(|after| after < Credits::ZERO)
        {
            return Err(CreditError::TooMuch {
                balance: before.balance,
            });
        }
        let detail = serde_json::json!({ "grant": grant, "micros": amount.micros(), "reason": reason });
        tx.audit()
            .append(actor.as_str(), "credit.add", Some(tenant), detail, now)
            .await?;
        tx.enqueue_for(tenant, &[book_job(clock.as_ref(), &cause)])
            .await?;
        tx.commit().await?;
    }
    // From here on the job books it even if this process ends; booked now, the caller sees the new balance.
    let mut tx = db.begin(&scope).await?;
    tx.wallet().book_grant(grant, now).await?;
    let after = tx.wallet().balance().await?;
    tx.commit().await?;
    Ok(after.balance)
}
