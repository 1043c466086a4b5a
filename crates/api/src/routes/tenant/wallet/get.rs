//! `GET /api/v1/tenants/{tenant}/wallet`

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use switchboard_domain::{
    channel::{ChannelKind, ChatKind},
    credit::MessagePurpose,
};
use switchboard_tenant::wallet::{self, WalletState};
use utoipa::ToSchema;

use crate::words::Channel;
use crate::{App, Json, Permit, Problem, TenantPath, TenantScope, may};

/// Credits as messages left, and what a message costs. Amounts are micro-credits.
#[derive(Debug, Serialize, ToSchema)]
pub struct Wallet {
    pub balance: i64,
    /// Set aside for messages that are on their way.
    pub held: i64,
    pub messages_left: i64,
    /// `null`: nothing was spent in the last week.
    pub days_left: Option<i64>,
    pub per_day: i64,
    pub prices: Vec<Price>,
    /// Messages that wait for credit.
    pub held_messages: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Price {
    #[schema(value_type = Channel)]
    pub channel: ChannelKind,
    #[schema(value_type = crate::words::ChatKind)]
    pub kind: ChatKind,
    #[schema(value_type = crate::words::MessagePurpose)]
    pub purpose: MessagePurpose,
    pub price: i64,
}

impl From<WalletState> for Wallet {
    fn from(state: WalletState) -> Self {
        Self {
            balance: state.balance.micros(),
            held: state.held.micros(),
            messages_left: state.messages_left,
            days_left: state.days_left,
            per_day: state.per_day.micros(),
            prices: state
                .prices
                .into_iter()
                .map(|line| Price {
                    channel: line.channel,
                    kind: line.chat,
                    purpose: line.purpose,
                    price: line.price.micros(),
                })
                .collect(),
            held_messages: state.held_messages,
        }
    }
}

/// What is left to spend, and how long it lasts.
#[utoipa::path(get, path = "/api/v1/tenants/{tenant}/wallet", operation_id = "get_wallet", tag = "wallet",
    security(("session" = [])), params(TenantPath), responses((status = 200, body = Wallet)))]
pub async fn get_wallet(
    _permit: Permit<may::WalletRead>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
) -> Result<Json<Wallet>, Problem> {
    let state = wallet::state(&app.hub, &scope).await?;
    Ok(Json(state.into()))
}
