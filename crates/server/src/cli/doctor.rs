//! `switchboard doctor`: what works, what does not, and what to do about it.

use serde::Serialize;
use switchboard_tenant::panels;

use super::{output::Output, panel::words};
use crate::{
    config::Config,
    wiring::{Installation, Opener},
};

#[derive(Serialize)]
struct Check {
    what: String,
    fine: bool,
    found: String,
    to_do: String,
}

fn check(what: impl Into<String>, fine: bool, found: impl Into<String>, to_do: &str) -> Check {
    Check {
        what: what.into(),
        fine,
        found: found.into(),
        to_do: if fine { String::new() } else { to_do.to_owned() },
    }
}

pub async fn run(config: Config, out: &Output) -> anyhow::Result<()> {
    let mut checks = Vec::new();
    let public = !config.http.public_url.is_empty();
    checks.push(check(
        "receiving",
        true,
        if public {
            format!("webhooks under {}", config.http.public_url)
        } else {
            "chat networks are polled".to_owned()
        },
        "",
    ));
    let loose = !config.outbound.allow.is_empty();
    checks.push(check(
        "outbound calls",
        true,
        if loose {
            format!("private addresses allowed: {}", config.outbound.allow.join(", "))
        } else {
            "public addresses only".to_owned()
        },
        "",
    ));
    match Installation::open(config, Opener::Command).await {
        Err(error) => checks.push(check(
            "database and keys",
            false,
            format!("{error:#}"),
            "mend what the message names, then run this again",
        )),
        Ok(app) => {
            installed(&app, &mut checks).await;
            app.close().await;
        }
    }
    let broken = checks.iter().filter(|check| !check.fine).count();
    out.answer(&checks, || {
        let mut lines = Vec::new();
        for check in &checks {
            lines.push(format!(
                "{}  {}: {}",
                if check.fine { "ok  " } else { "FAIL" },
                check.what,
                check.found
            ));
            if !check.to_do.is_empty() {
                lines.push(format!("      {}", check.to_do));
            }
        }
        lines
    })?;
    anyhow::ensure!(broken == 0, "{broken} thing(s) need attention");
    Ok(())
}

async fn installed(app: &Installation, checks: &mut Vec<Check>) {
    match app.db.ping().await {
        Ok(version) => checks.push(check(
            "database",
            true,
            format!("{}, server version {version}", app.database),
            "",
        )),
        Err(error) => checks.push(check(
            "database",
            false,
            error.to_string(),
            "see whether the server runs",
        )),
    }
    checks.push(check(
        "keys",
        true,
        format!(
            "every sealed row has its key; back {} up apart from the database",
            app.config.keys_dir().display()
        ),
        "",
    ));
    match app.queue.stats().await {
        Ok(stats) => checks.push(check(
            "queue",
            stats.stuck.is_empty() && stats.dead == 0,
            format!(
                "{} waiting, {} running, {} dead, {} stuck",
                stats.depth,
                stats.running,
                stats.dead,
                stats.stuck.len()
            ),
            "`switchboard jobs dead` and `switchboard jobs stats` say which; `jobs replay` tries again",
        )),
        Err(error) => checks.push(check("queue", false, error.to_string(), "see the database")),
    }
    let tenants = match app.tenants.list().await {
        Ok(tenants) => tenants,
        Err(error) => return checks.push(check("tenants", false, error.to_string(), "see the database")),
    };
    checks.push(check("tenants", true, format!("{}", tenants.len()), ""));
    for tenant in tenants {
        if let Some(error) = &tenant.migration_error {
            checks.push(check(
                format!("schema of {}", tenant.name),
                false,
                error.clone(),
                "mend it, then `switchboard migrate`",
            ));
        }
        let Ok(Some(scope)) = app.db.scope_for_operator(tenant.id.into()).await else {
            continue;
        };
        let Ok(mut tx) = app.db.begin(&scope).await else {
            continue;
        };
        let wallet = tx.wallet().discrepancy().await;
        let accounts = tx.accounts().list().await.unwrap_or_default();
        drop(tx);
        if let Ok(off) = wallet {
            checks.push(check(
                format!("ledger of {}", tenant.name),
                off == 0,
                if off == 0 {
                    "adds up".to_owned()
                } else {
                    format!("off by {off} micro-credits")
                },
                "do not edit it by hand; compare `switchboard credits show` with the messages of that time",
            ));
        }
        for account in accounts {
            let fine = !matches!(account.state.as_str(), "logged_out");
            checks.push(check(
                format!("bot {} of {}", account.name, tenant.name),
                fine,
                format!("{} {}", account.state, account.state_text),
                "get a new token from @BotFather and run `switchboard bot connect` again",
            ));
        }
        for panel in panels::list(&app.hub, &scope).await.unwrap_or_default() {
            let what = format!("panel {} of {}", panel.name, tenant.name);
            match panels::test(&app.hub, &scope, &panel.name).await {
                Ok(report) => checks.push(check(
                    what,
                    report.works,
                    words(&report).remove(0),
                    report.fix.unwrap_or("see `switchboard panel test`"),
                )),
                Err(error) => checks.push(check(
                    what,
                    false,
                    error.to_string(),
                    "see `switchboard panel test`",
                )),
            }
        }
    }
}
