//! Panels of each kind, and panels on a bad day.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use switchboard_testkit::world::{Receiving, Setup, Shop, World};

async fn a_panel_that_is_down_delays_and_loses_nothing(world: &World, shop: &Shop, fault: Value, first: u64) {
    let panel = &world.panels[0];
    let id = 700_000_000 + i64::try_from(first % 1_000_000).unwrap();
    let user = format!("user{first}");
    let customer = world.customer(shop, id, &user, &user).await;
    let order = first.to_string();
    panel
        .order(
            &order,
            &user,
            "in_progress",
            "provider.example",
            &format!("9{order}"),
        )
        .await;
    panel.fault(fault.clone()).await;
    let replies = world.ask(shop, customer, &format!("{order} cancel"), 1).await;
    assert_eq!(replies, ["Got it, 1 order. The result follows."], "{fault}");
    assert_eq!(
        panel.seen(&order).await["cancel_requests"],
        0,
        "nothing is done unseen"
    );
    panel.no_faults().await;
    let sent = world.bots.wait_for(customer, 0, 2).await;
    assert_eq!(
        sent[1].text,
        format!("These orders are added to refund support queue:\n{order}")
    );
    world.settle().await;
    assert_eq!(world.bots.sent_to(customer, 0).await.len(), 2);
    assert_eq!(panel.seen(&order).await["cancel_requests"], 1);
}

/// The panel did it, and its answer never came: looked at, and not asked again.
async fn a_cut_answer_is_looked_at_before_anything_is_repeated(world: &World, shop: &Shop) {
    let panel = &world.panels[0];
    let customer = world.customer(shop, 700_100_001, "Cut", "cut").await;
    for (order, match_) in [("484900001", "cut_after_apply"), ("484900002", "cut_connection")] {
        panel
            .order(
                order,
                "cut",
                "in_progress",
                "provider.example",
                &format!("9{order}"),
            )
            .await;
        panel
            .fault(
                json!({"match": {"action": "request-cancel", "contains_order": order}, "fault": match_, "times": 1}),
            )
            .await;
    }
    let before = panel.calls().await.len();
    world.ask(shop, customer, "484900001 cancel", 1).await;
    world.ask(shop, customer, "484900002 cancel", 1).await;
    world.settle().await;
    let calls = panel.calls().await;
    let of = |order: &str| -> Vec<String> {
        calls[before..]
            .iter()
            .filter(|call| switchboard_testkit::world::ids(call).contains(&order.to_owned()))
            .map(|call| call["action"].as_str().unwrap().to_owned())
            .collect()
    };
    for order in ["484900001", "484900002"] {
        let actions = of(order);
        let blind = actions
            .windows(2)
            .any(|pair| pair == ["request-cancel", "request-cancel"]);
        assert!(!blind, "{order}: {actions:?}");
        let asked = panel.seen(order).await["cancel_requests"].as_i64().unwrap();
        let staff = world.staff(shop).await.to_string();
        assert!(
            asked >= 1 || staff.contains(order),
            "{order}: asked {asked} times, staff: {staff}"
        );
    }
}

async fn a_rental_panel(world: &World) {
    let panel = &world.panels[1];
    let shop = world.shop("Rental shop", panel).await;
    let asha = world.customer(&shop, 700_200_001, "Asha", "asha").await;
    let group = world.provider(&shop, "Beta", "provider.example", 300).await;
    panel
        .order("485000001", "asha", "completed", "provider.example", "8450001")
        .await;
    panel
        .order(
            "485000002",
            "somebody",
            "completed",
            "provider.example",
            "8450002",
        )
        .await;
    panel
        .order("485000003", "asha", "in_progress", "provider.example", "8450003")
        .await;
    let replies = world.ask(&shop, asha, "485000001 refill", 1).await;
    assert_eq!(replies, ["485000001: refill request has been added."]);
    let replies = world.ask(&shop, asha, "485000002 refill", 1).await;
    assert_eq!(replies, ["Order ID does not belong to your account"]);
    let replies = world.ask(&shop, asha, "485000003 cancel", 1).await;
    assert_eq!(
        replies,
        ["These orders are added to refund support queue:\n485000003"]
    );
    let sent = world.bots.wait_for(group, 0, 2).await;
    let mut texts: Vec<&str> = sent.iter().map(|sent| sent.text.as_str()).collect();
    texts.sort_unstable();
    assert_eq!(
        texts,
        ["8450001 refill\nRental panel", "8450003 cancel\nRental panel"]
    );
    world.settle().await;
    assert_eq!(
        panel.acts().await,
        Vec::<Value>::new(),
        "this kind of panel is only read"
    );
}

async fn a_panel_that_is_known_by_a_customers_key(world: &World) {
    let panel = &world.panels[2];
    let shop = world.shop("User shop", panel).await;
    for (order, status) in [
        ("486000001", "completed"),
        ("486000002", "in_progress"),
        ("486000003", "completed"),
    ] {
        panel
            .order(order, "key-account", status, "provider.example", "1")
            .await;
    }
    let asha = world.bots.user(700_300_001, "Asha").await;
    let bela = world.bots.user(700_300_002, "Bela").await;
    for (name, id, orders) in [
        ("Asha", "700300001", "486000001,486000002"),
        ("Bela", "700300002", "486000003"),
    ] {
        world
            .cli(&[
                "customer",
                "link",
                "--tenant",
                &shop.name,
                "--name",
                name,
                "--panel",
                &shop.panel,
                "--telegram-id",
                id,
                "--orders",
                orders,
            ])
            .await;
    }
    let replies = world.ask(&shop, asha, "486000001 status", 1).await;
    assert_eq!(replies[0], "486000001: completed");
    let replies = world.ask(&shop, bela, "486000001 refill", 1).await;
    assert_eq!(replies, ["Order ID does not belong to your account"]);
    world.ask(&shop, asha, "486000001 refill", 1).await;
    world.ask(&shop, asha, "486000002 cancel", 1).await;
    world.settle().await;
    let acts = panel.acts().await;
    let acts: Vec<(String, Vec<String>)> = acts
        .iter()
        .map(|act| {
            (
                act["action"].as_str().unwrap().to_owned(),
                switchboard_testkit::world::ids(act),
            )
        })
        .collect();
    assert_eq!(
        acts,
        [
            ("refill".to_owned(), vec!["486000001".to_owned()]),
            ("cancel".to_owned(), vec!["486000002".to_owned()]),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn panels_of_each_kind_and_on_bad_days() {
    let world = Setup::new(Receiving::Webhook)
        .panel("Test panel", json!({}))
        .panel("Rental panel", json!({"kind": "rental_panel"}))
        .panel("User panel", json!({"kind": "user_v2", "user": "key-account"}))
        .start()
        .await;
    let shop = world.shop("First shop", &world.panels[0]).await;
    world.provider(&shop, "Alpha", "provider.example", 300).await;
    let faults = [
        json!({"fault": "cut_connection"}),
        json!({"fault": "server_error"}),
        json!({"fault": "html_challenge"}),
        json!({"fault": "rate_limited", "ms": 1000}),
    ];
    for (n, fault) in faults.into_iter().enumerate() {
        a_panel_that_is_down_delays_and_loses_nothing(&world, &shop, fault, 484_000_001 + n as u64).await;
    }
    a_cut_answer_is_looked_at_before_anything_is_repeated(&world, &shop).await;
    a_rental_panel(&world).await;
    a_panel_that_is_known_by_a_customers_key(&world).await;
    world.adds_up().await;
}
