//! `…/channels` and `…/chats/{id}/mode`

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use switchboard_testkit::{TestApp, User, app::Setup, world::BotPeer};

struct Scene {
    app: TestApp,
    bots: BotPeer,
    _folder: tempfile::TempDir,
}

async fn scene() -> Scene {
    let folder = tempfile::tempdir().unwrap();
    let bots = BotPeer::alone(folder.path()).await;
    let app = TestApp::with(Setup {
        telegram: bots.url().parse().unwrap(),
        ..Setup::default()
    })
    .await;
    Scene {
        app,
        bots,
        _folder: folder,
    }
}

async fn connect(owner: &User, name: &str, token: &str) -> Value {
    owner
        .post(
            &owner.at("/channels/telegram-bots"),
            json!({"name": name, "token": token}),
        )
        .await
        .expect(201)
}

#[tokio::test]
async fn a_bot_is_connected_by_its_token() {
    let scene = scene().await;
    let asha = scene.app.owner("asha").await;
    assert_eq!(asha.get(&asha.at("/channels")).await.expect(200), json!([]));
    let (_, token) = scene.bots.bot("HimalSupportBot").await;
    let card = connect(&asha, "Support", &format!("  {token}\n")).await;
    assert_eq!(card["username"], json!("HimalSupportBot"));
    assert_eq!(card["state"], json!("connecting"));
    assert_eq!(card["today"], json!({"in": 0, "out": 0, "refused": 0}));
    let listed = asha.get(&asha.at("/channels")).await;
    assert_eq!(listed.expect(200)[0]["id"], card["id"]);
    assert!(!listed.text.contains(&token), "a token is never shown again");

    let again = connect(&asha, "Support", &token).await;
    assert_eq!(
        again["id"], card["id"],
        "the same bot with a new token is no second channel"
    );
}

#[tokio::test]
async fn a_wrong_token_is_told_at_its_field() {
    let scene = scene().await;
    let asha = scene.app.owner("asha").await;
    let at = asha.at("/channels/telegram-bots");
    for (body, errors) in [
        (
            json!({"name": " ", "token": ""}),
            vec!["name: required", "token: required"],
        ),
        (
            json!({"name": "Support", "token": "not a token"}),
            vec!["token: malformed"],
        ),
        (
            json!({"name": "Support", "token": "123456789:AAxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}),
            vec!["token: rejected"],
        ),
    ] {
        let answer = asha.post(&at, body.clone()).await;
        assert_eq!(answer.field_errors(), errors, "{body}");
    }
    assert_eq!(asha.get(&asha.at("/channels")).await.expect(200), json!([]));
}

#[tokio::test]
async fn a_bot_belongs_to_one_shop() {
    let scene = scene().await;
    let (asha, binod) = (scene.app.owner("asha").await, scene.app.owner("binod").await);
    let (_, token) = scene.bots.bot("HimalSupportBot").await;
    let card = connect(&asha, "Support", &token).await;
    binod
        .post(
            &binod.at("/channels/telegram-bots"),
            json!({"name": "Mine", "token": token}),
        )
        .await
        .problem(409, "channel-taken");
    let foreign = format!("/channels/{}/groups", card["id"].as_str().unwrap());
    binod.get(&binod.at(&foreign)).await.problem(404, "not-found");
    assert_eq!(asha.get(&asha.at(&foreign)).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn a_channel_is_renamed_switched_off_and_disconnected() {
    let scene = scene().await;
    let asha = scene.app.owner("asha").await;
    let (_, token) = scene.bots.bot("HimalSupportBot").await;
    let (_, other) = scene.bots.bot("HimalOtherBot").await;
    let card = connect(&asha, "Support", &token).await;
    connect(&asha, "Other", &other).await;
    let at = asha.at(&format!("/channels/{}", card["id"].as_str().unwrap()));
    let renamed = asha.patch(&at, json!({"name": " Help "})).await.expect(200);
    assert_eq!(renamed["name"], json!("Help"));
    for (body, errors) in [
        (json!({"name": " "}), "name: required"),
        (json!({"name": "x".repeat(61)}), "name: too-long"),
        (json!({"name": "Other"}), "name: taken"),
    ] {
        assert_eq!(asha.patch(&at, body).await.field_errors(), [errors]);
    }
    let off = asha.patch(&at, json!({"enabled": false})).await.expect(200);
    assert_eq!(off["state"], json!("disabled"));
    assert_eq!(off["history"][0]["state"], json!("disabled"));
    asha.post(&format!("{at}/check"), json!({}))
        .await
        .problem(409, "wrong-state");
    let on = asha.patch(&at, json!({"enabled": true})).await.expect(200);
    assert_eq!(on["state"], json!("connecting"));

    // The same bot's next token is taken, another bot's is not.
    let answer = asha.post(&format!("{at}/token"), json!({"token": other})).await;
    assert_eq!(answer.field_errors(), ["token: other-bot"]);
    let answer = asha
        .post(&format!("{at}/token"), json!({"token": "nonsense"}))
        .await;
    assert_eq!(answer.field_errors(), ["token: malformed"]);
    asha.post(&format!("{at}/token"), json!({"token": token}))
        .await
        .expect(200);

    asha.delete(&at).await.expect(204);
    asha.get(&format!("{at}/groups")).await.problem(404, "not-found");
    let left = asha.get(&asha.at("/channels")).await.expect(200);
    assert_eq!(left.as_array().unwrap().len(), 1);
    // Free for another shop; and when it comes back, it is the same channel with its chats.
    let binod = scene.app.owner("binod").await;
    let his = connect(&binod, "Mine", &token).await;
    binod
        .delete(&binod.at(&format!("/channels/{}", his["id"].as_str().unwrap())))
        .await
        .expect(204);
    let again = connect(&asha, "Help", &token).await;
    assert_eq!((&again["id"], &again["name"]), (&card["id"], &json!("Help")));
}

#[tokio::test]
async fn a_check_says_what_the_network_says() {
    let scene = scene().await;
    let asha = scene.app.owner("asha").await;
    let (bot, token) = scene.bots.bot("HimalSupportBot").await;
    let card = connect(&asha, "Support", &token).await;
    assert_eq!(card["privacy_warning"], Value::Null);
    let at = asha.at(&format!("/channels/{}/check", card["id"].as_str().unwrap()));
    scene
        .bots
        .patch(
            &format!("/sim/bots/{bot}"),
            json!({"can_read_all_group_messages": false}),
        )
        .await;
    let warned = asha.post(&at, json!({})).await.expect(200);
    assert!(
        warned["privacy_warning"].as_str().unwrap().contains("BotFather"),
        "{warned}"
    );
    scene
        .bots
        .patch(&format!("/sim/bots/{bot}"), json!({"revoked": true}))
        .await;
    let revoked = asha.post(&at, json!({})).await.expect(200);
    assert_eq!(revoked["state"], json!("logged_out"));
    assert_eq!(
        revoked["state_text"],
        json!("The chat network no longer accepts this account's token.")
    );
    assert!(revoked["next"].as_str().unwrap().contains("@BotFather"));
}
