//! Reading many orders where the panel lists what it found: what absence means, and what to do when the panel balks.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use switchboard_domain::order::{MAX_ORDERS, OrderId, OrderLookup};

use super::{MAX_IDS, PanelError};

const _: () = assert!(MAX_IDS == MAX_ORDERS);

/// How often one read may go out when the panel balks at its size.
const MAX_CALLS: usize = 8;
/// Above this many ids an absent *tail* may be the panel's own silent limit.
const SILENT_LIMIT_FROM: usize = 20;

/// What one call brought.
pub(super) enum Piece {
    Listed(Listed),
    /// The panel did not take these ids together. For a single id the answer is the given one.
    Balked(OrderLookup),
}

/// The entries of a list, sorted by the ids that were asked.
pub(super) struct Listed {
    asked: HashSet<OrderId>,
    pub found: HashMap<OrderId, OrderLookup>,
    /// Entries that nobody asked for, or without an id: the panel did not filter, so absence proves nothing.
    strange: usize,
    /// Found, but with less than a single read would tell.
    pub thin: Vec<OrderId>,
    /// Whether the panel may have had more to say than the list holds.
    pub cut: bool,
}

impl Listed {
    pub fn of(asked: &[OrderId]) -> Self {
        Self {
            asked: asked.iter().cloned().collect(),
            found: HashMap::new(),
            strange: 0,
            thin: Vec::new(),
            cut: false,
        }
    }

    /// The id that was asked for, if this is one.
    pub fn asked(&mut self, id: Option<String>) -> Option<OrderId> {
        let id = id
            .and_then(|id| OrderId::new(id).ok())
            .filter(|id| self.asked.contains(id));
        self.strange += usize::from(id.is_none());
        id
    }

    pub fn add(&mut self, id: OrderId, lookup: OrderLookup) {
        match self.found.get(&id) {
            Some(known) if *known != lookup => {
                let twice =
                    OrderLookup::Unreadable("the panel answered twice for it, differently".to_owned());
                self.found.insert(id, twice);
            }
            Some(_) => {}
            None => drop(self.found.insert(id, lookup)),
        }
    }
}

#[async_trait]
pub(super) trait BulkRead: Sync {
    async fn ask(&self, ids: &[OrderId]) -> Result<Piece, PanelError>;
}

/// Reads up to [`MAX_IDS`] orders, halving where the panel balks, within a bounded number of calls.
///
/// An id absent from a list does not exist *if* the list can be believed: it is not cut, and holds nothing that was not
/// asked for. An absent tail of a long list is asked for once more, since a panel may stop reading ids silently.
pub(super) async fn read(
    reader: &dyn BulkRead,
    ids: &[OrderId],
) -> Result<HashMap<OrderId, OrderLookup>, PanelError> {
    let (ids, beyond) = ids.split_at(ids.len().min(MAX_IDS));
    let mut result: HashMap<OrderId, OrderLookup> = beyond
        .iter()
        .map(|id| (id.clone(), unreadable("not asked: too many orders in one call")))
        .collect();
    let mut pieces: Vec<Vec<OrderId>> = Vec::new();
    if !ids.is_empty() {
        pieces.push(ids.to_vec());
    }
    let mut calls = 0;
    while let Some(piece) = pieces.pop() {
        if calls == MAX_CALLS {
            result.extend(
                piece
                    .into_iter()
                    .map(|id| (id, unreadable("the panel refuses to read several orders at once"))),
            );
            continue;
        }
        calls += 1;
        match reader.ask(&piece).await? {
            Piece::Balked(_) if piece.len() > 1 => {
                let (first, second) = piece.split_at(piece.len() / 2);
                pieces.push(second.to_vec());
                pieces.push(first.to_vec());
            }
            Piece::Balked(lookup) => result.extend(piece.into_iter().map(|id| (id, lookup.clone()))),
            Piece::Listed(mut listed) => {
                let believable = listed.strange == 0 && !listed.cut;
                let absent: Vec<OrderId> = piece
                    .iter()
                    .filter(|id| !listed.found.contains_key(*id))
                    .cloned()
                    .collect();
                let tail = !absent.is_empty() && absent.len() < piece.len() && piece.ends_with(&absent);
                if believable && tail && piece.len() > SILENT_LIMIT_FROM {
                    pieces.push(absent);
                } else {
                    let absent = absent.into_iter().map(|id| {
                        let missing = if believable {
                            OrderLookup::NotFound
                        } else {
                            unreadable("missing from the panel's answer")
                        };
                        (id, missing)
                    });
                    result.extend(absent);
                }
                result.extend(listed.found.drain());
            }
        }
    }
    Ok(result)
}

pub(super) fn unreadable(why: &str) -> OrderLookup {
    OrderLookup::Unreadable(why.to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Knows ids below `known`, reads at most `limit` of a call, balks above `balks`.
    struct Peer {
        known: usize,
        limit: usize,
        balks: usize,
        calls: Mutex<Vec<usize>>,
    }

    #[async_trait]
    impl BulkRead for Peer {
        async fn ask(&self, ids: &[OrderId]) -> Result<Piece, PanelError> {
            self.calls.lock().unwrap().push(ids.len());
            if ids.len() > self.balks {
                return Ok(Piece::Balked(unreadable("balked")));
            }
            let mut listed = Listed::of(ids);
            for id in ids
                .iter()
                .take(self.limit)
                .filter(|id| id.as_str().parse::<usize>().unwrap() < self.known)
            {
                listed.add(id.clone(), unreadable("found"));
            }
            Ok(Piece::Listed(listed))
        }
    }

    async fn run(known: usize, limit: usize, balks: usize, asked: usize) -> ([usize; 3], Vec<usize>) {
        let peer = Peer {
            known,
            limit,
            balks,
            calls: Mutex::default(),
        };
        let ids: Vec<OrderId> = (0..asked).map(|n| OrderId::new(n.to_string()).unwrap()).collect();
        let result = read(&peer, &ids).await.unwrap();
        assert_eq!(result.len(), asked);
        let count = |want: &OrderLookup| result.values().filter(|lookup| *lookup == want).count();
        let found = count(&unreadable("found"));
        let absent = count(&OrderLookup::NotFound);
        (
            [found, absent, asked - found - absent],
            peer.calls.into_inner().unwrap(),
        )
    }

    #[tokio::test]
    async fn absence_silent_limits_and_balking() {
        assert_eq!(run(10, 100, 100, 10).await, ([10, 0, 0], vec![10]));
        assert_eq!(run(7, 100, 100, 10).await, ([7, 3, 0], vec![10]));
        assert_eq!(run(0, 100, 100, 10).await, ([0, 10, 0], vec![10]));
        // Reads 40 of a call without saying so.
        assert_eq!(run(100, 40, 100, 100).await, ([100, 0, 0], vec![100, 60, 20]));
        // The tail that truly does not exist costs one more call.
        assert_eq!(run(90, 100, 100, 100).await, ([90, 10, 0], vec![100, 10]));
        assert_eq!(run(100, 100, 50, 100).await, ([100, 0, 0], vec![100, 50, 50]));
        // A panel that takes one at a time is not hammered.
        let ([found, _, unread], calls) = run(100, 100, 1, 100).await;
        assert_eq!((calls.len(), found + unread), (MAX_CALLS, 100));
        assert_eq!(run(200, 200, 200, 130).await, ([100, 0, 30], vec![100]));
    }

    #[tokio::test]
    async fn a_list_with_strangers_proves_no_absence() {
        struct Unfiltered;
        #[async_trait]
        impl BulkRead for Unfiltered {
            async fn ask(&self, ids: &[OrderId]) -> Result<Piece, PanelError> {
                let mut listed = Listed::of(ids);
                assert_eq!(listed.asked(Some("999".into())), None);
                Ok(Piece::Listed(listed))
            }
        }
        let id = OrderId::new("1").unwrap();
        let result = read(&Unfiltered, std::slice::from_ref(&id)).await.unwrap();
        assert!(matches!(result[&id], OrderLookup::Unreadable(_)));
    }
}
