//! The one answer to "who is calling": for limits, histories and audits.
//!
//! Invariant: a header is believed only as far as trusted proxies wrote it. `X-Forwarded-For` is read from the right; the
//! first address that is no trusted proxy is the client. What the client wrote itself stands further left and is ignored.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderMap, request::Parts},
    middleware::Next,
    response::Response,
};
use ipnet::IpNet;

use crate::{App, Problem};

/// The client's address. `via_proxy`: a header was there, whoever wrote it, so "loopback" need not mean this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientIp {
    pub ip: IpAddr,
    pub via_proxy: bool,
}

impl ClientIp {
    pub fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let is_trusted = |ip: &IpAddr| trusted.iter().any(|net| net.contains(ip));
        let forwarded = ["x-forwarded-for", "forwarded", "x-real-ip", "via"]
            .iter()
            .any(|name| headers.contains_key(*name));
        let mut ip = peer.to_canonical();
        if is_trusted(&ip) {
            // Several lines of the header are one list, in their order.
            let hops: Vec<&[u8]> = headers
                .get_all("x-forwarded-for")
                .iter()
                .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
                .collect();
            for hop in hops.into_iter().rev() {
                // Unreadable: nothing further left can be believed either.
                let Some(hop) = std::str::from_utf8(hop).ok().and_then(address) else {
                    break;
                };
                ip = hop;
                if !is_trusted(&ip) {
                    break;
                }
            }
        }
        Self {
            ip,
            via_proxy: forwarded,
        }
    }

    /// A program on this machine, as far as can be told.
    pub fn is_this_machine(self) -> bool {
        self.ip.is_loopback() && !self.via_proxy
    }

    /// Who shares a limit: one IPv4 address, or one IPv6 network of the size that a single customer gets.
    pub fn bucket(self) -> IpAddr {
        match self.ip {
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
            v4 => v4,
        }
    }
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    text.parse::<IpAddr>()
        .or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()))
        .ok()
        .or_else(|| text.strip_prefix('[')?.strip_suffix(']')?.parse().ok())
        .map(|ip: IpAddr| ip.to_canonical())
}

/// Finds the address once per request and keeps it beside it.
pub(crate) async fn layer(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::from([0, 0, 0, 0]), |info| info.0.ip());
    let ip = ClientIp::of(peer, request.headers(), &app.settings.trusted_proxies);
    request.extensions_mut().insert(ip);
    next.run(request).await
}

impl<S: Sync> FromRequestParts<S> for ClientIp {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Self>()
            .copied()
            .ok_or_else(Problem::not_found)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn the_header_matrix() {
        let trusted = ["127.0.0.1/32", "10.0.0.0/8", "2001:db8:ffff::/48"];
        for (peer, headers, client) in [
            // Nobody is believed who is no proxy of ours.
            ("203.0.113.9", &["1.1.1.1"][..], "203.0.113.9"),
            ("203.0.113.9", &[][..], "203.0.113.9"),
            // A proxy of ours: its last entry is the client.
            ("10.0.0.1", &["198.51.100.7"][..], "198.51.100.7"),
            // What the client put there itself stands on the left.
            ("10.0.0.1", &["1.1.1.1, 198.51.100.7"][..], "198.51.100.7"),
            (
                "10.0.0.1",
                &["127.0.0.1, 10.0.0.9, 198.51.100.7"][..],
                "198.51.100.7",
            ),
            // Two proxies of ours in a row.
            (
                "10.0.0.1",
                &["1.1.1.1, 198.51.100.7, 10.0.0.2"][..],
                "198.51.100.7",
            ),
            // Two lines are one list.
            ("10.0.0.1", &["1.1.1.1", "198.51.100.7"][..], "198.51.100.7"),
            ("10.0.0.1", &["198.51.100.7", "10.0.0.2"][..], "198.51.100.7"),
            // Unreadable: no further than the last that is known.
            ("10.0.0.1", &["198.51.100.7, nonsense"][..], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.7, "][..], "10.0.0.1"),
            ("10.0.0.1", &["1.1.1.1, \u{1F600}, 10.0.0.2"][..], "10.0.0.2"),
            ("10.0.0.1", &["unknown"][..], "10.0.0.1"),
            // Only proxies: the furthest of them.
            ("10.0.0.1", &["10.0.0.3, 10.0.0.2"][..], "10.0.0.3"),
            // Ports and brackets, v4 in v6.
            ("10.0.0.1", &["198.51.100.7:4711"][..], "198.51.100.7"),
            ("10.0.0.1", &["[2001:db8::7]:4711"][..], "2001:db8::7"),
            ("10.0.0.1", &["[2001:db8::7]"][..], "2001:db8::7"),
            ("::ffff:10.0.0.1", &["198.51.100.7"][..], "198.51.100.7"),
            ("::ffff:203.0.113.9", &["1.1.1.1"][..], "203.0.113.9"),
            ("10.0.0.1", &["::ffff:198.51.100.7"][..], "198.51.100.7"),
            ("2001:db8:ffff::1", &["2001:db8::7"][..], "2001:db8::7"),
        ] {
            let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
            let mut map = HeaderMap::new();
            for line in headers {
                map.append(
                    "x-forwarded-for",
                    HeaderValue::from_bytes(line.as_bytes()).unwrap(),
                );
                map.append("x-real-ip", HeaderValue::from_static("9.9.9.9"));
                map.append("forwarded", HeaderValue::from_static("for=9.9.9.9"));
            }
            let found = ClientIp::of(peer.parse().unwrap(), &map, &trusted);
            assert_eq!(found.ip, client.parse::<IpAddr>().unwrap(), "{peer} {headers:?}");
        }
    }

    #[test]
    fn this_machine_is_loopback_without_a_proxy_in_between() {
        let local: IpAddr = "127.0.0.1".parse().unwrap();
        let mut headers = HeaderMap::new();
        assert!(ClientIp::of(local, &headers, &[]).is_this_machine());
        assert!(ClientIp::of("::1".parse().unwrap(), &headers, &[]).is_this_machine());
        assert!(!ClientIp::of("10.0.0.1".parse().unwrap(), &headers, &[]).is_this_machine());
        // A proxy on the same machine that nobody told us of.
        headers.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.9"));
        assert!(!ClientIp::of(local, &headers, &[]).is_this_machine());
        // And no client makes itself local by writing so.
        headers.insert("x-forwarded-for", HeaderValue::from_static("127.0.0.1"));
        let trusted = ["127.0.0.1/32".parse().unwrap()];
        assert!(!ClientIp::of(local, &headers, &trusted).is_this_machine());
    }

    #[test]
    fn a_customer_of_ipv6_is_one_network() {
        let ip = |text: &str| ClientIp::of(text.parse().unwrap(), &HeaderMap::new(), &[]).bucket();
        assert_eq!(ip("2001:db8:1:2::1"), ip("2001:db8:1:2:ffff::9"));
        assert!(ip("2001:db8:1:2::1") != ip("2001:db8:1:3::1"));
        assert!(ip("203.0.113.1") != ip("203.0.113.2"));
    }
}
