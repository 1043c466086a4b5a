//! The adapter keeps the contract of chat networks.

use async_trait::async_trait;
use switchboard_channels::{
    contract::{self, Fault, Harness, Say, Seen, Speaker},
    port::Event,
    refs::{ChatRef, MessageRef, TopicRef},
    session::Session,
};

use super::*;
use crate::convert::{OwnBot, convert};

const DIRECT: i64 = 42;
const GROUP: i64 = -500;
const SUPERGROUP: i64 = -1_001_234_567_890;

struct BotHarness {
    simulated: Simulated,
    session: Arc<TelegramSession>,
    next_update: Mutex<u64>,
}

impl BotHarness {
    async fn fresh() -> Self {
        let simulated = Simulated::start().await;
        Self {
            session: simulated.session(),
            simulated,
            next_update: Mutex::new(3_000_000_000),
        }
    }

    fn deliver(&self, message: &Value, deliveries: usize) -> Vec<Event> {
        let own = OwnBot {
            id: BOT_ID,
            username: Some("shop_help_bot".into()),
        };
        let update_id = {
            let mut next = self.next_update.lock().unwrap();
            *next += 1;
            *next
        };
        let raw = json!({"update_id": update_id, "message": message}).to_string();
        (0..deliveries)
            .map(|_| convert(raw.as_bytes(), &own).unwrap().event)
            .collect()
    }
}

fn chat_json(chat: &str) -> Value {
    let id: i64 = chat.parse().unwrap();
    match id {
        1.. => json!({"id": id, "type": "private", "first_name": "Asha"}),
        _ => json!({"id": id, "type": "group", "title": "Orders"}),
    }
}

fn reference<T>(value: &Value, make: impl Fn(String) -> T) -> Option<T> {
    value.as_i64().map(|id| make(id.to_string()))
}

#[async_trait]
impl Harness for BotHarness {
    fn session(&self) -> Arc<dyn Session> {
        Arc::clone(&self.session) as Arc<dyn Session>
    }

    fn direct(&self) -> ChatRef {
        ChatRef::new(DIRECT.to_string())
    }

    fn group(&self) -> ChatRef {
        ChatRef::new(GROUP.to_string())
    }

    fn text_units(&self) -> usize {
        4096
    }

    async fn say(&self, say: Say) -> Vec<Event> {
        let from = match say.by {
            Speaker::Person => json!({"id": 42, "is_bot": false, "first_name": "Asha"}),
            Speaker::AnotherBot => json!({"id": 77, "is_bot": true, "first_name": "Other"}),
            Speaker::OwnAccount => json!({"id": BOT_ID, "is_bot": true, "first_name": "Shop help"}),
            Speaker::Nobody => json!({"id": 1_087_968_824, "is_bot": true, "username": "GroupAnonymousBot"}),
        };
        let chat = chat_json(say.chat.as_str());
        let mut message =
            json!({"message_id": 900, "date": 1_760_000_000, "chat": chat, "from": from, "text": say.text});
        if say.by == Speaker::Nobody {
            message["sender_chat"] = chat;
        }
        if let Some(answered) = say.reply_to {
            let id: i64 = answered.as_str().parse().unwrap();
            let own = self
                .simulated
                .inner()
                .sent
                .iter()
                .find(|sent| sent["message_id"] == id)
                .cloned();
            let text = own.as_ref().map_or(Value::Null, |sent| sent["text"].clone());
            let from = if own.is_some() { BOT_ID } else { 42 };
            message["reply_to_message"] = json!({"message_id": id, "date": 1_760_000_000, "text": text,
                "from": {"id": from, "is_bot": own.is_some()}});
        }
        self.deliver(&message, say.deliveries)
    }

    async fn migrate_group(&self) -> Option<(ChatRef, Vec<Event>)> {
        let head =
            |chat: i64| json!({"message_id": 1, "date": 1_760_000_000, "chat": chat_json(&chat.to_string())});
        let mut old = head(GROUP);
        old["migrate_to_chat_id"] = SUPERGROUP.into();
        let mut new = head(SUPERGROUP);
        new["migrate_from_chat_id"] = GROUP.into();
        let mut events = self.deliver(&old, 1);
        events.extend(self.deliver(&new, 1));
        Some((ChatRef::new(SUPERGROUP.to_string()), events))
    }

    async fn seen(&self, chat: &ChatRef) -> Vec<Seen> {
        let inner = self.simulated.inner();
        let of_chat = inner
            .sent
            .iter()
            .filter(|sent| reference(&sent["chat_id"], ChatRef::new).as_ref() == Some(chat));
        of_chat
            .map(|sent| Seen {
                message_id: MessageRef::new(sent["message_id"].to_string()),
                chat: chat.clone(),
                topic: reference(&sent["message_thread_id"], TopicRef::new),
                text: sent["text"].as_str().unwrap().into(),
                reply_to: reference(&sent["reply_parameters"]["message_id"], MessageRef::new),
                preview: sent["link_preview_options"]["is_disabled"] != true,
            })
            .collect()
    }

    async fn inject(&self, skip: usize, fault: Fault) {
        let answer = match fault {
            Fault::TooMany { after } => Answer::Body(
                429,
                format!(
                    r#"{{"ok":false,"error_code":429,"description":"Too Many Requests: retry after {0}","parameters":{{"retry_after":{0}}}}}"#,
                    after.as_secs()
                ),
            ),
            Fault::Blocked => refusal(403, "Forbidden: bot was blocked by the user"),
            Fault::Kicked => refusal(403, "Forbidden: bot was kicked from the group chat"),
            Fault::ChatNotFound => refusal(400, "Bad Request: chat not found"),
            Fault::TokenRevoked => refusal(401, "Unauthorized"),
            Fault::Migrated { to } => Answer::Body(
                400,
                format!(
                    r#"{{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{{"migrate_to_chat_id":{to}}}}}"#
                ),
            ),
            Fault::LostAnswer => Answer::Cut,
            Fault::ServerError => Answer::Body(502, "<html><h1>502 Bad Gateway</h1></html>".into()),
        };
        self.simulated.script("sendmessage", skip, answer);
    }
}

#[tokio::test]
async fn the_bot_adapter_keeps_the_contract() {
    contract::run(BotHarness::fresh).await;
}
