//! Who I am, where I belong, and what I may do there.

use chrono::{DateTime, Utc};
use serde::Serialize;
use switchboard_store::{SignedIn, platform::accounts::AccountRow};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::words::{AccountState, Locale, TenantState, Theme};
use crate::{App, Problem, permit};

#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    pub account: Account,
    pub tenants: Vec<TenantAccess>,
    pub platform: Option<PlatformAccess>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Account {
    pub id: Uuid,
    pub username: String,
    pub whatsapp_number: String,
    pub telegram_username: String,
    #[schema(value_type = AccountState)]
    pub state: String,
    #[schema(value_type = Locale)]
    pub locale: String,
    /// Such as `Asia/Kathmandu`.
    pub time_zone: String,
    #[schema(value_type = Theme)]
    pub theme: String,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TenantAccess {
    pub tenant: Uuid,
    pub name: String,
    pub role: String,
    #[schema(value_type = TenantState)]
    pub state: String,
    pub permissions: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PlatformAccess {
    pub role: String,
    pub permissions: Vec<&'static str>,
}

impl From<&AccountRow> for Account {
    fn from(row: &AccountRow) -> Self {
        Self {
            id: row.id,
            username: row.username.clone(),
            whatsapp_number: row.whatsapp_number.clone(),
            telegram_username: row.telegram_username.clone(),
            state: row.state.clone(),
            locale: row.locale.clone(),
            time_zone: row.time_zone.clone(),
            theme: row.theme.clone(),
            created_at: row.created_at,
        }
    }
}

impl Me {
    pub(crate) async fn of(app: &App, who: &SignedIn) -> Result<Self, Problem> {
        let mut me = Self {
            account: who.account().into(),
            tenants: Vec::new(),
            platform: None,
        };
        for membership in who.memberships() {
            let permissions = permit::permissions(app, who, membership)
                .await?
                .iter()
                .map(|permission| permission.as_str())
                .collect();
            let role = membership.role.clone();
            match membership.tenant {
                Some(tenant) => me.tenants.push(TenantAccess {
                    tenant: tenant.uuid(),
                    name: membership.tenant_name.clone(),
                    role,
                    state: membership.tenant_state.clone(),
                    permissions,
                }),
                None => me.platform = Some(PlatformAccess { role, permissions }),
            }
        }
        Ok(me)
    }
}
