//! What the operator allows: exact exceptions, limits, one more trusted root.

use std::{fmt, str::FromStr, time::Duration};

use url::Url;

/// One exact host and port, as it stands in a URL. No wildcard, no range: an exception names what it excepts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HostPort {
    host: String,
    port: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an exact `host:port` such as `127.0.0.1:8080`, without scheme or path, not `{0}`")]
pub struct InvalidHostPort(String);

impl HostPort {
    /// The host and port that a URL leads to; `None` for a scheme without a port.
    pub fn of(url: &Url) -> Option<Self> {
        Some(Self {
            host: url.host_str()?.trim_end_matches('.').to_owned(),
            port: url.port_or_known_default()?,
        })
    }
}

impl FromStr for HostPort {
    type Err = InvalidHostPort;

    fn from_str(text: &str) -> Result<Self, InvalidHostPort> {
        let refuse = || InvalidHostPort(text.chars().take(80).collect());
        let (_, port) = text.rsplit_once(':').ok_or_else(refuse)?;
        let port: u16 = port.parse().map_err(|_| refuse())?;
        if port == 0 || text.contains(['/', '@', '?', '#', '*', ' ']) {
            return Err(refuse());
        }
        // The URL parser brings a host to the one spelling that requests are compared in.
        let url = Url::parse(&format!("http://{text}/")).map_err(|_| refuse())?;
        let found = Self::of(&url).ok_or_else(refuse)?;
        if found.port == port {
            Ok(found)
        } else {
            Err(refuse())
        }
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// Limits and exceptions for everything that goes out.
#[derive(Debug, Clone)]
pub struct OutboundPolicy {
    /// These may be private and may speak plain http. Empty by default; the server prints it at start.
    pub allow: Vec<HostPort>,
    /// Roots trusted beside the bundled ones, in PEM: for a company's own proxy or certificate authority.
    pub extra_roots_pem: Option<Vec<u8>>,
    /// Name, connection and TLS handshake.
    pub connect_timeout: Duration,
    /// Silence between two pieces of an answer.
    pub read_timeout: Duration,
    /// The whole request; a request may ask for less.
    pub total_timeout: Duration,
    /// Bytes of an answer, after decompression.
    pub max_body: usize,
    /// Firewalls in front of panels refuse the names of HTTP libraries.
    pub user_agent: String,
}

impl Default for OutboundPolicy {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            extra_roots_pem: None,
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(15),
            total_timeout: Duration::from_secs(30),
            max_body: 4 * 1024 * 1024,
            user_agent: "Mozilla/5.0 (compatible; Switchboard/1.0)".to_owned(),
        }
    }
}

/// A policy from which no client can be made: a start error.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    #[error("the extra root certificates are not PEM certificates")]
    Roots,
    #[error("the outbound user agent holds characters that no header may hold")]
    UserAgent,
    #[error("the outbound HTTP client could not be set up")]
    Client(#[source] reqwest::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_port_are_exact() {
        for (text, shown) in [
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("[::1]:8080", "[::1]:8080"),
            ("Panel.Test:80", "panel.test:80"),
            ("panel.test.:443", "panel.test:443"),
            ("127.1:9000", "127.0.0.1:9000"),
        ] {
            assert_eq!(text.parse::<HostPort>().unwrap().to_string(), shown);
        }
        for text in [
            "",
            "panel.test",
            "panel.test:",
            "panel.test:0",
            "panel.test:99999",
            "http://panel.test:80",
            "*:80",
            "a@b:80",
            "::1",
        ] {
            assert!(text.parse::<HostPort>().is_err(), "{text}");
        }
    }
}
