//! What every panel adapter must do, the fake included. Tests of any crate run it: over an adapter and whatever stands
//! behind it (an in-memory fake, a simulator that is a process of its own), through a [`Stage`] that sets the scene.
//!
//! A failed expectation panics with what was expected, like any test.

use std::sync::Arc;

use async_trait::async_trait;
use switchboard_domain::order::{OrderId, OrderLookup, OrderOwner, OrderStatus, PanelOrder};

use super::{ActOutcome, MAX_IDS, Panel, PanelError, ReadScope, RefillId, RefillState};

/// An order that the scene needs. A user API's stage gives all of them to the account of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageOrder {
    pub id: OrderId,
    pub username: String,
    /// In the panel's own spelling, such as `In progress`.
    pub status: String,
    pub external_ids: Vec<String>,
    pub provider: Option<String>,
    /// Whether the panel takes a refill or cancel request for it.
    pub accepts_acts: bool,
}

impl StageOrder {
    /// An order of `customer1`, completed, at a provider, which takes requests.
    pub fn new(id: &str) -> Self {
        Self {
            id: OrderId::new(id).expect("the suite's ids are ids"),
            username: "customer1".to_owned(),
            status: "Completed".to_owned(),
            external_ids: vec![format!("77{id}")],
            provider: Some("first.example".to_owned()),
            accepts_acts: true,
        }
    }
}

/// How the panel misbehaves until told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    WrongKey,
    /// 429; seconds of `Retry-After`.
    TooManyCalls {
        retry_after: Option<u64>,
    },
    /// A firewall's page in place of an answer; the panel sees nothing.
    Challenge,
    ServerError,
    /// The panel does its work, then the connection breaks.
    CutAfterRequest,
    /// JSON that is no answer to the question.
    WrongShape,
}

/// A request that reached the panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Refill(OrderId),
    Cancel(OrderId),
}

/// Sets the scene behind a panel.
#[async_trait]
pub trait Stage: Send + Sync {
    async fn put(&self, order: StageOrder);
    async fn fault(&self, fault: Option<Fault>);
    /// Every act that reached the panel, whether it took it or not, in order.
    async fn acts(&self) -> Vec<Act>;
}

/// The whole suite. Ids from 880001 on are used; the panel may hold others.
pub async fn all(panel: Arc<dyn Panel>, stage: &dyn Stage) {
    reads_what_is_there(&*panel, stage).await;
    reads_a_hundred_at_once(&*panel, stage).await;
    asks_to_cancel(&*panel, stage).await;
    asks_for_refills(&*panel, stage).await;
    acts_outside_its_abilities_never_leave(&*panel, stage).await;
    tells_faults_apart(&*panel, stage).await;
    never_repeats_an_act(&*panel, stage).await;
    checks_the_key_without_side_effect(&*panel, stage).await;
}

fn id(text: &str) -> OrderId {
    OrderId::new(text).expect("the suite's ids are ids")
}

async fn read(panel: &dyn Panel, order: &OrderId) -> OrderLookup {
    let mut read = panel
        .orders(std::slice::from_ref(order))
        .await
        .expect("a healthy panel answers a read");
    read.remove(order).expect("each asked id has an entry")
}

fn found(lookup: &OrderLookup) -> &PanelOrder {
    match lookup {
        OrderLookup::Found(order) => order,
        other => panic!("expected the order, got {other:?}"),
    }
}

pub async fn reads_what_is_there(panel: &dyn Panel, stage: &dyn Stage) {
    let manual = StageOrder {
        external_ids: vec![],
        provider: None,
        ..StageOrder::new("880002")
    };
    let foreign = StageOrder {
        username: "customer2".into(),
        status: "In progress".into(),
        ..StageOrder::new("880003")
    };
    for order in [StageOrder::new("880001"), manual, foreign] {
        stage.put(order).await;
    }
    let asked = ["880003", "880001", "880999", "880002"].map(id);
    let read_all = panel
        .orders(&asked)
        .await
        .expect("a healthy panel answers a read");
    assert_eq!(
        read_all.len(),
        asked.len(),
        "an entry for each id asked, and no other"
    );
    match &read_all[&id("880999")] {
        OrderLookup::NotFound => {}
        // User APIs answer unknown ids with words; some leave them out, which says nothing.
        OrderLookup::Unreadable(_) if panel.abilities().reads == ReadScope::OwnOrders => {}
        other => panic!("an order that is not there must not be {other:?}"),
    }

    let abilities = panel.abilities();
    for (number, username, status) in [
        ("880001", "customer1", OrderStatus::Completed),
        ("880002", "customer1", OrderStatus::Completed),
        ("880003", "customer2", OrderStatus::InProgress),
    ] {
        let order = found(&read_all[&id(number)]);
        assert_eq!((order.id.as_str(), &order.status), (number, &status));
        let owner = if abilities.tells_owner {
            OrderOwner::Username(username.into())
        } else {
            OrderOwner::NotToldByPanel
        };
        assert_eq!(order.owner, owner, "the owner as far as this kind tells");
    }
    let (known, manual) = (found(&read_all[&id("880001")]), found(&read_all[&id("880002")]));
    if abilities.tells_provider {
        assert_eq!(
            (known.provider.as_deref(), known.external_ids.as_slice()),
            (Some("first.example"), &["77880001".to_owned()][..])
        );
    } else {
        assert_eq!(
            (known.provider.as_deref(), known.external_ids.as_slice()),
            (None, &[][..])
        );
    }
    assert_eq!(
        (manual.provider.as_deref(), manual.external_ids.as_slice()),
        (None, &[][..]),
        "a manual service"
    );
    assert!(
        !(abilities.reads == ReadScope::OwnOrders && abilities.tells_owner),
        "own orders need no owner"
    );

    stage
        .put(StageOrder {
            status: "Partial".into(),
            ..StageOrder::new("880001")
        })
        .await;
    assert_eq!(
        found(&read(panel, &id("880001")).await).status,
        OrderStatus::Partial,
        "reads are fresh"
    );
    assert_eq!(
        read(panel, &id("880999")).await,
        OrderLookup::NotFound,
        "alone as among others"
    );
    assert!(panel.orders(&[]).await.is_ok_and(|read| read.is_empty()));
}

pub async fn reads_a_hundred_at_once(panel: &dyn Panel, stage: &dyn Stage) {
    let ids: Vec<OrderId> = (0..MAX_IDS)
        .map(|number| id(&(881_000 + number).to_string()))
        .collect();
    for order in &ids {
        stage.put(StageOrder::new(order.as_str())).await;
    }
    let read = panel.orders(&ids).await.expect("a healthy panel answers a read");
    for order in &ids {
        assert_eq!(&found(&read[order]).id, order);
    }
}

pub async fn asks_to_cancel(panel: &dyn Panel, stage: &dyn Stage) {
    if !panel.abilities().request_cancel {
        return;
    }
    stage
        .put(StageOrder {
            status: "Pending".into(),
            ..StageOrder::new("882001")
        })
        .await;
    stage
        .put(StageOrder {
            accepts_acts: false,
            ..StageOrder::new("882002")
        })
        .await;
    let asked = ["882001", "882002"].map(id);
    let outcomes = panel
        .request_cancel(&asked)
        .await
        .expect("a healthy panel answers");
    assert_eq!(outcomes.len(), asked.len(), "an entry for each id asked");
    assert_eq!(outcomes[&asked[0]], ActOutcome::ACCEPTED);
    assert!(
        matches!(
            outcomes[&asked[1]],
            ActOutcome::Refused(_) | ActOutcome::Unknown(_)
        ),
        "what the panel did not take is never called accepted"
    );
    assert_eq!(times(stage, &Act::Cancel(asked[0].clone())).await, 1);
    assert!(panel.request_cancel(&[]).await.is_ok_and(|none| none.is_empty()));
}

pub async fn asks_for_refills(panel: &dyn Panel, stage: &dyn Stage) {
    if !panel.abilities().refill {
        return;
    }
    stage.put(StageOrder::new("883001")).await;
    stage
        .put(StageOrder {
            accepts_acts: false,
            ..StageOrder::new("883002")
        })
        .await;
    let outcome = panel
        .refill(&id("883001"))
        .await
        .expect("a healthy panel answers");
    let ActOutcome::Accepted { refill } = outcome else {
        panic!("expected acceptance, got {outcome:?}")
    };
    assert!(matches!(
        panel.refill(&id("883002")).await,
        Ok(ActOutcome::Refused(_))
    ));
    assert_eq!(times(stage, &Act::Refill(id("883001"))).await, 1);
    if panel.abilities().refill_status {
        let refill = refill.expect("a panel that tells of refills gives them ids");
        let state = panel
            .refill_status(&refill)
            .await
            .expect("a healthy panel answers");
        assert!(
            !matches!(state, RefillState::NotFound | RefillState::Unknown(_)),
            "{state:?}"
        );
        let nobody = panel.refill_status(&RefillId("99999999".into())).await;
        assert_eq!(nobody, Ok(RefillState::NotFound));
    }
}

pub async fn acts_outside_its_abilities_never_leave(panel: &dyn Panel, stage: &dyn Stage) {
    stage.put(StageOrder::new("884001")).await;
    let before = stage.acts().await;
    let order = id("884001");
    let abilities = panel.abilities();
    let not_allowed = |error: Option<PanelError>| {
        assert!(matches!(error, Some(PanelError::NotAllowed { .. })), "{error:?}")
    };
    if !abilities.refill {
        not_allowed(panel.refill(&order).await.err());
    }
    if !abilities.refill_status {
        not_allowed(panel.refill_status(&RefillId("1".into())).await.err());
    }
    if !abilities.request_cancel {
        not_allowed(panel.request_cancel(std::slice::from_ref(&order)).await.err());
    }
    assert_eq!(stage.acts().await, before);
}

pub async fn tells_faults_apart(panel: &dyn Panel, stage: &dyn Stage) {
    stage.put(StageOrder::new("885001")).await;
    let order = id("885001");
    for (fault, class, retryable) in [
        (Fault::WrongKey, "auth", false),
        (Fault::TooManyCalls { retry_after: Some(7) }, "rate_limited", true),
        (Fault::Challenge, "blocked", true),
        (Fault::ServerError, "unreachable", true),
        (Fault::CutAfterRequest, "unreachable", true),
        (Fault::WrongShape, "bad_shape", true),
    ] {
        stage.fault(Some(fault)).await;
        let answer = panel.orders(std::slice::from_ref(&order)).await;
        stage.fault(None).await;
        match answer {
            Err(error) => {
                assert_eq!(
                    (error.class(), error.retryable_read()),
                    (class, retryable),
                    "{fault:?}"
                );
                if let PanelError::RateLimited { retry_after, .. } = &error {
                    assert_eq!(retry_after.map(|wait| wait.as_secs()), Some(7));
                }
            }
            // A shape can be wrong for the order alone; but it is never "no such order".
            Ok(read) => {
                assert_eq!(fault, Fault::WrongShape, "{fault:?} must be an error");
                assert!(
                    matches!(read.get(&order), Some(OrderLookup::Unreadable(_))),
                    "{read:?}"
                );
            }
        }
    }
    found(&read(panel, &order).await);
}

/// After a fault that hides the answer, the end of an act is unknown, and the panel got it once.
pub async fn never_repeats_an_act(panel: &dyn Panel, stage: &dyn Stage) {
    for (number, fault) in [
        ("886001", Fault::CutAfterRequest),
        ("886002", Fault::ServerError),
        ("886003", Fault::WrongShape),
    ] {
        stage
            .put(StageOrder {
                status: "Pending".into(),
                ..StageOrder::new(number)
            })
            .await;
        let order = id(number);
        let unknown = |outcome: Result<Option<ActOutcome>, PanelError>| match outcome {
            Ok(Some(ActOutcome::Unknown(_))) => {}
            Err(error) if error.may_have_acted() => {}
            other => panic!("{fault:?} must leave the end unknown, not {other:?}"),
        };
        if panel.abilities().request_cancel {
            stage.fault(Some(fault)).await;
            let outcome = panel.request_cancel(std::slice::from_ref(&order)).await;
            stage.fault(None).await;
            unknown(outcome.map(|mut outcomes| outcomes.remove(&order)));
            assert!(
                times(stage, &Act::Cancel(order.clone())).await <= 1,
                "{fault:?}: asked once"
            );
        }
        if panel.abilities().refill {
            stage.fault(Some(fault)).await;
            let outcome = panel.refill(&order).await;
            stage.fault(None).await;
            unknown(outcome.map(Some));
            assert!(
                times(stage, &Act::Refill(order.clone())).await <= 1,
                "{fault:?}: asked once"
            );
        }
    }
}

pub async fn checks_the_key_without_side_effect(panel: &dyn Panel, stage: &dyn Stage) {
    let before = stage.acts().await;
    let report = panel.check_key().await;
    assert!(report.works && report.error.is_none(), "{report:?}");
    assert_eq!(report.kind, panel.kind());
    assert!(!report.can.is_empty() && !report.cannot.is_empty());
    stage.fault(Some(Fault::WrongKey)).await;
    let report = panel.check_key().await;
    stage.fault(None).await;
    assert!(
        !report.works && report.can.is_empty() && report.fix.is_some(),
        "{report:?}"
    );
    assert_eq!(report.error, Some("auth"));
    assert_eq!(stage.acts().await, before);
}

async fn times(stage: &dyn Stage, act: &Act) -> usize {
    stage.acts().await.iter().filter(|known| *known == act).count()
}
