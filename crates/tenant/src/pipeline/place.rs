//! Where a message came from and from whom, as rows: made if they are new, and noted with the message.

use chrono::{DateTime, Utc};
use switchboard_channels::port::Body;
use switchboard_domain::{
    channel::ChatKind,
    id::{ChatId, IdentityId},
};
use switchboard_store::{
    StoreError, TenantTx,
    tenant::{
        chats::ChatParty,
        messages::{MessageState, Understood},
    },
};

use super::{Context, fresh_identity, new_chat};
use crate::Hub;

/// The rows of chat and sender, made if they are new.
pub(super) struct Place {
    pub chat: ChatId,
    pub identity: IdentityId,
    pub silent: bool,
}

pub(super) async fn place(tx: &mut TenantTx, hub: &Hub, context: &Context) -> Result<Place, StoreError> {
    let now = hub.clock.now();
    let (chat, mode) = match &context.chat {
        Some(chat) => (chat.id, chat.mode),
        None => {
            let new = new_chat(hub, context.account.id, &context.inbound.chat, context.mode());
            let chat = tx.chats().upsert(&new, now).await?;
            (chat.id, chat.mode)
        }
    };
    if context.chat.is_none() && context.inbound.chat.kind == ChatKind::Direct {
        tx.chats().set_party(chat, ChatParty::Customer).await?;
    }
    let sender = context.inbound.sender.as_ref();
    let (network_id, name) = sender.map_or(("", ""), |sender| {
        (sender.id.as_str(), sender.display_name.as_deref().unwrap_or(""))
    });
    let identity = tx
        .people()
        .seen(
            fresh_identity(hub),
            context.account.channel,
            network_id,
            name,
            now,
        )
        .await?;
    joined(tx, context, identity, now).await?;
    Ok(Place {
        chat,
        identity,
        silent: context.is_silent(mode),
    })
}

/// Who writes in a group that acts as one customer is noted, with since when.
pub(super) async fn joined(
    tx: &mut TenantTx,
    context: &Context,
    identity: IdentityId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    match &context.chat {
        Some(chat)
            if chat
                .acts_as
                .as_ref()
                .is_some_and(|one| one.member_since(identity).is_none()) =>
        {
            tx.inbox().joined(chat.id, identity.uuid(), now).await
        }
        _ => Ok(()),
    }
}

pub(super) async fn conclude(
    tx: &mut TenantTx,
    context: &Context,
    chat: ChatId,
    identity: Option<IdentityId>,
    state: MessageState,
    why: &str,
) -> Result<(), StoreError> {
    tx.messages()
        .conclude(context.message, &understood(context, chat, identity), state, why)
        .await
}

pub(super) fn understood(context: &Context, chat: ChatId, identity: Option<IdentityId>) -> Understood<'_> {
    Understood {
        chat,
        identity,
        network_message_id: context.inbound.message_id.as_str(),
        topic: topic(context),
        text: match &context.inbound.body {
            // Never with the code that a link carries.
            Body::Start { .. } => Some("/start"),
            _ => context.inbound.text(),
        },
        sent_at: context.inbound.sent_at,
        received_at: context.stored.received_at,
    }
}

pub(super) fn topic(context: &Context) -> &str {
    context
        .inbound
        .chat
        .topic
        .as_ref()
        .map_or("", |topic| topic.as_str())
}
