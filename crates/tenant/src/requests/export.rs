//! The list as a file, page by page, so that neither memory nor a connection is held for its whole length.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use futures_util::{Stream, stream};
use switchboard_domain::credit::Credits;
use switchboard_store::{StoreError, TenantScope, tenant::request_list::ListFilter};
use uuid::Uuid;

use super::{Listed, Wanted, listed, resolve};
use crate::{Hub, csv};

const PAGE: i64 = 500;

/// The first page is read before anything is answered, so that a database that is away is an error and no half file.
pub async fn export(
    hub: &Hub,
    scope: &TenantScope,
    wanted: Wanted,
) -> Result<impl Stream<Item = Result<String, StoreError>> + Send + 'static, StoreError> {
    let zone = hub.shops.get(&hub.db, scope).await?.general.zone();
    let filter = resolve(hub, scope, wanted).await?;
    let first = page(hub, scope, &filter, None).await?;
    let mut text = csv::line(&[
        &format!("time ({zone})"),
        "customer",
        "sender",
        "channel",
        "chat",
        "panel",
        "order",
        "command",
        "state",
        "what happened",
        "provider",
        "cost",
        "assigned to",
        "closed",
    ]);
    text.push_str(&lines(&first, zone));
    let state = (hub.clone(), scope.clone(), filter, behind(&first), Some(text));
    Ok(stream::try_unfold(
        state,
        move |(hub, scope, filter, after, text)| async move {
            if let Some(text) = text {
                return Ok(Some((text, (hub, scope, filter, after, None))));
            }
            let Some(after) = after else { return Ok(None) };
            let rows = page(&hub, &scope, &filter, Some(after)).await?;
            let next = behind(&rows);
            Ok((!rows.is_empty()).then(|| (lines(&rows, zone), (hub, scope, filter, next, None))))
        },
    ))
}

async fn page(
    hub: &Hub,
    scope: &TenantScope,
    filter: &ListFilter,
    after: Option<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<Listed>, StoreError> {
    let mut tx = hub.db.begin(scope).await?;
    let rows = tx.request_list().page(filter, after, PAGE).await?;
    drop(tx);
    listed(hub, scope, rows).await
}

/// Where the next page begins; `None` after the last.
fn behind(rows: &[Listed]) -> Option<(DateTime<Utc>, Uuid)> {
    let full = i64::try_from(rows.len()).is_ok_and(|n| n == PAGE);
    rows.last()
        .filter(|_| full)
        .map(|listed| (listed.row.created_at, listed.row.id))
}

fn lines(rows: &[Listed], zone: Tz) -> String {
    let time = |at: DateTime<Utc>| at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string();
    let mut text = String::new();
    for listed in rows {
        let row = &listed.row;
        text.push_str(&csv::line(&[
            &time(row.created_at),
            row.customer.as_deref().unwrap_or(""),
            &row.sender,
            &row.channel,
            &row.chat_title,
            row.panel.as_deref().unwrap_or(""),
            &row.order_id,
            &row.command,
            listed.state.as_str(),
            &listed.sentence,
            row.provider_alias.as_deref().unwrap_or(""),
            &Credits::from_micros(row.cost).to_string(),
            listed.assignee.as_ref().map_or("", |person| &person.username),
            &row.closed_at.map(time).unwrap_or_default(),
        ]));
    }
    text
}
