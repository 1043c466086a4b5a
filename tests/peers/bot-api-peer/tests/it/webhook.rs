use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::support::{Peer, Receiver};

fn order(receiver_rows: &[crate::support::Arrival], chat: i64) -> Vec<String> {
    receiver_rows
        .iter()
        .filter(|row| row.update["message"]["chat"]["id"] == chat)
        .map(|row| row.update["message"]["text"].as_str().expect("text").to_owned())
        .collect()
}

async fn delivery(peer: &Peer, update_id: i64) -> Value {
    peer.read(&format!("webhooks?update_id={update_id}")).await["deliveries"][0].clone()
}

#[tokio::test]
async fn updates_come_with_the_secret_and_are_redelivered_until_acknowledged() {
    let peer = Peer::start();
    let bot = peer.bot("shop_bot").await;
    let receiver = Receiver::start().await;
    receiver.answer_next(&[500, 404, 302]);
    let hook = json!({"url": receiver.url, "secret_token": "s3-cr_et"});
    peer.ok(&bot.token, "setWebhook", hook).await;
    let first = peer.says(&bot, 7, "one").await;
    let second = peer.says(&bot, 7, "two").await;
    let arrivals = receiver.wait_for(5).await;
    let texts = order(&arrivals, 7);
    assert_eq!(texts, ["one", "one", "one", "one", "two"]);
    assert!(
        arrivals
            .iter()
            .all(|row| row.secret.as_deref() == Some("s3-cr_et"))
    );
    peer.read("wait?pending=0").await;
    let row = delivery(&peer, first).await;
    assert_eq!(row["statuses"], json!([500, 404, 302, 200]));
    assert_eq!(
        (&row["attempts"], &row["acknowledged"], &row["via"]),
        (&json!(4), &json!(true), &json!("webhook"))
    );
    assert!(row["first_at_ms"].as_i64() <= row["last_at_ms"].as_i64());
    assert_eq!(delivery(&peer, second).await["statuses"], json!([200]));

    let info = peer.ok(&bot.token, "getWebhookInfo", json!({})).await;
    assert_eq!(
        info["last_error_message"],
        "Wrong response from the webhook: 302 Found"
    );
    assert_eq!(
        (&info["pending_update_count"], &info["max_connections"]),
        (&json!(0), &json!(40))
    );

    // A duplicate is the same update once more.
    peer.sim("dup", json!({"update_id": first, "times": 2})).await;
    let arrivals = receiver.wait_for(7).await;
    assert_eq!(arrivals[5].update, arrivals[0].update);
    assert_eq!(arrivals[6].update, arrivals[0].update);
}

#[tokio::test]
async fn an_unreachable_webhook_loses_nothing() {
    let peer = Peer::start();
    let bot = peer.bot("shop_bot").await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    peer.ok(
        &bot.token,
        "setWebhook",
        json!({"url": format!("http://{address}/tg/key")}),
    )
    .await;
    let ids = [
        peer.says(&bot, 7, "one").await,
        peer.says(&bot, 7, "two").await,
        peer.says(&bot, 8, "other").await,
    ];
    // Wait for a failed attempt of each chat before the receiver comes.
    for id in [ids[0], ids[2]] {
        while delivery(&peer, id).await["statuses"]
            .as_array()
            .is_none_or(Vec::is_empty)
        {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(peer.read("pending").await["count"], 3);
    let info = peer.ok(&bot.token, "getWebhookInfo", json!({})).await;
    assert_eq!(info["last_error_message"], "Connection refused");
    let receiver = Receiver::serve(
        tokio::net::TcpListener::bind(address)
            .await
            .expect("the same port"),
    );
    let arrivals = receiver.wait_for(3).await;
    peer.read("wait?pending=0").await;
    assert_eq!(order(&arrivals, 7), ["one", "two"]);
    assert_eq!(delivery(&peer, ids[0]).await["statuses"][0], "connect");
}

#[tokio::test]
async fn chats_come_in_parallel_and_each_in_order() {
    let peer = Peer::start();
    let bot = peer.bot("shop_bot").await;
    let receiver = Receiver::start().await;
    let hook = json!({"url": receiver.url, "max_connections": 3});
    peer.ok(&bot.token, "setWebhook", hook).await;
    receiver.hold(true);
    let said: Vec<Value> = (0..200)
        .map(|n| json!({"bot": bot.token, "from": 1 + n % 5, "text": n.to_string()}))
        .collect();
    let replies = peer.sim("say_many", json!(said)).await;
    assert_eq!(replies.as_array().map(Vec::len), Some(200));
    receiver.wait_for(3).await;
    receiver.hold(false);
    let arrivals = receiver.wait_for(200).await;
    peer.read("wait?pending=0").await;
    assert_eq!(arrivals.len(), 200);
    assert!(arrivals.iter().all(|row| row.same_chat_open == 0));
    assert_eq!(arrivals.iter().map(|row| row.open).max(), Some(2));
    for chat in 1..=5 {
        let expected: Vec<String> = (0..200)
            .filter(|n| 1 + n % 5 == chat)
            .map(|n| n.to_string())
            .collect();
        assert_eq!(order(&arrivals, chat), expected);
    }
}

#[tokio::test]
async fn only_wanted_kinds_are_made_and_pending_can_be_dropped() {
    let peer = Peer::start();
    let bot = peer.bot("shop_bot").await;
    peer.says(&bot, 7, "old").await;
    let receiver = Receiver::start().await;
    let hook = json!({
        "url": receiver.url, "allowed_updates": ["my_chat_member"], "drop_pending_updates": true,
    });
    peer.ok(&bot.token, "setWebhook", hook).await;
    let said = peer
        .sim("say", json!({"bot": bot.token, "from": 7, "text": "unwanted"}))
        .await;
    assert_eq!(said["update_ids"], json!([]));
    peer.sim("block", json!({"bot": bot.token, "user": 7})).await;
    let arrivals = receiver.wait_for(1).await;
    assert!(arrivals[0].update["my_chat_member"].is_object());
    peer.read("wait?pending=0").await;
    let rows = peer.read("webhooks").await;
    assert_eq!(
        (
            &rows["deliveries"][0]["dropped"],
            &rows["deliveries"][0]["attempts"]
        ),
        (&json!(true), &json!(0))
    );
    assert_eq!(receiver.wait_for(1).await.len(), 1);
}

#[tokio::test]
async fn what_waits_moves_from_webhook_to_polling_and_back() {
    let peer = Peer::start_with(&["--hook-timeout-ms", "50"]);
    let bot = peer.bot("shop_bot").await;
    let receiver = Receiver::start().await;
    receiver.hold(true);
    peer.ok(&bot.token, "setWebhook", json!({"url": receiver.url}))
        .await;
    let id = peer.says(&bot, 7, "one").await;
    receiver.wait_for(2).await;
    assert_eq!(delivery(&peer, id).await["statuses"][0], "timeout");
    peer.ok(&bot.token, "deleteWebhook", json!({})).await;
    let polled = peer.ok(&bot.token, "getUpdates", json!({})).await;
    assert_eq!(polled[0]["update_id"], id);
    receiver.hold(false);
    peer.ok(&bot.token, "setWebhook", json!({"url": receiver.url}))
        .await;
    peer.read("wait?pending=0").await;
    assert_eq!(delivery(&peer, id).await["acknowledged"], true);
}
