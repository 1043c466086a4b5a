//! Hints of what changed, for open pages.
//!
//! Invariants:
//! - a hint is given after the commit of what it speaks of, never before, and never inside a transaction;
//! - it says where to look again and carries nothing that was stored;
//! - what happens within [`JOIN`] travels as one hint per topic, so that a flood costs a page ten looks a second;
//! - nobody waits: a tenant whom nobody watches costs a look into a map, and a watcher who is slow learns that he missed some.
//!
//! One process hears its own changes. Several nodes would tell each other here.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use switchboard_domain::{access::Permission, id::TenantId};
use tokio::sync::broadcast;
use uuid::Uuid;

/// So long changes are gathered.
const JOIN: Duration = Duration::from_millis(80);
/// More ids than this are not named one by one: everything of the topic may have changed.
const NAMED: usize = 200;
/// So many hints a watcher may be behind.
const BEHIND: usize = 64;

/// What a page shows. Stable names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    Requests,
    Chats,
    Channels,
    Panels,
    Wallet,
    Setup,
    Providers,
    Customers,
}

impl Topic {
    pub const ALL: [Topic; 8] = [
        Self::Requests,
        Self::Chats,
        Self::Channels,
        Self::Panels,
        Self::Wallet,
        Self::Setup,
        Self::Providers,
        Self::Customers,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Chats => "chats",
            Self::Channels => "channels",
            Self::Panels => "panels",
            Self::Wallet => "wallet",
            Self::Setup => "setup",
            Self::Providers => "providers",
            Self::Customers => "customers",
        }
    }

    /// Who may hear of it: who may look at it.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Requests => Permission::RequestsRead,
            Self::Chats => Permission::InboxRead,
            Self::Channels => Permission::ChannelsRead,
            Self::Panels => Permission::PanelsRead,
            Self::Wallet => Permission::WalletRead,
            Self::Setup => Permission::HomeRead,
            Self::Providers => Permission::ProvidersRead,
            Self::Customers => Permission::CustomersRead,
        }
    }
}

/// Look again at these; at everything of the topic when none is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    pub topic: Topic,
    pub ids: Vec<Uuid>,
}

/// Cheap to clone; all clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Live(Arc<Mutex<HashMap<TenantId, Room>>>);

#[derive(Debug)]
struct Room {
    hints: broadcast::Sender<Hint>,
    waiting: HashMap<Topic, BTreeSet<Uuid>>,
    /// Topics of which everything may have changed.
    whole: BTreeSet<Topic>,
    /// Somebody is about to tell what waits.
    telling: bool,
    told: u64,
}

/// One who listens.
#[derive(Debug)]
pub struct Watch {
    pub hints: broadcast::Receiver<Hint>,
    /// How many hints were given before.
    pub seq: u64,
}

impl Live {
    pub fn watch(&self, tenant: TenantId) -> Watch {
        let mut rooms = self.lock();
        let room = rooms.entry(tenant).or_insert_with(|| Room {
            hints: broadcast::channel(BEHIND).0,
            waiting: HashMap::new(),
            whole: BTreeSet::new(),
            telling: false,
            told: 0,
        });
        Watch {
            hints: room.hints.subscribe(),
            seq: room.told,
        }
    }

    /// These changed, and it is committed. No ids: anything of the topic may have.
    pub fn changed(&self, tenant: TenantId, topic: Topic, ids: impl IntoIterator<Item = Uuid>) {
        let mut rooms = self.lock();
        let Some(room) = rooms.get_mut(&tenant) else {
            return;
        };
        if room.hints.receiver_count() == 0 {
            rooms.remove(&tenant);
            return;
        }
        let named = room.waiting.entry(topic).or_default();
        let before = named.len();
        named.extend(ids);
        if named.len() == before && before == 0 || named.len() > NAMED {
            room.whole.insert(topic);
        }
        if !room.telling {
            room.telling = true;
            let live = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(JOIN).await;
                live.tell(tenant);
            });
        }
    }

    fn tell(&self, tenant: TenantId) {
        let mut rooms = self.lock();
        let Some(room) = rooms.get_mut(&tenant) else {
            return;
        };
        room.telling = false;
        let whole = std::mem::take(&mut room.whole);
        let mut waiting: Vec<_> = room.waiting.drain().collect();
        waiting.sort_unstable_by_key(|(topic, _)| *topic);
        for (topic, ids) in waiting {
            let ids = if whole.contains(&topic) {
                Vec::new()
            } else {
                ids.into_iter().collect()
            };
            room.told += 1;
            // Nobody listens any more: the next change clears the room away.
            room.hints.send(Hint { topic, ids }).ok();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, Room>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(n: u128) -> TenantId {
        TenantId::from_uuid(Uuid::from_u128(n))
    }

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    #[tokio::test]
    async fn changes_of_a_moment_are_one_hint_each_topic() {
        let live = Live::default();
        let mut watch = live.watch(tenant(1));
        live.changed(tenant(1), Topic::Chats, [id(2)]);
        live.changed(tenant(1), Topic::Requests, [id(7)]);
        live.changed(tenant(1), Topic::Chats, [id(1), id(2)]);
        live.changed(tenant(2), Topic::Chats, [id(9)]);
        let first = watch.hints.recv().await.unwrap();
        assert_eq!(
            first,
            Hint {
                topic: Topic::Requests,
                ids: vec![id(7)]
            }
        );
        let second = watch.hints.recv().await.unwrap();
        assert_eq!(
            second,
            Hint {
                topic: Topic::Chats,
                ids: vec![id(1), id(2)]
            }
        );
        assert!(
            watch.hints.try_recv().is_err(),
            "nothing of another tenant, and nothing twice"
        );
        assert_eq!(live.watch(tenant(1)).seq, 2);
    }

    #[tokio::test]
    async fn many_ids_and_no_ids_mean_everything() {
        let live = Live::default();
        let mut watch = live.watch(tenant(1));
        live.changed(tenant(1), Topic::Wallet, []);
        live.changed(tenant(1), Topic::Requests, (0..300).map(id));
        for topic in [Topic::Requests, Topic::Wallet] {
            assert_eq!(
                watch.hints.recv().await.unwrap(),
                Hint {
                    topic,
                    ids: Vec::new()
                }
            );
        }
    }

    #[tokio::test]
    async fn who_is_too_slow_learns_it() {
        let live = Live::default();
        let mut watch = live.watch(tenant(1));
        for n in 0..200 {
            live.changed(tenant(1), Topic::Chats, [id(n)]);
            live.tell(tenant(1));
        }
        assert!(matches!(
            watch.hints.recv().await,
            Err(broadcast::error::RecvError::Lagged(_))
        ));
        assert!(watch.hints.recv().await.is_ok(), "and goes on from there");
    }

    #[tokio::test]
    async fn nobody_watching_costs_nothing() {
        let live = Live::default();
        drop(live.watch(tenant(1)));
        live.changed(tenant(1), Topic::Chats, [id(1)]);
        assert!(live.lock().is_empty());
    }
}
