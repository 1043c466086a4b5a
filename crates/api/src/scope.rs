//! Into which tenant a request goes.

use std::{ops::Deref, sync::Arc};

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};
use serde::Deserialize;
use switchboard_domain::id::TenantId;
use switchboard_store::Entry;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{App, Caller, Code, Problem};

/// Proof that the caller is a member of the tenant in the path. Made from a request and in no other way:
///
/// ```compile_fail
/// fn forged(scope: switchboard_store::TenantScope) -> switchboard_api::TenantScope {
///     switchboard_api::TenantScope(scope)
/// }
/// ```
///
/// 401 without a session; 404 for a tenant that is not theirs or not there; 403 `account-suspended` for members of a
/// suspended one; 409 while its tables are still being made.
#[derive(Debug, Clone)]
pub struct TenantScope(switchboard_store::TenantScope);

impl Deref for TenantScope {
    type Target = switchboard_store::TenantScope;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// For `params(TenantPath)` in an endpoint's notes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TenantPath {
    /// The tenant's id, from `GET /api/v1/me`.
    #[expect(dead_code, reason = "read by the documentation only")]
    tenant: Uuid,
}

/// The `{tenant}` of the path; `None`: the route has none, or it is no id.
async fn tenant_of(parts: &mut Parts, app: &Arc<App>) -> Option<TenantId> {
    let params = RawPathParams::from_request_parts(parts, app).await.ok()?;
    let text = params.iter().find(|(name, _)| *name == "tenant")?.1;
    Uuid::try_parse(text).ok().map(TenantId::from_uuid)
}

impl FromRequestParts<Arc<App>> for TenantScope {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        if let Some(scope) = parts.extensions.get::<Self>() {
            return Ok(scope.clone());
        }
        let caller = Caller::from_request_parts(parts, app).await?;
        let tenant = tenant_of(parts, app).await.ok_or_else(Problem::not_found)?;
        let scope = match app.db.scope_for_member(caller.who(), tenant).await? {
            Entry::Open(scope) => Self(scope),
            Entry::Suspended => return Err(Code::AccountSuspended.into()),
            Entry::Provisioning => return Err(Code::TenantProvisioning.into()),
            Entry::NotTheirs => return Err(Problem::not_found()),
        };
        app.limits.tenant(tenant)?;
        tracing::Span::current().record("tenant.id", tracing::field::display(tenant));
        parts.extensions.insert(scope.clone());
        Ok(scope)
    }
}
