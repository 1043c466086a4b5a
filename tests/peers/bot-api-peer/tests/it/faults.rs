use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::support::Peer;

#[tokio::test]
async fn answers_with_an_error_send_nothing_and_end_after_their_times() {
    let peer = Peer::start();
    let bot = peer.bot("shop_bot").await;
    peer.says(&bot, 7, "hi").await;
    let table = [
        (
            json!({"fault": "429", "retry_after": 7}),
            429,
            "Too Many Requests: retry after 7",
        ),
        (json!({"fault": "401"}), 401, "Unauthorized"),
        (
            json!({"fault": "403_blocked"}),
            403,
            "Forbidden: bot was blocked by the user",
        ),
        (
            json!({"fault": "403_kicked"}),
            403,
            "Forbidden: bot was kicked from the group chat",
        ),
        (
            json!({"fault": "400", "description": "Bad Request: odd"}),
            400,
            "Bad Request: odd",
        ),
        (json!({"fault": "500"}), 500, "Internal Server Error"),
    ];
    for (mut fault, status, why) in table {
        fault["method"] = json!("SendMessage");
        fault["bot"] = json!(bot.token);
        fault["chat"] = json!(7);
        fault["times"] = json!(1);
        peer.sim("faults", fault.clone()).await;
        let body = json!({"chat_id": 7, "text": "x"});
        assert_eq!(
            peer.refusal(&bot.token, "sendMessage", body).await,
            (status, why.to_owned()),
            "{fault}"
        );
    }
    assert_eq!(peer.read("sent").await["sent"], json!([]));
    peer.send(&bot.token, 7, "fine").await;
    let calls = peer.read("calls?method=sendmessage").await;
    let seen: Vec<_> = calls["calls"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| (row["status"].clone(), row["fault"].clone()))
        .collect();
    assert_eq!(seen[0], (json!(429), json!("429")));
    assert_eq!(seen[6], (json!(200), json!(null)));
    assert!(!calls.to_string().contains(&bot.token));
}

#[tokio::test]
async fn a_fault_hits_only_what_it_names_until_it_is_removed() {
    let peer = Peer::start();
    let (one, two) = (peer.bot("one_bot").await, peer.bot("two_bot").await);
    for bot in [&one, &two] {
        peer.says(bot, 7, "hi").await;
        peer.says(bot, 8, "hi").await;
    }
    peer.sim("faults", json!({"bot": one.id, "chat": 7, "fault": "500"}))
        .await;
    for _ in 0..3 {
        assert_eq!(
            peer.refusal(&one.token, "sendMessage", json!({"chat_id": 7, "text": "x"}))
                .await
                .0,
            500
        );
    }
    peer.send(&one.token, 8, "x").await;
    peer.send(&two.token, 7, "x").await;
    assert_eq!(peer.read("faults").await[0]["hits"], 3);
    assert_eq!(peer.delete("faults").await, json!({"removed": 1}));
    peer.send(&one.token, 7, "x").await;
}

#[tokio::test]
async fn html_slow_and_cut_connections() {
    let peer = Peer::start();
    let bot = peer.bot("shop_bot").await;
    peer.says(&bot, 7, "hi").await;
    let url = format!("{}/bot{}/sendMessage", peer.url, bot.token);
    let send = |text: &'static str| {
        peer.http
            .post(&url)
            .json(&json!({"chat_id": 7, "text": text}))
            .send()
    };

    peer.sim("faults", json!({"fault": "html", "times": 1})).await;
    let response = send("html").await.expect("answer");
    assert_eq!(
        (
            response.status().as_u16(),
            response.headers()["content-type"].clone()
        ),
        (502, "text/html".parse().expect("header"))
    );
    assert!(
        response
            .text()
            .await
            .expect("text")
            .contains("<h1>502 Bad Gateway</h1>")
    );

    peer.sim("faults", json!({"fault": "slow", "ms": 60, "times": 1}))
        .await;
    send("slow").await.expect("answer");
    let calls = peer.read("calls?method=sendMessage").await;
    assert!(calls["calls"][1]["took_ms"].as_i64() >= Some(60), "{calls}");

    for (fault, text) in [
        (json!({"fault": "cut_before", "times": 1}), "before"),
        (json!({"fault": "cut_after", "times": 1}), "after"),
        (json!({"fault": "hang", "ms": 20, "times": 1}), "hang"),
    ] {
        peer.sim("faults", fault).await;
        let error = send(text).await.expect_err("no answer");
        assert!(error.is_request() && !error.is_timeout(), "{error:?}");
    }
    let sent = peer.read("sent").await;
    let seen: Vec<_> = sent["sent"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| (row["text"].clone(), row["answer_cut"].clone()))
        .collect();
    assert_eq!(
        seen,
        [(json!("slow"), json!(false)), (json!("after"), json!(true))]
    );
    send("still alive").await.expect("answer");
}

#[tokio::test]
async fn sigterm_ends_open_polls_and_the_log_file_is_whole() {
    let folder = std::env::temp_dir().join(format!("bot-api-peer-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("folder");
    let log = folder.join("peer.log");
    let mut peer = Peer::start_with(&["--log", log.to_str().expect("UTF-8")]);
    let bot = peer.bot("shop_bot").await;
    peer.says(&bot, 7, "hi").await;
    peer.drain(&bot.token).await;
    peer.send(&bot.token, 7, "fine").await;
    let process = peer.process.id().to_string();
    let kill = || {
        std::process::Command::new("kill")
            .args(["-TERM", &process])
            .status()
    };
    // An older poll that ends with 409 proves that the newer one is open when the signal comes.
    let poll = || Box::pin(peer.call(&bot.token, "getUpdates", json!({"timeout": 30})));
    let ((older, _), newer) = futures_util::future::select(poll(), poll()).await.factor_first();
    assert_eq!(older, 409);
    assert!(kill().expect("kill").success());
    assert_eq!(newer.await, (200, json!({"ok": true, "result": []})));
    let status = tokio::task::spawn_blocking(move || {
        let status = peer.process.wait();
        (status, peer)
    });
    let (status, _peer) = status.await.expect("joined");
    assert_eq!(status.expect("ended").code(), Some(0));
    let rows: Vec<Value> = std::fs::read_to_string(&log)
        .expect("log")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON line"))
        .collect();
    assert!(rows.iter().any(|row| row["sent"]["text"] == "fine"));
    assert!(rows.iter().any(|row| row["delivery"]["acknowledged"] == true));
    assert!(rows.iter().any(|row| row["call"]["method"] == "sendmessage"));
    std::fs::remove_dir_all(&folder).expect("cleaned");
}
