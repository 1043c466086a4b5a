//! Requests of the walk about panels, providers, customers and the test room that need something to be there.

use serde_json::{Value, json};

use super::walk::{Sample, Scene};

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
