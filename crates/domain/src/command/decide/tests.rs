//! Tables: every status × every command, whose order it is, and what stands between a request and its acceptance.

mod refill;
mod rules;

use chrono::TimeDelta;
use pretty_assertions::assert_eq;

use super::{fixtures::*, *};
use crate::order::OrderOwner;

use CommandKind::{Cancel, Refill, Refund, SpeedUp, Status};

/// Columns: outcome, act, forward, staff, opens. `-` is nothing.
fn row(verdict: &Verdict) -> String {
    let outcome = match verdict.outcome {
        Outcome::NotEligible(refusal) => format!("not_eligible:{}", refusal.as_str()),
        other => other.as_str().to_owned(),
    };
    format!(
        "{outcome} {} {} {} {}",
        verdict.act.map_or("-", PanelAct::as_str),
        verdict.forward.map_or("-", CommandKind::as_str),
        verdict.staff.map_or("-", StaffReason::as_str),
        verdict.opens.map_or("-", CommandKind::as_str),
    )
}

const TABLE: &str = "
awaiting    refill   still_pending_speed_up - speed-up - speed-up
awaiting    cancel   cancel_requested request_cancel cancel - cancel
awaiting    speed-up speed_up_requested - speed-up - speed-up
awaiting    status   status_told - - - -
awaiting    refund   cancel_requested request_cancel cancel - cancel
pending     refill   still_pending_speed_up - speed-up - speed-up
pending     cancel   cancel_requested request_cancel cancel - cancel
pending     speed-up speed_up_requested - speed-up - speed-up
pending     status   status_told - - - -
pending     refund   cancel_requested request_cancel cancel - cancel
processing  refill   still_pending_speed_up - speed-up - speed-up
processing  cancel   cancel_requested request_cancel cancel - cancel
processing  speed-up speed_up_requested - speed-up - speed-up
processing  status   status_told - - - -
processing  refund   cancel_requested request_cancel cancel - cancel
in_progress refill   still_pending_speed_up - speed-up - speed-up
in_progress cancel   cancel_requested request_cancel cancel - cancel
in_progress speed-up speed_up_requested - speed-up - speed-up
in_progress status   status_told - - - -
in_progress refund   cancel_requested request_cancel cancel - cancel
completed   refill   refill_requested - refill - refill
completed   cancel   not_eligible:already_completed - - - -
completed   speed-up not_eligible:already_completed - - - -
completed   status   status_told - - - -
completed   refund   refund_queued - - refund_review refund
partial     refill   not_eligible:closed_partial - - - -
partial     cancel   not_eligible:closed_partial - - - -
partial     speed-up not_eligible:closed_partial - - - -
partial     status   status_told - - - -
partial     refund   not_eligible:closed_partial - - - -
canceled    refill   not_eligible:already_canceled - - - -
canceled    cancel   not_eligible:already_canceled - - - -
canceled    speed-up not_eligible:already_canceled - - - -
canceled    status   status_told - - - -
canceled    refund   not_eligible:already_canceled - - - -
refunded    refill   not_eligible:already_canceled - - - -
refunded    cancel   not_eligible:already_canceled - - - -
refunded    speed-up not_eligible:already_canceled - - - -
refunded    status   status_told - - - -
refunded    refund   not_eligible:already_canceled - - - -
fail        refill   staff - - order_failed refill
fail        cancel   staff - - order_failed cancel
fail        speed-up staff - - order_failed speed-up
fail        status   staff - - order_failed -
fail        refund   staff - - order_failed refund
active      refill   staff - - parent_order refill
active      cancel   staff - - parent_order cancel
active      speed-up staff - - parent_order speed-up
active      status   status_told - - - -
active      refund   staff - - parent_order refund
paused      refill   staff - - parent_order refill
paused      cancel   staff - - parent_order cancel
paused      speed-up staff - - parent_order speed-up
paused      status   status_told - - - -
paused      refund   staff - - parent_order refund
expired     refill   staff - - parent_order refill
expired     cancel   staff - - parent_order cancel
expired     speed-up staff - - parent_order speed-up
expired     status   status_told - - - -
expired     refund   staff - - parent_order refund
unknown     refill   staff - - unknown_status refill
unknown     cancel   staff - - unknown_status cancel
unknown     speed-up staff - - unknown_status speed-up
unknown     status   staff - - unknown_status -
unknown     refund   staff - - unknown_status refund
";

#[test]
fn every_status_under_every_command() {
    let mut seen = String::from("\n");
    for status in every_status() {
        for command in CommandKind::ALL {
            let verdict = Case::new(status.clone(), command).decide();
            assert!(!verdict.why.is_empty() && !verdict.miss);
            seen.push_str(&format!("{} {} {}\n", status.as_str(), command, row(&verdict)));
        }
    }
    let squeeze = |text: &str| {
        text.lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n")
            .collect::<String>()
    };
    assert_eq!(squeeze(&seen), squeeze(TABLE));
}

#[test]
fn foreign_unknown_and_unlinked_are_one_and_the_same_to_the_customer() {
    for command in CommandKind::ALL {
        let mut replies = Vec::new();
        for status in every_status() {
            let mut foreign = Case::new(status, command);
            foreign.order().owner = OrderOwner::Username("bob".into());
            replies.push(foreign.decide());
        }
        let mut unknown = Case::new(OrderStatus::Pending, command);
        unknown.lookup = Some(OrderLookup::NotFound);
        replies.push(unknown.decide());
        for lookup in [
            Some(OrderLookup::NotFound),
            Some(OrderLookup::Found(Box::new(order(OrderStatus::Completed)))),
            Some(OrderLookup::Unreadable("cut".into())),
            None,
        ] {
            let mut unlinked = Case::new(OrderStatus::Pending, command);
            unlinked.usernames.clear();
            unlinked.lookup = lookup;
            replies.push(unlinked.decide());
        }
        let told: Vec<_> = replies
            .iter()
            .map(|verdict| Verdict {
                why: String::new(),
                ..verdict.clone()
            })
            .collect();
        assert!(told.iter().all(|verdict| *verdict == told[0]), "{command}");
        assert_eq!(row(&told[0]), "not_yours - - - -");
        assert_eq!(told[0].reply, ReplyKey::NotYours);
        assert!(told[0].miss);
    }
}

#[test]
fn usernames_are_exact_but_for_spaces_and_a_proven_case() {
    for (owner, link, one_user, mine) in [
        ("alice", "alice", false, true),
        (" alice ", "alice", false, true),
        ("alice", " alice\n", false, true),
        ("Alice", "alice", false, false),
        ("Alice", "alice", true, true),
        ("ÇELİK", "çelİk", true, true),
        ("alice2", "alice", true, false),
        ("", "", true, false),
        (" ", "", true, false),
    ] {
        let mut case = Case::new(OrderStatus::Completed, Refill);
        case.order().owner = OrderOwner::Username(owner.into());
        case.usernames = vec!["carol".into(), link.into()];
        case.one_user_ignoring_case = one_user;
        let verdict = case.decide();
        assert_eq!(
            verdict.outcome == Outcome::RefillRequested,
            mine,
            "{owner:?} {link:?}"
        );
        assert_eq!(verdict.miss, !mine);
    }
}

#[test]
fn a_panel_that_names_no_owner_goes_by_the_map() {
    let found = || OrderLookup::Found(Box::new(order(OrderStatus::Completed)));
    for (lookup, mapped, expected) in [
        (found(), MapRow::Mine, "refill_requested refill - - refill"),
        (found(), MapRow::SomeoneElses, "not_yours - - - -"),
        (found(), MapRow::NoRow, "staff - - no_owner_row -"),
        (
            OrderLookup::NotFound,
            MapRow::Mine,
            "staff - - missing_on_panel -",
        ),
        (OrderLookup::NotFound, MapRow::SomeoneElses, "not_yours - - - -"),
        (OrderLookup::NotFound, MapRow::NoRow, "not_yours - - - -"),
        (
            OrderLookup::Unreadable("cut".into()),
            MapRow::Mine,
            "staff - - unreadable -",
        ),
    ] {
        let mut case = Case::new(OrderStatus::Completed, Refill);
        case.usernames.clear();
        case.mapped = mapped;
        case.panel = PanelAbilities {
            refill: true,
            request_cancel: true,
            tells_owner: false,
            tells_provider: false,
        };
        case.lookup = Some(lookup);
        if let Some(OrderLookup::Found(order)) = &mut case.lookup {
            order.owner = OrderOwner::NotToldByPanel;
            order.provider = None;
            order.external_ids.clear();
        }
        let verdict = case.decide();
        assert_eq!(row(&verdict), expected, "{mapped:?}");
        if mapped == MapRow::NoRow && verdict.staff.is_some() {
            assert_eq!(verdict.reply, ReplyKey::Received);
        }
    }
}

#[test]
fn a_silent_panel_and_an_unreadable_order_end_at_staff() {
    for command in CommandKind::ALL {
        let mut case = Case::new(OrderStatus::Pending, command);
        case.lookup = None;
        assert_eq!(row(&case.decide()), "panel_unavailable - - panel_unavailable -");
        assert!(case.decide().why.contains("timeout"));
        case.lookup = Some(OrderLookup::Unreadable("status is a list".into()));
        assert_eq!(row(&case.decide()), "staff - - unreadable -");
        // An answer about another order is no answer about this one.
        let mut case = Case::new(OrderStatus::Completed, command);
        case.id = id("481799190");
        assert_eq!(row(&case.decide()), "staff - - unreadable -");
    }
}

#[test]
fn an_old_message_asks_and_acts_on_nothing() {
    for command in CommandKind::ALL {
        let mut case = Case::new(OrderStatus::Pending, command);
        case.asked_at = now() - TimeDelta::minutes(15);
        assert_ne!(case.decide().outcome, Outcome::StillWanted);
        case.asked_at -= TimeDelta::seconds(1);
        assert_eq!(row(&case.decide()), "still_wanted - - - -");
        assert!(is_stale(case.asked_at, now()));
    }
}

#[test]
fn one_open_request_per_order_and_action() {
    // What is open counts under the action that a command turns into.
    for (status, typed, open, expected) in [
        (OrderStatus::Completed, Refill, Refill, "already_open - - - -"),
        (
            OrderStatus::Completed,
            Refill,
            SpeedUp,
            "refill_requested - refill - refill",
        ),
        (OrderStatus::Pending, Refill, SpeedUp, "already_open - - - -"),
        (
            OrderStatus::Pending,
            Refill,
            Refill,
            "still_pending_speed_up - speed-up - speed-up",
        ),
        (OrderStatus::Pending, Refund, Cancel, "already_open - - - -"),
        (OrderStatus::Completed, Refund, Refund, "already_open - - - -"),
        (
            OrderStatus::Completed,
            Cancel,
            Cancel,
            "not_eligible:already_completed - - - -",
        ),
        (OrderStatus::Fail, Refill, Refill, "already_open - - - -"),
        (OrderStatus::Pending, Status, Cancel, "status_told - - - -"),
    ] {
        let mut case = Case::new(status, typed);
        case.requests = vec![request(open, None)];
        let verdict = case.decide();
        assert_eq!(row(&verdict), expected, "{typed} while {open} is open");
        if verdict.outcome == Outcome::AlreadyOpen {
            assert_eq!(verdict.details.state.as_deref(), Some("sent"));
            assert_eq!(verdict.details.command, Some(open));
        }
    }
    // The state is for the order's owner alone.
    let mut stranger = Case::new(OrderStatus::Completed, Refill);
    stranger.order().owner = OrderOwner::Username("bob".into());
    stranger.requests = vec![request(Refill, None)];
    assert_eq!(stranger.decide().outcome, Outcome::NotYours);
}

#[test]
fn cooldown_runs_from_the_last_closing() {
    for (hours, cools) in [(0, true), (11, true), (12, false), (40, false)] {
        let mut case = Case::new(OrderStatus::Completed, Refill);
        case.requests = vec![request(Refill, Some(50)), request(Refill, Some(hours))];
        let verdict = case.decide();
        assert_eq!(
            matches!(verdict.outcome, Outcome::CoolingDown { .. }),
            cools,
            "{hours}"
        );
        if hours == 11 {
            assert_eq!(
                verdict.outcome,
                Outcome::CoolingDown {
                    until: now() + TimeDelta::hours(1)
                }
            );
            assert_eq!(verdict.details.wait_minutes, Some(61));
        }
    }
    let mut case = Case::new(OrderStatus::Completed, Refill);
    case.requests = vec![request(Refill, Some(0))];
    case.rules.cooldown_hours = 0;
    assert_eq!(case.decide().outcome, Outcome::RefillRequested);
}

#[test]
fn cancel_and_refund_ask_where_the_identity_is_in_doubt() {
    for cause in [
        ConfirmCause::SilentFor90Days,
        ConfirmCause::LateJoiner,
        ConfirmCause::UnreviewedWord,
    ] {
        for (status, command, asks) in [
            (OrderStatus::Pending, Cancel, true),
            (OrderStatus::Pending, Refund, true),
            (OrderStatus::Completed, Refund, true),
            (OrderStatus::Fail, Cancel, true),
            (OrderStatus::Completed, Cancel, false),
            (OrderStatus::Completed, Refill, false),
            (OrderStatus::Pending, Refill, false),
            (OrderStatus::Pending, SpeedUp, false),
            (OrderStatus::Pending, Status, false),
        ] {
            let mut case = Case::new(status, command);
            case.confirm = Some(cause);
            let verdict = case.decide();
            assert_eq!(verdict.outcome == Outcome::ConfirmFirst(cause), asks, "{command}");
            if asks {
                assert_eq!(row(&verdict), "confirm_first - - - -");
                assert_eq!(
                    verdict.details.command,
                    Some(command),
                    "asks in the customer's own words"
                );
            }
        }
    }
}

#[test]
fn what_cannot_be_forwarded_goes_to_staff_with_its_reason() {
    type Change = fn(&mut Case);
    let manual: Change = |case| case.order().provider = None;
    let not_available: Change = |case| case.order().provider = Some(" N/A ".into());
    let not_sent: Change = |case| case.order().external_ids.clear();
    let zero: Change = |case| case.order().external_ids = vec!["0".into()];
    let smuggled: Change = |case| case.order().external_ids = vec!["1 cancel\n2".into()];
    let untold: Change = |case| {
        case.panel.tells_provider = false;
        case.order().provider = None;
    };
    for (status, command, change, expected) in [
        (
            OrderStatus::Completed,
            Refill,
            manual,
            "refill_requested - - manual_service refill",
        ),
        (
            OrderStatus::Completed,
            Refill,
            not_available,
            "refill_requested - - manual_service refill",
        ),
        (
            OrderStatus::Pending,
            Refill,
            not_sent,
            "still_pending_speed_up - - no_external_id speed-up",
        ),
        (
            OrderStatus::Pending,
            SpeedUp,
            zero,
            "speed_up_requested - - no_external_id speed-up",
        ),
        (
            OrderStatus::Completed,
            Refill,
            smuggled,
            "refill_requested - - no_external_id refill",
        ),
        (
            OrderStatus::Pending,
            Cancel,
            manual,
            "cancel_requested request_cancel - manual_service cancel",
        ),
        (
            OrderStatus::Pending,
            Cancel,
            untold,
            "cancel_requested request_cancel - - cancel",
        ),
        (
            OrderStatus::Pending,
            SpeedUp,
            untold,
            "speed_up_requested - - provider_not_told speed-up",
        ),
    ] {
        let mut case = Case::new(status, command);
        change(&mut case);
        assert_eq!(row(&case.decide()), expected);
    }
}

#[test]
fn abilities_decide_what_the_panel_is_asked() {
    for (ability, button, way, expected) in [
        (
            false,
            None,
            RefillWay::PanelElseProvider,
            "refill_requested - refill - refill",
        ),
        (
            true,
            None,
            RefillWay::PanelElseProvider,
            "refill_requested refill - - refill",
        ),
        (
            true,
            Some(false),
            RefillWay::PanelElseProvider,
            "refill_requested - refill - refill",
        ),
        (
            true,
            None,
            RefillWay::Both,
            "refill_requested refill refill - refill",
        ),
        (false, None, RefillWay::Both, "refill_requested - refill - refill"),
        (
            true,
            None,
            RefillWay::ProviderOnly,
            "refill_requested - refill - refill",
        ),
    ] {
        let mut case = Case::new(OrderStatus::Completed, Refill);
        case.panel.refill = ability;
        case.order().panel_allows_refill = button;
        case.rules.refill_way = way;
        assert_eq!(row(&case.decide()), expected, "{ability} {button:?} {way:?}");
    }
    for (ability, button, act) in [
        (true, None, true),
        (true, Some(true), true),
        (true, Some(false), false),
        (false, None, false),
    ] {
        let mut case = Case::new(OrderStatus::Pending, Cancel);
        case.panel.request_cancel = ability;
        case.order().panel_allows_cancel = button;
        let verdict = case.decide();
        assert_eq!(verdict.act.is_some(), act);
        assert_eq!(verdict.forward, Some(Cancel));
        assert_eq!(verdict.reply, ReplyKey::CancelQueued);
    }
}

#[test]
fn a_status_in_a_group_tells_less() {
    let mut case = Case::new(OrderStatus::Pending, Status);
    assert_eq!(case.decide().reply, ReplyKey::StatusTold);
    case.chat = ChatKind::Group;
    assert_eq!(case.decide().reply, ReplyKey::StatusToldInGroup);
}

#[test]
fn without_a_route_the_customer_hears_received() {
    let verdict = Case::new(OrderStatus::Pending, Refill).decide().without_route();
    assert_eq!(row(&verdict), "still_pending_speed_up - - no_route speed-up");
    assert_eq!(verdict.reply, ReplyKey::Received);
    // The panel was asked: that much is known.
    let verdict = Case::new(OrderStatus::Pending, Cancel).decide().without_route();
    assert_eq!(row(&verdict), "cancel_requested request_cancel - no_route cancel");
    assert_eq!(verdict.reply, ReplyKey::CancelQueued);
    let told = Case::new(OrderStatus::Pending, Status).decide();
    assert_eq!(told.clone().without_route(), told);
}

#[test]
fn a_verdict_is_stored_and_read_back() {
    let mut case = Case::new(OrderStatus::Completed, Refill);
    case.requests = vec![request(Refill, Some(1))];
    for verdict in [case.decide(), Case::new(OrderStatus::Partial, Cancel).decide()] {
        let json = serde_json::to_string(&verdict).unwrap();
        assert_eq!(serde_json::from_str::<Verdict>(&json).unwrap(), verdict);
    }
}
