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
