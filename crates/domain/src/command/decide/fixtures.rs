//! Facts to start from, shared by the tests of `command`.

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::order::{OrderId, OrderOwner};

pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_770_000_000, 0).unwrap()
}

pub fn id(text: &str) -> OrderId {
    OrderId::new(text).unwrap()
}

/// An order of `alice`, delivered by a provider that knows it.
pub fn order(status: OrderStatus) -> PanelOrder {
    PanelOrder {
        id: id("481799696"),
        owner: OrderOwner::Username("alice".into()),
        status,
        external_ids: vec!["7450284".into()],
        provider: Some("HiddenSource".into()),
        service_id: Some("88".into()),
        service_name: Some("Likes fast".into()),
        link: Some("https://example.com/p/1".into()),
        quantity: Some("1000".into()),
        start_count: Some("20".into()),
        remains: Some("157".into()),
        charge: Some("0.90".into()),
        currency: Some("USD".into()),
        created_at: Some(now() - TimeDelta::days(3)),
        updated_at: Some(now() - TimeDelta::days(2)),
        panel_now: None,
        panel_allows_refill: None,
        panel_allows_cancel: None,
    }
}

/// Owned parts that [`Facts`] borrow from; change a field, then ask for the facts.
#[derive(Debug)]
pub struct Case {
    pub command: CommandKind,
    pub id: OrderId,
    pub lookup: Option<OrderLookup>,
    pub usernames: Vec<String>,
    pub one_user_ignoring_case: bool,
    pub mapped: MapRow,
    pub panel: PanelAbilities,
    pub requests: Vec<RequestOnOrder>,
    pub service_refill: Option<bool>,
    pub asked_at: DateTime<Utc>,
    pub chat: ChatKind,
    pub confirm: Option<ConfirmCause>,
    pub rules: Rules,
}

impl Case {
    /// Alice asks in a direct chat about her own order, just now.
    pub fn new(status: OrderStatus, command: CommandKind) -> Self {
        Self::with(order(status), command)
    }

    pub fn with(order: PanelOrder, command: CommandKind) -> Self {
        Self {
            command,
            id: order.id.clone(),
            lookup: Some(OrderLookup::Found(Box::new(order))),
            usernames: vec!["alice".into()],
            one_user_ignoring_case: false,
            mapped: MapRow::NoRow,
            panel: PanelAbilities {
                refill: false,
                request_cancel: true,
                tells_owner: true,
                tells_provider: true,
            },
            requests: Vec::new(),
            service_refill: None,
            asked_at: now(),
            chat: ChatKind::Direct,
            confirm: None,
            rules: Rules::default(),
        }
    }

    pub fn order(&mut self) -> &mut PanelOrder {
        match &mut self.lookup {
            Some(OrderLookup::Found(order)) => order,
            _ => panic!("the case has no order"),
        }
    }

    pub fn facts(&self) -> Facts<'_> {
        Facts {
            command: self.command,
            order_id: &self.id,
            read: self
                .lookup
                .as_ref()
                .map_or(PanelRead::Down("timeout"), PanelRead::Answer),
            asker: Asker {
                usernames: &self.usernames,
                one_user_ignoring_case: self.one_user_ignoring_case,
                mapped: self.mapped,
            },
            panel: self.panel,
            requests: &self.requests,
            service_refill: self.service_refill,
            asked_at: self.asked_at,
            now: now(),
            chat: self.chat,
            confirm: self.confirm,
        }
    }

    pub fn decide(&self) -> Verdict {
        decide(&self.facts(), &self.rules)
    }
}

/// A request on the order, opened an hour before [`now`] and closed so many hours ago, or open.
pub fn request(action: CommandKind, closed_hours_ago: Option<i64>) -> RequestOnOrder {
    let closed_at = closed_hours_ago.map(|hours| now() - TimeDelta::hours(hours));
    RequestOnOrder {
        action,
        opened_at: closed_at.unwrap_or_else(now) - TimeDelta::hours(1),
        closed_at,
        state: RequestState::Sent,
        same_customer: true,
    }
}

pub fn every_status() -> [OrderStatus; 13] {
    [
        OrderStatus::Awaiting,
        OrderStatus::Pending,
        OrderStatus::Processing,
        OrderStatus::InProgress,
        OrderStatus::Completed,
        OrderStatus::Partial,
        OrderStatus::Canceled,
        OrderStatus::Refunded,
        OrderStatus::Fail,
        OrderStatus::Active,
        OrderStatus::Paused,
        OrderStatus::Expired,
        OrderStatus::Unknown("Bekliyor".into()),
    ]
}
