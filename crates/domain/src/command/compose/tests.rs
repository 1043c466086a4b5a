use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::*;
use crate::{
    command::{
        decide::{
            Outcome,
            fixtures::{self, Case},
            properties::any_case,
        },
        texts::OwnerText,
    },
    order::{OrderLookup, OrderOwner, OrderStatus},
};

type Judged = (OrderId, Verdict, CustomerView);

fn judged(id: &str, mut case: Case) -> Judged {
    case.id = fixtures::id(id);
    let view = match &mut case.lookup {
        Some(OrderLookup::Found(order)) => {
            order.id = case.id.clone();
            CustomerView::of(order, &[])
        }
        _ => CustomerView::bare(case.id.clone()),
    };
    (case.id.clone(), case.decide(), view)
}

fn mine(id: &str, status: OrderStatus, command: CommandKind) -> Judged {
    judged(id, Case::new(status, command))
}

fn foreign(id: &str, command: CommandKind) -> Judged {
    let mut case = Case::new(OrderStatus::Completed, command);
    case.order().owner = OrderOwner::Username("bob".into());
    judged(id, case)
}

fn unknown(id: &str, command: CommandKind) -> Judged {
    let mut case = Case::new(OrderStatus::Completed, command);
    case.lookup = Some(OrderLookup::NotFound);
    judged(id, case)
}

fn texts(verdicts: &[Judged], style: ReplyStyle) -> Vec<String> {
    compose(verdicts, &[], style, &TextBook::default(), "en")
        .into_iter()
        .map(|reply| reply.text)
        .collect()
}

use CommandKind::{Cancel, Refill};
use OrderStatus::{Completed, Pending};

const DEFAULT: ReplyStyle = ReplyStyle::PerOrder { up_to: 5 };

#[test]
fn a_single_order_that_is_not_the_askers_gets_the_bare_sentence() {
    for one in [foreign("1", Refill), unknown("1", Refill)] {
        for style in [DEFAULT, ReplyStyle::AlwaysPerOrder, ReplyStyle::Grouped] {
            assert_eq!(
                texts(std::slice::from_ref(&one), style),
                ["Order ID does not belong to your account"]
            );
        }
    }
}

#[test]
fn of_several_the_ids_stand_with_it_foreign_and_unknown_alike() {
    let several = [
        foreign("1", Refill),
        mine("3", Completed, Refill),
        unknown("2", Refill),
    ];
    let expected = [
        "Order ID does not belong to your account: 1, 2",
        "3: refill request has been added.",
    ];
    assert_eq!(texts(&several, DEFAULT), expected);
    assert_eq!(
        texts(&several, ReplyStyle::AlwaysPerOrder),
        [
            "Order ID does not belong to your account: 1",
            "3: refill request has been added.",
            "Order ID does not belong to your account: 2",
        ]
    );
}

#[test]
fn a_reply_per_order_up_to_the_limit_and_one_per_outcome_above() {
    let of = |n: usize| -> Vec<Judged> {
        (0..n)
            .map(|n| match n % 2 {
                0 => mine(&n.to_string(), Completed, Refill),
                _ => mine(&n.to_string(), Pending, Refill),
            })
            .collect()
    };
    assert_eq!(texts(&of(5), ReplyStyle::default()).len(), 5);
    assert_eq!(
        texts(&of(6), ReplyStyle::default()),
        [
            "Refill request has been added for these orders:\n0\n2\n4",
            "These orders are still pending. Speed-up request has been added:\n1\n3\n5",
        ]
    );
    assert_eq!(texts(&of(6), ReplyStyle::AlwaysPerOrder).len(), 6);
    assert_eq!(texts(&of(2), ReplyStyle::Grouped).len(), 2);
    assert_eq!(
        texts(&of(2), DEFAULT)[1],
        "1 is still pending. Speed-up request has been added."
    );
}

#[test]
fn cancels_stand_together_under_their_sentence() {
    let cancels = [
        mine("11", Pending, Cancel),
        mine("13", Completed, Cancel),
        mine("12", Pending, Cancel),
    ];
    assert_eq!(
        texts(&cancels, DEFAULT),
        [
            "These orders are added to refund support queue:\n11\n12",
            "13 is already completed.",
        ]
    );
    assert_eq!(texts(&cancels, ReplyStyle::AlwaysPerOrder).len(), 3);
}

#[test]
fn commands_are_not_mixed_in_a_text_that_names_them() {
    let mut refill = Case::new(Completed, Refill);
    refill.lookup = None;
    let mut cancel = Case::new(Completed, Cancel);
    cancel.lookup = None;
    let replies = texts(&[judged("1", refill), judged("2", cancel)], ReplyStyle::Grouped);
    assert!(
        replies[0].contains("refill") && replies[1].contains("cancel"),
        "{replies:?}"
    );
}

#[test]
fn what_was_cut_off_is_named() {
    let one = [mine("1", Completed, Refill)];
    let cut = [fixtures::id("201"), fixtures::id("202")];
    let replies = compose(&one, &cut, DEFAULT, &TextBook::default(), "en");
    assert_eq!(
        replies[1].text,
        "Only the first 100 orders of a message are taken. Please send these again:\n201\n202"
    );
    assert_eq!(replies[1].orders, cut);
    assert_eq!(replies[1].outcomes, ["cut_off"]);
    let many: Vec<OrderId> = (0..2_000).map(|n| fixtures::id(&format!("{:040}", n))).collect();
    let replies = compose(&one, &many, DEFAULT, &TextBook::default(), "en");
    assert!(replies[1].text.ends_with("more") && replies[1].text.chars().count() <= 4_000);
}

#[test]
fn texts_about_a_message() {
    let book = TextBook::default();
    let ids: Vec<OrderId> = (1..=11).map(|n| fixtures::id(&n.to_string())).collect();
    assert_eq!(
        acknowledge(Refill, &ids, &book, "en").text,
        "Got it, 11 orders. The results follow."
    );
    assert_eq!(
        notice(ReplyKey::AskIds, Some(Refill), &[], &book, "en").text,
        "Which orders? Please send the order ids for refill."
    );
    assert_eq!(
        notice(ReplyKey::AskCommand, None, &ids[..1], &book, "en").text,
        "What shall we do with 1: refill, cancel, speed-up or status?"
    );
    assert!(
        notice(ReplyKey::StillWanted, Some(Cancel), &ids[..2], &book, "en")
            .text
            .ends_with("\n1\n2")
    );
    for key in [ReplyKey::Help, ReplyKey::NotLinked, ReplyKey::Muted] {
        let reply = notice(key, None, &[], &book, "en");
        assert!(!reply.fell_back && reply.text.len() > 20);
    }
}

#[test]
fn a_full_message_of_the_longest_ids_fits_a_text() {
    let verdicts: Vec<Judged> = (0..100)
        .map(|n| mine(&format!("{n:040}"), Completed, Refill))
        .collect();
    let replies = compose(&verdicts, &[], ReplyStyle::Grouped, &TextBook::default(), "en");
    assert_eq!(replies.len(), 1);
    assert_eq!(replies[0].orders.len(), 100);
    assert!(replies[0].text.contains(&format!("{:040}", 7)));
}

/// Templates that an owner could write, good and bad.
const TEMPLATES: [&str; 7] = [
    "{ORDERID} {STATUS} {SERVICE} {REMAINS} {DAYS_LEFT} {STATE} {WAIT} {COMMAND} {IDS} {COUNT}",
    "{ORDERID} {STATUS} {SERVICE} {REMAINS}",
    "{% for o in ORDERS %}{{ o }}{% endfor %}",
    "{{ ORDERS }} {{ ORDERS | tojson }}",
    "{{ provider }} {{ external_ids }}",
    "{PROVIDER}",
    "{{ debug() }}",
];

fn book(template: &str) -> TextBook {
    let texts = ReplyKey::ALL
        .iter()
        .map(|key| (*key, OwnerText::One(template.to_owned())))
        .collect();
    TextBook {
        texts: [("en".to_owned(), texts)].into(),
        ..TextBook::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Neither provider nor external id reaches a customer, whatever the outcome and the owner's template.
    #[test]
    fn customers_read_no_secret(
        cases in proptest::collection::vec(any_case(), 1..9),
        template in proptest::option::of(proptest::sample::select(TEMPLATES.to_vec())),
        style in proptest::sample::select(vec![DEFAULT, ReplyStyle::AlwaysPerOrder, ReplyStyle::Grouped]),
    ) {
        let mut secrets = vec!["hiddensource".to_owned(), "zorblax".to_owned(), "bob".to_owned()];
        let names = ["HiddenSource".to_owned(), "zorblax.example".to_owned()];
        let mut verdicts = Vec::new();
        for (n, case) in cases.iter().enumerate() {
            let mut view = CustomerView::bare(case.id.clone());
            if let Some(OrderLookup::Found(order)) = &case.lookup {
                secrets.extend(order.external_ids.iter().cloned());
                view = CustomerView::of(order, &names);
            }
            verdicts.push((fixtures::id(&format!("11{n}")), case.decide(), view));
        }
        let book = template.map_or_else(TextBook::default, book);
        let replies = compose(&verdicts, &[], style, &book, "en");
        for reply in &replies {
            let text = reply.text.to_lowercase();
            for secret in &secrets {
                prop_assert!(!text.contains(secret.as_str()), "{secret} in {text}");
            }
        }
        // Every order is answered exactly once.
        let mut answered: Vec<&OrderId> = replies.iter().flat_map(|reply| &reply.orders).collect();
        answered.sort();
        let mut asked: Vec<&OrderId> = verdicts.iter().map(|(id, ..)| id).collect();
        asked.sort();
        prop_assert_eq!(answered, asked);
    }

    /// What a stranger reads does not depend on the order: the bytes are those of an order that does not exist.
    #[test]
    fn strangers_read_the_same_bytes(
        case in any_case(),
        template in proptest::option::of(proptest::sample::select(TEMPLATES.to_vec())),
        alone in any::<bool>(),
    ) {
        let verdict = case.decide();
        prop_assume!(verdict.outcome == Outcome::NotYours);
        let view = match &case.lookup {
            Some(OrderLookup::Found(order)) => CustomerView::of(order, &[]),
            _ => CustomerView::bare(case.id.clone()),
        };
        let book = template.map_or_else(TextBook::default, book);
        let id = fixtures::id("77");
        let say = |one: Judged| {
            let mut all = vec![one];
            if !alone {
                all.push(mine("78", Completed, Refill));
            }
            compose(&all, &[], DEFAULT, &book, "en")
        };
        let theirs = say((id.clone(), verdict, view));
        prop_assert_eq!(theirs, say(unknown("77", case.command)));
    }
}
