//! Owns an answer before it becomes HTTP, and the answers that belong to no API: errors of the web server in front.

use axum::body::Body;
use axum::http::{Response, header};

use crate::body::fill_list;

const JSON: &str = "application/json";
const HTML: &str = "text/html; charset=UTF-8";

pub struct Reply {
    pub status: u16,
    pub body: String,
    pub content_type: &'static str,
    pub retry_after_s: Option<u64>,
    /// Behind a web shield: marks the answer the way such a shield does.
    pub shielded: bool,
    /// The ids on which this call changed something.
    pub effects: Vec<String>,
}

impl Reply {
    fn new(status: u16, body: impl Into<String>, content_type: &'static str) -> Self {
        Self {
            status,
            body: body.into(),
            content_type,
            retry_after_s: None,
            shielded: false,
            effects: Vec::new(),
        }
    }

    pub fn json(status: u16, body: impl Into<String>) -> Self {
        Self::new(status, body, JSON)
    }

    pub fn with_effects(mut self, effects: Vec<String>) -> Self {
        self.effects = effects;
        self
    }

    /// JSON under the wrong label, as several scripts send it.
    pub fn labelled_html(mut self) -> Self {
        self.content_type = HTML;
        self
    }

    pub fn not_found() -> Self {
        Self::new(404, include_str!("../bodies/faults/not_found.html"), HTML)
    }

    pub fn rate_limited(status: u16, retry_after_ms: Option<u64>) -> Self {
        let body = fill_list(
            include_str!("../bodies/faults/server_error.html"),
            &[("status", &status.to_string())],
        );
        let mut reply = Self::new(status, body, HTML);
        reply.retry_after_s = retry_after_ms.map(|ms| ms.div_ceil(1_000));
        reply
    }

    pub fn server_error(status: u16) -> Self {
        Self::rate_limited(status, None)
    }

    pub fn challenge(status: u16) -> Self {
        let mut reply = Self::new(status, include_str!("../bodies/faults/challenge.html"), HTML);
        reply.shielded = true;
        reply
    }

    pub fn wrong_shape(status: u16) -> Self {
        Self::json(status, include_str!("../bodies/faults/wrong_shape.json"))
    }

    pub fn not_json(status: u16) -> Self {
        Self::new(status, include_str!("../bodies/faults/not_json.txt"), JSON)
    }

    /// The answer's head around a body of the caller's choice.
    pub fn respond_with(&self, body: Body) -> Response<Body> {
        let mut response = Response::builder()
            .status(self.status)
            .header(header::CONTENT_TYPE, self.content_type);
        if let Some(seconds) = self.retry_after_s {
            response = response.header(header::RETRY_AFTER, seconds);
        }
        if self.shielded {
            response = response
                .header(header::SERVER, "cloudflare")
                .header("cf-mitigated", "challenge");
        }
        response.body(body).unwrap_or_else(|_| {
            // A test asked for a status that HTTP does not have.
            let mut broken = Response::new(Body::from("the status asked for is no HTTP status"));
            *broken.status_mut() = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
            broken
        })
    }
}
