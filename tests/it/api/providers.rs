//! Providers: aliases, names that only a reveal shows, routes, and those that orders name but nobody has named.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use switchboard_domain::{
    channel::{ChannelKind, ChatKind},
    id::{AccountId, ChatId, IdentityId, MessageId, RequestId},
    order::OrderId,
};
use switchboard_store::{
    tenant::{
        accounts::ChatAccount,
        chats::{ChatMode, ChatParty, NewChat},
        messages::NewMessage,
        requests::NewRequest,
    },
    vault::Sealed,
};
use switchboard_testkit::{TestApp, User};

/// A bot account, put there without a network.
pub async fn account(app: &TestApp, owner: &User) -> AccountId {
    let hub = &app.app.hub;
    let id = AccountId::from_uuid(hub.clock.uuid());
    let key = app.db.db.data_key(owner.scope().tenant()).await.unwrap();
    let account = ChatAccount {
        id,
        channel: ChannelKind::TelegramBot,
        name: format!("Support {id}"),
        network_id: id.to_string(),
        username: "support_bot".to_owned(),
        secret: Sealed::seal(&key, id.uuid(), &"a-token".to_owned().into()).unwrap(),
        state: "online".to_owned(),
        state_text: String::new(),
        reads_groups: true,
        is_disconnected: false,
        created_at: hub.clock.now(),
    };
    let mut tx = app.db.db.begin(owner.scope()).await.unwrap();
    tx.accounts().insert(&account).await.unwrap();
    tx.commit().await.unwrap();
    id
}

pub async fn group(app: &TestApp, owner: &User, account: AccountId, title: &str, party: ChatParty) -> ChatId {
    let hub = &app.app.hub;
    let new = NewChat {
        id: ChatId::from_uuid(hub.clock.uuid()),
        account_id: account,
        network_id: format!("-100{}", title.len() + 7),
        kind: ChatKind::Group,
        title: title.to_owned(),
        mode: ChatMode::Off,
    };
    let mut tx = app.db.db.begin(owner.scope()).await.unwrap();
    let chat = tx.chats().upsert(&new, hub.clock.now()).await.unwrap();
    if party != ChatParty::None {
        tx.chats().set_party(chat.id, party).await.unwrap();
    }
    tx.commit().await.unwrap();
    chat.id
}

/// A closed request on an order whose provider the panel writes so.
async fn seen(app: &TestApp, owner: &User, chat: ChatId, account: AccountId, order: &str, provider: &str) {
    let hub = &app.app.hub;
    let now = hub.clock.now();
    let mut tx = app.db.db.begin(owner.scope()).await.unwrap();
    let message = MessageId::from_uuid(hub.clock.uuid());
    let new = NewMessage {
        id: message,
        account_id: account,
        dedupe_key: &message.to_string(),
        raw: "{}",
        received_at: now,
    };
    tx.messages().store(&new).await.unwrap();
    let fresh = IdentityId::from_uuid(hub.clock.uuid());
    let identity = tx
        .people()
        .seen(fresh, ChannelKind::TelegramBot, "700000001", "Rina", now)
        .await
        .unwrap();
    let request = NewRequest {
        id: RequestId::from_uuid(hub.clock.uuid()),
        message,
        chat,
        identity,
        customer: None,
        panel: None,
        order: OrderId::new(order).unwrap(),
        command: "refill",
        opens: None,
        outcome: "staff".to_owned(),
        why: String::new(),
        staff_reason: None,
        order_status: None,
        provider: None,
        provider_name: Some(provider.to_owned()),
        external_ids: Vec::new(),
        act: None,
        attempt: 0,
        forward_command: None,
        forward: None,
        created_at: now,
        closed_at: Some(now),
    };
    tx.requests().insert(&[request]).await.unwrap();
    tx.commit().await.unwrap();
}

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

#[tokio::test]
async fn a_real_name_is_shown_by_reveal_alone() {
    let app = TestApp::start().await;
    let owner = app.owner("asha").await;
    let (bot, chat) = {
        let bot = account(&app, &owner).await;
        (
            bot,
            group(&app, &owner, bot, "Customers", ChatParty::Customer).await,
        )
    };
    for (order, provider) in [
        ("1001", "hidden-name.example"),
        ("1002", "Hidden-Name.example"),
        ("1003", "other-name.example"),
        ("1004", "N/A"),
    ] {
        seen(&app, &owner, chat, bot, order, provider).await;
    }
    let unrouted = owner.get(&owner.at("/providers/unrouted")).await;
    let list = unrouted.expect(200);
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 2, "{}", unrouted.text);
    assert!(!unrouted.text.to_lowercase().contains("name.example"));
    let hidden = list
        .iter()
        .find(|one| one["masked_name"].as_str().unwrap().to_lowercase() == "hi••••")
        .unwrap();
    assert_eq!(hidden["orders"], 2);
    assert_eq!(hidden["why"], "no_alias");

    let made = owner
        .post(
            &owner.at("/providers"),
            json!({"alias": "Kite", "names": [hidden["key"]]}),
        )
        .await;
    let row = made.expect(201);
    assert!(!made.text.to_lowercase().contains("hidden"));
    assert!(row["name_count"].as_u64().unwrap() >= 1);
    let at = owner.at(&format!("/providers/{}", id(&row)));
    let names = owner.post(&format!("{at}/reveal"), json!({})).await.expect(200);
    assert_eq!(
        names["names"][0].as_str().unwrap().to_lowercase(),
        "hidden-name.example"
    );
    let mut tx = app.db.db.begin(owner.scope()).await.unwrap();
    let looks: i64 = sqlx::query_scalar("SELECT count(*) FROM audit WHERE action = 'provider.reveal'")
        .fetch_one(tx.connection_for_tests())
        .await
        .unwrap();
    assert_eq!(looks, 1);
    drop(tx);
    let list = owner.get(&owner.at("/providers/unrouted")).await.expect(200);
    let kite = list
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["provider"]["alias"] == "Kite")
        .unwrap();
    assert_eq!(kite["why"], "no_route");
    for path in ["/providers", "/providers/unrouted"] {
        let text = owner.get(&owner.at(path)).await.text.to_lowercase();
        assert!(!text.contains("name.example"), "{path}");
    }
}

#[tokio::test]
async fn routes_are_made_changed_and_taken_away() {
    let app = TestApp::start().await;
    let owner = app.owner("asha").await;
    let bot = account(&app, &owner).await;
    let provider_group = group(&app, &owner, bot, "Provider", ChatParty::None).await;
    let customers = group(&app, &owner, bot, "Customers of ours", ChatParty::Customer).await;
    let row = owner
        .post(&owner.at("/providers"), json!({"alias": "Kite"}))
        .await
        .expect(201);
    let at = owner.at(&format!("/providers/{}", id(&row)));
    let routes = format!("{at}/routes");
    let chat = provider_group.uuid();
    let taken = owner.post(&routes, json!({"chat": customers.uuid()})).await;
    assert_eq!(taken.field_errors(), ["chat: customers-chat"]);
    for (body, error) in [
        (json!({"chat": uuid::Uuid::from_u128(7)}), "chat: unknown"),
        (json!({"chat": chat, "template": "{ids}"}), "template: invalid"),
        (json!({"chat": chat, "piece_size": 0}), "piece_size: invalid"),
        (json!({"chat": chat, "join_ms": 60_001}), "join_ms: too-long"),
        (json!({"chat": chat, "topic": "general"}), "topic: invalid"),
    ] {
        assert_eq!(owner.post(&routes, body).await.field_errors(), [error]);
    }
    let route = owner
        .post(&routes, json!({"chat": chat, "template": "{ids} | {command}"}))
        .await
        .expect(201);
    assert_eq!(route["preview"], "7450284,7450291 | refill");
    assert_eq!(route["chat"]["title"], "Provider");
    let twice = owner.post(&routes, json!({"chat": chat})).await;
    assert_eq!(twice.field_errors(), ["chat: taken"]);
    let route_at = format!("{routes}/{}", id(&route));
    let changed = owner
        .patch(&route_at, json!({"template": null, "piece_size": 1}))
        .await
        .expect(200);
    assert_eq!(changed["template"], Value::Null);
    assert_eq!(changed["piece_size"], 1);
    assert_eq!(changed["join_ms"], 2000);
    let shown = owner.get(&at).await.expect(200);
    assert_eq!(shown["routes"].as_array().unwrap().len(), 1);

    owner.delete(&route_at).await.expect(204);
    owner.delete(&route_at).await.problem(404, "not-found");
    let mut tx = app.db.db.begin(owner.scope()).await.unwrap();
    let freed = tx.chats().find(provider_group).await.unwrap().unwrap();
    assert_eq!(freed.party, ChatParty::None, "nobody's again");
    drop(tx);
    owner.delete(&at).await.expect(204);
    owner.get(&at).await.problem(404, "not-found");
}

#[tokio::test]
async fn aliases_and_names_lead_to_one_provider_and_lists_go_on() {
    let app = TestApp::start().await;
    let owner = app.owner("asha").await;
    let providers = owner.at("/providers");
    for alias in ["Kite", "NovaLine", "SmSuper"] {
        let body = json!({"alias": alias, "names": [format!("{alias}.example")]});
        owner.post(&providers, body).await.expect(201);
    }
    for (body, error) in [
        (json!({"alias": " "}), "alias: invalid"),
        (json!({"alias": "Kite"}), "alias: taken"),
        (
            json!({"alias": "New", "names": ["fine.example", "KITE.example"]}),
            "names[1]: taken",
        ),
        (json!({"alias": "New", "names": [""]}), "names[0]: invalid"),
        (json!({"alias": "New", "names": ["seen:00"]}), "names[0]: invalid"),
    ] {
        assert_eq!(owner.post(&providers, body).await.field_errors(), [error]);
    }
    let page = owner.get(&format!("{providers}?limit=2")).await.expect(200);
    assert_eq!(page["items"][1]["alias"], "NovaLine");
    let next = page["next"].as_str().unwrap();
    let page = owner
        .get(&format!("{providers}?limit=2&after={next}"))
        .await
        .expect(200);
    assert_eq!(page["items"][0]["alias"], "SmSuper");
    assert_eq!(page["next"], Value::Null);
    let found = owner.get(&format!("{providers}?q=nova")).await.expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    let kite = owner.get(&format!("{providers}?q=Kite")).await.expect(200)["items"][0].clone();
    let at = format!("{providers}/{}", id(&kite));
    let changed = owner
        .patch(
            &at,
            json!({"alias": "Kite 2", "names": ["a.example", "A.example", "b.example"]}),
        )
        .await
        .expect(200);
    assert_eq!(changed["name_count"], 2);
    let text = owner
        .post(&format!("{providers}/preview"), json!({"template": null}))
        .await
        .expect(200);
    assert_eq!(text["text"], "7450284,7450291 refill\nYour panel");
}
