//! The open desks of this process, one per panel and settings.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use switchboard_domain::id::PanelId;
use tokio::time::Instant;

use super::{Panel, PanelDesk};

/// Registry of desks. A desk that nobody used for a while is dropped, its connections with it.
pub struct PanelDesks {
    idle_after: Duration,
    open: Mutex<HashMap<PanelId, Entry>>,
}

struct Entry {
    version: i64,
    desk: PanelDesk,
    used: Instant,
}

impl Entry {
    fn serves(&self, version: i64) -> bool {
        self.version >= version && self.desk.is_open()
    }
}

impl Default for PanelDesks {
    fn default() -> Self {
        Self::new(Duration::from_secs(600))
    }
}

impl PanelDesks {
    pub fn new(idle_after: Duration) -> Self {
        Self {
            idle_after,
            open: Mutex::default(),
        }
    }

    /// The open desk of a panel. `version` counts changes of its settings; `None` if no desk with these (or newer)
    /// settings is open. Then open the sealed key and call [`Self::open`].
    pub fn get(&self, id: PanelId, version: i64) -> Option<PanelDesk> {
        let mut open = self.lock();
        let entry = open.get_mut(&id).filter(|entry| entry.serves(version))?;
        entry.used = Instant::now();
        Some(entry.desk.clone())
    }

    /// Opens a desk with new settings in place of the old one, which still finishes what it took. If somebody was faster,
    /// theirs is given.
    pub fn open(&self, id: PanelId, version: i64, panel: Arc<dyn Panel>) -> PanelDesk {
        let mut open = self.lock();
        if let Some(entry) = open.get_mut(&id).filter(|entry| entry.serves(version)) {
            entry.used = Instant::now();
            return entry.desk.clone();
        }
        let desk = PanelDesk::open(panel);
        open.retain(|_, entry| entry.used.elapsed() < self.idle_after);
        open.insert(
            id,
            Entry {
                version,
                desk: desk.clone(),
                used: Instant::now(),
            },
        );
        desk
    }

    /// Closes a panel's desk: the panel was removed.
    pub fn close(&self, id: PanelId) {
        self.lock().remove(&id);
    }

    pub fn len(&self) -> usize {
        self.lock().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<PanelId, Entry>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::fake::FakePanel;

    fn panel() -> Arc<dyn Panel> {
        Arc::new(FakePanel::admin())
    }

    fn id(number: u128) -> PanelId {
        PanelId::from_uuid(uuid::Uuid::from_u128(number))
    }

    #[tokio::test(start_paused = true)]
    async fn new_settings_replace_and_idle_desks_go() {
        let desks = PanelDesks::new(Duration::from_secs(60));
        assert!(desks.get(id(1), 1).is_none());
        let first = desks.open(id(1), 1, panel());
        assert!(first.same_as(&desks.get(id(1), 1).unwrap()));
        assert!(first.same_as(&desks.open(id(1), 1, panel())));
        assert!(desks.get(id(1), 2).is_none());
        let second = desks.open(id(1), 2, panel());
        assert!(!first.same_as(&second));
        // A job that still carries the old number gets the newer settings.
        assert!(second.same_as(&desks.get(id(1), 1).unwrap()));

        tokio::time::advance(Duration::from_secs(61)).await;
        desks.open(id(2), 1, panel());
        assert_eq!(desks.len(), 1);
        desks.close(id(2));
        assert!(desks.is_empty());
    }
}
