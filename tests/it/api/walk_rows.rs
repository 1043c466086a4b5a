//! The walk's rows: who may ask for each operation, and a request that succeeds. Those of a shop's own areas stand in `walk_shop`
//! and `walk_chats`.

use axum::http::Method;
use serde_json::json;
use switchboard_domain::access::Permission as P;

use super::{
    walk::{Row, T, Who, made, plain},
    walk_chats as chats, walk_samples as sample, walk_shop as shop,
};

/// One line per operation. Own accounts, sessions and the like are made by `walk_samples`.
pub fn rows() -> Vec<Row> {
    use Method as M;
    use Who::{Open, Own, Platform, Tenant};
    let t = |path: &str| -> &'static str { format!("{T}{path}").leak() };
    vec![
        made(M::POST, "/api/v1/login", Open, 200, |scene| {
            Box::pin(sample::login(scene))
        }),
        // Links are made at the machine; `access.rs` uses one.
        plain(
            M::POST,
            "/api/v1/login/link",
            Open,
            410,
            Some(json!({"token": "0".repeat(64)})),
        ),
        plain(M::POST, "/api/v1/logout", Open, 204, Some(json!({}))),
        made(M::POST, "/api/v1/signup", Open, 201, |scene| {
            Box::pin(sample::sign_up(scene))
        }),
        plain(
            M::POST,
            "/api/v1/signup/check-key",
            Open,
            200,
            Some(sample::private_panel()),
        ),
        made(M::GET, "/api/v1/setup/{token}", Open, 200, |_| {
            Box::pin(sample::used_link())
        }),
        // There is a master admin, so no link is valid; `console.rs` uses one that is.
        made(M::POST, "/api/v1/setup/{token}", Open, 410, |_| {
            Box::pin(sample::used_link())
        }),
        plain(M::GET, "/api/v1/me", Own, 200, None),
        plain(M::GET, t("/channels"), Tenant(P::ChannelsRead), 200, None),
        made(
            M::POST,
            t("/channels/telegram-bots"),
            Tenant(P::ChannelsManage),
            201,
            |scene| Box::pin(sample::bot(scene)),
        ),
        made(
            M::GET,
            t("/channels/{id}/groups"),
            Tenant(P::ChannelsRead),
            200,
            |scene| Box::pin(sample::channel(scene)),
        ),
        made(
            M::PATCH,
            t("/channels/{id}"),
            Tenant(P::ChannelsManage),
            200,
            |scene| Box::pin(chats::channel(scene, Some(json!({"enabled": false})))),
        ),
        made(
            M::DELETE,
            t("/channels/{id}"),
            Tenant(P::ChannelsManage),
            204,
            |scene| Box::pin(chats::channel(scene, None)),
        ),
        made(
            M::POST,
            t("/channels/{id}/token"),
            Tenant(P::ChannelsManage),
            200,
            |scene| Box::pin(chats::token(scene)),
        ),
        made(
            M::POST,
            t("/channels/{id}/check"),
            Tenant(P::ChannelsManage),
            200,
            |scene| Box::pin(chats::channel(scene, Some(json!({})))),
        ),
        made(
            M::POST,
            t("/channels/{id}/take-over"),
            Tenant(P::ChannelsManage),
            200,
            |scene| Box::pin(chats::channel(scene, Some(json!({})))),
        ),
        made(
            M::POST,
            t("/bind-codes"),
            Tenant(P::ChannelsManage),
            201,
            |scene| Box::pin(chats::new_bind_code(scene)),
        ),
        made(
            M::GET,
            t("/bind-codes/{code}"),
            Tenant(P::ChannelsManage),
            200,
            |scene| Box::pin(chats::bind_code(scene)),
        ),
        plain(M::GET, t("/chats"), Tenant(P::InboxRead), 200, None),
        made(M::GET, t("/chats/{id}"), Tenant(P::InboxRead), 200, |scene| {
            Box::pin(chats::group(scene, None))
        }),
        made(
            M::GET,
            t("/chats/{id}/messages"),
            Tenant(P::InboxRead),
            200,
            |scene| Box::pin(chats::group(scene, None)),
        ),
        made(
            M::POST,
            t("/chats/{id}/messages"),
            Tenant(P::InboxWrite),
            202,
            |scene| {
                Box::pin(chats::group(
                    scene,
                    Some(json!({"text": "We are looking at it."})),
                ))
            },
        ),
        made(
            M::POST,
            t("/chats/{id}/read"),
            Tenant(P::InboxRead),
            204,
            |scene| Box::pin(chats::group(scene, Some(json!({})))),
        ),
        made(
            M::PUT,
            t("/chats/{id}/bot"),
            Tenant(P::InboxWrite),
            200,
            |scene| Box::pin(chats::group(scene, Some(json!({"paused": true})))),
        ),
        made(
            M::GET,
            t("/chats/{id}/members"),
            Tenant(P::InboxRead),
            200,
            |scene| Box::pin(chats::group(scene, None)),
        ),
        made(
            M::PUT,
            t("/chats/{id}/acts-as"),
            Tenant(P::ChannelsManage),
            200,
            |scene| Box::pin(chats::group(scene, Some(json!({"customer": null})))),
        ),
        made(
            M::PUT,
            t("/chats/{id}/mode"),
            Tenant(P::ChannelsManage),
            200,
            |scene| Box::pin(sample::group(scene)),
        ),
        plain(M::PATCH, "/api/v1/me", Own, 200, Some(json!({"theme": "dark"}))),
        plain(
            M::POST,
            "/api/v1/me/password",
            Own,
            204,
            Some(sample::same_password()),
        ),
        plain(M::GET, "/api/v1/me/sessions", Own, 200, None),
        plain(M::DELETE, "/api/v1/me/sessions", Own, 204, None),
        made(M::DELETE, "/api/v1/me/sessions/{id}", Own, 204, |scene| {
            Box::pin(sample::session(scene))
        }),
        plain(M::GET, "/api/v1/me/logins", Own, 200, None),
        plain(M::GET, "/api/v1/me/setup", Own, 200, None),
        plain(M::GET, t("/home"), Tenant(P::HomeRead), 200, None),
        plain(M::GET, t("/requests"), Tenant(P::RequestsRead), 200, None),
        plain(M::GET, t("/requests/counts"), Tenant(P::RequestsRead), 200, None),
        plain(M::GET, t("/requests.csv"), Tenant(P::RequestsRead), 200, None),
        made(
            M::GET,
            t("/requests/{id}"),
            Tenant(P::RequestsRead),
            200,
            |scene| Box::pin(sample::request(scene)),
        ),
        made(
            M::POST,
            t("/requests/actions"),
            Tenant(P::RequestsAct),
            200,
            |scene| Box::pin(sample::request_action(scene)),
        ),
        plain(M::GET, t("/panels"), Tenant(P::PanelsRead), 200, None),
        made(M::POST, t("/panels"), Tenant(P::PanelsManage), 201, |scene| {
            Box::pin(shop::new_panel(scene))
        }),
        plain(
            M::POST,
            t("/panels/check"),
            Tenant(P::PanelsManage),
            200,
            Some(json!({"url": "https://10.0.0.1", "key": "a-key"})),
        ),
        made(
            M::POST,
            t("/panels/{id}/check"),
            Tenant(P::PanelsManage),
            200,
            |scene| Box::pin(shop::panel(scene, None)),
        ),
        made(
            M::PATCH,
            t("/panels/{id}"),
            Tenant(P::PanelsManage),
            200,
            |scene| Box::pin(shop::panel(scene, Some(json!({"min_gap_ms": 500})))),
        ),
        made(
            M::DELETE,
            t("/panels/{id}"),
            Tenant(P::PanelsManage),
            204,
            |scene| Box::pin(shop::panel(scene, None)),
        ),
        plain(M::GET, t("/wallet"), Tenant(P::WalletRead), 200, None),
        plain(M::GET, t("/wallet/ledger"), Tenant(P::WalletRead), 200, None),
        plain(
            M::POST,
            t("/wallet/replay"),
            Tenant(P::WalletManage),
            200,
            Some(json!({})),
        ),
        plain(M::GET, t("/replies"), Tenant(P::RepliesRead), 200, None),
        plain(
            M::POST,
            t("/replies/preview"),
            Tenant(P::RepliesRead),
            200,
            Some(json!({"key": "help", "lang": "en", "text": "Write to us."})),
        ),
        made(M::PUT, t("/replies/{key}"), Tenant(P::RepliesManage), 200, |_| {
            Box::pin(sample::reply(true))
        }),
        made(
            M::DELETE,
            t("/replies/{key}"),
            Tenant(P::RepliesManage),
            200,
            |_| Box::pin(sample::reply(false)),
        ),
        plain(M::GET, t("/settings"), Tenant(P::SettingsRead), 200, None),
        plain(
            M::PATCH,
            t("/settings"),
            Tenant(P::SettingsManage),
            200,
            Some(json!({"pause_minutes": 45})),
        ),
        made(M::GET, t("/search"), Tenant(P::RequestsRead), 200, |_| {
            Box::pin(sample::search())
        }),
        plain(M::GET, t("/audit"), Tenant(P::AuditRead), 200, None),
        plain(M::GET, t("/members"), Tenant(P::HomeRead), 200, None),
        plain(M::GET, "/api/v1/admin/users", Platform(P::UsersRead), 200, None),
        made(
            M::GET,
            "/api/v1/admin/users/{id}",
            Platform(P::UsersRead),
            200,
            |scene| Box::pin(sample::user(scene)),
        ),
        made(
            M::POST,
            "/api/v1/admin/users/{id}/suspend",
            Platform(P::UsersManage),
            200,
            |scene| Box::pin(sample::user(scene)),
        ),
        made(
            M::POST,
            "/api/v1/admin/users/{id}/ban",
            Platform(P::UsersManage),
            200,
            |scene| Box::pin(sample::user(scene)),
        ),
        made(
            M::POST,
            "/api/v1/admin/users/{id}/reinstate",
            Platform(P::UsersManage),
            200,
            |scene| Box::pin(sample::suspended_user(scene)),
        ),
        made(
            M::POST,
            "/api/v1/admin/users/{id}/credits",
            Platform(P::CreditsManage),
            200,
            |scene| Box::pin(sample::credits(scene)),
        ),
    ]
}
