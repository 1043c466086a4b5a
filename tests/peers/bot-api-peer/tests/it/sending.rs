use pretty_assertions::assert_eq;
use serde_json::json;

use crate::support::Peer;

#[tokio::test]
async fn a_sent_message_is_answered_logged_and_waited_for() {
    let peer = Peer::start();
    let bot = peer.bot("shop_bot").await;
    let said = peer
        .sim("say", json!({"bot": bot.token, "from": 7, "text": "481 refill"}))
        .await;
    let wait = peer.read("wait?sent=1&chat=7&timeout_ms=20000");
    let send = peer.ok(
        &bot.token,
        "sendMessage",
        json!({"chat_id": 7, "text": " done \n", "reply_parameters": {"message_id": said["message_id"]}}),
    );
    let (waited, sent) = tokio::join!(wait, send);
    assert_eq!(sent["text"], "done");
    assert_eq!(sent["from"]["id"], bot.id);
    assert_eq!(sent["reply_to_message"]["text"], "481 refill");
    let row = &waited["sent"][0];
    assert_eq!(
        (
            &row["bot"],
            &row["chat"],
            &row["text"],
            &row["reply_to"],
            &row["message_id"]
        ),
        (
            &json!(bot.id),
            &json!(7),
            &json!("done"),
            &said["message_id"],
            &sent["message_id"]
        )
    );
    assert!(row["at_ms"].as_i64() >= said["at_ms"].as_i64());
    let since = row["seq"].to_string();
    assert_eq!(peer.read(&format!("sent?since={since}")).await["sent"], json!([]));
    let unreached = peer
        .http
        .get(format!("{}/sim/wait?sent=5&timeout_ms=1", peer.url))
        .send()
        .await;
    assert_eq!(unreached.expect("answer").status(), 408);
    peer.delete("log").await;
    assert_eq!(peer.read("sent").await["sent"], json!([]));
}

#[tokio::test]
async fn refusals_have_telegrams_words() {
    let peer = Peer::start();
    let bot = peer.bot("shop_bot").await;
    for user in [7, 8, 9] {
        peer.says(&bot, user, "hi").await;
    }
    peer.sim("block", json!({"bot": bot.token, "user": 8})).await;
    peer.patch("users/9", json!({"deactivated": true})).await;
    let group = peer
        .group(json!({"title": "G", "members": [7, 10], "bots": [bot.token]}))
        .await;
    let kicked = peer
        .group(json!({"title": "K", "type": "supergroup", "bots": [bot.token]}))
        .await;
    peer.sim(&format!("groups/{kicked}/remove"), json!({"bot": bot.token}))
        .await;
    let left = peer.group(json!({"title": "L", "bots": [bot.token]})).await;
    peer.ok(&bot.token, "leaveChat", json!({"chat_id": left})).await;
    let foreign = peer.group(json!({"title": "F"})).await;

    let long = "😀".repeat(2_049);
    let table = [
        (
            json!({"chat_id": 7, "text": long}),
            400,
            "Bad Request: message is too long",
        ),
        (
            json!({"chat_id": 7, "text": "  "}),
            400,
            "Bad Request: message text is empty",
        ),
        (json!({"text": "x"}), 400, "Bad Request: chat_id is empty"),
        (
            json!({"chat_id": 99, "text": "x"}),
            400,
            "Bad Request: chat not found",
        ),
        (
            json!({"chat_id": "@nobody", "text": "x"}),
            400,
            "Bad Request: chat not found",
        ),
        (
            json!({"chat_id": foreign, "text": "x"}),
            400,
            "Bad Request: chat not found",
        ),
        (
            json!({"chat_id": 8, "text": "x"}),
            403,
            "Forbidden: bot was blocked by the user",
        ),
        (
            json!({"chat_id": 9, "text": "x"}),
            403,
            "Forbidden: user is deactivated",
        ),
        (
            json!({"chat_id": 10, "text": "x"}),
            403,
            "Forbidden: bot can't initiate conversation with a user",
        ),
        (
            json!({"chat_id": kicked, "text": "x"}),
            403,
            "Forbidden: bot was kicked from the supergroup chat",
        ),
        (
            json!({"chat_id": left, "text": "x"}),
            403,
            "Forbidden: bot is not a member of the group chat",
        ),
        (
            json!({"chat_id": group, "text": "x", "message_thread_id": 5}),
            400,
            "Bad Request: message thread not found",
        ),
        (
            json!({"chat_id": 7, "text": "x", "reply_parameters": {"message_id": 999}}),
            400,
            "Bad Request: message to be replied not found",
        ),
        (
            json!({"chat_id": 7, "text": "<x>", "parse_mode": "HTML"}),
            400,
            "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 0",
        ),
    ];
    for (body, status, why) in table {
        let refusal = peer.refusal(&bot.token, "sendMessage", body.clone()).await;
        assert_eq!(refusal, (status, why.to_owned()), "{body}");
    }
    assert_eq!(peer.read("sent").await["sent"], json!([]));
    // Exactly 4096 UTF-16 units pass, and so does a lenient reply.
    peer.send(&bot.token, 7, &"😀".repeat(2_048)).await;
    let lenient = json!({
        "chat_id": 7, "text": "x", "reply_parameters": {"message_id": 999, "allow_sending_without_reply": true},
    });
    peer.ok(&bot.token, "sendMessage", lenient).await;
    peer.sim("unblock", json!({"bot": bot.token, "user": 8})).await;
    peer.send(&bot.token, 8, "back").await;
}

#[tokio::test]
async fn edits_and_buttons() {
    let peer = Peer::start();
    let bot = peer.bot("shop_bot").await;
    let said = peer
        .sim("say", json!({"bot": bot.token, "from": 7, "text": "hi"}))
        .await;
    let markup = json!({"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]});
    let body = json!({"chat_id": 7, "text": "<b>Sure</b>?", "parse_mode": "HTML", "reply_markup": markup});
    let sent = peer.ok(&bot.token, "sendMessage", body).await;
    assert_eq!(sent["text"], "Sure?");
    assert_eq!(
        sent["entities"],
        json!([{"type": "bold", "offset": 0, "length": 4}])
    );
    assert_eq!(sent["reply_markup"], markup);
    peer.drain(&bot.token).await;

    let id = &sent["message_id"];
    let press = json!({"bot": bot.token, "chat": 7, "message_id": id, "from": 7, "data": "yes"});
    let pressed = peer.sim("press", press).await;
    let query = &peer.drain(&bot.token).await[0]["callback_query"];
    assert_eq!(
        (&query["data"], &query["message"]["message_id"]),
        (&json!("yes"), id)
    );
    let answer = json!({"callback_query_id": pressed["callback_query_id"]});
    peer.ok(&bot.token, "answerCallbackQuery", answer.clone()).await;
    assert_eq!(
        peer.refusal(&bot.token, "answerCallbackQuery", answer).await.0,
        400
    );

    let edit = json!({"chat_id": 7, "message_id": id, "text": "Done"});
    let edited = peer.ok(&bot.token, "editMessageText", edit.clone()).await;
    assert_eq!(
        (&edited["text"], &edited["reply_markup"]),
        (&json!("Done"), &json!(null))
    );
    let (_, why) = peer.refusal(&bot.token, "editMessageText", edit).await;
    assert!(why.starts_with("Bad Request: message is not modified"), "{why}");
    for (message_id, why) in [
        (json!(999), "Bad Request: message to edit not found"),
        (said["message_id"].clone(), "Bad Request: message can't be edited"),
    ] {
        let body = json!({"chat_id": 7, "message_id": message_id, "text": "x"});
        assert_eq!(
            peer.refusal(&bot.token, "editMessageText", body).await,
            (400, why.to_owned())
        );
    }
    let methods = peer.read("sent").await;
    assert_eq!(
        methods["sent"]
            .as_array()
            .map(|rows| rows.iter().map(|row| row["method"].clone()).collect::<Vec<_>>()),
        Some(vec![json!("sendMessage"), json!("editMessageText")])
    );

    let body =
        json!({"bot": bot.token, "chat": 7, "message_id": said["message_id"], "text": "hello /refill"});
    peer.sim("edit", body).await;
    let update = &peer.drain(&bot.token).await[0]["edited_message"];
    assert_eq!(update["text"], "hello /refill");
    assert_eq!(update["entities"][0]["offset"], 6);
    assert!(update["edit_date"].is_i64());
}

#[tokio::test]
async fn limits_are_telegrams_and_off_by_default() {
    let peer = Peer::start();
    let bot = peer.bot("shop_bot").await;
    let group = peer
        .group(json!({"title": "G", "members": [7], "bots": [bot.token]}))
        .await;
    for _ in 0..25 {
        peer.send(&bot.token, group, "free").await;
    }
    peer.patch(&format!("bots/{}", bot.id), json!({"limits": true}))
        .await;
    let mut seen = Vec::new();
    for _ in 0..21 {
        seen.push(
            peer.call(&bot.token, "sendMessage", json!({"chat_id": group, "text": "x"}))
                .await,
        );
    }
    let refused: Vec<_> = seen.iter().filter(|(status, _)| *status == 429).collect();
    assert_eq!(refused.len(), 1);
    let retry_after = refused[0].1["parameters"]["retry_after"]
        .as_i64()
        .expect("seconds");
    assert!((30..=60).contains(&retry_after), "{retry_after}");
    assert_eq!(
        refused[0].1["description"],
        format!("Too Many Requests: retry after {retry_after}")
    );
}
