//! What is to be said and done for the orders of one message, before anything of it is written.
//!
//! Invariant: reads only. The commit writes a plan, the test room shows one; both are made here, by the same steps.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use switchboard_domain::{
    command::{
        CommandKind,
        compose::{Reply, compose, notice},
        decide::{Outcome as Decided, abuse::Mute},
        texts::{CustomerView, ReplyKey},
    },
    id::PanelId,
    order::OrderId,
};
use switchboard_store::{StoreError, TenantTx};

use super::{
    Context,
    forwards::{self, Routed},
    orders::{self, Decision, PanelFacts, Read},
};
use crate::Hub;

pub(crate) struct Plan {
    pub decisions: Vec<Decision>,
    /// Beside each decision, where its forward goes.
    pub routes: Vec<Option<Routed>>,
    pub replies: Vec<Reply>,
    /// The sender's tries at other people's orders with this message's, and whether they are now too many.
    pub misses: Option<(Vec<DateTime<Utc>>, Option<Mute>)>,
    pub facts: HashMap<PanelId, PanelFacts>,
}

/// Decides all orders of a message, finds their routes and composes the replies.
pub(crate) async fn plan(
    hub: &Hub,
    tx: &mut TenantTx,
    context: &Context,
    asked: &[(CommandKind, OrderId)],
    cut: &[OrderId],
    candidates: &[PanelId],
    reads: &HashMap<PanelId, Read>,
) -> Result<Plan, StoreError> {
    let orders: Vec<OrderId> = asked.iter().map(|(_, order)| order.clone()).collect();
    let mut facts = HashMap::new();
    for &panel in candidates {
        let tells_owner = orders::abilities_of(context, panel).tells_owner;
        facts.insert(panel, PanelFacts::load(tx, panel, &orders, tells_owner).await?);
    }
    let mut decisions: Vec<Decision> = asked
        .iter()
        .map(|(command, order)| orders::decide_one(hub, context, *command, order, candidates, reads, &facts))
        .collect();
    open_once(&mut decisions);
    let routes: Vec<Option<Routed>> = decisions
        .iter_mut()
        .map(|decision| forwards::routed(context, decision))
        .collect();
    let verdicts: Vec<_> = decisions
        .iter()
        .map(|d| (d.order.clone(), d.verdict.clone(), CustomerView::clone(&d.view)))
        .collect();
    let texts = &context.shop.texts;
    let misses = misses(hub, context, &decisions);
    let mut replies = compose(&verdicts, cut, context.shop.style, texts, &texts.language);
    if matches!(misses, Some((_, Some(_)))) {
        replies.push(notice(ReplyKey::Muted, None, &[], texts, &texts.language));
    }
    Ok(Plan {
        decisions,
        routes,
        replies,
        misses,
        facts,
    })
}

/// Two commands of one message may open the same action on one order (a pending refill and a speed-up): the first does.
fn open_once(decisions: &mut [Decision]) {
    let mut opened: Vec<(Option<PanelId>, OrderId, CommandKind)> = Vec::new();
    for decision in decisions {
        let Some(action) = decision.verdict.opens else {
            continue;
        };
        let key = (decision.panel, decision.order.clone(), action);
        if opened.contains(&key) {
            decision.verdict.opens = None;
            decision.verdict.act = None;
            decision.verdict.forward = None;
        } else {
            opened.push(key);
        }
    }
}

/// Tries at other people's orders, this message included (it counts once: a mistyped list is no attack), and whether they
/// are now too many.
fn misses(
    hub: &Hub,
    context: &Context,
    decisions: &[Decision],
) -> Option<(Vec<DateTime<Utc>>, Option<Mute>)> {
    let missed = |decision: &Decision| decision.verdict.outcome == Decided::NotYours && decision.verdict.miss;
    if !decisions.iter().any(missed) {
        return None;
    }
    let (now, abuse) = (hub.clock.now(), &context.shop.abuse);
    let window = TimeDelta::minutes(i64::from(abuse.miss_window_minutes));
    let mut times = context
        .identity
        .as_ref()
        .map(|identity| identity.misses.clone())
        .unwrap_or_default();
    times.retain(|at| now - *at <= window);
    times.push(now);
    let mute = abuse.after_misses(&times, now);
    Some((times, mute))
}
