//! What services promise, and until when.

use pretty_assertions::assert_eq;

use super::*;

#[test]
fn refill_windows() {
    let days = |days: i64, hours: i64| Some(now() - TimeDelta::days(days) - TimeDelta::hours(hours));
    for (name, updated, created, expected) in [
        ("Likes 30D Refill", days(29, 0), None, "refill_requested"),
        ("Likes 30D Refill", days(30, 23), None, "refill_requested"),
        ("Likes 30D Refill", days(31, 0), None, "not_eligible"),
        ("Likes 30D Refill", None, days(30, 0), "refill_requested"),
        ("Likes 30D Refill", None, days(31, 0), "not_eligible"),
        ("Likes 30D Refill", days(1, 0), days(90, 0), "refill_requested"),
        ("Likes 30D Refill", None, None, "staff"),
        ("Likes No Refill", days(1, 0), None, "not_eligible"),
        ("Likes lifetime", days(3_000, 0), None, "refill_requested"),
        ("Likes", None, None, "refill_requested"),
    ] {
        let mut case = Case::new(OrderStatus::Completed, Refill);
        case.order().service_name = Some(name.into());
        case.order().updated_at = updated;
        case.order().created_at = created;
        assert_eq!(case.decide().outcome.as_str(), expected, "{name} {updated:?}");
    }
    let mut case = Case::new(OrderStatus::Completed, Refill);
    case.order().service_name = Some("30 Days Refill".into());
    case.order().updated_at = days(20, 1);
    assert_eq!(case.decide().details.days_left, Some(10));
    assert!(case.decide().why.contains("its last change"));
    // The panel's clock counts, not ours.
    case.order().panel_now = Some(now() + TimeDelta::days(20));
    assert_eq!(
        case.decide().outcome,
        Outcome::NotEligible(Refusal::RefillWindowOver)
    );
}

#[test]
fn who_has_the_last_word_on_a_refill() {
    let allow = RefillDefault::Allow;
    for (name, overridden, list, button, default, expected) in [
        ("Likes", None, None, None, allow, "refill_requested"),
        ("Likes", None, None, None, RefillDefault::AskStaff, "staff"),
        ("Likes", None, None, None, RefillDefault::Days(1), "not_eligible"),
        (
            "Likes",
            None,
            None,
            None,
            RefillDefault::Days(30),
            "refill_requested",
        ),
        ("Likes ♻️", None, None, None, RefillDefault::AskStaff, "staff"),
        ("Likes", None, Some(false), None, allow, "not_eligible"),
        (
            "Likes 30 Days Refill",
            None,
            Some(false),
            None,
            allow,
            "not_eligible",
        ),
        ("Likes", None, None, Some(false), allow, "refill_requested"),
        (
            "Likes No Refill",
            None,
            Some(true),
            Some(true),
            allow,
            "not_eligible",
        ),
        (
            "Likes No Refill",
            Some(ServiceRule::Days(30)),
            None,
            None,
            allow,
            "refill_requested",
        ),
        (
            "Likes No Refill",
            Some(ServiceRule::Silent),
            None,
            None,
            allow,
            "not_eligible",
        ),
        (
            "Likes 30D Refill",
            Some(ServiceRule::Denied),
            Some(true),
            None,
            allow,
            "not_eligible",
        ),
        (
            "Likes 30D Refill",
            Some(ServiceRule::Days(1)),
            None,
            None,
            allow,
            "not_eligible",
        ),
        (
            "Likes",
            Some(ServiceRule::Lifetime),
            None,
            None,
            RefillDefault::AskStaff,
            "refill_requested",
        ),
    ] {
        let mut case = Case::new(OrderStatus::Completed, Refill);
        case.order().service_name = Some(name.into());
        case.service_refill = list;
        case.order().panel_allows_refill = button;
        case.rules.refill_default = default;
        case.rules
            .services
            .extend(overridden.map(|rule| ("88".to_owned(), rule)));
        assert_eq!(
            case.decide().outcome.as_str(),
            expected,
            "{name} {overridden:?} {list:?}"
        );
    }
}

#[test]
fn promises_in_service_names() {
    use ServiceRule::{Days, DaysUnknown, Denied, Lifetime, Silent};
    for (name, rule) in [
        ("Followers | No Refill", Denied),
        ("Followers [NO-REFILL] fast", Denied),
        ("Followers NR", Denied),
        ("Followers no guarantee", Denied),
        ("Likes ⛔ Refill", Denied),
        ("Likes Refill ❌", Denied),
        ("Likes 🚫♻️", Denied),
        ("Likes | Refill: No", Denied),
        ("𝗡𝗼 𝗥𝗲𝗳𝗶𝗹𝗹 likes", Denied),
        ("Likes | ɴᴏ ʀᴇꜰɪʟʟ", Denied),
        ("TikTok Likes | 30D Refill", Days(30)),
        ("30 Days Refill", Days(30)),
        ("Refill 30 Days", Days(30)),
        ("Likes R30", Days(30)),
        ("Likes R-30", Days(30)),
        ("Likes [R60D]", Days(60)),
        ("Likes 30 Days ♻️", Days(30)),
        ("♻️ 30 Days likes", Days(30)),
        ("Likes [Refill: 30D]", Days(30)),
        ("Likes [30 Days] Refill", Days(30)),
        ("𝟯𝟬 𝗗𝗮𝘆𝘀 𝗥𝗲𝗳𝗶𝗹𝗹", Days(30)),
        ("Ｌｉｋｅｓ ３０Ｄ Ｒｅｆｉｌｌ", Days(30)),
        ("60 days auto refill", Days(60)),
        ("Likes 3 months refill", Days(90)),
        ("Refill 1 year", Days(365)),
        ("Views 365 Days", Days(365)),
        ("Speed 50K/Day | Start 0-1h | 30 Days Refill", Days(30)),
        ("Speed 5 Days | Refill 90 Days", Days(90)),
        ("Followers Lifetime", Lifetime),
        ("Followers Life Time guaranteed", Lifetime),
        ("Followers LT Refill", Lifetime),
        ("Followers Refill ∞", Lifetime),
        ("Followers Refill Button", DaysUnknown),
        ("Followers Auto Refill", DaysUnknown),
        ("Followers ♻️", DaysUnknown),
        ("Followers 🔄", DaysUnknown),
        ("30 Days Refill, 60 Days Refill", DaysUnknown),
        ("Followers Drop 0-5%", Silent),
        ("Followers Non Drop", Silent),
        ("Followers 1000/day, start 0-6h", Silent),
        ("Followers, delivery 3 days", Silent),
        ("", Silent),
    ] {
        assert_eq!(service_rule(name), rule, "{name}");
    }
}
