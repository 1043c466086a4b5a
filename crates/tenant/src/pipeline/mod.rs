//! One stored message, from its raw form to the commit that decides it.
//!
//! read → who and where → parse → panel (the only wait on the network, outside any transaction) → decide → compose → commit.

pub(crate) mod again;
mod commit;
mod confirm;
pub(crate) mod forwards;
pub(crate) mod orders;
mod place;
mod plan;
pub(crate) mod rehearse;
mod understand;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use switchboard_channels::port::{Body, Event, Inbound, LostWhy};
use switchboard_domain::{
    channel::{ChannelKind, ChatKind},
    command::{CommandKind, compose, open::OpenLine, parse::Group, texts::ReplyKey},
    id::{AccountId, ChatId, CustomerId, IdentityId, MessageId, PanelId},
    order::OrderId,
};
use switchboard_store::{
    StoreError, TenantScope,
    queue::{Claimed, Outcome},
    tenant::{
        accounts::ChatAccount,
        chats::{Chat, ChatMode, ChatParty, NewChat},
        messages::{MessageState, StoredMessage},
        people::{Identity, Link},
    },
};

use crate::{Hub, inbox, live::Topic, payload, settings::Shop};
use again::Again;
use understand::Meaning;

/// The chat account that a message came to, as far as deciding needs it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At {
    pub id: AccountId,
    pub channel: ChannelKind,
}

impl From<&ChatAccount> for At {
    fn from(account: &ChatAccount) -> Self {
        Self {
            id: account.id,
            channel: account.channel,
        }
    }
}

/// The message with all that is known of it before anything is asked of a panel.
pub(crate) struct Context {
    pub message: MessageId,
    pub stored: StoredMessage,
    pub account: At,
    pub inbound: Inbound,
    /// `None`: the first message of this chat.
    pub chat: Option<Chat>,
    pub identity: Option<Identity>,
    pub links: Vec<Link>,
    /// Panels whose order map names this customer.
    pub mapped: Vec<PanelId>,
    pub shop: Arc<Shop>,
    /// A person wants one order of it decided again.
    pub again: Option<Again>,
    /// The sender has said yes to what is asked here: nobody asks again.
    pub confirmed: bool,
}

impl Context {
    /// Whose orders this sender may speak of: their own link, or else the customer whom the whole group acts as.
    pub fn customer(&self) -> Option<CustomerId> {
        customer(self.identity.as_ref(), self.chat.as_ref())
    }

    /// Somebody who came to a group after it was made to act as one customer, and speaks by that alone.
    pub fn is_late_joiner(&self) -> bool {
        let own = self.identity.as_ref().and_then(|identity| identity.customer);
        let one = self.chat.as_ref().and_then(|chat| chat.acts_as.as_ref());
        own.is_none()
            && one.is_some_and(|one| one.is_late(self.identity.as_ref().map(|identity| identity.id)))
    }

    /// Direct chats are answered; a group is off until the owner switches it on.
    pub fn mode(&self) -> ChatMode {
        match &self.chat {
            Some(chat) => chat.mode,
            None if self.inbound.chat.kind == ChatKind::Direct => ChatMode::Support,
            None => ChatMode::Off,
        }
    }

    /// Watched only: here, or in the whole shop.
    pub fn is_silent(&self, mode: ChatMode) -> bool {
        mode == ChatMode::Silent || self.shop.general.silent_mode
    }

    /// When it was asked for: by the customer, or by the person who wants it decided again.
    pub fn asked_at(&self) -> DateTime<Utc> {
        self.again.as_ref().map_or(self.inbound.sent_at, |again| again.at)
    }

    pub fn is_group(&self) -> bool {
        self.inbound.chat.kind == ChatKind::Group
    }
}

fn customer(identity: Option<&Identity>, chat: Option<&Chat>) -> Option<CustomerId> {
    let own = identity.and_then(|identity| identity.customer);
    own.or_else(|| {
        chat.and_then(|chat| chat.acts_as.as_ref())
            .map(|one| one.customer)
    })
}

/// What is to be written for a message that needs no panel.
pub(crate) enum Ending {
    /// No answer, with the reason.
    Silence(&'static str),
    /// One text that is made from ids alone.
    Say {
        key: ReplyKey,
        command: Option<CommandKind>,
        orders: Vec<OrderId>,
        why: &'static str,
    },
    /// The asker's open requests.
    Open(Vec<OpenLine>),
    /// Unasked notices on or off, and the words for it.
    Notices {
        on: bool,
        key: ReplyKey,
        why: &'static str,
    },
}

pub(crate) async fn run(hub: &Hub, scope: &TenantScope, job: &Claimed) -> Result<Outcome, StoreError> {
    let id: MessageId = payload(job, "message")?;
    let wanted: Option<again::Wanted> = payload(job, "again")?;
    let shop = hub.shops.get(&hub.db, scope).await?;
    let mut tx = hub.db.begin(scope).await?;
    let stored = tx.messages().find(id).await?;
    let again = match &wanted {
        Some(wanted) => again::find(&mut tx, id, wanted).await?,
        None => None,
    };
    // Answered already: a replay that came twice.
    let fresh = |stored: &StoredMessage| matches!(stored.state.as_str(), "stored" | "held");
    let to_do = |stored: &StoredMessage| {
        if wanted.is_some() {
            again.is_some()
        } else {
            fresh(stored)
        }
    };
    let Some(stored) = stored.filter(to_do) else {
        tx.finish_job(job.id, job.fence).await?;
        tx.commit().await?;
        return Ok(Outcome::Done);
    };
    let account_id = AccountId::from_uuid(stored.account_id);
    let account = match shop.accounts.get(&account_id) {
        Some(account) => account.clone(),
        None => tx
            .accounts()
            .find(account_id)
            .await?
            .ok_or_else(|| StoreError::unreadable("message", "it has no account"))?,
    };
    let Some(network) = hub.networks.get(account.channel) else {
        return Ok(Outcome::Later {
            after: std::time::Duration::from_secs(30),
            reason: "the network is not served here".to_owned(),
        });
    };
    let event = match network.read(&stored.raw, &account) {
        Ok(event) => event,
        Err(error) => {
            tracing::warn!(tenant.id = %scope.tenant(), message.id = %id, error = %error, "a stored update cannot be read");
            tx.messages()
                .set_state(id, MessageState::Ignored, &error.to_string())
                .await?;
            tx.finish_job(job.id, job.fence).await?;
            tx.commit().await?;
            return Ok(Outcome::Done);
        }
    };
    let inbound = match event {
        Event::Message(inbound) => inbound,
        other => {
            note(hub, &mut tx, &account, other).await?;
            tx.messages()
                .set_state(id, MessageState::Ignored, "an event of the network, noted")
                .await?;
            tx.finish_job(job.id, job.fence).await?;
            tx.commit().await?;
            hub.live
                .changed(scope.tenant(), Topic::Channels, [account.id.uuid()]);
            hub.live.changed(scope.tenant(), Topic::Chats, []);
            return Ok(Outcome::Done);
        }
    };
    let chat = tx
        .chats()
        .find_by_network(account.id, inbound.chat.id.as_str())
        .await?;
    let (mut identity, mut links, mut mapped) = (None, Vec::new(), Vec::new());
    if let Some(sender) = &inbound.sender {
        identity = tx
            .people()
            .find_identity(account.channel, sender.id.as_str())
            .await?;
        if let Some(customer) = customer(identity.as_ref(), chat.as_ref()) {
            links = tx.people().links(customer).await?;
            mapped = tx.people().mapped_panels(customer).await?;
        }
    }
    let mut context = Context {
        message: id,
        stored,
        account: At::from(&account),
        inbound,
        chat,
        identity,
        links,
        mapped,
        shop,
        again,
        confirmed: false,
    };
    if let Some(group) = context.again.as_ref().map(Again::group) {
        drop(tx);
        return orders::answer(hub, scope, job, &context, &[group], &[]).await;
    }
    if let Some(code) = bind_code(&context) {
        let code = code.to_owned();
        drop(tx);
        return commit::bind(hub, scope, job, &context, &code).await;
    }
    if let Some(why) = unheard(hub, &context) {
        drop(tx);
        return commit::ending(hub, scope, job, &context, Ending::Silence(why)).await;
    }
    if context.inbound.edited
        && let Some(chat) = &context.chat
        && understand::same_command(&mut tx, chat.id, &context).await?
    {
        drop(tx);
        let ending = Ending::Silence("an edit that changed neither ids nor command");
        return commit::ending(hub, scope, job, &context, ending).await;
    }
    let meaning = understand::read(&mut tx, &context, hub.clock.now()).await?;
    // Read-only so far; nothing to commit, and no connection is held while the panel is asked. Dropped rather than rolled
    // back: the connection ends the transaction on its way to the pool, and nobody waits for that.
    drop(tx);
    match meaning {
        Meaning::Ending(ending) => commit::ending(hub, scope, job, &context, ending).await,
        Meaning::Commands {
            groups,
            cut,
            confirmed,
        } => {
            context.confirmed = confirmed;
            orders::answer(hub, scope, job, &context, &groups, &cut).await
        }
    }
}

/// The code in `/start <code>`, said in a group by somebody.
fn bind_code(context: &Context) -> Option<&str> {
    let said_by = context.inbound.sender.as_ref()?;
    match &context.inbound.body {
        Body::Start { payload: Some(code) } if context.is_group() && !said_by.is_bot => Some(code),
        _ => None,
    }
}

/// Why a message is not even read.
fn unheard(hub: &Hub, context: &Context) -> Option<&'static str> {
    let Some(sender) = &context.inbound.sender else {
        return Some("nobody whom it could be held to");
    };
    if sender.is_bot {
        return Some("written by a bot");
    }
    if context
        .chat
        .as_ref()
        .is_some_and(|chat| chat.party == ChatParty::Provider)
    {
        return Some("a provider's group: nothing there is a customer's command");
    }
    if context.mode() == ChatMode::Off {
        return Some("the chat is switched off");
    }
    let now = hub.clock.now();
    if context
        .chat
        .as_ref()
        .is_some_and(|chat| inbox::is_paused(chat, now))
    {
        return Some("a person answers in this chat: the bot is quiet");
    }
    if context.is_group() && context.customer().is_none() {
        return Some("a sender without a link in a group");
    }
    let muted = context
        .identity
        .as_ref()
        .and_then(|identity| identity.muted_until);
    if muted.is_some_and(|until| until > hub.clock.now()) {
        return Some("the sender is muted");
    }
    match &context.inbound.body {
        Body::Text { .. } | Body::Start { .. } => None,
        Body::Media { caption, .. } => caption.is_none().then_some("a picture or file without words"),
        Body::Contact { .. } => Some("a contact card"),
    }
}

/// What the network tells besides messages.
async fn note(
    hub: &Hub,
    tx: &mut switchboard_store::TenantTx,
    account: &ChatAccount,
    event: Event,
) -> Result<(), StoreError> {
    let now = hub.clock.now();
    match event {
        Event::MembersJoined { chat, members } => {
            let known = tx
                .chats()
                .upsert(&new_chat(hub, account.id, &chat, ChatMode::Off), now)
                .await?;
            if known.acts_as.is_some() {
                for member in members.iter().filter(|member| !member.is_bot) {
                    let name = member.display_name.as_deref().unwrap_or("");
                    let identity = tx
                        .people()
                        .met(
                            fresh_identity(hub),
                            account.channel,
                            member.id.as_str(),
                            name,
                            now,
                        )
                        .await?;
                    tx.inbox().joined(known.id, identity.uuid(), now).await?;
                }
            }
        }
        Event::ChatFound { chat, .. } | Event::MembershipChanged { chat, .. } => {
            let mode = if chat.kind == ChatKind::Direct {
                ChatMode::Support
            } else {
                ChatMode::Off
            };
            tx.chats()
                .upsert(&new_chat(hub, account.id, &chat, mode), now)
                .await?;
        }
        Event::ChatLost { chat, why } => {
            if let Some(known) = tx.chats().find_by_network(account.id, chat.id.as_str()).await? {
                let reason = match why {
                    LostWhy::Blocked => "the person blocked this account",
                    LostWhy::Removed => "this account was removed from the group",
                    LostWhy::Left => "this account left the group",
                };
                tx.chats().set_lost(known.id, reason).await?;
            }
        }
        Event::Migrated { from, to } => tx.chats().migrate(account.id, from.as_str(), to.as_str()).await?,
        Event::Message(_) | Event::Button { .. } | Event::Ignored { .. } => {}
    }
    Ok(())
}

pub(crate) fn new_chat(
    hub: &Hub,
    account: AccountId,
    chat: &switchboard_channels::port::NetworkChat,
    mode: ChatMode,
) -> NewChat {
    NewChat {
        id: ChatId::from_uuid(hub.clock.uuid()),
        account_id: account,
        network_id: chat.id.as_str().to_owned(),
        kind: chat.kind,
        title: chat.title.clone().unwrap_or_default(),
        mode,
    }
}

/// All order ids of a message with their commands, in the order in which they were typed.
pub(crate) fn pairs(groups: &[Group]) -> impl Iterator<Item = (CommandKind, &OrderId)> {
    groups
        .iter()
        .flat_map(|group| group.orders.iter().map(move |order| (group.command, order)))
}

pub(crate) fn fresh_identity(hub: &Hub) -> IdentityId {
    IdentityId::from_uuid(hub.clock.uuid())
}

pub(crate) fn ack_text(context: &Context, command: CommandKind, orders: &[OrderId]) -> compose::Reply {
    compose::acknowledge(command, orders, &context.shop.texts, &context.shop.texts.language)
}
