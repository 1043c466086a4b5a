use std::sync::Mutex;

use async_trait::async_trait;
use pretty_assertions::assert_eq;
use tokio::time::Instant;

use super::*;
use crate::panel::{
    Pace, Pacer,
    contract::{Act, Fault, StageOrder},
    fake::FakePanel,
};

const GAP: Duration = Duration::from_secs(5);

fn id(number: usize) -> OrderId {
    OrderId::new(number.to_string()).unwrap()
}

fn ids(range: std::ops::Range<usize>) -> Vec<OrderId> {
    range.map(id).collect()
}

fn open(panel: &Arc<FakePanel>) -> PanelDesk {
    PanelDesk::open(Arc::clone(panel) as Arc<dyn Panel>)
}

/// Lets every task run as far as it gets without time passing.
async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

fn slow_panel() -> Arc<FakePanel> {
    Arc::new(
        FakePanel::admin()
            .paced(Pace::every(GAP))
            .slow(Duration::from_secs(1)),
    )
}

fn spawn_read(
    desk: &PanelDesk,
    asked: Vec<OrderId>,
) -> tokio::task::JoinHandle<Result<HashMap<OrderId, OrderLookup>, PanelError>> {
    let desk = desk.clone();
    tokio::spawn(async move { desk.orders(&asked).await })
}

#[tokio::test(start_paused = true)]
async fn the_first_call_goes_at_once_and_the_waiting_travel_together() {
    let panel = slow_panel();
    panel.put_order(StageOrder::new("3"));
    let desk = open(&panel);
    let begin = Instant::now();
    let first = spawn_read(&desk, ids(1..2));
    settle().await;
    let second = spawn_read(&desk, ids(1..4));
    let third = spawn_read(&desk, ids(3..6));
    let first = first.await.unwrap().unwrap();
    assert_eq!((first.len(), begin.elapsed()), (1, Duration::from_secs(1)));
    let (second, third) = (second.await.unwrap().unwrap(), third.await.unwrap().unwrap());
    assert_eq!(
        begin.elapsed(),
        Duration::from_secs(1) + GAP + Duration::from_secs(1)
    );
    // Order 1 was asked for again after the first read began: it is read again.
    assert_eq!(panel.reads(), [ids(1..2), ids(1..6)]);
    assert_eq!((second.len(), third.len()), (3, 3));
    assert!(
        matches!(second[&id(3)], OrderLookup::Found(_)) && matches!(third[&id(3)], OrderLookup::Found(_))
    );
}

#[tokio::test(start_paused = true)]
async fn what_comes_during_the_wait_goes_along() {
    let panel = slow_panel();
    let desk = open(&panel);
    desk.orders(&ids(1..2)).await.unwrap();
    let second = spawn_read(&desk, ids(2..3));
    tokio::time::sleep(GAP - Duration::from_millis(10)).await;
    let third = spawn_read(&desk, ids(3..4));
    second.await.unwrap().unwrap();
    third.await.unwrap().unwrap();
    assert_eq!(panel.reads(), [ids(1..2), ids(2..4)]);
}

#[tokio::test(start_paused = true)]
async fn more_than_a_call_holds_is_split_in_the_order_asked() {
    let panel = slow_panel();
    let desk = open(&panel);
    let large = spawn_read(&desk, ids(0..150));
    settle().await;
    let small = spawn_read(&desk, ids(500..501));
    assert_eq!(large.await.unwrap().unwrap().len(), 150);
    assert_eq!(small.await.unwrap().unwrap().len(), 1);
    let mut rest = ids(100..150);
    rest.push(id(500));
    assert_eq!(panel.reads(), [ids(0..100), rest]);
    assert_eq!(desk.orders(&[]).await, Ok(HashMap::new()));
}

#[tokio::test(start_paused = true)]
async fn an_act_is_not_passed_by_what_came_after_it() {
    let panel = slow_panel();
    panel.put_order(StageOrder::new("7"));
    let desk = open(&panel);
    let begin = Instant::now();
    let before = spawn_read(&desk, ids(1..2));
    settle().await;
    let act = {
        let desk = desk.clone();
        tokio::spawn(async move { (desk.request_cancel(&[id(7)]).await, Instant::now()) })
    };
    settle().await;
    let flood: Vec<_> = (0..6)
        .map(|n| spawn_read(&desk, ids(n * 100..n * 100 + 100)))
        .collect();
    before.await.unwrap().unwrap();
    let (outcome, at) = act.await.unwrap();
    assert_eq!(outcome.unwrap()[&id(7)], ActOutcome::ACCEPTED);
    assert_eq!(
        at - begin,
        Duration::from_secs(7),
        "second in the queue, second in its turn"
    );
    for read in flood {
        assert_eq!(read.await.unwrap().unwrap().len(), 100);
    }
    assert_eq!(panel.reads().len(), 7);
}

#[tokio::test(start_paused = true)]
async fn waiting_cancels_travel_together_and_the_abandoned_are_not_begun() {
    let panel = slow_panel();
    ["7", "8", "9"]
        .into_iter()
        .for_each(|id| panel.put_order(StageOrder::new(id)));
    let desk = open(&panel);
    let first = spawn_read(&desk, ids(1..2));
    settle().await;
    let cancel = |number: usize| {
        let desk = desk.clone();
        tokio::spawn(async move { desk.request_cancel(&[id(number)]).await })
    };
    let (seven, eight, nine) = (cancel(7), cancel(8), cancel(9));
    settle().await;
    eight.abort();
    first.await.unwrap().unwrap();
    assert_eq!(seven.await.unwrap().unwrap()[&id(7)], ActOutcome::ACCEPTED);
    assert_eq!(nine.await.unwrap().unwrap()[&id(9)], ActOutcome::ACCEPTED);
    assert_eq!(panel.acts(), [Act::Cancel(id(7)), Act::Cancel(id(9))]);
}

#[tokio::test(start_paused = true)]
async fn an_error_reaches_every_caller_of_the_call_and_the_next_is_tried_anew() {
    let panel = slow_panel();
    let desk = open(&panel);
    panel.set_fault(Some(Fault::ServerError));
    let reads = [spawn_read(&desk, ids(1..3)), spawn_read(&desk, ids(2..4))];
    for read in reads {
        assert_eq!(read.await.unwrap().unwrap_err().class(), "unreachable");
    }
    panel.set_fault(None);
    assert_eq!(desk.orders(&ids(1..3)).await.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_429_pauses_the_panel() {
    let panel = Arc::new(FakePanel::admin());
    let desk = open(&panel);
    for (retry_after, waits) in [(Some(9), 9), (Some(0), 2), (None, 8)] {
        panel.set_fault(Some(Fault::TooManyCalls { retry_after }));
        assert_eq!(desk.orders(&ids(1..2)).await.unwrap_err().class(), "rate_limited");
        panel.set_fault(Some(Fault::ServerError));
        let begin = Instant::now();
        if waits == 8 {
            panel.set_fault(None);
        } else {
            panel.set_fault(Some(Fault::TooManyCalls { retry_after: Some(1) }));
        }
        let _ = desk.orders(&ids(1..2)).await;
        assert_eq!(begin.elapsed().as_secs(), waits, "{retry_after:?}");
        panel.pacer().ready().await;
        if waits == 9 {
            // A good answer ends the row of refusals.
            panel.set_fault(None);
            desk.orders(&ids(1..2)).await.unwrap();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn during_a_long_pause_callers_are_told_when_to_come_back() {
    let panel = Arc::new(FakePanel::admin());
    panel.put_order(StageOrder::new("7"));
    let desk = open(&panel);
    panel.set_fault(Some(Fault::TooManyCalls {
        retry_after: Some(100),
    }));
    desk.orders(&ids(1..2)).await.unwrap_err();
    panel.set_fault(None);
    tokio::time::sleep(Duration::from_secs(10)).await;
    let begin = Instant::now();
    let error = desk.request_cancel(&[id(7)]).await.unwrap_err();
    let PanelError::RateLimited { retry_after, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (
            retry_after.unwrap().as_secs(),
            begin.elapsed(),
            error.may_have_acted()
        ),
        (90, Duration::ZERO, false)
    );
    assert!(!desk.check_key().await.works);
    assert!(panel.acts().is_empty());
    tokio::time::sleep(Duration::from_secs(80)).await;
    assert_eq!(
        desk.request_cancel(&[id(7)]).await.unwrap()[&id(7)],
        ActOutcome::ACCEPTED
    );
}

/// Panics on the second read, and answers nothing on the first.
struct Broken(Pacer, Mutex<usize>);

#[async_trait]
impl Panel for Broken {
    fn kind(&self) -> PanelKind {
        PanelKind::UserApiV2
    }
    fn pacer(&self) -> &Pacer {
        &self.0
    }
    async fn orders(&self, _: &[OrderId]) -> Result<HashMap<OrderId, OrderLookup>, PanelError> {
        *self.1.lock().unwrap() += 1;
        assert!(*self.1.lock().unwrap() < 2, "a bug");
        Ok(HashMap::new())
    }
    async fn refill(&self, _: &OrderId) -> Result<ActOutcome, PanelError> {
        unreachable!("not asked")
    }
    async fn request_cancel(&self, _: &[OrderId]) -> Result<HashMap<OrderId, ActOutcome>, PanelError> {
        unreachable!("not asked")
    }
    async fn refill_status(&self, _: &RefillId) -> Result<RefillState, PanelError> {
        unreachable!("not asked")
    }
    async fn check_key(&self) -> KeyReport {
        unreachable!("not asked")
    }
}

#[tokio::test(start_paused = true)]
async fn a_bug_in_an_adapter_strands_nobody() {
    let desk = PanelDesk::open(Arc::new(Broken(
        Pacer::new(Pace::every(Duration::ZERO)),
        Mutex::new(0),
    )));
    let read = desk.orders(&ids(1..2)).await.unwrap();
    assert!(matches!(read[&id(1)], OrderLookup::Unreadable(_)));
    assert!(desk.orders(&ids(1..2)).await.unwrap_err().may_have_acted());
    assert!(desk.orders(&ids(1..2)).await.is_err());
    assert!(!desk.is_open());
}
