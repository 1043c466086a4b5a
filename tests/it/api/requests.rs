//! `/api/v1/tenants/{tenant}/requests…`

use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use switchboard_domain::access::Role;
use switchboard_integrations::panel::contract::Fault;
use switchboard_testkit::TestApp;
use uuid::Uuid;

use super::shop::{Shop, request_of};

fn column<'v>(list: &'v Value, field: &str) -> Vec<&'v str> {
    let items = list["items"].as_array().expect("a page").iter();
    items.map(|item| item[field].as_str().unwrap_or("")).collect()
}

#[tokio::test]
async fn the_list_shows_what_came_of_each_order_and_narrows_by_every_filter() {
    let app = TestApp::start().await;
    let (asha, binod) = (app.owner("asha").await, app.owner("binod").await);
    let shop = Shop::open(&app, &asha).await;
    shop.order("481799696", "In progress");
    shop.order("481799190", "Completed");
    shop.foreign_order("481700000");
    shop.says("481799696,481799190 cancel").await;
    app.db.clock.advance(Duration::from_secs(60));
    shop.says("481700000 refill").await;

    let list = asha.get(&asha.at("/requests")).await.expect(200);
    assert_eq!(column(&list, "order_id"), ["481700000", "481799190", "481799696"]);
    assert_eq!(column(&list, "state"), ["refused", "refused", "under_way"]);
    assert_eq!(column(&list, "command"), ["refill", "cancel", "cancel"]);
    assert_eq!(list["items"][0]["sentence"], "Not theirs");
    assert_eq!(list["items"][0]["provider_alias"], json!(null));
    let cancel = &list["items"][2];
    assert_eq!(cancel["customer"]["name"], "Rina Media");
    assert_eq!(cancel["provider_alias"], "Kite");
    assert_eq!(cancel["panel"]["name"], "Himal Boost");
    assert_eq!(cancel["chat"]["kind"], "direct");
    // Its half of two replies, and a forward of its own.
    assert_eq!(cancel["cost"], json!(2_000_000));
    assert!(!list.to_string().contains("first.example"), "{list}");

    let count = async |query: &str| {
        let list = asha
            .get(&asha.at(&format!("/requests?{query}")))
            .await
            .expect(200);
        list["items"].as_array().unwrap().len()
    };
    for (query, expected) in [
        ("view=all", 3),
        ("view=open", 1),
        ("view=closed", 2),
        ("view=person", 0),
        ("command=cancel", 2),
        ("command=speed_up", 0),
        ("outcome=not_yours", 1),
        ("outcome=cooling_down", 0),
        (&format!("panel={}", shop.panel_id.uuid()), 3),
        (&format!("panel={}", Uuid::from_u128(1)), 0),
        (&format!("provider={}", shop.provider.uuid()), 2),
        (&format!("customer={}", shop.customer.uuid()), 3),
        (&format!("assignee={}", asha.id.uuid()), 0),
        ("channel=telegram_bot", 3),
        ("channel=whats_app", 0),
        ("q=4817991", 1),
        ("q=rina", 3),
        ("q=R%25", 0),
        ("q=nobody", 0),
        ("ids=481799696,481700000", 2),
        ("ids=481799696%20481700000%2C1", 2),
        ("from=2027-01-04T09:00:30Z", 1),
        ("to=2027-01-04T09:00:30Z", 2),
        ("view=closed&command=refill&q=4817", 1),
    ] {
        assert_eq!(count(query).await, expected, "{query}");
    }
    assert_eq!(
        asha.get(&asha.at("/requests/counts")).await.expect(200),
        json!({"open": 1, "person": 0})
    );
    let none = binod.get(&binod.at("/requests")).await.expect(200);
    assert_eq!(none, json!({"items": [], "next": null}));
}

#[tokio::test]
async fn pages_follow_one_another_and_wrong_filters_are_named() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    let ids: Vec<String> = (0..25).map(|n| format!("4817{n:05}")).collect();
    for id in &ids {
        shop.order(id, "Completed");
    }
    shop.says(&format!("{} status", ids.join(","))).await;
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = asha
            .get(&asha.at(&format!("/requests?limit=10{after}")))
            .await
            .expect(200);
        seen.extend(column(&page, "order_id").iter().map(|id| (*id).to_owned()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    seen.sort();
    assert_eq!(seen, ids);
    asha.get(&asha.at("/requests?after=nonsense"))
        .await
        .problem(400, "bad-cursor");
    for (query, error) in [
        ("view=some", "view: not-offered"),
        ("command=speed-up", "command: not-offered"),
        ("outcome=nonsense", "outcome: not-offered"),
        ("panel=1", "panel: invalid"),
        ("from=yesterday", "from: invalid"),
        ("q=%00", "q: invalid"),
        ("outcome=%00", "outcome: invalid"),
        ("ids=%00", "ids: invalid"),
        (&format!("q={}", "a".repeat(101)), "q: too-long"),
        (&format!("ids={}", "1,".repeat(201)), "ids: too-many"),
    ] {
        for path in ["/requests", "/requests.csv"] {
            let answer = asha.get(&asha.at(&format!("{path}?{query}"))).await;
            assert_eq!(answer.field_errors(), [error], "{path} {query}");
        }
    }
    // As far as times go.
    for query in ["from=-262143-01-01T00:00:00Z", "to=%2B262142-12-31T00:00:00Z"] {
        asha.get(&asha.at(&format!("/requests?{query}")))
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn a_timeline_tells_each_step_from_the_message_to_its_end() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    shop.order("481799696", "In progress");
    shop.says("481799696 cancel").await;
    let id = request_of(&asha, "481799696").await;
    let detail = asha.get(&asha.at(&format!("/requests/{id}"))).await.expect(200);
    assert_eq!(detail["message_text"], "481799696 cancel");
    assert_eq!(detail["external_ids"], json!(["77481799696"]));
    assert_eq!(detail["order_status"], "in_progress");
    let steps: Vec<(&str, &str, &str)> = detail["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| {
            (
                step["key"].as_str().unwrap(),
                step["state"].as_str().unwrap(),
                step["title"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        steps,
        [
            ("message", "done", "Message received"),
            ("parsed", "done", "Read as cancel of 481799696"),
            ("owner", "done", "The order is the sender's"),
            ("status", "done", "Himal Boost says in progress"),
            ("rule", "done", "Cancel accepted"),
            ("panel", "done", "Himal Boost took the cancel request"),
            ("reply", "under_way", "Reply waits to be sent"),
            ("forward", "under_way", "On its way to Kite"),
            ("cost", "done", "Cost 2 credits"),
        ]
    );
    assert_eq!(
        detail["timeline"][4]["detail"],
        "The order is in progress: accepted"
    );
    asha.get(&asha.at(&format!("/requests/{}", Uuid::from_u128(1))))
        .await
        .problem(404, "not-found");
    let binod = app.owner("binod").await;
    binod
        .get(&binod.at(&format!("/requests/{id}")))
        .await
        .problem(404, "not-found");

    shop.foreign_order("481700000");
    shop.says("481700000 refill").await;
    let id = request_of(&asha, "481700000").await;
    let detail = asha.get(&asha.at(&format!("/requests/{id}"))).await.expect(200);
    assert_eq!(detail["timeline"][2]["state"], "refused");
    assert_eq!(detail["timeline"][2]["title"], "The order is not the sender's");
    assert!(
        !detail.to_string().contains("first.example"),
        "a provider's real name: {detail}"
    );
}

async fn act(owner: &switchboard_testkit::User, body: Value) -> Value {
    owner.post(&owner.at("/requests/actions"), body).await.expect(200)
}

#[tokio::test]
async fn people_close_reopen_assign_and_note_and_each_is_written_down() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let chand = app.member(&asha, "chand", Role::Agent).await;
    let binod = app.owner("binod").await;
    let shop = Shop::open(&app, &asha).await;
    shop.order("481799696", "In progress");
    shop.says("481799696 cancel").await;
    let id = request_of(&asha, "481799696").await;
    let missing = Uuid::from_u128(5);

    let done = act(
        &chand,
        json!({"ids": [id, missing], "action": "assign", "assignee": chand.id.uuid(), "note": "asked Kite"}),
    )
    .await;
    assert_eq!(
        done,
        json!({"done": [id], "refused": [{"id": missing, "why": "There is no such request."}]})
    );
    let mine = asha
        .get(&asha.at(&format!("/requests?assignee={}", chand.id.uuid())))
        .await
        .expect(200);
    assert_eq!(mine["items"][0]["assignee"]["username"], "chand");
    let answer = asha
        .post(
            &asha.at("/requests/actions"),
            json!({"ids": [id], "action": "assign", "assignee": binod.id.uuid()}),
        )
        .await;
    assert_eq!(answer.field_errors(), ["assignee: not-a-member"]);

    assert_eq!(
        act(&chand, json!({"ids": [id], "action": "close"})).await,
        json!({"done": [id], "refused": []})
    );
    assert_eq!(
        act(&chand, json!({"ids": [id], "action": "close"})).await["refused"],
        json!([{"id": id, "why": "It is closed already."}])
    );
    let detail = asha.get(&asha.at(&format!("/requests/{id}"))).await.expect(200);
    assert_eq!(
        (&detail["state"], &detail["note"]),
        (&json!("closed"), &json!("asked Kite"))
    );
    let last = detail["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!(last["title"], "Closed by chand");

    // Asked for again, the order has another open request: the closed one cannot take its place.
    app.db.clock.advance(Duration::from_secs(13 * 3600));
    shop.says("481799696 cancel").await;
    assert_eq!(
        act(&asha, json!({"ids": [id], "action": "reopen"})).await["refused"][0]["why"],
        "Another request for this order is open."
    );
    let newer = request_of(&asha, "481799696").await;
    assert_ne!(newer, id);
    act(&asha, json!({"ids": [newer], "action": "close"})).await;
    assert_eq!(
        act(&asha, json!({"ids": [id], "action": "reopen"})).await["done"],
        json!([id])
    );
    assert_eq!(
        asha.get(&asha.at("/requests/counts")).await.expect(200),
        json!({"open": 1, "person": 1})
    );
    for (body, error) in [
        (json!({"ids": [], "action": "close"}), "ids: required"),
        (json!({"ids": ["x"], "action": "close"}), "ids[0]: invalid"),
        (json!({"ids": [id], "action": "delete"}), "action: not-offered"),
        (json!({"ids": vec![id; 101], "action": "close"}), "ids: too-many"),
        (
            json!({"ids": [id], "action": "close", "note": "a\u{0}b"}),
            "note: invalid",
        ),
        (
            json!({"ids": [id], "action": "close", "note": "a".repeat(2001)}),
            "note: too-long",
        ),
    ] {
        let answer = asha.post(&asha.at("/requests/actions"), body).await;
        assert_eq!(answer.field_errors(), [error]);
    }
    // Another tenant's request is none of theirs.
    let foreign = act(&binod, json!({"ids": [id], "action": "close"})).await;
    assert_eq!(foreign["refused"][0]["why"], "There is no such request.");

    let mut conn = app.db.admin_connection().await;
    let role = format!("t_{}", asha.scope().tenant().uuid().simple());
    let rows: Vec<(String, String)> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT actor, action FROM {role}.audit WHERE action LIKE 'request.%' ORDER BY id"
    )))
    .fetch_all(&mut conn)
    .await
    .unwrap();
    let by = |user: &switchboard_testkit::User| format!("u:{}", user.id.uuid());
    let written: Vec<(String, &str)> = rows
        .iter()
        .map(|(actor, action)| (actor.clone(), action.as_str()))
        .collect();
    assert_eq!(
        written,
        [
            (by(&chand), "request.assign"),
            (by(&chand), "request.close"),
            (by(&asha), "request.close"),
            (by(&asha), "request.reopen"),
        ]
    );
}

#[tokio::test]
async fn a_retry_reads_the_panel_again_and_acts_once() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    shop.order("481799696", "In progress");
    shop.order("481799190", "In progress");
    shop.panel.set_fault(Some(Fault::WrongKey));
    shop.says("481799696,481799190 cancel").await;
    let first = request_of(&asha, "481799696").await;
    let other = request_of(&asha, "481799190").await;
    let detail = asha
        .get(&asha.at(&format!("/requests/{first}")))
        .await
        .expect(200);
    assert_eq!(
        (&detail["state"], &detail["outcome"]),
        (&json!("failed"), &json!("panel_unavailable"))
    );
    assert_eq!(shop.acts(), 0);

    shop.panel.set_fault(None);
    app.db.clock.advance(Duration::from_secs(3 * 3600));
    assert_eq!(
        act(&asha, json!({"ids": [first, other], "action": "retry"})).await["done"],
        json!([first, other])
    );
    // Twice is once.
    assert_eq!(
        act(&asha, json!({"ids": [first], "action": "retry"})).await["refused"][0]["why"],
        "It is being decided again already."
    );
    shop.run_jobs().await;
    assert_eq!(shop.acts(), 2, "one cancel for each order");
    let list = asha.get(&asha.at("/requests?ids=481799696")).await.expect(200);
    assert_eq!(
        column(&list, "outcome"),
        ["cancel_requested", "panel_unavailable"]
    );
    assert_eq!(column(&list, "state"), ["under_way", "closed"]);
    assert_eq!(
        list["items"][1]["sentence"],
        "Decided again: see the newer request"
    );
    let newer = request_of(&asha, "481799696").await;
    assert_eq!(
        act(&asha, json!({"ids": [newer], "action": "retry"})).await["refused"][0]["why"],
        "The panel has taken it; asking again would ask twice."
    );
    let replies: Vec<String> = shop
        .outbox()
        .await
        .into_iter()
        .filter(|(purpose, ..)| purpose == "reply")
        .map(|(.., text)| text)
        .collect();
    assert_eq!(
        replies.len(),
        3,
        "one when the panel was away, one for each retry: {replies:?}"
    );
    let mut tx = app.db.db.begin(asha.scope()).await.unwrap();
    assert_eq!(tx.wallet().discrepancy().await.unwrap(), 0);
}

/// What the page of providers promises about requests that waited for a group.
#[tokio::test]
async fn a_retry_forwards_what_waited_for_a_providers_group() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    let routes = asha.at(&format!("/providers/{}/routes", shop.provider.uuid()));
    let provider = asha
        .get(&asha.at(&format!("/providers/{}", shop.provider.uuid())))
        .await
        .expect(200);
    let route = &provider["routes"][0];
    asha.delete(&format!("{routes}/{}", route["id"].as_str().unwrap()))
        .await
        .expect(204);
    shop.order("481799696", "In progress");
    shop.says("481799696 speed up").await;
    let forwards = async || -> Vec<String> {
        let sent = shop.outbox().await.into_iter();
        sent.filter(|(purpose, ..)| purpose == "forward")
            .map(|(.., text)| text)
            .collect()
    };
    assert_eq!(forwards().await, [""; 0]);
    asha.post(&routes, json!({"chat": route["chat"]["id"]}))
        .await
        .expect(201);
    let id = request_of(&asha, "481799696").await;
    assert_eq!(
        act(&asha, json!({"ids": [id], "action": "retry"})).await["done"],
        json!([id])
    );
    shop.run_jobs().await;
    assert_eq!(forwards().await.len(), 1);
}

#[tokio::test]
async fn a_retry_sends_a_forward_of_unknown_fate_again_once() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    shop.order("481799696", "In progress");
    shop.order("481799190", "In progress");
    shop.says("481799696,481799190 speed up").await;
    let ids = [
        request_of(&asha, "481799696").await,
        request_of(&asha, "481799190").await,
    ];
    shop.sql(
        "UPDATE outbox SET state = 'unknown' WHERE purpose = 'forward';
         UPDATE request SET staff_reason = 'nobody knows whether the provider''s group got it; look there, then send again or close'",
    )
    .await;
    let detail = asha
        .get(&asha.at(&format!("/requests/{}", ids[0])))
        .await
        .expect(200);
    assert_eq!(detail["state"], "failed");
    let resend = detail["actions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|action| action["action"] == "resend_forward")
        .unwrap();
    assert_eq!(resend["allowed"], true);
    assert_eq!(
        act(&asha, json!({"ids": ids, "action": "retry"})).await["done"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let forwards: Vec<String> = shop
        .outbox()
        .await
        .into_iter()
        .filter(|(purpose, ..)| purpose == "forward")
        .map(|(_, state, _)| state)
        .collect();
    assert_eq!(forwards, ["queued"]);
    assert_eq!(
        asha.get(&asha.at("/requests/counts")).await.expect(200),
        json!({"open": 2, "person": 0})
    );
}

#[tokio::test]
async fn a_retry_without_credit_leaves_the_request_where_it_was() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    shop.order("481799696", "In progress");
    shop.panel.set_fault(Some(Fault::WrongKey));
    shop.says("481799696 cancel").await;
    let id = request_of(&asha, "481799696").await;
    shop.panel.set_fault(None);
    shop.sql("UPDATE wallet SET balance = 0").await;
    act(&asha, json!({"ids": [id], "action": "retry"})).await;
    shop.run_jobs().await;
    assert_eq!(shop.acts(), 0);
    let detail = asha.get(&asha.at(&format!("/requests/{id}"))).await.expect(200);
    assert_eq!(
        detail["staff_reason"],
        "there was no credit to decide it again: top up, then retry"
    );
    assert_eq!(
        detail["actions"][0],
        json!({"action": "retry", "allowed": true,
        "why": "The panel is read again and the order decided afresh."})
    );
}

#[tokio::test]
async fn the_file_is_the_list_and_holds_no_formula() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    for n in 0..3 {
        let ids: Vec<String> = (0..100).map(|k| format!("48{n}{k:05}")).collect();
        for id in &ids {
            shop.order(id, "Completed");
        }
        shop.says(&format!("{} status", ids.join(","))).await;
    }
    shop.sql("UPDATE identity SET display_name = '=cmd|''/c calc''!A1'; UPDATE request SET why = '@x' WHERE order_id = '48000001'")
        .await;
    let answer = asha.get(&asha.at("/requests.csv")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
    let lines: Vec<&str> = answer.text.trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 301);
    assert!(
        lines[0].starts_with("time (Asia/Kathmandu),customer,sender"),
        "{}",
        lines[0]
    );
    assert!(
        lines[1].starts_with("2027-01-04 14:45:00,Rina Media,\"'=cmd|'/c calc'!A1\","),
        "{}",
        lines[1]
    );
    assert!(!answer.text.contains("first.example"));
    let some = asha.get(&asha.at("/requests.csv?ids=48000001")).await;
    assert_eq!(some.text.trim_end().split("\r\n").count(), 2);
}
