//! Requests of the walk about chats, channels and groups that need something to be there.

use serde_json::{Value, json};

use super::{
    walk::{Sample, Scene},
    walk_samples::{bot, connected, group as met_group},
};

/// A channel, with a body for what is done to it.
pub async fn channel(scene: &Scene, body: Option<Value>) -> Sample {
    Sample::with_id(connected(scene).await, body)
}

/// A bot that gets its own token again.
pub async fn token(scene: &Scene) -> Sample {
    let body = bot(scene).await.body.unwrap();
    let owner = &scene.owner;
    let card = owner
        .post(&owner.at("/channels/telegram-bots"), body.clone())
        .await
        .expect(201);
    Sample::with_id(
        card["id"].as_str().unwrap(),
        Some(json!({"token": body["token"]})),
    )
}

/// A customers' group, with a body for what is done to it.
pub async fn group(scene: &Scene, body: Option<Value>) -> Sample {
    let mut sample = met_group(scene).await;
    sample.body = body;
    sample
}

pub async fn new_bind_code(scene: &Scene) -> Sample {
    let account = connected(scene).await;
    Sample::plain(Some(json!({"purpose": "customer_group", "account": account})))
}

pub async fn bind_code(scene: &Scene) -> Sample {
    let body = new_bind_code(scene).await.body.unwrap();
    let owner = &scene.owner;
    let made = owner.post(&owner.at("/bind-codes"), body).await.expect(201);
    Sample::with_id(made["code"].as_str().unwrap(), None)
}
