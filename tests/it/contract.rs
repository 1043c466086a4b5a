//! The adapters' suites over peers that are processes of their own and share nothing with them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use serde_json::{Value, json};
use switchboard_channel_telegram::{
    client::{ApiConfig, BotApi},
    convert::{OwnBot, convert},
    limiter::Limits,
    session::TelegramSession,
};
use switchboard_channels::{
    contract::{self as channels, Harness, Say, Seen, Speaker},
    port::Event,
    refs::{ChatRef, MessageRef, TopicRef},
    session::Session,
};
use switchboard_domain::{id::AccountId, order::OrderId};
use switchboard_integrations::{
    http::{GuardedClient, OutboundPolicy},
    panel::{
        Pace, PanelConfig, PanelKind, connect,
        contract::{self as panels, Act, Fault, Stage, StageOrder},
        normalise_base_url,
    },
};
use switchboard_testkit::{
    TestClock,
    world::{BotPeer, PanelSim, SimPanel, ids},
};
use uuid::Uuid;

struct Scene(SimPanel);

#[async_trait]
impl Stage for Scene {
    async fn put(&self, order: StageOrder) {
        // A customer's key sees the orders of its own account.
        let user = if self.0.kind == "user_v2" {
            "customer1".to_owned()
        } else {
            order.username
        };
        self.0
            .orders(json!([{
                "id": order.id.as_str(), "user": user, "status": order.status, "external_ids": order.external_ids,
                "provider": order.provider, "refill_allowed": order.accepts_acts, "cancel_allowed": order.accepts_acts,
            }]))
            .await;
    }

    async fn fault(&self, fault: Option<Fault>) {
        let Some(fault) = fault else {
            return self.0.no_faults().await;
        };
        let fault = match fault {
            Fault::WrongKey => json!({"fault": "bad_auth"}),
            Fault::TooManyCalls { retry_after } => {
                json!({"fault": "rate_limited", "ms": retry_after.unwrap_or(1) * 1000})
            }
            Fault::Challenge => json!({"fault": "html_challenge"}),
            Fault::ServerError => json!({"fault": "server_error"}),
            Fault::CutAfterRequest => json!({"fault": "cut_after_apply"}),
            Fault::WrongShape => json!({"fault": "wrong_shape"}),
        };
        self.0.fault(fault).await;
    }

    async fn acts(&self) -> Vec<Act> {
        let calls = self.0.calls().await;
        let acts = calls.iter().flat_map(|call| {
            let action = call["action"].as_str().unwrap().to_owned();
            ids(call).into_iter().filter_map(move |id| {
                let id = OrderId::new(id).unwrap();
                match action.as_str() {
                    "request-cancel" | "cancel" => Some(Act::Cancel(id)),
                    "refill" => Some(Act::Refill(id)),
                    _ => None,
                }
            })
        });
        acts.collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_panel_adapter_keeps_the_contract_over_the_simulator() {
    let dir = tempfile::tempdir().unwrap();
    let sim = PanelSim::alone(dir.path()).await;
    let mut runs = vec![
        json!({"kind": "perfect_panel"}),
        json!({"kind": "perfect_panel", "list_omits_last_update": true, "list_omits_provider": true, "cancel_hides_skipped": true}),
        json!({"kind": "rental_panel"}),
        json!({"kind": "rental_panel", "deviations": ["keyed_orders", "sucess_spelling"]}),
    ];
    let deviations = [
        "standard",
        "keyed_single_status",
        "single_status_with_order",
        "batch_status_array",
        "omit_missing",
        "cancel_object",
        "http_codes",
        "numeric_error_status",
        "string_numbers",
        "native_numbers",
        "remains_unknown",
        "inprogress_spelling",
        "upper_case_status",
        "html_content_type",
    ];
    runs.extend(
        deviations
            .iter()
            .map(|word| json!({"kind": "user_v2", "deviations": [word]})),
    );
    for (n, settings) in runs.into_iter().enumerate() {
        println!("{settings}");
        let panel = sim.open(&format!("panel-{n}"), settings).await;
        let policy = OutboundPolicy {
            allow: vec![panel.address().parse().unwrap()],
            ..OutboundPolicy::default()
        };
        let client = GuardedClient::new(policy).unwrap();
        let kind: PanelKind = panel.product_kind().parse().unwrap();
        let base = normalise_base_url(&panel.url).unwrap();
        let config = PanelConfig {
            pace: Some(Pace::every(Duration::ZERO)),
            ..PanelConfig::new(base, panel.key.clone().into())
        };
        panels::all(connect(kind, config, &client), &Scene(panel)).await;
    }
    assert_eq!(sim.forbidden().await, Vec::<Value>::new());
}

/// A bot of the peer's, one person who wrote to it, one group.
struct BotHarness {
    peer: Arc<BotPeer>,
    session: Arc<TelegramSession>,
    bot: i64,
    token: String,
    person: i64,
    group: i64,
    /// Updates up to here were fetched.
    offset: AtomicI64,
}

impl BotHarness {
    async fn fresh(peer: &Arc<BotPeer>) -> Self {
        static PEOPLE: AtomicI64 = AtomicI64::new(720_000_000);
        let person = PEOPLE.fetch_add(1, Ordering::Relaxed);
        let (bot, token) = peer.bot(&format!("bot_of_{person}")).await;
        peer.user(person, "Asha").await;
        let group = peer.group("Orders", &[person], &[bot]).await;
        peer.say(bot, person, "/start").await;
        let api = BotApi::new(ApiConfig {
            call_timeout: Duration::from_secs(2),
            ..ApiConfig::new(peer.url().parse().unwrap())
        });
        let limits = Limits {
            bot_interval: Duration::from_micros(1),
            chat_interval: Duration::from_micros(1),
            group_max: 1000,
            ..Limits::default()
        };
        let account = AccountId::from_uuid(Uuid::from_u128(1));
        let session = TelegramSession::new(
            &api.ok().unwrap(),
            account,
            &token.clone().into(),
            limits,
            TestClock::new(),
        );
        let harness = Self {
            peer: peer.clone(),
            session: Arc::new(session),
            bot,
            token,
            person,
            group,
            offset: AtomicI64::new(0),
        };
        harness.updates().await;
        harness
    }

    /// What the peer has for this bot, raw; fetched as any receiver does.
    async fn updates(&self) -> Vec<Value> {
        let path = format!(
            "/bot{}/getUpdates?timeout=0&offset={}",
            self.token,
            self.offset.load(Ordering::Relaxed)
        );
        let updates = self.peer.get(&path).await["result"].as_array().unwrap().clone();
        if let Some(last) = updates.last() {
            self.offset
                .store(last["update_id"].as_i64().unwrap() + 1, Ordering::Relaxed);
        }
        updates
    }

    fn read(&self, update: &Value) -> Event {
        let own = OwnBot {
            id: self.bot,
            username: Some(format!("bot_of_{}", self.person)),
        };
        convert(update.to_string().as_bytes(), &own).unwrap().event
    }
}

#[async_trait]
impl Harness for BotHarness {
    fn session(&self) -> Arc<dyn Session> {
        self.session.clone()
    }

    fn direct(&self) -> ChatRef {
        ChatRef::new(self.person.to_string())
    }

    fn group(&self) -> ChatRef {
        ChatRef::new(self.group.to_string())
    }

    fn text_units(&self) -> usize {
        4096
    }

    async fn say(&self, say: Say) -> Vec<Event> {
        let chat: i64 = say.chat.as_str().parse().unwrap();
        let reply_to: Option<i64> = say.reply_to.map(|id| id.as_str().parse().unwrap());
        match say.by {
            Speaker::Person | Speaker::Nobody => {
                let mut body = json!({"bot": self.bot, "from": self.person, "text": say.text, "anonymous": say.by == Speaker::Nobody});
                if chat < 0 {
                    body["chat"] = chat.into();
                }
                if let Some(reply_to) = reply_to {
                    body["reply_to"] = reply_to.into();
                }
                self.peer.say_as(body).await;
            }
            // The peer never delivers what bots write, as Telegram does not; an update made by hand stands in.
            Speaker::AnotherBot | Speaker::OwnAccount => {
                let id = if say.by == Speaker::OwnAccount {
                    self.bot
                } else {
                    77
                };
                let message = json!({
                    "message_id": 9_000, "date": 1_760_000_000, "text": say.text,
                    "chat": {"id": chat, "type": "group", "title": "Orders"}, "from": {"id": id, "is_bot": true, "first_name": "Bot"},
                });
                self.peer
                    .post(
                        "/sim/update",
                        json!({"bot": self.bot, "update": {"message": message}}),
                    )
                    .await;
            }
        }
        let updates = self.updates().await;
        assert_eq!(updates.len(), 1, "{updates:?}");
        (0..say.deliveries).map(|_| self.read(&updates[0])).collect()
    }

    async fn migrate_group(&self) -> Option<(ChatRef, Vec<Event>)> {
        let moved = self.peer.post("/sim/migrate", json!({"group": self.group})).await;
        let events = self
            .updates()
            .await
            .iter()
            .map(|update| self.read(update))
            .collect();
        Some((ChatRef::new(moved["to"].to_string()), events))
    }

    async fn seen(&self, chat: &ChatRef) -> Vec<Seen> {
        let of_chat = format!("bot={}&chat={}", self.bot, chat.as_str());
        let calls = self.peer.calls(&format!("{of_chat}&method=sendMessage")).await;
        let preview = calls.iter().any(|call| {
            let options = &call["params"]["link_preview_options"];
            let text = options
                .as_str()
                .map_or_else(|| options.to_string(), str::to_owned);
            !text.contains("\"is_disabled\":true")
        });
        let sent = self.peer.sent(&of_chat).await;
        sent.into_iter()
            .map(|sent| Seen {
                message_id: MessageRef::new(sent.message_id.to_string()),
                chat: chat.clone(),
                topic: sent.topic.map(|id| TopicRef::new(id.to_string())),
                text: sent.text,
                reply_to: sent.reply_to.map(|id| MessageRef::new(id.to_string())),
                preview,
            })
            .collect()
    }

    async fn inject(&self, skip: usize, fault: channels::Fault) {
        use channels::Fault::{
            Blocked, ChatNotFound, Kicked, LostAnswer, Migrated, ServerError, TokenRevoked, TooMany,
        };
        let add = async |mut fault: Value, times: usize| {
            fault["bot"] = self.bot.into();
            fault["method"] = "sendMessage".into();
            fault["times"] = times.into();
            self.peer.fault(fault).await;
        };
        if skip > 0 {
            add(json!({"fault": "slow", "ms": 0}), skip).await;
        }
        let fault = match fault {
            TooMany { after } => json!({"fault": "429", "retry_after": after.as_secs()}),
            Blocked => json!({"fault": "403_blocked"}),
            Kicked => json!({"fault": "403_kicked"}),
            ChatNotFound => json!({"fault": "400", "description": "Bad Request: chat not found"}),
            LostAnswer => json!({"fault": "cut_after"}),
            ServerError => json!({"fault": "html"}),
            TokenRevoked => {
                let bot = format!("/sim/bots/{}", self.bot);
                self.peer.patch(&bot, json!({"revoked": true})).await;
                return;
            }
            // The peer's group has moved already: it says so itself.
            Migrated { .. } => return,
        };
        add(fault, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_telegram_adapter_keeps_the_contract_over_the_peer() {
    let dir = tempfile::tempdir().unwrap();
    let peer = Arc::new(BotPeer::alone(dir.path()).await);
    channels::run(async || BotHarness::fresh(&peer).await).await;
}
