use pretty_assertions::assert_eq;
use serde_json::json;

use crate::support::Peer;

#[tokio::test]
async fn get_me_and_wrong_tokens() {
    let peer = Peer::start();
    let made = peer
        .sim(
            "bots",
            json!({"token": "4200:abc-DEF_ghi", "username": "shop_bot", "first_name": "Shop"}),
        )
        .await;
    assert_eq!(
        made,
        json!({"token": "4200:abc-DEF_ghi", "id": 4200, "username": "shop_bot"})
    );
    let expected = json!({
        "id": 4200, "is_bot": true, "first_name": "Shop", "username": "shop_bot", "can_join_groups": true,
        "can_read_all_group_messages": false, "supports_inline_queries": false,
        "can_connect_to_business": false, "has_main_web_app": false,
    });
    for method in ["getMe", "GetMe", "GETME"] {
        assert_eq!(peer.ok("4200:abc-DEF_ghi", method, json!({})).await, expected);
    }
    let unauthorized = json!({"ok": false, "error_code": 401, "description": "Unauthorized"});
    assert_eq!(
        peer.call("4200:other", "getMe", json!({})).await,
        (401, unauthorized.clone())
    );
    assert_eq!(
        peer.call("1:x", "getMe", json!({})).await,
        (401, unauthorized.clone())
    );
    let (status, _) = peer.refusal("4200:abc-DEF_ghi", "getCoffee", json!({})).await;
    assert_eq!(status, 404);
    peer.patch("bots/4200", json!({"revoked": true})).await;
    assert_eq!(
        peer.call("4200:abc-DEF_ghi", "getMe", json!({})).await,
        (401, unauthorized)
    );
}

#[tokio::test]
async fn offsets_confirm_and_limits_bound() {
    let peer = Peer::start();
    let bot = peer.bot("shop_bot").await;
    let first = peer.says(&bot, 7, "one").await;
    assert_eq!(peer.says(&bot, 8, "two").await, first + 1);
    assert_eq!(peer.says(&bot, 7, "three").await, first + 2);

    let got = peer.ok(&bot.token, "getUpdates", json!({"limit": 2})).await;
    let ids: Vec<_> = got
        .as_array()
        .expect("list")
        .iter()
        .map(|u| u["update_id"].as_i64())
        .collect();
    assert_eq!(ids, [Some(first), Some(first + 1)]);
    let message = &got[0]["message"];
    assert_eq!(
        message["from"],
        json!({"id": 7, "is_bot": false, "first_name": "User 7", "language_code": "en"})
    );
    assert_eq!(
        message["chat"],
        json!({"id": 7, "first_name": "User 7", "type": "private"})
    );
    assert_eq!(
        (&message["message_id"], &message["text"]),
        (&json!(1), &json!("one"))
    );

    // Not confirmed: they come again. Confirmed: they are gone.
    let again = peer.ok(&bot.token, "getUpdates", json!({})).await;
    assert_eq!(again.as_array().map(Vec::len), Some(3));
    let rest = peer
        .ok(&bot.token, "getUpdates", json!({"offset": first + 2}))
        .await;
    assert_eq!(rest[0]["update_id"], first + 2);
    assert_eq!(peer.read("pending").await["count"], 1);
    // A negative offset keeps the newest and forgets the others.
    let last = peer.says(&bot, 9, "four").await;
    let newest = peer.ok(&bot.token, "getUpdates", json!({"offset": -1})).await;
    assert_eq!(
        (newest.as_array().map(Vec::len), &newest[0]["update_id"]),
        (Some(1), &json!(last))
    );
    // A duplicate reaches a poller that is past it.
    peer.ok(&bot.token, "getUpdates", json!({"offset": last + 1}))
        .await;
    peer.sim("dup", json!({"update_id": first})).await;
    let duplicate = peer
        .ok(&bot.token, "getUpdates", json!({"offset": last + 1}))
        .await;
    assert_eq!(duplicate[0]["update_id"], first);
    let after = peer
        .ok(&bot.token, "getUpdates", json!({"offset": last + 1}))
        .await;
    assert_eq!(after, json!([]));
}

#[tokio::test]
async fn a_long_poll_wakes_for_an_update_and_the_older_of_two_gets_409() {
    let peer = Peer::start();
    let bot = peer.bot("shop_bot").await;
    // Which of the two arrives later is the network's choice; the older one ends at once, the other waits on.
    let poll = || Box::pin(peer.call(&bot.token, "getUpdates", json!({"timeout": 20})));
    let (older, newer) = futures_util::future::select(poll(), poll()).await.factor_first();
    assert_eq!(older.0, 409);
    assert_eq!(
        older.1["description"],
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    );
    let ((status, reply), update_id) = tokio::join!(newer, peer.says(&bot, 7, "hello"));
    assert_eq!(
        (status, &reply["result"][0]["update_id"]),
        (200, &json!(update_id))
    );
    let calls = peer.read("calls?method=getUpdates").await;
    assert!(calls["calls"][1]["took_ms"].as_i64() < Some(15_000), "{calls}");
}

#[tokio::test]
async fn polling_and_webhook_exclude_each_other() {
    let peer = Peer::start();
    let bot = peer.bot("shop_bot").await;
    let hook = json!({"url": "http://127.0.0.1:9/tg", "secret_token": "s3cret"});
    assert_eq!(
        peer.call(&bot.token, "setWebhook", hook.clone()).await.1["description"],
        "Webhook was set"
    );
    assert_eq!(
        peer.call(&bot.token, "setWebhook", hook).await.1["description"],
        "Webhook is already set"
    );
    let (status, why) = peer.refusal(&bot.token, "getUpdates", json!({})).await;
    assert_eq!(status, 409);
    assert!(
        why.starts_with("Conflict: can't use getUpdates method while webhook is active"),
        "{why}"
    );
    let info = peer.ok(&bot.token, "getWebhookInfo", json!({})).await;
    assert_eq!(info["url"], "http://127.0.0.1:9/tg");
    for (bad, why) in [
        (
            json!({"url": "not a url"}),
            "Bad Request: bad webhook: An HTTPS URL must be provided for webhook",
        ),
        (
            json!({"url": "https://x.test/", "secret_token": "a b"}),
            "Bad Request: secret token contains unallowed characters",
        ),
    ] {
        assert_eq!(
            peer.refusal(&bot.token, "setWebhook", bad).await,
            (400, why.to_owned())
        );
    }
    peer.ok(&bot.token, "deleteWebhook", json!({"drop_pending_updates": true}))
        .await;
    assert_eq!(peer.ok(&bot.token, "getUpdates", json!({})).await, json!([]));
    let info = peer.ok(&bot.token, "getWebhookInfo", json!({})).await;
    assert_eq!(
        info,
        json!({"url": "", "has_custom_certificate": false, "pending_update_count": 0})
    );
}

#[tokio::test]
async fn all_four_kinds_of_parameters_are_read() {
    let peer = Peer::start();
    let bot = peer.bot("shop_bot").await;
    peer.says(&bot, 7, "hi").await;
    let url = format!("{}/bot{}/sendMessage", peer.url, bot.token);
    let fields = [("chat_id", "7"), ("text", "a b&c")];
    let mut form = reqwest::multipart::Form::new();
    for (name, value) in fields {
        form = form.text(name, value);
    }
    let requests = [
        peer.http.get(&url).query(&fields),
        peer.http.post(&url).form(&fields),
        peer.http.post(&url).multipart(form),
        peer.http.post(&url).json(&json!({"chat_id": 7, "text": "a b&c"})),
    ];
    for request in requests {
        let reply: serde_json::Value = request.send().await.expect("answer").json().await.expect("JSON");
        assert_eq!(reply["result"]["text"], "a b&c", "{reply}");
    }
    // Lists inside a form are JSON text, as clients send them with setWebhook.
    let form = reqwest::multipart::Form::new()
        .text("url", "http://127.0.0.1:9/tg")
        .text("allowed_updates", r#"["message","my_chat_member"]"#)
        .text("max_connections", "7");
    let url = format!("{}/bot{}/SetWebhook", peer.url, bot.token);
    peer.http.post(&url).multipart(form).send().await.expect("answer");
    let info = peer.ok(&bot.token, "getWebhookInfo", json!({})).await;
    assert_eq!(
        (&info["allowed_updates"], &info["max_connections"]),
        (&json!(["message", "my_chat_member"]), &json!(7))
    );
}
