//! Examples: messages with the replies that are expected, kept to be played again after a change of texts or rules.
//!
//! Invariant: at most [`MAX_EXAMPLES`], small ones, in one document; changes to it follow one another under a lock.

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use switchboard_domain::{channel::ChatKind, id::CustomerId};
use switchboard_store::{StoreError, TenantScope, TenantTx};
use uuid::Uuid;

use super::{MAX_TEXT, Play, TestRoomError, play};
use crate::Hub;

pub const MAX_EXAMPLES: usize = 100;
const MAX_REPLIES: usize = 50;
const MAX_REPLY_CHARS: usize = 4_000;
/// Played at the same time: their panel reads travel together.
const AT_ONCE: usize = 16;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    pub id: Uuid,
    pub name: String,
    pub text: String,
    pub customer: Option<CustomerId>,
    pub kind: ChatKind,
    pub expect_replies: Vec<String>,
    pub created_at: DateTime<Utc>,
    pub last: Option<LastRun>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastRun {
    pub at: DateTime<Utc>,
    pub passed: bool,
}

#[derive(Debug, Clone)]
pub struct NewExample<'a> {
    pub name: &'a str,
    pub text: &'a str,
    pub customer: Option<CustomerId>,
    pub kind: ChatKind,
    pub expect_replies: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleResult {
    pub id: Uuid,
    pub passed: bool,
    pub got: Vec<String>,
    pub expected: Vec<String>,
}

/// An example, and its customer's name, if it plays one who is still there.
pub type Named = (Example, Option<String>);

pub async fn list(hub: &Hub, scope: &TenantScope) -> Result<Vec<Named>, TestRoomError> {
    let mut tx = hub.db.begin(scope).await?;
    let examples = read(&mut tx).await?;
    named(&mut tx, examples).await
}

pub async fn add(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    new: NewExample<'_>,
) -> Result<Named, TestRoomError> {
    let name = new.name.trim();
    if !(1..=80).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(TestRoomError::BadName);
    }
    let text = new.text.trim();
    if !(1..=MAX_TEXT).contains(&text.chars().count()) {
        return Err(TestRoomError::BadText);
    }
    let chars: usize = new.expect_replies.iter().map(|text| text.chars().count()).sum();
    if new.expect_replies.len() > MAX_REPLIES || chars > MAX_REPLY_CHARS {
        return Err(TestRoomError::TooMuch);
    }
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    if let Some(customer) = new.customer
        && tx.customer_book().find(customer).await?.is_none()
    {
        return Err(TestRoomError::NoCustomer);
    }
    let mut examples = lock(&mut tx, now).await?;
    if examples.len() >= MAX_EXAMPLES {
        return Err(TestRoomError::TooMany);
    }
    let example = Example {
        id: hub.clock.uuid(),
        name: name.to_owned(),
        text: text.to_owned(),
        customer: new.customer,
        kind: new.kind,
        expect_replies: new.expect_replies,
        created_at: now,
        last: None,
    };
    examples.push(example.clone());
    tx.test_examples().put(&examples, now).await?;
    let detail = serde_json::json!({ "name": name });
    tx.audit()
        .append(actor, "example.add", &example.id.to_string(), detail, now)
        .await?;
    let mut named = named(&mut tx, vec![example]).await?;
    tx.commit().await?;
    named.pop().ok_or(TestRoomError::NotFound)
}

pub async fn remove(hub: &Hub, scope: &TenantScope, actor: &str, id: Uuid) -> Result<(), TestRoomError> {
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    let mut examples = lock(&mut tx, now).await?;
    let before = examples.len();
    examples.retain(|example| example.id != id);
    if examples.len() == before {
        return Err(TestRoomError::NotFound);
    }
    tx.test_examples().put(&examples, now).await?;
    tx.audit()
        .append(
            actor,
            "example.remove",
            &id.to_string(),
            serde_json::json!({}),
            now,
        )
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Plays examples again and compares. `ids` empty: all.
pub async fn run(
    hub: &Hub,
    scope: &TenantScope,
    ids: Option<&[Uuid]>,
) -> Result<Vec<ExampleResult>, TestRoomError> {
    let examples = read(&mut hub.db.begin(scope).await?).await?;
    let wanted = examples
        .into_iter()
        .filter(|example| ids.is_none_or(|ids| ids.contains(&example.id)));
    let results: Vec<Result<ExampleResult, TestRoomError>> =
        stream::iter(wanted.map(|example| run_one(hub, scope, example)))
            .buffered(AT_ONCE)
            .collect()
            .await;
    let results: Vec<ExampleResult> = results.into_iter().collect::<Result<_, _>>()?;
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    let mut examples = lock(&mut tx, now).await?;
    for result in &results {
        if let Some(example) = examples.iter_mut().find(|example| example.id == result.id) {
            example.last = Some(LastRun {
                at: now,
                passed: result.passed,
            });
        }
    }
    tx.test_examples().put(&examples, now).await?;
    tx.commit().await?;
    Ok(results)
}

async fn run_one(hub: &Hub, scope: &TenantScope, example: Example) -> Result<ExampleResult, TestRoomError> {
    let of = |customer| Play {
        text: &example.text,
        customer,
        kind: example.kind,
        previous: None,
    };
    let run = match play(hub, scope, &of(example.customer)).await {
        // Who was played is gone; a stranger stands in, and the example shows what that changes.
        Err(TestRoomError::NoCustomer) => play(hub, scope, &of(None)).await?,
        run => run?,
    };
    Ok(ExampleResult {
        id: example.id,
        passed: run.replies == example.expect_replies,
        got: run.replies,
        expected: example.expect_replies,
    })
}

async fn named(tx: &mut TenantTx, examples: Vec<Example>) -> Result<Vec<Named>, TestRoomError> {
    let mut named = Vec::with_capacity(examples.len());
    for example in examples {
        let customer = match example.customer {
            Some(id) => tx.customer_book().find(id).await?,
            None => None,
        };
        named.push((example, customer.map(|customer| customer.name)));
    }
    Ok(named)
}

async fn read(tx: &mut TenantTx) -> Result<Vec<Example>, StoreError> {
    Ok(tx.test_examples().read().await?.unwrap_or_default())
}

async fn lock(tx: &mut TenantTx, now: DateTime<Utc>) -> Result<Vec<Example>, StoreError> {
    tx.test_examples().lock(now).await
}
