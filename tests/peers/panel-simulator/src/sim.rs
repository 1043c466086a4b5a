//! Owns what all panels of one process share: the clock of the call log, the list of forbidden calls, the log file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;

use serde::Serialize;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::calls::Call;
use crate::model::Settings;
use crate::panel::Panel;
use crate::serve;

pub struct Sim {
    pub stop: CancellationToken,
    pub tasks: TaskTracker,
    started: Instant,
    host: IpAddr,
    log: Option<Mutex<File>>,
    panels: RwLock<Panels>,
    forbidden: Mutex<Vec<Forbidden>>,
}

#[derive(Default)]
struct Panels {
    open: BTreeMap<u64, Arc<Panel>>,
    last_id: u64,
}

#[derive(Clone, Serialize)]
pub struct Forbidden {
    pub panel: u64,
    pub panel_name: String,
    #[serde(flatten)]
    pub call: Call,
}

#[derive(Serialize)]
struct LogLine<'a> {
    panel: u64,
    panel_name: &'a str,
    #[serde(flatten)]
    call: &'a Call,
}

impl Sim {
    pub fn new(host: IpAddr, log: Option<File>) -> Self {
        Self {
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            started: Instant::now(),
            host,
            log: log.map(Mutex::new),
            panels: RwLock::default(),
            forbidden: Mutex::default(),
        }
    }

    pub fn at_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Opens a panel on a port of its own: real panels are different hosts.
    pub async fn open_panel(self: &Arc<Self>, settings: Settings) -> std::io::Result<Arc<Panel>> {
        let listener = TcpListener::bind(SocketAddr::new(self.host, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let panel = {
            let mut panels = self.panels.write().unwrap_or_else(PoisonError::into_inner);
            panels.last_id += 1;
            let id = panels.last_id;
            let panel = Arc::new(Panel::new(
                id,
                url,
                Arc::clone(self),
                self.stop.child_token(),
                settings,
            ));
            panels.open.insert(id, Arc::clone(&panel));
            panel
        };
        self.tasks.spawn(serve::run(Arc::clone(&panel), listener));
        Ok(panel)
    }

    /// Takes a panel off the network; its forbidden calls stay on the list.
    pub fn close_panel(&self, id: u64) -> bool {
        let closed = self
            .panels
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .open
            .remove(&id);
        closed.inspect(|panel| panel.stop.cancel()).is_some()
    }

    pub fn panel(&self, id: u64) -> Option<Arc<Panel>> {
        self.panels
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .open
            .get(&id)
            .cloned()
    }

    pub fn panels(&self) -> Vec<Arc<Panel>> {
        self.panels
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .open
            .values()
            .cloned()
            .collect()
    }

    pub fn forbid(&self, panel: u64, name: &str, call: Call) {
        eprintln!(
            "panel-simulator: forbidden call on panel {panel}: {} {} {}",
            call.method, call.path, call.action
        );
        self.forbidden_list().push(Forbidden {
            panel,
            panel_name: name.to_owned(),
            call,
        });
    }

    pub fn forbidden(&self) -> Vec<Forbidden> {
        self.forbidden_list().clone()
    }

    fn forbidden_list(&self) -> MutexGuard<'_, Vec<Forbidden>> {
        self.forbidden.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One JSON line per finished call; a full disk must not change what the panels answer.
    pub fn write_log(&self, panel: u64, panel_name: &str, call: &Call) {
        let Some(log) = &self.log else { return };
        if let Ok(mut line) = serde_json::to_vec(&LogLine {
            panel,
            panel_name,
            call,
        }) {
            line.push(b'\n');
            let _ = log
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .write_all(&line);
        }
    }
}
