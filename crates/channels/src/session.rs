//! Sending, and the life of one connected account.
//!
//! Invariant: `Outcome` never claims more than is known. What was refused or never left is `Retry` or `Refused`; what
//! may have been sent is `Unknown`, and only the caller decides whether to risk a double.

use std::time::Duration;

use async_trait::async_trait;
use switchboard_domain::id::OutboxId;

use crate::{
    refs::{ChatRef, MessageRef, TopicRef},
    status::StateReport,
};

/// One text to one chat. Link previews are always off: a preview fetched from a forwarded link would show the
/// customer what the owner's text does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The outbox row. Networks that can drop a repeated send get it as their key.
    pub key: OutboxId,
    pub chat: ChatRef,
    pub topic: Option<TopicRef>,
    /// Plain text. The adapter splits it when it is too long for the network; the same text always splits alike.
    pub text: String,
    /// Shown as an answer to this message, if that still exists.
    pub reply_to: Option<MessageRef>,
    /// How many parts of `text` earlier attempts have sent: the sum of `Delivery::sent` over them.
    pub parts_sent: usize,
}

/// What became of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The parts that surely went out in this attempt, in order, whatever `outcome` says. The caller keeps the ids and
    /// adds their number to `Outgoing::parts_sent` before it tries again.
    pub sent: Vec<MessageRef>,
    /// Of the whole when `Sent`; else of the first part that is not in `sent`.
    pub outcome: Outcome,
}

impl Delivery {
    pub fn nothing_sent(outcome: Outcome) -> Self {
        Self {
            sent: Vec::new(),
            outcome,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// All parts are out.
    Sent,
    /// Surely not sent. Try again after `after`, and leave the whole `scope` alone until then.
    Retry {
        after: Duration,
        scope: Scope,
        why: RetryWhy,
    },
    /// Surely not sent, and it will not be.
    Refused(Refusal),
    /// Surely not sent: the chat goes on as `to`. Rewrite the chat's id, then send again.
    Migrated { to: ChatRef },
    /// It may have been sent. The reason is for staff and logs, and holds no secret.
    Unknown(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Chat,
    Account,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryWhy {
    /// Our own pacing: the network would refuse it now.
    Paced,
    /// The network said that it is too much.
    TooMany,
    /// No connection was made.
    Unreachable,
    /// The session was stopped; another owner of the account will send it.
    Stopped,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the account's credential is no longer valid")]
    TokenRevoked,
    #[error("the person blocked this account")]
    Blocked,
    #[error("this account was removed from the group")]
    Kicked,
    #[error("the chat does not exist, or never wrote to this account")]
    ChatNotFound,
    #[error("the network forbids it: {0}")]
    Forbidden(String),
    #[error("the text is too long")]
    TooLong,
    #[error("the topic is closed")]
    TopicClosed,
    #[error("the text is empty")]
    Empty,
    #[error("the network refused: {0}")]
    Other(String),
}

impl Refusal {
    /// Stable name, for tables and metrics.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TokenRevoked => "token-revoked",
            Self::Blocked => "blocked",
            Self::Kicked => "kicked",
            Self::ChatNotFound => "chat-not-found",
            Self::Forbidden(_) => "forbidden",
            Self::TooLong => "too-long",
            Self::TopicClosed => "topic-closed",
            Self::Empty => "empty",
            Self::Other(_) => "other",
        }
    }
}

/// One connected account. One process holds it, by lease; it keeps the account's pacing, so there is one per account.
#[async_trait]
pub trait Session: Send + Sync {
    /// Sends one text, paced. Called by outbox workers, several at once; messages of one chat go out in the order of
    /// their calls. May wait for its turn for some seconds, never for minutes: a longer wait is `Retry`. A cancelled
    /// call counts as `Unknown`.
    async fn send(&self, outgoing: &Outgoing) -> Delivery;

    /// How the account is, for the owner. Does not ask the network.
    async fn state(&self) -> StateReport;

    /// Ends it: later sends are `Retry` with `RetryWhy::Stopped`. Waits for sends in flight.
    async fn stop(&self);
}
