//! Nothing is lost or reordered when a lot arrives at once. The figure it prints depends on the machine.

use futures_util::StreamExt;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::support::{Peer, Receiver};

#[tokio::test]
async fn two_thousand_messages_are_delivered_and_answered_in_order() {
    const MESSAGES: i64 = 2_000;
    const CHATS: i64 = 100;
    let peer = Peer::start();
    let bot = peer.bot("shop_bot").await;
    let receiver = Receiver::start().await;
    peer.ok(&bot.token, "setWebhook", json!({"url": receiver.url}))
        .await;
    let started = std::time::Instant::now();
    let said: Vec<Value> = (0..MESSAGES)
        .map(|n| json!({"bot": bot.token, "from": 1 + n % CHATS, "text": n.to_string()}))
        .collect();
    peer.sim("say_many", json!(said)).await;
    let arrivals = receiver.wait_for(MESSAGES as usize).await;
    let delivered = started.elapsed();
    futures_util::stream::iter(1..=CHATS)
        .for_each_concurrent(16, |chat| {
            let (peer, bot, arrivals) = (&peer, &bot, &arrivals);
            async move {
                for row in arrivals
                    .iter()
                    .filter(|row| row.update["message"]["chat"]["id"] == chat)
                {
                    peer.send(
                        &bot.token,
                        chat,
                        row.update["message"]["text"].as_str().expect("text"),
                    )
                    .await;
                }
            }
        })
        .await;
    let answered = started.elapsed();
    let waited = peer.read(&format!("wait?sent={MESSAGES}&pending=0")).await;
    let sent = waited["sent"].as_array().expect("rows");
    assert_eq!(sent.len() as i64, MESSAGES);
    for chat in 1..=CHATS {
        let texts: Vec<_> = sent
            .iter()
            .filter(|row| row["chat"] == chat)
            .map(|row| row["text"].clone())
            .collect();
        let expected: Vec<_> = (0..MESSAGES)
            .filter(|n| 1 + n % CHATS == chat)
            .map(|n| json!(n.to_string()))
            .collect();
        assert_eq!(texts, expected);
    }
    println!("{MESSAGES} delivered in {delivered:?}, answered after {answered:?}");
}
