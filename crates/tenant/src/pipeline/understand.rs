//! From a message's text to commands on orders, with what stands around it: the message it quotes, and ids sent a moment before.

use chrono::{DateTime, TimeDelta, Utc};
use switchboard_channels::port::Body;
use switchboard_domain::{
    command::{
        CommandKind,
        decide::RequestState,
        open::{self, OpenLine, Wish},
        parse::{self, Ask, Group, Reading},
        texts::ReplyKey,
    },
    id::ChatId,
    order::{OrderId, OrderIds},
};
use switchboard_store::{StoreError, TenantTx, tenant::inbox::OpenRequest};

use super::{Context, Ending, confirm, orders::OPEN_FOR};

/// Ids and their command may come in two messages, this far apart.
const RECENT: TimeDelta = TimeDelta::minutes(2);
/// So many open requests are told; nobody reads more.
const SHOWN: i64 = 20;

pub(super) enum Meaning {
    Ending(Ending),
    Commands {
        groups: Vec<Group>,
        cut: Vec<OrderId>,
        /// It is a yes to our own question.
        confirmed: bool,
    },
}

pub(super) async fn read(
    tx: &mut TenantTx,
    context: &Context,
    now: DateTime<Utc>,
) -> Result<Meaning, StoreError> {
    read_after(tx, context, None, now).await
}

/// `previous`: what the sender is said to have written just before, in place of what is stored.
pub(super) async fn read_after(
    tx: &mut TenantTx,
    context: &Context,
    previous: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Meaning, StoreError> {
    if matches!(context.inbound.body, Body::Start { .. }) {
        return Ok(Meaning::Ending(Ending::Notices {
            on: true,
            key: ReplyKey::Help,
            why: "somebody opened the chat",
        }));
    }
    let Some(text) = context.inbound.text() else {
        return Ok(Meaning::Ending(Ending::Silence("nothing to read")));
    };
    if !context.is_group() && open::is_plain_stop(text) {
        return wished(tx, context, Wish::Stop, &Reading::Chatter, now)
            .await
            .map(Meaning::Ending);
    }
    let confirmed = confirm::confirmed(tx, context, text, now).await?;
    if !confirmed.is_empty() {
        return Ok(Meaning::Commands {
            groups: confirmed,
            cut: Vec::new(),
            confirmed: true,
        });
    }
    let quoted = quoted(tx, context).await?;
    let mut parsed = parse::parse(
        text,
        &parse::Context {
            quoted: quoted.as_deref(),
            ..parse::Context::default()
        },
    );
    if matches!(parsed.reading, Reading::CommandOnly(_))
        && let Some(recent) = recent_ids(tx, context, previous, now).await?
    {
        parsed = parse::parse(
            text,
            &parse::Context {
                recent_ids: Some(&recent),
                ..parse::Context::default()
            },
        );
    }
    let direct = !context.is_group();
    if direct
        && matches!(
            parsed.reading,
            Reading::CommandOnly(_) | Reading::Chatter | Reading::Ask(_)
        )
        && parsed.orders().is_none()
        && let Some(wish) = open::wish(text)
    {
        return wished(tx, context, wish, &parsed.reading, now)
            .await
            .map(Meaning::Ending);
    }
    let about_orders = parsed.orders().is_some();
    Ok(match parsed.reading {
        Reading::Commands => Meaning::Commands {
            groups: parsed.groups,
            cut: parsed.cut,
            confirmed: false,
        },
        Reading::Chatter => Meaning::Ending(Ending::Silence("ordinary talk")),
        Reading::IdsOnly(ids) if direct => Meaning::Ending(Ending::Say {
            key: ReplyKey::AskCommand,
            command: None,
            orders: ids.as_slice().to_vec(),
            why: "ids without a command",
        }),
        Reading::CommandOnly(command) if direct => Meaning::Ending(Ending::Say {
            key: ReplyKey::AskIds,
            command: Some(command),
            orders: Vec::new(),
            why: "a command without ids",
        }),
        Reading::IdsOnly(_) | Reading::CommandOnly(_) => {
            Meaning::Ending(Ending::Silence("half a request in a group"))
        }
        // A word that no native has reviewed: said back with its orders, so that the customer can say it plainly.
        Reading::Ask(Ask::Confirm(command)) => Meaning::Ending(Ending::Say {
            key: ReplyKey::ConfirmFirst,
            command: Some(command),
            orders: parsed
                .proposed
                .iter()
                .flat_map(|group| group.orders.iter().cloned())
                .collect(),
            why: "read from a word that is not reviewed yet",
        }),
        Reading::Ask(Ask::LinkInsteadOfId) => {
            Meaning::Ending(say(ReplyKey::AskIds, "a link stands where an order id is needed"))
        }
        Reading::Ask(_) if direct || about_orders => {
            Meaning::Ending(say(ReplyKey::AskCommand, "it could mean several things"))
        }
        Reading::Ask(_) => Meaning::Ending(Ending::Silence("unclear talk in a group")),
        Reading::Help if direct => Meaning::Ending(say(ReplyKey::Help, "asked for help")),
        Reading::Help => Meaning::Ending(Ending::Silence("help is given in direct chats")),
    })
}

/// What a customer asks for that is about no order: quiet, or how things stand.
async fn wished(
    tx: &mut TenantTx,
    context: &Context,
    wish: Wish,
    reading: &Reading,
    now: DateTime<Utc>,
) -> Result<Ending, StoreError> {
    Ok(match wish {
        Wish::Stop => Ending::Notices {
            on: false,
            key: ReplyKey::NoticesOff,
            why: "wants no notices",
        },
        Wish::Start => Ending::Notices {
            on: true,
            key: ReplyKey::NoticesOn,
            why: "wants notices again",
        },
        Wish::Open => {
            let open = match context.customer() {
                Some(customer) => tx.inbox().open_requests(customer, now - OPEN_FOR, SHOWN).await?,
                None => Vec::new(),
            };
            let lines: Vec<OpenLine> = open.into_iter().filter_map(open_line).collect();
            match reading {
                _ if !lines.is_empty() => Ending::Open(lines),
                Reading::CommandOnly(command) => Ending::Say {
                    key: ReplyKey::AskIds,
                    command: Some(*command),
                    orders: Vec::new(),
                    why: "a command without ids, and nothing is open",
                },
                _ => say(ReplyKey::NoOpenRequests, "asked what is open: nothing is"),
            }
        }
    })
}

fn open_line(row: OpenRequest) -> Option<OpenLine> {
    Some(OpenLine {
        order: OrderId::new(row.order_id).ok()?,
        command: CommandKind::parse(&row.command)?,
        state: match (row.with_staff, row.sent) {
            (true, _) => RequestState::WithStaff,
            (false, true) => RequestState::Sent,
            (false, false) => RequestState::Recorded,
        },
    })
}

fn say(key: ReplyKey, why: &'static str) -> Ending {
    Ending::Say {
        key,
        command: None,
        orders: Vec::new(),
        why,
    }
}

/// The quoted text: as the network sent it, or, of our own messages, as we stored it.
async fn quoted(tx: &mut TenantTx, context: &Context) -> Result<Option<String>, StoreError> {
    let Some(quoted) = &context.inbound.reply_to else {
        return Ok(None);
    };
    if quoted.text.is_some() {
        return Ok(quoted.text.clone());
    }
    match &context.chat {
        Some(chat) => {
            tx.outbox()
                .find_text_by_network_id(chat.id, quoted.message_id.as_str())
                .await
        }
        None => Ok(None),
    }
}

async fn recent_ids(
    tx: &mut TenantTx,
    context: &Context,
    previous: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<OrderIds>, StoreError> {
    if let Some(previous) = previous {
        return Ok(ids_alone(previous));
    }
    let (Some(chat), Some(identity)) = (&context.chat, &context.identity) else {
        return Ok(None);
    };
    let texts = tx
        .messages()
        .recent_texts(chat.id, identity.id, context.message, now - RECENT)
        .await?;
    Ok(texts.iter().find_map(|text| ids_alone(text)))
}

fn ids_alone(text: &str) -> Option<OrderIds> {
    match parse::parse(text, &parse::Context::default()).reading {
        Reading::IdsOnly(ids) => Some(ids),
        _ => None,
    }
}

/// Whether an edited message says the same as before, as far as commands go.
pub(super) async fn same_command(
    tx: &mut TenantTx,
    chat: ChatId,
    context: &Context,
) -> Result<bool, StoreError> {
    let before = tx
        .messages()
        .earlier_text(chat, context.inbound.message_id.as_str(), context.message)
        .await?;
    let (Some(before), Some(after)) = (before, context.inbound.text()) else {
        return Ok(false);
    };
    let plain = parse::Context::default();
    Ok(parse::parse(&before, &plain).groups == parse::parse(after, &plain).groups)
}
