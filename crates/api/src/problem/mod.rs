//! The only thing that becomes an error response (`application/problem+json`). Causes go to the log, never to the client.

mod code;

use std::borrow::Cow;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use switchboard_store::StoreError;
use utoipa::ToSchema;

pub use code::{Code, page};

/// What went wrong, for the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    code: Code,
    detail: Option<Cow<'static, str>>,
    errors: Vec<FieldError>,
    retry_after_s: Option<u64>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Its path, such as `username` or `links[2].panel`; empty for the whole.
    pub field: String,
    /// `required`, `too-short`, `taken`, … for programs.
    pub code: Cow<'static, str>,
    /// One sentence to show at the field.
    pub message: String,
}

/// As it travels.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// `/problems/` and the code.
    r#type: String,
    code: Code,
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    detail: Option<Cow<'static, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    retry_after_s: Option<u64>,
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self {
            code,
            detail: None,
            errors: Vec::new(),
            retry_after_s: None,
        }
    }
}

impl Problem {
    pub fn new(code: Code) -> Self {
        code.into()
    }

    /// With one more sentence that the title cannot know. Never a cause of ours.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into()).filter(|text| !text.is_empty());
        self
    }

    /// Not theirs, or not there: indistinguishable.
    pub fn not_found() -> Self {
        Code::NotFound.into()
    }

    pub fn unauthorized() -> Self {
        Code::Unauthorized.into()
    }

    pub fn forbidden() -> Self {
        Code::Forbidden.into()
    }

    pub fn too_large() -> Self {
        Code::TooLarge.into()
    }

    pub fn bad_update() -> Self {
        Code::BadUpdate.into()
    }

    /// The store is away: the sender shall try again.
    pub fn unavailable() -> Self {
        Code::Unavailable.into()
    }

    /// One field is wrong.
    pub fn field(
        field: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        let mut errors = FieldErrors::default();
        errors.add(field, code, message);
        errors.into()
    }

    pub fn too_many_requests(retry_after_s: u64) -> Self {
        Self {
            // Sub-second waits read as zero, which clients take for "at once".
            retry_after_s: Some(retry_after_s.max(1)),
            ..Code::TooManyRequests.into()
        }
    }

    /// A bug or a broken part of ours: the whole chain goes to the log, once, and nothing of it to the client.
    pub fn internal(error: impl std::error::Error) -> Self {
        tracing::error!(error = %chain(&error), "a request failed");
        Code::Internal.into()
    }

    pub fn code(&self) -> Code {
        self.code
    }

    pub fn status(&self) -> StatusCode {
        self.code.status()
    }
}

/// Wrong fields, collected so that all are told at once.
///
/// ```
/// # use switchboard_api::{FieldErrors, Problem};
/// fn check(name: &str) -> Result<(), Problem> {
///     let mut errors = FieldErrors::default();
///     errors.check(!name.is_empty(), "name", "required", "Give it a name.");
///     errors.finish()
/// }
/// assert!(check("").is_err() && check("Alpha").is_ok());
/// ```
#[derive(Debug, Default)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    pub fn add(
        &mut self,
        field: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) {
        self.0.push(FieldError {
            field: field.into(),
            code: code.into(),
            message: message.into(),
        });
    }

    pub fn check(
        &mut self,
        is_right: bool,
        field: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) {
        if !is_right {
            self.add(field, code, message);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn finish(self) -> Result<(), Problem> {
        if self.is_empty() { Ok(()) } else { Err(self.into()) }
    }
}

impl From<FieldErrors> for Problem {
    fn from(errors: FieldErrors) -> Self {
        Self {
            errors: errors.0,
            ..Code::Validation.into()
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if error.is_transient() {
            tracing::warn!(error = %chain(&error), "the database did not answer a request");
            Self::unavailable()
        } else if error.is_bad_input() {
            tracing::warn!(error = %chain(&error), "the database did not take a value of a request");
            Self::field("", "invalid", "A value is outside of what can be kept.")
        } else {
            Self::internal(error)
        }
    }
}

/// An error with its causes, in one line. Database errors say no row contents.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemBody {
            r#type: format!("/problems/{}", self.code.as_str()),
            code: self.code,
            title: self.code.title(),
            status: self.status().as_u16(),
            detail: self.detail,
            errors: self.errors,
            retry_after_s: self.retry_after_s,
        };
        let text = serde_json::to_string(&body).expect("a problem is plain data");
        let mut response = (
            self.code.status(),
            [(header::CONTENT_TYPE, "application/problem+json")],
            text,
        )
            .into_response();
        if let Some(seconds) = self.retry_after_s {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
