//! RentalPanel's Admin API v1: the key in the query, one action per call, a tight limit on calls.
//!
//! Only the read by id exists here; see the module above for what is absent and why.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono_tz::Tz;
use switchboard_domain::order::{OrderId, OrderLookup};

use super::{
    ActOutcome, Detail, KeyReport, Pacer, Panel, PanelError, PanelKind, RefillId, RefillState,
    bulk::{self, BulkRead, Listed, Piece, unreadable},
    json::Json,
    shape::{Meaning, admin_order, error_text, meaning},
    wire::Wire,
};

pub(super) struct RentalPanel {
    pub wire: Wire,
    pub time_zone: Tz,
}

impl RentalPanel {
    fn sort(&self, listed: &mut Listed, id: Option<String>, item: &Json) {
        let Some(id) = listed.asked(id) else { return };
        let lookup = match (error_text(item), admin_order(id.clone(), item, self.time_zone)) {
            (_, Ok(order)) => OrderLookup::Found(Box::new(order)),
            (Some(text), Err(_)) if meaning(&text) == Meaning::NoSuchOrder => OrderLookup::NotFound,
            (Some(text), Err(_)) => OrderLookup::Unreadable(self.wire.detail(&text).as_str().to_owned()),
            (None, Err(why)) => unreadable(why),
        };
        listed.add(id, lookup);
    }
}

#[async_trait]
impl BulkRead for RentalPanel {
    async fn ask(&self, ids: &[OrderId]) -> Result<Piece, PanelError> {
        let joined = ids.iter().map(OrderId::as_str).collect::<Vec<_>>().join(",");
        let fields = [
            ("action", "getOrders-by-id"),
            ("orders", joined.as_str()),
            ("provider", "1"),
        ];
        let raw = self
            .wire
            .send(self.wire.query(self.wire.url("adminapi/v1"), &fields))
            .await?;
        if raw.is_refused_shape() {
            return Ok(Piece::Balked(self.wire.balked(raw)?));
        }
        let answer = self.wire.read(raw)?;
        let json = answer.json;
        let orders = json
            .get("orders")
            .or_else(|| json.get("data").map(|data| data.get("orders").unwrap_or(data)));
        let mut listed = Listed::of(ids);
        match orders.unwrap_or(&json) {
            Json::List(items) => items.iter().for_each(|item| {
                self.sort(&mut listed, item.scalar_at(&["id", "order_id", "order"]), item);
            }),
            Json::Object(entries) if is_keyed(entries, orders.is_some()) => {
                for (key, item) in entries {
                    self.sort(
                        &mut listed,
                        item.scalar_at(&["id", "order_id"]).or_else(|| Some(key.clone())),
                        item,
                    );
                }
            }
            _ => return self.refused(answer.status.as_u16(), &json),
        }
        Ok(Piece::Listed(listed))
    }
}

/// Nothing but orders under their ids. None at all is an answer only where orders were announced.
fn is_keyed(entries: &[(String, Json)], announced: bool) -> bool {
    let all = entries.iter().all(|(_, value)| matches!(value, Json::Object(_)));
    all && (announced || !entries.is_empty() && !entries.iter().any(|(key, _)| key == "error"))
}

impl RentalPanel {
    fn refused(&self, status: u16, json: &Json) -> Result<Piece, PanelError> {
        let text = error_text(json).or_else(|| json.scalar_at(&["message", "msg"]));
        let Some(text) = text else {
            return Err(PanelError::BadShape {
                detail: Detail::new("the answer holds neither orders nor an error"),
            });
        };
        let detail = self.wire.detail(&text);
        match (status, meaning(&text)) {
            (_, Meaning::NoSuchOrder) => Ok(Piece::Balked(OrderLookup::NotFound)),
            (401 | 403, _) | (_, Meaning::BadKey) => Err(PanelError::Auth { detail }),
            (_, Meaning::NoSuchCall) => Err(PanelError::NotAllowed { detail }),
            (_, Meaning::TooFast) => Err(PanelError::RateLimited {
                retry_after: None,
                detail,
            }),
            // The number of ids that a call may carry is not known: fewer may pass.
            _ => Ok(Piece::Balked(OrderLookup::Unreadable(detail.as_str().to_owned()))),
        }
    }
}

fn no_acts() -> PanelError {
    PanelError::NotAllowed {
        detail: Detail::new("this Admin API has no call that only asks for it"),
    }
}

#[async_trait]
impl Panel for RentalPanel {
    fn kind(&self) -> PanelKind {
        PanelKind::RentalPanelAdminV1
    }

    fn pacer(&self) -> &Pacer {
        &self.wire.pacer
    }

    async fn orders(&self, ids: &[OrderId]) -> Result<HashMap<OrderId, OrderLookup>, PanelError> {
        bulk::read(self, ids).await
    }

    async fn refill(&self, _: &OrderId) -> Result<ActOutcome, PanelError> {
        Err(no_acts())
    }

    async fn request_cancel(&self, _: &[OrderId]) -> Result<HashMap<OrderId, ActOutcome>, PanelError> {
        Err(no_acts())
    }

    async fn refill_status(&self, _: &RefillId) -> Result<RefillState, PanelError> {
        Err(no_acts())
    }

    async fn check_key(&self) -> KeyReport {
        let nobody = [OrderId::new("0").expect("a digit is an id")];
        match self.ask(&nobody).await {
            Ok(Piece::Listed(_) | Piece::Balked(OrderLookup::NotFound)) => {
                KeyReport::works(self.kind(), self.abilities())
            }
            Ok(Piece::Balked(lookup)) => {
                let why = if let OrderLookup::Unreadable(why) = &lookup {
                    why.as_str()
                } else {
                    ""
                };
                KeyReport::failed(
                    self.kind(),
                    &PanelError::BadShape {
                        detail: Detail::new(why),
                    },
                )
            }
            Err(error) => KeyReport::failed(self.kind(), &error),
        }
    }
}

#[cfg(test)]
#[path = "rental_tests.rs"]
mod tests;
