//! How long a full message takes from the panel's answer to its finished replies.

use chrono::{DateTime, TimeDelta, Utc};
use divan::{Bencher, black_box};
use switchboard_domain::{
    channel::ChatKind,
    command::{
        CommandKind,
        compose::{ReplyStyle, compose},
        decide::{Asker, Facts, MapRow, PanelAbilities, PanelRead, Rules, Verdict, decide},
        texts::{CustomerView, TextBook},
    },
    order::{OrderId, OrderLookup, OrderOwner, OrderStatus, PanelOrder},
};

fn main() {
    divan::main();
}

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

/// 100 orders in six states, one in ten somebody else's.
fn orders() -> Vec<PanelOrder> {
    let statuses = [
        "completed",
        "pending",
        "in progress",
        "partial",
        "canceled",
        "strange",
    ];
    (0..100)
        .map(|n| PanelOrder {
            id: OrderId::new((481_799_000 + n).to_string()).expect("digits are an order id"),
            owner: OrderOwner::Username(if n % 10 == 0 { "bob" } else { "alice" }.into()),
            status: OrderStatus::parse(statuses[n % statuses.len()]),
            external_ids: vec![(7_450_000 + n).to_string()],
            provider: Some("SampleSource".into()),
            service_id: Some("88".into()),
            service_name: Some("Likes | SampleSource | Speed 50K/Day | 30 Days Refill ♻️".into()),
            link: None,
            quantity: Some("1000".into()),
            start_count: Some("20".into()),
            remains: Some("157".into()),
            charge: None,
            currency: None,
            created_at: Some(now() - TimeDelta::days(9)),
            updated_at: Some(now() - TimeDelta::days(7)),
            panel_now: None,
            panel_allows_refill: None,
            panel_allows_cancel: None,
        })
        .collect()
}

fn judge(lookups: &[(OrderId, OrderLookup)], rules: &Rules) -> Vec<Verdict> {
    let usernames = ["alice".to_owned()];
    lookups
        .iter()
        .map(|(id, lookup)| {
            let facts = Facts {
                command: CommandKind::Refill,
                order_id: id,
                read: PanelRead::Answer(lookup),
                asker: Asker {
                    usernames: &usernames,
                    one_user_ignoring_case: false,
                    mapped: MapRow::NoRow,
                },
                panel: PanelAbilities {
                    refill: false,
                    request_cancel: true,
                    tells_owner: true,
                    tells_provider: true,
                },
                requests: &[],
                service_refill: None,
                asked_at: now(),
                now: now(),
                chat: ChatKind::Direct,
                confirm: None,
            };
            decide(&facts, rules)
        })
        .collect()
}

fn lookups() -> Vec<(OrderId, OrderLookup)> {
    orders()
        .into_iter()
        .map(|order| (order.id.clone(), OrderLookup::Found(Box::new(order))))
        .collect()
}

#[divan::bench]
fn decide_100(bencher: Bencher<'_, '_>) {
    let (lookups, rules) = (lookups(), Rules::default());
    bencher.bench_local(|| judge(black_box(&lookups), &rules));
}

#[divan::bench]
fn views_100(bencher: Bencher<'_, '_>) {
    let orders = orders();
    let names: Vec<String> = (0..10).map(|n| format!("SampleSource{n}.example")).collect();
    bencher.bench_local(|| {
        black_box(&orders)
            .iter()
            .map(|order| CustomerView::of(order, &names))
            .collect::<Vec<_>>()
    });
}

#[divan::bench(args = ["grouped", "per_order"])]
fn decide_and_compose_100(bencher: Bencher<'_, '_>, style: &str) {
    let (orders, lookups, rules, texts) = (orders(), lookups(), Rules::default(), TextBook::default());
    let names = ["SampleSource".to_owned()];
    let style = match style {
        "per_order" => ReplyStyle::AlwaysPerOrder,
        _ => ReplyStyle::Grouped,
    };
    bencher.bench_local(|| {
        let verdicts: Vec<_> = judge(black_box(&lookups), &rules)
            .into_iter()
            .zip(&orders)
            .map(|(verdict, order)| (order.id.clone(), verdict, CustomerView::of(order, &names)))
            .collect();
        compose(&verdicts, &[], style, &texts, "en")
    });
}
