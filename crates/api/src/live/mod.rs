//! `GET /api/v1/live`: a socket that says what changed.
//!
//! Invariants:
//! - opened by a page of ours (`Origin`) with a session; a hint goes only to who may look at what it speaks of;
//! - closed within a second of the session's end (4401), of a suspension and of any permission that is lost (4403);
//! - nobody is waited for: a page that is slow is told to look at everything again (`resync`), one that takes nothing is let go;
//! - a hint carries no truth. What a page shows it reads through the API.

mod hints;
mod standing;

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket},
    },
    http::HeaderMap,
    response::Response,
};
use serde::{Deserialize, Serialize};
use switchboard_domain::{access::PermissionSet, id::TenantId};
use switchboard_platform::sessions::token_hash;
use switchboard_store::{Entry, SignedIn};
use switchboard_tenant::live::{Hint, Topic};
use tokio::{
    sync::broadcast::error::RecvError,
    time::{Instant, interval_at, timeout},
};
use utoipa::ToSchema;
use uuid::Uuid;

pub(crate) use hints::layer;
pub use standing::Sockets;
use standing::Standing;

use crate::words::LiveTopic;
use crate::{App, Caller, Code, Problem, cookie, permit, same_site};

/// The session has ended, or never was.
const SESSION_ENDED: u16 = 4401;
/// Not, or no longer, allowed.
const NOT_ALLOWED: u16 = 4403;
/// What was sent is not understood.
const NOT_UNDERSTOOD: u16 = 4400;
/// One person has too many open.
const TOO_MANY: u16 = 4429;

/// So long a page may take to say which tenant it shows.
const CHOOSE_WITHIN: Duration = Duration::from_secs(10);
/// A page that takes nothing for so long is gone.
const SEND_WITHIN: Duration = Duration::from_secs(5);
/// Keeps proxies from closing what is quiet.
const PING_EVERY: Duration = Duration::from_secs(25);
/// Pings without any sign of life before it is let go.
const SILENT_PINGS: u32 = 3;
/// Open at once, of one person: a few tabs on a few devices.
const PER_PERSON: usize = 24;
/// Tenants are chosen in fewer bytes.
const MAX_MESSAGE: usize = 1024;
/// A socket says little: small buffers let a node hold thousands.
const BUFFER: usize = 1024;
const MAX_BUFFER: usize = 64 * 1024;

/// What a page sends once it is connected.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LiveChoice {
    /// Which tenant the page shows.
    pub tenant: Uuid,
}

/// What a socket says. `hello` comes first, with the number of hints that were given before; `resync`: some were missed, look at
/// everything again; every other topic: look again at these, at everything of the topic when none is named.
#[derive(Debug, Serialize, ToSchema)]
pub struct LiveHint {
    #[schema(value_type = LiveTopic)]
    pub topic: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ids: Option<Vec<Uuid>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub seq: Option<u64>,
}

pub async fn open(
    caller: Caller,
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    if !same_site(&headers, &app.settings) {
        return Err(Code::CrossSite.into());
    }
    let token = cookie::read(&headers, &app.settings).ok_or_else(Problem::unauthorized)?;
    let hash = token_hash(token);
    let who = caller.who().clone();
    Ok(upgrade
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE)
        .read_buffer_size(BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(MAX_BUFFER)
        .on_upgrade(async move |mut socket| {
            let close = serve(&app, &mut socket, hash, who).await;
            if let Some((code, reason)) = close {
                let frame = CloseFrame {
                    code,
                    reason: Utf8Bytes::from_static(reason),
                };
                timeout(SEND_WITHIN, socket.send(Message::Close(Some(frame))))
                    .await
                    .ok();
            }
        }))
}

/// Why the server closes; `None`: the page is gone.
type Close = Option<(u16, &'static str)>;

async fn serve(app: &Arc<App>, socket: &mut WebSocket, hash: [u8; 32], who: Arc<SignedIn>) -> Close {
    let user = who.user();
    let Some(mut seat) = app.sockets.take(app, hash, &who, PER_PERSON) else {
        return Some((TOO_MANY, "too many open pages"));
    };
    let tenant = match choose(socket).await {
        Ok(tenant) => tenant,
        Err(close) => return close,
    };
    let may = match allowed(app, &who, tenant).await {
        Ok(may) if Topic::ALL.iter().any(|topic| may.has(topic.permission())) => may,
        Ok(_) | Err(_) => return Some((NOT_ALLOWED, "not allowed")),
    };
    tracing::debug!(account.id = %user, tenant.id = %tenant, "a page listens");
    let mut watch = app.hub.live.watch(tenant);
    let hello = LiveHint {
        topic: "hello",
        ids: None,
        seq: Some(watch.seq),
    };
    if !send(socket, &hello).await {
        return None;
    }
    let mut pings = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    let mut silent = 0;
    loop {
        tokio::select! {
            biased;
            standing = seat.changed() => match standing {
                Standing::Ended => return Some((SESSION_ENDED, "the session has ended")),
                Standing::Is(who) => match allowed(app, &who, tenant).await {
                    // Whoever lost something looks again at what is left.
                    Ok(now) if may.iter().all(|permission| now.has(permission)) => {}
                    Ok(_) | Err(_) => return Some((NOT_ALLOWED, "no longer allowed")),
                },
            },
            hint = watch.hints.recv() => {
                let sent = match hint {
                    Ok(hint) if may.has(hint.topic.permission()) => send(socket, &shown(hint)).await,
                    Ok(_) => true,
                    Err(RecvError::Lagged(_)) => {
                        let resync = LiveHint { topic: "resync", ids: None, seq: None };
                        send(socket, &resync).await
                    }
                    // The hub ends with the process.
                    Err(RecvError::Closed) => return None,
                };
                if !sent {
                    return None;
                }
            }
            message = socket.recv() => match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => silent = 0,
            },
            _ = pings.tick() => {
                silent += 1;
                if silent > SILENT_PINGS {
                    return None;
                }
                let ping = socket.send(Message::Ping(Default::default()));
                if !matches!(timeout(SEND_WITHIN, ping).await, Ok(Ok(()))) {
                    return None;
                }
            }
        }
    }
}

fn shown(hint: Hint) -> LiveHint {
    LiveHint {
        topic: hint.topic.as_str(),
        ids: Some(hint.ids),
        seq: None,
    }
}

async fn choose(socket: &mut WebSocket) -> Result<TenantId, Close> {
    let first = async {
        loop {
            match socket.recv().await {
                Some(Ok(Message::Text(text))) => break Some(text),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => break None,
            }
        }
    };
    match timeout(CHOOSE_WITHIN, first).await {
        Ok(Some(text)) => serde_json::from_str::<LiveChoice>(&text)
            .map(|choice| TenantId::from_uuid(choice.tenant))
            .map_err(|_| Some((NOT_UNDERSTOOD, "expected {\"tenant\": id}"))),
        Ok(None) => Err(None),
        Err(_) => Err(Some((NOT_UNDERSTOOD, "no tenant was named"))),
    }
}

/// What they may look at there; nothing where they are not let in.
async fn allowed(app: &App, who: &SignedIn, tenant: TenantId) -> Result<PermissionSet, Problem> {
    let Some(membership) = who.membership(tenant).filter(|_| who.account().state == "active") else {
        return Ok(PermissionSet::EMPTY);
    };
    // While its tables are being made, one hears how far that is.
    match app.db.scope_for_member(who, tenant).await? {
        Entry::Open(_) | Entry::Provisioning => permit::permissions(app, who, membership).await,
        Entry::Suspended | Entry::NotTheirs => Ok(PermissionSet::EMPTY),
    }
}

/// False: the page takes nothing any more.
async fn send(socket: &mut WebSocket, hint: &LiveHint) -> bool {
    let text = serde_json::to_string(hint).expect("a hint is plain data");
    matches!(
        timeout(SEND_WITHIN, socket.send(Message::Text(text.into()))).await,
        Ok(Ok(()))
    )
}
