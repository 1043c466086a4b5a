//! The only thing that becomes an error response (`application/problem+json`). Causes go to the log, never to the client.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
}

impl Problem {
    /// Not theirs, or not there: indistinguishable.
    pub fn not_found() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            code: "not-found",
            title: "There is nothing here.",
        }
    }

    pub fn unauthorized() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            code: "unauthorized",
            title: "The credentials are missing or wrong.",
        }
    }

    pub fn too_large() -> Self {
        Self {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            code: "too-large",
            title: "The body is larger than 256 KiB.",
        }
    }

    pub fn bad_update() -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code: "bad-update",
            title: "The body is not an update of this chat network.",
        }
    }

    /// The store is away: the sender shall try again.
    pub fn unavailable() -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: "unavailable",
            title: "Try again in a moment.",
        }
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::json!({ "type": format!("/problems/{}", self.code), "title": self.title, "status": self.status.as_u16() });
        (
            self.status,
            [(header::CONTENT_TYPE, "application/problem+json")],
            body.to_string(),
        )
            .into_response()
    }
}
