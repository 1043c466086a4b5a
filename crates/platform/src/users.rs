//! The console: who uses this installation, and what is done about them, each with a reason.
//!
//! Invariants: an account's state and that of the tenants it owns change in one transaction with their audit; a tenant that was
//! suspended for a reason of its own stays suspended when its owner is reinstated.

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};
use switchboard_domain::{
    access::Role,
    credit::Credits,
    id::{GrantId, TenantId, UserId},
};
use switchboard_store::{
    Db, StoreError,
    platform::{
        accounts::AccountRow,
        logins::LoginRow,
        users::{DoneRow, UserFilter, UserRow},
    },
};
use uuid::Uuid;

use crate::{
    Actor,
    credits::{self, CreditError},
    tenants::WITH_OWNER,
};

/// Balances are read from that many tenants at once.
const AT_ONCE: usize = 8;

#[derive(Debug, thiserror::Error)]
pub enum UserError {
    #[error("there is no such user")]
    NotFound,
    #[error("a reason is needed: it stands in the audit")]
    NoReason,
    #[error("a reason has at most 500 characters")]
    LongReason,
    #[error("the account is {0} already")]
    WrongState(String),
    #[error("nobody changes the state of their own account")]
    Oneself,
    #[error("this user owns no workspace")]
    NoTenant,
    #[error(transparent)]
    Credit(#[from] CreditError),
    #[error("the store did not take it")]
    Store(#[from] StoreError),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Suspend,
    Ban,
    Reinstate,
}

impl Change {
    const fn parts(self) -> (&'static [&'static str], &'static str, &'static str) {
        match self {
            Self::Suspend => (&["active"], "suspended", "user.suspend"),
            Self::Ban => (&["active", "suspended"], "banned", "user.ban"),
            Self::Reinstate => (&["suspended", "banned"], "active", "user.reinstate"),
        }
    }
}

/// A user with what their wallet says; `None`: no workspace, or not made yet.
#[derive(Debug, Clone)]
pub struct User {
    pub row: UserRow,
    pub balance: Option<Credits>,
}

#[derive(Debug, Clone)]
pub struct UserDetail {
    pub user: User,
    pub logins: Vec<LoginRow>,
    pub done: Vec<DoneRow>,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    pub search: Option<&'a str>,
    pub state: Option<&'a str>,
    pub after: Option<(DateTime<Utc>, Uuid)>,
}

/// Newest first.
pub async fn list(db: &Db, filter: Filter<'_>, limit: i64) -> Result<Vec<User>, UserError> {
    let filter = UserFilter {
        search: filter.search,
        state: filter.state,
        id: None,
        after: filter.after,
    };
    let rows = db.begin_platform().await?.users().list(&filter, limit).await?;
    with_balances(db, rows).await
}

async fn with_balances(db: &Db, rows: Vec<UserRow>) -> Result<Vec<User>, UserError> {
    let users: Vec<Result<User, UserError>> = stream::iter(rows)
        .map(async |row| {
            let balance = balance(db, row.tenant_id.map(TenantId::from_uuid)).await?;
            Ok(User { row, balance })
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    users.into_iter().collect()
}

async fn balance(db: &Db, tenant: Option<TenantId>) -> Result<Option<Credits>, StoreError> {
    let Some(tenant) = tenant else {
        return Ok(None);
    };
    let Some(scope) = db.scope_for_operator(tenant).await? else {
        return Ok(None);
    };
    Ok(Some(db.begin(&scope).await?.wallet().balance().await?.balance))
}

async fn find(db: &Db, id: UserId) -> Result<User, UserError> {
    let filter = UserFilter {
        id: Some(id),
        ..UserFilter::default()
    };
    let rows = db.begin_platform().await?.users().list(&filter, 1).await?;
    with_balances(db, rows).await?.pop().ok_or(UserError::NotFound)
}

pub async fn get(db: &Db, id: UserId) -> Result<UserDetail, UserError> {
    let user = find(db, id).await?;
    let tenant = user.row.tenant_id.map(TenantId::from_uuid);
    let mut tx = db.begin_platform().await?;
    let logins = tx.logins().list(id, None, 20).await?;
    let done = tx.users().done_to(Actor::user(id).as_str(), tenant, 50).await?;
    Ok(UserDetail { user, logins, done })
}

fn reason_of(text: &str) -> Result<&str, UserError> {
    match text.trim() {
        "" => Err(UserError::NoReason),
        text if text.chars().count() > 500 => Err(UserError::LongReason),
        text => Ok(text),
    }
}

/// Suspends, bans or reinstates. What the user's tenants do stops, or begins again, within a second everywhere.
pub async fn change(
    db: &Db,
    actor: &Actor,
    id: UserId,
    change: Change,
    reason: &str,
) -> Result<User, UserError> {
    let reason = reason_of(reason)?;
    if actor == &Actor::user(id) {
        return Err(UserError::Oneself);
    }
    let (from, to, action) = change.parts();
    let now = db.clock().now();
    let mut tx = db.begin_platform().await?;
    let row: AccountRow = tx.accounts().find(id).await?.ok_or(UserError::NotFound)?;
    if !tx.accounts().set_state(id, from, to, reason, now).await? {
        return Err(UserError::WrongState(row.state));
    }
    let detail = serde_json::json!({ "reason": reason });
    tx.audit()
        .append_about(
            Actor::user(id).as_str(),
            actor.as_str(),
            action,
            None,
            detail.clone(),
            now,
        )
        .await?;
    let owned = tx.memberships().tenants_of(id, Role::Owner).await?;
    let mut changed = Vec::new();
    for tenant in owned {
        let done = if change == Change::Reinstate {
            let row = tx.tenants().find(tenant).await?;
            row.is_some_and(|row| row.state_reason.starts_with(WITH_OWNER))
                && tx
                    .tenants()
                    .set_state(tenant, &["suspended"], "active", "", now)
                    .await?
        } else {
            let why = format!("{WITH_OWNER}{reason}");
            tx.tenants()
                .set_state(tenant, &["active"], "suspended", &why, now)
                .await?
        };
        if done {
            let action = if change == Change::Reinstate {
                "tenant.reinstate"
            } else {
                "tenant.suspend"
            };
            tx.audit()
                .append(actor.as_str(), action, Some(tenant), detail.clone(), now)
                .await?;
            changed.push(tenant);
        }
    }
    tx.commit().await?;
    db.forget_people();
    for tenant in changed {
        db.forget(tenant).await;
    }
    find(db, id).await
}

/// Adds (or, negative, deducts) credits of the user's workspace, once per grant id.
pub async fn add_credits(
    db: &Db,
    actor: &Actor,
    id: UserId,
    amount: Credits,
    reason: &str,
    grant: GrantId,
) -> Result<User, UserError> {
    let reason = reason_of(reason)?;
    let user = find(db, id).await?;
    let tenant = user.row.tenant_id.ok_or(UserError::NoTenant)?;
    let balance = credits::add_once(db, actor, TenantId::from_uuid(tenant), amount, reason, grant).await?;
    Ok(User {
        balance: Some(balance),
        ..user
    })
}
