//! Deciding one order of an answered message again, because a person asked for it: the panel is read afresh.
//!
//! Invariant: the first decision is closed in the transaction that writes the second, and only while nothing has acted on it, so
//! that no panel action and no forward is ever repeated this way.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use switchboard_domain::{
    command::{CommandKind, parse::Group},
    id::{MessageId, RequestId},
    order::{OrderId, OrderIds},
};
use switchboard_store::{
    StoreError, TenantScope, TenantTx,
    queue::{Claimed, Outcome},
};

use super::commit;
use crate::{Hub, jobs, live::Topic};

/// As it stands in the job.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Wanted {
    pub request: RequestId,
    pub by: String,
}

pub(crate) struct Again {
    request: RequestId,
    by: String,
    command: CommandKind,
    order: OrderId,
    orders: OrderIds,
    /// The number of the decision that is made now.
    pub attempt: i32,
    /// When the person asked for it.
    pub at: DateTime<Utc>,
}

impl Again {
    pub fn group(&self) -> Group {
        Group {
            command: self.command,
            orders: self.orders.clone(),
        }
    }

    /// Its panel actions are the cause and the lane of a job of their own.
    pub fn act_lane(&self, message: MessageId) -> String {
        jobs::act_lane(message, self.command.as_str(), self.order.as_str(), self.attempt)
    }

    /// What its replies are the cause of: not those of the first decision.
    pub fn reply_key(&self) -> String {
        format!("again:{}", self.request)
    }
}

/// `None`: nobody wants it any more.
pub(super) async fn find(
    tx: &mut TenantTx,
    message: MessageId,
    wanted: &Wanted,
) -> Result<Option<Again>, StoreError> {
    let Some(row) = tx.request_list().to_decide_again(wanted.request).await? else {
        return Ok(None);
    };
    let order = OrderId::new(row.order_id.as_str()).ok();
    let orders = order.clone().and_then(|order| OrderIds::collect([order]));
    let (Some(command), Some(order), Some((orders, _)), Some(at)) =
        (CommandKind::parse(&row.command), order, orders, row.again_at)
    else {
        return Err(StoreError::unreadable("request", "its order or command"));
    };
    Ok((row.message_id == message.uuid()).then(|| Again {
        request: wanted.request,
        by: wanted.by.clone(),
        command,
        order,
        orders,
        attempt: row.attempt + 1,
        at,
    }))
}

/// Closes the first decision. False: it was closed meanwhile, or something acts on it.
pub(super) async fn make_room(
    tx: &mut TenantTx,
    again: &Again,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    tx.request_list().retire(again.request, &again.by, now).await
}

/// The request stays as it was, and says why.
pub(super) async fn without_credit(
    hub: &Hub,
    scope: &TenantScope,
    job: &Claimed,
    again: &Again,
) -> Result<Outcome, StoreError> {
    let mut tx = hub.db.begin(scope).await?;
    let mut requests = tx.request_list();
    requests.set_again(again.request, None).await?;
    requests
        .set_staff(
            again.request,
            "there was no credit to decide it again: top up, then retry",
        )
        .await?;
    let done = commit::finish_untouched(tx, job).await?;
    hub.live
        .changed(scope.tenant(), Topic::Requests, [again.request.uuid()]);
    Ok(done)
}
