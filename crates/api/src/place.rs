//! Asked under a name that is neither this machine's nor the public one's, where signing in could not work: says what to set.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};

use crate::{App, Code, Problem, settings::is_loopback_host};

pub(crate) async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .or_else(|| request.uri().host())
        .unwrap_or_default();
    let Some(missing) = app
        .settings
        .missing_for_remote()
        .filter(|_| !is_loopback_host(host))
    else {
        return next.run(request).await;
    };
    // Health is asked by addresses, and chat networks bring secrets of their own.
    let path = request.uri().path();
    if path == "/healthz" || path == "/readyz" || path == "/metrics" || path.starts_with("/tg/") {
        return next.run(request).await;
    }
    let wants_page = request
        .headers()
        .get(header::ACCEPT)
        .is_some_and(|accept| accept.as_bytes().windows(9).any(|part| part == b"text/html"));
    if wants_page && !path.starts_with("/api/") {
        let page = format!(
            "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>\
             <title>Switchboard: one setting is missing</title>\
             <body style='font:18px/1.5 system-ui;max-width:36em;margin:3em auto;padding:0 1em'>\
             <h1>One setting is missing</h1><p>{missing}</p>\
             <p>In the settings file:</p><pre>[http]\npublic_url = \"https://panel.example\"</pre>\
             <p>or in the environment: <code>SWITCHBOARD_PUBLIC_URL=https://panel.example</code>. Then start the server again.</p>\
             <p>On the machine itself it works without: open it as <code>http://localhost</code> with the same port.</p>"
        );
        return (StatusCode::MISDIRECTED_REQUEST, Html(page)).into_response();
    }
    Problem::new(Code::PublicUrlMissing)
        .detail(missing)
        .into_response()
}
