//! Panel actions: ask the panel for a refill or a cancellation, exactly once as far as the panel allows.
//!
//! The intent was committed with the decision; `calling` is committed before the call. What is found `calling` later was cut
//! off (a crash, a timeout): the order is read first, and asked for at most once more. What stays unknown goes to staff with the
//! evidence.

use std::{collections::HashMap, time::Duration};

use switchboard_domain::{
    id::{PanelId, RequestId},
    order::{OrderId, OrderLookup, OrderStatus},
};
use switchboard_integrations::panel::{ActOutcome, PanelDesk, PanelError};
use switchboard_store::{
    StoreError, TenantScope, fail,
    queue::{Claimed, Outcome},
    tenant::requests::Act,
};

use crate::{Hub, panels, payload};

const TRIES: i32 = 12;
/// A call, a look and a second call; then a person.
const CALLS: i32 = 2;

pub(crate) async fn run(hub: &Hub, scope: &TenantScope, job: &Claimed) -> Result<Outcome, StoreError> {
    let ids: Vec<RequestId> = payload(job, "requests")?;
    let acts = {
        let mut tx = hub.db.begin(scope).await?;
        tx.requests().acts(&ids).await?
    };
    let mut by_panel: HashMap<PanelId, Vec<Act>> = HashMap::new();
    for act in acts {
        by_panel
            .entry(PanelId::from_uuid(act.panel_id))
            .or_default()
            .push(act);
    }
    let last_try = job.attempts + 1 >= TRIES;
    let mut results = Vec::new();
    let mut wait: Option<(Duration, String)> = None;
    for (panel, acts) in by_panel {
        let Some(desk) = panels::desk(hub, scope, panel).await? else {
            results.extend(
                acts.iter()
                    .map(|act| staff(act, "refused", "the panel is no longer connected")),
            );
            continue;
        };
        let settled = on_panel(hub, scope, &desk, acts, last_try).await?;
        results.extend(settled.results);
        wait = wait.or(settled.wait);
    }
    let mut tx = hub.db.begin(scope).await?;
    for result in &results {
        tx.requests()
            .set_acted(
                result.id,
                result.state,
                &result.evidence,
                result.staff.as_deref(),
                hub.clock.now(),
            )
            .await?;
    }
    if let Some((after, error)) = wait {
        tx.commit().await?;
        return Ok(Outcome::Retry {
            after: Some(after),
            error,
        });
    }
    tx.finish_job(job.id, job.fence).await?;
    fail::point("act.before_outcome");
    tx.commit().await?;
    fail::point("act.after_outcome");
    Ok(Outcome::Done)
}

#[derive(Default)]
struct Settled {
    results: Vec<Acted>,
    wait: Option<(Duration, String)>,
}

struct Acted {
    id: RequestId,
    state: &'static str,
    evidence: String,
    staff: Option<String>,
}

fn done(act: &Act, evidence: impl Into<String>) -> Acted {
    Acted {
        id: RequestId::from_uuid(act.id),
        state: "accepted",
        evidence: evidence.into(),
        staff: None,
    }
}

fn staff(act: &Act, state: &'static str, evidence: &str) -> Acted {
    let word = if act.act == "refill" {
        "refill"
    } else {
        "cancellation"
    };
    let reason = match state {
        "refused" => format!("the panel did not take the {word}: {evidence}"),
        _ => format!("nobody knows whether the panel took the {word}: {evidence}"),
    };
    Acted {
        id: RequestId::from_uuid(act.id),
        state,
        evidence: evidence.to_owned(),
        staff: Some(reason),
    }
}

async fn on_panel(
    hub: &Hub,
    scope: &TenantScope,
    desk: &PanelDesk,
    acts: Vec<Act>,
    last_try: bool,
) -> Result<Settled, StoreError> {
    let mut settled = Settled::default();
    let (cut_off, fresh): (Vec<Act>, Vec<Act>) = acts.into_iter().partition(|act| act.act_state == "calling");
    let mut to_call = fresh;
    if !cut_off.is_empty() {
        match look_again(desk, &cut_off).await {
            Ok(seen) => {
                for act in cut_off {
                    match judge(&act, seen.get(act.order_id.as_str())) {
                        Judged::Happened(evidence) => settled.results.push(done(&act, evidence)),
                        Judged::NotSeen if act.act_attempts < CALLS => to_call.push(act),
                        Judged::NotSeen => {
                            let evidence = "asked twice, cut off twice; the order does not show it";
                            settled.results.push(staff(&act, "unknown", evidence));
                        }
                        Judged::CannotTell(evidence) => {
                            settled.results.push(staff(&act, "unknown", &evidence))
                        }
                    }
                }
            }
            Err(error) if last_try || !error.retryable_read() => {
                let evidence = format!("cut off, and then {error}");
                settled
                    .results
                    .extend(cut_off.iter().map(|act| staff(act, "unknown", &evidence)));
            }
            Err(error) => settled.wait = Some((pause(&error), error.to_string())),
        }
    }
    call(hub, scope, desk, to_call, last_try, &mut settled).await?;
    Ok(settled)
}

async fn call(
    hub: &Hub,
    scope: &TenantScope,
    desk: &PanelDesk,
    acts: Vec<Act>,
    last_try: bool,
    settled: &mut Settled,
) -> Result<(), StoreError> {
    if acts.is_empty() {
        return Ok(());
    }
    let ids: Vec<RequestId> = acts.iter().map(|act| RequestId::from_uuid(act.id)).collect();
    let mut tx = hub.db.begin(scope).await?;
    tx.requests().set_calling(&ids).await?;
    fail::point("act.before_mark");
    tx.commit().await?;
    fail::point("act.before_call");
    let (cancels, refills): (Vec<Act>, Vec<Act>) =
        acts.into_iter().partition(|act| act.act == "request_cancel");
    if !cancels.is_empty() {
        let orders: Vec<OrderId> = cancels
            .iter()
            .filter_map(|act| OrderId::new(&*act.order_id).ok())
            .collect();
        let answer = desk.request_cancel(&orders).await;
        fail::point("act.after_call");
        match answer {
            Ok(answers) => {
                for act in &cancels {
                    let answer = OrderId::new(&*act.order_id).ok().and_then(|id| answers.get(&id));
                    settled.results.push(answered(act, answer));
                }
            }
            Err(error) => cut(&cancels, &error, last_try, settled),
        }
    }
    for act in refills {
        let Ok(order) = OrderId::new(&*act.order_id) else {
            continue;
        };
        let answer = desk.refill(&order).await;
        fail::point("act.after_call");
        match answer {
            Ok(answer) => settled.results.push(answered(&act, Some(&answer))),
            Err(error) => cut(std::slice::from_ref(&act), &error, last_try, settled),
        }
    }
    Ok(())
}

fn answered(act: &Act, answer: Option<&ActOutcome>) -> Acted {
    match answer {
        Some(ActOutcome::Accepted { refill }) => done(
            act,
            refill
                .as_ref()
                .map_or_else(|| "accepted".to_owned(), |id| format!("accepted as {}", id.0)),
        ),
        Some(ActOutcome::Refused(detail)) => staff(act, "refused", detail.as_str()),
        Some(ActOutcome::Unknown(detail)) => staff(act, "unknown", detail.as_str()),
        None => staff(act, "unknown", "the panel's answer does not name the order"),
    }
}

/// A call that brought no answer. What surely did not arrive is intended again; what may have arrived stays `calling`, and is
/// looked at before anything is repeated.
fn cut(acts: &[Act], error: &PanelError, last_try: bool, settled: &mut Settled) {
    let arrived = error.may_have_acted();
    for act in acts {
        if !arrived && (last_try || !error.retryable_read()) {
            settled.results.push(staff(act, "refused", &error.to_string()));
        } else if arrived && last_try {
            settled.results.push(staff(act, "unknown", &error.to_string()));
        } else {
            let state = if arrived { "calling" } else { "intended" };
            let evidence = error.to_string();
            settled.results.push(Acted {
                id: RequestId::from_uuid(act.id),
                state,
                evidence,
                staff: None,
            });
            settled.wait = Some((pause(error), error.to_string()));
        }
    }
}

fn pause(error: &PanelError) -> Duration {
    match error {
        PanelError::RateLimited {
            retry_after: Some(after),
            ..
        } => (*after).min(Duration::from_secs(120)),
        PanelError::RateLimited { .. } => Duration::from_secs(10),
        _ => Duration::from_secs(3),
    }
}

async fn look_again(desk: &PanelDesk, acts: &[Act]) -> Result<HashMap<String, OrderLookup>, PanelError> {
    let orders: Vec<OrderId> = acts
        .iter()
        .filter_map(|act| OrderId::new(&*act.order_id).ok())
        .collect();
    let found = desk.orders(&orders).await?;
    Ok(found
        .into_iter()
        .map(|(id, lookup)| (String::from(id), lookup))
        .collect())
}

enum Judged {
    Happened(String),
    /// The order looks as if nobody had asked.
    NotSeen,
    CannotTell(String),
}

/// What a fresh read says about a call whose answer never came.
fn judge(act: &Act, seen: Option<&OrderLookup>) -> Judged {
    let order = match seen {
        Some(OrderLookup::Found(order)) => order,
        Some(OrderLookup::NotFound) => return Judged::CannotTell("the order is no longer there".to_owned()),
        Some(OrderLookup::Unreadable(why)) => return Judged::CannotTell(why.clone()),
        None => return Judged::CannotTell("the panel's answer does not name the order".to_owned()),
    };
    if act.act == "request_cancel" {
        return match (&order.status, order.panel_allows_cancel) {
            (OrderStatus::Canceled | OrderStatus::Refunded | OrderStatus::Partial, _) => {
                Judged::Happened(format!("the order is {}", order.status.as_str()))
            }
            (_, Some(false)) => {
                Judged::Happened("the panel offers no further cancel request for it".to_owned())
            }
            (_, Some(true)) => Judged::NotSeen,
            (
                OrderStatus::Awaiting
                | OrderStatus::Pending
                | OrderStatus::Processing
                | OrderStatus::InProgress,
                None,
            ) => Judged::NotSeen,
            (status, None) => Judged::CannotTell(format!("the order is {}", status.as_str())),
        };
    }
    match order.panel_allows_refill {
        Some(false) => Judged::Happened("the panel offers no further refill for it".to_owned()),
        Some(true) => Judged::NotSeen,
        // No field of an order tells an open refill, and two refills cost the owner twice.
        None => Judged::CannotTell("the panel does not show whether a refill is open".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use switchboard_domain::order::{OrderOwner, PanelOrder};

    use super::*;

    fn act(kind: &str) -> Act {
        Act {
            id: uuid::Uuid::nil(),
            panel_id: uuid::Uuid::nil(),
            order_id: "1".into(),
            act: kind.into(),
            act_state: "calling".into(),
            act_attempts: 1,
            created_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    fn order(status: OrderStatus, refill: Option<bool>, cancel: Option<bool>) -> OrderLookup {
        let id = OrderId::new("1").unwrap();
        OrderLookup::Found(Box::new(PanelOrder {
            panel_allows_refill: refill,
            panel_allows_cancel: cancel,
            ..PanelOrder::bare(id, OrderOwner::NotToldByPanel, status)
        }))
    }

    #[test]
    fn only_an_order_that_shows_no_trace_is_asked_for_again() {
        use OrderStatus::*;
        let again =
            |kind: &str, lookup: OrderLookup| matches!(judge(&act(kind), Some(&lookup)), Judged::NotSeen);
        assert!(again("request_cancel", order(Pending, None, None)));
        assert!(again("request_cancel", order(InProgress, None, Some(true))));
        assert!(!again("request_cancel", order(InProgress, None, Some(false))));
        assert!(!again("request_cancel", order(Canceled, None, Some(true))));
        assert!(!again("request_cancel", order(Completed, None, None)));
        assert!(!again("request_cancel", OrderLookup::NotFound));
        assert!(again("refill", order(Completed, Some(true), None)));
        assert!(!again("refill", order(Completed, None, None)));
        assert!(!again("refill", order(Completed, Some(false), None)));
        assert!(!again("refill", OrderLookup::Unreadable("cut".into())));
    }
}
