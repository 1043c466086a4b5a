//! What a person does with requests, many at once; what cannot be done says why.
//!
//! Invariant: nothing here asks a panel or a provider again blindly. A retry decides afresh only what nothing has acted on; an
//! action that is under way goes on in its own lane, where it reads the order first; what may have happened is refused.

use chrono::{DateTime, Utc};
use serde_json::json;
use switchboard_domain::id::{MessageId, OutboxId, RequestId, UserId};
use switchboard_store::{StoreError, TenantScope, TenantTx, queue::NewJob, tenant::request_list::ListRow};
use uuid::Uuid;

use super::is_member;
use crate::{Hub, jobs, pipeline, send};

/// As many requests one call takes.
pub const MAX_AT_ONCE: usize = 100;
pub const MAX_NOTE: usize = 2_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Retry,
    Close,
    /// `None`: to nobody.
    Assign(Option<UserId>),
    Reopen,
    /// The message to the provider's group, of which nobody knows whether it arrived.
    ResendForward,
}

impl Action {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Close => "close",
            Self::Assign(_) => "assign",
            Self::Reopen => "reopen",
            Self::ResendForward => "resend_forward",
        }
    }
}

/// Whether something can be done with a request now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    pub action: &'static str,
    pub allowed: bool,
    /// Why, or what it will do.
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub id: Uuid,
    pub why: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    pub done: Vec<Uuid>,
    pub refused: Vec<Refused>,
}

#[derive(Debug, thiserror::Error)]
pub enum ActError {
    #[error("nobody of that id works here")]
    NotAMember,
    #[error("another request for the same order was opened at this moment")]
    Changed,
    #[error("the store did not take it")]
    Store(#[source] StoreError),
}

impl From<StoreError> for ActError {
    fn from(error: StoreError) -> Self {
        match error.constraint() {
            Some("request_open_key") => Self::Changed,
            _ => Self::Store(error),
        }
    }
}

/// How a retry is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The panel is read and the order decided afresh.
    Decide,
    /// The panel action goes on; it reads the order first where it may have been asked.
    GoOn,
    /// The forward is sent again, because a person says so.
    Resend,
}

fn retry(row: &ListRow) -> Result<Way, &'static str> {
    if row.closed_at.is_some() {
        return Err("It is closed. Reopen it first.");
    }
    if row.again_at.is_some() {
        return Err("It is being decided again already.");
    }
    match row.act_state.as_deref() {
        Some("accepted") => return Err("The panel has taken it; asking again would ask twice."),
        Some("unknown") => {
            return Err("Nobody knows whether the panel took it. Look at the order there, then close this.");
        }
        Some("intended" | "calling") => return Ok(Way::GoOn),
        _ => {}
    }
    match row.forward_state.as_deref() {
        Some("unknown") => Ok(Way::Resend),
        Some("sent") => Err("The provider has it; sending again would ask twice."),
        Some("gathering" | "queued" | "sending") => Err("It is on its way to the provider."),
        Some(_) if row.forward_begun => {
            Err("A part of it reached the provider's group. Look there, then close this.")
        }
        _ => Ok(Way::Decide),
    }
}

fn refusal(row: &ListRow, action: Action, place_taken: bool) -> Result<&'static str, &'static str> {
    match action {
        Action::Retry => retry(row).map(|way| match way {
            Way::Decide => "The panel is read again and the order decided afresh.",
            Way::GoOn => "The panel action goes on; the order is read before anything is repeated.",
            Way::Resend => "The provider's group gets the message again.",
        }),
        Action::ResendForward => match row.forward_state.as_deref() {
            Some("unknown") => Ok("The provider's group gets the message again."),
            Some("sent") => Err("The provider has it."),
            Some(_) => Err("Only a message of unknown fate can be sent again."),
            None => Err("Nothing was forwarded."),
        },
        Action::Close if row.closed_at.is_some() => Err("It is closed already."),
        Action::Close => Ok("It counts as dealt with; the same order can be asked for again."),
        Action::Reopen if row.closed_at.is_none() => Err("It is open."),
        Action::Reopen if row.again_at.is_some() => {
            Err("It was decided again: the newer request stands for it.")
        }
        Action::Reopen if place_taken => Err("Another request for this order is open."),
        Action::Reopen => Ok("It goes back to the list of what needs a person."),
        Action::Assign(_) => Ok("Who is to look after it."),
    }
}

pub(super) fn allowed(row: &ListRow, place_taken: bool) -> Vec<Allowed> {
    let all = [
        Action::Retry,
        Action::Close,
        Action::Assign(None),
        Action::Reopen,
        Action::ResendForward,
    ];
    all.into_iter()
        .map(|action| {
            let answer = refusal(row, action, place_taken);
            Allowed {
                action: action.as_str(),
                allowed: answer.is_ok(),
                why: answer.unwrap_or_else(|why| why).to_owned(),
            }
        })
        .collect()
}

/// Does it with each; one transaction, with an audit row each.
pub async fn act(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    ids: &[Uuid],
    action: Action,
    note: Option<&str>,
) -> Result<Done, ActError> {
    if let Action::Assign(Some(user)) = action
        && !is_member(hub, scope, user).await.map_err(ActError::Store)?
    {
        return Err(ActError::NotAMember);
    }
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    let rows = tx.request_list().lock(ids).await?;
    let mut result = Done::default();
    let mut resends: Vec<OutboxId> = Vec::new();
    for row in &rows {
        let id = RequestId::from_uuid(row.id);
        let place_taken = action == Action::Reopen && tx.request_list().place_taken(id).await?;
        if let Err(why) = refusal(row, action, place_taken) {
            result.refused.push(Refused {
                id: row.id,
                why: why.to_owned(),
            });
            continue;
        }
        one(hub, &mut tx, actor, row, action, now, &mut resends).await?;
        let mut detail = json!({ "order": row.order_id });
        if let Action::Assign(to) = action {
            detail["to"] = json!(to.map(|to| format!("u:{}", to.uuid())));
        }
        if let Some(note) = note.map(str::trim).filter(|note| !note.is_empty()) {
            tx.request_list().set_note(id, note, actor, now).await?;
            detail["note"] = json!(note);
        }
        let name = format!("request.{}", action.as_str());
        tx.audit()
            .append(actor, &name, &id.to_string(), detail, now)
            .await?;
        result.done.push(row.id);
    }
    tx.commit().await?;
    hub.notifier.committed();
    // Each in a transaction of its own: sending locks forwards before requests.
    for forward in resends {
        send::resend(hub, scope, actor, forward).await?;
    }
    for id in ids {
        if !rows.iter().any(|row| row.id == *id) && !result.refused.iter().any(|refused| refused.id == *id) {
            result.refused.push(Refused {
                id: *id,
                why: "There is no such request.".to_owned(),
            });
        }
    }
    Ok(result)
}

async fn one(
    hub: &Hub,
    tx: &mut TenantTx,
    actor: &str,
    row: &ListRow,
    action: Action,
    now: DateTime<Utc>,
    resends: &mut Vec<OutboxId>,
) -> Result<(), StoreError> {
    let id = RequestId::from_uuid(row.id);
    match action {
        Action::Close => tx.request_list().close(id, actor, now).await,
        Action::Assign(to) => tx.request_list().assign(id, to).await,
        Action::Reopen => tx.request_list().reopen(id, "a person opened it again").await,
        Action::ResendForward => {
            resend(row, resends);
            Ok(())
        }
        Action::Retry => match retry(row) {
            Ok(Way::Resend) => {
                resend(row, resends);
                Ok(())
            }
            Ok(Way::GoOn) => go_on(hub, tx, row).await,
            _ => decide_again(hub, tx, actor, row, now).await,
        },
    }
}

fn resend(row: &ListRow, resends: &mut Vec<OutboxId>) {
    // One message for all requests that travelled in it.
    if let Some(forward) = row.forward_id.map(OutboxId::from_uuid)
        && !resends.contains(&forward)
    {
        resends.push(forward);
    }
}

/// The same lane as the action's own job, so that both never run at once.
async fn go_on(hub: &Hub, tx: &mut TenantTx, row: &ListRow) -> Result<(), StoreError> {
    let id = RequestId::from_uuid(row.id);
    let attempt = tx.request_list().attempt(id).await?;
    let lane = jobs::act_lane(row.message_id.into(), &row.command, &row.order_id, attempt);
    let job = NewJob::new(hub.clock.uuid(), jobs::ACT, format!("act-again:{id}"))
        .lane(lane)
        .payload(json!({ "requests": [id] }));
    tx.enqueue(&[job]).await
}

async fn decide_again(
    hub: &Hub,
    tx: &mut TenantTx,
    actor: &str,
    row: &ListRow,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let id = RequestId::from_uuid(row.id);
    tx.request_list().set_again(id, Some(now)).await?;
    let wanted = pipeline::again::Wanted {
        request: id,
        by: actor.to_owned(),
    };
    let message = MessageId::from_uuid(row.message_id);
    let job = NewJob::new(hub.clock.uuid(), jobs::MESSAGE, format!("again:{id}"))
        .payload(json!({ "message": message, "again": wanted }));
    tx.enqueue(&[job]).await
}

#[cfg(test)]
mod tests {
    use super::{super::words::tests::row, *};

    #[test]
    fn a_retry_never_repeats_what_may_have_happened() {
        let with = |act: Option<&str>, forward: Option<&str>, begun: bool| {
            let mut row = row("refill_requested");
            row.closed_at = None;
            row.act_state = act.map(str::to_owned);
            row.forward_state = forward.map(str::to_owned);
            row.forward_begun = begun;
            retry(&row).ok()
        };
        assert_eq!(with(None, None, false), Some(Way::Decide));
        assert_eq!(with(Some("refused"), None, false), Some(Way::Decide));
        assert_eq!(with(Some("intended"), None, false), Some(Way::GoOn));
        assert_eq!(with(Some("calling"), Some("sent"), true), Some(Way::GoOn));
        assert_eq!(with(Some("accepted"), None, false), None);
        assert_eq!(with(Some("accepted"), Some("unknown"), false), None);
        assert_eq!(with(Some("unknown"), None, false), None);
        assert_eq!(with(None, Some("unknown"), false), Some(Way::Resend));
        assert_eq!(with(None, Some("refused"), false), Some(Way::Decide));
        assert_eq!(with(None, Some("refused"), true), None);
        assert_eq!(with(None, Some("sent"), true), None);
        assert_eq!(with(None, Some("queued"), false), None);
        let mut closed = row("panel_unavailable");
        assert!(retry(&closed).is_err());
        closed.closed_at = None;
        closed.again_at = Some(DateTime::UNIX_EPOCH);
        assert!(retry(&closed).is_err());
    }

    #[test]
    fn what_is_not_possible_says_why() {
        let closed = row("status_told");
        let actions = allowed(&closed, true);
        let shown: Vec<(&str, bool)> = actions
            .iter()
            .map(|action| (action.action, action.allowed))
            .collect();
        assert_eq!(
            shown,
            [
                ("retry", false),
                ("close", false),
                ("assign", true),
                ("reopen", false),
                ("resend_forward", false)
            ]
        );
        assert!(actions.iter().all(|action| !action.why.is_empty()));
    }
}
