use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::Mutex,
};

use async_trait::async_trait;
use axum::{Router, body::Body, response::IntoResponse, routing::get};
use http::HeaderName;
use pretty_assertions::assert_eq;
use secrecy::SecretString;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

struct Table(HashMap<&'static str, Vec<IpAddr>>, Mutex<Vec<String>>);

#[async_trait]
impl Lookup for Table {
    async fn lookup(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        self.1.lock().unwrap().push(name.to_owned());
        Ok(self.0.get(name).cloned().unwrap_or_default())
    }
}

fn table(entries: &[(&'static str, &[&str])]) -> Arc<Table> {
    let entries = entries
        .iter()
        .map(|(name, ips)| (*name, ips.iter().map(|ip| ip.parse().unwrap()).collect()));
    Arc::new(Table(entries.collect(), Mutex::default()))
}

fn quick(allow: &[SocketAddr]) -> OutboundPolicy {
    OutboundPolicy {
        allow: allow.iter().map(|a| a.to_string().parse().unwrap()).collect(),
        connect_timeout: Duration::from_millis(500),
        read_timeout: Duration::from_millis(300),
        total_timeout: Duration::from_secs(2),
        max_body: 64 * 1024,
        ..OutboundPolicy::default()
    }
}

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

async fn fetch(client: &GuardedClient, text: &str) -> Result<HttpResponse, HttpError> {
    client.send(HttpRequest::get(url(text))).await
}

#[tokio::test]
async fn literals_in_any_spelling_are_refused_before_anything_is_sent() {
    let client = GuardedClient::new(quick(&[])).unwrap();
    for host in [
        "127.0.0.1",
        "0x7f000001",
        "2130706433",
        "127.1",
        "017700000001",
        "0177.0.0.1",
        "127.0.0.1.",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "169.254.169.254",
        "10.0.0.8",
        "100.64.1.1",
        "0.0.0.0",
        "0",
        "１２７.0.0.1",
        "%31%32%37.0.0.1",
    ] {
        for scheme in ["https", "http"] {
            let error = fetch(&client, &format!("{scheme}://{host}:8443/x?key=secret"))
                .await
                .unwrap_err();
            assert!(
                matches!(error, HttpError::BlockedAddress { .. }),
                "{scheme}://{host}: {error:?}"
            );
            assert!(!error.request_may_have_arrived());
        }
    }
}

#[tokio::test]
async fn a_name_is_refused_if_any_of_its_addresses_is_not_public() {
    let mut cases: Vec<(&str, Vec<&str>)> = vec![
        ("mixed.test", vec!["203.0.114.9", "10.0.0.1"]),
        ("mixed6.test", vec!["2606:4700::1", "::1"]),
        ("mapped.test", vec!["::ffff:192.168.1.1"]),
        ("nat64.test", vec!["64:ff9b::a00:1"]),
        ("sixtofour.test", vec!["2002:7f00:1::1"]),
        ("teredo.test", vec!["2001:0:1::1"]),
        ("cgnat.test", vec!["100.64.0.1"]),
        ("metadata.test", vec!["169.254.169.254"]),
        ("multicast.test", vec!["224.0.0.251"]),
    ];
    cases.push(("local.test", vec!["127.0.0.1"]));
    let entries: Vec<(&'static str, &[&str])> =
        cases.iter().map(|(name, ips)| (*name, ips.as_slice())).collect();
    let client = GuardedClient::with_lookup(quick(&[]), table(&entries)).unwrap();
    for (name, _) in &cases {
        let error = fetch(&client, &format!("https://{name}/x")).await.unwrap_err();
        assert_eq!(
            error,
            HttpError::BlockedAddress {
                host: (*name).to_owned()
            }
        );
    }
    let error = fetch(&client, "https://nowhere.test/").await.unwrap_err();
    assert_eq!(
        error,
        HttpError::Dns {
            host: "nowhere.test".into()
        }
    );
}

#[tokio::test]
async fn the_systems_own_resolver_is_judged_too() {
    let client = GuardedClient::new(quick(&[])).unwrap();
    let error = fetch(&client, "https://localhost:8443/").await.unwrap_err();
    assert_eq!(
        error,
        HttpError::BlockedAddress {
            host: "localhost".into()
        }
    );
}

#[tokio::test]
async fn an_exception_is_exact_in_host_and_port() {
    let router = || Router::new().route("/", get(|| async { "hello" }));
    let (open, closed) = (serve(router()).await, serve(router()).await);
    let names = table(&[("panel.test", &["127.0.0.1"])]);
    let mut policy = quick(&[open]);
    policy
        .allow
        .push(format!("panel.test:{}", open.port()).parse().unwrap());
    let client = GuardedClient::with_lookup(policy, names).unwrap();

    assert_eq!(
        &fetch(&client, &format!("http://{open}/")).await.unwrap().body[..],
        b"hello"
    );
    assert_eq!(
        &fetch(&client, &format!("http://panel.test:{}/", open.port()))
            .await
            .unwrap()
            .body[..],
        b"hello"
    );
    let error = fetch(&client, &format!("http://{closed}/")).await.unwrap_err();
    assert!(matches!(error, HttpError::BlockedAddress { .. }));
    // The name is allowed on one port; on another its address is judged like any other.
    let error = fetch(&client, &format!("https://panel.test:{}/", closed.port()))
        .await
        .unwrap_err();
    assert!(matches!(error, HttpError::BlockedAddress { .. }), "{error:?}");
}

#[test]
fn schemes_ports_and_credentials() {
    let client = GuardedClient::new(quick(&[])).unwrap();
    for bad in [
        "http://panel.test/",
        "ftp://panel.test/",
        "https://panel.test:22/",
        "https://panel.test:1024/",
        "file:///etc/passwd",
        "https://user:pass@panel.test/",
        "https://user@panel.test/",
        "gopher://panel.test/",
        "data:text/plain,x",
    ] {
        assert!(
            matches!(client.check(&url(bad)), Err(HttpError::BadUrl(_))),
            "{bad}"
        );
    }
    for good in [
        "https://panel.test/",
        "https://panel.test:80/",
        "https://panel.test:1025/",
        "https://panel.test:8443/",
    ] {
        assert_eq!(client.check(&url(good)), Ok(()), "{good}");
    }
}

fn redirect(to: String) -> Router {
    Router::new().route(
        "/",
        get(move || {
            let to = to.clone();
            async move { (StatusCode::FOUND, [(header::LOCATION, to)]) }
        }),
    )
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_not_followed() {
    let target = serve(Router::new().route("/", get(|| async { "inside" }))).await;
    for to in [
        format!("http://{target}/"),
        format!("http://0x7f000001:{}/", target.port()),
    ] {
        let first = serve(redirect(to)).await;
        let client = GuardedClient::new(quick(&[first])).unwrap();
        let request = HttpRequest::get(url(&format!("http://{first}/"))).redirects(Redirects::Follow);
        let error = client.send(request).await.unwrap_err();
        assert!(matches!(error, HttpError::BlockedAddress { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_key_never_follows_to_another_host() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = Arc::clone(&seen);
    let target = serve(Router::new().route(
        "/",
        get(move |headers: http::HeaderMap| {
            log.lock().unwrap().push(format!("{headers:?}"));
            async { "other" }
        }),
    ))
    .await;
    let first = serve(redirect(format!("http://{target}/"))).await;
    let client = GuardedClient::new(quick(&[first, target])).unwrap();
    let plain = || HttpRequest::get(url(&format!("http://{first}/")));
    let key = SecretString::from("marked-key");
    let with_key = || {
        plain()
            .secret_header(HeaderName::from_static("x-api-key"), &key)
            .unwrap()
    };

    for request in [
        plain(),
        with_key(),
        with_key().redirects(Redirects::Follow),
        plain().carries_secret().redirects(Redirects::Follow),
    ] {
        let error = client.send(request).await.unwrap_err();
        assert_eq!(
            error,
            HttpError::Redirect {
                to: "127.0.0.1".into()
            }
        );
    }
    assert!(seen.lock().unwrap().is_empty());
    let answer = client.send(plain().redirects(Redirects::Follow)).await.unwrap();
    assert_eq!(&answer.body[..], b"other");
    assert!(!seen.lock().unwrap()[0].contains("marked-key"));
    assert!(!seen.lock().unwrap()[0].contains("referer"));
}

#[tokio::test]
async fn a_loop_of_redirects_ends() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, redirect("/".into())).await });
    let client = GuardedClient::new(quick(&[address])).unwrap();
    let request = HttpRequest::get(url(&format!("http://{address}/"))).redirects(Redirects::Follow);
    assert_eq!(
        client.send(request).await.unwrap_err(),
        HttpError::TooManyRedirects(3)
    );
}

#[tokio::test]
async fn a_body_without_end_is_cut() {
    let endless = || async {
        let chunks = futures_util::stream::repeat_with(|| {
            Ok::<_, std::io::Error>(bytes::Bytes::from_static(&[b'x'; 8192]))
        });
        Body::from_stream(chunks).into_response()
    };
    let server = serve(Router::new().route("/", get(endless))).await;
    let client = GuardedClient::new(quick(&[server])).unwrap();
    assert_eq!(
        fetch(&client, &format!("http://{server}/")).await.unwrap_err(),
        HttpError::TooLarge { limit: 65536 }
    );
    let small = HttpRequest::get(url(&format!("http://{server}/"))).max_body(10);
    assert_eq!(
        client.send(small).await.unwrap_err(),
        HttpError::TooLarge { limit: 10 }
    );
}

/// Accepts, reads, sends `answer`, then stays silent or closes.
async fn raw_server(answer: &'static [u8], close: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut buffer = [0; 1024];
            let _ = socket.read(&mut buffer).await;
            let _ = socket.write_all(answer).await;
            if !close {
                kept.push(socket);
            }
        }
    });
    address
}

#[tokio::test]
async fn slow_and_broken_servers() {
    let silent = raw_server(b"", false).await;
    let half = raw_server(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf", false).await;
    let cut = raw_server(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf", true).await;
    let closed = raw_server(b"", true).await;
    let rubbish = raw_server(b"SSH-2.0-OpenSSH_9.2\r\n", true).await;
    let client = GuardedClient::new(quick(&[silent, half, cut, closed, rubbish])).unwrap();
    for (server, timeout) in [
        (silent, true),
        (half, true),
        (cut, false),
        (closed, false),
        (rubbish, false),
    ] {
        let error = fetch(&client, &format!("http://{server}/")).await.unwrap_err();
        assert_eq!(matches!(error, HttpError::Timeout { .. }), timeout, "{error:?}");
        assert!(error.request_may_have_arrived(), "{error:?}");
    }
    let request = HttpRequest::get(url(&format!("http://{silent}/"))).timeout(Duration::from_millis(50));
    let error = client.send(request).await.unwrap_err();
    assert_eq!(
        error,
        HttpError::Timeout {
            sent: true,
            after: Duration::from_millis(50)
        }
    );
}

#[tokio::test]
async fn nobody_there_and_not_tls() {
    let free = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let plain = serve(Router::new()).await;
    let client = GuardedClient::new(quick(&[free, plain])).unwrap();
    let error = fetch(&client, &format!("http://{free}/")).await.unwrap_err();
    assert_eq!(
        error,
        HttpError::Connect {
            host: "127.0.0.1".into()
        }
    );
    let error = fetch(&client, &format!("https://{plain}/")).await.unwrap_err();
    assert_eq!(
        error,
        HttpError::Tls {
            host: "127.0.0.1".into()
        }
    );
    assert!(!error.request_may_have_arrived());
}

#[tokio::test]
async fn errors_and_debug_show_no_key() {
    let silent = raw_server(b"", true).await;
    let client = GuardedClient::new(quick(&[silent])).unwrap();
    let target = format!("http://{silent}/path-secret?key=query-secret");
    let request = HttpRequest::post(url(&target)).form(&[("key", "body-secret")]);
    let shown = format!("{request:?}");
    let error = client.send(request).await.unwrap_err();
    let shown = format!("{shown} {error} {error:?} {client:?}");
    assert!(!shown.contains("secret"), "{shown}");
}

#[test]
fn extra_roots_must_be_certificates() {
    let policy = |pem: &[u8]| OutboundPolicy {
        extra_roots_pem: Some(pem.to_vec()),
        ..OutboundPolicy::default()
    };
    for pem in [
        &b""[..],
        b"hello",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        assert!(matches!(GuardedClient::new(policy(pem)), Err(PolicyError::Roots)));
    }
}

/// The library reads proxies from the environment when its client is made, so the check runs in a process of its own.
#[tokio::test]
async fn a_proxy_in_the_environment_is_ignored() {
    if let Ok(server) = std::env::var("SWITCHBOARD_TEST_PROXY_TARGET") {
        let server: SocketAddr = server.parse().unwrap();
        let client = GuardedClient::new(quick(&[server])).unwrap();
        assert_eq!(
            &fetch(&client, &format!("http://{server}/")).await.unwrap().body[..],
            b"direct"
        );
        return;
    }
    let server = serve(Router::new().route("/", get(|| async { "direct" }))).await;
    let proxy = serve(Router::new().fallback(|| async { "through the proxy" })).await;
    let name = "http::client::tests::a_proxy_in_the_environment_is_ignored";
    let output = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture"])
        .env("SWITCHBOARD_TEST_PROXY_TARGET", server.to_string())
        .envs(
            [
                "HTTP_PROXY",
                "http_proxy",
                "ALL_PROXY",
                "all_proxy",
                "HTTPS_PROXY",
            ]
            .map(|name| (name, format!("http://{proxy}"))),
        )
        .output()
        .await
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}
