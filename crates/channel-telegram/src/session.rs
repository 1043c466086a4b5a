//! One bot, connected.
//!
//! Invariant: a part that went out is never sent again by the same call, and its id is reported whatever follows.
//! Invariant: a send that works does not hide that the bot's messages go elsewhere.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use secrecy::SecretString;
use switchboard_channels::{
    refs::{ChatRef, MessageRef},
    session::{Delivery, Outcome, Outgoing, Refusal, RetryWhy, Scope, Session},
    split::split,
    status::{AccountState, StateReport},
};
use switchboard_domain::{clock::Clock, id::AccountId};
use tokio::sync::RwLock;
use tokio_util::sync::CancellationToken;

use crate::{
    TEXT_UNITS,
    client::{BotApi, Client, Me},
    error::CallError,
    limiter::Limits,
    pacer::Pacer,
    webhook::{self, Hook, HookError, HookHealth, TakeOver},
};

/// How long to leave a network alone that could not be connected to.
const UNREACHABLE_WAIT: Duration = Duration::from_secs(5);

pub struct TelegramSession {
    pub(crate) account: AccountId,
    pub(crate) client: Client,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) stopping: CancellationToken,
    pacer: Pacer,
    state: Mutex<(AccountState, Option<String>)>,
    /// Read while a send runs; written once, to wait for them.
    running: RwLock<()>,
}

impl TelegramSession {
    pub fn new(
        api: &BotApi,
        account: AccountId,
        token: &SecretString,
        limits: Limits,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            account,
            client: api.client(token),
            clock,
            stopping: CancellationToken::new(),
            pacer: Pacer::new(limits),
            state: Mutex::new((AccountState::Connecting, None)),
            running: RwLock::new(()),
        }
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn set_state(&self, state: AccountState, detail: Option<String>) {
        let mut now = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // Ended is ended; a new session starts afresh.
        if matches!(now.0, AccountState::Stopped | AccountState::TokenRevoked)
            && state != AccountState::Stopped
        {
            return;
        }
        if now.0 != state {
            tracing::info!(
                account.id = %self.account,
                state = state.code(),
                detail = detail.as_deref().unwrap_or_default(),
                "telegram account is {}", state.code()
            );
        }
        *now = (state, detail);
    }

    /// Telegram answered: whatever was wrong with the connection is over.
    fn heard(&self) {
        let lifts = matches!(
            self.state.lock().unwrap_or_else(PoisonError::into_inner).0,
            AccountState::Connecting | AccountState::BackingOff
        );
        if lifts {
            self.set_state(AccountState::Online, None);
        }
    }

    /// Draws from a failed call what it says about the account.
    pub(crate) fn note(&self, error: &CallError) {
        match error {
            CallError::Refused(Refusal::TokenRevoked) => self.set_state(AccountState::TokenRevoked, None),
            CallError::NotConnected => self.set_state(AccountState::BackingOff, Some(error.to_string())),
            CallError::OtherPoller | CallError::HookIsSet => {
                self.set_state(AccountState::HookTakenElsewhere, Some(error.to_string()));
            }
            // One answer that is lost says little; whoever repeats the call decides.
            CallError::NoAnswer(_) => {}
            CallError::Refused(_)
            | CallError::TooMany { .. }
            | CallError::Migrated { .. }
            | CallError::NoSuchTopic => self.heard(),
        }
    }

    /// Asks Telegram who the bot is.
    pub async fn check(&self) -> Result<Me, CallError> {
        let me = self.client.get_me().await;
        match &me {
            Ok(_) => self.heard(),
            Err(error) => self.note(error),
        }
        me
    }

    /// Points the bot's hook at us; the state says how it went.
    pub async fn ensure_webhook(&self, hook: &Hook, take_over: TakeOver) -> Result<(), HookError> {
        let done = webhook::ensure_webhook(&self.client, hook, take_over).await;
        match &done {
            Ok(()) => self.set_state(AccountState::Online, None),
            Err(HookError::TakenElsewhere { host }) => {
                self.set_state(AccountState::HookTakenElsewhere, Some(host.clone()));
            }
            Err(HookError::Call(error)) => self.note(error),
            Err(HookError::NotPublic | HookError::NoBase) => {
                self.set_state(
                    AccountState::HookFailing,
                    done.as_ref().err().map(ToString::to_string),
                );
            }
        }
        done
    }

    /// Looks after the hook; to be called every few minutes.
    pub async fn check_webhook(&self, hook: &Hook) -> Result<HookHealth, CallError> {
        let info = self
            .client
            .get_webhook_info()
            .await
            .inspect_err(|error| self.note(error))?;
        let health = webhook::health(&info, hook, self.clock.now());
        match &health {
            HookHealth::Fine => self.set_state(AccountState::Online, None),
            HookHealth::Missing => self.set_state(AccountState::HookFailing, Some("no hook is set".into())),
            HookHealth::TakenElsewhere { host } => {
                self.set_state(AccountState::HookTakenElsewhere, Some(host.clone()));
            }
            HookHealth::Failing { message, .. } => {
                self.set_state(AccountState::HookFailing, Some(message.clone()));
            }
        }
        Ok(health)
    }

    async fn send_part(
        &self,
        outgoing: &Outgoing,
        chat: i64,
        text: &str,
        first: bool,
    ) -> Result<MessageRef, Outcome> {
        let mut topic = outgoing.topic.as_ref();
        loop {
            let turn = tokio::select! {
                biased;
                () = self.stopping.cancelled() => return Err(stopped()),
                turn = self.pacer.turn(chat) => turn,
            };
            turn.map_err(|after| Outcome::Retry {
                after,
                scope: Scope::Chat,
                why: RetryWhy::Paced,
            })?;
            let reply_to = outgoing.reply_to.as_ref().filter(|_| first);
            let error = match self
                .client
                .send_message(&outgoing.chat, topic, reply_to, text)
                .await
            {
                Ok(id) => {
                    self.heard();
                    return Ok(id);
                }
                Err(error) => error,
            };
            self.note(&error);
            return Err(match error {
                // A deleted topic: better said in the chat than not at all.
                CallError::NoSuchTopic if topic.take().is_some() => continue,
                CallError::NoSuchTopic => Outcome::Refused(Refusal::TopicClosed),
                CallError::Refused(refusal) => Outcome::Refused(refusal),
                CallError::TooMany { after } => Outcome::Retry {
                    after,
                    scope: self.pacer.too_many(chat, after),
                    why: RetryWhy::TooMany,
                },
                CallError::Migrated { to } => Outcome::Migrated {
                    to: ChatRef::new(to.to_string()),
                },
                CallError::NotConnected => Outcome::Retry {
                    after: UNREACHABLE_WAIT,
                    scope: Scope::Account,
                    why: RetryWhy::Unreachable,
                },
                CallError::NoAnswer(why) => Outcome::Unknown(why.into()),
                CallError::OtherPoller | CallError::HookIsSet => {
                    Outcome::Refused(Refusal::Other(error.to_string()))
                }
            });
        }
    }
}

fn stopped() -> Outcome {
    Outcome::Retry {
        after: Duration::ZERO,
        scope: Scope::Account,
        why: RetryWhy::Stopped,
    }
}

#[async_trait]
impl Session for TelegramSession {
    async fn send(&self, outgoing: &Outgoing) -> Delivery {
        let _running = self.running.read().await;
        if self.stopping.is_cancelled() {
            return Delivery::nothing_sent(stopped());
        }
        if self.state.lock().unwrap_or_else(PoisonError::into_inner).0 == AccountState::TokenRevoked {
            return Delivery::nothing_sent(Outcome::Refused(Refusal::TokenRevoked));
        }
        let Ok(chat) = outgoing.chat.as_str().parse::<i64>() else {
            return Delivery::nothing_sent(Outcome::Refused(Refusal::ChatNotFound));
        };
        let parts = split(&outgoing.text, TEXT_UNITS);
        if parts.is_empty() {
            return Delivery::nothing_sent(Outcome::Refused(Refusal::Empty));
        }
        // Held over all parts, so that no other text comes between them.
        let _front = self.pacer.front(chat).await;
        let mut sent = Vec::new();
        for (at, part) in parts.iter().enumerate().skip(outgoing.parts_sent) {
            match self.send_part(outgoing, chat, part, at == 0).await {
                Ok(id) => sent.push(id),
                Err(outcome) => return Delivery { sent, outcome },
            }
        }
        Delivery {
            sent,
            outcome: Outcome::Sent,
        }
    }

    async fn state(&self) -> StateReport {
        let (state, detail) = self.state.lock().unwrap_or_else(PoisonError::into_inner).clone();
        StateReport::new(state, detail)
    }

    async fn stop(&self) {
        self.stopping.cancel();
        drop(self.running.write().await);
        self.set_state(AccountState::Stopped, None);
    }
}
