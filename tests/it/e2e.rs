//! The main job, end to end: a customer writes, orders are checked on the panel, replies and a provider's message come out.

use serde_json::json;
use switchboard_testkit::world::{BotPeer, Receiving, Setup, World};

fn text(sent: &[String]) -> Vec<&str> {
    sent.iter().map(String::as_str).collect()
}

async fn the_main_job(world: &World) {
    let panel = &world.panels[0];
    let shop = world.shop("First shop", panel).await;
    let asha = world.customer(&shop, 700_000_001, "Asha", "asha").await;
    let group = world.provider(&shop, "Alpha", "provider.example", 500).await;
    panel
        .order("481799696", "asha", "completed", "provider.example", "7450284")
        .await;
    panel
        .order("481799190", "asha", "pending", "provider.example", "7450291")
        .await;

    let replies = world.ask(&shop, asha, "481799696,481799190 refill", 2).await;
    assert_eq!(
        text(&replies),
        [
            "481799696: refill request has been added.",
            "481799190 is still pending. Speed-up request has been added.",
        ]
    );
    let forwards = world.bots.wait_for(group, 0, 2).await;
    println!("{:?}", BotPeer::texts(&forwards));
    world.settle().await;
    world.adds_up().await;
    println!("{:#?}", panel.calls().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn webhook() {
    let t = std::time::Instant::now();
    let world = Setup::new(Receiving::Webhook)
        .panel("Test panel", json!({}))
        .start()
        .await;
    println!("start {:?}", t.elapsed());
    the_main_job(&world).await;
    println!("done {:?}", t.elapsed());
}
