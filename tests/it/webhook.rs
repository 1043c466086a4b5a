//! What arrives at a bot's webhook and is not the network: forged, replayed, huge, broken, slow.

use std::time::{Duration, Instant};

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use switchboard_testkit::world::{Receiving, Setup, Shop, World, http_client};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// The address of the bot's hook, as the network knows it.
async fn hook(world: &World, shop: &Shop) -> String {
    let calls = world
        .until("the webhook is set", async || {
            let calls = world
                .bots
                .calls(&format!("bot={}&method=setWebhook", shop.bot))
                .await;
            (!calls.is_empty()).then_some(calls)
        })
        .await;
    calls[0]["params"]["url"].as_str().unwrap().to_owned()
}

async fn post(url: &str, secret: Option<&str>, body: impl Into<Vec<u8>>) -> (u16, String) {
    let mut request = http_client().post(url).body(body.into());
    if let Some(secret) = secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

fn update(id: i64, text: &str) -> String {
    json!({"update_id": id, "message": {"message_id": id, "date": 1_790_000_000, "text": text,
        "chat": {"id": 700_000_001, "type": "private", "first_name": "Asha"},
        "from": {"id": 700_000_001, "is_bot": false, "first_name": "Asha"}}})
    .to_string()
}

async fn stored(world: &World) -> i64 {
    let mut conn = world.database().await.unwrap();
    let schema: String =
        sqlx::query_scalar("SELECT nspname::text FROM pg_namespace WHERE nspname ~ '^t_[0-9a-f]{32}$'")
            .fetch_one(&mut conn)
            .await
            .unwrap();
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "SELECT count(*) FROM {schema}.message"
    )))
    .fetch_one(&mut conn)
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_networks_own_deliveries_are_taken() {
    let world = Setup::new(Receiving::Webhook)
        .panel("Test panel", json!({}))
        .start()
        .await;
    let shop = world.shop("Hook shop", &world.panels[0]).await;
    let url = hook(&world, &shop).await;
    let key = url.rsplit('/').next().unwrap().to_owned();
    assert!(key.len() >= 20, "a hook's key cannot be guessed");
    let before = stored(&world).await;

    let (status, body) = post(&url, None, update(1, "481799696 cancel")).await;
    assert_eq!(status, 401, "{body}");
    let (status, wrong) = post(&url, Some("wrong"), update(1, "481799696 cancel")).await;
    assert_eq!((status, &wrong), (401, &body));
    let unknown = url.replace(&key, &"A".repeat(key.len()));
    assert_eq!(
        post(&unknown, Some("wrong"), update(1, "481799696 cancel"))
            .await
            .0,
        404
    );
    assert_eq!(post(&unknown, None, update(1, "481799696 cancel")).await.0, 404);
    // Nothing of a body is looked at before the secret is right.
    assert_eq!(post(&url, Some("wrong"), "not JSON").await.0, 401);
    assert_eq!(
        post(&url, Some("wrong"), vec![b' '; 300 * 1024]).await.0,
        413,
        "a huge body is not even read"
    );
    let get = http_client().get(&url).send().await.unwrap();
    assert_eq!(get.status().as_u16(), 405);
    assert_eq!(stored(&world).await, before, "nothing of this was stored");

    a_body_that_never_ends_is_given_up(&world, &key).await;
    the_database_away_means_try_again(&world).await;
    world.adds_up().await;
}

/// With the right secret: what is no update is refused, and the same one twice is one.
#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_an_update_and_is_taken_once() {
    let world = Setup::new(Receiving::Webhook)
        .panel("Test panel", json!({}))
        .start()
        .await;
    let shop = world.shop("Hook shop", &world.panels[0]).await;
    hook(&world, &shop).await;
    let odd = [
        json!({"update_id": 900_000_001, "message": {}}),
        json!({"update_id": 900_000_002, "poll": {"id": "1"}}),
        json!({"update_id": 900_000_003, "message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "channel"}, "text": "x"}}),
        json!({"update_id": 900_000_004, "message": {"message_id": 1, "date": 1, "text": "\u{0000}481799696 refill", "chat": {"id": 5, "type": "private"}, "from": {"id": 5, "is_bot": false, "first_name": "\u{202e}x"}}}),
        json!({"update_id": 900_000_005, "message": {"message_id": 1, "date": 99_999_999_999_i64, "text": "refill", "chat": {"id": 5, "type": "private"}, "from": {"id": 5, "is_bot": false, "first_name": "x"}}}),
    ];
    for update in odd {
        let body = json!({"bot": shop.bot, "update": update});
        world.bots.post("/sim/update", body).await;
    }
    // None of them stops what comes behind it.
    let asha = world.customer(&shop, 700_000_001, "Asha", "asha").await;
    world.panels[0]
        .order("481799696", "asha", "completed", "provider.example", "1")
        .await;
    let replies = world.ask(&shop, asha, "481799696 status", 1).await;
    assert_eq!(replies, ["481799696: completed (Followers)"]);
    world
        .until("the odd ones are dealt with", async || {
            let waiting = world.bots.deliveries("since=0").await;
            waiting
                .iter()
                .all(|delivery| delivery["acknowledged"] == true || is_400(delivery))
                .then_some(())
        })
        .await;
    world.adds_up().await;
}

fn is_400(delivery: &Value) -> bool {
    delivery["statuses"]
        .as_array()
        .is_some_and(|statuses| statuses.iter().all(|status| *status == 400))
}

async fn a_body_that_never_ends_is_given_up(world: &World, key: &str) {
    let address = world.url().replace("http://", "");
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let head =
        format!("POST /tg/{key} HTTP/1.1\r\nhost: {address}\r\ncontent-length: 1000\r\n\r\n{{\"update_id\"");
    stream.write_all(head.as_bytes()).await.unwrap();
    let begun = Instant::now();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(25), stream.read_to_end(&mut answer)).await;
    assert!(
        read.is_ok(),
        "a slow sender holds a connection for {:?}",
        begun.elapsed()
    );
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

/// A delivery while the database is away is not taken, and comes again.
async fn the_database_away_means_try_again(world: &World) {
    assert!(world.kill_postgres());
    let ready = format!("{}/readyz", world.url());
    world
        .until("it comes back by itself", async || {
            let answer = http_client().get(&ready).send().await.ok()?;
            answer.status().is_success().then_some(())
        })
        .await;
    assert_eq!(
        http_client()
            .get(format!("{}/healthz", world.url()))
            .send()
            .await
            .unwrap()
            .status()
            .as_u16(),
        200
    );
}
