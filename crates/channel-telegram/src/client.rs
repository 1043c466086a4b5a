//! The few methods of the Bot API that this product calls.
//!
//! Requests go through `teloxide-core`; what comes back is read into narrow types of our own, so that a field that
//! the library does not know yet never turns a sent message into an error.
//!
//! Invariant: every call ends within its time: the library sleeps 10 s inside a call that met a server error.
//! Invariant: all bots share one HTTP client and its connections.

use std::{fmt, future::IntoFuture, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use switchboard_channels::refs::{ChatRef, MessageRef, TopicRef};
use switchboard_channels::session::Refusal;
use teloxide_core::{
    Bot,
    net::default_reqwest_settings,
    requests::{JsonRequest, Payload},
};
use url::Url;

use crate::error::{CallError, classify};

/// Telegram's own server.
pub const CLOUD_API: &str = "https://api.telegram.org";

#[derive(Debug, Clone)]
pub struct ApiConfig {
    /// Where the Bot API is; a path is kept.
    pub url: Url,
    /// How long one call may take, its connection included.
    pub call_timeout: Duration,
    /// How long Telegram may hold a poll open that has nothing to say.
    pub poll_hold: Duration,
}

impl ApiConfig {
    pub fn new(url: Url) -> Self {
        Self {
            url,
            call_timeout: Duration::from_secs(5),
            poll_hold: Duration::from_secs(25),
        }
    }
}

impl Default for ApiConfig {
    fn default() -> Self {
        Self::new(CLOUD_API.parse().expect("the constant is a URL"))
    }
}

/// The Bot API, for any number of bots. Made once.
#[derive(Clone)]
pub struct BotApi {
    /// Only holds the shared HTTP client; its token is empty.
    template: Bot,
    config: ApiConfig,
}

#[derive(Debug, thiserror::Error)]
#[error("the HTTP client for Telegram could not be made: TLS does not start")]
pub struct NoHttpClient;

impl BotApi {
    pub fn new(config: ApiConfig) -> Result<Self, NoHttpClient> {
        let http = default_reqwest_settings()
            // Shorter than a call may take, so that "never connected" is told from "no answer".
            .connect_timeout(config.call_timeout.mul_f32(0.6))
            .timeout(config.poll_hold + config.call_timeout * 2)
            // No proxy from the environment: tokens go to the configured address only.
            .no_proxy()
            .build()
            .map_err(|_| NoHttpClient)?;
        Ok(Self {
            template: Bot::with_client("", http),
            config,
        })
    }

    pub fn client(&self, token: &SecretString) -> Client {
        let http = self.template.client().clone();
        Client {
            bot: Bot::with_client(token.expose_secret(), http).set_api_url(self.config.url.clone()),
            config: self.config.clone(),
        }
    }

    /// Whether this is Telegram's own server, which demands public HTTPS hooks.
    pub fn is_cloud(&self) -> bool {
        self.config.url.as_str().starts_with(CLOUD_API)
    }
}

impl fmt::Debug for BotApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BotApi")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// The Bot API as one bot. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    bot: Bot,
    config: ApiConfig,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client(..)")
    }
}

macro_rules! method {
    ($payload:ident, $name:literal, $output:ty) => {
        impl Payload for $payload {
            type Output = $output;
            const NAME: &'static str = $name;
        }
    };
}

#[derive(Serialize)]
struct GetMe {}
method!(GetMe, "GetMe", Me);

/// The bot itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Me {
    pub id: i64,
    pub first_name: String,
    pub username: Option<String>,
    #[serde(default)]
    pub can_join_groups: bool,
    /// Privacy mode is off: every message of a group arrives.
    #[serde(default)]
    pub can_read_all_group_messages: bool,
}

#[derive(Serialize)]
struct SendMessage {
    chat_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_thread_id: Option<i64>,
    text: String,
    link_preview_options: LinkPreview,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_parameters: Option<ReplyTo>,
}
method!(SendMessage, "SendMessage", SentMessage);

#[derive(Serialize)]
struct LinkPreview {
    is_disabled: bool,
}

#[derive(Serialize)]
struct ReplyTo {
    message_id: i64,
    allow_sending_without_reply: bool,
}

#[derive(Deserialize)]
struct SentMessage {
    message_id: i64,
}

#[derive(Serialize)]
struct SetWebhook {
    url: String,
    secret_token: String,
    max_connections: u8,
    allowed_updates: [&'static str; 4],
    drop_pending_updates: bool,
}
method!(SetWebhook, "SetWebhook", bool);

#[derive(Serialize)]
struct DeleteWebhook {
    drop_pending_updates: bool,
}
method!(DeleteWebhook, "DeleteWebhook", bool);

#[derive(Serialize)]
struct GetWebhookInfo {}
method!(GetWebhookInfo, "GetWebhookInfo", WebhookInfo);

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WebhookInfo {
    /// Empty when no hook is set.
    pub url: String,
    #[serde(default)]
    pub pending_update_count: u64,
    pub last_error_date: Option<i64>,
    pub last_error_message: Option<String>,
}

#[derive(Serialize)]
struct GetUpdates {
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<i64>,
    limit: u8,
    timeout: u64,
    allowed_updates: [&'static str; 4],
}
// Values, not the library's updates: those lose the text of a message with an entity they do not know.
method!(GetUpdates, "GetUpdates", Vec<Value>);

#[derive(Serialize)]
struct GetChatMember {
    chat_id: i64,
    user_id: i64,
}
method!(GetChatMember, "GetChatMember", ChatMember);

#[derive(Deserialize)]
struct ChatMember {
    status: String,
}

impl Client {
    async fn call<P>(&self, payload: P, within: Duration) -> Result<P::Output, CallError>
    where
        P: Payload + Serialize + 'static,
        P::Output: DeserializeOwned,
    {
        let request = JsonRequest::new(self.bot.clone(), payload).into_future();
        match tokio::time::timeout(within, request).await {
            Ok(answer) => answer.map_err(|error| classify(&error)),
            Err(_) => Err(CallError::NoAnswer("Telegram did not answer in time")),
        }
    }

    pub async fn get_me(&self) -> Result<Me, CallError> {
        self.call(GetMe {}, self.config.call_timeout).await
    }

    /// One message, as plain text without a link preview.
    pub async fn send_message(
        &self,
        chat: &ChatRef,
        topic: Option<&TopicRef>,
        reply_to: Option<&MessageRef>,
        text: &str,
    ) -> Result<MessageRef, CallError> {
        let number = |text: &str| text.parse::<i64>().ok();
        let payload = SendMessage {
            chat_id: number(chat.as_str()).ok_or(Refusal::ChatNotFound)?,
            message_thread_id: topic.and_then(|topic| number(topic.as_str())),
            text: text.into(),
            link_preview_options: LinkPreview { is_disabled: true },
            reply_parameters: reply_to
                .and_then(|id| number(id.as_str()))
                .map(|message_id| ReplyTo {
                    message_id,
                    allow_sending_without_reply: true,
                }),
        };
        let sent = self.call(payload, self.config.call_timeout).await?;
        Ok(MessageRef::new(sent.message_id.to_string()))
    }

    /// Keeps what waits for delivery: dropping it would lose messages at every restart.
    pub async fn set_webhook(&self, url: &Url, secret: &SecretString) -> Result<(), CallError> {
        let payload = SetWebhook {
            url: url.as_str().into(),
            secret_token: secret.expose_secret().into(),
            max_connections: 40,
            allowed_updates: crate::ALLOWED_UPDATES,
            drop_pending_updates: false,
        };
        self.call(payload, self.config.call_timeout).await.map(drop)
    }

    /// Keeps what waits for delivery.
    pub async fn delete_webhook(&self) -> Result<(), CallError> {
        let payload = DeleteWebhook {
            drop_pending_updates: false,
        };
        self.call(payload, self.config.call_timeout).await.map(drop)
    }

    pub async fn get_webhook_info(&self) -> Result<WebhookInfo, CallError> {
        self.call(GetWebhookInfo {}, self.config.call_timeout).await
    }

    /// Updates from `offset` on, each as it came; asking for an offset confirms everything before it.
    pub async fn get_updates(&self, offset: Option<i64>) -> Result<Vec<Value>, CallError> {
        let payload = GetUpdates {
            offset,
            limit: 100,
            timeout: self.config.poll_hold.as_secs(),
            allowed_updates: crate::ALLOWED_UPDATES,
        };
        self.call(payload, self.config.poll_hold + self.config.call_timeout)
            .await
    }

    /// Whether a member administers a group: then it hears everything there whatever its privacy mode.
    pub async fn is_administrator(&self, chat: &ChatRef, user_id: i64) -> Result<bool, CallError> {
        let chat_id = chat.as_str().parse().map_err(|_| Refusal::ChatNotFound)?;
        let member = self
            .call(GetChatMember { chat_id, user_id }, self.config.call_timeout)
            .await?;
        Ok(matches!(member.status.as_str(), "creator" | "administrator"))
    }
}
