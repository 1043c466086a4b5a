//! Where a request stands, in a word and in a sentence.

use switchboard_store::tenant::request_list::ListRow;

/// Stable names: they stand in the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Open, and a person has to look.
    Person,
    /// Something that was to happen did not, or nobody knows; a person has to look.
    Failed,
    /// Open: asked of the panel or the provider.
    UnderWay,
    Done,
    /// The customer did not get what they asked for.
    Refused,
    /// A person closed it.
    Closed,
}

impl State {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Failed => "failed",
            Self::UnderWay => "under_way",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Closed => "closed",
        }
    }
}

/// Outcomes that give the customer nothing.
pub(super) fn is_refusal(outcome: &str) -> bool {
    matches!(
        outcome,
        "not_yours" | "not_eligible" | "already_open" | "cooling_down"
    )
}

fn went_wrong(row: &ListRow) -> bool {
    matches!(row.act_state.as_deref(), Some("refused" | "unknown"))
        || matches!(row.forward_state.as_deref(), Some("refused" | "unknown"))
        || row.outcome == "panel_unavailable"
}

pub fn state(row: &ListRow) -> State {
    let open = row.closed_at.is_none();
    match () {
        () if open && row.again_at.is_some() => State::UnderWay,
        () if open && row.staff_reason.is_some() && went_wrong(row) => State::Failed,
        () if open && row.staff_reason.is_some() => State::Person,
        () if open => State::UnderWay,
        () if row.closed_by.is_some() => State::Closed,
        () if is_refusal(&row.outcome) => State::Refused,
        () if row.outcome == "staff" || row.outcome == "panel_unavailable" => State::Closed,
        () => State::Done,
    }
}

/// What happened, and what comes next where somebody has to do it.
pub fn sentence(row: &ListRow) -> String {
    if row.closed_at.is_some() && row.again_at.is_some() {
        return "Decided again: see the newer request".to_owned();
    }
    if row.again_at.is_some() {
        return "Being decided again".to_owned();
    }
    if row.closed_at.is_none()
        && let Some(reason) = &row.staff_reason
    {
        return capital(reason);
    }
    let alias = row.provider_alias.as_deref().unwrap_or("the provider");
    match row.forward_state.as_deref() {
        Some("sent") => return format!("Sent to {alias}"),
        Some("gathering" | "queued" | "sending") => return format!("On its way to {alias}"),
        Some("unknown") => return format!("Nobody knows whether {alias} got it"),
        Some("refused") => return format!("{} did not get it", capital(alias)),
        _ => {}
    }
    match row.act_state.as_deref() {
        Some("accepted") if row.act.as_deref() == Some("refill") => {
            return "The panel took the refill".to_owned();
        }
        Some("accepted") => return "The panel took the cancel request".to_owned(),
        Some("intended" | "calling") => return "The panel is being asked".to_owned(),
        Some("refused") => return "The panel did not take it".to_owned(),
        Some("unknown") => return "Nobody knows whether the panel took it".to_owned(),
        _ => {}
    }
    match row.outcome.as_str() {
        "not_yours" => "Not theirs".to_owned(),
        "status_told" => match &row.order_status {
            Some(status) => format!("Status told: {}", status.replace('_', " ")),
            None => "Status told".to_owned(),
        },
        "already_open" => "Asked already, and still open".to_owned(),
        "cooling_down" => "Asked again too soon".to_owned(),
        "still_wanted" => "Asked whether it is still wanted".to_owned(),
        "confirm_first" => "Asked to confirm first".to_owned(),
        "refund_queued" => "A person decides on the refund".to_owned(),
        "panel_unavailable" => "The panel did not answer".to_owned(),
        "refill_requested" => "Refill accepted".to_owned(),
        "still_pending_speed_up" => "Still pending, speed-up accepted".to_owned(),
        "speed_up_requested" => "Speed-up accepted".to_owned(),
        "cancel_requested" => "Cancel accepted".to_owned(),
        _ if !row.why.is_empty() => capital(&row.why),
        other => capital(&other.replace('_', " ")),
    }
}

/// With a capital at its beginning.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;

    pub(in crate::requests) fn row(outcome: &str) -> ListRow {
        ListRow {
            id: Uuid::nil(),
            created_at: DateTime::UNIX_EPOCH,
            message_id: Uuid::nil(),
            customer_id: None,
            customer: Some("Rina Media".into()),
            sender: "Rina".into(),
            channel: "telegram_bot".into(),
            chat_id: Uuid::nil(),
            chat_kind: "direct".into(),
            chat_title: String::new(),
            panel_id: None,
            panel: Some("Himal Boost".into()),
            order_id: "481799696".into(),
            command: "refill".into(),
            outcome: outcome.into(),
            why: String::new(),
            staff_reason: None,
            order_status: None,
            provider_alias: Some("Kite".into()),
            act: None,
            act_state: None,
            act_attempts: 0,
            forward_command: None,
            forward_id: None,
            forward_state: None,
            forward_begun: false,
            again_at: None,
            closed_at: Some(DateTime::UNIX_EPOCH),
            closed_by: None,
            assignee_id: None,
            cost: 0,
        }
    }

    #[test]
    fn a_request_stands_where_its_parts_stand() {
        let person = |mut row: ListRow| {
            row.closed_at = None;
            row.staff_reason = Some("no route leads to the provider's group".into());
            row
        };
        let open = |mut row: ListRow| {
            row.closed_at = None;
            row
        };
        let forward = |state: &str, mut row: ListRow| {
            row.forward_state = Some(state.into());
            row
        };
        let act = |state: &str, mut row: ListRow| {
            row.act = Some("refill".into());
            row.act_state = Some(state.into());
            row
        };
        let by = |mut row: ListRow| {
            row.closed_by = Some("u:1".into());
            row
        };
        for (row, expected, text) in [
            (row("not_yours"), State::Refused, "Not theirs"),
            (row("refill_requested"), State::Done, "Refill accepted"),
            (
                person(row("staff")),
                State::Person,
                "No route leads to the provider's group",
            ),
            (
                person(row("panel_unavailable")),
                State::Failed,
                "No route leads to the provider's group",
            ),
            (
                forward("sent", open(row("cancel_requested"))),
                State::UnderWay,
                "Sent to Kite",
            ),
            (
                act("calling", open(row("refill_requested"))),
                State::UnderWay,
                "The panel is being asked",
            ),
            (
                act("accepted", row("refill_requested")),
                State::Done,
                "The panel took the refill",
            ),
            (
                person(act("unknown", row("refill_requested"))),
                State::Failed,
                "No route leads to the provider's group",
            ),
            (by(row("staff")), State::Closed, "Staff"),
            (
                row("panel_unavailable"),
                State::Closed,
                "The panel did not answer",
            ),
        ] {
            assert_eq!(
                (state(&row), sentence(&row).as_str()),
                (expected, text),
                "{row:?}"
            );
        }
    }
}
