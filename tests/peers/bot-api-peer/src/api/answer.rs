//! What a method answers, before it becomes HTTP.

use axum::{
    body::Body,
    http::{Response, StatusCode, header},
};
use serde_json::{Value, json};

use crate::bodies;

pub struct Success {
    /// JSON text of `result`.
    pub result: String,
    pub description: Option<&'static str>,
}

impl Success {
    pub fn new(result: &Value) -> Self {
        Self {
            result: result.to_string(),
            description: None,
        }
    }

    pub fn yes() -> Self {
        Self {
            result: "true".into(),
            description: None,
        }
    }

    pub fn yes_because(description: &'static str) -> Self {
        Self {
            result: "true".into(),
            description: Some(description),
        }
    }

    pub fn body(&self) -> String {
        match self.description {
            Some(description) => {
                format!(
                    r#"{{"ok":true,"result":{},"description":{}}}"#,
                    self.result,
                    json!(description)
                )
            }
            None => format!(r#"{{"ok":true,"result":{}}}"#, self.result),
        }
    }
}

#[derive(Debug)]
pub struct ApiError {
    pub code: u16,
    pub description: String,
    pub parameters: Option<Value>,
}

impl ApiError {
    pub fn new(code: u16, description: impl Into<String>) -> Self {
        Self {
            code,
            description: description.into(),
            parameters: None,
        }
    }

    pub fn bad(what: impl std::fmt::Display) -> Self {
        Self::new(400, format!("Bad Request: {what}"))
    }

    pub fn forbidden(what: impl std::fmt::Display) -> Self {
        Self::new(403, format!("Forbidden: {what}"))
    }

    pub fn unauthorized() -> Self {
        Self::new(401, "Unauthorized")
    }

    pub fn too_many(seconds: i64) -> Self {
        Self {
            code: 429,
            description: format!("Too Many Requests: retry after {seconds}"),
            parameters: Some(json!({"retry_after": seconds})),
        }
    }

    pub fn migrated(to: i64) -> Self {
        Self {
            code: 400,
            description: "Bad Request: group chat was upgraded to a supergroup chat".into(),
            parameters: Some(json!({"migrate_to_chat_id": to})),
        }
    }

    pub fn body(&self) -> String {
        bodies::fill(
            &bodies::ERROR,
            &json!({"error_code": self.code, "description": self.description, "parameters": self.parameters}),
        )
        .to_string()
    }
}

pub type ApiResult = Result<Success, ApiError>;

pub fn respond(status: u16, kind: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    response
}
