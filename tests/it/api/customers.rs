//! Customers: links, identities, and whole lists from and to a file.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use switchboard_domain::{channel::ChannelKind, id::IdentityId};
use switchboard_testkit::{TestApp, User};

async fn panel(owner: &User, name: &str) -> String {
    let new = json!({"name": name, "url": "https://10.0.0.1", "key": "a-key-of-a-panel"});
    let card = owner.post(&owner.at("/panels"), new).await.expect(201);
    card["id"].as_str().unwrap().to_owned()
}

/// Somebody wrote to the shop.
async fn sender(app: &TestApp, owner: &User, network_id: &str, name: &str) -> String {
    let hub = &app.app.hub;
    let mut tx = app.db.db.begin(owner.scope()).await.unwrap();
    let fresh = IdentityId::from_uuid(hub.clock.uuid());
    let id = tx
        .people()
        .seen(fresh, ChannelKind::TelegramBot, network_id, name, hub.clock.now())
        .await
        .unwrap();
    let until = hub.clock.now() + chrono::TimeDelta::hours(1);
    tx.people()
        .set_misses(id, &[hub.clock.now()], Some(until))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id.uuid().to_string()
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn usernames_and_senders_are_joined_under_one_customer() {
    let app = TestApp::start().await;
    let owner = app.owner("asha").await;
    let main = panel(&owner, "Main").await;
    let customers = owner.at("/customers");
    let body = json!({"name": "rina", "links": [{"panel": main, "username": " rina_media "}]});
    let rina = owner.post(&customers, body).await.expect(201);
    assert_eq!(rina["links"][0]["username"], "rina_media");
    assert_eq!(rina["links"][0]["panel_name"], "Main");
    for (body, error) in [
        (json!({"name": "rina"}), "name: taken"),
        (json!({"name": ""}), "name: invalid"),
        (
            json!({"name": "b", "links": [{"panel": main, "username": "rina_media"}]}),
            "links[0].username: taken",
        ),
        (
            json!({"name": "b", "links": [{"panel": uuid::Uuid::from_u128(7), "username": "x"}]}),
            "links[0].panel: unknown",
        ),
    ] {
        assert_eq!(owner.post(&customers, body).await.field_errors(), [error]);
    }
    let page = owner.get(&customers).await.expect(200);
    assert_eq!(
        page["items"].as_array().unwrap().len(),
        1,
        "a refused customer is not half made"
    );
    let at = format!("{customers}/{}", id(&rina));
    let linked = owner
        .post(
            &format!("{at}/links"),
            json!({"panel": main, "username": "rina/2 x"}),
        )
        .await
        .expect(200);
    assert_eq!(linked["links"].as_array().unwrap().len(), 2);
    let left = owner
        .delete(&format!("{at}/links/{main}/rina%2F2%20x"))
        .await
        .expect(200);
    assert_eq!(left["links"].as_array().unwrap().len(), 1);
    let renamed = owner.patch(&at, json!({"name": "Rina & co"})).await.expect(200);
    assert_eq!(renamed["name"], "Rina & co");

    let sender = sender(&app, &owner, "700000001", "Rina").await;
    let unlinked = owner
        .get(&owner.at("/identities?unlinked=true"))
        .await
        .expect(200);
    assert_eq!(unlinked["items"][0]["id"], json!(sender));
    assert_eq!(unlinked["items"][0]["misses"], 1);
    let identity = owner.at(&format!("/identities/{sender}"));
    let quiet = owner
        .post(&format!("{identity}/unmute"), json!({}))
        .await
        .expect(200);
    assert_eq!(
        (&quiet["muted_until"], &quiet["misses"]),
        (&Value::Null, &json!(0))
    );
    let joined = owner
        .post(&format!("{identity}/link"), json!({"customer": id(&rina)}))
        .await
        .expect(200);
    assert_eq!(joined["customer"]["name"], "Rina & co");
    assert_eq!(joined["proof"], "owner");
    let other = owner
        .post(&customers, json!({"name": "deepak"}))
        .await
        .expect(201);
    let refused = owner
        .post(&format!("{identity}/link"), json!({"customer": id(&other)}))
        .await
        .problem(409, "wrong-state");
    assert_eq!(
        refused["detail"],
        "This sender is linked to Rina & co. Unlink them there first."
    );
    let unlinked = owner
        .get(&owner.at("/identities?unlinked=true"))
        .await
        .expect(200);
    assert_eq!(unlinked["items"], json!([]));
    for q in ["rina_media", "700000001", "RINA"] {
        let found = owner.get(&format!("{customers}?q={q}")).await.expect(200);
        assert_eq!(found["items"][0]["id"], rina["id"], "{q}");
    }
    let loose = owner
        .post(&format!("{identity}/unlink"), json!({}))
        .await
        .expect(200);
    assert_eq!(loose["customer"], Value::Null);
    owner.delete(&at).await.expect(204);
    owner.get(&at).await.problem(404, "not-found");
}

#[tokio::test]
async fn an_import_saves_what_it_showed_once() {
    let app = TestApp::start().await;
    let owner = app.owner("asha").await;
    panel(&owner, "Main").await;
    let csv =
        "\u{feff}username;customer;telegram_id\nrina_media;rina;700000001\n=cmd;\"=HYPERLINK(1)\";\nx;y;@z\n";
    let at = owner.at("/customers/import");
    let preview = owner
        .post(&format!("{at}/preview"), json!({"csv": csv}))
        .await
        .expect(200);
    assert_eq!(preview["adds"], 2, "{preview}");
    assert_eq!(preview["columns"], json!(["username", "customer", "telegram_id"]));
    assert_eq!(preview["rejected"][0]["line"], 4);
    let page = owner.get(&owner.at("/customers")).await.expect(200);
    assert_eq!(page["items"], json!([]), "nothing is saved by looking");

    let wrong = json!({"csv": csv, "digest": "00"});
    owner.post(&at, wrong).await.problem(409, "changed");
    let body = json!({"csv": csv, "digest": preview["digest"]});
    let done = owner.post(&at, body.clone()).await.expect(200);
    assert_eq!(done, json!({"added": 2, "changed": 0, "same": 0, "rejected": 1}));
    owner.post(&at, body).await.problem(409, "changed");
    let again = owner
        .post(&format!("{at}/preview"), json!({"csv": csv}))
        .await
        .expect(200);
    assert_eq!((&again["adds"], &again["same"]), (&json!(0), &json!(2)));
    let body = json!({"csv": csv, "digest": again["digest"]});
    let done = owner.post(&at, body).await.expect(200);
    assert_eq!(done["same"], 2);
    let page = owner.get(&owner.at("/customers?q=rina")).await.expect(200);
    assert_eq!(page["items"][0]["identities"][0]["network_id"], "700000001");
    assert_eq!(page["items"][0]["identities"][0]["proof"], "import");

    let export = owner.get(&owner.at("/customers.csv")).await;
    assert_eq!(export.status, 200);
    assert!(
        export.text.contains("\"'=HYPERLINK(1)\",Main,\"'=cmd\""),
        "{}",
        export.text
    );
    // What goes out comes in again and changes nothing.
    let round = owner
        .post(&format!("{at}/preview"), json!({"csv": export.text}))
        .await
        .expect(200);
    assert_eq!(
        (&round["adds"], &round["changes"], &round["same"]),
        (&json!(0), &json!(0), &json!(3)),
        "{round}"
    );
}

#[tokio::test]
async fn files_that_cannot_be_used_are_refused_at_their_place() {
    let app = TestApp::start().await;
    let owner = app.owner("asha").await;
    let at = owner.at("/customers/import/preview");
    for csv in ["", "a,b\n1,2\n", "customer\nx\n", "username,user\na,b\n"] {
        let answer = owner.post(&at, json!({"csv": csv})).await;
        assert_eq!(answer.field_errors(), ["csv: unreadable"], "{csv:?}");
    }
    let large = "x".repeat(5 * 1024 * 1024 + 1);
    owner
        .post(&at, json!({"csv": large}))
        .await
        .problem(413, "too-large");
    // Fifty thousand lines are looked at within the time of a request.
    let mut csv = String::from("username,panel\n");
    for n in 0..50_000 {
        csv += &format!("user{n},Main\n");
    }
    panel(&owner, "Main").await;
    let preview = owner.post(&at, json!({"csv": csv})).await.expect(200);
    assert_eq!(preview["adds"], 50_000);
    let body = json!({"csv": csv, "digest": preview["digest"]});
    let done = owner.post(&owner.at("/customers/import"), body).await.expect(200);
    assert_eq!(done["added"], 50_000);
}
