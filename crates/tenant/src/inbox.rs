//! Chats as people use them: reading along, answering, and keeping the bot out while a person talks.

use chrono::{DateTime, TimeDelta, Utc};
use switchboard_domain::id::{AccountId, ChatId, OutboxId};
use switchboard_store::{
    StoreError, TenantScope,
    queue::NewJob,
    tenant::{
        chats::{Chat, ChatMode, ChatParty},
        inbox::{ChatFilter, ChatLine, MemberLine, PersonSays, SaidLine},
        request_list::ListRow,
    },
};
use uuid::Uuid;

use crate::{Hub, jobs, live::Topic};

/// Telegram's limit for one message; a longer answer would arrive in parts.
pub const MAX_TEXT: usize = 4096;

#[derive(Debug, thiserror::Error)]
pub enum InboxError {
    #[error("there is no such chat")]
    NoChat,
    #[error("there is no such customer")]
    NoCustomer,
    #[error("there is no such message in this chat")]
    NoMessage,
    #[error("this chat cannot be written to: {0}")]
    Lost(String),
    #[error("the channel is switched off")]
    ChannelOff,
    #[error("the channel is disconnected")]
    ChannelGone,
    #[error("only a customers' group can act as one customer")]
    NotACustomersGroup,
    #[error("the store did not take it")]
    Store(#[from] StoreError),
}

/// Something that was said, with the requests that it opened.
#[derive(Debug, Clone)]
pub struct Said {
    pub line: SaidLine,
    pub asked: Vec<ListRow>,
}

/// Who answers, as the chat keeps it.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// For the audit.
    pub actor: &'a str,
    pub id: Uuid,
    pub name: &'a str,
}

pub async fn chats(
    hub: &Hub,
    scope: &TenantScope,
    filter: &ChatFilter<'_>,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<ChatLine>, StoreError> {
    hub.db
        .begin(scope)
        .await?
        .inbox()
        .chats(filter, after, limit)
        .await
}

pub async fn chat(hub: &Hub, scope: &TenantScope, id: ChatId) -> Result<ChatLine, InboxError> {
    let filter = ChatFilter {
        id: Some(id),
        ..ChatFilter::default()
    };
    chats(hub, scope, &filter, None, 1)
        .await?
        .pop()
        .ok_or(InboxError::NoChat)
}

/// Both sides, newest first.
pub async fn said(
    hub: &Hub,
    scope: &TenantScope,
    chat: ChatId,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Said>, InboxError> {
    let mut tx = hub.db.begin(scope).await?;
    tx.chats().find(chat).await?.ok_or(InboxError::NoChat)?;
    let lines = tx.inbox().said(chat, before, limit).await?;
    let came_in: Vec<Uuid> = lines
        .iter()
        .filter(|line| !line.is_out)
        .map(|line| line.id)
        .collect();
    let asked = tx.request_list().of_messages(&came_in).await?;
    Ok(lines
        .into_iter()
        .map(|line| {
            let asked = asked
                .iter()
                .filter(|asked| asked.message_id == line.id)
                .cloned()
                .collect();
            Said { line, asked }
        })
        .collect())
}

/// A person's answer: free, and the bot is quiet in this chat for a while. `id` names the answer: the same id says it once.
pub async fn say(
    hub: &Hub,
    scope: &TenantScope,
    author: Author<'_>,
    chat: ChatId,
    id: OutboxId,
    text: &str,
    reply_to: Option<Uuid>,
) -> Result<Said, InboxError> {
    let now = hub.clock.now();
    let minutes = i64::from(hub.shops.get(&hub.db, scope).await?.general.pause_minutes);
    let mut tx = hub.db.begin(scope).await?;
    let known = tx.chats().find(chat).await?.ok_or(InboxError::NoChat)?;
    if let Some(line) = tx.inbox().said_once(id).await? {
        return Ok(Said {
            line,
            asked: Vec::new(),
        });
    }
    if let Some(reason) = known.lost_reason {
        return Err(InboxError::Lost(reason));
    }
    let account = tx
        .accounts()
        .find(known.account_id)
        .await?
        .ok_or(InboxError::ChannelGone)?;
    if account.is_disconnected {
        return Err(InboxError::ChannelGone);
    }
    if account.state == "disabled" {
        return Err(InboxError::ChannelOff);
    }
    let quoted = match reply_to {
        Some(reply_to) => Some(
            tx.inbox()
                .find_quoted(chat, reply_to)
                .await?
                .ok_or(InboxError::NoMessage)?,
        ),
        None => None,
    };
    let says = PersonSays {
        id,
        account: known.account_id,
        chat,
        topic: quoted.as_ref().map_or("", |quoted| quoted.topic.as_str()),
        text,
        reply_to: quoted.as_ref().and_then(|quoted| quoted.network_id.as_deref()),
        message: reply_to
            .filter(|_| quoted.as_ref().is_some_and(|quoted| quoted.is_in))
            .map(Into::into),
        author: author.id,
        author_name: author.name,
        at: now,
    };
    if tx.inbox().say(&says).await? {
        if known.party != ChatParty::Provider && minutes > 0 {
            let until = now + TimeDelta::minutes(minutes);
            tx.inbox().pause_until(chat, until).await?;
        }
        tx.inbox().set_read(chat, now).await?;
        tx.enqueue(&[send_job(hub, known.account_id, chat, id)]).await?;
        let detail = serde_json::json!({ "outbox": id });
        tx.audit()
            .append(author.actor, "chat.answer", &chat.to_string(), detail, now)
            .await?;
    }
    let line = tx.inbox().said_once(id).await?.ok_or(InboxError::NoMessage)?;
    tx.commit().await?;
    hub.notifier.committed();
    hub.live.changed(scope.tenant(), Topic::Chats, [chat.uuid()]);
    Ok(Said {
        line,
        asked: Vec::new(),
    })
}

pub(crate) fn send_job(hub: &Hub, account: AccountId, chat: ChatId, id: OutboxId) -> NewJob {
    NewJob::new(hub.clock.uuid(), jobs::SEND_REPLY, format!("send:{id}"))
        .lane(format!("out:{account}:{chat}"))
        .payload(serde_json::json!({ "outbox": id }))
}

pub async fn read(hub: &Hub, scope: &TenantScope, chat: ChatId) -> Result<(), InboxError> {
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    if !tx.inbox().set_read(chat, now).await? {
        return Err(InboxError::NoChat);
    }
    tx.commit().await?;
    hub.live.changed(scope.tenant(), Topic::Chats, [chat.uuid()]);
    Ok(())
}

/// Keeps the bot out of a chat: for so long, until it is switched on again, or not any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    For(TimeDelta),
    UntilSwitchedOn,
    Over,
}

pub async fn pause(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    chat: ChatId,
    pause: Pause,
) -> Result<ChatLine, InboxError> {
    let now = hub.clock.now();
    let until = match pause {
        Pause::For(time) => Some(now + time),
        // A year that a page can show, and that nobody waits for.
        Pause::UntilSwitchedOn => Some(now + TimeDelta::days(36_500)),
        Pause::Over => None,
    };
    let mut tx = hub.db.begin(scope).await?;
    tx.chats().find(chat).await?.ok_or(InboxError::NoChat)?;
    tx.inbox().set_paused(chat, until).await?;
    let detail = serde_json::json!({ "until": until });
    tx.audit()
        .append(actor, "chat.bot", &chat.to_string(), detail, now)
        .await?;
    tx.commit().await?;
    hub.live.changed(scope.tenant(), Topic::Chats, [chat.uuid()]);
    self::chat(hub, scope, chat).await
}

/// Who was seen in a group, or acts in it as one customer.
pub async fn members(
    hub: &Hub,
    scope: &TenantScope,
    chat: ChatId,
) -> Result<(Chat, Vec<MemberLine>), InboxError> {
    let mut tx = hub.db.begin(scope).await?;
    let known = tx.chats().find(chat).await?.ok_or(InboxError::NoChat)?;
    let members = tx.inbox().members(chat).await?;
    Ok((known, members))
}

/// Lets a customers' group act as one customer: everybody in it may then ask about that customer's orders. Who comes later
/// confirms before a cancel or refund. `None`: each sender acts for himself again.
pub async fn act_as(
    hub: &Hub,
    scope: &TenantScope,
    actor: &str,
    chat: ChatId,
    customer: Option<Uuid>,
) -> Result<(), InboxError> {
    let now = hub.clock.now();
    let mut tx = hub.db.begin(scope).await?;
    let known = tx.chats().find(chat).await?.ok_or(InboxError::NoChat)?;
    let is_group = known.kind == switchboard_domain::channel::ChatKind::Group;
    if !is_group || known.party == ChatParty::Provider {
        return Err(InboxError::NotACustomersGroup);
    }
    if let Some(customer) = customer {
        if !tx.inbox().has_customer(customer).await? {
            return Err(InboxError::NoCustomer);
        }
        tx.chats().set_party(chat, ChatParty::Customer).await?;
    }
    tx.inbox().set_acts_as(chat, customer, now).await?;
    let detail = serde_json::json!({ "customer": customer });
    tx.audit()
        .append(actor, "chat.acts_as", &chat.to_string(), detail, now)
        .await?;
    tx.commit().await?;
    hub.live.changed(scope.tenant(), Topic::Chats, [chat.uuid()]);
    hub.live
        .changed(scope.tenant(), Topic::Channels, [known.account_id.uuid()]);
    Ok(())
}

/// Whether a person answers here now, so that the bot is quiet.
pub(crate) fn is_paused(chat: &Chat, now: DateTime<Utc>) -> bool {
    chat.mode != ChatMode::Off && chat.bot_paused_until.is_some_and(|until| until > now)
}
