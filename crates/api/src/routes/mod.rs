//! Every route, collected in one place. One file per endpoint: request, view, notes for OpenAPI, handler.

pub mod admin;
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
        .merge(tenant::keeping::routes())
        // Open to everybody.
        .routes(routes!(auth::login::login))
        .routes(routes!(auth::login_link::login_with_link))
        .routes(routes!(auth::logout::logout))
        .routes(routes!(auth::sign_up::create::sign_up))
        .routes(routes!(auth::sign_up::check_key::check_sign_up_key))
        .routes(routes!(
            auth::setup::get::get_setup_link,
            auth::setup::create::set_up
        ))
        // One's own account.
        .routes(routes!(me::get::get_me, me::patch::update_me))
        .routes(routes!(me::password::change_password))
        .routes(routes!(
            me::sessions::list::list_sessions,
            me::sessions::revoke_others::revoke_other_sessions
        ))
        .routes(routes!(me::sessions::revoke::revoke_session))
        .routes(routes!(me::logins::list_logins))
        .routes(routes!(me::setup::get_setup))
        // One tenant.
        .routes(routes!(tenant::channels::list::list_channels))
        .routes(routes!(tenant::channels::connect_bot::connect_telegram_bot))
        .routes(routes!(tenant::channels::groups::list_groups))
        .routes(routes!(
            tenant::channels::edit::update_channel,
            tenant::channels::disconnect::disconnect_channel
        ))
        .routes(routes!(tenant::channels::replace_token::replace_channel_token))
        .routes(routes!(tenant::channels::check::check_channel))
        .routes(routes!(tenant::channels::take_over::take_over_channel))
        .routes(routes!(tenant::bind_codes::create::create_bind_code))
        .routes(routes!(tenant::bind_codes::get::get_bind_code))
        .routes(routes!(tenant::chats::list::list_chats))
        .routes(routes!(tenant::chats::get::get_chat))
        .routes(routes!(
            tenant::chats::messages::list_chat_messages,
            tenant::chats::answer::answer_chat
        ))
        .routes(routes!(tenant::chats::read::read_chat))
        .routes(routes!(tenant::chats::bot::set_chat_bot))
        .routes(routes!(tenant::chats::set_mode::set_chat_mode))
        .routes(routes!(tenant::chats::members::list_group_members))
        .routes(routes!(tenant::chats::acts_as::set_group_acts_as))
        .routes(routes!(tenant::home::get::get_home))
        .routes(routes!(tenant::requests::list::list_requests))
        .routes(routes!(tenant::requests::counts::count_requests))
        .routes(routes!(tenant::requests::export::export_requests))
        .routes(routes!(tenant::requests::get::get_request))
        .routes(routes!(tenant::requests::act::act_on_requests))
        .routes(routes!(
            tenant::panels::list::list_panels,
            tenant::panels::connect::connect_panel
        ))
        .routes(routes!(tenant::panels::check_key::check_panel_key))
        .routes(routes!(tenant::panels::check::check_panel))
        .routes(routes!(
            tenant::panels::edit::update_panel,
            tenant::panels::delete::delete_panel
        ))
        .routes(routes!(tenant::wallet::get::get_wallet))
        .routes(routes!(tenant::wallet::ledger::list_ledger))
        .routes(routes!(tenant::wallet::replay::replay_held_messages))
        .routes(routes!(tenant::replies::list::list_replies))
        .routes(routes!(tenant::replies::preview::preview_reply))
        .routes(routes!(
            tenant::replies::set::set_reply,
            tenant::replies::reset::reset_reply
        ))
        .routes(routes!(
            tenant::settings::get::get_settings,
            tenant::settings::patch::update_settings
        ))
        .routes(routes!(tenant::search::get::search))
        .routes(routes!(tenant::audit::list::list_audit))
        .routes(routes!(tenant::members::list::list_members))
        // The platform's console.
        .routes(routes!(admin::users::list::list_users))
        .routes(routes!(admin::users::get::get_user))
        .routes(routes!(admin::users::suspend::suspend_user))
        .routes(routes!(admin::users::ban::ban_user))
        .routes(routes!(admin::users::reinstate::reinstate_user))
        .routes(routes!(admin::users::credits::add_credits))
}
