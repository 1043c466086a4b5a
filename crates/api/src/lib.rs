//! The HTTP surface: the API of the panel under `/api/v1`, inbound hooks of chat networks, health.
//!
//! Invariants: a handler translates; it holds no rule and no SQL. Who may call it stands in its signature ([`Permit`],
//! [`TenantScope`]). [`Problem`] is the only thing that becomes an error response.

mod caller;
mod client_ip;
mod cookie;
mod extract;
mod idempotency;
mod limits;
mod live;
pub mod meter;
mod openapi;
mod origin;
mod pagination;
mod permit;
mod place;
mod plain;
mod problem;
pub mod routes;
mod scope;
mod settings;
mod spa;
mod trace;
pub mod words;

use std::{sync::Arc, time::Duration};

use axum::{
    Router, extract::DefaultBodyLimit, http::StatusCode, middleware, response::IntoResponse, routing,
};
use switchboard_platform::{access::Access, accounts::Accounts, tenants::Tenants};
use switchboard_store::Db;
use switchboard_tenant::Hub;
use tower_governor::{GovernorLayer, governor::GovernorConfigBuilder};
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};
use utoipa_swagger_ui::{Config, SwaggerUi};

pub use caller::Caller;
pub use client_ip::ClientIp;
pub use extract::{Created, Json, NoContent, Path, Query};
pub use idempotency::{KEEP as KEEP_ANSWERS, RequestKey};
pub use limits::{Limits, Rate, Rates};
pub use live::Sockets;
pub use openapi::document_json;
pub use origin::same_site;
pub use pagination::{Page, PageQuery, read_cursor, write_cursor};
pub use permit::{Needs, Permit, may};
pub use problem::{Code, FieldError, FieldErrors, Problem, page as errors_page};
pub use scope::{TenantPath, TenantScope};
pub use settings::ApiSettings;

/// The largest body that a webhook may have, and a request of the API unless its route says otherwise.
pub const MAX_HOOK_BODY: usize = 256 * 1024;
/// The largest body of any route: a file that is imported.
pub const MAX_BODY: usize = 6 * 1024 * 1024;
/// How long a request may take in all, its body included; Telegram itself waits for 60 s.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// What every handler stands on.
pub struct App {
    pub db: Db,
    pub hub: Hub,
    pub tenants: Tenants,
    pub accounts: Accounts,
    pub access: Access,
    pub settings: ApiSettings,
    pub limits: Limits,
    /// Open pages of this process.
    pub sockets: Sockets,
}

impl App {
    pub fn new(
        hub: Hub,
        tenants: Tenants,
        accounts: Accounts,
        access: Access,
        settings: ApiSettings,
    ) -> Arc<Self> {
        Arc::new(Self {
            db: hub.db.clone(),
            limits: Limits::new(&settings.rates),
            sockets: Sockets::default(),
            hub,
            tenants,
            accounts,
            access,
            settings,
        })
    }
}

pub fn router(app: Arc<App>) -> Router {
    let (api, document) = routes::api().split_for_parts();
    let document = openapi::finish(document);
    let address = app.settings.rates.address;
    let by_address = GovernorConfigBuilder::default()
        .period(address.every)
        .burst_size(address.burst)
        .key_extractor(limits::ByClientIp)
        .finish()
        .expect("a rate above zero");
    app.limits.watch(by_address.limiter().clone());
    let docs = SwaggerUi::new("/api/docs")
        .url("/api/v1/openapi.json", document)
        .config(Config::new(["/api/v1/openapi.json"]).validator_url("none"));
    let api = api
        .route("/api/v1/live", routing::get(live::open))
        .merge(docs)
        .method_not_allowed_fallback(async || Problem::new(Code::MethodNotAllowed))
        .layer(middleware::from_fn_with_state(app.clone(), live::layer))
        .layer(middleware::from_fn_with_state(app.clone(), idempotency::layer))
        .layer(middleware::from_fn_with_state(app.clone(), origin::layer))
        .layer(GovernorLayer::new(by_address).error_handler(|error| limits::refusal(error).into_response()));
    Router::new()
        .route("/tg/{hook_key}", routing::post(routes::telegram_hook::receive))
        .route("/healthz", routing::get(routes::health::alive))
        .route("/readyz", routing::get(routes::health::ready))
        .route("/metrics", routing::get(meter::show))
        .merge(api)
        .fallback(spa::serve)
        .layer(DefaultBodyLimit::max(MAX_HOOK_BODY))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            REQUEST_TIMEOUT,
        ))
        .layer(CatchPanicLayer::custom(|_| {
            Problem::new(Code::Internal).into_response()
        }))
        .layer(middleware::from_fn_with_state(app.clone(), place::layer))
        .layer(middleware::from_fn_with_state(app.clone(), trace::layer))
        .layer(middleware::from_fn_with_state(app.clone(), client_ip::layer))
        .with_state(app)
}
