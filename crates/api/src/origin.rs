//! Requests that change something come from our own pages and are JSON.
//!
//! Invariant: an unsafe method under `/api/` without a matching `Origin` or `Sec-Fetch-Site` does nothing. Every browser sends
//! one of them; programs set `Origin` to the address that they call.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{ApiSettings, App, Code, Problem, settings::is_loopback_host};

pub(crate) async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if let Err(problem) = check(request.method(), request.headers(), &app.settings) {
        return problem.into_response();
    }
    next.run(request).await
}

fn check(method: &Method, headers: &HeaderMap, settings: &ApiSettings) -> Result<(), Problem> {
    if method.is_safe() {
        return Ok(());
    }
    if !same_site(headers, settings) {
        return Err(Code::CrossSite.into());
    }
    let has_body = headers
        .get(header::CONTENT_LENGTH)
        .is_some_and(|length| length.as_bytes() != b"0")
        || headers.contains_key(header::TRANSFER_ENCODING);
    let kind = headers.get(header::CONTENT_TYPE);
    // A form can be posted across sites without asking; JSON cannot.
    if (has_body || kind.is_some()) && !kind.is_some_and(|kind| is_json(kind.as_bytes())) {
        return Err(Code::UnsupportedMediaType.into());
    }
    Ok(())
}

fn is_json(kind: &[u8]) -> bool {
    let essence = kind.split(|byte| *byte == b';').next().unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case(b"application/json")
}

/// Whether the page that sent it is ours: for unsafe methods, and for opening a socket.
pub fn same_site(headers: &HeaderMap, settings: &ApiSettings) -> bool {
    let fetch = headers.get("sec-fetch-site").map(|site| site.as_bytes());
    let origin = headers.get(header::ORIGIN);
    match (fetch, origin) {
        (None, None) => false,
        (Some(site), _) if site != b"same-origin" => false,
        (_, Some(origin)) => origin
            .to_str()
            .is_ok_and(|origin| is_ours(origin, headers, settings)),
        (Some(_), None) => true,
    }
}

fn is_ours(origin: &str, headers: &HeaderMap, settings: &ApiSettings) -> bool {
    if settings.origin().is_some_and(|own| own == origin) {
        return true;
    }
    // On the machine itself, whatever port it was asked on.
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let authority = origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"));
    is_loopback_host(host) && authority == Some(host)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn only_our_own_pages_may_change_something() {
        let settings = ApiSettings {
            public_url: Some("https://panel.example/".parse().unwrap()),
            ..ApiSettings::default()
        };
        let own = ("origin", "https://panel.example");
        let host = ("host", "panel.example");
        let local = ("host", "127.0.0.1:8080");
        for (pairs, passes) in [
            (&[host, own][..], true),
            (&[host, own, ("sec-fetch-site", "same-origin")][..], true),
            (&[host, ("sec-fetch-site", "same-origin")][..], true),
            (&[host][..], false),
            (&[host, ("origin", "null")][..], false),
            (&[host, ("origin", "https://evil.example")][..], false),
            (&[host, ("origin", "http://panel.example")][..], false),
            (&[host, ("origin", "https://panel.example:8443")][..], false),
            (
                &[host, ("origin", "https://panel.example.evil.example")][..],
                false,
            ),
            (&[host, own, ("sec-fetch-site", "cross-site")][..], false),
            (&[host, own, ("sec-fetch-site", "same-site")][..], false),
            (&[host, ("sec-fetch-site", "none")][..], false),
            // A page elsewhere that says it is ours by its Host: only this machine's names count.
            (
                &[("host", "evil.example"), ("origin", "https://evil.example")][..],
                false,
            ),
            // Through a tunnel to the machine itself.
            (&[local, ("origin", "http://127.0.0.1:8080")][..], true),
            (&[local, ("origin", "http://127.0.0.1:9000")][..], false),
            (&[local, ("origin", "http://localhost:8080")][..], false),
        ] {
            let found = check(&Method::POST, &headers(pairs), &settings).is_ok();
            assert_eq!(found, passes, "{pairs:?}");
            assert!(check(&Method::GET, &headers(pairs), &settings).is_ok());
        }
    }

    #[test]
    fn bodies_are_json() {
        let settings = ApiSettings::default();
        let base = [("host", "localhost:1"), ("origin", "http://localhost:1")];
        for (kind, length, passes) in [
            (Some("application/json"), "2", true),
            (Some("application/json; charset=utf-8"), "2", true),
            (Some("text/plain"), "2", false),
            (Some("application/x-www-form-urlencoded"), "2", false),
            (Some("multipart/form-data; boundary=x"), "0", false),
            (None, "2", false),
            (None, "0", true),
        ] {
            let mut map = headers(&base);
            map.insert(header::CONTENT_LENGTH, HeaderValue::from_static(length));
            if let Some(kind) = kind {
                map.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            }
            assert_eq!(
                check(&Method::PUT, &map, &settings).is_ok(),
                passes,
                "{kind:?} {length}"
            );
        }
    }
}
