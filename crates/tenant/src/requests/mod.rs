//! Requests as the owner and their people see them: the list, one in full, what can be done with them, and the file of them.
//!
//! Invariant: what is said here names a provider by its alias alone.

mod actions;
mod export;
mod timeline;
mod words;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use switchboard_domain::id::{RequestId, UserId};
use switchboard_store::{StoreError, TenantScope, tenant::request_list::ListFilter};
use uuid::Uuid;

use crate::Hub;

pub use actions::{ActError, Action, Allowed, Done, MAX_AT_ONCE, MAX_NOTE, Refused, act};
pub use export::export;
pub use switchboard_store::tenant::request_list::{ListRow, View};
pub use timeline::{Step, StepKey, StepState};
pub use words::{State, sentence, state};

/// Somebody who works here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: Uuid,
    pub username: String,
}

/// What somebody looks for: the filter, and words that stand for an order or a person.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub filter: ListFilter,
    pub text: String,
}

/// A line of the list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub row: ListRow,
    pub state: State,
    pub sentence: String,
    pub assignee: Option<Person>,
}

/// One request in full.
#[derive(Debug, Clone)]
pub struct Detail {
    pub listed: Listed,
    pub message_text: Option<String>,
    pub external_ids: Vec<String>,
    pub note: String,
    pub timeline: Vec<Step>,
    pub actions: Vec<Allowed>,
}

/// Everybody in the tenant, by name.
pub async fn members(hub: &Hub, scope: &TenantScope) -> Result<Vec<Person>, StoreError> {
    let mut platform = hub.db.begin_platform().await?;
    let rows = platform.memberships().of_tenant(scope.tenant()).await?;
    Ok(rows
        .into_iter()
        .map(|(id, username)| Person { id, username })
        .collect())
}

/// Usernames by id. Who has left is no longer among them.
pub(crate) async fn names(hub: &Hub, scope: &TenantScope) -> Result<HashMap<Uuid, String>, StoreError> {
    let people = members(hub, scope).await?;
    Ok(people
        .into_iter()
        .map(|person| (person.id, person.username))
        .collect())
}

/// An actor of the audit, for people: a username where it is a member.
pub(crate) fn who(actor: &str, names: &HashMap<Uuid, String>) -> String {
    let id = actor.strip_prefix("u:").and_then(|id| Uuid::try_parse(id).ok());
    match id {
        Some(id) => names
            .get(&id)
            .cloned()
            .unwrap_or_else(|| "somebody who no longer works here".to_owned()),
        None => actor.to_owned(),
    }
}

/// The newest `limit` behind `after`.
pub async fn list(
    hub: &Hub,
    scope: &TenantScope,
    wanted: Wanted,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let filter = resolve(hub, scope, wanted).await?;
    let rows = hub
        .db
        .begin(scope)
        .await?
        .request_list()
        .page(&filter, after, limit)
        .await?;
    listed(hub, scope, rows).await
}

/// Words become an order's beginning when they are digits, else the people whom they name.
async fn resolve(hub: &Hub, scope: &TenantScope, wanted: Wanted) -> Result<ListFilter, StoreError> {
    let Wanted { mut filter, text } = wanted;
    let text = text.trim();
    if text.is_empty() {
        return Ok(filter);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        filter.order_prefix = Some(text.to_owned());
    } else {
        let people = hub.db.begin(scope).await?.request_list().people(text).await?;
        filter.people = Some(people);
    }
    Ok(filter)
}

async fn listed(hub: &Hub, scope: &TenantScope, rows: Vec<ListRow>) -> Result<Vec<Listed>, StoreError> {
    let names = if rows.iter().any(|row| row.assignee_id.is_some()) {
        names(hub, scope).await?
    } else {
        HashMap::new()
    };
    Ok(rows
        .into_iter()
        .map(|row| Listed {
            state: state(&row),
            sentence: sentence(&row),
            assignee: row.assignee_id.map(|id| Person {
                id,
                username: names
                    .get(&id)
                    .cloned()
                    .unwrap_or_else(|| "no longer here".to_owned()),
            }),
            row,
        })
        .collect())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub open: i64,
    pub person: i64,
}

pub async fn counts(hub: &Hub, scope: &TenantScope) -> Result<Counts, StoreError> {
    let (open, person) = hub.db.begin(scope).await?.request_list().counts().await?;
    Ok(Counts { open, person })
}

/// `None`: there is no such request.
pub async fn detail(hub: &Hub, scope: &TenantScope, id: RequestId) -> Result<Option<Detail>, StoreError> {
    let shop = hub.shops.get(&hub.db, scope).await?;
    let mut tx = hub.db.begin(scope).await?;
    let mut requests = tx.request_list();
    let (Some(row), Some(rest)) = (requests.find(id).await?, requests.rest(id).await?) else {
        return Ok(None);
    };
    let said = requests.said(row.message_id.into()).await?;
    let taken = row.closed_at.is_some() && requests.place_taken(id).await?;
    drop(tx);
    let names = names(hub, scope).await?;
    let timeline = timeline::of(&row, &rest, &said, &names, &shop.provider_names);
    let actions = actions::allowed(&row, taken);
    let listed = Listed {
        state: state(&row),
        sentence: sentence(&row),
        assignee: row.assignee_id.map(|id| Person {
            id,
            username: names.get(&id).cloned().unwrap_or_default(),
        }),
        row,
    };
    Ok(Some(Detail {
        listed,
        message_text: rest.message_text,
        external_ids: rest.external_ids,
        note: rest.note,
        timeline,
        actions,
    }))
}

/// Whether somebody works here.
pub(crate) async fn is_member(hub: &Hub, scope: &TenantScope, user: UserId) -> Result<bool, StoreError> {
    Ok(names(hub, scope).await?.contains_key(&user.uuid()))
}
