//! Hints after changes that came through the API: what was changed under a path is looked at again by whoever shows it.
//!
//! Use cases that know better which ids they changed give their hints themselves; their areas are not listed here.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use switchboard_domain::id::TenantId;
use switchboard_tenant::live::Topic;
use uuid::Uuid;

use crate::App;

pub(crate) async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let changes = (!request.method().is_safe())
        .then(|| area(request.uri().path()))
        .flatten();
    let response = next.run(request).await;
    if let Some((tenant, topics)) = changes
        && response.status().is_success()
    {
        for topic in topics {
            app.hub.live.changed(tenant, *topic, []);
        }
    }
    response
}

/// The tenant of a path, and the topics that a change there touches.
fn area(path: &str) -> Option<(TenantId, &'static [Topic])> {
    let rest = path.strip_prefix("/api/v1/tenants/")?;
    let (tenant, rest) = rest.split_once('/')?;
    let tenant = Uuid::try_parse(tenant).ok()?;
    let topics: &[Topic] = match rest.split('/').next()? {
        "requests" => &[Topic::Requests],
        "panels" => &[Topic::Panels, Topic::Setup],
        "providers" => &[Topic::Providers, Topic::Setup],
        "customers" => &[Topic::Customers, Topic::Setup],
        "identities" => &[Topic::Customers, Topic::Chats],
        "wallet" => &[Topic::Wallet, Topic::Requests],
        "settings" => &[Topic::Channels, Topic::Wallet],
        "test-room" => &[Topic::Setup],
        _ => return None,
    };
    Some((TenantId::from_uuid(tenant), topics))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_what_it_changes() {
        let t = "01935f1c-0000-7000-8000-000000000001";
        for (path, first) in [
            (
                format!("/api/v1/tenants/{t}/requests/actions"),
                Some(Topic::Requests),
            ),
            (format!("/api/v1/tenants/{t}/panels"), Some(Topic::Panels)),
            (
                format!("/api/v1/tenants/{t}/customers/import"),
                Some(Topic::Customers),
            ),
            (format!("/api/v1/tenants/{t}/chats/7/read"), None),
            (format!("/api/v1/tenants/{t}"), None),
            ("/api/v1/tenants/x/panels".to_owned(), None),
            ("/api/v1/me".to_owned(), None),
        ] {
            let found = area(&path).map(|(_, topics)| topics[0]);
            assert_eq!(found, first, "{path}");
        }
    }
}
