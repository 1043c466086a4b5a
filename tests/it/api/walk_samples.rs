//! Requests of the walk that need something to be there.

use serde_json::json;
use switchboard_testkit::app::PASSWORD;

use super::walk::{Sample, Scene};

pub async fn login(scene: &Scene) -> Sample {
    Sample::plain(Some(
        json!({"username": scene.owner.username, "password": PASSWORD}),
    ))
}
