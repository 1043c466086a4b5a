//! Requests of the walk that need something to be there.

use serde_json::json;
use switchboard_domain::{
    channel::ChatKind,
    id::{AccountId, ChatId},
};
use switchboard_store::tenant::chats::{ChatMode, NewChat};
use switchboard_testkit::app::PASSWORD;

use super::walk::{Sample, Scene};

pub async fn login(scene: &Scene) -> Sample {
    Sample::plain(Some(
        json!({"username": scene.owner.username, "password": PASSWORD}),
    ))
}

/// A bot that nobody has connected.
pub async fn bot(scene: &Scene) -> Sample {
    let unique = scene.app.app.hub.clock.uuid().simple().to_string();
    let (_, token) = scene.bots.bot(&format!("Shop{}Bot", &unique[20..])).await;
    Sample::plain(Some(json!({"name": format!("Support {unique}"), "token": token})))
}

async fn connected(scene: &Scene) -> String {
    let sample = bot(scene).await;
    let owner = &scene.owner;
    let card = owner
        .post(&owner.at("/channels/telegram-bots"), sample.body.unwrap())
        .await
        .expect(201);
    card["id"].as_str().unwrap().to_owned()
}

pub async fn channel(scene: &Scene) -> Sample {
    Sample::with_id(connected(scene).await, None)
}

/// A group of customers, met and still off.
pub async fn group(scene: &Scene) -> Sample {
    let account: AccountId = connected(scene).await.parse::<uuid::Uuid>().unwrap().into();
    let hub = &scene.app.app.hub;
    let new = NewChat {
        id: ChatId::from_uuid(hub.clock.uuid()),
        account_id: account,
        network_id: "-1001234567890".to_owned(),
        kind: ChatKind::Group,
        title: "Customers".to_owned(),
        mode: ChatMode::Off,
    };
    let mut tx = hub.db.begin(scene.owner.scope()).await.unwrap();
    let chat = tx.chats().upsert(&new, hub.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    Sample::with_id(chat.id.uuid(), Some(json!({"mode": "support"})))
}
