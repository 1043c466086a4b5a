//! From the message to its end, each step with what was found and why it went so.
//!
//! Invariant: every step comes from a stored row; what has not happened is `waiting` or not there, never guessed.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use switchboard_domain::{command::texts::redact, credit::Credits};
use switchboard_store::tenant::request_list::{ListRow, Rest, Said};
use uuid::Uuid;

use super::{
    who,
    words::{capital, is_refusal, sentence},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKey {
    Message,
    Parsed,
    Owner,
    Status,
    Rule,
    Panel,
    Reply,
    Forward,
    Cost,
    Closed,
    Note,
}

impl StepKey {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Parsed => "parsed",
            Self::Owner => "owner",
            Self::Status => "status",
            Self::Rule => "rule",
            Self::Panel => "panel",
            Self::Reply => "reply",
            Self::Forward => "forward",
            Self::Cost => "cost",
            Self::Closed => "closed",
            Self::Note => "note",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    Done,
    Refused,
    Person,
    Failed,
    UnderWay,
    Waiting,
}

impl StepState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Person => "person",
            Self::Failed => "failed",
            Self::UnderWay => "under_way",
            Self::Waiting => "waiting",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub key: StepKey,
    pub state: StepState,
    pub title: String,
    pub detail: String,
    pub at: Option<DateTime<Utc>>,
    pub ms: Option<i64>,
}

fn step(
    key: StepKey,
    state: StepState,
    title: impl Into<String>,
    detail: impl Into<String>,
    at: Option<DateTime<Utc>>,
) -> Step {
    Step {
        key,
        state,
        title: title.into(),
        detail: detail.into(),
        at,
        ms: None,
    }
}

pub(super) fn of(
    row: &ListRow,
    rest: &Rest,
    said: &[Said],
    names: &HashMap<Uuid, String>,
    provider_names: &[String],
) -> Vec<Step> {
    let command = row.command.as_str();
    let mut steps = vec![step(
        StepKey::Message,
        StepState::Done,
        "Message received",
        rest.message_text
            .clone()
            .unwrap_or_else(|| "its words are no longer kept".to_owned()),
        Some(rest.received_at),
    )];
    let others = match rest.in_message {
        ..=1 => "the only order in the message".to_owned(),
        n => format!("one of {n} orders in the message"),
    };
    let parsed = format!("Read as {command} of {}", row.order_id);
    steps.push(step(StepKey::Parsed, StepState::Done, parsed, others, None));
    steps.push(owner(row));
    steps.extend(status(row));
    steps.push(rule(row, rest));
    steps.extend(panel(row, rest, provider_names));
    steps.extend(replies(row, said));
    steps.extend(forward(row, rest));
    steps.push(cost(row, rest));
    if !rest.note.is_empty() {
        let by = rest
            .note_by
            .as_deref()
            .map(|by| who(by, names))
            .unwrap_or_default();
        let title = format!("Note by {by}");
        steps.push(step(
            StepKey::Note,
            StepState::Done,
            title,
            rest.note.clone(),
            rest.note_at,
        ));
    }
    if let Some(at) = row.closed_at {
        let (title, detail) = match (&row.closed_by, row.again_at) {
            (Some(by), Some(_)) => (
                format!("Decided again for {}", who(by, names)),
                "what came of it is a newer request for the same order",
            ),
            (Some(by), None) => (format!("Closed by {}", who(by, names)), ""),
            (None, _) => ("Closed".to_owned(), "nothing was left to do"),
        };
        steps.push(step(StepKey::Closed, StepState::Done, title, detail, Some(at)));
    } else if let Some(at) = row.again_at {
        steps.push(step(
            StepKey::Rule,
            StepState::UnderWay,
            "Being decided again",
            "the panel is read afresh; what comes of it is a newer request",
            Some(at),
        ));
    } else if let Some(reason) = &row.staff_reason {
        let detail = "do what is needed, then close it; or retry";
        steps.push(step(
            StepKey::Closed,
            StepState::Person,
            capital(reason),
            detail,
            None,
        ));
    }
    steps
}

fn owner(row: &ListRow) -> Step {
    let panel = row.panel.as_deref().unwrap_or("any panel");
    let (state, title, detail) = match (row.outcome.as_str(), &row.customer) {
        ("not_yours", Some(customer)) => (
            StepState::Refused,
            "The order is not the sender's".to_owned(),
            format!(
                "{} is linked to {customer}; {}",
                row.sender,
                why_or(row, "their accounts on the panels do not have it")
            ),
        ),
        ("not_yours", None) => (
            StepState::Refused,
            "The sender is linked to nobody".to_owned(),
            format!("{} has no customer, so no order can be theirs", row.sender),
        ),
        (_, None) => (
            StepState::Person,
            "The sender is linked to nobody".to_owned(),
            row.sender.clone(),
        ),
        // Known only where the order was read.
        (_, Some(customer)) if row.order_status.is_some() => (
            StepState::Done,
            "The order is the sender's".to_owned(),
            format!(
                "{} is linked to {customer}, and {panel} says that the order is theirs",
                row.sender
            ),
        ),
        (_, Some(customer)) => (
            StepState::Waiting,
            "Whose order it is was not found out".to_owned(),
            format!("{} is linked to {customer}", row.sender),
        ),
    };
    step(StepKey::Owner, state, title, detail, None)
}

fn why_or(row: &ListRow, other: &str) -> String {
    if row.why.is_empty() {
        other.to_owned()
    } else {
        row.why.clone()
    }
}

fn status(row: &ListRow) -> Option<Step> {
    let panel = row.panel.as_deref().unwrap_or("The panel");
    match (&row.order_status, row.outcome.as_str()) {
        (Some(status), _) => Some(step(
            StepKey::Status,
            StepState::Done,
            format!("{panel} says {}", status.replace('_', " ")),
            "read fresh for this decision",
            Some(row.created_at),
        )),
        (None, "panel_unavailable") => Some(step(
            StepKey::Status,
            StepState::Failed,
            format!("{panel} did not answer"),
            why_or(row, "nothing was done"),
            Some(row.created_at),
        )),
        (None, _) => None,
    }
}

fn rule(row: &ListRow, rest: &Rest) -> Step {
    let state = match row.outcome.as_str() {
        outcome if is_refusal(outcome) => StepState::Refused,
        "staff" | "refund_queued" => StepState::Person,
        "panel_unavailable" => StepState::Failed,
        _ => StepState::Done,
    };
    let bare = ListRow {
        act_state: None,
        forward_state: None,
        staff_reason: None,
        again_at: None,
        ..row.clone()
    };
    Step {
        ms: Some((row.created_at - rest.received_at).num_milliseconds().max(0))
            .filter(|_| row.again_at.is_none()),
        ..step(
            StepKey::Rule,
            state,
            match state {
                StepState::Person => "A person decides".to_owned(),
                _ => sentence(&bare),
            },
            capital(&row.why.replace("in_progress", "in progress")),
            Some(row.created_at),
        )
    }
}

fn panel(row: &ListRow, rest: &Rest, provider_names: &[String]) -> Option<Step> {
    let act = match row.act.as_deref()? {
        "refill" => "refill",
        _ => "cancel",
    };
    let panel = row.panel.as_deref().unwrap_or("the panel");
    let evidence = rest
        .act_evidence
        .as_deref()
        .map(|text| redact(text, provider_names))
        .unwrap_or_default();
    let (state, title) = match row.act_state.as_deref()? {
        "accepted" => (StepState::Done, format!("{panel} took the {act} request")),
        "refused" => (
            StepState::Failed,
            format!("{panel} did not take the {act} request"),
        ),
        "unknown" => (
            StepState::Failed,
            format!("Nobody knows whether {panel} took the {act} request"),
        ),
        "calling" => (StepState::UnderWay, format!("{panel} is being asked")),
        _ => (StepState::Waiting, format!("{panel} will be asked")),
    };
    let calls = match row.act_attempts {
        0 => String::new(),
        1 => "asked once".to_owned(),
        n => format!("asked {n} times, the order read in between"),
    };
    let detail = [calls, evidence]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(": ");
    Some(step(
        StepKey::Panel,
        state,
        title,
        capital(&detail),
        rest.acted_at,
    ))
}

/// The replies that speak of this order; where none names it, all of the message.
fn replies(row: &ListRow, said: &[Said]) -> Vec<Step> {
    let own = format!("again:{}", switchboard_domain::id::RequestId::from_uuid(row.id));
    let of_message: Vec<&Said> = said
        .iter()
        .filter(|said| !said.key.starts_with("again:") || said.key.starts_with(&own))
        .collect();
    let (acks, answers): (Vec<&Said>, Vec<&Said>) = of_message
        .into_iter()
        .partition(|said| said.key.starts_with("ack:"));
    let naming: Vec<&Said> = answers
        .iter()
        .copied()
        .filter(|said| said.text.contains(&row.order_id))
        .collect();
    let answers = if naming.is_empty() { answers } else { naming };
    acks.into_iter()
        .chain(answers)
        .map(|said| {
            let (state, title) = match said.state.as_str() {
                "sent" => (StepState::Done, "Reply delivered".to_owned()),
                "silent" => (
                    StepState::Waiting,
                    "Silent: this would have been the reply".to_owned(),
                ),
                "refused" => (
                    StepState::Failed,
                    format!(
                        "The reply could not be delivered: {}",
                        said.error.as_deref().unwrap_or("")
                    ),
                ),
                "unknown" => (
                    StepState::Failed,
                    "Nobody knows whether the reply arrived".to_owned(),
                ),
                "sending" => (StepState::UnderWay, "Reply is being sent".to_owned()),
                _ => (StepState::UnderWay, "Reply waits to be sent".to_owned()),
            };
            Step {
                ms: said
                    .finished_at
                    .map(|at| (at - said.created_at).num_milliseconds().max(0)),
                ..step(
                    StepKey::Reply,
                    state,
                    title,
                    said.text.clone(),
                    Some(said.finished_at.unwrap_or(said.created_at)),
                )
            }
        })
        .collect()
}

fn forward(row: &ListRow, rest: &Rest) -> Option<Step> {
    let command = row.forward_command.as_deref()?;
    let alias = row.provider_alias.as_deref().unwrap_or("the provider");
    let error = rest.forward_error.clone().unwrap_or_default();
    let (state, title, detail) = match row.forward_state.as_deref() {
        None => (
            StepState::Person,
            format!("The {command} request was not forwarded"),
            row.staff_reason.clone().unwrap_or_default(),
        ),
        Some("sent") => (
            StepState::Done,
            format!("Forwarded to {alias}"),
            format!("as {command}"),
        ),
        Some("refused") => (
            StepState::Failed,
            format!("{} did not get it", capital(alias)),
            error,
        ),
        Some("unknown") => (
            StepState::Failed,
            format!("Nobody knows whether {alias} got it"),
            error,
        ),
        Some("gathering") => (
            StepState::UnderWay,
            format!("Waits for others to {alias}"),
            "requests of a moment travel as one message".to_owned(),
        ),
        Some(_) => (StepState::UnderWay, format!("On its way to {alias}"), error),
    };
    Some(step(
        StepKey::Forward,
        state,
        title,
        capital(&detail),
        rest.forward_at,
    ))
}

fn cost(row: &ListRow, rest: &Rest) -> Step {
    let cost = Credits::from_micros(row.cost);
    let title = match row.cost {
        0 => "Cost nothing".to_owned(),
        1_000_000 => "Cost 1 credit".to_owned(),
        _ => format!("Cost {cost} credits"),
    };
    let detail = if rest.in_message > 1 || rest.forward_price.is_some() {
        "its share of the message's replies and of the forward"
    } else {
        "the reply"
    };
    let detail = if row.cost == 0 { "" } else { detail };
    step(StepKey::Cost, StepState::Done, title, capital(detail), None)
}
