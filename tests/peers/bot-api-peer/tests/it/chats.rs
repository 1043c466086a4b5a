use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::support::Peer;

#[tokio::test]
async fn privacy_mode_hides_ordinary_messages() {
    let peer = Peer::start();
    let private = peer.bot("private_bot").await;
    let open = peer
        .sim(
            "bots",
            json!({"username": "open_bot", "can_read_all_group_messages": true}),
        )
        .await;
    let open = open["token"].as_str().expect("token").to_owned();
    let admin = peer.bot("admin_bot").await;
    let tokens = [&private.token, &open, &admin.token];
    let group = peer
        .group(json!({"title": "G", "members": [7], "bots": tokens}))
        .await;
    peer.sim(&format!("groups/{group}/promote"), json!({"bot": admin.token}))
        .await;
    let say = |body: Value| {
        let mut body = body;
        body["chat"] = json!(group);
        body["from"] = json!(7);
        let peer = &peer;
        async move { peer.sim("say", body).await }
    };
    let bots_told = |said: &Value| said["updates"].as_array().map(Vec::len);

    assert_eq!(bots_told(&say(json!({"text": "481 refill"})).await), Some(2));
    assert_eq!(bots_told(&say(json!({"text": "/start"})).await), Some(3));
    let reply_to = peer.send(&private.token, group, "hello").await["message_id"].clone();
    peer.send(&admin.token, group, "hello too").await;
    assert_eq!(bots_told(&say(json!({"text": "/later"})).await), Some(2));
    assert_eq!(
        bots_told(&say(json!({"text": "/refill@Private_Bot 1"})).await),
        Some(3)
    );
    assert_eq!(
        bots_told(&say(json!({"text": "/refill@other_bot 1"})).await),
        Some(2)
    );
    assert_eq!(
        bots_told(&say(json!({"caption": "see @private_bot", "photo": true})).await),
        Some(3)
    );
    assert_eq!(
        bots_told(&say(json!({"text": "yes", "reply_to": reply_to})).await),
        Some(3)
    );

    let seen = peer.texts(&private.token).await;
    assert_eq!(seen, ["/start", "/refill@Private_Bot 1", "yes"]);
    let all = [
        "481 refill",
        "/start",
        "/later",
        "/refill@Private_Bot 1",
        "/refill@other_bot 1",
        "yes",
    ];
    assert_eq!(peer.texts(&open).await, all);
    assert_eq!(peer.texts(&admin.token).await, all);
    // Bots do not hear one another, not even without privacy mode.
    assert_eq!(peer.read("pending").await["count"], 0);
}

#[tokio::test]
async fn membership_is_told_and_shown() {
    let peer = Peer::start();
    let bot = peer.bot("shop_bot").await;
    peer.sim("users", json!({"id": 7, "first_name": "Ann", "username": "ann"}))
        .await;
    let group = peer
        .group(json!({"title": "G", "type": "supergroup", "members": [7]}))
        .await;
    let path = |what: &str| format!("groups/{group}/{what}");
    let seen = async || {
        let updates = peer.drain(&bot.token).await;
        let change = updates
            .iter()
            .find(|update| update["my_chat_member"].is_object())
            .cloned();
        let change = change.expect("a my_chat_member update")["my_chat_member"].clone();
        let of = |which: &str| change[which]["status"].as_str().expect("status").to_owned();
        assert_eq!(change["new_chat_member"]["user"]["id"], bot.id);
        (of("old_chat_member"), of("new_chat_member"))
    };
    let pair = |old: &str, new: &str| (old.to_owned(), new.to_owned());
    let member = async |user: i64| {
        let body = json!({"chat_id": group, "user_id": user});
        peer.ok(&bot.token, "getChatMember", body).await["status"].clone()
    };

    peer.sim(&path("members"), json!({"bot": bot.token, "by": 7}))
        .await;
    assert_eq!(seen().await, pair("left", "member"));
    assert_eq!(
        (member(bot.id).await, member(7).await),
        (json!("member"), json!("creator"))
    );
    peer.sim(&path("promote"), json!({"bot": bot.token})).await;
    assert_eq!(seen().await, pair("member", "administrator"));
    assert_eq!(member(bot.id).await, "administrator");
    peer.sim(&path("members"), json!({"user": 8})).await;
    let joined = peer.drain(&bot.token).await;
    assert_eq!(joined[0]["message"]["new_chat_members"][0]["id"], 8);
    let chat = peer.ok(&bot.token, "getChat", json!({"chat_id": group})).await;
    assert_eq!(
        (&chat["title"], &chat["type"]),
        (&json!("G"), &json!("supergroup"))
    );
    peer.sim(&path("remove"), json!({"bot": bot.token})).await;
    assert_eq!(seen().await, pair("administrator", "kicked"));
    assert_eq!(
        peer.refusal(&bot.token, "getChat", json!({"chat_id": group}))
            .await
            .0,
        403
    );

    // Blocking in a private chat is told in the same way.
    peer.says(&bot, 7, "hi").await;
    peer.drain(&bot.token).await;
    peer.sim("block", json!({"bot": bot.token, "user": 7})).await;
    assert_eq!(seen().await, pair("member", "kicked"));
    assert_eq!(
        peer.try_sim("say", json!({"bot": bot.token, "from": 7, "text": "x"}))
            .await
            .0,
        409
    );
}

#[tokio::test]
async fn a_group_migrates() {
    let peer = Peer::start();
    let bot = peer.bot("shop_bot").await;
    let group = peer
        .group(json!({"title": "G", "members": [7], "bots": [bot.token]}))
        .await;
    peer.drain(&bot.token).await;
    let new = peer.sim("migrate", json!({"group": group})).await["to"]
        .as_i64()
        .expect("id");
    assert!(new <= -1_000_000_000_000);
    let updates = peer.drain(&bot.token).await;
    let of = |at: usize| &updates[at]["message"];
    assert_eq!(
        (&of(0)["chat"]["id"], &of(0)["migrate_to_chat_id"]),
        (&json!(group), &json!(new))
    );
    assert_eq!(
        (&of(1)["chat"]["id"], &of(1)["migrate_from_chat_id"]),
        (&json!(new), &json!(group))
    );
    assert_eq!(of(1)["message_id"], 1);
    let (status, reply) = peer
        .call(&bot.token, "sendMessage", json!({"chat_id": group, "text": "x"}))
        .await;
    assert_eq!(
        (status, &reply["parameters"]),
        (400, &json!({"migrate_to_chat_id": new}))
    );
    assert_eq!(
        reply["description"],
        "Bad Request: group chat was upgraded to a supergroup chat"
    );
    let sent = peer.send(&bot.token, new, "x").await;
    assert_eq!(sent["chat"]["type"], "supergroup");
    assert_eq!(
        peer.try_sim("say", json!({"chat": group, "from": 7, "text": "x"}))
            .await
            .0,
        409
    );
}

#[tokio::test]
async fn forum_topics_keep_their_messages() {
    let peer = Peer::start();
    let bot = peer.bot("shop_bot").await;
    let body =
        json!({"title": "F", "type": "supergroup", "is_forum": true, "members": [7], "bots": [bot.token]});
    let group = peer.group(body).await;
    let opened = peer
        .sim(&format!("groups/{group}/topics"), json!({"name": "Orders"}))
        .await;
    let topic = opened["topic"].as_i64().expect("id");
    peer.drain(&bot.token).await;
    let said = peer
        .sim(
            "say",
            json!({"chat": group, "from": 7, "text": "/refill 1", "topic": topic}),
        )
        .await;
    let message = &peer.drain(&bot.token).await[0]["message"];
    assert_eq!(message["message_thread_id"], topic);
    assert_eq!(message["is_topic_message"], true);
    assert_eq!(message["chat"]["is_forum"], true);
    assert_eq!(
        message["reply_to_message"]["forum_topic_created"]["name"],
        "Orders"
    );
    // The topic of a reply is that of what it answers.
    let body =
        json!({"chat_id": group, "text": "ok", "reply_parameters": {"message_id": said["message_id"]}});
    assert_eq!(
        peer.ok(&bot.token, "sendMessage", body).await["message_thread_id"],
        topic
    );
    let body = json!({"chat_id": group, "text": "ok", "message_thread_id": topic});
    peer.ok(&bot.token, "sendMessage", body.clone()).await;
    let rows = peer.read(&format!("sent?chat={group}")).await;
    assert_eq!(
        (&rows["sent"][0]["topic"], &rows["sent"][1]["topic"]),
        (&json!(topic), &json!(topic))
    );
    peer.patch(&format!("groups/{group}/topics/{topic}"), json!({"closed": true}))
        .await;
    assert_eq!(
        peer.refusal(&bot.token, "sendMessage", body).await.1,
        "Bad Request: TOPIC_CLOSED"
    );
}

#[tokio::test]
async fn raw_fields_and_raw_updates_pass_through() {
    let peer = Peer::start();
    let bot = peer.bot("shop_bot").await;
    let said = json!({
        "bot": bot.id, "from": 7, "text": "481 refill", "update_id": 3_000_000_000_u32,
        "raw": {"entities": [{"type": "from_the_future", "offset": 0, "length": 3}], "date": null},
    });
    peer.sim("say", said).await;
    peer.sim(
        "update",
        json!({"bot": bot.token, "update": {"poem": {"chat": {"id": 7}, "lines": 4}}}),
    )
    .await;
    peer.sim(
        "say",
        json!({"bot": bot.id, "chat": 8, "from": 8, "caption": "x", "photo": true}),
    )
    .await;
    let updates = peer.ok(&bot.token, "getUpdates", json!({})).await;
    assert_eq!(updates[0]["update_id"], 3_000_000_000_u32);
    assert_eq!(updates[0]["message"]["entities"][0]["type"], "from_the_future");
    assert_eq!(updates[0]["message"]["date"], json!(null));
    assert_eq!(updates[1]["poem"]["lines"], 4);
    assert_eq!(updates[2]["message"]["photo"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        peer.http
            .post(format!("{}/sim/say", peer.url))
            .json(&json!({"bot": bot.id, "from": 7, "txt": "typo"}))
            .send()
            .await
            .expect("answer")
            .status(),
        422
    );
}
