//! Leave to do one thing, visible in a handler's signature.

use std::{marker::PhantomData, sync::Arc};

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::request::Parts,
};
use switchboard_domain::{
    access::{DomainKind, Permission, PermissionSet, Role},
    id::UserId,
};
use switchboard_platform::{Actor, access::Domain};
use switchboard_store::{Membership, SignedIn};

use crate::{App, Caller, ClientIp, Code, Problem, TenantScope};

mod closed {
    pub trait Closed {}
}

/// A permission as a type.
pub trait Needs: closed::Closed + Send + Sync + 'static {
    const PERMISSION: Permission;
}

macro_rules! needs {
    ($($name:ident),* $(,)?) => {
        /// One type per permission, for [`Permit`].
        pub mod may {
            use super::{Needs, Permission, closed};
            $(
                #[derive(Debug, Clone, Copy)]
                pub enum $name {}
                impl closed::Closed for $name {}
                impl Needs for $name {
                    const PERMISSION: Permission = Permission::$name;
                }
            )*
        }

        #[cfg(test)]
        const TYPES: &[Permission] = &[$(<may::$name as Needs>::PERMISSION),*];
    };
}

needs! {
    HomeRead, RequestsRead, RequestsAct, InboxRead, InboxWrite, ChannelsRead, ChannelsManage, PanelsRead, PanelsManage,
    ProvidersRead, ProvidersManage, ProvidersReveal, CustomersRead, CustomersManage, RepliesRead, RepliesManage, SettingsRead,
    SettingsManage, WalletRead, WalletManage, TestroomUse, LogsRead, AuditRead, AccountSelf, UsersRead, UsersManage,
    CreditsManage,
}

/// Proof that the caller may do `P` where the request goes. Made from a request and in no other way:
///
/// ```compile_fail
/// use switchboard_api::{Permit, may};
/// fn forged() -> Permit<may::WalletRead> {
///     Permit { caller: todo!(), needs: std::marker::PhantomData }
/// }
/// ```
/// ```compile_fail
/// use switchboard_api::{Permit, may};
/// fn exchanged(permit: Permit<may::WalletRead>) -> Permit<may::PanelsManage> { permit }
/// ```
/// ```
/// use switchboard_api::{Permit, may};
/// fn handed_on(permit: Permit<may::WalletRead>) -> Permit<may::WalletRead> { permit }
/// ```
///
/// 401 without a session; on a tenant's routes all that [`TenantScope`] says; 403 without the permission.
#[derive(Debug)]
pub struct Permit<P> {
    caller: Caller,
    needs: PhantomData<fn() -> P>,
}

impl<P> Permit<P> {
    pub fn user(&self) -> UserId {
        self.caller.user()
    }

    /// For the audit: `u:<uuid>`.
    pub fn actor(&self) -> Actor {
        self.caller.actor()
    }

    pub fn caller(&self) -> &Caller {
        &self.caller
    }
}

impl<P: Needs> FromRequestParts<Arc<App>> for Permit<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let permission = P::PERMISSION;
        let may = match permission.domains() {
            [DomainKind::Tenant] => {
                let scope = TenantScope::from_request_parts(parts, app).await?;
                let membership = caller
                    .who()
                    .membership(scope.tenant())
                    .ok_or_else(Problem::not_found)?;
                permissions(app, caller.who(), membership).await?
            }
            [DomainKind::Platform] => {
                let may = on_platform(app, caller.who()).await?;
                if may.has(permission) {
                    console_is_open(parts, app)?;
                }
                may
            }
            // One's own account: whoever belongs anywhere.
            _ => {
                let mut may = PermissionSet::EMPTY;
                for membership in caller.who().memberships() {
                    may = may.union(permissions(app, caller.who(), membership).await?);
                }
                may
            }
        };
        if !may.has(permission) {
            return Err(Problem::forbidden());
        }
        Ok(Self {
            caller,
            needs: PhantomData,
        })
    }
}

/// `None` where it is not given, for fields that only some may see. Not a way round: what is not theirs stays 404.
impl<P: Needs> OptionalFromRequestParts<Arc<App>> for Permit<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Option<Self>, Problem> {
        match <Self as FromRequestParts<Arc<App>>>::from_request_parts(parts, app).await {
            Ok(permit) => Ok(Some(permit)),
            Err(problem) if problem.code() == Code::Forbidden => Ok(None),
            Err(problem) => Err(problem),
        }
    }
}

/// What a membership allows. A role that this program does not know allows nothing.
pub(crate) async fn permissions(
    app: &App,
    who: &SignedIn,
    membership: &Membership,
) -> Result<PermissionSet, Problem> {
    let Ok(role) = membership.role.parse::<Role>() else {
        tracing::error!(account.id = %who.user(), role = membership.role, "a role is not known and allows nothing");
        return Ok(PermissionSet::EMPTY);
    };
    let domain = membership.tenant.map_or(Domain::Platform, Domain::Tenant);
    app.access
        .permissions(who.user(), domain, role)
        .await
        .map_err(Problem::internal)
}

pub(crate) async fn on_platform(app: &App, who: &SignedIn) -> Result<PermissionSet, Problem> {
    match who
        .memberships()
        .iter()
        .find(|membership| membership.tenant.is_none())
    {
        Some(membership) => permissions(app, who, membership).await,
        None => Ok(PermissionSet::EMPTY),
    }
}

/// For what is open to everybody on this machine: making the first master admin.
pub struct LocalConsole(());

impl FromRequestParts<Arc<App>> for LocalConsole {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        console_is_open(parts, app).map(Self)
    }
}

/// Until there are second factors the console is for the machine itself.
pub(crate) fn console_is_open(parts: &Parts, app: &App) -> Result<(), Problem> {
    if app.settings.admin_allow_remote {
        return Ok(());
    }
    let ip = parts.extensions.get::<ClientIp>();
    if !ip.is_some_and(|ip| ip.is_this_machine()) {
        return Err(Code::ConsoleLocalOnly.into());
    }
    // Under https a proxy stands before us. As long as we do not know it, everybody looks like this machine.
    if app.settings.is_https() && app.settings.trusted_proxies.is_empty() {
        return Err(Problem::new(Code::ConsoleLocalOnly)
            .detail("Name the proxy that stands before this server in http.trusted_proxies."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_has_its_type() {
        assert_eq!(TYPES, Permission::ALL);
    }
}
