//! From a session's cookie to who it is and which tenants they may enter.
//!
//! Invariant: a [`SignedIn`] is read from the database, never made; a [`TenantScope`] for a person comes from one of their
//! memberships. What is known of a session is at most a second old, so that a suspension, a revoked session or a changed
//! role is obeyed within a second by every process.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use switchboard_domain::id::{SessionId, TenantId, UserId};
use uuid::Uuid;

use crate::{
    Db, StoreError, TenantScope,
    db::shared,
    platform::accounts::{self, AccountRow},
};

/// A role that somebody has, in one tenant or on the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// `None`: on the platform.
    pub tenant: Option<TenantId>,
    pub tenant_name: String,
    pub tenant_state: String,
    pub role: String,
}

/// Somebody with a session that is neither ended nor expired. Their account may still be suspended: look at its state.
#[derive(Debug, Clone)]
pub struct SignedIn {
    session: SessionId,
    last_seen_at: DateTime<Utc>,
    account: AccountRow,
    memberships: Vec<Membership>,
}

impl SignedIn {
    pub fn session(&self) -> SessionId {
        self.session
    }

    pub fn last_seen_at(&self) -> DateTime<Utc> {
        self.last_seen_at
    }

    pub fn user(&self) -> UserId {
        self.account.id.into()
    }

    pub fn account(&self) -> &AccountRow {
        &self.account
    }

    pub fn memberships(&self) -> &[Membership] {
        &self.memberships
    }

    pub fn membership(&self, tenant: TenantId) -> Option<&Membership> {
        self.memberships
            .iter()
            .find(|membership| membership.tenant == Some(tenant))
    }
}

/// What somebody finds who asks for a tenant.
#[derive(Debug)]
pub enum Entry {
    Open(TenantScope),
    Suspended,
    /// Its tables are still being made.
    Provisioning,
    /// Not a member, or no such tenant: nobody can tell which.
    NotTheirs,
}

#[derive(FromRow)]
struct Row {
    session_id: Uuid,
    last_seen_at: DateTime<Utc>,
    #[sqlx(flatten)]
    account: AccountRow,
    role: Option<String>,
    tenant_id: Option<Uuid>,
    tenant_name: Option<String>,
    tenant_state: Option<String>,
}

#[derive(FromRow)]
struct KeyedRow {
    token_hash: Vec<u8>,
    #[sqlx(flatten)]
    row: Row,
}

impl Db {
    /// Who holds the session whose token has this SHA-256. `None`: unknown, ended or expired.
    pub async fn signed_in(&self, token_hash: [u8; 32]) -> Result<Option<Arc<SignedIn>>, StoreError> {
        let (platform, now) = (self.inner.platform.clone(), self.inner.clock.now());
        self.inner
            .signed_in
            .try_get_with(token_hash, async move {
                let rows: Vec<Row> = sqlx::query_as(concat!(
                    "SELECT s.id AS session_id, s.last_seen_at, m.role, m.tenant_id, t.name AS tenant_name, t.state AS tenant_state, ",
                    accounts::columns!("a."),
                    " FROM platform.session s JOIN platform.account a ON a.id = s.account_id
                      LEFT JOIN platform.membership m ON m.account_id = a.id LEFT JOIN platform.tenant t ON t.id = m.tenant_id
                      WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 ORDER BY m.created_at, m.id"
                ))
                .bind(&token_hash[..])
                .bind(now)
                .fetch_all(&platform)
                .await?;
                Ok::<_, sqlx::Error>(together(rows))
            })
            .await
            .map_err(shared)
    }

    /// The same for many at once, afresh: for whoever stays connected. Who is not in the answer has no session any more.
    pub async fn signed_in_many(
        &self,
        token_hashes: &[[u8; 32]],
    ) -> Result<HashMap<[u8; 32], Arc<SignedIn>>, StoreError> {
        let hashes: Vec<&[u8]> = token_hashes.iter().map(|hash| &hash[..]).collect();
        let rows: Vec<KeyedRow> = sqlx::query_as(concat!(
            "SELECT s.token_hash, s.id AS session_id, s.last_seen_at, m.role, m.tenant_id, t.name AS tenant_name, t.state AS tenant_state, ",
            accounts::columns!("a."),
            " FROM platform.session s JOIN platform.account a ON a.id = s.account_id
              LEFT JOIN platform.membership m ON m.account_id = a.id LEFT JOIN platform.tenant t ON t.id = m.tenant_id
              WHERE s.token_hash = ANY ($1) AND s.revoked_at IS NULL AND s.expires_at > $2 ORDER BY m.created_at, m.id"
        ))
        .bind(hashes)
        .bind(self.inner.clock.now())
        .fetch_all(&self.inner.platform)
        .await?;
        let mut by_hash: HashMap<[u8; 32], Vec<Row>> = HashMap::new();
        for keyed in rows {
            let hash = keyed
                .token_hash
                .try_into()
                .map_err(|_| StoreError::unreadable("session.token_hash", "not 32 bytes"))?;
            by_hash.entry(hash).or_default().push(keyed.row);
        }
        Ok(by_hash
            .into_iter()
            .filter_map(|(hash, rows)| Some((hash, together(rows)?)))
            .collect())
    }

    /// The scope of a member, from their own memberships and the directory.
    pub async fn scope_for_member(&self, who: &SignedIn, tenant: TenantId) -> Result<Entry, StoreError> {
        if who.membership(tenant).is_none() {
            return Ok(Entry::NotTheirs);
        }
        Ok(match self.directory(tenant).await? {
            Some(row) if row.active => Entry::Open(TenantScope::new(tenant, row.slot)),
            Some(_)
                if who
                    .membership(tenant)
                    .is_some_and(|m| m.tenant_state == "provisioning") =>
            {
                Entry::Provisioning
            }
            Some(_) => Entry::Suspended,
            None => Entry::Provisioning,
        })
    }

    /// After sessions, accounts or memberships were changed here. Other processes see it within a second.
    pub fn forget_people(&self) {
        self.inner.signed_in.invalidate_all();
    }
}

fn together(rows: Vec<Row>) -> Option<Arc<SignedIn>> {
    let first = rows.first()?;
    Some(Arc::new(SignedIn {
        session: first.session_id.into(),
        last_seen_at: first.last_seen_at,
        account: first.account.clone(),
        memberships: rows
            .into_iter()
            .filter_map(|row| {
                Some(Membership {
                    role: row.role?,
                    tenant: row.tenant_id.map(TenantId::from_uuid),
                    tenant_name: row.tenant_name.unwrap_or_default(),
                    tenant_state: row.tenant_state.unwrap_or_default(),
                })
            })
            .collect(),
    }))
}
