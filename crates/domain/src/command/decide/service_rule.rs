//! What a service promises on refills, and whether an order is still within it.
//!
//! The order of authority: the owner's word on the service id; "no refill" in the name; the panel's flags and the
//! name's days; the owner's default. An empty flag says nothing, and neither does an order without a refill button.

use std::sync::LazyLock;

use chrono::TimeDelta;
use regex::Regex;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::{Facts, RefillDefault, Rules, StaffReason, completed_at};
use crate::{command::texts::plain_letter, order::PanelOrder};

/// A service's refill rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceRule {
    Denied,
    Days(u32),
    Lifetime,
    /// Refills are offered, for how long is not said.
    DaysUnknown,
    /// Nothing is said.
    Silent,
}

const MAX_NAME_CHARS: usize = 300;

struct Patterns {
    denied: Regex,
    lifetime: Regex,
    days: [Regex; 5],
    offered: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    const REFILL: &str = r"(?:re-?fill(?:s|ed|able)?|guarantee[ds]?|guaranty|warranty)";
    const MARK: &str = r"(?:♻|🔄)";
    const BAN: &str = r"(?:⛔|❌|🚫|✖)";
    const UNIT: &str = r"(?P<unit>d|days?|months?|years?)";
    let compile =
        |pattern: String| Regex::new(&pattern).expect("the patterns are constants that a test compiles");
    Patterns {
        denied: compile(format!(
            r"\b(?:no|non|not|without|w/o)[\s\-_]*(?:auto[\s\-_]*)?{REFILL}|\bnr\b|{BAN}\s*(?:{REFILL}|{MARK})|(?:{REFILL}|{MARK})\s*[:=\-]?\s*{BAN}|{REFILL}\s*[:=]\s*(?:no|none|0)\b"
        )),
        lifetime: compile(format!(
            r"\blife[\s\-_]*time\b|\blt[\s\-_]*{REFILL}|{REFILL}\s*[:=\-(\[]*\s*lt\b|(?:{REFILL}|{MARK})\s*[:=\-(\[]*\s*∞|∞\s*(?:{REFILL}|{MARK})"
        )),
        days: [
            compile(format!(
                r"\b(?P<n>[0-9]{{1,4}})[\s\-]*{UNIT}[\s\-_]*(?:auto[\s\-_]*)?(?:{REFILL}|{MARK})"
            )),
            compile(format!(
                r"[\[(]\s*(?P<n>[0-9]{{1,4}})[\s\-]*{UNIT}\s*[\])]\s*(?:{REFILL}|{MARK})"
            )),
            compile(format!(
                r"(?:{REFILL}|{MARK})\s*[:=\-(\[]*\s*(?P<n>[0-9]{{1,4}})[\s\-]*{UNIT}\b"
            )),
            compile(r"\br[\s\-]?(?P<n>[0-9]{1,3})(?P<unit>d)?\b".to_owned()),
            compile(r"\b(?P<n>365)[\s\-]*(?P<unit>d|days?)\b".to_owned()),
        ],
        offered: compile(format!(r"\b{REFILL}|{MARK}")),
    }
});

/// Reads the promise out of a service's name.
pub fn service_rule(name: &str) -> ServiceRule {
    let name: String = name
        .chars()
        .take(MAX_NAME_CHARS)
        .nfkc()
        .filter(|c| {
            !matches!(
                c,
                '\u{fe0e}' | '\u{fe0f}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'
            )
        })
        .map(plain_letter)
        .flat_map(char::to_lowercase)
        .collect();
    let patterns = &*PATTERNS;
    if patterns.denied.is_match(&name) {
        return ServiceRule::Denied;
    }
    let mut days: Vec<u32> = patterns
        .days
        .iter()
        .flat_map(|pattern| pattern.captures_iter(&name))
        .filter_map(|found| {
            let number: u32 = found.name("n")?.as_str().parse().ok()?;
            let unit = found.name("unit").map_or("d", |unit| unit.as_str());
            Some(match unit.as_bytes().first() {
                Some(b'm') => number * 30,
                Some(b'y') => number * 365,
                _ => number,
            })
        })
        .collect();
    days.sort_unstable();
    days.dedup();
    match days.as_slice() {
        [0] => ServiceRule::Denied,
        [one] => ServiceRule::Days(*one),
        _ if patterns.lifetime.is_match(&name) => ServiceRule::Lifetime,
        // Two numbers both tied to refill words: not ours to choose.
        [_, ..] => ServiceRule::DaysUnknown,
        [] if patterns.offered.is_match(&name) => ServiceRule::DaysUnknown,
        [] => ServiceRule::Silent,
    }
}

pub(super) enum Window {
    Open { why: String, days_left: Option<i64> },
    Closed(String),
    Denied(String),
    Ask(StaffReason),
}

/// Whether a refill may be asked for this order now.
pub(super) fn window(facts: &Facts<'_>, rules: &Rules, order: &PanelOrder) -> Window {
    let overridden = order
        .service_id
        .as_deref()
        .and_then(|id| rules.services.get(id.trim()))
        .copied()
        .filter(|rule| *rule != ServiceRule::Silent);
    let (rule, by) = match overridden {
        Some(rule) => (rule, "your rule for the service"),
        None => named(facts, order),
    };
    let open = |why: &str| Window::Open {
        why: why.to_owned(),
        days_left: None,
    };
    match rule {
        ServiceRule::Denied => Window::Denied(format!("{by} says no refill")),
        ServiceRule::Lifetime => open("completed, and the service has a lifetime refill"),
        ServiceRule::Days(days) => within(facts, order, days, by),
        ServiceRule::DaysUnknown | ServiceRule::Silent => match rules.refill_default {
            RefillDefault::Allow => open("completed, and nothing limits its refill"),
            RefillDefault::AskStaff => Window::Ask(StaffReason::RefillRuleUnclear),
            RefillDefault::Days(days) => within(facts, order, days, "your default"),
        },
    }
}

/// The name and the panel's flags together.
fn named(facts: &Facts<'_>, order: &PanelOrder) -> (ServiceRule, &'static str) {
    let by_name = order
        .service_name
        .as_deref()
        .map_or(ServiceRule::Silent, service_rule);
    let offered = facts.service_refill == Some(true) || order.panel_allows_refill == Some(true);
    match by_name {
        ServiceRule::Denied => (by_name, "the service's name"),
        _ if facts.service_refill == Some(false) => (ServiceRule::Denied, "the panel's service list"),
        ServiceRule::Silent if offered => (ServiceRule::DaysUnknown, "the panel"),
        other => (other, "the service's name"),
    }
}

/// Counts by the panel's clock, and the last day is the customer's.
fn within(facts: &Facts<'_>, order: &PanelOrder, days: u32, by: &str) -> Window {
    let Some((from, what)) = completed_at(order) else {
        return Window::Ask(StaffReason::RefillDateUnknown);
    };
    let now = order.panel_now.unwrap_or(facts.now);
    let passed = (now - from).max(TimeDelta::zero()).num_days();
    let left = i64::from(days) - passed;
    if left >= 0 {
        Window::Open {
            why: format!("completed, day {passed} of {days} by {by}, counted from {what}"),
            days_left: Some(left),
        }
    } else {
        Window::Closed(format!(
            "completed, but day {passed} of {days} by {by}, counted from {what}"
        ))
    }
}
