//! PerfectPanel's Admin API v2: `X-Api-Key`, an envelope whose `error_code` counts even with status 200.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono_tz::Tz;
use switchboard_domain::order::{OrderId, OrderLookup, OrderStatus};

use super::{
    ActOutcome, Detail, KeyReport, Pacer, Panel, PanelError, PanelKind, RefillId, RefillState,
    bulk::{self, BulkRead, Listed, Piece, unreadable},
    json::Json,
    shape::{Meaning, admin_order, id_texts, meaning},
    wire::{Answer, Wire},
};
use crate::http::HttpRequest;

/// More than any call asks for, so a list of this length is one that did not filter.
const LIST_LIMIT: usize = 200;
/// Orders read again singly, each a paced call.
const MAX_REREADS: usize = 5;

pub(super) struct PerfectPanel {
    pub wire: Wire,
    pub time_zone: Tz,
    pub needs_last_update: bool,
}

/// The envelope said no.
struct Refusal {
    code: i64,
    message: String,
}

impl PerfectPanel {
    /// The data of an envelope, or why there is none. `Err` for what is no envelope.
    fn open(&self, answer: Answer) -> Result<Result<Json, Refusal>, PanelError> {
        let shape = || PanelError::BadShape {
            detail: Detail::new("the answer is not the Admin API's envelope"),
        };
        let Json::Object(_) = answer.json else {
            return Err(shape());
        };
        let code = answer.json.get("error_code").and_then(Json::integer).unwrap_or(0);
        let message = answer
            .json
            .scalar_at(&["error_message", "error", "message"])
            .unwrap_or_default();
        if !answer.status.is_success() || code != 0 {
            let code = if answer.status.is_success() {
                code
            } else {
                i64::from(answer.status.as_u16())
            };
            return Ok(Err(Refusal { code, message }));
        }
        // Success without data is no answer: nothing in it says that the call was understood.
        answer
            .json
            .get("data")
            .cloned()
            .filter(|data| *data != Json::Null)
            .map(Ok)
            .ok_or_else(shape)
    }

    fn error(&self, Refusal { code, message }: Refusal) -> PanelError {
        let detail = self.wire.detail(&format!("code {code}: {message}"));
        match (code, meaning(&message)) {
            (401 | 403, _) | (_, Meaning::BadKey) => PanelError::Auth { detail },
            (429, _) | (_, Meaning::TooFast) => PanelError::RateLimited {
                retry_after: None,
                detail,
            },
            (400 | 404 | 405 | 422, _) | (_, Meaning::NoSuchCall) => PanelError::NotAllowed { detail },
            _ => PanelError::BadShape { detail },
        }
    }

    async fn list(&self, ids: &[OrderId]) -> Result<Piece, PanelError> {
        let mut url = self.wire.url("adminapi/v2/orders");
        // Commas as they are: some servers do not decode them.
        url.set_query(Some(&format!("ids={}&limit={LIST_LIMIT}", join(ids))));
        let raw = self.wire.send(self.wire.get_with_header(url)?).await?;
        if raw.is_refused_shape() {
            return Ok(Piece::Balked(self.wire.balked(raw)?));
        }
        let data = match self.open(self.wire.read(raw)?)? {
            Ok(data) => data,
            Err(refusal) if meaning(&refusal.message) == Meaning::NoSuchOrder => {
                return Ok(Piece::Balked(OrderLookup::NotFound));
            }
            Err(refusal) => return Err(self.error(refusal)),
        };
        let entries = data.any(&["list", "orders"]).unwrap_or(&data);
        let mut listed = Listed::of(ids);
        match entries {
            Json::List(items) => {
                listed.cut = items.len() >= LIST_LIMIT;
                items
                    .iter()
                    .for_each(|item| self.sort(&mut listed, item.scalar_at(&["id"]), item));
            }
            // An empty object is how some scripts print an empty list.
            Json::Object(entries) if entries.iter().all(|(_, value)| matches!(value, Json::Object(_))) => {
                listed.cut = entries.len() >= LIST_LIMIT;
                for (key, item) in entries {
                    self.sort(
                        &mut listed,
                        item.scalar_at(&["id"]).or_else(|| Some(key.clone())),
                        item,
                    );
                }
            }
            _ => {
                return Err(PanelError::BadShape {
                    detail: Detail::new("the answer holds no list of orders"),
                });
            }
        }
        Ok(Piece::Listed(listed))
    }

    async fn any_order(&self) -> Result<(), PanelError> {
        let mut url = self.wire.url("adminapi/v2/orders");
        url.set_query(Some("limit=1"));
        let answer = self.wire.call(self.wire.get_with_header(url)?).await?;
        self.open(answer)?
            .map(drop)
            .map_err(|refusal| self.error(refusal))
    }

    fn sort(&self, listed: &mut Listed, id: Option<String>, item: &Json) {
        let Some(id) = listed.asked(id) else { return };
        let lookup = match admin_order(id.clone(), item, self.time_zone) {
            Ok(order) => OrderLookup::Found(Box::new(order)),
            Err(why) => unreadable(why),
        };
        // A list that leaves the field out says less than one that says null.
        if item.get("provider").is_none() && matches!(lookup, OrderLookup::Found(_)) {
            listed.thin.push(id.clone());
        }
        listed.add(id, lookup);
    }

    /// `None` where a second look brought nothing better than the first.
    async fn reread(&self, id: &OrderId) -> Option<OrderLookup> {
        let url = self.wire.url(&format!("adminapi/v2/orders/{id}"));
        let answer = self.wire.call(self.wire.get_with_header(url).ok()?).await.ok()?;
        let data = self.open(answer).ok()?.ok()?;
        let item = data.get("order").unwrap_or(&data);
        let same = item.scalar_at(&["id"]).as_deref() == Some(id.as_str());
        same.then(|| admin_order(id.clone(), item, self.time_zone).ok())?
            .map(|order| OrderLookup::Found(Box::new(order)))
    }

    /// The few orders whose list entry lacks what a decision needs.
    fn thin(&self, thin: Vec<OrderId>, found: &HashMap<OrderId, OrderLookup>) -> Vec<OrderId> {
        let mut again = thin;
        if self.needs_last_update {
            let undated = found.iter().filter(|(_, lookup)| {
                matches!(lookup, OrderLookup::Found(order)
                    if order.status == OrderStatus::Completed && order.updated_at.is_none())
            });
            let undated: Vec<OrderId> = undated
                .map(|(id, _)| id.clone())
                .filter(|id| !again.contains(id))
                .collect();
            // Of many, each call would hold up all the others: then the window is judged without.
            if again.len() + undated.len() <= MAX_REREADS {
                again.extend(undated);
            }
        }
        again.truncate(MAX_REREADS);
        again
    }
}

struct Reader<'a> {
    panel: &'a PerfectPanel,
    thin: std::sync::Mutex<Vec<OrderId>>,
}

#[async_trait]
impl BulkRead for Reader<'_> {
    async fn ask(&self, ids: &[OrderId]) -> Result<Piece, PanelError> {
        let mut piece = self.panel.list(ids).await?;
        if let Piece::Listed(listed) = &mut piece {
            let mut thin = self
                .thin
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            thin.append(&mut listed.thin);
        }
        Ok(piece)
    }
}

fn join(ids: &[OrderId]) -> String {
    ids.iter().map(OrderId::as_str).collect::<Vec<_>>().join(",")
}

fn no_refills() -> PanelError {
    PanelError::NotAllowed {
        detail: Detail::new("the Admin API has no call for refills"),
    }
}

#[async_trait]
impl Panel for PerfectPanel {
    fn kind(&self) -> PanelKind {
        PanelKind::PerfectPanelAdminV2
    }

    fn pacer(&self) -> &Pacer {
        &self.wire.pacer
    }

    async fn orders(&self, ids: &[OrderId]) -> Result<HashMap<OrderId, OrderLookup>, PanelError> {
        let reader = Reader {
            panel: self,
            thin: std::sync::Mutex::default(),
        };
        // This script's ids are numbers; one other id must not spoil the call for all.
        let usual =
            |id: &&OrderId| id.as_str().len() <= 15 && id.as_str().bytes().all(|b| b.is_ascii_digit());
        let (plain, odd): (Vec<&OrderId>, Vec<&OrderId>) = ids.iter().partition(usual);
        let plain: Vec<OrderId> = plain.into_iter().cloned().collect();
        let odd: Vec<OrderId> = odd.into_iter().cloned().collect();
        let mut found = bulk::read(&reader, &plain).await?;
        found.extend(bulk::read(&reader, &odd).await?);
        let thin = reader
            .thin
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        for id in self.thin(thin, &found) {
            if let Some(better) = self.reread(&id).await {
                found.insert(id, better);
            }
        }
        Ok(found)
    }

    async fn refill(&self, _: &OrderId) -> Result<ActOutcome, PanelError> {
        Err(no_refills())
    }

    /// The accepted ids stand in `data.ids`. Of the rest nothing is known, unless the panel lists them as skipped.
    async fn request_cancel(&self, ids: &[OrderId]) -> Result<HashMap<OrderId, ActOutcome>, PanelError> {
        let (ids, beyond) = ids.split_at(ids.len().min(super::MAX_IDS));
        let mut outcomes: HashMap<OrderId, ActOutcome> = beyond
            .iter()
            .map(|id| {
                (
                    id.clone(),
                    ActOutcome::Refused(Detail::new("not asked: too many orders in one call")),
                )
            })
            .collect();
        if ids.is_empty() {
            return Ok(outcomes);
        }
        let request = HttpRequest::post(self.wire.url("adminapi/v2/orders/request-cancel"));
        let request = self
            .wire
            .with_header(request)?
            .json(&serde_json::json!({ "ids": join(ids) }));
        let data = match self.open(self.wire.call(request).await?)? {
            Ok(data) => data,
            Err(refusal) if refusal.code == 403 && meaning(&refusal.message) != Meaning::BadKey => {
                return Err(PanelError::NotAllowed {
                    detail: self.wire.detail(&refusal.message),
                });
            }
            Err(refusal) => match self.error(refusal) {
                // Understood and refused as a whole.
                PanelError::NotAllowed { detail } | PanelError::BadShape { detail } => {
                    let refused = |id: &OrderId| (id.clone(), ActOutcome::Refused(detail.clone()));
                    outcomes.extend(ids.iter().map(refused));
                    return Ok(outcomes);
                }
                error => return Err(error),
            },
        };
        let accepted = data.get("ids").map(id_texts).unwrap_or_default();
        let skipped: Vec<String> = ["skipped_ids", "skipped", "failed"]
            .iter()
            .filter_map(|name| data.get(name))
            .flat_map(id_texts)
            .collect();
        let named = |list: &[String], id: &OrderId| list.iter().any(|text| text == id.as_str());
        outcomes.extend(ids.iter().map(|id| {
            let outcome = match (named(&accepted, id), named(&skipped, id)) {
                (true, false) => ActOutcome::ACCEPTED,
                (false, true) => ActOutcome::Refused(Detail::new("the panel skipped this order")),
                (true, true) => {
                    ActOutcome::Unknown(Detail::new("the panel lists it as accepted and as skipped"))
                }
                (false, false) => {
                    ActOutcome::Unknown(Detail::new("the panel's answer does not name this order"))
                }
            };
            (id.clone(), outcome)
        }));
        Ok(outcomes)
    }

    async fn refill_status(&self, _: &RefillId) -> Result<RefillState, PanelError> {
        Err(no_refills())
    }

    async fn check_key(&self) -> KeyReport {
        let nobody = [OrderId::new("0").expect("a digit is an id")];
        let works = match self.list(&nobody).await {
            // A panel that finds fault with id 0: any order will do.
            Ok(Piece::Balked(OrderLookup::Unreadable(_))) => self.any_order().await,
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        };
        match works {
            Ok(()) => KeyReport::works(self.kind(), self.abilities()),
            Err(error) => KeyReport::failed(self.kind(), &error),
        }
    }
}

#[cfg(test)]
#[path = "perfect_panel_tests.rs"]
mod tests;
