//! The client itself: two library clients (guarded, and for allowed exceptions), redirects by hand, bounded bodies.

use std::{fmt, sync::Arc, time::Duration};

use bytes::BytesMut;
use http::{Method, StatusCode, header};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use url::{Host, Url};

use super::{
    HostPort, HttpError, HttpRequest, HttpResponse, Lookup, OutboundPolicy, PolicyError, Redirects,
    SystemLookup,
    address::is_public,
    error::translate,
    resolve::{Guarded, Unguarded},
};

const MAX_REDIRECTS: usize = 3;
/// Shorter than what servers keep: a reused connection that the other side just closed makes an action's end unknown.
const IDLE_CONNECTION: Duration = Duration::from_secs(15);

/// Cheap to clone; one per process.
#[derive(Clone)]
pub struct GuardedClient(Arc<Inner>);

struct Inner {
    policy: OutboundPolicy,
    guarded: reqwest::Client,
    /// For exact pairs of the allow list only. Apart, because a resolver sees a name without its port.
    allowed: reqwest::Client,
}

impl fmt::Debug for GuardedClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedClient")
            .field("allow", &self.0.policy.allow)
            .finish_non_exhaustive()
    }
}

impl GuardedClient {
    pub fn new(policy: OutboundPolicy) -> Result<Self, PolicyError> {
        Self::with_lookup(policy, Arc::new(SystemLookup))
    }

    /// With another source of names, whose addresses are judged just the same.
    pub fn with_lookup(policy: OutboundPolicy, lookup: Arc<dyn Lookup>) -> Result<Self, PolicyError> {
        let tls = tls_config(policy.extra_roots_pem.as_deref())?;
        let builder = || library_client(&policy, tls.clone());
        let guarded = builder()?.dns_resolver(Guarded(Arc::clone(&lookup))).build();
        let allowed = builder()?.dns_resolver(Unguarded(lookup)).build();
        Ok(Self(Arc::new(Inner {
            guarded: guarded.map_err(PolicyError::Client)?,
            allowed: allowed.map_err(PolicyError::Client)?,
            policy,
        })))
    }

    /// Judges an address without calling it; names are judged when they are called.
    pub fn check(&self, url: &Url) -> Result<(), HttpError> {
        self.0.library_for(url).map(|_| ())
    }

    /// Sends one request and reads the answer whole. Any status is an answer, redirects excepted.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let limit = request.timeout.unwrap_or(self.0.policy.total_timeout);
        // Over all hops: the library's own limit begins anew with each.
        match tokio::time::timeout(limit, self.0.follow(request, limit)).await {
            Ok(answer) => answer,
            Err(_) => Err(HttpError::Timeout {
                sent: true,
                after: limit,
            }),
        }
    }
}

impl Inner {
    async fn follow(&self, mut request: HttpRequest, limit: Duration) -> Result<HttpResponse, HttpError> {
        for _ in 0..=MAX_REDIRECTS {
            let answer = self.once(&request, limit).await?;
            let Some(next) = redirect_target(&request.url, &answer) else {
                return Ok(answer);
            };
            let next = next?;
            let same_place =
                HostPort::of(&next) == HostPort::of(&request.url) && next.scheme() == request.url.scheme();
            let goes_along = request.redirects == Redirects::Follow
                && request.method == Method::GET
                && (same_place || !request.secret);
            if !goes_along {
                return Err(HttpError::Redirect {
                    to: next.host_str().unwrap_or("another address").to_owned(),
                });
            }
            if !same_place {
                request.headers.remove(header::AUTHORIZATION);
                request.headers.remove(header::COOKIE);
            }
            request.url = next;
        }
        Err(HttpError::TooManyRedirects(MAX_REDIRECTS))
    }

    async fn once(&self, request: &HttpRequest, limit: Duration) -> Result<HttpResponse, HttpError> {
        let library = self.library_for(&request.url)?;
        let host = request.url.host_str().unwrap_or_default();
        let fail = |error: reqwest::Error| translate(&error, host, limit);
        let mut outgoing = library
            .request(request.method.clone(), request.url.clone())
            .headers(request.headers.clone())
            .timeout(limit);
        if let Some(body) = &request.body {
            outgoing = outgoing.body(body.clone());
        }
        let mut answer = outgoing.send().await.map_err(fail)?;

        let max = request.max_body.unwrap_or(self.policy.max_body);
        let mut body = BytesMut::new();
        // After decompression, which is what fills the memory.
        while let Some(chunk) = answer.chunk().await.map_err(fail)? {
            if body.len() + chunk.len() > max {
                return Err(HttpError::TooLarge { limit: max });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(HttpResponse {
            status: answer.status(),
            headers: std::mem::take(answer.headers_mut()),
            body: body.freeze(),
        })
    }

    fn library_for(&self, url: &Url) -> Result<&reqwest::Client, HttpError> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(HttpError::BadUrl(
                "the address must not hold a user name or password",
            ));
        }
        let place = HostPort::of(url).ok_or(HttpError::BadUrl("the address has no host"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(HttpError::BadUrl("the address must begin with https://"));
        }
        if self.policy.allow.contains(&place) {
            return Ok(&self.allowed);
        }
        let literal = match url.host() {
            Some(Host::Ipv4(v4)) => Some(v4.into()),
            Some(Host::Ipv6(v6)) => Some(v6.into()),
            _ => None,
        };
        if literal.is_some_and(|address| !is_public(address)) {
            return Err(HttpError::BlockedAddress {
                host: url.host_str().unwrap_or_default().to_owned(),
            });
        }
        if url.scheme() != "https" {
            return Err(HttpError::BadUrl("the address must begin with https://"));
        }
        match url.port_or_known_default() {
            Some(80 | 443 | 1025..) => Ok(&self.guarded),
            _ => Err(HttpError::BadUrl("the port must be 80, 443 or above 1024")),
        }
    }
}

/// Where a redirect points; `None` for an answer that is not one.
fn redirect_target(from: &Url, answer: &HttpResponse) -> Option<Result<Url, HttpError>> {
    let redirects = matches!(
        answer.status,
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    let location = answer.headers.get(header::LOCATION).filter(|_| redirects)?;
    let target = location.to_str().ok().and_then(|text| from.join(text).ok());
    Some(target.ok_or(HttpError::Redirect {
        to: "an unreadable address".to_owned(),
    }))
}

fn tls_config(extra_roots_pem: Option<&[u8]>) -> Result<rustls::ClientConfig, PolicyError> {
    let mut roots = rustls::RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if let Some(pem) = extra_roots_pem {
        let mut added = 0;
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|_| PolicyError::Roots)?;
            roots.add(certificate).map_err(|_| PolicyError::Roots)?;
            added += 1;
        }
        if added == 0 {
            return Err(PolicyError::Roots);
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring speaks the default TLS versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one constructor of outbound HTTP"
)]
fn library_client(
    policy: &OutboundPolicy,
    tls: rustls::ClientConfig,
) -> Result<reqwest::ClientBuilder, PolicyError> {
    let agent = http::HeaderValue::from_str(&policy.user_agent).map_err(|_| PolicyError::UserAgent)?;
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(agent)
        // Else `HTTP_PROXY` would send everything past the resolver.
        .no_proxy()
        .referer(false)
        .redirect(reqwest::redirect::Policy::none())
        // Repeating is the callers' decision: only they know whether an action may go out twice.
        .retry(reqwest::retry::never())
        .connect_timeout(policy.connect_timeout)
        .read_timeout(policy.read_timeout)
        .timeout(policy.total_timeout)
        .pool_idle_timeout(IDLE_CONNECTION)
        .pool_max_idle_per_host(2))
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
