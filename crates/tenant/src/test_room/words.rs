//! What happened to a played message, step by step, in sentences.

use std::time::Duration;

use chrono::{DateTime, Utc};
use switchboard_domain::{
    command::{
        CommandKind,
        decide::{Outcome, PanelAct, StaffReason},
        forward::external_ids,
    },
    credit::Credits,
};

use super::{Cost, Names, StepKey as Key, StepState as State, TestForward, TestOrder, TestStep, Verdict};
use crate::pipeline::{
    forwards::Routed,
    orders::Decision,
    rehearse::{Rehearsal, Rehearsed},
};

fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}

fn step(
    key: Key,
    state: State,
    title: impl Into<String>,
    detail: impl Into<String>,
    time: Duration,
) -> TestStep {
    TestStep {
        key,
        state,
        title: title.into(),
        detail: detail.into(),
        ms: ms(time),
    }
}

fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 {
        format!("1 {one}")
    } else {
        format!("{n} {many}")
    }
}

/// Of the message as a whole.
pub(super) fn steps(
    rehearsal: &Rehearsal,
    names: &Names,
    replies: &[String],
    forwards: &[TestForward],
    cost: &Cost,
) -> Vec<TestStep> {
    let mut steps = vec![parsed(rehearsal), owner(rehearsal, names)];
    if let Rehearsed::Decided(decided) = &rehearsal.outcome {
        let plan = &decided.plan;
        steps.push(panels(rehearsal));
        let mut counts: Vec<(&'static str, usize)> = Vec::new();
        for decision in &plan.decisions {
            let title = outcome(decision);
            match counts.iter_mut().find(|(known, _)| *known == title) {
                Some((_, n)) => *n += 1,
                None => counts.push((title, 1)),
            }
        }
        let listed: Vec<String> = counts.iter().map(|(title, n)| format!("{title} ({n})")).collect();
        let state = if plan.decisions.iter().any(|d| d.verdict.staff.is_some()) {
            State::Person
        } else {
            State::Done
        };
        let title = count(plan.decisions.len(), "verdict", "verdicts");
        steps.push(step(
            Key::Rule,
            state,
            title,
            listed.join(", "),
            rehearsal.deciding,
        ));
    }
    steps.push(said(rehearsal, replies));
    if matches!(rehearsal.outcome, Rehearsed::Decided(_)) {
        let mut to: Vec<String> = Vec::new();
        for forward in forwards {
            if !to.contains(&forward.provider_alias) {
                to.push(forward.provider_alias.clone());
            }
        }
        let (title, detail) = if forwards.is_empty() {
            ("Nothing to a provider".to_owned(), String::new())
        } else {
            (
                format!("{} to providers", count(forwards.len(), "message", "messages")),
                to.join(", "),
            )
        };
        steps.push(step(Key::Forward, State::Done, title, detail, Duration::ZERO));
    }
    steps.push(priced(cost));
    steps
}

fn parsed(rehearsal: &Rehearsal) -> TestStep {
    let (state, title, detail) = match &rehearsal.outcome {
        Rehearsed::Silence(why) => (
            State::Refused,
            "No answer".to_owned(),
            format!("{}.", capital(why)),
        ),
        Rehearsed::Said { why, .. } => (
            State::Done,
            "Answered at once".to_owned(),
            format!("{}.", capital(why)),
        ),
        Rehearsed::Decided(decided) => {
            let (plan, cut) = (&decided.plan, &decided.cut);
            let mut commands: Vec<(CommandKind, usize)> = Vec::new();
            for decision in &plan.decisions {
                match commands.iter_mut().find(|(known, _)| *known == decision.command) {
                    Some((_, n)) => *n += 1,
                    None => commands.push((decision.command, 1)),
                }
            }
            let listed: Vec<String> = commands
                .iter()
                .map(|(command, n)| format!("{} {}", command.as_str(), count(*n, "order", "orders")))
                .collect();
            let detail = if cut.is_empty() {
                String::new()
            } else {
                format!(
                    "{} past the limit of a message.",
                    count(cut.len(), "id is", "ids are")
                )
            };
            (State::Done, capital(&listed.join(", ")), detail)
        }
    };
    step(Key::Parsed, state, title, detail, rehearsal.parsing)
}

fn owner(rehearsal: &Rehearsal, names: &Names) -> TestStep {
    let links = rehearsal.context.links.len();
    let (title, detail) = match &names.customer {
        Some(name) => (
            name.clone(),
            format!("Linked to {}.", count(links, "panel username", "panel usernames")),
        ),
        None => (
            "A stranger".to_owned(),
            "Linked to nobody: every order is refused alike.".to_owned(),
        ),
    };
    let state = if names.customer.is_some() {
        State::Done
    } else {
        State::Refused
    };
    step(Key::Owner, state, title, detail, Duration::ZERO)
}

fn panels(rehearsal: &Rehearsal) -> TestStep {
    let Rehearsed::Decided(decided) = &rehearsal.outcome else {
        return step(Key::Status, State::Waiting, "", "", Duration::ZERO);
    };
    let (plan, reads) = (&decided.plan, &decided.reads);
    let name = |id| {
        rehearsal
            .context
            .shop
            .panels
            .get(id)
            .map_or("", |panel| panel.name.as_str())
    };
    let mut listed: Vec<&str> = reads.keys().map(name).collect();
    listed.sort_unstable();
    let (state, title, detail) = if plan.facts.is_empty() {
        (
            State::Waiting,
            "No panel asked".to_owned(),
            "The sender is linked to none.".to_owned(),
        )
    } else if reads.is_empty() {
        (
            State::Failed,
            "The panel took too long".to_owned(),
            "A real message would wait and be asked again for up to 10 minutes.".to_owned(),
        )
    } else if let Some(error) = reads.values().find_map(|read| read.as_ref().err()) {
        (
            State::Failed,
            format!("{}.", capital(&error.to_string())),
            "A real message would wait and be asked again for up to 10 minutes.".to_owned(),
        )
    } else {
        (
            State::Done,
            format!("Read {}", count(plan.decisions.len(), "order", "orders")),
            format!("From {}, asked once for all.", listed.join(" and ")),
        )
    };
    step(Key::Status, state, title, detail, rehearsal.reading)
}

fn said(rehearsal: &Rehearsal, replies: &[String]) -> TestStep {
    let silent = rehearsal.context.shop.general.silent_mode;
    let detail = if silent && !replies.is_empty() {
        "Silent mode is on: a real customer would read nothing."
    } else {
        ""
    };
    let title = if replies.is_empty() {
        "Nothing is said".to_owned()
    } else {
        count(replies.len(), "reply", "replies")
    };
    step(Key::Reply, State::Done, title, detail, Duration::ZERO)
}

fn priced(cost: &Cost) -> TestStep {
    let mut parts = Vec::new();
    if cost.replies > 0 {
        parts.push(format!(
            "{} × {}",
            count(cost.replies, "reply", "replies"),
            cost.reply
        ));
    }
    for price in &cost.forwards {
        parts.push(format!("1 forward × {price}"));
    }
    parts.push("nothing is charged here".to_owned());
    let title = format!("{} credits", cost.total);
    step(
        Key::Cost,
        State::Done,
        title,
        format!("{}.", capital(&parts.join(", "))),
        Duration::ZERO,
    )
}

/// Order by order.
pub(super) fn orders(rehearsal: &Rehearsal, names: &Names, cost: &Cost) -> Vec<TestOrder> {
    let Rehearsed::Decided(decided) = &rehearsal.outcome else {
        return Vec::new();
    };
    let plan = &decided.plan;
    let routes = plan.routes.iter();
    let pairs = plan.decisions.iter().zip(routes);
    pairs
        .map(|(decision, routed)| order(rehearsal, names, cost, decision, routed.as_ref()))
        .collect()
}

fn order(
    rehearsal: &Rehearsal,
    names: &Names,
    cost: &Cost,
    decision: &Decision,
    routed: Option<&Routed>,
) -> TestOrder {
    let verdict = &decision.verdict;
    let kind = if verdict.staff.is_some() {
        Verdict::Person
    } else if verdict.act.is_some() || verdict.forward.is_some() {
        Verdict::Acts
    } else {
        Verdict::Answers
    };
    let alias = routed.map(|routed| names.aliases.get(&routed.provider).cloned().unwrap_or_default());
    let mut sentence = outcome(decision).to_owned();
    if let Some(alias) = &alias {
        sentence = format!("{sentence} · {alias}");
    }
    TestOrder {
        order_id: decision.order.as_str().to_owned(),
        command: decision.command,
        verdict: kind,
        sentence,
        steps: order_steps(rehearsal, names, cost, decision, routed, alias),
    }
}

fn order_steps(
    rehearsal: &Rehearsal,
    names: &Names,
    cost: &Cost,
    decision: &Decision,
    routed: Option<&Routed>,
    alias: Option<String>,
) -> Vec<TestStep> {
    let verdict = &decision.verdict;
    let mut steps = vec![step(
        Key::Parsed,
        State::Done,
        capital(decision.command.as_str()),
        "",
        rehearsal.parsing,
    )];
    let customer = names.customer.clone().unwrap_or_else(|| "A stranger".to_owned());
    steps.push(match verdict.outcome {
        Outcome::NotYours => step(
            Key::Owner,
            State::Refused,
            "Does not belong",
            "The same words as for an order that does not exist.",
            Duration::ZERO,
        ),
        _ => step(Key::Owner, State::Done, customer, "", Duration::ZERO),
    });
    if let Some(read) = &decision.read {
        let when = read
            .updated_at
            .map(|at| format!("Last change {}.", day(at)))
            .or_else(|| read.created_at.map(|at| format!("Created {}.", day(at))));
        steps.push(step(
            Key::Status,
            State::Done,
            capital(&read.status.as_str().replace('_', " ")),
            when.unwrap_or_default(),
            rehearsal.reading,
        ));
    } else if verdict.outcome == Outcome::PanelUnavailable {
        steps.push(step(
            Key::Status,
            State::Failed,
            "The panel did not answer",
            "",
            rehearsal.reading,
        ));
    }
    let rule_state = match (verdict.staff.is_some(), verdict.outcome) {
        (true, _) => State::Person,
        (false, Outcome::NotYours | Outcome::NotEligible(_)) => State::Refused,
        (false, Outcome::PanelUnavailable) => State::Failed,
        _ => State::Done,
    };
    steps.push(step(
        Key::Rule,
        rule_state,
        outcome(decision),
        format!("{}.", capital(verdict.why.trim_end_matches('.'))),
        rehearsal.deciding,
    ));
    let heading = capital(&verdict.reply.as_str().replace('_', " "));
    steps.push(step(Key::Reply, State::Done, heading, "", Duration::ZERO));
    steps.extend(forward(decision, alias));
    let mut parts = vec![format!("reply {}", cost.reply)];
    parts.extend(routed.map(|routed| format!("forward {}", routed.price)));
    let single = routed.map_or(Credits::ZERO, |routed| routed.price);
    let total = Credits::from_micros(cost.reply.micros().saturating_add(single.micros()));
    steps.push(step(
        Key::Cost,
        State::Done,
        format!("up to {total}"),
        format!(
            "{}; shared with orders in the same message.",
            capital(&parts.join(", "))
        ),
        Duration::ZERO,
    ));
    steps
}

fn forward(decision: &Decision, alias: Option<String>) -> Option<TestStep> {
    let verdict = &decision.verdict;
    if let Some(alias) = alias {
        let ids = decision
            .read
            .as_deref()
            .and_then(external_ids)
            .unwrap_or_default();
        let ids: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
        return Some(step(
            Key::Forward,
            State::Done,
            alias,
            format!("As {}.", ids.join(", ")),
            Duration::ZERO,
        ));
    }
    if verdict.staff == Some(StaffReason::NoRoute) {
        return Some(step(
            Key::Forward,
            State::Person,
            "No route",
            "Name the provider and choose its group under Providers.",
            Duration::ZERO,
        ));
    }
    let act = match verdict.act? {
        PanelAct::Refill => "The panel would be asked for a refill",
        PanelAct::RequestCancel => "The panel would be asked to cancel",
    };
    Some(step(
        Key::Forward,
        State::Waiting,
        act,
        "Held back here.",
        Duration::ZERO,
    ))
}

/// The verdict in a few words.
fn outcome(decision: &Decision) -> &'static str {
    match decision.verdict.outcome {
        Outcome::RefillRequested => "Refill asked for",
        Outcome::StillPendingSpeedUp => "Still pending, speed-up asked for",
        Outcome::CancelRequested => "Cancel asked for",
        Outcome::SpeedUpRequested => "Speed-up asked for",
        Outcome::StatusTold => "Status told",
        Outcome::RefundQueued => "Refund waits for a person",
        Outcome::NotYours => "Does not belong to the sender",
        Outcome::NotEligible(_) => "Refused by a rule",
        Outcome::AlreadyOpen => "Asked for already",
        Outcome::CoolingDown { .. } => "Asked for again too soon",
        Outcome::StillWanted => "Asks whether it is still wanted",
        Outcome::ConfirmFirst(_) => "Asks to confirm first",
        Outcome::Staff => "Needs a person",
        Outcome::PanelUnavailable => "The panel did not answer",
    }
}

fn day(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y %H:%M UTC").to_string()
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
