//! `POST /api/v1/tenants/{tenant}/customers/import/preview`

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use switchboard_tenant::{
    customer_book::{self, Preview},
    customer_import::Kind,
};
use utoipa::ToSchema;

use crate::{App, Json, Permit, Problem, TenantPath, TenantScope, may};

/// How many lines of each sort are shown.
const SHOWN: usize = 200;
const REJECTED_SHOWN: usize = 1_000;

#[derive(Deserialize, ToSchema)]
pub struct CustomerFile {
    /// The file's text: columns customer, panel, username, telegram_id, order_id in any order; at most 5 MB and 50,000 lines.
    csv: String,
}

/// What an import would do. Nothing is saved yet.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportPreview {
    /// Ties what is saved to what was shown.
    pub digest: String,
    pub adds: usize,
    pub changes: usize,
    pub same: usize,
    /// Lines that are left out, the first thousand.
    pub rejected: Vec<RejectedLine>,
    /// Changes first, then what is new, then what is there already.
    pub sample: Vec<ImportLine>,
    /// Columns that were recognised.
    pub columns: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RejectedLine {
    pub line: usize,
    pub text: String,
    pub why: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ImportLine {
    pub line: usize,
    pub name: String,
    pub before: Option<String>,
    pub after: String,
    pub kind: ImportKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    Change,
    Add,
    Same,
}

impl From<Kind> for ImportKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Add => Self::Add,
            Kind::Change => Self::Change,
            Kind::Same => Self::Same,
        }
    }
}

impl From<Preview> for ImportPreview {
    fn from(preview: Preview) -> Self {
        let plan = preview.plan;
        let of = |kind: Kind| {
            let effects = plan.effects.iter().filter(move |effect| effect.kind == kind);
            effects.take(SHOWN).map(|effect| ImportLine {
                line: effect.line,
                name: effect.name.clone(),
                before: effect.before.clone(),
                after: effect.after.clone(),
                kind: effect.kind.into(),
            })
        };
        Self {
            digest: plan.digest(),
            adds: plan.count(Kind::Add),
            changes: plan.count(Kind::Change),
            same: plan.count(Kind::Same),
            sample: of(Kind::Change)
                .chain(of(Kind::Add))
                .chain(of(Kind::Same))
                .collect(),
            rejected: plan
                .rejected
                .into_iter()
                .take(REJECTED_SHOWN)
                .map(|line| RejectedLine {
                    line: line.line,
                    text: line.text,
                    why: line.why,
                })
                .collect(),
            columns: preview.columns.into_iter().map(str::to_owned).collect(),
        }
    }
}

/// Look at what an import of customers would do. 413 above 5 MB.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/customers/import/preview", operation_id = "preview_customer_import",
    tag = "customers", security(("session" = [])), params(TenantPath), request_body = CustomerFile,
    responses((status = 200, body = ImportPreview)))]
pub async fn preview_customer_import(
    _permit: Permit<may::CustomersManage>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
    Json(input): Json<CustomerFile>,
) -> Result<Json<ImportPreview>, Problem> {
    let preview = customer_book::preview(&app.hub, &scope, &input.csv).await?;
    Ok(Json(preview.into()))
}
