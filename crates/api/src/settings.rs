//! What the HTTP side must know of its surroundings.

use ipnet::IpNet;
use url::Url;

use crate::limits::Rates;

#[derive(Debug, Clone, Default)]
pub struct ApiSettings {
    /// How browsers reach us. `None`: only from this machine, as http.
    pub public_url: Option<Url>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The platform's console answers other machines too.
    pub admin_allow_remote: bool,
    /// Who may read `/metrics` besides this machine.
    pub metrics_allow: Vec<IpNet>,
    pub rates: Rates,
}

impl ApiSettings {
    pub fn is_https(&self) -> bool {
        self.public_url
            .as_ref()
            .is_some_and(|url| url.scheme() == "https")
    }

    /// `https://panel.example`, without a path or a default port, as browsers write `Origin`.
    pub fn origin(&self) -> Option<String> {
        self.public_url
            .as_ref()
            .map(|url| url.origin().ascii_serialization())
    }

    /// Why nobody can sign in from elsewhere; `None`: they can.
    pub fn missing_for_remote(&self) -> Option<&'static str> {
        match &self.public_url {
            None => Some("Set http.public_url to the https address under which people reach this server."),
            Some(url) if url.scheme() != "https" && !is_loopback_host(url.host_str().unwrap_or_default()) => {
                Some("http.public_url is not https: passwords and sessions would travel in the open.")
            }
            Some(_) => None,
        }
    }
}

/// `localhost`, `127.0.0.1:8080`, `[::1]:8080`, …
pub(crate) fn is_loopback_host(host: &str) -> bool {
    let bare = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None if host.matches(':').count() == 1 => host.split(':').next().unwrap_or_default(),
        None => host,
    };
    bare.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_this_machine() {
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1",
            "127.0.0.1:8080",
            "[::1]",
            "[::1]:8080",
            "::1",
        ] {
            assert!(is_loopback_host(host), "{host}");
        }
        for host in [
            "",
            "panel.example",
            "127.0.0.1.example",
            "localhost.example:80",
            "10.0.0.1:80",
            "[2001:db8::1]:80",
            "[::1",
            "0.0.0.0:80",
        ] {
            assert_eq!(is_loopback_host(host), host == "[::1", "{host}");
        }
    }
}
