//! The user API v2, with the key of one customer account, as dozens of scripts speak it.
//!
//! An error of one entry is data; a missing entry is unknown, since the API answers unknown ids with words.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use switchboard_domain::order::{OrderId, OrderLookup};

use super::{
    ActOutcome, Detail, KeyReport, MAX_IDS, Pacer, Panel, PanelError, PanelKind, RefillId, RefillState,
    bulk::{Listed, unreadable},
    json::Json,
    shape::{Meaning, error_text, meaning, user_order},
    wire::{Answer, Wire},
};

/// Some scripts read one order per call; so many are asked for one by one, the rest waits for a person.
const MAX_SINGLES: usize = 10;

pub(super) struct UserApi {
    pub wire: Wire,
}

impl UserApi {
    async fn call(&self, fields: &[(&str, &str)]) -> Result<Answer, PanelError> {
        self.wire
            .call(self.wire.form(self.wire.url("api/v2"), fields))
            .await
    }

    /// What an error of the whole call is; `Ok` holds a text that concerns the orders and not the key or the pace.
    fn whole_error(&self, answer: &Answer) -> Result<Option<String>, PanelError> {
        let text = match &answer.json {
            Json::Object(_) => error_text(&answer.json).or_else(|| {
                let failed = answer.json.get("status").is_some_and(|status| {
                    *status == Json::Bool(false)
                        || matches!(status.scalar().as_deref(), Some("fail" | "error"))
                });
                answer
                    .json
                    .scalar_at(&["msg", "message"])
                    .filter(|_| failed || !answer.status.is_success())
            }),
            _ => None,
        };
        let Some(text) = text else {
            let detail = self.wire.detail(&format!("HTTP {}", answer.status));
            return match answer.status.as_u16() {
                200..300 => Ok(None),
                401 | 403 => Err(PanelError::Auth { detail }),
                404 | 405 => Err(PanelError::BadAddress { detail }),
                _ => Err(PanelError::BadShape { detail }),
            };
        };
        let detail = self.wire.detail(&text);
        match (answer.status.as_u16(), meaning(&text)) {
            (_, Meaning::BadKey) => Err(PanelError::Auth { detail }),
            (_, Meaning::TooFast) => Err(PanelError::RateLimited {
                retry_after: None,
                detail,
            }),
            (401, Meaning::Other) => Err(PanelError::Auth { detail }),
            _ => Ok(Some(text)),
        }
    }

    fn entry(&self, id: &OrderId, item: &Json) -> OrderLookup {
        match error_text(item) {
            Some(text) if meaning(&text) == Meaning::NoSuchOrder => OrderLookup::NotFound,
            Some(text) => OrderLookup::Unreadable(self.wire.detail(&text).as_str().to_owned()),
            None => user_order(id.clone(), item)
                .map_or_else(unreadable, |order| OrderLookup::Found(Box::new(order))),
        }
    }

    async fn single(&self, id: &OrderId) -> Result<OrderLookup, PanelError> {
        let answer = self.call(&[("action", "status"), ("order", id.as_str())]).await?;
        if let Some(text) = self.whole_error(&answer)? {
            return match meaning(&text) {
                Meaning::NoSuchOrder => Ok(OrderLookup::NotFound),
                Meaning::NoSuchCall => Err(PanelError::NotAllowed {
                    detail: self.wire.detail(&text),
                }),
                _ => Ok(OrderLookup::Unreadable(
                    self.wire.detail(&text).as_str().to_owned(),
                )),
            };
        }
        let item = one(&answer.json, id, &["order", "id"]);
        // A bare answer may name its order; another's is no answer.
        let foreign = item
            .scalar_at(&["order", "id"])
            .is_some_and(|named| named != id.as_str());
        Ok(if foreign {
            unreadable("the panel answered for another order")
        } else {
            self.entry(id, item)
        })
    }

    /// `None`: this script does not read several at once.
    async fn several(&self, ids: &[OrderId]) -> Result<Option<HashMap<OrderId, OrderLookup>>, PanelError> {
        let joined = ids.iter().map(OrderId::as_str).collect::<Vec<_>>().join(",");
        let answer = self.call(&[("action", "status"), ("orders", &joined)]).await?;
        if self.whole_error(&answer)?.is_some() {
            return Ok(None);
        }
        let mut listed = Listed::of(ids);
        for (key, item) in keyed(&answer.json, &["order", "id"]) {
            if let Some(id) = listed.asked(key) {
                let lookup = self.entry(&id, item);
                listed.add(id, lookup);
            }
        }
        if listed.found.is_empty() {
            // One bare status for many orders, or something else entirely.
            return Ok(None);
        }
        let mut found = listed.found;
        for id in ids {
            found
                .entry(id.clone())
                .or_insert_with(|| unreadable("missing from the panel's answer"));
        }
        Ok(Some(found))
    }

    /// An act's entry: `{"cancel": 1}`, `{"refill": "12"}`, `{"cancel": {"error": …}}`, `{"error": …}`.
    fn outcome(&self, item: &Json, name: &str) -> ActOutcome {
        if let Some(text) = error_text(item) {
            return ActOutcome::Refused(self.wire.detail(&text));
        }
        let unknown = || ActOutcome::Unknown(Detail::new("the panel's answer neither accepts nor refuses"));
        match item.any(&[name]) {
            Some(value @ Json::Object(_)) => match (error_text(value), value.scalar_at(&["id", "refill"])) {
                (Some(text), _) => ActOutcome::Refused(self.wire.detail(&text)),
                (None, Some(id)) if name == "refill" => ActOutcome::Accepted {
                    refill: Some(RefillId(id)),
                },
                _ => unknown(),
            },
            // Zero or false may mean "no" or "no id": a person reads the panel.
            Some(value) => match (value.truth(), value.scalar()) {
                (Some(false), _) => unknown(),
                (Some(true), None) => ActOutcome::ACCEPTED,
                (_, Some(id)) if name == "refill" && is_reference(&id) => ActOutcome::Accepted {
                    refill: Some(RefillId(id)),
                },
                (Some(true), Some(_)) => ActOutcome::ACCEPTED,
                (None, Some(word)) if is_yes(&word) => ActOutcome::ACCEPTED,
                // A cancellation's own id.
                (None, Some(id)) if id.bytes().all(|b| b.is_ascii_digit()) => ActOutcome::ACCEPTED,
                _ => unknown(),
            },
            None => unknown(),
        }
    }
}

/// Refill ids are numbers, or prefixed like `ref_9a`; a bare word is none.
fn is_reference(text: &str) -> bool {
    text.len() <= 64
        && text.bytes().any(|b| b.is_ascii_digit())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

fn is_yes(word: &str) -> bool {
    matches!(
        word.to_ascii_lowercase().as_str(),
        "requested" | "accepted" | "success" | "ok" | "pending" | "queued"
    )
}

/// The entries of a batch: an array whose items name their id, or an object keyed by id.
fn keyed<'a>(
    json: &'a Json,
    names: &'a [&'a str],
) -> Box<dyn Iterator<Item = (Option<String>, &'a Json)> + 'a> {
    match json {
        Json::List(items) => Box::new(items.iter().map(|item| (item.scalar_at(names), item))),
        Json::Object(entries) => Box::new(entries.iter().map(|(key, item)| (Some(key.clone()), item))),
        _ => Box::new(std::iter::empty()),
    }
}

/// The one entry of a single call: bare, keyed by its id, or alone in an array.
fn one<'a>(json: &'a Json, id: &OrderId, names: &[&str]) -> &'a Json {
    if let Some(entry) = json
        .get(id.as_str())
        .filter(|entry| matches!(entry, Json::Object(_)))
    {
        return entry;
    }
    match json.list() {
        Some([only]) => only,
        Some(items) => items
            .iter()
            .find(|item| item.scalar_at(names).as_deref() == Some(id.as_str()))
            .unwrap_or(json),
        None => json,
    }
}

#[async_trait]
impl Panel for UserApi {
    fn kind(&self) -> PanelKind {
        PanelKind::UserApiV2
    }

    fn pacer(&self) -> &Pacer {
        &self.wire.pacer
    }

    async fn orders(&self, ids: &[OrderId]) -> Result<HashMap<OrderId, OrderLookup>, PanelError> {
        let mut seen = HashSet::new();
        let ids: Vec<OrderId> = ids.iter().filter(|id| seen.insert(*id)).cloned().collect();
        let (ids, beyond) = ids.split_at(ids.len().min(MAX_IDS));
        let mut found: HashMap<OrderId, OrderLookup> = beyond
            .iter()
            .map(|id| (id.clone(), unreadable("not asked: too many orders in one call")))
            .collect();
        if ids.len() > 1
            && let Some(read) = self.several(ids).await?
        {
            found.extend(read);
            return Ok(found);
        }
        for (number, id) in ids.iter().enumerate() {
            let lookup = if number < MAX_SINGLES {
                self.single(id).await?
            } else {
                unreadable("the panel reads one order per call, and there are too many")
            };
            found.insert(id.clone(), lookup);
        }
        Ok(found)
    }

    async fn refill(&self, id: &OrderId) -> Result<ActOutcome, PanelError> {
        let answer = self.call(&[("action", "refill"), ("order", id.as_str())]).await?;
        if let Some(text) = self.whole_error(&answer)? {
            return Ok(ActOutcome::Refused(self.wire.detail(&text)));
        }
        let item = one(&answer.json, id, &["order", "id"]);
        if item
            .scalar_at(&["order"])
            .is_some_and(|named| named != id.as_str())
        {
            return Ok(ActOutcome::Unknown(Detail::new(
                "the panel answered for another order",
            )));
        }
        Ok(self.outcome(item, "refill"))
    }

    async fn request_cancel(&self, ids: &[OrderId]) -> Result<HashMap<OrderId, ActOutcome>, PanelError> {
        let (ids, beyond) = ids.split_at(ids.len().min(MAX_IDS));
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
        let joined = ids.iter().map(OrderId::as_str).collect::<Vec<_>>().join(",");
        let answer = self.call(&[("action", "cancel"), ("orders", &joined)]).await?;
        if let Some(text) = self.whole_error(&answer)? {
            let detail = self.wire.detail(&text);
            outcomes.extend(
                ids.iter()
                    .map(|id| (id.clone(), ActOutcome::Refused(detail.clone()))),
            );
            return Ok(outcomes);
        }
        for (key, item) in keyed(&answer.json, &["order", "id"]) {
            let Some(id) = key
                .and_then(|key| OrderId::new(key).ok())
                .filter(|id| ids.contains(id))
            else {
                continue;
            };
            let outcome = self.outcome(item, "cancel");
            let outcome = match outcomes.remove(&id) {
                Some(known) if known != outcome => {
                    ActOutcome::Unknown(Detail::new("the panel answered twice, differently"))
                }
                _ => outcome,
            };
            outcomes.insert(id, outcome);
        }
        for id in ids {
            if !outcomes.contains_key(id) {
                let outcome = if ids.len() == 1 {
                    self.outcome(&answer.json, "cancel")
                } else {
                    ActOutcome::Unknown(Detail::new("the panel's answer does not name this order"))
                };
                outcomes.insert(id.clone(), outcome);
            }
        }
        Ok(outcomes)
    }

    async fn refill_status(&self, refill: &RefillId) -> Result<RefillState, PanelError> {
        let answer = self
            .call(&[("action", "refill_status"), ("refill", &refill.0)])
            .await?;
        let not_found = |text: &str| matches!(meaning(text), Meaning::NoSuchRefill | Meaning::NoSuchOrder);
        let said = |text: &str| {
            if not_found(text) {
                RefillState::NotFound
            } else {
                RefillState::Unknown(self.wire.detail(text))
            }
        };
        if let Some(text) = self.whole_error(&answer)? {
            return Ok(said(&text));
        }
        let item = match (answer.json.get(&refill.0), answer.json.list()) {
            (Some(entry @ Json::Object(_)), _) => entry,
            (_, Some(items)) => {
                let same = |item: &&Json| item.scalar_at(&["refill", "id"]).as_deref() == Some(&refill.0);
                items.iter().find(same).unwrap_or(&Json::Null)
            }
            _ => &answer.json,
        };
        if let Some(text) = error_text(item).or_else(|| item.get("status").and_then(error_text)) {
            return Ok(said(&text));
        }
        let Some(word) = item.scalar_at(&["status"]) else {
            return Ok(RefillState::Unknown(Detail::new(
                "the panel's answer has no state for this refill",
            )));
        };
        Ok(RefillState::parse(&word).unwrap_or_else(|| RefillState::Unknown(self.wire.detail(&word))))
    }

    async fn check_key(&self) -> KeyReport {
        let failed = |error: &PanelError| KeyReport::failed(self.kind(), error);
        let answer = match self.call(&[("action", "balance")]).await {
            Ok(answer) => answer,
            Err(error) => return failed(&error),
        };
        match self.whole_error(&answer) {
            Err(error) => failed(&error),
            Ok(Some(text)) => failed(&PanelError::NotAllowed {
                detail: self.wire.detail(&text),
            }),
            Ok(None) if answer.json.scalar_at(&["balance"]).is_some() => {
                KeyReport::works(self.kind(), self.abilities())
            }
            Ok(None) => failed(&PanelError::BadShape {
                detail: Detail::new("the answer holds no balance"),
            }),
        }
    }
}

#[cfg(test)]
#[path = "user_v2_tests.rs"]
mod tests;
