use std::collections::{BTreeMap, BTreeSet};

use pretty_assertions::assert_eq;
use proptest::{collection::vec, prelude::*, sample::select};
use uuid::Uuid;

use super::*;
use crate::{command::decide::fixtures, order::OrderStatus};

fn item(request: u128, provider: u128, command: CommandKind, ids: &[&str]) -> ForwardItem {
    ForwardItem {
        request: Uuid::from_u128(request).into(),
        provider: Uuid::from_u128(provider).into(),
        route: Uuid::from_u128(provider + 100).into(),
        command,
        panel: Uuid::from_u128(1).into(),
        panel_name: "Sample Panel".into(),
        external_ids: ids.iter().map(|id| ExternalId::new(id).unwrap()).collect(),
        style: ForwardStyle::default(),
    }
}

fn texts(items: Vec<ForwardItem>) -> Vec<String> {
    group_forwards(items)
        .into_iter()
        .map(|message| message.text)
        .collect()
}

#[test]
fn the_message_that_providers_know() {
    assert_eq!(
        texts(vec![
            item(1, 1, CommandKind::Refill, &["7450284"]),
            item(2, 2, CommandKind::Refill, &["55"]),
            item(3, 1, CommandKind::Cancel, &["7450300"]),
            item(4, 1, CommandKind::Refill, &["7450291"]),
        ]),
        [
            "7450284,7450291 refill\nSample Panel",
            "55 refill\nSample Panel",
            "7450300 cancel\nSample Panel"
        ]
    );
}

#[test]
fn one_id_of_two_requests_is_written_once_and_stands_for_both() {
    let messages = group_forwards(vec![
        item(1, 1, CommandKind::SpeedUp, &["10", "11"]),
        item(2, 1, CommandKind::SpeedUp, &["11", "11"]),
    ]);
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].text, "10,11 speed-up\nSample Panel");
    assert_eq!(messages[0].ids[1].1.len(), 2);
    assert_eq!(messages[0].requests().len(), 2);
}

#[test]
fn long_lists_are_cut_in_pieces() {
    let ids: Vec<String> = (1..=250).map(|n| n.to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let sizes = |items| -> Vec<usize> {
        group_forwards(items)
            .iter()
            .map(|message| message.ids.len())
            .collect()
    };
    assert_eq!(sizes(vec![item(1, 1, CommandKind::Refill, &ids)]), [100, 100, 50]);
    let long: Vec<String> = (0..100).map(|n| format!("{n:064}x").split_off(1)).collect();
    let long: Vec<&str> = long.iter().map(String::as_str).collect();
    let messages = group_forwards(vec![item(1, 1, CommandKind::Refill, &long)]);
    assert!(messages.len() > 1 && messages.iter().all(|message| message.text.len() < 4_000));
}

#[test]
fn styles_of_routes() {
    let mut lines = item(1, 1, CommandKind::Refill, &["1", "2"]);
    lines.style = ForwardStyle {
        template: "{command}:\n{ids}".into(),
        joiner: Joiner::Newline,
        ..ForwardStyle::default()
    };
    assert_eq!(texts(vec![lines.clone()]), ["refill:\n1\n2"]);
    // A panel's name is a name.
    lines.style.template = "{panel} {ids} {command} { }".into();
    lines.panel_name = "{ids}".into();
    assert!(lines.style.validate().is_err());
    lines.style.template = "{panel} {ids} {command}".into();
    assert_eq!(texts(vec![lines]), ["{ids} 1\n2 refill"]);
    for (template, error) in [
        ("{ids}", "the template must contain `{command}` once"),
        ("{ids} {ids} {command}", "the template must contain `{ids}` once"),
        (
            "{ids} {command} {customer}",
            "`{customer}` is not a variable; there are {ids}, {command} and {panel}",
        ),
    ] {
        let style = ForwardStyle {
            template: template.into(),
            ..ForwardStyle::default()
        };
        assert_eq!(style.validate().unwrap_err().to_string(), error);
        // A template that got past the check gives way to ours.
        let mut broken = item(1, 1, CommandKind::Refill, &["1"]);
        broken.style = style;
        assert_eq!(texts(vec![broken]), ["1 refill\nSample Panel"]);
    }
    assert_eq!(ForwardStyle::default().validate(), Ok(()));
}

#[test]
fn external_ids_are_all_usable_or_none_is() {
    for (ids, usable) in [
        (vec!["7450284"], true),
        (vec![" 7450284 ", "7450285"], true),
        (vec![], false),
        (vec![""], false),
        (vec!["0"], false),
        (vec!["-"], false),
        (vec!["7450284", "N/A"], false),
        (vec!["1 cancel"], false),
        (vec!["1\n2 refill"], false),
        (vec!["1,2"], false),
    ] {
        let mut order = fixtures::order(OrderStatus::Completed);
        order.external_ids = ids.iter().map(|id| (*id).to_owned()).collect();
        assert_eq!(external_ids(&order).is_some(), usable, "{ids:?}");
    }
    assert_eq!(
        format!("{:?}", ExternalId::new("7450284").unwrap()),
        "ExternalId(…)"
    );
}

prop_compose! {
    fn any_item()(
        request in 0u128..1_000,
        provider in 1u128..4,
        route in 1u128..4,
        panel in 1u128..3,
        command in select(CommandKind::ALL.to_vec()),
        ids in vec(1u32..200, 0..6),
        piece in 1u16..9,
    ) -> ForwardItem {
        ForwardItem {
            request: Uuid::from_u128(request).into(),
            route: Uuid::from_u128(route).into(),
            panel: Uuid::from_u128(panel).into(),
            external_ids: ids.iter().map(|id| ExternalId::new(&format!("p{provider}x{id}")).unwrap()).collect(),
            style: ForwardStyle { piece_size: NonZeroU16::new(piece).unwrap(), ..ForwardStyle::default() },
            ..item(request, provider, command, &[])
        }
    }
}

type Key = (ProviderId, ChatId, CommandKind, PanelId);

proptest! {
    /// Never mixes, loses none, repeats none, keeps the order.
    #[test]
    fn messages_hold_what_was_given_and_nothing_else(items in vec(any_item(), 0..40)) {
        let mut given: BTreeMap<String, Vec<ExternalId>> = BTreeMap::new();
        let mut pairs: BTreeSet<(String, ExternalId, RequestId)> = BTreeSet::new();
        let name = |key: Key| format!("{key:?}");
        for item in &items {
            let key = name((item.provider, item.route, item.command, item.panel));
            let ids = given.entry(key.clone()).or_default();
            for id in &item.external_ids {
                if !ids.contains(id) {
                    ids.push(id.clone());
                }
                pairs.insert((key.clone(), id.clone(), item.request));
            }
        }
        given.retain(|_, ids| !ids.is_empty());
        let mut sent: BTreeMap<String, Vec<ExternalId>> = BTreeMap::new();
        for message in group_forwards(items) {
            let key = name((message.provider, message.route, message.command, message.panel));
            prop_assert!((1..=8).contains(&message.ids.len()));
            let (ids, rest) = message.text.split_once(' ').expect("ids, then the command");
            prop_assert_eq!(rest, format!("{}\nSample Panel", message.command));
            prop_assert_eq!(ids.split(',').count(), message.ids.len());
            for (written, (id, requests)) in ids.split(',').zip(&message.ids) {
                prop_assert_eq!(written, id.as_str());
                for request in requests {
                    prop_assert!(pairs.remove(&(key.clone(), id.clone(), *request)), "twice, or never asked");
                }
                sent.entry(key.clone()).or_default().push(id.clone());
            }
        }
        prop_assert!(pairs.is_empty());
        prop_assert_eq!(sent, given);
    }
}
