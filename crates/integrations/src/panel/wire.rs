//! One paced call to a panel, and what its answer is before any adapter reads it.
//!
//! The content decides, not the header: panels send JSON as HTML and firewalls send HTML with any status.

use std::time::Duration;

use chrono::DateTime;
use http::{HeaderMap, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use switchboard_domain::order::OrderLookup;
use url::Url;

use super::{
    Detail, Pace, Pacer, PanelError,
    json::Json,
    shape::{Meaning, error_text, meaning},
};
use crate::http::{GuardedClient, HttpError, HttpRequest, HttpResponse};

pub(super) struct Wire {
    client: GuardedClient,
    base: Url,
    key: SecretString,
    pub pacer: Pacer,
}

/// An answer in JSON, of whatever status below 500.
pub(super) struct Answer {
    pub status: StatusCode,
    pub json: Json,
}

/// An answer as it came, 429 excepted.
pub(super) struct Raw(HttpResponse);

impl Wire {
    pub fn new(client: GuardedClient, base: Url, key: SecretString, pace: Pace) -> Self {
        Self {
            client,
            base,
            key,
            pacer: Pacer::new(pace),
        }
    }

    /// A path below the panel's base, which keeps the base's own path.
    pub fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        url
    }

    pub fn detail(&self, text: &str) -> Detail {
        Detail::redacted(text, &self.key)
    }

    pub fn get_with_header(&self, url: Url) -> Result<HttpRequest, PanelError> {
        self.with_header(HttpRequest::get(url))
    }

    pub fn with_header(&self, request: HttpRequest) -> Result<HttpRequest, PanelError> {
        request
            .secret_header(http::HeaderName::from_static("x-api-key"), &self.key)
            .map_err(|_| PanelError::Auth {
                detail: Detail::new("the stored key holds characters that no key has; paste it again"),
            })
    }

    /// A form with the key in it, as the user API wants it.
    pub fn form(&self, url: Url, fields: &[(&str, &str)]) -> HttpRequest {
        let mut all = vec![("key", self.key.expose_secret())];
        all.extend_from_slice(fields);
        HttpRequest::post(url).form(&all).carries_secret()
    }

    /// A query with the key in it, as the older Admin API wants it.
    pub fn query(&self, mut url: Url, fields: &[(&str, &str)]) -> HttpRequest {
        url.query_pairs_mut()
            .append_pair("key", self.key.expose_secret())
            .extend_pairs(fields);
        HttpRequest::get(url).carries_secret()
    }

    /// Sends in turn. A 429 is an error of every kind of panel.
    pub async fn send(&self, request: HttpRequest) -> Result<Raw, PanelError> {
        let answer = {
            let _turn = self.pacer.turn().await;
            self.client.send(request).await
        };
        let answer = answer.map_err(|error| unreached(&error))?;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            return Err(PanelError::RateLimited {
                retry_after: retry_after(&answer.headers),
                detail: self.detail(&excerpt(&answer)),
            });
        }
        Ok(Raw(answer))
    }

    /// Sends and expects JSON.
    pub async fn call(&self, request: HttpRequest) -> Result<Answer, PanelError> {
        let raw = self.send(request).await?;
        self.read(raw)
    }

    /// What a refusal of [`Raw::is_refused_shape`] says of a single order; an error where it is about the key instead.
    pub fn balked(&self, Raw(answer): Raw) -> Result<OrderLookup, PanelError> {
        let text = Json::parse(&answer.body).as_ref().and_then(error_text);
        let detail = self.detail(text.as_deref().unwrap_or("the panel refused to read it"));
        match meaning(text.as_deref().unwrap_or_default()) {
            Meaning::BadKey => Err(PanelError::Auth { detail }),
            Meaning::TooFast => Err(PanelError::RateLimited {
                retry_after: None,
                detail,
            }),
            Meaning::NoSuchCall => Err(PanelError::NotAllowed { detail }),
            Meaning::NoSuchOrder => Ok(OrderLookup::NotFound),
            Meaning::NoSuchRefill | Meaning::Other => Ok(OrderLookup::Unreadable(format!(
                "HTTP {}: {detail}",
                answer.status.as_u16()
            ))),
        }
    }

    pub fn read(&self, Raw(answer): Raw) -> Result<Answer, PanelError> {
        let status = answer.status;
        let json = Json::parse(&answer.body).filter(|json| matches!(json, Json::Object(_) | Json::List(_)));
        if let Some(json) = json {
            if status.is_server_error() {
                let detail = self.detail(&format!("HTTP {status}: {}", excerpt(&answer)));
                return Err(PanelError::Unreachable {
                    request_may_have_arrived: true,
                    detail,
                });
            }
            return Ok(Answer { status, json });
        }
        let page = answer.body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<');
        let detail = if page {
            Detail::new(&format!("HTTP {status}, a web page"))
        } else {
            self.detail(&format!("HTTP {status}: {}", excerpt(&answer)))
        };
        Err(match status.as_u16() {
            // A challenge is served before the panel sees anything.
            _ if page && is_challenge(&answer) => PanelError::Blocked {
                request_may_have_arrived: false,
                detail,
            },
            500.. => PanelError::Unreachable {
                request_may_have_arrived: true,
                detail,
            },
            401 if !page => PanelError::Auth { detail },
            403 => PanelError::Blocked {
                request_may_have_arrived: false,
                detail,
            },
            404 | 405 | 410 => PanelError::BadAddress { detail },
            _ if page => PanelError::Blocked {
                request_may_have_arrived: true,
                detail,
            },
            _ => PanelError::BadShape { detail },
        })
    }
}

impl Raw {
    /// A status with which servers refuse a request that names too many or malformed ids.
    pub fn is_refused_shape(&self) -> bool {
        matches!(self.0.status.as_u16(), 400 | 413 | 414 | 422 | 431)
    }
}

fn unreached(error: &HttpError) -> PanelError {
    let detail = Detail::new(&error.to_string());
    match error {
        HttpError::BlockedAddress { .. } => PanelError::PrivateAddress { detail },
        HttpError::BadUrl(_) | HttpError::Redirect { .. } | HttpError::TooManyRedirects(_) => {
            PanelError::BadAddress { detail }
        }
        HttpError::TooLarge { .. } => PanelError::BadShape { detail },
        HttpError::Dns { .. }
        | HttpError::Connect { .. }
        | HttpError::Tls { .. }
        | HttpError::Timeout { .. }
        | HttpError::Cut { .. }
        | HttpError::Protocol { .. } => PanelError::Unreachable {
            request_may_have_arrived: error.request_may_have_arrived(),
            detail,
        },
    }
}

fn excerpt(answer: &HttpResponse) -> String {
    String::from_utf8_lossy(&answer.body[..answer.body.len().min(2000)]).into_owned()
}

fn is_challenge(answer: &HttpResponse) -> bool {
    if answer.headers.contains_key("cf-mitigated") {
        return true;
    }
    let text = String::from_utf8_lossy(&answer.body[..answer.body.len().min(64 * 1024)]).to_lowercase();
    [
        "just a moment",
        "challenge-platform",
        "cf-chl",
        "cf_chl",
        "captcha",
        "attention required",
        "ddos protection",
    ]
    .iter()
    .any(|mark| text.contains(mark))
}

/// Seconds, or a date judged by the server's own clock.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let now = headers.get(header::DATE)?.to_str().ok()?;
    let wait = DateTime::parse_from_rfc2822(text).ok()? - DateTime::parse_from_rfc2822(now).ok()?;
    wait.to_std().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_to_come_back() {
        let headers = |pairs: &[(&'static str, &str)]| {
            pairs
                .iter()
                .map(|(n, v)| (http::HeaderName::from_static(n), v.parse().unwrap()))
                .collect::<HeaderMap>()
        };
        assert_eq!(
            retry_after(&headers(&[("retry-after", "7")])),
            Some(Duration::from_secs(7))
        );
        let dates = [
            ("retry-after", "Wed, 21 Oct 2015 07:28:30 GMT"),
            ("date", "Wed, 21 Oct 2015 07:28:00 GMT"),
        ];
        assert_eq!(retry_after(&headers(&dates)), Some(Duration::from_secs(30)));
        assert_eq!(retry_after(&headers(&[("retry-after", "soon")])), None);
        assert_eq!(retry_after(&headers(&[])), None);
    }
}
