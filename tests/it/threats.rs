//! Named frauds, over the wire: what somebody tries, and what the panel, the groups and the chats see of it.
//!
//! The rows are those of `SECURITY.md`; forged and broken deliveries stand in `webhook`.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use switchboard_testkit::world::{Receiving, Setup, Shop, World, ids};

const NOT_YOURS: &str = "Order ID does not belong to your account";

async fn order(world: &World, id: &str, user: &str, status: &str) {
    world.panels[0]
        .order(id, user, status, "provider.example", &format!("9{id}"))
        .await;
}

async fn nothing_was_asked_of_the_panel(world: &World) {
    assert_eq!(world.panels[0].acts().await, Vec::<Value>::new());
}

/// Row 1: ids of others, one by one, in every dress.
async fn the_guesser(world: &World, shop: &Shop) {
    let mallory = world.customer(shop, 730_000_001, "Mallory", "mallory").await;
    order(world, "487000001", "asha", "in_progress").await;
    let tries = [
        "487000001 cancel",
        "cancel 487999999",
        "#487000001 refill",
        "４８７０００００１ cancel",
        "status 487000001",
        "please cancel my order 487000001 it is mine",
        "https://panel.example/orders/487000001 cancel",
    ];
    for text in tries {
        let replies = world.ask(shop, mallory, text, 1).await;
        assert_eq!(replies[0].as_bytes(), NOT_YOURS.as_bytes(), "{text}");
        world.settle().await;
    }
    // The eighth miss within ten minutes: told once, then nothing, and the panel is left alone.
    let since = world.bots.now().await;
    world.bots.say(shop.bot, mallory, "cancel 487000001").await;
    world.settle().await;
    let before = world.panels[0].calls().await.len();
    for n in 0..4 {
        world
            .bots
            .say(shop.bot, mallory, &format!("cancel 48700010{n}"))
            .await;
    }
    world.settle().await;
    let heard = world.bots.sent_to(mallory, since).await;
    let told = heard
        .iter()
        .filter(|sent| sent.text.starts_with("Too many requests"))
        .count();
    assert!(told <= 1, "{heard:?}");
    assert!(heard.len() <= 2, "a muted sender hears nothing more: {heard:?}");
    assert_eq!(
        world.panels[0].calls().await.len(),
        before,
        "and costs the panel nothing"
    );
    nothing_was_asked_of_the_panel(world).await;
}

/// Row 1: an own order among foreign ones, and somebody else's words quoted.
async fn the_borrower(world: &World, shop: &Shop) {
    let nina = world.customer(shop, 730_000_002, "Nina", "nina").await;
    order(world, "487100001", "nina", "completed").await;
    order(world, "487100002", "asha", "in_progress").await;
    let replies = world
        .ask(shop, nina, "status 487100001 487100002 487199999", 2)
        .await;
    assert_eq!(
        replies,
        [
            "487100001: completed (Followers)",
            "Order ID does not belong to your account: 487100002, 487199999",
        ],
        "foreign and unknown in one breath"
    );
}

/// Rows 2 and 4: a member of the customers' group, and somebody who calls himself like a customer.
async fn the_namesake_in_the_group(world: &World, shop: &Shop, asha: i64) {
    order(world, "487200001", "asha", "in_progress").await;
    let double = 730_000_003;
    world
        .bots
        .post(
            "/sim/users",
            json!({"id": double, "first_name": "Asha", "username": "asha"}),
        )
        .await;
    let group = world.bots.group("Customers", &[asha, double], &[shop.bot]).await;
    world.known_chat(shop, group).await;
    world.chat_mode(shop, group, "support").await;
    world.bots.say_in(group, double, "487200001 cancel").await;
    world.settle().await;
    for sent in world.bots.sent_to(group, 0).await {
        assert_eq!(sent.text, NOT_YOURS);
    }
    let replies = world.ask(shop, double, "487200001 cancel", 1).await;
    assert_eq!(replies, [NOT_YOURS]);
    // An administrator who hides behind the group is nobody.
    let hidden = json!({"chat": group, "from": asha, "text": "487200001 cancel", "anonymous": true});
    world.bots.say_as(hidden).await;
    world.settle().await;
    nothing_was_asked_of_the_panel(world).await;
    // The customer under a new name is still the customer.
    world
        .bots
        .post(
            "/sim/users",
            json!({"id": asha, "first_name": "Renamed", "username": "other"}),
        )
        .await;
    let replies = world.ask(shop, asha, "487200001 status", 1).await;
    assert_eq!(replies, ["487200001: in progress (Followers)"]);
}

/// Row 4: a number that comes back after half a year may be somebody else's.
async fn the_recycled_number(world: &World, shop: &Shop) {
    let omar = world.customer(shop, 730_000_004, "Omar", "omar").await;
    order(world, "487300001", "omar", "in_progress").await;
    let mut conn = world.database().await.unwrap();
    for schema in schemas(world).await {
        let sql = format!(
            "UPDATE {schema}.identity SET last_seen_at = now() - interval '120 days', first_seen_at = now() - interval '200 days' WHERE network_id = '{omar}'"
        );
        sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
    }
    let replies = world.ask(shop, omar, "487300001 cancel", 1).await;
    assert_eq!(
        replies,
        ["Please confirm cancel of 487300001: reply yes and it goes ahead."]
    );
    world.settle().await;
    nothing_was_asked_of_the_panel(world).await;
}

async fn schemas(world: &World) -> Vec<String> {
    let mut conn = world.database().await.unwrap();
    sqlx::query_scalar("SELECT nspname::text FROM pg_namespace WHERE nspname ~ '^t_[0-9a-f]{32}$'")
        .fetch_all(&mut conn)
        .await
        .unwrap()
}

/// Row 6: a command that comes out of an outage twenty minutes late.
async fn the_stale_command(world: &World, shop: &Shop) {
    let pia = world.customer(shop, 730_000_005, "Pia", "pia").await;
    order(world, "487400001", "pia", "in_progress").await;
    let since = world.bots.now().await;
    let first = world.bots.say(shop.bot, pia, "hello").await;
    let sent_at = first.at_ms / 1000 - 20 * 60;
    let late = json!({"bot": shop.bot, "from": pia, "text": "487400001 cancel", "raw": {"date": sent_at}});
    world.bots.say_as(late).await;
    let sent = world.bots.wait_for(pia, since, 1).await;
    assert_eq!(
        sent[0].text,
        "You asked for cancel of 487400001 a while ago. Is it still wanted? Reply yes and it goes ahead."
    );
    world.settle().await;
    nothing_was_asked_of_the_panel(world).await;
    // Somebody else's yes is no yes; the customer's own is one, once.
    let stranger = world.bots.user(730_000_099, "Stranger").await;
    world.bots.say(shop.bot, stranger, "yes").await;
    world.settle().await;
    nothing_was_asked_of_the_panel(world).await;
    let replies = world.ask(shop, pia, "Yes!", 1).await;
    assert_eq!(
        replies,
        ["These orders are added to refund support queue:\n487400001"]
    );
    world.settle().await;
    assert_eq!(world.panels[0].acted_on().await, ["487400001"]);
    let since = world.bots.now().await;
    world.bots.say(shop.bot, pia, "yes").await;
    world.settle().await;
    let heard = world.bots.sent_to(pia, since).await;
    assert!(
        heard.iter().all(|sent| !sent.text.contains("487400001")),
        "{heard:?}"
    );
    assert_eq!(world.panels[0].acts().await.len(), 1);
}

/// Row 14: two shops in one group; each hears its own bot, and a bot belongs to one shop.
async fn two_shops_in_one_group(world: &World, shop: &Shop, other: &Shop, asha: i64) {
    order(world, "487500001", "asha", "in_progress").await;
    let group = world.bots.group("Bazaar", &[asha], &[shop.bot, other.bot]).await;
    for one in [shop, other] {
        world.known_chat(one, group).await;
        world.chat_mode(one, group, "support").await;
    }
    let say = json!({"chat": group, "from": asha, "bot": shop.bot, "text": "487500001 status"});
    world.bots.say_as(say).await;
    let sent = world.bots.wait_for(group, 0, 1).await;
    world.settle().await;
    assert_eq!(sent[0].text, "487500001: in progress");
    assert_eq!(sent[0].bot, shop.bot);
    assert_eq!(
        world.requests(other, "487500001").await,
        Vec::<Value>::new(),
        "the other shop never heard of it"
    );
    // Said to both: the other shop knows nobody of that identity.
    world.bots.say_in(group, asha, "487500001 cancel").await;
    world.settle().await;
    let by_other = world.bots.sent(&format!("bot={}&chat={group}", other.bot)).await;
    assert!(by_other.iter().all(|sent| sent.text == NOT_YOURS), "{by_other:?}");
    let asked: Vec<String> = world.panels[0].acted_on().await;
    assert_eq!(
        asked,
        ["487400001", "487500001"],
        "once, for the shop whose customer it is"
    );
    assert_eq!(world.panels[1].acts().await, Vec::<Value>::new());

    let taken = world.file("taken-token", &shop.token);
    let refused = world
        .try_cli(&[
            "bot",
            "connect",
            "--tenant",
            &other.name,
            "--name",
            "Mine",
            "--token-file",
            &taken,
        ])
        .await
        .unwrap_err();
    assert!(refused.contains("another shop"), "{refused}");
}

/// Row 15: what a panel writes must not tell a customer who delivers.
async fn the_talkative_panel(world: &World, shop: &Shop) {
    let quinn = world.customer(shop, 730_000_006, "Quinn", "quinn").await;
    let panel = &world.panels[0];
    panel
        .orders(json!([{
            "id": "487600001", "user": "quinn", "status": "completed", "provider": "provider.example",
            "external_ids": ["9487600001"],
            "service_name": "Followers [provider.example] via Alpha #9487600001 https://provider.example/x",
        }]))
        .await;
    let replies = world.ask(shop, quinn, "487600001 status", 1).await;
    for secret in ["provider", "Alpha", "9487600001", "http"] {
        assert!(!replies[0].contains(secret), "{}", replies[0]);
    }
    assert!(replies[0].starts_with("487600001: completed"), "{}", replies[0]);
    // A panel in trouble: its own words stay inside.
    panel
        .order(
            "487600002",
            "quinn",
            "<b>provider.example is down</b>",
            "provider.example",
            "9487600002",
        )
        .await;
    let replies = world.ask(shop, quinn, "487600002 refill", 1).await;
    assert!(!replies[0].contains("provider"), "{}", replies[0]);
    for call in world
        .bots
        .calls(&format!("bot={}&method=sendMessage", shop.bot))
        .await
    {
        let options = call["params"]["link_preview_options"].to_string();
        assert!(options.contains("is_disabled"), "a link preview: {call}");
        assert!(call["params"]["parse_mode"].is_null(), "markup: {call}");
    }
}

/// Row 18: texts that are programs, and messages that are work.
async fn the_bomber(world: &World, shop: &Shop) {
    let bomb = json!({"language": "en", "texts": {"en": {"status_told": {
        "one": "{% for a in range(100000) %}{% for b in range(100000) %}{{ ORDERID }}{% endfor %}{% endfor %}",
    }}}});
    let file = world.file("bomb.json", &bomb.to_string());
    let refused = world
        .try_cli(&[
            "settings", "set", "--tenant", &shop.name, "texts", "--file", &file,
        ])
        .await;
    assert!(refused.is_err(), "a text that never ends was saved: {refused:?}");

    let rita = world.customer(shop, 730_000_007, "Rita", "rita").await;
    order(world, "487700001", "rita", "completed").await;
    let heavy = [
        "1".repeat(4_096),
        "9 ".repeat(2_048),
        "{{ 7 * 7 }} {% for x in range(9) %}".repeat(100),
        "refill ".repeat(585),
        "=HYPERLINK(\"http://evil.example\") 487700001,,,,,,,,,,,,".repeat(60),
    ];
    let since = world.bots.now().await;
    for text in heavy {
        world.bots.say(shop.bot, rita, &text).await;
    }
    world.settle().await;
    for sent in world.bots.sent_to(rita, since).await {
        assert!(!sent.text.contains("49"), "a customer's text ran: {}", sent.text);
    }
    let calls = world.panels[0].calls().await;
    let longest = calls.iter().map(|call| ids(call).len()).max().unwrap();
    assert!(longest <= 100, "{longest} ids in one call");
    let replies = world.ask(shop, rita, "487700001 status", 1).await;
    assert_eq!(replies, ["487700001: completed (Followers)"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn frauds_get_nothing() {
    let world = Setup::new(Receiving::Webhook)
        .panel("Test panel", json!({}))
        .panel("Other panel", json!({}))
        .start()
        .await;
    let shop = world.shop("Honest shop", &world.panels[0]).await;
    let asha = world.customer(&shop, 730_000_000, "Asha", "asha").await;
    world.provider(&shop, "Alpha", "provider.example", 500).await;
    the_guesser(&world, &shop).await;
    the_borrower(&world, &shop).await;
    the_namesake_in_the_group(&world, &shop, asha).await;
    the_recycled_number(&world, &shop).await;
    the_talkative_panel(&world, &shop).await;
    the_bomber(&world, &shop).await;
    nothing_was_asked_of_the_panel(&world).await;
    the_stale_command(&world, &shop).await;
    let other = world.shop("Other shop", &world.panels[1]).await;
    two_shops_in_one_group(&world, &shop, &other, asha).await;
    world.settle().await;
    world.adds_up().await;
}
