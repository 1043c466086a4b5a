//! The web panel, embedded in the binary: pages, scripts, styles, fonts.
//!
//! Invariants:
//! - What lies under `assets/` carries its content in its name and may be kept for a year; every other file is asked for anew.
//! - Nothing is compressed while serving: the build wrote `.br` and `.gz` beside each file.
//! - A page may load only what comes from here: no inline script, no foreign address (`Content-Security-Policy`).

use std::borrow::Cow;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::Problem;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Panel;

const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";
const NOT_BUILT: &str = "<!doctype html><meta charset=utf-8><title>Switchboard</title><h1>The panel is not built</h1>\
                         <p>This program was built without its pages. Run <code>make build</code>, which builds both.";

/// Answers what no other route took.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") || path.starts_with("tg/") {
        return Problem::not_found().into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return Problem::not_found().into_response();
    }
    let accepts = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !path.is_empty() && !is_compressed(path) {
        if let Some(file) = find(path, accepts) {
            return answer(path, file, &headers);
        }
        // A script of an earlier version is gone, and no page: the browser must not run HTML as a script.
        if path.starts_with("assets/") || path.rsplit('/').next().is_some_and(|name| name.contains('.')) {
            return Problem::not_found().into_response();
        }
    }
    match find("index.html", accepts) {
        Some(file) => answer("index.html", file, &headers),
        None => {
            let mut response = (StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT).into_response();
            response.headers_mut().insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/html; charset=utf-8"),
            );
            response
        }
    }
}

fn is_compressed(path: &str) -> bool {
    path.ends_with(".br") || path.ends_with(".gz")
}

struct Found {
    file: EmbeddedFile,
    encoding: Option<&'static str>,
}

/// The smallest form that the client takes.
fn find(path: &str, accepts: &str) -> Option<Found> {
    for (encoding, suffix) in [("br", ".br"), ("gzip", ".gz")] {
        if takes(accepts, encoding)
            && let Some(file) = Panel::get(&format!("{path}{suffix}"))
        {
            return Some(Found {
                file,
                encoding: Some(encoding),
            });
        }
    }
    Panel::get(path).map(|file| Found { file, encoding: None })
}

/// Whether `Accept-Encoding` names the encoding, and not with `q=0`.
fn takes(accepts: &str, encoding: &str) -> bool {
    accepts.split(',').any(|part| {
        let mut words = part.split(';').map(str::trim);
        let named = words
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let refused = words.any(|word| {
            word.strip_prefix("q=")
                .and_then(|quality| quality.parse::<f32>().ok())
                .is_some_and(|quality| quality <= 0.0)
        });
        named && !refused
    })
}

fn answer(path: &str, found: Found, asked: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", hex(&found.file.metadata.sha256_hash()[..16]));
    let kept = asked
        .get(header::IF_NONE_MATCH)
        .is_some_and(|given| given.as_bytes() == tag.as_bytes());
    let mut response = if kept {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let body = match found.file.data {
            Cow::Borrowed(bytes) => Body::from(bytes),
            Cow::Owned(bytes) => Body::from(bytes),
        };
        Response::new(body)
    };
    let headers = response.headers_mut();
    let kind = if path.ends_with(".webmanifest") {
        "application/manifest+json".to_owned()
    } else {
        let guessed = mime_guess::from_path(path).first_or_octet_stream();
        if guessed.type_() == "text" {
            format!("{guessed}; charset=utf-8")
        } else {
            guessed.to_string()
        }
    };
    let cache = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    for (name, value) in [(header::CONTENT_TYPE, kind), (header::ETAG, tag)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    if let Some(encoding) = found.encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_taken_when_named_and_not_refused() {
        for (accepts, encoding, expected) in [
            ("gzip, deflate, br", "br", true),
            ("gzip;q=1.0, br;q=0", "br", false),
            ("gzip;q=1.0, br;q=0.0", "br", false),
            ("BR", "br", true),
            ("brotli", "br", false),
            ("", "gzip", false),
        ] {
            assert_eq!(takes(accepts, encoding), expected, "{accepts:?} {encoding}");
        }
    }

    #[tokio::test]
    async fn paths_that_are_no_pages_answer_404() {
        for path in [
            "/api/v1/nothing",
            "/tg/x/y",
            "/assets/old-1234.js",
            "/assets/../index.html.js",
            "/favicon-of-old.ico",
        ] {
            let answer = serve(Method::GET, path.parse().unwrap(), HeaderMap::new()).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        }
        let answer = serve(Method::POST, "/login".parse().unwrap(), HeaderMap::new()).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "a page is not posted to");
    }
}
