//! One request and one answer, without a word of their content in `Debug`.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use url::{Url, form_urlencoded};

use super::HttpError;

/// Whether a request goes where the other side points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redirects {
    /// The redirect is the answer: an error that names the host. For everything that carries a key.
    Refuse,
    /// At most three, each judged like the first address. Only a `GET` without a secret goes along to another host.
    Follow,
}

/// A request that is being put together.
pub struct HttpRequest {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
    pub(super) secret: bool,
    pub(super) redirects: Redirects,
    pub(super) timeout: Option<Duration>,
    pub(super) max_body: Option<usize>,
}

impl HttpRequest {
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: None,
            secret: false,
            redirects: Redirects::Refuse,
            timeout: None,
            max_body: None,
        }
    }

    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    pub fn post(url: Url) -> Self {
        Self::new(Method::POST, url)
    }

    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// A header that holds a key. Fails on a key that no header can hold (a newline from the clipboard).
    pub fn secret_header(mut self, name: HeaderName, value: &SecretString) -> Result<Self, HttpError> {
        let mut value = HeaderValue::from_str(value.expose_secret())
            .map_err(|_| HttpError::BadUrl("the key holds characters that no key has"))?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        self.secret = true;
        Ok(self)
    }

    /// Says that the URL or the body holds a key.
    pub fn carries_secret(mut self) -> Self {
        self.secret = true;
        self
    }

    pub fn json(mut self, body: &serde_json::Value) -> Self {
        self.headers
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.body = Some(body.to_string().into());
        self
    }

    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        self.headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        self.body = Some(form.finish().into());
        self
    }

    pub fn raw_body(mut self, body: Bytes) -> Self {
        self.body = Some(body);
        self
    }

    pub fn redirects(mut self, redirects: Redirects) -> Self {
        self.redirects = redirects;
        self
    }

    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = Some(bytes);
        self
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("host", &self.url.host_str())
            .finish_non_exhaustive()
    }
}

/// An answer, read whole.
pub struct HttpResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
