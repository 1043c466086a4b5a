//! A chat network in memory, for tests and for trying rules out: people write, and what is sent to them can be read.
//!
//! Invariant: it behaves as the contract says, faults included, and never touches a real network.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use switchboard_domain::{channel::ChatKind, clock::Clock};

use crate::{
    contract::{Fault, Say, Seen, Speaker},
    port::{Body, Event, IgnoredWhy, Inbound, NetworkChat, NetworkSender, Quoted},
    refs::{ChatRef, MessageRef, SenderRef},
    session::{Delivery, Outcome, Outgoing, Refusal, RetryWhy, Scope, Session},
    split::split,
    status::{AccountState, StateReport},
};

/// Longest message of the fake network.
pub const TEXT_UNITS: usize = 4096;

/// The network, as the people on it see it. Clones are the same network.
#[derive(Clone)]
pub struct FakeNetwork {
    clock: Arc<dyn Clock>,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    chats: BTreeMap<ChatRef, ChatKind>,
    seen: Vec<Seen>,
    faults: Vec<(usize, Fault)>,
    last_id: u64,
    revoked: bool,
    stopped: bool,
    contacted: bool,
}

impl Inner {
    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// The fault that is due for this send, if one is.
    fn due(&mut self) -> Option<Fault> {
        let due = self.faults.iter().position(|(skip, _)| *skip == 0);
        for (skip, _) in &mut self.faults {
            *skip = skip.saturating_sub(1);
        }
        due.map(|at| self.faults.remove(at).1)
    }
}

impl FakeNetwork {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            inner: Arc::default(),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn add_chat(&self, id: &str, kind: ChatKind) -> ChatRef {
        let chat = ChatRef::new(id);
        self.inner().chats.insert(chat.clone(), kind);
        chat
    }

    /// The account's session on this network.
    pub fn session(&self) -> Arc<dyn Session> {
        Arc::new(FakeSession(self.clone()))
    }

    pub fn inject(&self, skip: usize, fault: Fault) {
        self.inner().faults.push((skip, fault));
    }

    /// What the account sent to one chat, oldest first.
    pub fn seen(&self, chat: &ChatRef) -> Vec<Seen> {
        self.inner()
            .seen
            .iter()
            .filter(|seen| seen.chat == *chat)
            .cloned()
            .collect()
    }

    /// Somebody writes in a chat; the person of a chat is named after it.
    ///
    /// # Panics
    /// When the chat was never added.
    pub fn say(&self, say: Say) -> Vec<Event> {
        let at = self.clock.now();
        let mut inner = self.inner();
        let kind = *inner
            .chats
            .get(&say.chat)
            .expect("a chat is added before somebody writes in it");
        let id = inner.next_id();
        let event = match say.by {
            Speaker::AnotherBot => Event::Ignored {
                why: IgnoredWhy::FromBot,
            },
            Speaker::OwnAccount => Event::Ignored { why: IgnoredWhy::Own },
            Speaker::Person | Speaker::Nobody => Event::Message(Inbound {
                dedupe_key: format!("f{id}"),
                message_id: MessageRef::new(id.to_string()),
                sender: (say.by == Speaker::Person).then(|| NetworkSender {
                    id: SenderRef::new(format!("person-of-{}", say.chat)),
                    is_bot: false,
                    display_name: None,
                    username: None,
                }),
                reply_to: say.reply_to.map(|message_id| {
                    let own = inner.seen.iter().find(|seen| seen.message_id == message_id);
                    Quoted {
                        text: own.map(|seen| seen.text.clone()),
                        from_own_account: own.is_some(),
                        message_id,
                    }
                }),
                chat: NetworkChat {
                    id: say.chat,
                    kind,
                    title: None,
                    topic: None,
                },
                sent_at: at,
                body: Body::Text { text: say.text },
                edited: false,
                forwarded: false,
            }),
        };
        vec![event; say.deliveries]
    }

    /// The group goes on under another id.
    pub fn migrate(&self, from: &ChatRef, to: &str) -> Event {
        let mut inner = self.inner();
        let kind = inner.chats.remove(from).unwrap_or(ChatKind::Group);
        let to = ChatRef::new(to);
        inner.chats.insert(to.clone(), kind);
        Event::Migrated {
            from: from.clone(),
            to,
        }
    }

    /// One message to the network.
    fn take(&self, outgoing: &Outgoing, text: &str) -> Result<MessageRef, Outcome> {
        let mut inner = self.inner();
        if inner.stopped {
            return Err(Outcome::Retry {
                after: Duration::ZERO,
                scope: Scope::Account,
                why: RetryWhy::Stopped,
            });
        }
        if inner.revoked {
            return Err(Outcome::Refused(Refusal::TokenRevoked));
        }
        inner.contacted = true;
        let fault = inner.due();
        match fault {
            None | Some(Fault::LostAnswer) => {}
            Some(Fault::TooMany { after }) => {
                return Err(Outcome::Retry {
                    after,
                    scope: Scope::Chat,
                    why: RetryWhy::TooMany,
                });
            }
            Some(Fault::Blocked) => return Err(Outcome::Refused(Refusal::Blocked)),
            Some(Fault::Kicked) => return Err(Outcome::Refused(Refusal::Kicked)),
            Some(Fault::ChatNotFound) => return Err(Outcome::Refused(Refusal::ChatNotFound)),
            Some(Fault::TokenRevoked) => {
                inner.revoked = true;
                return Err(Outcome::Refused(Refusal::TokenRevoked));
            }
            Some(Fault::Migrated { to }) => return Err(Outcome::Migrated { to }),
            Some(Fault::ServerError) => return Err(Outcome::Unknown("the network is broken".into())),
        }
        if !inner.chats.contains_key(&outgoing.chat) {
            return Err(Outcome::Refused(Refusal::ChatNotFound));
        }
        let message_id = MessageRef::new(inner.next_id().to_string());
        inner.seen.push(Seen {
            message_id: message_id.clone(),
            chat: outgoing.chat.clone(),
            topic: outgoing.topic.clone(),
            text: text.into(),
            reply_to: outgoing.reply_to.clone(),
            preview: false,
        });
        match fault {
            Some(_) => Err(Outcome::Unknown("the answer was lost".into())),
            None => Ok(message_id),
        }
    }
}

struct FakeSession(FakeNetwork);

#[async_trait]
impl Session for FakeSession {
    async fn send(&self, outgoing: &Outgoing) -> Delivery {
        let parts = split(&outgoing.text, TEXT_UNITS);
        if parts.is_empty() {
            return Delivery::nothing_sent(Outcome::Refused(Refusal::Empty));
        }
        let mut sent = Vec::new();
        for part in parts.iter().skip(outgoing.parts_sent) {
            match self.0.take(outgoing, part) {
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
        let inner = self.0.inner();
        let state = if inner.stopped {
            AccountState::Stopped
        } else if inner.revoked {
            AccountState::TokenRevoked
        } else if inner.contacted {
            AccountState::Online
        } else {
            AccountState::Connecting
        };
        StateReport::new(state, None)
    }

    async fn stop(&self) {
        self.0.inner().stopped = true;
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use uuid::Uuid;

    use super::*;
    use crate::contract::{self, Harness};

    struct Noon;

    impl Clock for Noon {
        fn now(&self) -> DateTime<Utc> {
            DateTime::from_timestamp(1_760_000_000, 0).unwrap()
        }
        fn uuid(&self) -> Uuid {
            Uuid::nil()
        }
        fn random_below(&self, _: u64) -> u64 {
            0
        }
    }

    struct FakeHarness(FakeNetwork);

    #[async_trait]
    impl Harness for FakeHarness {
        fn session(&self) -> Arc<dyn Session> {
            self.0.session()
        }
        fn direct(&self) -> ChatRef {
            ChatRef::new("direct")
        }
        fn group(&self) -> ChatRef {
            ChatRef::new("group")
        }
        fn text_units(&self) -> usize {
            TEXT_UNITS
        }
        async fn say(&self, say: Say) -> Vec<Event> {
            self.0.say(say)
        }
        async fn migrate_group(&self) -> Option<(ChatRef, Vec<Event>)> {
            let event = self.0.migrate(&self.group(), "supergroup");
            Some((ChatRef::new("supergroup"), vec![event]))
        }
        async fn seen(&self, chat: &ChatRef) -> Vec<Seen> {
            self.0.seen(chat)
        }
        async fn inject(&self, skip: usize, fault: Fault) {
            self.0.inject(skip, fault);
        }
    }

    #[tokio::test]
    async fn the_fake_network_keeps_the_contract() {
        contract::run(async || {
            let network = FakeNetwork::new(Arc::new(Noon));
            network.add_chat("direct", ChatKind::Direct);
            network.add_chat("group", ChatKind::Group);
            FakeHarness(network)
        })
        .await;
    }
}
