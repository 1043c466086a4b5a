//! Users as the console shows them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use switchboard_domain::credit::Credits;
use switchboard_platform::{
    credits::CreditError,
    users::{User, UserDetail, UserError},
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::words::{AccountState, TenantState};
use crate::{Code, Problem, routes::me::logins::LoginEvent};

#[derive(Debug, Serialize, ToSchema)]
pub struct AdminUser {
    pub id: Uuid,
    pub username: String,
    #[schema(value_type = AccountState)]
    pub state: String,
    pub state_reason: String,
    pub created_at: DateTime<Utc>,
    pub signup_ip: String,
    pub last_login_ip: Option<String>,
    pub last_login_at: Option<DateTime<Utc>>,
    /// The first workspace that they own.
    pub tenant: Option<Uuid>,
    #[schema(value_type = Option<TenantState>)]
    pub tenant_state: Option<String>,
    /// Connected bots and numbers.
    pub channels: i64,
    /// Micro-credits.
    pub balance: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AdminUserDetail {
    #[serde(flatten)]
    pub user: AdminUser,
    pub whatsapp_number: String,
    pub telegram_username: String,
    pub logins: Vec<LoginEvent>,
    pub audit: Vec<Done>,
}

/// What was done to a user or their workspace.
#[derive(Debug, Serialize, ToSchema)]
pub struct Done {
    pub at: DateTime<Utc>,
    pub actor: String,
    pub action: String,
    pub reason: String,
}

/// Why it is done: it stands in the audit.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Reason {
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

impl From<User> for AdminUser {
    fn from(user: User) -> Self {
        let row = user.row;
        Self {
            id: row.id,
            username: row.username,
            state: row.state,
            state_reason: row.state_reason,
            created_at: row.created_at,
            signup_ip: row.signup_ip.addr().to_string(),
            last_login_ip: row.last_login_ip.map(|ip| ip.addr().to_string()),
            last_login_at: row.last_login_at,
            tenant: row.tenant_id,
            tenant_state: row.tenant_state,
            channels: row.channels,
            balance: user.balance.map(Credits::micros),
        }
    }
}

impl From<UserDetail> for AdminUserDetail {
    fn from(detail: UserDetail) -> Self {
        Self {
            whatsapp_number: detail.user.row.whatsapp_number.clone(),
            telegram_username: detail.user.row.telegram_username.clone(),
            user: detail.user.into(),
            logins: detail.logins.into_iter().map(LoginEvent::from).collect(),
            audit: detail
                .done
                .into_iter()
                .map(|row| Done {
                    at: row.at,
                    actor: row.actor_name.unwrap_or(row.actor),
                    action: row.action,
                    reason: row.reason,
                })
                .collect(),
        }
    }
}

impl From<UserError> for Problem {
    fn from(error: UserError) -> Self {
        match error {
            UserError::NotFound => Problem::not_found(),
            UserError::NoReason => Problem::field("reason", "required", "Say why: it stands in the audit."),
            UserError::LongReason => {
                Problem::field("reason", "too-long", "A reason has at most 500 characters.")
            }
            UserError::WrongState(state) => {
                Problem::new(Code::WrongState).detail(format!("The account is {state}."))
            }
            UserError::Oneself => {
                Problem::new(Code::WrongState).detail("Nobody changes the state of their own account.")
            }
            UserError::NoTenant => Problem::new(Code::WrongState).detail("This user owns no workspace."),
            UserError::Credit(error) => error.into(),
            UserError::Store(error) => error.into(),
        }
    }
}

impl From<CreditError> for Problem {
    fn from(error: CreditError) -> Self {
        match error {
            CreditError::NoReason => Problem::field(
                "reason",
                "required",
                "Say why: it stands in the ledger and in the audit.",
            ),
            CreditError::Zero => Problem::field("micros", "zero", "An amount of zero changes nothing."),
            CreditError::NotFound => Code::TenantProvisioning.into(),
            CreditError::TooMuch { balance } => Problem::new(Code::NotEnoughCredit)
                .detail(format!("There are only {balance} credits left to deduct.")),
            CreditError::Store(error) => error.into(),
        }
    }
}
