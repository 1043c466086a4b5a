//! Commands on orders: ask the panels, decide each order, and hand the plan to the commit.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use switchboard_domain::{
    command::{
        CommandKind,
        decide::{
            Asker, ConfirmCause, Facts, MapRow, Outcome as Decided, PanelAbilities, PanelRead,
            RequestOnOrder, RequestState, StaffReason, Verdict, decide, is_stale,
        },
        parse::Group,
        texts::CustomerView,
    },
    id::{CustomerId, PanelId},
    order::{OrderId, OrderLookup, PanelOrder},
};
use switchboard_integrations::panel::PanelError;
use switchboard_store::{
    StoreError, TenantScope, TenantTx, fail,
    queue::{Claimed, Outcome},
    tenant::requests::Earlier,
};

use super::{Context, commit, pairs};
use crate::{Hub, panels};

/// With more orders than this, or when a panel takes longer than [`ACK_AFTER`], the customer hears "got it" first.
pub(super) const ACK_ABOVE: usize = 10;
const ACK_AFTER: Duration = Duration::from_secs(2);
/// When a panel takes longer, people see the message before it is decided.
const SHOW_AFTER: Duration = Duration::from_millis(500);
/// So long a message waits for a panel that does not answer; then it ends at staff.
const GIVE_UP_AFTER: TimeDelta = TimeDelta::minutes(10);
/// An open request counts as open so long; afterwards it may be asked for again.
pub(super) const OPEN_FOR: TimeDelta = TimeDelta::hours(24);
const SILENCE_BEFORE_CONFIRMING: TimeDelta = TimeDelta::days(90);

pub(crate) type Read = Result<HashMap<OrderId, OrderLookup>, PanelError>;

/// One order with all that was decided.
pub(crate) struct Decision {
    pub command: CommandKind,
    pub order: OrderId,
    pub panel: Option<PanelId>,
    pub verdict: Verdict,
    pub view: CustomerView,
    /// The order as read, if it is the asker's.
    pub read: Option<Box<PanelOrder>>,
}

pub(super) async fn answer(
    hub: &Hub,
    scope: &TenantScope,
    job: &Claimed,
    context: &Context,
    groups: &[Group],
    cut: &[OrderId],
) -> Result<Outcome, StoreError> {
    let asked: Vec<(CommandKind, OrderId)> = pairs(groups)
        .map(|(command, order)| (command, order.clone()))
        .collect();
    let candidates = candidates(context);
    let stale = is_stale(context.asked_at(), hub.clock.now());
    let mut reads = HashMap::new();
    if !stale && !candidates.is_empty() {
        let ids = distinct(&asked);
        if ids.len() > ACK_ABOVE {
            commit::acknowledge(hub, scope, context, groups).await?;
        }
        let fetch = fetch(hub, scope, &candidates, &ids);
        tokio::pin!(fetch);
        if let Ok(read) = tokio::time::timeout(SHOW_AFTER, &mut fetch).await {
            reads = read?;
        } else {
            commit::show(hub, scope, context).await?;
            reads = match tokio::time::timeout(ACK_AFTER - SHOW_AFTER, &mut fetch).await {
                Ok(reads) => reads?,
                Err(_) => {
                    commit::acknowledge(hub, scope, context, groups).await?;
                    fetch.await?
                }
            };
        }
        if let Some(wait) = worth_waiting(hub, context, &reads, job) {
            commit::acknowledge(hub, scope, context, groups).await?;
            return Ok(wait);
        }
    }
    fail::point("pipeline.after_read");
    commit::decided(hub, scope, job, context, asked, cut, &candidates, &reads).await
}

/// Each order once, as typed.
pub(super) fn distinct(asked: &[(CommandKind, OrderId)]) -> Vec<OrderId> {
    let mut seen = std::collections::HashSet::new();
    let orders = asked.iter().map(|(_, order)| order);
    orders.filter(|order| seen.insert(*order)).cloned().collect()
}

/// The panels where this customer has anything: linked usernames, or a place in the order map.
pub(super) fn candidates(context: &Context) -> Vec<PanelId> {
    let mut panels: Vec<PanelId> = Vec::new();
    for id in context
        .links
        .iter()
        .map(|link| link.panel)
        .chain(context.mapped.iter().copied())
    {
        if !panels.contains(&id) && context.shop.panels.contains_key(&id) {
            panels.push(id);
        }
    }
    panels
}

/// All panels at once; each joins these ids with whatever else waits for it.
pub(super) async fn fetch(
    hub: &Hub,
    scope: &TenantScope,
    panels: &[PanelId],
    ids: &[OrderId],
) -> Result<HashMap<PanelId, Read>, StoreError> {
    let reads = panels.iter().map(async |&panel| {
        let Some(desk) = panels::desk(hub, scope, panel).await? else {
            return Ok(None);
        };
        let read = desk.orders(ids).await;
        panels::note(hub, scope, panel, desk.kind(), read.as_ref().err()).await;
        Ok::<_, StoreError>(Some((panel, read)))
    });
    join_all(reads)
        .await
        .into_iter()
        .filter_map(Result::transpose)
        .collect()
}

/// A panel that fails in a way that passes: the message waits, in its place in the chat.
fn worth_waiting(
    hub: &Hub,
    context: &Context,
    reads: &HashMap<PanelId, Read>,
    job: &Claimed,
) -> Option<Outcome> {
    let error = reads
        .values()
        .find_map(|read| read.as_ref().err().filter(|error| error.retryable_read()))?;
    let since = context
        .again
        .as_ref()
        .map_or(context.stored.received_at, |again| again.at);
    if hub.clock.now() - since > GIVE_UP_AFTER {
        return None;
    }
    let after = match error {
        PanelError::RateLimited {
            retry_after: Some(after),
            ..
        } => (*after).min(Duration::from_secs(60)),
        _ => Duration::from_secs(
            2u64.saturating_pow(u32::try_from(job.attempts).unwrap_or(5).min(5))
                .min(30),
        ),
    };
    Some(Outcome::Retry {
        after: Some(after),
        error: error.to_string(),
    })
}

/// What the database knows about the asked orders on one panel.
pub(crate) struct PanelFacts {
    earlier: Vec<Earlier>,
    owners: HashMap<OrderId, CustomerId>,
}

impl PanelFacts {
    pub async fn load(
        tx: &mut TenantTx,
        panel: PanelId,
        orders: &[OrderId],
        tells_owner: bool,
    ) -> Result<Self, StoreError> {
        let earlier = tx.requests().earlier(panel, orders).await?;
        let owners = if tells_owner {
            HashMap::new()
        } else {
            tx.people().owners(panel, orders).await?.into_iter().collect()
        };
        Ok(Self { earlier, owners })
    }

    /// Whether a request on these orders has been open since before that time, so that it must be closed to ask again.
    pub fn any_stale(&self, before: DateTime<Utc>) -> bool {
        self.earlier
            .iter()
            .any(|earlier| earlier.closed_at.is_none() && earlier.created_at < before && !earlier.with_staff)
    }
}

pub(super) fn abilities_of(context: &Context, panel: PanelId) -> PanelAbilities {
    let kind = context
        .shop
        .panels
        .get(&panel)
        .and_then(|panel| panel.kind.parse().ok());
    panels::abilities(kind)
}

/// Decides one order over all the panels where the asker has anything.
pub(super) fn decide_one(
    hub: &Hub,
    context: &Context,
    command: CommandKind,
    order: &OrderId,
    candidates: &[PanelId],
    reads: &HashMap<PanelId, Read>,
    facts: &HashMap<PanelId, PanelFacts>,
) -> Decision {
    let mut decisions: Vec<Decision> = candidates
        .iter()
        .map(|&panel| {
            on_panel(
                hub,
                context,
                command,
                order,
                panel,
                reads.get(&panel),
                facts.get(&panel),
            )
        })
        .collect();
    if decisions.is_empty() {
        // Linked nowhere: the same words as for a foreign order.
        return on_no_panel(hub, context, command, order);
    }
    let theirs: Vec<usize> = (0..decisions.len())
        .filter(|&at| decisions[at].read.is_some())
        .collect();
    match theirs[..] {
        [one] => decisions.swap_remove(one),
        [] => {
            let known_not = |decision: &Decision| decision.verdict.outcome == Decided::NotYours;
            let at = decisions
                .iter()
                .position(|decision| !known_not(decision))
                .unwrap_or(0);
            decisions.swap_remove(at)
        }
        [first, ..] => {
            let mut decision = decisions.swap_remove(first);
            decision.verdict = several_panels(decision.verdict);
            decision
        }
    }
}

/// One number, two panels, both the asker's: a guess could cancel the wrong order.
fn several_panels(verdict: Verdict) -> Verdict {
    Verdict {
        outcome: Decided::Staff,
        reply: switchboard_domain::command::texts::ReplyKey::Received,
        act: None,
        forward: None,
        opens: None,
        staff: Some(StaffReason::SeveralPanels),
        why: StaffReason::SeveralPanels.sentence().to_owned(),
        ..verdict
    }
}

fn on_panel(
    hub: &Hub,
    context: &Context,
    command: CommandKind,
    order: &OrderId,
    panel: PanelId,
    read: Option<&Read>,
    facts: Option<&PanelFacts>,
) -> Decision {
    let missing = OrderLookup::Unreadable("the panel's answer does not name the order".to_owned());
    let lookup = match read {
        Some(Ok(found)) => PanelRead::Answer(found.get(order).unwrap_or(&missing)),
        Some(Err(error)) => PanelRead::Down(error.class()),
        None => PanelRead::Down("not_asked"),
    };
    let usernames: Vec<String> = context
        .links
        .iter()
        .filter(|link| link.panel == panel)
        .map(|link| link.username.clone())
        .collect();
    let customer = context.customer();
    let mapped = match facts.and_then(|facts| facts.owners.get(order)) {
        Some(owner) if Some(*owner) == customer => MapRow::Mine,
        Some(_) => MapRow::SomeoneElses,
        None => MapRow::NoRow,
    };
    let requests: Vec<RequestOnOrder> = facts.map_or_else(Vec::new, |facts| {
        facts
            .earlier
            .iter()
            .filter(|earlier| earlier.order_id == order.as_str())
            .filter_map(|earlier| request_on_order(hub, earlier, customer))
            .collect()
    });
    let verdict = decide(
        &Facts {
            command,
            order_id: order,
            read: lookup,
            asker: Asker {
                usernames: &usernames,
                one_user_ignoring_case: false,
                mapped,
            },
            panel: abilities_of(context, panel),
            requests: &requests,
            service_refill: None,
            asked_at: context.asked_at(),
            now: hub.clock.now(),
            chat: context.inbound.chat.kind,
            confirm: confirm(hub, context),
        },
        &context.shop.rules,
    );
    let theirs = !matches!(
        verdict.outcome,
        Decided::NotYours | Decided::PanelUnavailable | Decided::StillWanted
    ) && !matches!(
        verdict.staff,
        Some(StaffReason::Unreadable | StaffReason::NoOwnerRow | StaffReason::MissingOnPanel)
    );
    let read = match lookup {
        PanelRead::Answer(OrderLookup::Found(found)) if theirs => Some(found.clone()),
        _ => None,
    };
    let view = match &read {
        Some(found) => CustomerView::of(found, &context.shop.provider_names),
        None => CustomerView::bare(order.clone()),
    };
    Decision {
        command,
        order: order.clone(),
        panel: Some(panel),
        verdict,
        view,
        read,
    }
}

fn on_no_panel(hub: &Hub, context: &Context, command: CommandKind, order: &OrderId) -> Decision {
    let nothing = OrderLookup::NotFound;
    let verdict = decide(
        &Facts {
            command,
            order_id: order,
            read: PanelRead::Answer(&nothing),
            asker: Asker {
                usernames: &[],
                one_user_ignoring_case: false,
                mapped: MapRow::NoRow,
            },
            panel: panels::abilities(None),
            requests: &[],
            service_refill: None,
            asked_at: context.asked_at(),
            now: hub.clock.now(),
            chat: context.inbound.chat.kind,
            confirm: None,
        },
        &context.shop.rules,
    );
    Decision {
        command,
        order: order.clone(),
        panel: None,
        verdict,
        view: CustomerView::bare(order.clone()),
        read: None,
    }
}

fn request_on_order(hub: &Hub, earlier: &Earlier, customer: Option<CustomerId>) -> Option<RequestOnOrder> {
    // An open request that is too old is about to be closed by this very message's commit.
    if earlier.closed_at.is_none() && hub.clock.now() - earlier.created_at > OPEN_FOR && !earlier.with_staff {
        return None;
    }
    Some(RequestOnOrder {
        action: CommandKind::parse(&earlier.opens)?,
        opened_at: earlier.created_at,
        closed_at: earlier.closed_at,
        state: match (earlier.with_staff, earlier.sent) {
            (true, _) => RequestState::WithStaff,
            (false, true) => RequestState::Sent,
            (false, false) => RequestState::Recorded,
        },
        same_customer: earlier.customer_id.map(CustomerId::from_uuid) == customer,
    })
}

fn confirm(hub: &Hub, context: &Context) -> Option<ConfirmCause> {
    // A person stands behind it.
    if context.again.is_some() {
        return None;
    }
    if context.confirmed {
        return None;
    }
    if context.is_late_joiner() {
        return Some(ConfirmCause::LateJoiner);
    }
    let silent_since = context.identity.as_ref()?.last_seen_at;
    (hub.clock.now() - silent_since > SILENCE_BEFORE_CONFIRMING).then_some(ConfirmCause::SilentFor90Days)
}
