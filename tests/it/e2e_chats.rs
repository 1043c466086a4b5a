//! Chats as they come: groups in each mode, providers' groups, a suspended shop, no credit, and a network that refuses.

use pretty_assertions::assert_eq;
use serde_json::json;
use switchboard_testkit::world::{Receiving, Setup, Shop, World};

async fn orders(world: &World, first: u64, count: u64, user: &str, status: &str) {
    for id in first..first + count {
        let external = (id + 1_000_000_000).to_string();
        world.panels[0]
            .order(&id.to_string(), user, status, "provider.example", &external)
            .await;
    }
}

async fn groups_are_off_until_switched_on(world: &World, shop: &Shop, asha: i64) {
    orders(world, 483_000_001, 4, "asha", "in_progress").await;
    let group = world.bots.group("Customers", &[asha], &[shop.bot]).await;
    world.known_chat(shop, group).await;
    world.bots.say_in(group, asha, "483000001 status").await;
    world.settle().await;
    assert_eq!(world.bots.sent_to(group, 0).await, [], "off: nothing is said");

    world.chat_mode(shop, group, "silent").await;
    world.bots.say_in(group, asha, "483000002 cancel").await;
    world.settle().await;
    assert_eq!(world.bots.sent_to(group, 0).await, [], "silent: nothing is said");
    assert_eq!(
        world.panels[0].acted_on().await,
        Vec::<String>::new(),
        "and nothing asked of the panel"
    );
    assert_eq!(
        world.requests(shop, "483000002").await.len(),
        1,
        "but it was worked through"
    );

    world.chat_mode(shop, group, "support").await;
    let said = world.bots.say_in(group, asha, "483000003 status").await;
    let sent = world.bots.wait_for(group, 0, 1).await;
    assert_eq!(sent[0].text, "483000003: in progress");
    assert_eq!(
        sent[0].reply_to,
        Some(said.message_id),
        "a group sees whose answer it is"
    );
    world.bots.say_in(group, asha, "good morning all").await;
    world.settle().await;
    assert_eq!(world.bots.sent_to(group, 0).await.len(), 1, "talk is left alone");

    // The group goes on as a supergroup: its mode and its answers go with it.
    let moved = world.bots.post("/sim/migrate", json!({"group": group})).await;
    let to = moved["to"].as_i64().unwrap();
    world.settle().await;
    world.bots.say_in(to, asha, "483000004 status").await;
    let sent = world.bots.wait_for(to, 0, 1).await;
    assert_eq!(sent[0].text, "483000004: in progress");
}

async fn a_providers_group_commands_nothing(world: &World, shop: &Shop, group: i64) {
    orders(world, 483_100_001, 1, "asha", "in_progress").await;
    // Even one of our own customers, even in support mode's words.
    world.bots.say_in(group, 700_000_001, "483100001 cancel").await;
    world.bots.say_in(group, 700_000_001, "1483100001 done").await;
    world.settle().await;
    assert_eq!(world.bots.sent_to(group, 0).await, []);
    assert_eq!(
        world.requests(shop, "483100001").await,
        Vec::<serde_json::Value>::new()
    );
}

/// A forward whose group has moved arrives there, once.
async fn a_moved_providers_group_is_followed(world: &World, shop: &Shop, asha: i64, group: i64) -> i64 {
    orders(world, 483_150_001, 1, "asha", "completed").await;
    let moved = world
        .bots
        .post("/sim/migrate", json!({"group": group, "announce": "none"}))
        .await;
    let to = moved["to"].as_i64().unwrap();
    world.ask(shop, asha, "483150001 refill", 1).await;
    let sent = world.bots.wait_for(to, 0, 1).await;
    assert_eq!(sent[0].text, "1483150001 refill\nTest panel");
    world.settle().await;
    assert_eq!(world.bots.sent_to(to, 0).await.len(), 1);
    to
}

async fn without_credit_nothing_is_sent_or_done(world: &World, shop: &Shop) {
    let bela = world.customer(shop, 700_000_002, "Bela", "bela").await;
    orders(world, 483_200_001, 1, "bela", "in_progress").await;
    world.settle().await;
    let (balance, held) = world.wallet(shop).await;
    assert_eq!(held, "0");
    world.credits(shop, &format!("-{balance}")).await;
    let acts = world.panels[0].acts().await.len();
    world.bots.say(shop.bot, bela, "483200001 cancel").await;
    world.settle().await;
    assert_eq!(world.bots.sent_to(bela, 0).await, []);
    assert_eq!(world.panels[0].acts().await.len(), acts);
    let staff = world.staff(shop).await;
    assert_eq!(
        staff["held_for_credit"].as_array().unwrap().len(),
        1,
        "it is kept: {staff}"
    );
    assert_eq!(world.wallet(shop).await, ("0".to_owned(), "0".to_owned()));

    // Credit returns: what was kept can be handled.
    world.credits(shop, "100").await;
    world.cli(&["credits", "replay", "--tenant", &shop.name]).await;
    let sent = world.bots.wait_for(bela, 0, 1).await;
    assert_eq!(
        sent[0].text,
        "These orders are added to refund support queue:\n483200001"
    );
    world.settle().await;
    assert_eq!(world.panels[0].acts().await.len(), acts + 1);
}

async fn a_suspended_shop_says_nothing(world: &World, shop: &Shop, asha: i64) {
    orders(world, 483_300_001, 1, "asha", "completed").await;
    let since = world.bots.now().await;
    world
        .cli(&[
            "tenant",
            "suspend",
            &shop.name,
            "--reason",
            "a test of suspension",
        ])
        .await;
    // Obeyed within a second, not at once: only what is said after the bot is no longer served is sure to find nobody.
    world
        .until("the bot is no longer served", async || {
            let seen = world.log().contains("a chat account is no longer served here");
            seen.then_some(())
        })
        .await;
    world.bots.say(shop.bot, asha, "483300001 status").await;
    assert_eq!(world.bots.sent_to(asha, since).await, []);
    world
        .cli(&["tenant", "reinstate", &shop.name, "--reason", "the test is over"])
        .await;
    let sent = world.bots.wait_for(asha, since, 1).await;
    assert_eq!(sent[0].text, "483300001: completed (Followers)");
    world.settle().await;
}

async fn a_network_that_says_too_many_is_obeyed(world: &World, shop: &Shop) {
    let chand = world.customer(shop, 700_000_003, "Chand", "chand").await;
    orders(world, 483_400_001, 1, "chand", "completed").await;
    world
        .bots
        .fault(json!({"bot": shop.bot, "method": "sendMessage", "chat": chand, "fault": "429", "retry_after": 2, "times": 1}))
        .await;
    let since = world.bots.now().await;
    let replies = world.ask(shop, chand, "483400001 status", 1).await;
    assert_eq!(replies, ["483400001: completed (Followers)"]);
    world.settle().await;
    let calls = world
        .bots
        .calls(&format!(
            "bot={}&chat={chand}&since={since}&method=sendMessage",
            shop.bot
        ))
        .await;
    let statuses: Vec<i64> = calls
        .iter()
        .map(|call| call["status"].as_i64().unwrap())
        .collect();
    assert_eq!(statuses, [429, 200]);
    let waited = calls[1]["at_ms"].as_i64().unwrap() - calls[0]["at_ms"].as_i64().unwrap();
    assert!(waited >= 2_000, "it came back after {waited} ms");
}

async fn who_blocked_the_bot_is_not_written_to(world: &World, shop: &Shop) {
    let dev = world.customer(shop, 700_000_004, "Dev", "dev").await;
    orders(world, 483_500_001, 2, "dev", "completed").await;
    world.ask(shop, dev, "483500001 status", 1).await;
    world.settle().await;
    let before = world.wallet(shop).await;
    world
        .bots
        .fault(json!({"bot": shop.bot, "method": "sendMessage", "chat": dev, "fault": "403_blocked", "times": 1}))
        .await;
    world.bots.say(shop.bot, dev, "483500002 status").await;
    world.settle().await;
    assert_eq!(world.bots.sent_to(dev, 0).await.len(), 1);
    assert_eq!(world.wallet(shop).await, before, "what was not sent is not paid");
}

async fn a_revoked_token_is_told_and_a_new_one_goes_on(world: &World, shop: &Shop) {
    let esha = world.customer(shop, 700_000_005, "Esha", "esha").await;
    orders(world, 483_600_001, 1, "esha", "completed").await;
    world
        .bots
        .fault(json!({"bot": shop.bot, "method": "sendMessage", "fault": "401", "times": 1}))
        .await;
    world.bots.say(shop.bot, esha, "483600001 status").await;
    world.settle().await;
    let bots = world.cli(&["bot", "list", "--tenant", &shop.name]).await;
    assert_eq!(bots[0]["state"], "logged_out", "{bots}");
    let doctor = world.try_cli(&["doctor"]).await.unwrap_err();
    assert!(doctor.contains("@BotFather"), "doctor says what to do: {doctor}");
    world.connect_bot(shop).await;
    world
        .until("the bot is online again", async || {
            let bots = world.cli(&["bot", "list", "--tenant", &shop.name]).await;
            (bots[0]["state"] == "online").then_some(())
        })
        .await;
    let replies = world.ask(shop, esha, "483600001 status", 1).await;
    assert_eq!(replies, ["483600001: completed (Followers)"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn chats_in_every_state() {
    let world = Setup::new(Receiving::Webhook)
        .panel("Test panel", json!({}))
        .start()
        .await;
    let shop = world.shop("Chat shop", &world.panels[0]).await;
    let asha = world.customer(&shop, 700_000_001, "Asha", "asha").await;
    groups_are_off_until_switched_on(&world, &shop, asha).await;
    let group = world.provider(&shop, "Alpha", "provider.example", 500).await;
    a_providers_group_commands_nothing(&world, &shop, group).await;
    a_moved_providers_group_is_followed(&world, &shop, asha, group).await;
    without_credit_nothing_is_sent_or_done(&world, &shop).await;
    a_suspended_shop_says_nothing(&world, &shop, asha).await;
    world.adds_up().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_refuses() {
    let world = Setup::new(Receiving::Webhook)
        .panel("Test panel", json!({}))
        .start()
        .await;
    let shop = world.shop("Chat shop", &world.panels[0]).await;
    a_network_that_says_too_many_is_obeyed(&world, &shop).await;
    who_blocked_the_bot_is_not_written_to(&world, &shop).await;
    a_revoked_token_is_told_and_a_new_one_goes_on(&world, &shop).await;
    world.adds_up().await;
}
