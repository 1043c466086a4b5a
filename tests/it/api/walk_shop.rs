//! Requests of the walk about panels, providers, customers and the test room that need something to be there.

use axum::http::Method as M;
use serde_json::{Value, json};
use switchboard_domain::{access::Permission as P, channel::ChannelKind, id::IdentityId};
use switchboard_store::tenant::chats::ChatParty;

use super::{
    providers::{account, group},
    walk::{Row, Sample, Scene, T, Who::Tenant, made as row, plain},
};

pub fn rows() -> Vec<Row> {
    let t = |path: &str| -> &'static str { format!("{T}{path}").leak() };
    let mut rows = provider_rows(t);
    rows.extend(customer_rows(t));
    rows.extend(test_room_rows(t));
    rows
}

fn test_room_rows(t: impl Fn(&str) -> &'static str) -> Vec<Row> {
    let may = Tenant(P::TestroomUse);
    let played = json!({"text": "1001 refill", "customer": null, "kind": "direct"});
    vec![
        plain(M::POST, t("/test-room/messages"), may, 200, Some(played)),
        plain(M::GET, t("/test-room/examples"), may, 200, None),
        row(M::POST, t("/test-room/examples"), may, 201, |scene| {
            Box::pin(async { Sample::plain(Some(new_example(scene))) })
        }),
        plain(
            M::POST,
            t("/test-room/examples/run"),
            may,
            200,
            Some(json!({"ids": []})),
        ),
        row(M::DELETE, t("/test-room/examples/{id}"), may, 204, |scene| {
            Box::pin(async {
                let id = made(scene, "/test-room/examples", new_example(scene)).await;
                Sample::with_id(id, None)
            })
        }),
    ]
}

fn new_example(scene: &Scene) -> Value {
    json!({
        "name": fresh(scene, "Example"), "text": "1001 refill", "customer": null, "kind": "direct", "expect_replies": [],
    })
}

fn provider_rows(t: impl Fn(&str) -> &'static str) -> Vec<Row> {
    let manage = Tenant(P::ProvidersManage);
    vec![
        plain(M::GET, t("/providers"), Tenant(P::ProvidersRead), 200, None),
        row(M::POST, t("/providers"), manage, 201, |scene| {
            Box::pin(async { Sample::plain(Some(new_provider(scene))) })
        }),
        plain(
            M::GET,
            t("/providers/unrouted"),
            Tenant(P::ProvidersRead),
            200,
            None,
        ),
        plain(
            M::POST,
            t("/providers/preview"),
            Tenant(P::ProvidersRead),
            200,
            Some(json!({"template": null})),
        ),
        row(
            M::GET,
            t("/providers/{id}"),
            Tenant(P::ProvidersRead),
            200,
            |scene| Box::pin(provider(scene, None)),
        ),
        row(M::PATCH, t("/providers/{id}"), manage, 200, |scene| {
            Box::pin(provider(scene, Some(json!({"names": []}))))
        }),
        row(M::DELETE, t("/providers/{id}"), manage, 204, |scene| {
            Box::pin(provider(scene, None))
        }),
        row(
            M::POST,
            t("/providers/{id}/reveal"),
            Tenant(P::ProvidersReveal),
            200,
            |scene| Box::pin(provider(scene, None)),
        ),
        row(M::POST, t("/providers/{id}/routes"), manage, 201, |scene| {
            Box::pin(async {
                let body = json!({"chat": provider_group(scene).await});
                provider(scene, Some(body)).await
            })
        }),
        row(
            M::PATCH,
            t("/providers/{id}/routes/{route}"),
            manage,
            200,
            |scene| Box::pin(route(scene, Some(json!({"join_ms": 0})))),
        ),
        row(
            M::DELETE,
            t("/providers/{id}/routes/{route}"),
            manage,
            204,
            |scene| Box::pin(route(scene, None)),
        ),
    ]
}

fn customer_rows(t: impl Fn(&str) -> &'static str) -> Vec<Row> {
    let (read, manage) = (Tenant(P::CustomersRead), Tenant(P::CustomersManage));
    vec![
        plain(M::GET, t("/customers"), read, 200, None),
        plain(M::GET, t("/customers.csv"), read, 200, None),
        plain(M::GET, t("/identities"), read, 200, None),
        row(M::POST, t("/customers"), manage, 201, |scene| {
            Box::pin(async { Sample::plain(Some(json!({"name": fresh(scene, "Customer")}))) })
        }),
        row(M::GET, t("/customers/{id}"), read, 200, |scene| {
            Box::pin(customer(scene, None))
        }),
        row(M::PATCH, t("/customers/{id}"), manage, 200, |scene| {
            Box::pin(customer(scene, Some(json!({"name": fresh(scene, "Customer")}))))
        }),
        row(M::DELETE, t("/customers/{id}"), manage, 204, |scene| {
            Box::pin(customer(scene, None))
        }),
        row(M::POST, t("/customers/{id}/links"), manage, 200, |scene| {
            Box::pin(async {
                let panel = panel(scene, None).await.ids.remove(0);
                let body = json!({"panel": panel, "username": "rina_media"});
                customer(scene, Some(body)).await
            })
        }),
        row(
            M::DELETE,
            t("/customers/{id}/links/{panel}/{username}"),
            manage,
            200,
            |scene| Box::pin(linked(scene)),
        ),
        plain(
            M::POST,
            t("/customers/import/preview"),
            manage,
            200,
            Some(json!({"csv": NOBODY})),
        ),
        row(M::POST, t("/customers/import"), manage, 200, |scene| {
            Box::pin(import(scene))
        }),
        row(M::POST, t("/identities/{id}/link"), manage, 200, |scene| {
            Box::pin(async {
                let customer = customer(scene, None).await.ids.remove(0);
                sender(scene, Some(json!({"customer": customer}))).await
            })
        }),
        row(M::POST, t("/identities/{id}/unlink"), manage, 200, |scene| {
            Box::pin(sender(scene, None))
        }),
        row(M::POST, t("/identities/{id}/unmute"), manage, 200, |scene| {
            Box::pin(sender(scene, None))
        }),
    ]
}

fn fresh(scene: &Scene, what: &str) -> String {
    format!("{what} {}", scene.app.app.hub.clock.uuid().simple())
}

async fn made(scene: &Scene, path: &str, body: Value) -> String {
    let owner = &scene.owner;
    let made = owner.post(&owner.at(path), body).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

/// A panel at an address that is never called, so that nobody waits.
pub async fn new_panel(scene: &Scene) -> Sample {
    let name = fresh(scene, "Panel");
    Sample::plain(Some(
        json!({"name": name, "url": "https://10.0.0.1", "key": "a-key-of-a-panel"}),
    ))
}

pub async fn panel(scene: &Scene, body: Option<Value>) -> Sample {
    let new = new_panel(scene).await.body.unwrap();
    Sample::with_id(made(scene, "/panels", new).await, body)
}

fn new_provider(scene: &Scene) -> Value {
    json!({"alias": fresh(scene, "Provider"), "names": [fresh(scene, "name")]})
}

async fn provider(scene: &Scene, body: Option<Value>) -> Sample {
    Sample::with_id(made(scene, "/providers", new_provider(scene)).await, body)
}

async fn provider_group(scene: &Scene) -> String {
    let bot = account(&scene.app, &scene.owner).await;
    let group = group(&scene.app, &scene.owner, bot, "Provider", ChatParty::None).await;
    group.uuid().to_string()
}

async fn route(scene: &Scene, body: Option<Value>) -> Sample {
    let mut sample = provider(scene, body).await;
    let path = format!("/providers/{}/routes", sample.ids[0]);
    let chat = json!({"chat": provider_group(scene).await});
    sample.ids.push(made(scene, &path, chat).await);
    sample
}

async fn customer(scene: &Scene, body: Option<Value>) -> Sample {
    let new = json!({"name": fresh(scene, "Customer")});
    Sample::with_id(made(scene, "/customers", new).await, body)
}

async fn linked(scene: &Scene) -> Sample {
    let panel = panel(scene, None).await.ids.remove(0);
    let links = json!([{"panel": panel, "username": "rina_media"}]);
    let new = json!({"name": fresh(scene, "Customer"), "links": links});
    let mut sample = Sample::with_id(made(scene, "/customers", new).await, None);
    sample.ids.extend([panel, "rina_media".to_owned()]);
    sample
}

/// A file in which every line is left out, so that it says the same for every tenant.
const NOBODY: &str = "username,panel\nrina_media,Nowhere\n";

async fn import(scene: &Scene) -> Sample {
    let owner = &scene.owner;
    let preview = owner
        .post(&owner.at("/customers/import/preview"), json!({"csv": NOBODY}))
        .await
        .expect(200);
    Sample::plain(Some(json!({"csv": NOBODY, "digest": preview["digest"]})))
}

/// Somebody who wrote to the owner's shop.
async fn sender(scene: &Scene, body: Option<Value>) -> Sample {
    let hub = &scene.app.app.hub;
    let mut tx = hub.db.begin(scene.owner.scope()).await.unwrap();
    let id = IdentityId::from_uuid(hub.clock.uuid());
    tx.people()
        .seen(
            id,
            ChannelKind::TelegramBot,
            &id.to_string(),
            "Rina",
            hub.clock.now(),
        )
        .await
        .unwrap();
    tx.commit().await.unwrap();
    Sample::with_id(id.uuid(), body)
}
