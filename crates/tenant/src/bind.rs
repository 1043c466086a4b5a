//! Single-use codes that bind a group: made by the owner, said in the group by `/start <code>`.
//!
//! Invariants:
//! - a code binds one group, once, within [`LIFE`]; it is stored as a keyed hash and shown once;
//! - a group is a customers' or a provider's, never both: the other kind is refused in words and stays what it is;
//! - a group is bound by such a code or by the owner's click, never by its name.

use base64::Engine as _;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use switchboard_domain::{
    channel::{ChannelKind, ChatKind},
    command::texts::ReplyKey,
    id::{AccountId, ChatId, ProviderId},
};
use switchboard_store::{
    StoreError, TenantScope, TenantTx,
    tenant::{
        accounts::ChatAccount,
        chats::{ChatMode, ChatParty},
    },
    vault,
};

use crate::Hub;

/// So long a code can be used.
pub const LIFE: TimeDelta = TimeDelta::minutes(15);
/// So long one sees what became of it.
const KEPT: TimeDelta = TimeDelta::days(1);
/// As a route made by hand.
const PIECE_SIZE: i32 = 100;
const JOIN_MS: i32 = 2000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    CustomerGroup,
    ProviderGroup,
}

impl Purpose {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CustomerGroup => "customer_group",
            Self::ProviderGroup => "provider_group",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::CustomerGroup, Self::ProviderGroup]
            .into_iter()
            .find(|purpose| purpose.as_str() == text)
    }

    pub(crate) const fn said(self) -> ReplyKey {
        match self {
            Self::CustomerGroup => ReplyKey::GroupBound,
            Self::ProviderGroup => ReplyKey::ProviderGroupBound,
        }
    }

    const fn party(self) -> ChatParty {
        match self {
            Self::CustomerGroup => ChatParty::Customer,
            Self::ProviderGroup => ChatParty::Provider,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Waiting,
    Bound,
    Expired,
    /// Tried in a group where it could not be; it can be tried in another one.
    Refused,
}

impl State {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Bound => "bound",
            Self::Expired => "expired",
            Self::Refused => "refused",
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum BindError {
    #[error("there is no such channel")]
    NoAccount,
    #[error("groups are bound through a Telegram bot that is switched on")]
    NotABot,
    #[error("there is no such provider")]
    NoProvider,
    #[error("a topic is the number that Telegram gives it")]
    BadTopic,
    #[error("the store did not take it")]
    Store(#[from] StoreError),
}

/// What is kept of a code.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    purpose: Purpose,
    account: AccountId,
    provider: Option<ProviderId>,
    #[serde(default)]
    topic: String,
    by: String,
    expires_at: DateTime<Utc>,
    state: State,
    chat: Option<ChatId>,
    why: Option<String>,
}

/// A code as the owner sees it.
#[derive(Debug, Clone)]
pub struct BindCode {
    pub code: String,
    pub purpose: Purpose,
    pub link: String,
    pub words: String,
    pub expires_at: DateTime<Utc>,
    pub state: State,
    pub chat: Option<(ChatId, String)>,
    pub refused_why: Option<String>,
}

/// What a group is to become.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub purpose: Purpose,
    pub account: AccountId,
    pub provider: Option<ProviderId>,
    /// The forum topic where requests go; else the one where the code is said.
    pub topic: &'a str,
}

fn hash(hub: &Hub, code: &str) -> String {
    hex::encode(hub.db.derive("bind.code", code.as_bytes()))
}

pub async fn create(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    wanted: &Wanted<'_>,
) -> Result<BindCode, BindError> {
    let now = hub.clock.now();
    if wanted.topic.len() > 20 || !wanted.topic.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BindError::BadTopic);
    }
    let mut tx = hub.db.begin(scope).await?;
    let account = tx
        .accounts()
        .find(wanted.account)
        .await?
        .filter(|account| !account.is_disconnected)
        .ok_or(BindError::NoAccount)?;
    if account.channel != ChannelKind::TelegramBot
        || account.username.is_empty()
        || account.state == "disabled"
    {
        return Err(BindError::NotABot);
    }
    let provider = match (wanted.purpose, wanted.provider) {
        (Purpose::CustomerGroup, _) => None,
        (Purpose::ProviderGroup, Some(provider)) if has_provider(&mut tx, provider).await? => Some(provider),
        (Purpose::ProviderGroup, _) => return Err(BindError::NoProvider),
    };
    let random = vault::random_token().map_err(StoreError::from)?;
    // 128 bits, in letters that a link and a command may carry.
    let code = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&random[..16]);
    let kept = Kept {
        purpose: wanted.purpose,
        account: wanted.account,
        provider,
        topic: wanted.topic.to_owned(),
        by: actor.to_owned(),
        expires_at: now + LIFE,
        state: State::Waiting,
        chat: None,
        why: None,
    };
    tx.binds().sweep(now - KEPT).await?;
    tx.binds().put(&hash(hub, &code), &kept, now).await?;
    let detail = serde_json::json!({ "purpose": wanted.purpose, "provider": provider });
    tx.audit()
        .append(actor, "bind.create", &wanted.account.to_string(), detail, now)
        .await?;
    tx.commit().await?;
    Ok(shown(code, kept, &account, None, now))
}

/// What became of a code. `None`: there is no such code.
pub async fn find(hub: &Hub, scope: &TenantScope, code: &str) -> Result<Option<BindCode>, StoreError> {
    let mut tx = hub.db.begin(scope).await?;
    let Some(kept) = tx.binds().lock::<Kept>(&hash(hub, code)).await? else {
        return Ok(None);
    };
    let Some(account) = tx.accounts().find(kept.account).await? else {
        return Ok(None);
    };
    let chat = match kept.chat {
        Some(chat) => tx.chats().find(chat).await?.map(|chat| (chat.id, chat.title)),
        None => None,
    };
    Ok(Some(shown(
        code.to_owned(),
        kept,
        &account,
        chat,
        hub.clock.now(),
    )))
}

fn shown(
    code: String,
    kept: Kept,
    account: &ChatAccount,
    chat: Option<(ChatId, String)>,
    now: DateTime<Utc>,
) -> BindCode {
    let bot = &account.username;
    let state = match kept.state {
        State::Waiting if kept.expires_at <= now => State::Expired,
        state => state,
    };
    let words = match state {
        State::Waiting | State::Refused => {
            let topic = match (kept.purpose, kept.topic.is_empty()) {
                (Purpose::ProviderGroup, true) => {
                    " In a forum, write it in the topic where requests should go."
                }
                _ => "",
            };
            format!(
                "Open the link, choose the group and press Add. If @{bot} is in the group already, write there: \
                 /start@{bot} {code}.{topic} The code works once, within 15 minutes."
            )
        }
        State::Expired => "This code is over. Make a new one.".to_owned(),
        State::Bound => match (kept.purpose, account.reads_groups) {
            (Purpose::CustomerGroup, false) => format!(
                "The group is connected. One thing is left: make @{bot} an administrator of the group, or it hears only commands there."
            ),
            (Purpose::CustomerGroup, true) => {
                "The group is connected and answered. Each sender acts for the customer whom he is linked to."
                    .to_owned()
            }
            (Purpose::ProviderGroup, _) => {
                "The group is connected. Requests for this provider go there.".to_owned()
            }
        },
    };
    BindCode {
        link: format!("https://t.me/{bot}?startgroup={code}"),
        purpose: kept.purpose,
        words,
        expires_at: kept.expires_at,
        state,
        chat,
        refused_why: kept.why.filter(|_| state == State::Refused),
        code,
    }
}

async fn has_provider(tx: &mut TenantTx, provider: ProviderId) -> Result<bool, StoreError> {
    Ok(tx
        .providers()
        .all()
        .await?
        .iter()
        .any(|known| known.id == provider.uuid()))
}

/// What came of a code that was said in a group.
pub(crate) enum Redeemed {
    Bound {
        purpose: Purpose,
    },
    /// Why not, for who said it.
    Refused(String),
    /// Nobody made this code here, or long ago: no answer, or anybody could make the bot talk.
    Unknown,
}

/// Uses a code in a group. `topic`: where in the group it was said.
pub(crate) async fn redeem(
    tx: &mut TenantTx,
    hub: &Hub,
    account: AccountId,
    chat: ChatId,
    topic: &str,
    code: &str,
) -> Result<Redeemed, StoreError> {
    let now = hub.clock.now();
    let hash = hash(hub, code);
    let Some(mut kept) = tx.binds().lock::<Kept>(&hash).await? else {
        return Ok(Redeemed::Unknown);
    };
    match kept.state {
        State::Bound => {
            return Ok(Redeemed::Refused(
                "This code has been used. Make a new one in the panel.".to_owned(),
            ));
        }
        _ if kept.expires_at <= now => {
            return Ok(Redeemed::Refused(
                "This code is over. Make a new one in the panel.".to_owned(),
            ));
        }
        _ => {}
    }
    let refusal = match refusal(tx, &kept, account, chat).await? {
        Some(why) => Some(why),
        None if tx.chats().set_party(chat, kept.purpose.party()).await? => None,
        None => Some("This group has another kind already. One group is never both."),
    };
    if let Some(why) = refusal {
        kept.state = State::Refused;
        kept.chat = Some(chat);
        kept.why = Some(why.to_owned());
        tx.binds().put(&hash, &kept, now).await?;
        return Ok(Redeemed::Refused(why.to_owned()));
    }
    match (kept.purpose, kept.provider) {
        (Purpose::ProviderGroup, Some(provider)) => {
            let topic = if kept.topic.is_empty() { topic } else { &kept.topic };
            tx.chats().set_mode(chat, ChatMode::Off).await?;
            let id = hub.clock.uuid();
            tx.providers()
                .route(id, provider, chat, topic, None, PIECE_SIZE, JOIN_MS, now)
                .await?;
        }
        _ => tx.chats().set_mode(chat, ChatMode::Support).await?,
    }
    kept.state = State::Bound;
    kept.chat = Some(chat);
    kept.why = None;
    tx.binds().put(&hash, &kept, now).await?;
    let detail = serde_json::json!({ "purpose": kept.purpose, "provider": kept.provider, "topic": topic });
    tx.audit()
        .append(&kept.by, "bind.use", &chat.to_string(), detail, now)
        .await?;
    Ok(Redeemed::Bound {
        purpose: kept.purpose,
    })
}

async fn refusal(
    tx: &mut TenantTx,
    kept: &Kept,
    account: AccountId,
    chat: ChatId,
) -> Result<Option<&'static str>, StoreError> {
    if kept.account != account {
        return Ok(Some(
            "This code was made for another bot. Open the link of the code again.",
        ));
    }
    let Some(chat) = tx
        .chats()
        .find(chat)
        .await?
        .filter(|chat| chat.kind == ChatKind::Group)
    else {
        return Ok(Some("Only a group can be connected."));
    };
    Ok(match (kept.purpose, chat.party) {
        (Purpose::CustomerGroup, ChatParty::Provider) => Some(
            "This group is connected as a provider's group. One group is never both a customers' and a provider's.",
        ),
        (Purpose::ProviderGroup, ChatParty::Customer) => Some(
            "This group is connected as a customers' group. One group is never both a customers' and a provider's.",
        ),
        (Purpose::ProviderGroup, _) => match kept.provider {
            Some(provider) if has_provider(tx, provider).await? => None,
            _ => Some("The provider of this code is not there any more."),
        },
        _ => None,
    })
}
