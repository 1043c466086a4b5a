//! Every route, collected in one place. One file per endpoint: request, view, notes for OpenAPI, handler.

pub mod auth;
pub mod health;
pub mod key_report;
pub mod me;
pub mod telegram_hook;
pub mod tenant;

use std::sync::Arc;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{App, openapi};

/// The API with its document. To add an endpoint: `docs/guides/adding-an-endpoint.md`.
pub fn api() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(openapi::base())
        // Open to everybody.
        .routes(routes!(auth::login::login))
        .routes(routes!(auth::logout::logout))
        // One's own account.
        .routes(routes!(me::get::get_me))
        // One tenant.
        .routes(routes!(tenant::channels::list::list_channels))
        .routes(routes!(tenant::channels::connect_bot::connect_telegram_bot))
        .routes(routes!(tenant::channels::groups::list_groups))
        .routes(routes!(tenant::chats::set_mode::set_chat_mode))
        .routes(routes!(tenant::wallet::get::get_wallet))
}
