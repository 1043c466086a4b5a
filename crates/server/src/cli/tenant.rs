//! Tenants, their credits and settings.

use anyhow::Context;
use clap::Subcommand;
use switchboard_domain::{credit::Credits, id::TenantId};
use switchboard_platform::{Actor, credits as platform_credits};
use switchboard_store::TenantScope;
use switchboard_tenant::settings as tenant_settings;

use super::output::{Output, table};
use crate::wiring::Installation;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a tenant and wait until it can be used.
    Create { name: String },
    /// All tenants.
    List,
    /// Stop everything that a tenant's bots do, within a second.
    Suspend {
        /// Name or id.
        tenant: String,
        #[arg(long)]
        reason: String,
    },
    /// Undo a suspension.
    Reinstate {
        tenant: String,
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum CreditsCommand {
    /// Add credits; a negative amount deducts.
    Add {
        #[arg(long)]
        tenant: String,
        #[arg(allow_hyphen_values = true)]
        amount: Credits,
        #[arg(long)]
        reason: String,
    },
    /// Handle the messages that were kept for lack of credit; old ones are asked about instead of acted on.
    Replay {
        #[arg(long)]
        tenant: String,
    },
    /// Say how many credits a new tenant starts with.
    Trial { amount: Credits },
    /// What is left, and where it went.
    Show {
        #[arg(long)]
        tenant: String,
        #[arg(long, default_value_t = 20)]
        limit: i64,
    },
}

#[derive(Debug, Subcommand)]
pub enum SettingsCommand {
    /// Every document of a tenant (texts, rules, reply_style, prices, abuse) as it counts now.
    Show {
        #[arg(long)]
        tenant: String,
    },
    /// Replace one document with the JSON of a file (`-`: standard input); it is checked first.
    Set {
        #[arg(long)]
        tenant: String,
        document: String,
        #[arg(long)]
        file: String,
    },
    /// One reply per order (`per-order`), grouped by outcome (`grouped`), or per order up to five (`auto`).
    ReplyStyle {
        #[arg(long)]
        tenant: String,
        style: String,
    },
}

/// The scope of a tenant that is named on the command line.
pub async fn scope(app: &Installation, tenant: &str) -> anyhow::Result<TenantScope> {
    let id = app
        .tenants
        .resolve(tenant)
        .await
        .with_context(|| format!("tenant `{tenant}`"))?;
    app.db
        .scope_for_operator(id)
        .await?
        .context("this tenant is still being made: `switchboard tenant create` goes on with it")
}

pub async fn run(app: &Installation, out: &Output, command: Command) -> anyhow::Result<()> {
    let actor = Actor::operator();
    match command {
        Command::Create { name } => {
            // A creation that was cut off goes on under the same name.
            let id = match app.tenants.resolve(&name).await {
                Ok(id) if app.tenants.get(id).await?.state == "provisioning" => id,
                _ => app.tenants.create(&actor, &name).await?,
            };
            app.tenants.provision(id, &|step| out.progress(step)).await?;
            let row = app.tenants.get(id).await?;
            let answer = serde_json::json!({ "id": id, "name": row.name, "state": row.state });
            out.answer(&answer, || vec![format!("{} is ready: {id}", row.name)])
        }
        Command::List => {
            let rows = app.tenants.list().await?;
            let json: Vec<serde_json::Value> = rows
                .iter()
                .map(|row| {
                    serde_json::json!({
                        "id": TenantId::from_uuid(row.id), "name": row.name, "state": row.state, "reason": row.state_reason,
                        "step": row.provision_step, "created_at": row.created_at, "migration_error": row.migration_error,
                    })
                })
                .collect();
            out.answer(&json, || {
                let cells: Vec<Vec<String>> = rows
                    .iter()
                    .map(|row| {
                        let note = row
                            .migration_error
                            .clone()
                            .unwrap_or_else(|| format!("{}{}", row.state_reason, row.provision_step));
                        vec![
                            row.name.clone(),
                            row.state.clone(),
                            TenantId::from_uuid(row.id).to_string(),
                            note,
                        ]
                    })
                    .collect();
                if cells.is_empty() {
                    return vec!["There is no tenant yet: switchboard tenant create \"My shop\"".to_owned()];
                }
                table(&["name", "state", "id", "note"], &cells)
            })
        }
        Command::Suspend { tenant, reason } => {
            let id = app.tenants.resolve(&tenant).await?;
            app.tenants.suspend(&actor, id, &reason).await?;
            out.answer(&serde_json::json!({ "id": id, "state": "suspended" }), || {
                vec![format!("{tenant} is suspended")]
            })
        }
        Command::Reinstate { tenant, reason } => {
            let id = app.tenants.resolve(&tenant).await?;
            app.tenants.reinstate(&actor, id, &reason).await?;
            out.answer(&serde_json::json!({ "id": id, "state": "active" }), || {
                vec![format!("{tenant} is active again")]
            })
        }
    }
}

pub async fn credits(app: &Installation, out: &Output, command: CreditsCommand) -> anyhow::Result<()> {
    match command {
        CreditsCommand::Add {
            tenant,
            amount,
            reason,
        } => {
            let id = app.tenants.resolve(&tenant).await?;
            let after = platform_credits::add(&app.db, &Actor::operator(), id, amount, &reason).await?;
            out.answer(
                &serde_json::json!({ "id": id, "balance": after.to_string() }),
                || vec![format!("{tenant} has {after} credits")],
            )
        }
        CreditsCommand::Replay { tenant } => {
            let replayed =
                switchboard_tenant::replay::held(&app.hub, &scope(app, &tenant).await?, "operator").await?;
            out.answer(&serde_json::json!({ "replayed": replayed }), || {
                vec![format!("{replayed} message(s) are handled again")]
            })
        }
        CreditsCommand::Trial { amount } => {
            app.tenants.set_trial(&Actor::operator(), amount).await?;
            out.answer(&serde_json::json!({ "trial": amount.to_string() }), || {
                vec![format!("new tenants start with {amount} credits")]
            })
        }
        CreditsCommand::Show { tenant, limit } => {
            let scope = scope(app, &tenant).await?;
            let mut tx = app.db.begin(&scope).await?;
            let balance = tx.wallet().balance().await?;
            let lines = tx.wallet().ledger(limit.clamp(1, 1000)).await?;
            let off = tx.wallet().discrepancy().await?;
            let answer = serde_json::json!({
                "balance": balance.balance.to_string(), "held": balance.held.to_string(), "discrepancy_micros": off, "ledger": lines,
            });
            out.answer(&answer, || {
                let cells: Vec<Vec<String>> = lines
                    .iter()
                    .map(|line| {
                        vec![
                            line.at.format("%F %T").to_string(),
                            line.kind.clone(),
                            amount(line.amount),
                            amount(line.balance_after),
                            line.reason.clone(),
                        ]
                    })
                    .collect();
                let mut text = vec![format!(
                    "{} credits, {} held for messages on their way",
                    balance.balance, balance.held
                )];
                if off != 0 {
                    text.push(format!("the ledger does not add up: {off} micro-credits"));
                }
                text.extend(table(
                    &["at (UTC)", "what", "amount", "balance", "reason"],
                    &cells,
                ));
                text
            })
        }
    }
}

fn amount(micros: i64) -> String {
    Credits::from_micros(micros).to_string()
}

pub async fn settings(app: &Installation, out: &Output, command: SettingsCommand) -> anyhow::Result<()> {
    match command {
        SettingsCommand::Show { tenant } => {
            let documents = tenant_settings::documents(&app.hub, &scope(app, &tenant).await?).await?;
            let lines = serde_json::to_string_pretty(&documents)?;
            out.answer(&documents, || vec![lines])
        }
        SettingsCommand::Set {
            tenant,
            document,
            file,
        } => {
            let text = if file == "-" {
                std::io::read_to_string(std::io::stdin())?
            } else {
                std::fs::read_to_string(&file)?
            };
            let value = serde_json::from_str(&text).with_context(|| format!("{file} is not JSON"))?;
            tenant_settings::set_document(&app.hub, &scope(app, &tenant).await?, &document, value).await?;
            out.answer(&serde_json::json!({ "set": document }), || {
                vec![format!("{document} is set")]
            })
        }
        SettingsCommand::ReplyStyle { tenant, style } => {
            let scope = scope(app, &tenant).await?;
            let style = tenant_settings::style_from_word(&style)?;
            tenant_settings::set_reply_style(&app.hub, &scope, &style).await?;
            out.answer(&serde_json::json!({ "reply_style": style }), || {
                vec!["set".to_owned()]
            })
        }
    }
}

pub async fn migrate(app: &Installation, out: &Output) -> anyhow::Result<()> {
    let report = app
        .db
        .migrate_fleet(&|done, all| {
            if done == all || done % 100 == 0 {
                out.progress(&format!("{done} of {all} tenants"));
            }
        })
        .await?;
    out.answer(&report, || {
        let mut lines = vec![format!(
            "{} tenants: {} migrated, {} were up to date",
            report.tenants, report.migrated, report.up_to_date
        )];
        for broken in &report.broken {
            lines.push(format!(
                "{} ({}) was passed over: {}",
                broken.name, broken.tenant, broken.error
            ));
        }
        lines
    })?;
    anyhow::ensure!(
        report.broken.is_empty(),
        "{} tenant(s) could not be migrated; mend them and run this again",
        report.broken.len()
    );
    Ok(())
}
