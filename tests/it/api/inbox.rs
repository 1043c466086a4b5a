//! `…/chats`: reading along, answering as a person, keeping the bot quiet.

use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use switchboard_testkit::{TestApp, User};

use super::shop::Shop;

const ORDER: &str = "481799696";

/// What was said to customers, forwards apart.
async fn replies(shop: &Shop<'_>) -> Vec<String> {
    let outbox = shop.outbox().await.into_iter();
    outbox
        .filter(|(purpose, ..)| purpose == "reply")
        .map(|(_, _, text)| text)
        .collect()
}

async fn only_chat(owner: &User) -> Value {
    let list = owner.get(&owner.at("/chats?kind=direct")).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    list["items"][0].clone()
}

async fn said(owner: &User, chat: &Value) -> Vec<Value> {
    let path = format!("/chats/{}/messages", chat["id"].as_str().unwrap());
    let page = owner.get(&owner.at(&path)).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_chat_shows_both_sides_and_what_was_asked() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    shop.order(ORDER, "Completed");
    shop.says(&format!("{ORDER} refill")).await;

    let chat = only_chat(&asha).await;
    assert_eq!(chat["title"], json!("Rina"));
    assert_eq!(chat["customer"]["name"], json!("Rina Media"));
    assert_eq!(chat["account"]["name"], json!("Support"));
    assert_eq!(
        (&chat["unread"], &chat["last"]["from"]),
        (&json!(1), &json!("bot"))
    );
    let said = said(&asha, &chat).await;
    let sides: Vec<_> = said.iter().map(|said| said["direction"].clone()).collect();
    assert_eq!(sides, ["out", "in"], "newest first");
    assert_eq!(said[1]["text"], json!(format!("{ORDER} refill")));
    assert_eq!(said[1]["sender"], json!("Rina"));
    assert_eq!(said[1]["requests"][0]["order_id"], json!(ORDER));
    assert_eq!(said[1]["requests"][0]["command"], json!("refill"));
    assert_eq!(said[0]["by"], json!("bot"));
    assert_eq!(said[0]["state"], json!("queued"));
    assert!(said[0]["price"].as_i64().unwrap() > 0);

    let id = chat["id"].as_str().unwrap();
    asha.post(&asha.at(&format!("/chats/{id}/read")), json!({}))
        .await
        .expect(204);
    assert_eq!(only_chat(&asha).await["unread"], json!(0));
    let unread = asha.get(&asha.at("/chats?unread=true")).await.expect(200);
    assert_eq!(unread["items"], json!([]));
    for (q, found) in [("rin", 1), ("MEDIA", 1), ("somebody", 0)] {
        let list = asha
            .get(&asha.at(&format!("/chats?kind=direct&q={q}")))
            .await
            .expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), found, "{q}");
    }
}

#[tokio::test]
async fn pages_of_a_chat_follow_one_another() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    for n in 0..7 {
        app.db.clock.advance(Duration::from_secs(60));
        shop.says(&format!("good morning {n}")).await;
    }
    let chat = only_chat(&asha).await;
    let id = chat["id"].as_str().unwrap();
    let mut texts = Vec::new();
    let mut before = String::new();
    loop {
        let path = format!("/chats/{id}/messages?limit=3{before}");
        let page = asha.get(&asha.at(&path)).await.expect(200);
        texts.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|said| said["text"].clone()),
        );
        match page["next"].as_str() {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
    }
    let expected: Vec<_> = (0..7).rev().map(|n| format!("good morning {n}")).collect();
    assert_eq!(texts, expected);
    asha.get(&asha.at(&format!("/chats/{id}/messages?before=x")))
        .await
        .problem(400, "bad-cursor");
}

#[tokio::test]
async fn a_persons_answer_is_free_goes_out_once_and_keeps_the_bot_quiet() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    shop.order(ORDER, "Completed");
    shop.says("hello there, is somebody here").await;
    let before = asha.get(&asha.at("/wallet")).await.expect(200);
    let chat = only_chat(&asha).await;
    let id = chat["id"].as_str().unwrap();
    let hers = said(&asha, &chat).await[0]["id"].clone();
    let at = asha.at(&format!("/chats/{id}/messages"));

    let keyed = asha.with_header("idempotency-key", "answer-1");
    let body = json!({"text": "  Yes, I am here.  ", "reply_to": hers});
    let first = keyed.post(&at, body.clone()).await.expect(202);
    assert_eq!(first["by"], json!("person"));
    assert_eq!(first["sender"], json!("asha"));
    assert_eq!(first["text"], json!("Yes, I am here."));
    assert_eq!(first["price"], json!(0));
    assert_eq!(first["reply_to"], hers);
    assert_eq!(keyed.post(&at, body).await.expect(202)["id"], first["id"]);
    assert_eq!(replies(&shop).await, ["Yes, I am here."]);
    assert_eq!(
        asha.get(&asha.at("/wallet")).await.expect(200)["balance"],
        before["balance"]
    );

    // For half an hour the bot only listens.
    app.db.clock.advance(Duration::from_secs(1));
    let paused = only_chat(&asha).await["bot_paused_until"].clone();
    assert_eq!(paused, json!("2027-01-04T09:30:00Z"));
    shop.says(&format!("{ORDER} refill")).await;
    assert_eq!(replies(&shop).await.len(), 1, "the bot is quiet");
    assert_eq!(shop.acts(), 0);
    assert_eq!(
        said(&asha, &chat).await[0]["text"],
        json!(format!("{ORDER} refill"))
    );
    app.db.clock.advance(Duration::from_secs(31 * 60));
    shop.says(&format!("{ORDER} refill")).await;
    assert_eq!(replies(&shop).await.len(), 2, "the bot answers again");
}

#[tokio::test]
async fn the_bot_is_switched_off_and_on_in_one_chat() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    shop.order(ORDER, "Completed");
    shop.says("hello").await;
    let chat = only_chat(&asha).await;
    let at = asha.at(&format!("/chats/{}/bot", chat["id"].as_str().unwrap()));
    let off = asha.put(&at, json!({"paused": true})).await.expect(200);
    assert!(off["bot_paused_until"].as_str().unwrap() > "2100");
    app.db.clock.advance(Duration::from_secs(24 * 3600));
    shop.says(&format!("{ORDER} refill")).await;
    assert_eq!(replies(&shop).await, Vec::<String>::new());
    let on = asha.put(&at, json!({"paused": false})).await.expect(200);
    assert_eq!(on["bot_paused_until"], Value::Null);
    shop.says(&format!("{ORDER} refill")).await;
    assert_eq!(replies(&shop).await.len(), 1);
    for minutes in [0, -5, 10_081] {
        let answer = asha.put(&at, json!({"paused": true, "minutes": minutes})).await;
        assert_eq!(answer.field_errors(), ["minutes: out-of-range"]);
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_told_where_it_was_written() {
    let app = TestApp::start().await;
    let (asha, binod) = (app.owner("asha").await, app.owner("binod").await);
    let shop = Shop::open(&app, &asha).await;
    shop.says("hello").await;
    let chat = only_chat(&asha).await;
    let id = chat["id"].as_str().unwrap();
    let path = format!("/chats/{id}/messages");
    let at = asha.at(&path);
    for (body, errors) in [
        (json!({"text": " \n"}), vec!["text: required"]),
        (json!({"text": "\u{0}"}), vec!["text: invalid"]),
        (json!({"text": "x".repeat(4097)}), vec!["text: too-long"]),
        (json!({"text": "hi", "reply_to": "7"}), vec!["reply_to: unknown"]),
        (json!({"text": "hi", "reply_to": id}), vec!["reply_to: unknown"]),
        (json!({}), vec!["text: required"]),
    ] {
        assert_eq!(
            asha.post(&at, body.clone()).await.field_errors(),
            errors,
            "{body}"
        );
    }
    binod
        .post(&binod.at(&path), json!({"text": "hi"}))
        .await
        .problem(404, "not-found");
    binod.get(&binod.at(&path)).await.problem(404, "not-found");
    shop.sql("UPDATE chat SET lost_reason = 'the person blocked this account' WHERE kind = 'direct'")
        .await;
    let problem = asha
        .post(&at, json!({"text": "hi"}))
        .await
        .problem(409, "wrong-state");
    assert!(
        problem["detail"].as_str().unwrap().contains("blocked"),
        "{problem}"
    );
    assert_eq!(replies(&shop).await, Vec::<String>::new());
}

#[tokio::test]
async fn who_says_stop_gets_answers_and_no_notices() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    shop.order(ORDER, "Completed");
    shop.says("STOP").await;
    let off = "SELECT 1/count(*) FROM identity WHERE notices_off_at IS NOT NULL";
    shop.sql(off).await;
    assert!(
        shop.outbox().await[0].2.contains("Send start"),
        "{:?}",
        shop.outbox().await
    );
    shop.says(&format!("{ORDER} refill")).await;
    assert_eq!(replies(&shop).await.len(), 2, "an answer is no notice");
    shop.says("start").await;
    shop.sql("SELECT 1/(1-count(*)) FROM identity WHERE notices_off_at IS NOT NULL")
        .await;
    // After ids, a plain `stop` is what it always was: a cancel.
    shop.order("481799190", "In progress");
    shop.says("481799190").await;
    shop.says("stop").await;
    shop.sql("SELECT 1/(1-count(*)) FROM identity WHERE notices_off_at IS NOT NULL")
        .await;
    shop.says("/stop").await;
    shop.sql(off).await;
}

#[tokio::test]
async fn what_is_open_is_told_to_its_asker_in_private() {
    let app = TestApp::start().await;
    let asha = app.owner("asha").await;
    let shop = Shop::open(&app, &asha).await;
    shop.order(ORDER, "Completed");
    shop.order("481799190", "In progress");
    shop.says("any update?").await;
    let last = async || replies(&shop).await.pop().unwrap();
    assert!(
        last().await.starts_with("Which orders?") || last().await.starts_with("You have no open requests")
    );
    shop.says("what about my order?").await;
    assert!(
        last().await.starts_with("You have no open requests"),
        "{}",
        last().await
    );
    shop.says(&format!("{ORDER} refill")).await;
    shop.says("481799190 cancel").await;
    shop.says("Hello sir, what about my orders??").await;
    let told = last().await;
    assert!(told.contains("481799190: your cancel request is"), "{told}");
    assert!(
        told.contains(&format!("{ORDER}: your refill request is")),
        "{told}"
    );
    let before = replies(&shop).await.len();
    shop.says_in(-1009, super::shop::RINA, "what about my orders?")
        .await;
    assert_eq!(replies(&shop).await.len(), before, "never in a group");
}
