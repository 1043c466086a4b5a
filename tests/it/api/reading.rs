//! Home, search, audit, members and the ledger.

use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::json;
use switchboard_domain::access::Role;
use switchboard_integrations::panel::contract::Fault;
use switchboard_testkit::TestApp;

use super::shop::Shop;

#[tokio::test]
async fn home_counts_the_shops_own_day_and_says_what_is_wrong() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let binod = app.owner("binod").await;
    let empty = binod.get(&binod.at("/home")).await.expect(200);
    assert_eq!(empty["verdict"]["state"], "setup");
    assert_eq!(empty["checklist"].as_array().unwrap().len(), 6);
    let shop = Shop::open(&app, &asha).await;
    shop.order("481799696", "In progress");
    shop.says("481799696 status").await;
    // The next day, at the same time.
    app.db.clock.advance(Duration::from_secs(24 * 3600));
    shop.says("481799696 status").await;
    shop.says("481799696 status").await;
    app.db.clock.advance(Duration::from_secs(60));
    let home = asha.get(&asha.at("/home")).await.expect(200);
    assert_eq!(
        home["today"],
        json!({"messages": 2, "orders": 2, "by_outcome": [{"outcome": "status_told", "count": 2}], "usual_orders": 1})
    );
    assert_eq!(home["panels"][0]["state"], "ok");
    shop.panel.set_fault(Some(Fault::WrongKey));
    app.db.clock.advance(Duration::from_secs(1));
    shop.says("481799696 status").await;
    let home = asha.get(&asha.at("/home")).await.expect(200);
    assert_eq!(
        (&home["verdict"]["state"], &home["need_person"]),
        (&json!("failed"), &json!(1))
    );
    assert_eq!(home["panels"][0]["state"], "down");
}

#[tokio::test]
async fn the_search_finds_what_the_caller_may_see() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let binod = app.owner("binod").await;
    let shop = Shop::open(&app, &asha).await;
    shop.order("481799696", "In progress");
    shop.says("481799696 status").await;
    let find = async |who: &switchboard_testkit::User, q: &str| {
        who.get(&who.at(&format!("/search?q={q}"))).await.expect(200)
    };
    assert_eq!(
        find(&asha, "4817").await["orders"],
        json!([{"order_id": "481799696", "requests": 1}])
    );
    assert_eq!(
        find(&asha, "rina").await["customers"],
        json!([{"id": shop.customer.uuid(), "name": "Rina Media"}])
    );
    assert_eq!(
        find(&asha, "customer1").await["customers"][0]["name"],
        "Rina Media"
    );
    let kite = find(&asha, "kite").await;
    assert_eq!(
        kite["providers"],
        json!([{"id": shop.provider.uuid(), "alias": "Kite"}])
    );
    assert_eq!(kite["chats"][0]["title"], "Kite / Himal Boost");
    for q in ["first.example", "first", "%25", "_", ""] {
        let none = json!({"orders": [], "customers": [], "chats": [], "providers": []});
        assert_eq!(find(&asha, q).await, none, "{q}");
    }
    assert_eq!(find(&binod, "rina").await["customers"], json!([]));
    assert_eq!(
        asha.get(&asha.at("/search?q=%00")).await.field_errors(),
        ["q: invalid"]
    );
    assert_eq!(
        asha.get(&asha.at("/search")).await.field_errors(),
        ["q: required"]
    );
}

#[tokio::test]
async fn the_ledger_says_what_each_line_was_for_and_held_messages_go_on() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    shop.order("481799696", "In progress");
    shop.says("481799696 speed up").await;
    let ledger = asha.get(&asha.at("/wallet/ledger")).await.expect(200);
    let mut lines: Vec<(&str, &str)> = ledger["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["kind"].as_str().unwrap(), line["what"].as_str().unwrap()))
        .collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            ("grant", "Credits from the platform"),
            ("hold", "Forward to Kite"),
            ("hold", "Message to Rina")
        ]
    );
    let grants = asha.get(&asha.at("/wallet/ledger?kind=grant")).await.expect(200);
    assert_eq!(grants["items"].as_array().unwrap().len(), 1);
    let first = asha.get(&asha.at("/wallet/ledger?limit=2")).await.expect(200);
    let next = first["next"].as_str().unwrap();
    let rest = asha
        .get(&asha.at(&format!("/wallet/ledger?limit=2&after={next}")))
        .await
        .expect(200);
    assert_eq!(
        (rest["items"][0]["kind"].as_str(), &rest["next"]),
        (Some("grant"), &json!(null))
    );
    assert_eq!(
        asha.get(&asha.at("/wallet/ledger?kind=gift"))
            .await
            .field_errors(),
        ["kind: not-offered"]
    );

    shop.sql("UPDATE wallet SET balance = 0").await;
    shop.says("481799696 status").await;
    assert_eq!(
        asha.get(&asha.at("/wallet")).await.expect(200)["held_messages"],
        1
    );
    shop.sql("UPDATE wallet SET balance = 5000000").await;
    let replayed = asha.post(&asha.at("/wallet/replay"), json!({})).await.expect(200);
    assert_eq!(replayed, json!({"replayed": 1}));
    shop.run_jobs().await;
    assert_eq!(
        asha.get(&asha.at("/wallet")).await.expect(200)["held_messages"],
        0
    );
    let log = asha.get(&asha.at("/audit?limit=1")).await.expect(200);
    assert_eq!(log["items"][0]["action"], "wallet.replay");
}

#[tokio::test]
async fn members_are_those_who_work_here() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let chand = app.member(&asha, "chand", Role::Agent).await;
    app.owner("binod").await;
    let members = chand.get(&chand.at("/members")).await.expect(200);
    assert_eq!(
        members,
        json!([
            {"id": asha.id.uuid(), "username": "asha"},
            {"id": chand.id.uuid(), "username": "chand"}
        ])
    );
}
