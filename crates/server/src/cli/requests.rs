//! Requests, and what of them needs a person.

use anyhow::Context;
use clap::{Args, Subcommand};
use switchboard_domain::id::{OutboxId, RequestId};
use switchboard_store::tenant::requests::{RequestFilter, RequestLine};

use super::{
    output::{Output, table},
    tenant::scope,
};
use crate::wiring::Installation;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Newest first.
    List {
        #[arg(long)]
        tenant: String,
        /// Only this order.
        #[arg(long)]
        order: Option<String>,
        #[arg(long, default_value_t = 50)]
        limit: i64,
        /// Go on after this request.
        #[arg(long)]
        before: Option<RequestId>,
    },
    /// Everything that happened to one request, with the reason of each decision.
    Show {
        #[arg(long)]
        tenant: String,
        request: RequestId,
    },
    /// Send a message again of which nobody knows whether it arrived (`staff-list` shows them).
    Resend {
        #[arg(long)]
        tenant: String,
        message: OutboxId,
    },
    /// A person has dealt with it: it may be asked for again after the cooldown.
    Close {
        #[arg(long)]
        tenant: String,
        request: RequestId,
    },
}

#[derive(Debug, Args)]
pub struct Staff {
    #[arg(long)]
    tenant: String,
    #[arg(long, default_value_t = 100)]
    limit: i64,
}

pub async fn run(app: &Installation, out: &Output, command: Command) -> anyhow::Result<()> {
    match command {
        Command::List {
            tenant,
            order,
            limit,
            before,
        } => {
            let filter = RequestFilter {
                staff_only: false,
                order,
                limit: limit.clamp(1, 1000),
                before,
            };
            list(app, out, &tenant, filter).await
        }
        Command::Show { tenant, request } => {
            let mut tx = app.db.begin(&scope(app, &tenant).await?).await?;
            let detail = tx
                .requests()
                .detail(request)
                .await?
                .context("there is no such request")?;
            out.answer(&detail, || {
                let mut lines = vec![
                    format!(
                        "{} {} of {}",
                        detail.command,
                        detail.order_id,
                        detail.customer.as_deref().unwrap_or("an unlinked sender")
                    ),
                    format!(
                        "  {}  received: {}",
                        detail.message_received_at.format("%F %T"),
                        detail.message_text.as_deref().unwrap_or("")
                    ),
                    format!(
                        "  {}  decided: {} ({})",
                        detail.created_at.format("%F %T"),
                        detail.outcome,
                        detail.why
                    ),
                ];
                if let Some(status) = &detail.order_status {
                    lines.push(format!(
                        "  order    {status} on {}",
                        detail.panel.as_deref().unwrap_or("")
                    ));
                }
                if let (Some(act), Some(state)) = (&detail.act, &detail.act_state) {
                    let evidence = detail.act_evidence.as_deref().unwrap_or("");
                    lines.push(format!(
                        "  panel    {act}: {state} after {} call(s) {evidence}",
                        detail.act_attempts
                    ));
                }
                if let (Some(text), Some(state)) = (&detail.forward_text, &detail.forward_state) {
                    let alias = detail.provider_alias.as_deref().unwrap_or("");
                    lines.push(format!(
                        "  forward  to {alias}, {state}: {}",
                        text.replace('\n', " / ")
                    ));
                }
                if let Some(reason) = &detail.staff_reason {
                    lines.push(format!("  staff    {reason}"));
                }
                lines
            })
        }
        Command::Resend { tenant, message } => {
            let sent =
                switchboard_tenant::send::resend(&app.hub, &scope(app, &tenant).await?, "operator", message)
                    .await?;
            anyhow::ensure!(sent, "there is no message of unknown fate with that id");
            out.answer(&serde_json::json!({ "queued": message }), || {
                vec!["it is sent again".to_owned()]
            })
        }
        Command::Close { tenant, request } => {
            let mut tx = app.db.begin(&scope(app, &tenant).await?).await?;
            let closed = tx.requests().close(request, app.db.clock().now()).await?;
            tx.audit()
                .append(
                    "operator",
                    "request.close",
                    &request.to_string(),
                    serde_json::json!({}),
                    app.db.clock().now(),
                )
                .await?;
            tx.commit().await?;
            anyhow::ensure!(closed, "there is no such request, or it is closed already");
            out.answer(&serde_json::json!({ "closed": request }), || {
                vec!["closed".to_owned()]
            })
        }
    }
}

pub async fn staff(app: &Installation, out: &Output, command: Staff) -> anyhow::Result<()> {
    let scope = scope(app, &command.tenant).await?;
    let mut tx = app.db.begin(&scope).await?;
    let filter = RequestFilter {
        staff_only: true,
        limit: command.limit.clamp(1, 1000),
        ..RequestFilter::default()
    };
    let requests = tx.requests().list(&filter).await?;
    let unknown = tx.outbox().unknown(command.limit.clamp(1, 1000)).await?;
    let held = tx.messages().held(1000).await?;
    let answer =
        serde_json::json!({ "requests": json(&requests), "unknown_sends": unknown, "held_for_credit": held });
    out.answer(&answer, || {
        let mut lines = rows(&requests, true);
        for send in &unknown {
            let text: String = send.text.chars().take(50).collect();
            lines.push(format!(
                "nobody knows whether {} got this {}: {text}",
                send.chat, send.purpose
            ));
        }
        if !held.is_empty() {
            lines.push(format!("{} message(s) wait for credit", held.len()));
        }
        lines
    })
}

async fn list(app: &Installation, out: &Output, tenant: &str, filter: RequestFilter) -> anyhow::Result<()> {
    let requests = app
        .db
        .begin(&scope(app, tenant).await?)
        .await?
        .requests()
        .list(&filter)
        .await?;
    out.answer(&json(&requests), || rows(&requests, false))
}

fn json(requests: &[RequestLine]) -> Vec<serde_json::Value> {
    let line = |request: &RequestLine| {
        let mut value = serde_json::json!(request);
        value["id"] = serde_json::json!(RequestId::from_uuid(request.id));
        value
    };
    requests.iter().map(line).collect()
}

fn rows(requests: &[RequestLine], staff: bool) -> Vec<String> {
    if requests.is_empty() {
        return vec![
            if staff {
                "Nothing needs a person."
            } else {
                "No requests yet."
            }
            .to_owned(),
        ];
    }
    let cells: Vec<Vec<String>> = requests
        .iter()
        .map(|r| {
            vec![
                r.created_at.format("%m-%d %T").to_string(),
                r.customer.clone().unwrap_or_default(),
                r.order_id.clone(),
                r.command.clone(),
                r.outcome.clone(),
                r.provider_alias.clone().unwrap_or_default(),
                if staff {
                    r.staff_reason.clone().unwrap_or_default()
                } else {
                    r.why.clone()
                },
                RequestId::from_uuid(r.id).to_string(),
            ]
        })
        .collect();
    table(
        &[
            "time", "customer", "order", "command", "outcome", "provider", "why", "id",
        ],
        &cells,
    )
}
