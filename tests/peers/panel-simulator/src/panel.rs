//! Owns one panel's state and the changes a call can make to it.
//!
//! Invariant: a call is judged, logged and applied under one lock, so the log's order is the order of effects.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::calls::CallLog;
use crate::faults::{self, Fault, Rule};
use crate::incoming::{Api, Incoming};
use crate::model::{Kind, Order, Refill, Service, Settings, User};
use crate::reply::Reply;
use crate::sim::Sim;
use crate::{admin_v1, admin_v2, spelling, user_v2};

pub struct Panel {
    pub id: u64,
    pub url: String,
    pub sim: Arc<Sim>,
    pub stop: CancellationToken,
    state: Mutex<State>,
}

pub struct State {
    pub settings: Settings,
    pub orders: HashMap<String, Order>,
    pub users: BTreeMap<String, User>,
    pub services: Vec<Service>,
    pub refills: BTreeMap<u64, Refill>,
    pub faults: Vec<Rule>,
    pub calls: CallLog,
    next_order: u64,
    paced_at: Option<Instant>,
}

/// What is to be done with the connection, decided before anything is awaited.
pub enum Ending {
    Answer(Reply),
    Cut,
    CutMidBody(Reply),
    Huge(u64),
    Hang,
}

pub struct Verdict {
    pub seq: u64,
    pub wait: Duration,
    pub ending: Ending,
}

impl Panel {
    pub fn new(id: u64, url: String, sim: Arc<Sim>, stop: CancellationToken, settings: Settings) -> Self {
        Self {
            id,
            url,
            sim,
            stop,
            state: Mutex::new(State::new(settings)),
        }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        // A panic while answering one call must not turn every later call into a panic too.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn receive(&self, incoming: &Incoming) -> Verdict {
        let at_ms = self.sim.at_ms();
        let mut state = self.state();
        let seq = state.calls.open(incoming, at_ms).seq;
        let verdict = state.judge(seq, incoming);
        if incoming.forbidden {
            let name = state.settings.name.clone();
            if let Some(call) = state.calls.get_mut(seq) {
                self.sim.forbid(self.id, &name, call.clone());
            }
        }
        verdict
    }
}

impl State {
    fn new(settings: Settings) -> Self {
        let mut state = Self {
            services: default_services(),
            settings,
            orders: HashMap::new(),
            users: BTreeMap::new(),
            refills: BTreeMap::new(),
            faults: Vec::new(),
            calls: CallLog::default(),
            next_order: 23_501,
            paced_at: None,
        };
        if let Some(name) = state.settings.user.clone() {
            state.know_user(&name);
        }
        state
    }

    fn judge(&mut self, seq: u64, incoming: &Incoming) -> Verdict {
        let rule = if incoming.forbidden {
            None
        } else {
            faults::take(&mut self.faults, incoming)
        };
        let mut wait = self.settings.latency_ms;
        let fault = rule.as_ref().map(|rule| rule.fault);
        let ending = match &rule {
            None => Ending::Answer(self.answer(incoming)),
            Some(rule) => match rule.fault {
                Fault::Slow => {
                    wait += rule.ms.unwrap_or(1_000);
                    Ending::Answer(self.answer(incoming))
                }
                Fault::CutConnection => Ending::Cut,
                Fault::CutAfterApply => {
                    wait += rule.ms.unwrap_or(0);
                    let reply = self.answer(incoming);
                    self.note(seq, fault, None, &reply.effects);
                    return Verdict {
                        seq,
                        wait: Duration::from_millis(wait),
                        ending: Ending::Cut,
                    };
                }
                Fault::CutMidBody => Ending::CutMidBody(self.answer(incoming)),
                Fault::Hang => Ending::Hang,
                Fault::HugeBody => Ending::Huge(rule.bytes.unwrap_or(64 << 20)),
                Fault::BadAuth => Ending::Answer(self.bad_auth(incoming)),
                Fault::RateLimited => {
                    Ending::Answer(Reply::rate_limited(rule.status.unwrap_or(429), rule.ms))
                }
                Fault::ServerError => Ending::Answer(Reply::server_error(rule.status.unwrap_or(500))),
                Fault::HtmlChallenge => Ending::Answer(Reply::challenge(rule.status.unwrap_or(403))),
                Fault::WrongShape => Ending::Answer(Reply::wrong_shape(rule.status.unwrap_or(200))),
                Fault::NotJson => Ending::Answer(Reply::not_json(rule.status.unwrap_or(200))),
            },
        };
        match &ending {
            Ending::Answer(reply) | Ending::CutMidBody(reply) => {
                self.note(seq, fault, Some(reply.status), &reply.effects);
            }
            Ending::Huge(_) => self.note(seq, fault, Some(200), &[]),
            Ending::Cut | Ending::Hang => self.note(seq, fault, None, &[]),
        }
        Verdict {
            seq,
            wait: Duration::from_millis(wait),
            ending,
        }
    }

    fn note(&mut self, seq: u64, fault: Option<Fault>, status: Option<u16>, effects: &[String]) {
        if let Some(call) = self.calls.get_mut(seq) {
            call.fault = fault;
            call.status = status;
            call.effect = !effects.is_empty();
            call.effect_ids = effects.join(",");
        }
    }

    fn answer(&mut self, incoming: &Incoming) -> Reply {
        let has_admin = self.settings.kind != Kind::UserV2;
        if has_admin && matches!(incoming.api, Api::AdminV1 | Api::AdminV2) && self.too_soon() {
            return Reply::rate_limited(429, Some(self.settings.min_gap_ms));
        }
        match (incoming.api, self.settings.kind) {
            (Api::AdminV2, Kind::PerfectPanel) => admin_v2::answer(self, incoming),
            (Api::AdminV1, Kind::PerfectPanel | Kind::RentalPanel) => admin_v1::answer(self, incoming),
            (Api::UserV2, _) => user_v2::answer(self, incoming),
            _ => Reply::not_found(),
        }
    }

    fn bad_auth(&self, incoming: &Incoming) -> Reply {
        match incoming.api {
            Api::AdminV2 => admin_v2::error(403, "Access denied"),
            Api::AdminV1 => admin_v1::error("bad_auth"),
            Api::UserV2 => user_v2::error(&self.settings, user_v2::Refusal::Key),
            Api::Other => Reply::not_found(),
        }
    }

    /// Only calls that were let through count for the gap.
    fn too_soon(&mut self) -> bool {
        let gap = Duration::from_millis(self.settings.min_gap_ms);
        let now = Instant::now();
        if gap.is_zero() {
            return false;
        }
        if self.paced_at.is_some_and(|last| now.duration_since(last) < gap) {
            return true;
        }
        self.paced_at = Some(now);
        false
    }

    pub fn know_user(&mut self, name: &str) {
        if self.users.contains_key(name) {
            return;
        }
        self.put_user(User {
            id: 0,
            username: name.to_owned(),
            email: format!("{name}@shop.example"),
            balance: "100.00".into(),
            key: None,
        });
    }

    pub fn put_user(&mut self, mut user: User) {
        if user.id == 0 {
            let known = self.users.get(&user.username).map(|known| known.id);
            user.id = known.unwrap_or_else(|| self.users.values().map(|user| user.id).max().unwrap_or(0) + 1);
        }
        self.users.insert(user.username.clone(), user);
    }

    /// The account a user-API key belongs to: the panel's own setting, then the users' keys.
    pub fn account(&self, key: &str) -> Option<String> {
        if self.settings.user_key.as_deref() == Some(key) {
            return self.settings.user.clone().or_else(|| Some("customer1".into()));
        }
        self.users
            .values()
            .find(|user| user.key.as_deref() == Some(key))
            .map(|user| user.username.clone())
    }

    pub fn put_order(&mut self, order: Order) {
        self.know_user(&order.user);
        if let Ok(number) = order.id.parse::<u64>() {
            self.next_order = self.next_order.max(number.saturating_add(1));
        }
        self.orders.insert(order.id.clone(), order);
    }

    pub fn new_order_id(&self) -> String {
        self.next_order.to_string()
    }

    pub fn can_request_cancel(&self, order: &Order) -> bool {
        order.cancel_allowed
            && spelling::may_cancel(&order.status)
            && !(self.settings.refuse_repeats && order.cancel_requests > 0)
    }

    pub fn can_refill(&self, order: &Order) -> bool {
        order.refill_allowed
            && spelling::may_refill(&order.status)
            && !(self.settings.refuse_repeats && self.has_open_refill(&order.id))
    }

    fn has_open_refill(&self, order: &str) -> bool {
        self.refills.values().any(|refill| {
            refill.order == order
                && matches!(spelling::key(&refill.status).as_str(), "pending" | "inprogress")
        })
    }

    /// Asks for a cancel; `false` when the panel would not let the customer.
    pub fn request_cancel(&mut self, id: &str) -> bool {
        let allowed = self
            .orders
            .get(id)
            .is_some_and(|order| self.can_request_cancel(order));
        if allowed && let Some(order) = self.orders.get_mut(id) {
            order.cancel_requests += 1;
        }
        allowed
    }

    /// Opens a refill; `None` when the panel would not let the customer.
    pub fn open_refill(&mut self, id: &str) -> Option<u64> {
        if !self.orders.get(id).is_some_and(|order| self.can_refill(order)) {
            return None;
        }
        let refill = self.refills.keys().next_back().copied().unwrap_or(0) + 1;
        let order = self.orders.get_mut(id)?;
        order.refill_requests += 1;
        let (order, user) = (order.id.clone(), order.user.clone());
        self.refills.insert(
            refill,
            Refill {
                id: refill,
                order,
                user,
                status: "Pending".into(),
            },
        );
        Some(refill)
    }
}

fn default_services() -> Vec<Service> {
    serde_json::from_str(include_str!("../default_services.json"))
        .expect("the embedded list is valid; a test reads it")
}
