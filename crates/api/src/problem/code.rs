//! The closed list of what can go wrong, as clients see it. `docs/errors.md` is made from it.

use std::borrow::Cow;

use axum::http::StatusCode;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{ObjectBuilder, Schema, Type},
    },
};

macro_rules! codes {
    ($($name:ident = $status:ident $text:literal, $title:literal, $meaning:literal;)*) => {
        /// The stable name of a problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
        pub enum Code { $(#[serde(rename = $text)] $name),* }

        impl Code {
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text),* }
            }

            pub const fn status(self) -> StatusCode {
                match self { $(Code::$name => StatusCode::$status),* }
            }

            /// One sentence for the person in front of the screen.
            pub const fn title(self) -> &'static str {
                match self { $(Code::$name => $title),* }
            }

            /// For who writes a client.
            pub const fn meaning(self) -> &'static str {
                match self { $(Code::$name => $meaning),* }
            }
        }
    };
}

codes! {
    BadJson = BAD_REQUEST "bad-json", "The request is not readable.",
        "The body is not JSON, or ends too early.";
    BadCursor = BAD_REQUEST "bad-cursor", "This page of the list cannot be found. Open the list from its beginning.",
        "`after` (or `before`) is no cursor of this list.";
    BadUpdate = BAD_REQUEST "bad-update", "The body is not an update of this chat network.",
        "A chat network's webhook delivered something else.";
    Unauthorized = UNAUTHORIZED "unauthorized", "You are not signed in, or your session has ended. Sign in again.",
        "No valid session (or, at a webhook, no valid secret).";
    LoginFailed = UNAUTHORIZED "login-failed", "The username or the password is wrong.",
        "Nobody of that name and a wrong password are answered alike.";
    Forbidden = FORBIDDEN "forbidden", "Your role does not include this. The owner can do it.",
        "Signed in, but the role lacks the permission.";
    CrossSite = FORBIDDEN "cross-site", "The request came from another page and was refused. Reload and try again.",
        "An unsafe request without `Origin` or `Sec-Fetch-Site` of this site.";
    AccountSuspended = FORBIDDEN "account-suspended", "This account is suspended. Write to support to learn why.",
        "The account or its tenant is suspended; `detail` has the reason where it is told.";
    AccountBanned = FORBIDDEN "account-banned", "This account is closed.",
        "The account is banned.";
    ConsoleLocalOnly = FORBIDDEN "console-local-only",
        "The platform's console answers on the server's own machine only. Set admin.allow_remote to open it.",
        "Until there are second factors the console is for loopback; `detail` says what to set.";
    NotFound = NOT_FOUND "not-found", "There is nothing here.",
        "Not theirs, or not there: nobody can tell which.";
    MethodNotAllowed = METHOD_NOT_ALLOWED "method-not-allowed", "This cannot be done here.",
        "The path knows other methods.";
    Timeout = REQUEST_TIMEOUT "timeout", "That took too long. Try again.",
        "The request was not complete in time.";
    NameTaken = CONFLICT "name-taken", "There is one of that name already.",
        "A name that must be unique is in use.";
    ChannelTaken = CONFLICT "channel-taken", "This bot is connected elsewhere. Disconnect it there first.",
        "A chat account belongs to at most one tenant.";
    PanelInUse = CONFLICT "panel-in-use", "This panel is still in use.",
        "`detail` says what hangs on it.";
    InUse = CONFLICT "in-use", "This is still in use.",
        "`detail` says what hangs on it.";
    WrongState = CONFLICT "wrong-state", "That is not possible now.",
        "`detail` says why; reload to see the present state.";
    Changed = CONFLICT "changed", "This has changed meanwhile. Look at it again.",
        "What was looked at is not what is there now.";
    TenantProvisioning = CONFLICT "tenant-provisioning", "Your workspace is still being made. It takes a few seconds.",
        "Try again shortly; `GET /api/v1/me/setup` shows how far it is.";
    RequestInProgress = CONFLICT "request-in-progress", "This is being done already.",
        "Another request with the same `Idempotency-Key` is under way.";
    LinkUsed = GONE "link-used", "This link is not valid any more. Ask for a new one.",
        "A one-time link was used or replaced, or its time is over. The server prints a new one for the first administrator at each start.";
    TooLarge = PAYLOAD_TOO_LARGE "too-large", "That is too large.",
        "The body is larger than this address takes.";
    UnsupportedMediaType = UNSUPPORTED_MEDIA_TYPE "unsupported-media-type", "The request is not JSON.",
        "Bodies are `application/json`.";
    PublicUrlMissing = MISDIRECTED_REQUEST "public-url-missing",
        "This server does not know its own address yet. Set http.public_url (https) and start it again.",
        "Sign-in works under `http.public_url` or on the machine itself; `detail` says what to set.";
    Validation = UNPROCESSABLE_ENTITY "validation", "Some fields need another look.",
        "`errors` has one line per field, with its path.";
    IdempotencyKeyReused = UNPROCESSABLE_ENTITY "idempotency-key-reused", "This was sent before with other contents. Reload and try again.",
        "The `Idempotency-Key` belongs to a different request, or is not 1 to 128 visible characters.";
    NotEnoughCredit = CONFLICT "not-enough-credit", "There is too little credit for this.",
        "`detail` has the balance.";
    TooManyRequests = TOO_MANY_REQUESTS "too-many-requests", "Too many tries. Wait a moment.",
        "`retry_after_s` and `Retry-After` say how long.";
    Internal = INTERNAL_SERVER_ERROR "internal", "Something broke on our side. It is written down; try again.",
        "A bug. The log has the cause under the request's id.";
    Unavailable = SERVICE_UNAVAILABLE "unavailable", "Try again in a moment.",
        "The database is away, or the server stops.";
}

// By hand: the derive does not see names that a macro hands on.
impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("The stable name of a problem."))
            .enum_values(Some(Code::ALL.iter().map(|code| code.as_str())))
            .into()
    }
}

impl ToSchema for Code {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Code")
    }
}

/// The text of `docs/errors.md`.
pub fn page() -> String {
    let mut text = String::from(
        "# Errors of the HTTP API\n\n\
         Made from the closed list in the code (`switchboard errors > docs/errors.md`); a test keeps both equal.\n\n\
         Every error is `application/problem+json`: `type`, `code`, `title` (one sentence for people), `status`, and where they help\n\
         `detail`, `errors` (`field`, `code`, `message`) and `retry_after_s`. Clients go by `code`. Causes are in the log, never here.\n\n\
         | code | status | title | when |\n| --- | --- | --- | --- |\n",
    );
    for code in Code::ALL {
        text += &format!(
            "| `{}` | {} | {} | {} |\n",
            code.as_str(),
            code.status().as_u16(),
            code.title(),
            code.meaning()
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_lists_every_code() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors.md");
        let shown = std::fs::read_to_string(file).unwrap_or_default();
        assert!(
            page() == shown,
            "docs/errors.md is stale: `switchboard errors > docs/errors.md`"
        );
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
    }
}
