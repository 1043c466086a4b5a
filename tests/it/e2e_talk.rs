//! How people really write: many ids, ids first and the command later, quotes, edits, the same delivery twice.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use switchboard_testkit::world::{Receiving, Setup, Shop, World, ids};

/// `count` completed orders from `first` on, of one user at one routed provider.
async fn completed(world: &World, first: u64, count: u64, user: &str) -> Vec<String> {
    let orders: Vec<Value> = (first..first + count)
        .map(|id| {
            json!({
                "id": id.to_string(), "user": user, "status": "completed", "provider": "provider.example",
                "external_ids": [(id + 1_000_000_000).to_string()], "service_name": "Followers",
            })
        })
        .collect();
    world.panels[0].orders(Value::Array(orders)).await;
    (first..first + count).map(|id| id.to_string()).collect()
}

async fn many_orders_are_grouped_and_acknowledged(world: &World, shop: &Shop, group: i64) {
    let asha = world.customer(shop, 700_000_001, "Asha", "asha").await;
    let orders = completed(world, 482_000_001, 37, "asha").await;
    let since = world.bots.now().await;
    let before = world.panels[0].calls().await.len();
    let replies = world
        .ask(shop, asha, &format!("refill\n{}", orders.join("\n")), 2)
        .await;
    assert_eq!(replies[0], "Got it, 37 orders. The results follow.");
    assert_eq!(
        replies[1],
        format!(
            "Refill request has been added for these orders:\n{}",
            orders.join("\n")
        )
    );
    let calls = &world.panels[0].calls().await[before..];
    assert_eq!(calls.len(), 1, "one lookup for all");
    assert_eq!(ids(&calls[0]).len(), 37);
    let forwards = world.bots.wait_for(group, since, 1).await;
    let external: Vec<String> = (1_482_000_001u64..1_482_000_038)
        .map(|id| id.to_string())
        .collect();
    assert_eq!(
        forwards[0].text,
        format!("{} refill\nTest panel", external.join(","))
    );
}

async fn what_is_above_a_hundred_is_named(world: &World, shop: &Shop) {
    let bela = world.customer(shop, 700_000_002, "Bela", "bela").await;
    let orders = completed(world, 482_100_001, 103, "bela").await;
    let before = world.panels[0].calls().await.len();
    let replies = world
        .ask(shop, bela, &format!("status {}", orders.join(" ")), 3)
        .await;
    assert_eq!(replies[0], "Got it, 100 orders. The results follow.");
    let cut = replies
        .iter()
        .find(|text| text.starts_with("Only the first 100"))
        .expect("the rest is named");
    assert_eq!(
        *cut,
        format!(
            "Only the first 100 orders of a message are taken. Please send these again:\n{}",
            orders[100..].join("\n")
        )
    );
    let calls = &world.panels[0].calls().await[before..];
    assert_eq!(
        calls.iter().map(|call| ids(call).len()).collect::<Vec<_>>(),
        [100]
    );
}

async fn ids_first_then_the_command(world: &World, shop: &Shop) {
    let chand = world.customer(shop, 700_000_003, "Chand", "chand").await;
    completed(world, 482_200_001, 3, "chand").await;
    let asked = world.ask(shop, chand, "482200001 482200002", 1).await;
    assert_eq!(
        asked,
        ["What shall we do with these 2 orders: refill, cancel, speed-up or status?"]
    );
    let replies = world.ask(shop, chand, "status", 2).await;
    assert_eq!(
        replies,
        [
            "482200001: completed (Followers)",
            "482200002: completed (Followers)"
        ]
    );
    world.settle().await;

    // A reply that quotes ids, in words of one's own.
    let said = world.bots.say(shop.bot, chand, "482200003 hello").await;
    world.settle().await;
    let since = world.bots.now().await;
    let quote = json!({"bot": shop.bot, "from": chand, "text": "refill please", "reply_to": said.message_id});
    world.bots.say_as(quote).await;
    let sent = world.bots.wait_for(chand, since, 1).await;
    assert_eq!(sent[0].text, "482200003: refill request has been added.");
}

async fn an_edit_is_a_new_message_only_if_it_asks_something_else(world: &World, shop: &Shop) {
    let dev = world.customer(shop, 700_000_004, "Dev", "dev").await;
    completed(world, 482_300_001, 2, "dev").await;
    let (said, first) = world.ask_said(shop, dev, "482300001 status", 1).await;
    assert_eq!(first, ["482300001: completed (Followers)"]);
    world.settle().await;
    let edit =
        |text: &str| json!({"bot": shop.bot, "chat": dev, "message_id": said.message_id, "text": text});
    let since = world.bots.now().await;
    world
        .bots
        .post("/sim/edit", edit("482300001 status please"))
        .await;
    world.settle().await;
    assert_eq!(world.bots.sent_to(dev, since).await, []);
    world.bots.post("/sim/edit", edit("482300002 status")).await;
    let sent = world.bots.wait_for(dev, since, 1).await;
    assert_eq!(sent[0].text, "482300002: completed (Followers)");
}

async fn a_delivery_repeated_is_answered_once(world: &World, shop: &Shop) {
    let esha = world.customer(shop, 700_000_005, "Esha", "esha").await;
    completed(world, 482_400_001, 1, "esha").await;
    let (said, _) = world.ask_said(shop, esha, "482400001 status", 1).await;
    let dup = json!({"bot": shop.bot, "update_id": said.update_ids[0], "times": 3});
    world.bots.post("/sim/dup", dup).await;
    world.settle().await;
    assert_eq!(world.bots.sent_to(esha, 0).await.len(), 1);
    let deliveries = world
        .bots
        .deliveries(&format!("update_id={}", said.update_ids[0]))
        .await;
    assert_eq!(deliveries.len(), 4, "they did arrive");
}

async fn reply_styles(world: &World, shop: &Shop) {
    let farah = world.customer(shop, 700_000_006, "Farah", "farah").await;
    let orders = completed(world, 482_500_001, 4, "farah").await;
    world
        .cli(&["settings", "reply-style", "--tenant", &shop.name, "grouped"])
        .await;
    world.remembered().await;
    let replies = world
        .ask(shop, farah, &format!("{} refill", orders[..2].join(",")), 1)
        .await;
    assert_eq!(
        replies,
        ["Refill request has been added for these orders:\n482500001\n482500002"]
    );
    world
        .cli(&["settings", "reply-style", "--tenant", &shop.name, "per-order"])
        .await;
    world.remembered().await;
    let replies = world
        .ask(shop, farah, &format!("{} refill", orders[2..].join(",")), 2)
        .await;
    assert_eq!(
        replies,
        [
            "482500003: refill request has been added.",
            "482500004: refill request has been added.",
        ]
    );
    world
        .cli(&["settings", "reply-style", "--tenant", &shop.name, "auto"])
        .await;
    world.remembered().await;
}

/// Parts of one reply are one reply.
async fn a_long_reply_is_split_and_charged_once(world: &World, shop: &Shop) {
    let gita = world.customer(shop, 700_000_007, "Gita", "gita").await;
    let orders: Vec<Value> = (482_600_001u64..482_600_101)
        .map(|id| {
            json!({
                "id": id.to_string(), "user": "gita", "status": "completed", "provider": "provider.example",
                "external_ids": [], "service_name": format!("Followers {}", "of a service with a long name ".repeat(4)),
            })
        })
        .collect();
    world.panels[0].orders(Value::Array(orders)).await;
    world.settle().await;
    let before = world.wallet(shop).await.0;
    let ids: Vec<String> = (482_600_001u64..482_600_101).map(|id| id.to_string()).collect();
    let since = world.bots.now().await;
    world
        .bots
        .say(shop.bot, gita, &format!("status {}", ids.join(",")))
        .await;
    world.settle().await;
    let sent = world.bots.sent_to(gita, since).await;
    assert!(sent.len() > 3, "the ack, and several parts: {}", sent.len());
    assert!(sent.iter().all(|part| part.text.encode_utf16().count() <= 4096));
    let all: String = sent.iter().map(|part| part.text.as_str()).collect();
    for id in &ids {
        assert_eq!(all.matches(id.as_str()).count(), 1, "{id}");
    }
    let spent = before.parse::<f64>().unwrap() - world.wallet(shop).await.0.parse::<f64>().unwrap();
    assert_eq!(spent, 2.0, "the ack and the reply");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_write_as_they_like() {
    let world = Setup::new(Receiving::Webhook)
        .panel("Test panel", json!({}))
        .start()
        .await;
    let shop = world.shop("Talk shop", &world.panels[0]).await;
    world.credits(&shop, "1000").await;
    let group = world.provider(&shop, "Alpha", "provider.example", 500).await;
    many_orders_are_grouped_and_acknowledged(&world, &shop, group).await;
    what_is_above_a_hundred_is_named(&world, &shop).await;
    ids_first_then_the_command(&world, &shop).await;
    an_edit_is_a_new_message_only_if_it_asks_something_else(&world, &shop).await;
    a_delivery_repeated_is_answered_once(&world, &shop).await;
    reply_styles(&world, &shop).await;
    a_long_reply_is_split_and_charged_once(&world, &shop).await;
    world.adds_up().await;
}
