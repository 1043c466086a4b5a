//! `/api/v1/live`: hints to who may have them, and an end within a second for who may not any more.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use switchboard_domain::access::Role;
use switchboard_platform::Actor;
use switchboard_testkit::{TestApp, User, app::Listening};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};
use uuid::Uuid;

use super::shop::Shop;

/// What a change may take until it is seen.
const A_SECOND: Duration = Duration::from_secs(1);

struct Page(WebSocketStream<MaybeTlsStream<TcpStream>>);

async fn connect(at: &Listening, cookie: Option<&str>, origin: Option<&str>) -> Result<Page, u16> {
    let mut request = format!("ws://{}/api/v1/live", at.address)
        .into_client_request()
        .unwrap();
    let headers = request.headers_mut();
    if let Some(cookie) = cookie {
        headers.insert("cookie", cookie.parse().unwrap());
    }
    if let Some(origin) = origin {
        headers.insert("origin", origin.parse().unwrap());
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(Page(socket)),
        Err(Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

/// A page of this tenant, after its greeting.
async fn page(at: &Listening, user: &User) -> Page {
    let mut page = choose(at, user, user.tenant.unwrap().uuid()).await;
    let hello = page.hint().await;
    assert_eq!(hello["topic"], json!("hello"));
    assert!(hello["seq"].is_u64(), "{hello}");
    page
}

async fn choose(at: &Listening, user: &User, tenant: Uuid) -> Page {
    let origin = format!("http://{}", at.address);
    let mut page = connect(at, user.cookie(), Some(&origin)).await.unwrap();
    let choice = json!({"tenant": tenant}).to_string();
    page.0.send(Message::text(choice)).await.unwrap();
    page
}

impl Page {
    async fn next(&mut self) -> Message {
        let next = tokio::time::timeout(Duration::from_secs(10), self.0.next());
        next.await
            .expect("something in time")
            .expect("still open")
            .unwrap()
    }

    async fn hint(&mut self) -> Value {
        loop {
            match self.next().await {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Hints until one of this topic.
    async fn until(&mut self, topic: &str) -> Value {
        loop {
            let hint = self.hint().await;
            if hint["topic"] == topic {
                return hint;
            }
        }
    }

    /// With which code it is closed.
    async fn closed(&mut self) -> u16 {
        loop {
            match self.next().await {
                Message::Close(Some(frame)) => return frame.code.into(),
                Message::Text(_) | Message::Ping(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn what_is_committed_is_hinted_within_a_second() {
    let app = TestApp::start().await;
    let (asha, binod) = (app.owner("asha").await, app.owner("binod").await);
    let shop = Shop::open(&app, &asha).await;
    shop.order("481799696", "Completed");
    let at = app.listen().await;
    let (mut page, mut other) = (self::page(&at, &asha).await, self::page(&at, &binod).await);

    shop.says("481799696 refill").await;
    let committed = Instant::now();
    let requests = page.until("requests").await;
    let chats = page.until("chats").await;
    assert!(committed.elapsed() < A_SECOND, "{:?}", committed.elapsed());
    let list = asha.get(&asha.at("/requests")).await.expect(200);
    let chat = &list["items"][0]["chat"]["id"];
    assert_eq!(requests["ids"], json!([list["items"][0]["id"]]));
    assert!(chats["ids"].as_array().unwrap().contains(chat), "{chats}");
    page.until("wallet").await;

    // A change through the API, and a person's answer.
    let path = asha.at(&format!("/chats/{}/messages", chat.as_str().unwrap()));
    asha.post(&path, json!({"text": "Looking."})).await.expect(202);
    assert_eq!(page.until("chats").await["ids"], json!([chat]));
    asha.patch(&asha.at("/settings"), json!({"shop_name": "Himal"}))
        .await
        .expect(200);
    page.until("channels").await;

    // Not a word of it to another shop.
    let nothing = tokio::time::timeout(Duration::from_millis(200), other.next()).await;
    assert!(nothing.is_err(), "{nothing:?}");
}

#[tokio::test]
async fn a_socket_is_for_pages_of_ours_with_a_session() {
    let app = TestApp::start().await;
    let (asha, binod) = (app.owner("asha").await, app.owner("binod").await);
    let at = app.listen().await;
    let own = format!("http://{}", at.address);
    for (cookie, origin, status) in [
        (None, Some(own.as_str()), 401),
        (Some("switchboard=nonsense"), Some(own.as_str()), 401),
        (asha.cookie(), Some("https://elsewhere.example"), 403),
        (asha.cookie(), None, 403),
    ] {
        assert_eq!(
            connect(&at, cookie, origin).await.err(),
            Some(status),
            "{origin:?}"
        );
    }
    let mut foreign = choose(&at, &asha, binod.tenant.unwrap().uuid()).await;
    assert_eq!(foreign.closed().await, 4403);
    let mut unknown = choose(&at, &asha, Uuid::nil()).await;
    assert_eq!(unknown.closed().await, 4403);
    let mut talks = connect(&at, asha.cookie(), Some(&own)).await.unwrap();
    talks.0.send(Message::text("hello")).await.unwrap();
    assert_eq!(talks.closed().await, 4400);
    page(&at, &asha).await;
}

#[tokio::test]
async fn hints_go_to_who_may_look() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let agent = app.member(&asha, "chand", Role::Agent).await;
    let at = app.listen().await;
    let mut page = self::page(&at, &agent).await;
    let live = &app.app.hub.live;
    let tenant = asha.tenant.unwrap();
    live.changed(tenant, switchboard_tenant::live::Topic::Wallet, []);
    live.changed(tenant, switchboard_tenant::live::Topic::Customers, []);
    let first = page.hint().await;
    assert_eq!(
        first,
        json!({"topic": "customers", "ids": []}),
        "an agent sees no wallet"
    );
}

#[tokio::test]
async fn who_may_not_any_more_is_let_go_within_a_second() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let at = app.listen().await;
    let accounts = &app.app.accounts;
    let operator = Actor::operator();

    let agent = app.member(&asha, "chand", Role::Agent).await;
    let mut page = self::page(&at, &agent).await;
    let since = Instant::now();
    agent.post("/api/v1/logout", json!({})).await.expect(204);
    assert_eq!(page.closed().await, 4401);
    assert!(since.elapsed() < A_SECOND, "{:?}", since.elapsed());

    let second = app.member(&asha, "dipa", Role::Owner).await;
    let mut page = self::page(&at, &second).await;
    let since = Instant::now();
    accounts
        .set_role(&operator, second.id, asha.tenant, Role::Agent)
        .await
        .unwrap();
    assert_eq!(page.closed().await, 4403);
    assert!(since.elapsed() < A_SECOND, "{:?}", since.elapsed());

    let mut page = self::page(&at, &asha).await;
    let since = Instant::now();
    app.db
        .tenants()
        .suspend(&operator, asha.tenant.unwrap(), "unpaid")
        .await
        .unwrap();
    assert_eq!(page.closed().await, 4403);
    assert!(since.elapsed() < A_SECOND, "{:?}", since.elapsed());
}

#[tokio::test]
async fn one_person_holds_so_many_and_no_more() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let at = app.listen().await;
    let mut pages = Vec::new();
    for _ in 0..24 {
        pages.push(page(&at, &asha).await);
    }
    assert_eq!(
        choose(&at, &asha, asha.tenant.unwrap().uuid())
            .await
            .closed()
            .await,
        4429
    );
    pages.truncate(20);
    // A page that went away makes room.
    let room = async {
        while app.app.sockets.count() > 20 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), room).await.unwrap();
    page(&at, &asha).await;
}
