//! A panel in memory, for tests of whatever stands above the port. Passes the port's contract suite.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use switchboard_domain::order::{OrderId, OrderLookup, OrderOwner, OrderStatus, PanelOrder};

use super::{
    Abilities, ActOutcome, Detail, KeyReport, MAX_IDS, Pace, Pacer, Panel, PanelError, PanelKind, RefillId,
    RefillState,
    contract::{Act, Fault, Stage, StageOrder},
};

/// Speaks no wire format; has orders, faults, an act log and a count of calls.
pub struct FakePanel {
    kind: PanelKind,
    abilities: Abilities,
    delay: Duration,
    pacer: Pacer,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    orders: HashMap<OrderId, StageOrder>,
    fault: Option<Fault>,
    acts: Vec<Act>,
    reads: Vec<Vec<OrderId>>,
    refills: Vec<OrderId>,
}

impl FakePanel {
    pub fn new(kind: PanelKind) -> Self {
        let pacer = Pacer::new(Pace::every(Duration::ZERO));
        Self {
            kind,
            abilities: kind.abilities(),
            delay: Duration::ZERO,
            pacer,
            state: Mutex::default(),
        }
    }

    /// Reads all orders, with owner and provider; asks to cancel.
    pub fn admin() -> Self {
        Self::new(PanelKind::PerfectPanelAdminV2)
    }

    pub fn paced(mut self, pace: Pace) -> Self {
        self.pacer = Pacer::new(pace);
        self
    }

    /// Each call takes so long.
    pub fn slow(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    pub fn with_abilities(mut self, abilities: Abilities) -> Self {
        self.abilities = abilities;
        self
    }

    pub fn put_order(&self, order: StageOrder) {
        self.state().orders.insert(order.id.clone(), order);
    }

    pub fn set_fault(&self, fault: Option<Fault>) {
        self.state().fault = fault;
    }

    /// The acts that arrived, refused ones included.
    pub fn acts(&self) -> Vec<Act> {
        self.state().acts.clone()
    }

    /// The ids of each read that arrived.
    pub fn reads(&self) -> Vec<Vec<OrderId>> {
        self.state().reads.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One call: a turn, the time it takes, the fault that is on before the panel looks at it.
    async fn arrive(&self) -> Result<(), PanelError> {
        let _turn = self.pacer.turn().await;
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        let detail = Detail::new("the fake was told to fail");
        match self.state().fault {
            Some(Fault::WrongKey) => Err(PanelError::Auth { detail }),
            Some(Fault::TooManyCalls { retry_after }) => Err(PanelError::RateLimited {
                retry_after: retry_after.map(Duration::from_secs),
                detail,
            }),
            Some(Fault::Challenge) => Err(PanelError::Blocked {
                request_may_have_arrived: false,
                detail,
            }),
            Some(Fault::ServerError | Fault::CutAfterRequest | Fault::WrongShape) | None => Ok(()),
        }
    }

    /// The fault that is on after the panel did its work.
    fn answer<T>(&self, answer: T) -> Result<T, PanelError> {
        let detail = Detail::new("the fake was told to fail");
        match self.state().fault {
            Some(Fault::ServerError | Fault::CutAfterRequest) => Err(PanelError::Unreachable {
                request_may_have_arrived: true,
                detail,
            }),
            Some(Fault::WrongShape) => Err(PanelError::BadShape { detail }),
            _ => Ok(answer),
        }
    }

    fn show(&self, order: &StageOrder) -> PanelOrder {
        let owner = if self.abilities.tells_owner {
            OrderOwner::Username(order.username.clone())
        } else {
            OrderOwner::NotToldByPanel
        };
        let told = self.abilities.tells_provider;
        let status = OrderStatus::parse(&order.status);
        PanelOrder {
            external_ids: if told {
                order.external_ids.clone()
            } else {
                Vec::new()
            },
            provider: order.provider.clone().filter(|_| told),
            ..PanelOrder::bare(order.id.clone(), owner, status)
        }
    }
}

fn unable() -> PanelError {
    PanelError::NotAllowed {
        detail: Detail::new("this kind of panel has no such call"),
    }
}

#[async_trait]
impl Panel for FakePanel {
    fn kind(&self) -> PanelKind {
        self.kind
    }

    fn abilities(&self) -> Abilities {
        self.abilities
    }

    fn pacer(&self) -> &Pacer {
        &self.pacer
    }

    async fn orders(&self, ids: &[OrderId]) -> Result<HashMap<OrderId, OrderLookup>, PanelError> {
        self.arrive().await?;
        self.state().reads.push(ids.to_vec());
        let state = self.state();
        let look = |(number, id): (usize, &OrderId)| {
            let lookup = match state.orders.get(id) {
                _ if number >= MAX_IDS => OrderLookup::Unreadable("too many in one call".to_owned()),
                Some(order) => OrderLookup::Found(Box::new(self.show(order))),
                None => OrderLookup::NotFound,
            };
            (id.clone(), lookup)
        };
        let found = ids.iter().enumerate().map(look).collect();
        drop(state);
        self.answer(found)
    }

    async fn refill(&self, id: &OrderId) -> Result<ActOutcome, PanelError> {
        if !self.abilities.refill {
            return Err(unable());
        }
        self.arrive().await?;
        let outcome = {
            let mut state = self.state();
            state.acts.push(Act::Refill(id.clone()));
            if state.orders.get(id).is_some_and(|order| order.accepts_acts) {
                state.refills.push(id.clone());
                ActOutcome::Accepted {
                    refill: Some(RefillId(state.refills.len().to_string())),
                }
            } else {
                ActOutcome::Refused(Detail::new("not now"))
            }
        };
        self.answer(outcome)
    }

    async fn request_cancel(&self, ids: &[OrderId]) -> Result<HashMap<OrderId, ActOutcome>, PanelError> {
        if !self.abilities.request_cancel {
            return Err(unable());
        }
        self.arrive().await?;
        let outcomes = {
            let mut state = self.state();
            state
                .acts
                .extend(ids.iter().take(MAX_IDS).cloned().map(Act::Cancel));
            let outcome = |id: &OrderId| match state.orders.get(id) {
                Some(order) if order.accepts_acts => ActOutcome::ACCEPTED,
                _ => ActOutcome::Refused(Detail::new("not now")),
            };
            ids.iter().map(|id| (id.clone(), outcome(id))).collect()
        };
        self.answer(outcomes)
    }

    async fn refill_status(&self, refill: &RefillId) -> Result<RefillState, PanelError> {
        if !self.abilities.refill_status {
            return Err(unable());
        }
        self.arrive().await?;
        let known = refill
            .0
            .parse::<usize>()
            .is_ok_and(|number| (1..=self.state().refills.len()).contains(&number));
        self.answer(if known {
            RefillState::Pending
        } else {
            RefillState::NotFound
        })
    }

    async fn check_key(&self) -> KeyReport {
        let tried = match self.arrive().await {
            Ok(()) => self.answer(()),
            Err(error) => Err(error),
        };
        match tried {
            Ok(()) => KeyReport::works(self.kind, self.abilities),
            Err(error) => KeyReport::failed(self.kind, &error),
        }
    }
}

#[async_trait]
impl Stage for FakePanel {
    async fn put(&self, order: StageOrder) {
        self.put_order(order);
    }

    async fn fault(&self, fault: Option<Fault>) {
        self.set_fault(fault);
    }

    async fn acts(&self) -> Vec<Act> {
        self.acts()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::panel::contract;

    #[tokio::test(start_paused = true)]
    async fn passes_the_contract() {
        for kind in PanelKind::ALL {
            let fake = Arc::new(FakePanel::new(kind));
            contract::all(Arc::clone(&fake) as Arc<dyn Panel>, &*fake).await;
        }
    }
}
