//! "Is it still wanted? Reply yes": what a yes is, and what it goes ahead with.
//!
//! Invariant: a yes confirms what its own sender was asked about in this chat just before, and only once: whatever else they write
//! in between, the yes itself included, ends the question.

use chrono::{DateTime, TimeDelta, Utc};
use switchboard_domain::{
    command::{
        CommandKind,
        decide::{ConfirmCause, Outcome},
        parse::{self, Ask, Group, Reading},
    },
    order::{MAX_ORDERS, OrderId, OrderIds},
};
use switchboard_store::{StoreError, TenantTx};

use super::Context;

/// So long a question stands.
const ASKED_WITHIN: TimeDelta = TimeDelta::hours(1);

/// The whole message is a yes: in English, and as people write it in Hindi and Nepali with Latin letters. No "ok": that may as
/// well mean "I have read it".
fn is_yes(text: &str) -> bool {
    const WORDS: [&str; 14] = [
        "yes",
        "y",
        "yes please",
        "yes pls",
        "yeah",
        "yep",
        "confirm",
        "confirmed",
        "haan",
        "han",
        "ji",
        "ji haan",
        "ho",
        "hajur",
    ];
    let text = text.to_lowercase();
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_ascii_punctuation());
    WORDS.contains(&text)
}

/// What this message says yes to; empty if it is no yes, or nothing was asked.
pub(super) async fn confirmed(
    tx: &mut TenantTx,
    context: &Context,
    text: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Group>, StoreError> {
    let (Some(chat), Some(identity)) = (&context.chat, &context.identity) else {
        return Ok(Vec::new());
    };
    if !is_yes(text) {
        return Ok(Vec::new());
    }
    let outcomes = [
        Outcome::StillWanted.as_str(),
        Outcome::ConfirmFirst(ConfirmCause::SilentFor90Days).as_str(),
    ];
    let earlier = tx
        .messages()
        .questions(
            chat.id,
            identity.id,
            context.message,
            now - ASKED_WITHIN,
            &outcomes,
        )
        .await?;
    let mut pairs: Vec<(CommandKind, OrderId)> = Vec::new();
    for message in earlier {
        let asked = if message.orders.is_empty() {
            proposed(&message.text)
        } else {
            let known = message.commands.iter().zip(message.orders);
            known
                .filter_map(|(command, order)| {
                    Some((CommandKind::parse(command)?, OrderId::new(order).ok()?))
                })
                .collect()
        };
        if asked.is_empty() {
            break;
        }
        pairs.splice(0..0, asked);
    }
    pairs.truncate(MAX_ORDERS);
    Ok(grouped(pairs))
}

/// What was understood from a word that no native has reviewed, and said back as a question.
fn proposed(text: &str) -> Vec<(CommandKind, OrderId)> {
    let parsed = parse::parse(text, &parse::Context::default());
    if !matches!(parsed.reading, Reading::Ask(Ask::Confirm(_))) {
        return Vec::new();
    }
    super::pairs(&parsed.proposed)
        .map(|(command, order)| (command, order.clone()))
        .collect()
}

fn grouped(pairs: Vec<(CommandKind, OrderId)>) -> Vec<Group> {
    let mut by_command: Vec<(CommandKind, Vec<OrderId>)> = Vec::new();
    for (command, order) in pairs {
        match by_command.iter_mut().find(|(known, _)| *known == command) {
            Some((_, orders)) => orders.push(order),
            None => by_command.push((command, vec![order])),
        }
    }
    let group = |(command, orders)| {
        let (orders, _) = OrderIds::collect(orders)?;
        Some(Group { command, orders })
    };
    by_command.into_iter().filter_map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_yes_is_a_yes() {
        for text in ["yes", "Yes!", " YES. ", "yes please", "haan", "Ji haan"] {
            assert!(is_yes(text), "{text}");
        }
        for text in [
            "",
            "ok",
            "no",
            "yes but only one",
            "not yes",
            "yes?no",
            "eyes",
            "481799696 yes",
        ] {
            assert!(!is_yes(text), "{text}");
        }
    }

    #[test]
    fn orders_stand_under_their_command_in_their_order() {
        let id = |text: &str| OrderId::new(text).unwrap();
        let groups = grouped(vec![
            (CommandKind::Cancel, id("1001")),
            (CommandKind::Refill, id("1002")),
            (CommandKind::Cancel, id("1003")),
            (CommandKind::Cancel, id("1001")),
        ]);
        let shown: Vec<(CommandKind, Vec<&str>)> = groups
            .iter()
            .map(|group| (group.command, group.orders.iter().map(OrderId::as_str).collect()))
            .collect();
        assert_eq!(
            shown,
            [
                (CommandKind::Cancel, vec!["1001", "1003"]),
                (CommandKind::Refill, vec!["1002"])
            ]
        );
    }

    #[test]
    fn an_unreviewed_word_is_proposed_and_a_plain_command_is_not() {
        assert_eq!(proposed("481799696 refill"), []);
        assert_eq!(proposed("good morning"), []);
    }
}
