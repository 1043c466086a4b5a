//! What holds for every order, whoever asks: no action without knowledge, one answer for strangers, no secret in a
//! sentence.

use chrono::TimeDelta;
use proptest::{option, prelude::*, sample::select};

use super::{fixtures::*, *};
use crate::order::OrderOwner;

prop_compose! {
    fn any_order()(
        status in select(every_status().to_vec()),
        owner in select(vec![Some("alice"), Some("bob"), Some("ALICE"), None]),
        provider in option::of(select(vec!["HiddenSource", "N/A", "zorblax.example"])),
        external in proptest::collection::vec("99[0-9]{7}", 0..3),
        name in select(vec!["Likes", "HiddenSource Likes 30D Refill", "No Refill", "Likes | zorblax.example R30"]),
        updated in option::of(0i64..400),
        refill in option::of(any::<bool>()),
        cancel in option::of(any::<bool>()),
    ) -> PanelOrder {
        PanelOrder {
            owner: owner.map_or(OrderOwner::NotToldByPanel, |name| OrderOwner::Username(name.into())),
            provider: provider.map(str::to_owned),
            external_ids: external,
            service_name: Some(name.into()),
            updated_at: updated.map(|days| now() - TimeDelta::days(days)),
            panel_allows_refill: refill,
            panel_allows_cancel: cancel,
            ..order(status)
        }
    }
}

fn any_rules() -> impl Strategy<Value = Rules> {
    let choices = vec![
        Choice::Act,
        Choice::SpeedUp,
        Choice::Refuse,
        Choice::Review,
        Choice::Staff,
        Choice::Tell,
    ];
    let cell = (
        select(StatusRow::ALL.to_vec()),
        select(CommandKind::ALL.to_vec()),
        select(choices),
    );
    let defaults = vec![
        RefillDefault::Allow,
        RefillDefault::AskStaff,
        RefillDefault::Days(30),
    ];
    let ways = vec![
        RefillWay::PanelElseProvider,
        RefillWay::Both,
        RefillWay::ProviderOnly,
    ];
    (
        proptest::collection::vec(cell, 0..20),
        select(defaults),
        select(ways),
    )
        .prop_map(|(cells, default, way)| {
            let mut rules = Rules {
                refill_default: default,
                refill_way: way,
                ..Rules::default()
            };
            for (row, command, choice) in cells {
                rules.cells.entry(row).or_default().insert(command, choice);
            }
            rules
        })
}

prop_compose! {
    /// Any case at all, with rules that were never validated.
    pub(in crate::command) fn any_case()(
        order in any_order(),
        command in select(CommandKind::ALL.to_vec()),
        read in select(vec!["found", "found", "found", "found", "other", "none", "unreadable", "down"]),
        links in select(vec![vec![], vec!["alice"], vec!["carol", "alice"], vec!["carol"]]),
        one_user in any::<bool>(),
        mapped in select(vec![MapRow::Mine, MapRow::SomeoneElses, MapRow::NoRow]),
        abilities in any::<[bool; 4]>(),
        history in proptest::collection::vec((select(CommandKind::ALL.to_vec()), option::of(0i64..20)), 0..3),
        minutes in prop_oneof![4 => Just(0i64), 1 => 0i64..40],
        group in any::<bool>(),
        confirm in option::weighted(0.2, select(vec![ConfirmCause::SilentFor90Days, ConfirmCause::LateJoiner])),
        rules in any_rules(),
    ) -> Case {
        let mut case = Case::with(order.clone(), command);
        case.lookup = match read {
            "found" => Some(OrderLookup::Found(Box::new(order))),
            "other" => Some(OrderLookup::Found(Box::new(PanelOrder { id: id("1"), ..order }))),
            "none" => Some(OrderLookup::NotFound),
            "unreadable" => Some(OrderLookup::Unreadable("HiddenSource said 990000000".into())),
            _ => None,
        };
        case.usernames = links.into_iter().map(str::to_owned).collect();
        case.one_user_ignoring_case = one_user;
        case.mapped = mapped;
        let [refill, request_cancel, tells_owner, tells_provider] = abilities;
        case.panel = PanelAbilities { refill, request_cancel, tells_owner, tells_provider };
        case.requests = history.into_iter().map(|(action, closed)| request(action, closed)).collect();
        case.asked_at = now() - TimeDelta::minutes(minutes);
        case.chat = if group { ChatKind::Group } else { ChatKind::Direct };
        case.confirm = confirm;
        case.rules = rules;
        case
    }
}

/// The test's own view of whose order it is, written apart from the rule.
fn surely_the_askers(case: &Case) -> bool {
    let Some(OrderLookup::Found(order)) = &case.lookup else {
        return false;
    };
    let linked = |name: &str| case.usernames.iter().any(|link| link == name);
    order.id == case.id
        && match &order.owner {
            OrderOwner::Username(name) if name == "ALICE" => case.one_user_ignoring_case && linked("alice"),
            OrderOwner::Username(name) => linked(name),
            OrderOwner::NotToldByPanel => case.mapped == MapRow::Mine,
        }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nothing_happens_without_knowledge(case in any_case()) {
        let verdict = case.decide();
        let acts = verdict.act.is_some() || verdict.forward.is_some();
        if acts || verdict.opens.is_some() {
            prop_assert!(surely_the_askers(&case));
            prop_assert!(now() - case.asked_at <= STALE_AFTER);
        }
        if acts {
            prop_assert!(verdict.outcome.may_act());
            let Some(OrderLookup::Found(order)) = &case.lookup else { panic!("acts on no order") };
            prop_assert!(!matches!(order.status, OrderStatus::Unknown(_)));
            // One open request, and every action stands under one.
            let action = verdict.opens.expect("what acts is open");
            prop_assert!(!case.requests.iter().any(|r| r.action == action && r.closed_at.is_none()));
            prop_assert!(case.confirm.is_none() || !matches!(case.command, CommandKind::Cancel | CommandKind::Refund));
        }
        if verdict.act == Some(PanelAct::Refill) || verdict.forward == Some(CommandKind::Refill) {
            let Some(OrderLookup::Found(order)) = &case.lookup else { panic!("acts on no order") };
            prop_assert!(matches!(order.status, OrderStatus::Completed | OrderStatus::Partial));
            prop_assert!(case.command == CommandKind::Refill);
        }
        if verdict.act == Some(PanelAct::Refill) {
            prop_assert!(case.panel.refill);
        }
        if verdict.act == Some(PanelAct::RequestCancel) {
            prop_assert!(case.panel.request_cancel);
        }
        prop_assert!(verdict.miss == (verdict.outcome == Outcome::NotYours));
        prop_assert!(verdict.outcome != Outcome::Staff || verdict.staff.is_some());
        let without = verdict.without_route();
        prop_assert!(without.forward.is_none());
    }

    #[test]
    fn an_order_of_somebody_else_looks_like_none_at_all(case in any_case()) {
        if case.decide().outcome == Outcome::NotYours {
            let mut none = Case::with(order(OrderStatus::Completed), case.command);
            none.lookup = Some(OrderLookup::NotFound);
            let unknown = none.decide();
            prop_assert_eq!(Verdict { why: unknown.why.clone(), ..case.decide() }, unknown);
        }
    }

    #[test]
    fn the_owners_sentence_names_no_provider(case in any_case()) {
        let why = case.decide().why.to_lowercase();
        prop_assert!(!why.is_empty());
        prop_assert!(!why.contains("hiddensource") && !why.contains("zorblax") && !why.contains("99000"));
        if let Some(OrderLookup::Found(order)) = &case.lookup {
            prop_assert!(order.external_ids.iter().all(|id| !why.contains(id)));
        }
    }

    #[test]
    fn names_never_break_the_reading_of_promises(name in ".{0,400}") {
        service_rule(&name);
    }
}
