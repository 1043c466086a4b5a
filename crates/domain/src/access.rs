//! Who may do what: the closed list of permissions, the ready-made roles, and sets of permissions.
//!
//! Which role has which permission stands in `policy/roles.csv` and is answered by the policy engine; here is only what the
//! names mean. Invariant: every permission that a handler can ask for is in [`Permission::ALL`], and a set of them is one
//! word of bits, so that a request tests a bit.

use std::{fmt, str::FromStr};

/// Where a role counts: the whole installation, or one tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DomainKind {
    Platform,
    Tenant,
}

impl DomainKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Tenant => "tenant",
        }
    }
}

impl FromStr for DomainKind {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        match text {
            "platform" => Ok(Self::Platform),
            "tenant" => Ok(Self::Tenant),
            _ => Err(UnknownName(text.to_owned())),
        }
    }
}

/// A role or a permission that this program does not know. A policy that names one stops the start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not known")]
pub struct UnknownName(pub String);

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal, [$($kind:ident),+];)*) => {
        /// One thing that somebody may be allowed to do. The names are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Permission { $($(#[$doc])* $name),* }

        impl Permission {
            pub const ALL: &'static [Permission] = &[$(Permission::$name),*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Permission::$name => $text),* }
            }

            /// The kinds of domain in which it can be granted.
            pub const fn domains(self) -> &'static [DomainKind] {
                match self { $(Permission::$name => &[$(DomainKind::$kind),+]),* }
            }
        }
    };
}

permissions! {
    /// Home: is everything working, set-up checklist, who else works here.
    HomeRead = "home.read", [Tenant];
    RequestsRead = "requests.read", [Tenant];
    /// Retry, assign, close, reopen.
    RequestsAct = "requests.act", [Tenant];
    InboxRead = "inbox.read", [Tenant];
    /// Answer as a person, pause the bot in a chat.
    InboxWrite = "inbox.write", [Tenant];
    ChannelsRead = "channels.read", [Tenant];
    ChannelsManage = "channels.manage", [Tenant];
    PanelsRead = "panels.read", [Tenant];
    PanelsManage = "panels.manage", [Tenant];
    ProvidersRead = "providers.read", [Tenant];
    ProvidersManage = "providers.manage", [Tenant];
    /// See a provider's real name. Written to the audit each time.
    ProvidersReveal = "providers.reveal", [Tenant];
    CustomersRead = "customers.read", [Tenant];
    CustomersManage = "customers.manage", [Tenant];
    RepliesRead = "replies.read", [Tenant];
    RepliesManage = "replies.manage", [Tenant];
    SettingsRead = "settings.read", [Tenant];
    SettingsManage = "settings.manage", [Tenant];
    WalletRead = "wallet.read", [Tenant];
    /// Spend credits on purpose: replay what waited for credit.
    WalletManage = "wallet.manage", [Tenant];
    TestroomUse = "testroom.use", [Tenant];
    /// The timeline of requests and the states of channels, without chats or customers.
    LogsRead = "logs.read", [Tenant];
    AuditRead = "audit.read", [Tenant];
    /// One's own account: profile, password, sessions, login history.
    AccountSelf = "account.self", [Platform, Tenant];
    /// The console's list of users.
    UsersRead = "users.read", [Platform];
    /// Suspend, ban, reinstate.
    UsersManage = "users.manage", [Platform];
    /// Add or deduct credits.
    CreditsManage = "credits.manage", [Platform];
}

const _: () = assert!(
    Permission::ALL.len() <= 64,
    "a set of permissions is one word of bits"
);

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Permission {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .iter()
            .copied()
            .find(|permission| permission.as_str() == text)
            .ok_or_else(|| UnknownName(text.to_owned()))
    }
}

/// A ready-made role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    MasterAdmin,
    PlatformSupport,
    Owner,
    Agent,
    LogsOnly,
}

impl Role {
    pub const ALL: &'static [Role] = &[
        Role::MasterAdmin,
        Role::PlatformSupport,
        Role::Owner,
        Role::Agent,
        Role::LogsOnly,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MasterAdmin => "master_admin",
            Self::PlatformSupport => "platform_support",
            Self::Owner => "owner",
            Self::Agent => "agent",
            Self::LogsOnly => "logs_only",
        }
    }

    pub const fn domain(self) -> DomainKind {
        match self {
            Self::MasterAdmin | Self::PlatformSupport => DomainKind::Platform,
            Self::Owner | Self::Agent | Self::LogsOnly => DomainKind::Tenant,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .iter()
            .copied()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| UnknownName(text.to_owned()))
    }
}

/// What somebody may do in one domain.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct PermissionSet(u64);

impl PermissionSet {
    pub const EMPTY: Self = Self(0);

    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | (1 << permission as u8))
    }

    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub const fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u8) != 0
    }

    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL
            .iter()
            .copied()
            .filter(move |permission| self.has(*permission))
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        permissions.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.iter().map(Permission::as_str))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_others_are_refused() {
        for permission in Permission::ALL {
            assert_eq!(permission.as_str().parse(), Ok(*permission));
            assert!(!permission.domains().is_empty());
        }
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(*role));
        }
        assert!("requests.*".parse::<Permission>().is_err());
        assert!("Owner".parse::<Role>().is_err());
    }

    #[test]
    fn a_set_holds_what_was_put_in_and_nothing_else() {
        for permission in Permission::ALL {
            let set = PermissionSet::EMPTY.with(*permission);
            assert_eq!(set.iter().collect::<Vec<_>>(), [*permission]);
        }
        let all: PermissionSet = Permission::ALL.iter().copied().collect();
        assert_eq!(all.iter().count(), Permission::ALL.len());
        assert_eq!(all.union(PermissionSet::EMPTY), all);
    }
}
