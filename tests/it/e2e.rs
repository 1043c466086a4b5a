//! The main job, end to end: a customer writes, orders are checked on the panel, replies and a provider's message come out.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use switchboard_testkit::world::{BotPeer, Receiving, Setup, Shop, World, ids};

const NOT_YOURS: &str = "Order ID does not belong to your account";

async fn shop(world: &World) -> Shop {
    world.shop("First shop", &world.panels[0]).await
}

/// Nothing that a customer reads may name a provider or the provider's own order id.
async fn leaks_nothing(world: &World, provider_groups: &[i64], secrets: &[&str]) {
    for sent in world.bots.sent("since=0").await {
        if provider_groups.contains(&sent.chat) {
            continue;
        }
        for secret in secrets {
            assert!(
                !sent.text.contains(secret),
                "a customer read {secret}: {}",
                sent.text
            );
        }
    }
}

async fn the_main_job(world: &World, shop: &Shop, asha: i64, group: i64) {
    let panel = &world.panels[0];
    panel
        .order("481799696", "asha", "completed", "provider.example", "7450284")
        .await;
    panel
        .order("481799190", "asha", "pending", "provider.example", "7450291")
        .await;
    let before = panel.calls().await.len();
    let replies = world.ask(shop, asha, "481799696,481799190 refill", 2).await;
    assert_eq!(
        replies,
        [
            "481799696: refill request has been added.",
            "481799190 is still pending. Speed-up request has been added.",
        ]
    );
    let forwards = world.bots.wait_for(group, 0, 2).await;
    let mut texts = BotPeer::texts(&forwards);
    texts.sort_unstable();
    assert_eq!(
        texts,
        ["7450284 refill\nTest panel", "7450291 speed-up\nTest panel"]
    );
    world.settle().await;
    // One lookup for both, and this kind of panel has no call for a refill.
    let calls = &panel.calls().await[before..];
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert_eq!(ids(&calls[0]), ["481799696", "481799190"]);
    assert_eq!(
        world.bots.sent_to(asha, 0).await.len(),
        2,
        "nothing else was said"
    );
    assert_eq!(
        world.bots.sent_to(group, 0).await.len(),
        2,
        "nothing else was forwarded"
    );
}

async fn a_cancellation_is_asked_for_once(world: &World, shop: &Shop, asha: i64, group: i64) {
    let panel = &world.panels[0];
    for (id, external) in [("481800001", "7450301"), ("481800002", "7450302")] {
        panel
            .order(id, "asha", "in_progress", "provider.example", external)
            .await;
    }
    let since = world.bots.now().await;
    let replies = world.ask(shop, asha, "cancel 481800001\n481800002", 1).await;
    assert_eq!(
        replies,
        ["These orders are added to refund support queue:\n481800001\n481800002"]
    );
    let forwards = world.bots.wait_for(group, since, 1).await;
    assert_eq!(BotPeer::texts(&forwards), ["7450301,7450302 cancel\nTest panel"]);
    world.settle().await;
    assert_eq!(panel.acted_on().await, ["481800001", "481800002"]);

    // A second asker gets the state of the first; nothing more is asked of anybody.
    let again = world.ask(shop, asha, "481800001 cancel pls", 1).await;
    assert_eq!(again, ["481800001: your cancel request is already sent."]);
    world.settle().await;
    assert_eq!(panel.acts().await.len(), 1);
    assert_eq!(panel.seen("481800001").await["cancel_requests"], 1);
    assert_eq!(world.bots.sent_to(group, since).await.len(), 1);
}

async fn speed_up_status_and_refund(world: &World, shop: &Shop, group: i64) {
    let panel = &world.panels[0];
    let bela = world.customer(shop, 700_000_002, "Bela", "bela").await;
    panel
        .order("481800101", "bela", "in_progress", "provider.example", "7450401")
        .await;
    panel
        .order("481800102", "bela", "completed", "provider.example", "7450402")
        .await;
    panel
        .order("481800103", "bela", "partial", "provider.example", "7450403")
        .await;
    let since = world.bots.now().await;
    assert_eq!(
        world.ask(shop, bela, "481800101 speed up", 1).await,
        ["481800101: speed-up request has been added."]
    );
    assert_eq!(
        world.ask(shop, bela, "status 481800102", 1).await,
        ["481800102: completed (Followers)"]
    );
    assert_eq!(
        world.ask(shop, bela, "refund 481800102", 1).await,
        ["481800102: refund request is with our team for review."]
    );
    let forwards = world.bots.wait_for(group, since, 1).await;
    assert_eq!(BotPeer::texts(&forwards), ["7450401 speed-up\nTest panel"]);
    world.settle().await;
    let staff = world.staff(shop).await;
    let waiting: Vec<&Value> = staff["requests"].as_array().unwrap().iter().collect();
    assert!(
        waiting.iter().any(|line| line["order_id"] == "481800102"),
        "a refund is a person's: {staff}"
    );
}

async fn foreign_and_unknown_sound_the_same(world: &World, shop: &Shop) {
    let panel = &world.panels[0];
    let chand = world.customer(shop, 700_000_003, "Chand", "chand").await;
    panel
        .order(
            "481800201",
            "somebody",
            "completed",
            "provider.example",
            "7450501",
        )
        .await;
    let foreign = world.ask(shop, chand, "481800201 refill", 1).await;
    let unknown = world.ask(shop, chand, "481899999 refill", 1).await;
    assert_eq!(foreign, [NOT_YOURS]);
    assert_eq!(foreign[0].as_bytes(), unknown[0].as_bytes());

    // Somebody whom nobody knows hears the same words.
    let stranger = world.bots.user(700_000_099, "Stranger").await;
    assert_eq!(
        world.ask(shop, stranger, "481800201 refill", 1).await[0].as_bytes(),
        foreign[0].as_bytes()
    );
}

async fn without_a_route_staff_see_it(world: &World, shop: &Shop) {
    let panel = &world.panels[0];
    let dev = world.customer(shop, 700_000_004, "Dev", "dev").await;
    panel
        .order("481800301", "dev", "completed", "nobody-knows.example", "7450601")
        .await;
    let replies = world.ask(shop, dev, "refill #481800301", 1).await;
    assert_eq!(
        replies,
        ["481800301: your refill request has been received. Our team will look at it."]
    );
    let staff = world.staff(shop).await;
    let line = staff["requests"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["order_id"] == "481800301")
        .cloned();
    let line = line.unwrap_or_else(|| panic!("staff do not see it: {staff}"));
    assert!(!line["staff_reason"].as_str().unwrap().is_empty());
    assert_eq!(line["command"], "refill");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_becomes_replies_and_forwards_by_webhook() {
    let world = Setup::new(Receiving::Webhook)
        .panel("Test panel", json!({}))
        .start()
        .await;
    let shop = shop(&world).await;
    let asha = world.customer(&shop, 700_000_001, "Asha", "asha").await;
    let group = world.provider(&shop, "Alpha", "provider.example", 500).await;
    the_main_job(&world, &shop, asha, group).await;
    a_cancellation_is_asked_for_once(&world, &shop, asha, group).await;
    speed_up_status_and_refund(&world, &shop, group).await;
    foreign_and_unknown_sound_the_same(&world, &shop).await;
    without_a_route_staff_see_it(&world, &shop).await;
    world.settle().await;
    leaks_nothing(
        &world,
        &[group],
        &["provider.example", "Alpha", "7450", "nobody-knows"],
    )
    .await;
    world.adds_up().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_becomes_replies_and_forwards_by_polling() {
    let mut world = Setup::new(Receiving::Polling)
        .panel("Test panel", json!({}))
        .start()
        .await;
    let shop = shop(&world).await;
    let asha = world.customer(&shop, 700_000_001, "Asha", "asha").await;
    let group = world.provider(&shop, "Alpha", "provider.example", 500).await;
    the_main_job(&world, &shop, asha, group).await;
    a_cancellation_is_asked_for_once(&world, &shop, asha, group).await;

    // The same update again, and a restart in between: answered once.
    world.panels[0]
        .order("481800401", "asha", "in_progress", "provider.example", "7450701")
        .await;
    let (said, _) = world.ask_said(&shop, asha, "481800401 status", 1).await;
    world
        .bots
        .post(
            "/sim/dup",
            json!({"bot": shop.bot, "update_id": said.update_ids[0], "times": 2}),
        )
        .await;
    world.settle().await;
    world.restart().await;
    world
        .bots
        .post(
            "/sim/dup",
            json!({"bot": shop.bot, "update_id": said.update_ids[0]}),
        )
        .await;
    world.settle().await;
    let told = world.bots.sent_to(asha, 0).await;
    assert_eq!(
        told.iter()
            .filter(|sent| sent.text.starts_with("481800401"))
            .count(),
        1
    );
    leaks_nothing(&world, &[group], &["provider.example", "Alpha", "7450"]).await;
    world.adds_up().await;
}
