//! Accounts as the console lists them.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, types::ipnet::IpNet};
use switchboard_domain::id::{TenantId, UserId};
use uuid::Uuid;

use super::repository;
use crate::error::StoreError;

#[derive(Debug, Clone, FromRow)]
pub struct UserRow {
    pub id: Uuid,
    pub username: String,
    pub whatsapp_number: String,
    pub telegram_username: String,
    pub state: String,
    pub state_reason: String,
    pub created_at: DateTime<Utc>,
    pub signup_ip: IpNet,
    pub last_login_ip: Option<IpNet>,
    pub last_login_at: Option<DateTime<Utc>>,
    /// The first tenant that they own.
    pub tenant_id: Option<Uuid>,
    pub tenant_state: Option<String>,
    pub channels: i64,
}

/// What was done to somebody or their tenant.
#[derive(Debug, Clone, FromRow)]
pub struct DoneRow {
    pub at: DateTime<Utc>,
    pub actor: String,
    /// The actor's name where it is a person.
    pub actor_name: Option<String>,
    pub action: String,
    pub reason: String,
}

#[derive(Debug, Clone, Default)]
pub struct UserFilter<'a> {
    /// The beginning of a name, or a part of a number.
    pub search: Option<&'a str>,
    pub state: Option<&'a str>,
    pub id: Option<UserId>,
    pub after: Option<(DateTime<Utc>, Uuid)>,
}

repository!(Users);

impl Users<'_> {
    /// Newest first.
    pub async fn list(&mut self, filter: &UserFilter<'_>, limit: i64) -> Result<Vec<UserRow>, StoreError> {
        let search = filter.search.map(str::trim).filter(|text| !text.is_empty());
        let escaped = search.map(|text| {
            text.trim_start_matches('@')
                .to_lowercase()
                .replace('\\', r"\\")
                .replace('%', r"\%")
                .replace('_', r"\_")
        });
        Ok(sqlx::query_as(
            "SELECT a.id, a.username, a.whatsapp_number, a.telegram_username, a.state, a.state_reason, a.created_at, a.signup_ip,
                    l.ip AS last_login_ip, l.at AS last_login_at, t.id AS tenant_id, t.state AS tenant_state,
                    (SELECT count(*) FROM platform.chat_directory d WHERE d.tenant_id = t.id) AS channels
               FROM platform.account a
               LEFT JOIN LATERAL (SELECT e.ip, e.at FROM platform.login_event e WHERE e.account_id = a.id AND e.outcome = 'success'
                                   ORDER BY e.at DESC, e.id DESC LIMIT 1) l ON true
               LEFT JOIN LATERAL (SELECT t.id, t.state FROM platform.membership m JOIN platform.tenant t ON t.id = m.tenant_id
                                   WHERE m.account_id = a.id AND m.role = 'owner' ORDER BY m.created_at, m.id LIMIT 1) t ON true
              WHERE ($1::uuid IS NULL OR a.id = $1)
                AND ($2::text IS NULL OR a.state = $2)
                AND ($3::text IS NULL OR lower(a.username) LIKE $3 || '%' OR a.whatsapp_number LIKE '%' || $3 || '%'
                     OR lower(a.telegram_username) LIKE $3 || '%')
                AND ($4::timestamptz IS NULL OR (a.created_at, a.id) < ($4, $5))
              ORDER BY a.created_at DESC, a.id DESC LIMIT $6",
        )
        .bind(filter.id.map(UserId::uuid))
        .bind(filter.state)
        .bind(escaped)
        .bind(filter.after.map(|(at, _)| at))
        .bind(filter.after.map(|(_, id)| id))
        .bind(limit)
        .fetch_all(&mut *self.conn)
        .await?)
    }

    /// Newest first: what was done to the account (`subject`) or its tenant by somebody, with the reason they gave.
    pub async fn done_to(
        &mut self,
        subject: &str,
        tenant: Option<TenantId>,
        limit: i64,
    ) -> Result<Vec<DoneRow>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT u.at, u.actor, a.username AS actor_name, u.action, coalesce(u.detail ->> 'reason', '') AS reason
               FROM platform.audit u LEFT JOIN platform.account a ON u.actor = 'u:' || a.id
              WHERE u.subject = $1 OR u.tenant_id = $2 ORDER BY u.id DESC LIMIT $3",
        )
        .bind(subject)
        .bind(tenant.map(TenantId::uuid))
        .bind(limit)
        .fetch_all(&mut *self.conn)
        .await?)
    }
}
