//! What every adapter must do, as a suite that runs over a `Harness`.
//!
//! An adapter's tests build a harness over a simulated network and call `run`; the in-memory network of `fake` passes
//! too, so that tests written against it hold for the real ones. A broken promise is a panic that names it.
//!
//! Invariant: the suite looks at the network's own record of what it got, never at the adapter's word for it.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use switchboard_domain::{channel::ChatKind, id::OutboxId};
use uuid::Uuid;

use crate::{
    port::{Event, IgnoredWhy, Inbound},
    refs::{ChatRef, MessageRef, TopicRef},
    session::{Delivery, Outcome, Outgoing, Refusal, RetryWhy, Session},
    status::AccountState,
};

/// A simulated network with one account of ours, one direct chat and one group that have both written before.
#[async_trait]
pub trait Harness: Send + Sync {
    /// The account's session. Always the same one.
    fn session(&self) -> Arc<dyn Session>;
    fn direct(&self) -> ChatRef;
    fn group(&self) -> ChatRef;
    /// Longest text of one message, in UTF-16 units.
    fn text_units(&self) -> usize;
    /// Somebody writes; the answer is what the adapter made of each delivery, in order.
    async fn say(&self, say: Say) -> Vec<Event>;
    /// The group goes on under another id; the answer is what the adapter made of it. `None` if groups never do.
    async fn migrate_group(&self) -> Option<(ChatRef, Vec<Event>)>;
    /// What the network got from the account for one chat, oldest first.
    async fn seen(&self, chat: &ChatRef) -> Vec<Seen>;
    /// Lets `skip` sends to any chat pass, then does `fault` to the one after, once (a revoked token stays so).
    async fn inject(&self, skip: usize, fault: Fault);
}

#[derive(Debug, Clone)]
pub struct Say {
    pub chat: ChatRef,
    pub by: Speaker,
    pub text: String,
    pub reply_to: Option<MessageRef>,
    /// How often the network delivers it.
    pub deliveries: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    Person,
    AnotherBot,
    OwnAccount,
    /// An administrator of the group who hides behind it.
    Nobody,
}

/// A message as the network has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub message_id: MessageRef,
    pub chat: ChatRef,
    pub topic: Option<TopicRef>,
    pub text: String,
    pub reply_to: Option<MessageRef>,
    pub preview: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    TooMany {
        after: Duration,
    },
    Blocked,
    Kicked,
    ChatNotFound,
    TokenRevoked,
    Migrated {
        to: ChatRef,
    },
    /// The network takes the message; its answer never arrives.
    LostAnswer,
    /// The network says that it is broken, and takes nothing.
    ServerError,
}

/// Runs the whole suite, each check on a harness of its own.
pub async fn run<H: Harness>(fresh: impl AsyncFn() -> H) {
    messages_arrive(&fresh().await).await;
    a_delivery_repeated_has_the_same_key(&fresh().await).await;
    an_answer_carries_what_it_answers(&fresh().await).await;
    bots_and_own_messages_are_ignored(&fresh().await).await;
    a_hidden_sender_is_nobody(&fresh().await).await;
    sends_reach_their_chat(&fresh().await).await;
    long_texts_go_out_in_parts(&fresh().await).await;
    a_blank_text_is_refused(&fresh().await).await;
    too_many_is_a_retry(&fresh().await).await;
    a_failed_part_does_not_repeat_the_first(&fresh().await).await;
    refusals_are_typed(&fresh).await;
    a_lost_answer_is_unknown(&fresh().await).await;
    a_broken_network_is_never_taken_for_sent(&fresh().await).await;
    a_moved_group_is_followed(&fresh().await).await;
    a_stopped_session_sends_nothing(&fresh().await).await;
}

fn says(chat: ChatRef, text: &str) -> Say {
    Say {
        chat,
        by: Speaker::Person,
        text: text.into(),
        reply_to: None,
        deliveries: 1,
    }
}

fn outgoing(chat: ChatRef, text: &str) -> Outgoing {
    Outgoing {
        key: OutboxId::from_uuid(Uuid::from_u128(7)),
        chat,
        topic: None,
        text: text.into(),
        reply_to: None,
        parts_sent: 0,
    }
}

fn message(events: Vec<Event>) -> Inbound {
    match <[Event; 1]>::try_from(events) {
        Ok([Event::Message(inbound)]) => inbound,
        other => panic!("expected one message, got {other:?}"),
    }
}

pub async fn messages_arrive(h: &impl Harness) {
    let text = "481799696,481799190 refill \u{1F600}\nthanks";
    for (chat, kind) in [(h.direct(), ChatKind::Direct), (h.group(), ChatKind::Group)] {
        let inbound = message(h.say(says(chat.clone(), text)).await);
        assert_eq!(inbound.text(), Some(text), "the text arrives as it was written");
        assert_eq!(
            (inbound.chat.id, inbound.chat.kind),
            (chat, kind),
            "from the chat it was written in"
        );
        let sender = inbound.sender.expect("a person who writes is named by their id");
        assert!(!sender.is_bot && !sender.id.as_str().is_empty());
        assert!(!inbound.edited && !inbound.forwarded);
    }
}

pub async fn a_delivery_repeated_has_the_same_key(h: &impl Harness) {
    let mut keys = Vec::new();
    for _ in 0..2 {
        let say = Say {
            deliveries: 3,
            ..says(h.direct(), "12345678 refill")
        };
        let events = h.say(say).await;
        assert_eq!(events.len(), 3);
        for event in events {
            keys.push(message(vec![event]).dedupe_key);
        }
    }
    assert!(
        keys[..3].iter().all(|key| *key == keys[0]),
        "a repeated delivery has its first key: {keys:?}"
    );
    assert_ne!(keys[0], keys[3], "the same words said again are another message");
}

pub async fn an_answer_carries_what_it_answers(h: &impl Harness) {
    let delivery = h
        .session()
        .send(&outgoing(h.direct(), "Which orders? 481799696"))
        .await;
    let asked = delivery.sent.first().expect("a sent message has an id").clone();
    let say = Say {
        reply_to: Some(asked.clone()),
        ..says(h.direct(), "refill this")
    };
    let quoted = message(h.say(say).await)
        .reply_to
        .expect("an answer names what it answers");
    assert_eq!(quoted.message_id, asked);
    assert!(quoted.from_own_account, "and that it was ours");
    assert_eq!(
        quoted.text.as_deref(),
        Some("Which orders? 481799696"),
        "with its words"
    );
}

pub async fn bots_and_own_messages_are_ignored(h: &impl Harness) {
    for (by, why) in [
        (Speaker::AnotherBot, IgnoredWhy::FromBot),
        (Speaker::OwnAccount, IgnoredWhy::Own),
    ] {
        let say = Say {
            by,
            ..says(h.group(), "12345678 refill")
        };
        assert_eq!(
            h.say(say).await,
            [Event::Ignored { why }],
            "{by:?} starts nothing"
        );
    }
}

pub async fn a_hidden_sender_is_nobody(h: &impl Harness) {
    let say = Say {
        by: Speaker::Nobody,
        ..says(h.group(), "12345678 cancel")
    };
    assert_eq!(message(h.say(say).await).sender, None, "no identity is made up");
}

pub async fn sends_reach_their_chat(h: &impl Harness) {
    let asked = message(
        h.say(says(h.direct(), "481799696 status https://example.com/x"))
            .await,
    );
    let answer = Outgoing {
        reply_to: Some(asked.message_id.clone()),
        ..outgoing(h.direct(), "481799696 <b>&amp; https://example.com/x")
    };
    let delivery = h.session().send(&answer).await;
    assert_eq!(delivery.outcome, Outcome::Sent);
    let seen = h.seen(&h.direct()).await;
    assert_eq!(seen.len(), 1);
    assert_eq!(
        vec![seen[0].message_id.clone()],
        delivery.sent,
        "the ids are the network's"
    );
    assert_eq!(seen[0].text, answer.text, "a text is never taken for markup");
    assert_eq!(seen[0].reply_to, Some(asked.message_id), "as an answer");
    assert!(!seen[0].preview, "without a link preview");
    assert_eq!(h.seen(&h.group()).await, [], "and nowhere else");
    assert_eq!(h.session().state().await.state, AccountState::Online);
}

/// Three parts that differ.
fn long_text(h: &impl Harness) -> (String, Vec<String>) {
    let lines: Vec<String> = ["a", "b", "c"]
        .iter()
        .map(|letter| letter.repeat(h.text_units() - 10))
        .collect();
    (lines.join("\n"), lines)
}

pub async fn long_texts_go_out_in_parts(h: &impl Harness) {
    let (text, lines) = long_text(h);
    let delivery = h.session().send(&outgoing(h.direct(), &text)).await;
    assert_eq!(delivery.outcome, Outcome::Sent);
    let seen = h.seen(&h.direct()).await;
    assert_eq!(texts(&seen), lines, "whole and in order");
    let ids: Vec<_> = seen.into_iter().map(|seen| seen.message_id).collect();
    assert_eq!(delivery.sent, ids);
}

pub async fn a_blank_text_is_refused(h: &impl Harness) {
    let delivery = h.session().send(&outgoing(h.direct(), " \n")).await;
    assert_eq!(delivery, Delivery::nothing_sent(Outcome::Refused(Refusal::Empty)));
    assert_eq!(h.seen(&h.direct()).await, []);
}

fn texts(seen: &[Seen]) -> Vec<String> {
    seen.iter().map(|seen| seen.text.clone()).collect()
}

/// Does as an outbox does: waits as told, and goes on after the parts that went out.
async fn send_until_settled(h: &impl Harness, mut outgoing: Outgoing) -> Delivery {
    let mut sent = Vec::new();
    loop {
        let delivery = h.session().send(&outgoing).await;
        outgoing.parts_sent += delivery.sent.len();
        sent.extend(delivery.sent);
        match delivery.outcome {
            Outcome::Retry { after, .. } => tokio::time::sleep(after).await,
            outcome => return Delivery { sent, outcome },
        }
    }
}

pub async fn too_many_is_a_retry(h: &impl Harness) {
    let after = Duration::from_secs(1);
    h.inject(0, Fault::TooMany { after }).await;
    let delivery = h.session().send(&outgoing(h.direct(), "hello")).await;
    match delivery.outcome {
        Outcome::Retry {
            after: told,
            why: RetryWhy::TooMany,
            ..
        } => assert!(told >= after, "waits at least as long as the network says"),
        other => panic!("expected a retry, got {other:?}"),
    }
    assert!(delivery.sent.is_empty());
    assert_eq!(h.seen(&h.direct()).await, []);
    let settled = send_until_settled(h, outgoing(h.direct(), "hello")).await;
    assert_eq!(settled.outcome, Outcome::Sent);
    assert_eq!(texts(&h.seen(&h.direct()).await), ["hello"]);
}

pub async fn a_failed_part_does_not_repeat_the_first(h: &impl Harness) {
    let (text, lines) = long_text(h);
    let after = Duration::from_secs(1);
    h.inject(1, Fault::TooMany { after }).await;
    let first = h.session().send(&outgoing(h.direct(), &text)).await;
    assert_eq!(first.sent.len(), 1, "says which parts went out");
    assert!(matches!(first.outcome, Outcome::Retry { .. }));
    let rest = Outgoing {
        parts_sent: 1,
        ..outgoing(h.direct(), &text)
    };
    let rest = send_until_settled(h, rest).await;
    assert_eq!((rest.sent.len(), rest.outcome), (2, Outcome::Sent));
    assert_eq!(
        texts(&h.seen(&h.direct()).await),
        lines,
        "each part once, in order"
    );
}

pub async fn refusals_are_typed<H: Harness>(fresh: &impl AsyncFn() -> H) {
    for (fault, refusal) in [
        (Fault::Blocked, Refusal::Blocked),
        (Fault::Kicked, Refusal::Kicked),
        (Fault::ChatNotFound, Refusal::ChatNotFound),
        (Fault::TokenRevoked, Refusal::TokenRevoked),
    ] {
        let h = fresh().await;
        let chat = if fault == Fault::Kicked {
            h.group()
        } else {
            h.direct()
        };
        h.inject(0, fault.clone()).await;
        let delivery = h.session().send(&outgoing(chat.clone(), "hello")).await;
        assert_eq!(
            delivery,
            Delivery::nothing_sent(Outcome::Refused(refusal)),
            "after {fault:?}"
        );
        assert_eq!(h.seen(&chat).await, []);
        let state = h.session().state().await.state;
        assert_eq!(
            state == AccountState::TokenRevoked,
            fault == Fault::TokenRevoked,
            "only a revoked token ends the account, not {fault:?}: {state:?}"
        );
    }
}

pub async fn a_lost_answer_is_unknown(h: &impl Harness) {
    h.inject(0, Fault::LostAnswer).await;
    let delivery = h.session().send(&outgoing(h.group(), "7450284 refill")).await;
    assert!(
        matches!(delivery.outcome, Outcome::Unknown(_)),
        "neither sent nor refused: {delivery:?}"
    );
    assert_eq!(h.seen(&h.group()).await.len(), 1, "and not tried again by itself");
}

pub async fn a_broken_network_is_never_taken_for_sent(h: &impl Harness) {
    h.inject(0, Fault::ServerError).await;
    let delivery = h.session().send(&outgoing(h.direct(), "hello")).await;
    assert!(delivery.sent.is_empty());
    assert!(
        matches!(delivery.outcome, Outcome::Unknown(_) | Outcome::Retry { .. }),
        "{delivery:?}"
    );
    assert_eq!(h.seen(&h.direct()).await, []);
}

pub async fn a_moved_group_is_followed(h: &impl Harness) {
    let from = h.group();
    let Some((to, events)) = h.migrate_group().await else {
        return;
    };
    assert!(!events.is_empty());
    for event in events {
        let (from, to) = (from.clone(), to.clone());
        assert_eq!(event, Event::Migrated { from, to });
    }
    h.inject(0, Fault::Migrated { to: to.clone() }).await;
    let delivery = h.session().send(&outgoing(from.clone(), "hello")).await;
    assert_eq!(
        delivery,
        Delivery::nothing_sent(Outcome::Migrated { to: to.clone() })
    );
    assert_eq!(h.seen(&from).await, []);
    let delivery = h.session().send(&outgoing(to.clone(), "hello")).await;
    assert_eq!(delivery.outcome, Outcome::Sent);
    assert_eq!(h.seen(&to).await.len(), 1);
}

pub async fn a_stopped_session_sends_nothing(h: &impl Harness) {
    h.session().stop().await;
    let delivery = h.session().send(&outgoing(h.direct(), "hello")).await;
    assert!(matches!(
        delivery.outcome,
        Outcome::Retry {
            why: RetryWhy::Stopped,
            ..
        }
    ));
    assert_eq!(h.seen(&h.direct()).await, []);
    assert_eq!(h.session().state().await.state, AccountState::Stopped);
}
