//! What may be said about a failed request.
//!
//! Hosts may appear, because an owner must be able to see a typing mistake; paths and queries may not.

use std::time::Duration;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    #[error("{0}")]
    BadUrl(&'static str),
    #[error("`{host}` leads to a private or reserved address, which is not called")]
    BlockedAddress { host: String },
    #[error("the name `{host}` was not found")]
    Dns { host: String },
    #[error("no connection to `{host}`")]
    Connect { host: String },
    #[error("`{host}` has no certificate that can be trusted")]
    Tls { host: String },
    /// `sent` is false only where the request certainly did not leave.
    #[error("no answer within {} s", .after.as_secs())]
    Timeout { sent: bool, after: Duration },
    /// The connection broke after the request may have left.
    #[error("the connection to `{host}` broke before the whole answer was there")]
    Cut { host: String },
    #[error("the answer is larger than {limit} bytes")]
    TooLarge { limit: usize },
    /// The other side sends us elsewhere, and this request does not go along.
    #[error("the server redirects to `{to}`")]
    Redirect { to: String },
    #[error("the server redirects more than {0} times")]
    TooManyRedirects(usize),
    #[error("the answer of `{host}` is not HTTP")]
    Protocol { host: String },
}

impl HttpError {
    /// Whether the other side may have received, and acted on, the request. `true` unless the opposite is certain.
    pub fn request_may_have_arrived(&self) -> bool {
        match self {
            Self::BadUrl(_)
            | Self::BlockedAddress { .. }
            | Self::Dns { .. }
            | Self::Connect { .. }
            | Self::Tls { .. } => false,
            Self::Timeout { sent, .. } => *sent,
            Self::Cut { .. }
            | Self::TooLarge { .. }
            | Self::Redirect { .. }
            | Self::TooManyRedirects(_)
            | Self::Protocol { .. } => true,
        }
    }
}

/// The name resolved to an address that is not called. Travels through the HTTP library as a source.
#[derive(Debug, thiserror::Error)]
#[error("private or reserved address")]
pub(super) struct Blocked;

/// The name was not found. Travels likewise.
#[derive(Debug, thiserror::Error)]
#[error("name not found")]
pub(super) struct NoSuchName;

/// Translates the library's error by what it carries, never by its text.
pub(super) fn translate(error: &reqwest::Error, host: &str, after: Duration) -> HttpError {
    let host = host.to_owned();
    let mut tls = false;
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if cause.is::<Blocked>() {
            return HttpError::BlockedAddress { host };
        }
        if cause.is::<NoSuchName>() {
            return HttpError::Dns { host };
        }
        tls |= is_tls(cause);
        source = cause.source();
    }
    if error.is_timeout() {
        return HttpError::Timeout {
            sent: !error.is_connect(),
            after,
        };
    }
    match (error.is_connect(), tls) {
        (true, true) => HttpError::Tls { host },
        (true, false) => HttpError::Connect { host },
        (false, _) if error.is_decode() => HttpError::Protocol { host },
        (false, _) => HttpError::Cut { host },
    }
}

/// `std::io::Error` hides the error it wraps from `source()`: it must be opened.
fn is_tls(cause: &(dyn std::error::Error + 'static)) -> bool {
    if cause.is::<rustls::Error>() {
        return true;
    }
    cause
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref)
        .is_some_and(|inner| is_tls(inner))
}
