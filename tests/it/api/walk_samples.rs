//! Requests of the walk that need something to be there.

use std::sync::atomic::{AtomicU32, Ordering};

use secrecy::SecretString;
use serde_json::{Value, json};
use switchboard_domain::{
    access::Role,
    channel::ChatKind,
    id::{AccountId, ChatId},
};
use switchboard_platform::{Actor, accounts::Origin, users};
use switchboard_store::tenant::chats::{ChatMode, NewChat};
use switchboard_testkit::{User, app::PASSWORD};

use super::{
    shop::{Shop, request_of},
    walk::{Sample, Scene},
};

/// A name that nobody has yet.
fn fresh(what: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{what}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

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

pub async fn connected(scene: &Scene) -> String {
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

pub async fn sign_up(_: &Scene) -> Sample {
    Sample::plain(Some(json!({
        "username": fresh("new"), "password": PASSWORD, "whatsapp_number": "+977 9800000001",
        "telegram_username": "@new_shop", "panel_url": "https://panel.example", "panel_key": "0123456789abcdef",
        "accept_terms": true
    })))
}

/// An address that is not called.
pub fn private_panel() -> Value {
    json!({"panel_url": "http://10.0.0.1:8080", "panel_key": "0123456789abcdef"})
}

pub async fn used_link() -> Sample {
    let body = json!({"username": "somebody", "password": PASSWORD});
    Sample::with_id("0".repeat(64), Some(body))
}

pub fn same_password() -> Value {
    json!({"current": PASSWORD, "new": PASSWORD})
}

/// Another browser of the owner.
pub async fn session(scene: &Scene) -> Sample {
    let accounts = &scene.app.app.accounts;
    let origin = Origin {
        ip: [127, 0, 0, 1].into(),
        agent: "another browser".to_owned(),
    };
    let password = SecretString::from(PASSWORD);
    accounts
        .login(&scene.owner.username, &password, &origin)
        .await
        .unwrap();
    let sessions = accounts.sessions(scene.owner.id).await.unwrap();
    let other = sessions
        .iter()
        .find(|session| session.agent == "another browser")
        .unwrap();
    Sample::with_id(other.id, None)
}

async fn somebody(scene: &Scene) -> User {
    scene
        .app
        .person(&fresh("user"), scene.other.tenant, Role::Agent)
        .await
}

pub async fn user(scene: &Scene) -> Sample {
    let id = somebody(scene).await.id.uuid();
    Sample::with_id(id, Some(json!({"reason": "a test"})))
}

pub async fn suspended_user(scene: &Scene) -> Sample {
    let id = somebody(scene).await.id;
    users::change(
        &scene.app.app.db,
        &Actor::operator(),
        id,
        users::Change::Suspend,
        "a test",
    )
    .await
    .unwrap();
    Sample::with_id(id.uuid(), Some(json!({"reason": "a test"})))
}

pub async fn credits(scene: &Scene) -> Sample {
    let body = json!({"micros": 1_000_000, "reason": "a test"});
    Sample::with_id(scene.other.id.uuid(), Some(body))
}

/// A request of the owner's shop, which is opened with the first.
async fn a_request(scene: &Scene) -> uuid::Uuid {
    let list = scene.owner.get(&scene.owner.at("/requests")).await.expect(200);
    if let Some(id) = list["items"][0]["id"].as_str() {
        return id.parse().unwrap();
    }
    let shop = Shop::open(&scene.app, &scene.owner).await;
    shop.order("481799696", "In progress");
    shop.says("481799696 cancel").await;
    request_of(&scene.owner, "481799696").await
}

pub async fn request(scene: &Scene) -> Sample {
    Sample::with_id(a_request(scene).await, None)
}

pub async fn request_action(scene: &Scene) -> Sample {
    let id = a_request(scene).await;
    Sample::plain(Some(json!({"ids": [id], "action": "assign", "assignee": null})))
}

/// Keys of texts are the same for everybody, so they stand in the path as they are and not as an id of somebody's.
pub async fn reply(put: bool) -> Sample {
    let body = put.then(|| json!({"lang": "en", "text": "Write to us."}));
    Sample {
        keys: vec!["help".to_owned()],
        ..Sample::plain(body)
    }
}

pub async fn search() -> Sample {
    Sample {
        query: "?q=4817".to_owned(),
        ..Sample::plain(None)
    }
}
