//! Panels.

use std::time::Duration;

use clap::Subcommand;
use switchboard_integrations::panel::{KeyReport, PanelKind};
use switchboard_tenant::panels::{self, NewPanel};

use super::{
    output::{Output, read_secret, table},
    tenant::scope,
};
use crate::wiring::Installation;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Connect a panel; its key is tried first, without side effects.
    Connect {
        #[arg(long)]
        tenant: String,
        /// Shown to you and in providers' groups.
        #[arg(long)]
        name: String,
        #[arg(long)]
        url: String,
        /// File with the API key; `-` reads standard input.
        #[arg(long)]
        key_file: String,
        /// `perfect_panel_admin_v2`, `rental_panel_admin_v1` or `user_api_v2`; found out if absent.
        #[arg(long)]
        kind: Option<PanelKind>,
        /// The panel's time zone, for kinds that do not tell it.
        #[arg(long, default_value = "UTC")]
        time_zone: String,
        /// Least milliseconds between two calls.
        #[arg(long)]
        min_gap_ms: Option<u64>,
    },
    /// Say what the stored key can and cannot do.
    Test {
        #[arg(long)]
        tenant: String,
        #[arg(long)]
        name: String,
    },
    /// All panels of a tenant.
    List {
        #[arg(long)]
        tenant: String,
    },
}

pub async fn run(app: &Installation, out: &Output, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Connect {
            tenant,
            name,
            url,
            key_file,
            kind,
            time_zone,
            min_gap_ms,
        } => {
            let scope = scope(app, &tenant).await?;
            let key = read_secret(&key_file)?;
            out.progress("trying the key");
            let min_gap = min_gap_ms.map(Duration::from_millis);
            let new = NewPanel {
                name: &name,
                url: &url,
                key,
                kind,
                time_zone: &time_zone,
                min_gap,
            };
            let panel = panels::connect(&app.hub, &scope, new).await?;
            out.answer(&panel, || {
                let mut lines = vec![format!("{} is connected: {}", panel.name, panel.id)];
                lines.extend(words(&panel.report));
                lines
            })
        }
        Command::Test { tenant, name } => {
            let report = panels::test(&app.hub, &scope(app, &tenant).await?, &name).await?;
            out.answer(&report, || words(&report))?;
            anyhow::ensure!(report.works, "the key does not work");
            Ok(())
        }
        Command::List { tenant } => {
            let panels = panels::list(&app.hub, &scope(app, &tenant).await?).await?;
            let json: Vec<_> = panels
                .iter()
                .map(|panel| {
                    serde_json::json!({
                        "id": switchboard_domain::id::PanelId::from_uuid(panel.id), "name": panel.name, "kind": panel.kind,
                        "url": panel.base_url, "min_gap_ms": panel.min_gap_ms, "time_zone": panel.time_zone,
                    })
                })
                .collect();
            out.answer(&json, || {
                let rows: Vec<Vec<String>> = panels
                    .iter()
                    .map(|panel| {
                        vec![
                            panel.name.clone(),
                            panel.kind.clone(),
                            panel.base_url.clone(),
                            format!("{} ms", panel.min_gap_ms),
                        ]
                    })
                    .collect();
                table(&["name", "kind", "address", "pace"], &rows)
            })
        }
    }
}

pub fn words(report: &KeyReport) -> Vec<String> {
    let mut lines = vec![report.summary.clone()];
    lines.extend(report.can.iter().map(|can| format!("  can     {can}")));
    lines.extend(report.cannot.iter().map(|cannot| format!("  cannot  {cannot}")));
    lines.extend(report.fix.iter().map(|fix| fix.to_string()));
    lines
}
