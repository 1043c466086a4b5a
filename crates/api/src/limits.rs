//! How often somebody may ask. Per process: with several nodes each counts for itself.
//!
//! By address for everybody, tighter where passwords are tried; by account and by tenant too, because a mobile network puts
//! thousands of people behind one address, and one person can have many.

use std::{net::IpAddr, num::NonZeroU32, sync::OnceLock, time::Duration};

use axum::http::Request;
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock, QuantaInstant},
    middleware::NoOpMiddleware,
};
use switchboard_domain::id::{TenantId, UserId};
use tower_governor::{GovernorError, governor::SharedRateLimiter, key_extractor::KeyExtractor};

use crate::{ClientIp, Problem};

/// `burst` at once, then one more each `every`.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    pub burst: u32,
    pub every: Duration,
}

impl Rate {
    pub const fn new(burst: u32, every: Duration) -> Self {
        Self { burst, every }
    }

    fn times(self, factor: u32) -> Self {
        let factor = factor.max(1);
        Self::new(self.burst.saturating_mul(factor), self.every / factor)
    }

    fn quota(self) -> Quota {
        let burst = NonZeroU32::new(self.burst).unwrap_or(NonZeroU32::MIN);
        Quota::with_period(self.every.max(Duration::from_micros(1)))
            .expect("a period above zero")
            .allow_burst(burst)
    }
}

#[derive(Debug, Clone)]
pub struct Rates {
    /// Everything under `/api`, by address.
    pub address: Rate,
    /// Everything, by account.
    pub account: Rate,
    /// Everything in a tenant, whoever asks.
    pub tenant: Rate,
    /// Tries to sign in, by address.
    pub login_address: Rate,
    /// Tries to sign in, by the name that is tried.
    pub login_name: Rate,
    /// Accounts made, by address.
    pub sign_up: Rate,
    /// Panel keys tested before there is an account, by address: each is a request to somebody's panel.
    pub key_check: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        let every = Duration::from_millis;
        Self {
            address: Rate::new(300, every(50)),
            account: Rate::new(300, every(50)),
            tenant: Rate::new(600, every(20)),
            login_address: Rate::new(20, every(6_000)),
            login_name: Rate::new(8, every(60_000)),
            sign_up: Rate::new(5, every(300_000)),
            key_check: Rate::new(10, every(10_000)),
        }
    }
}

impl Rates {
    /// So many times as often.
    #[must_use]
    pub fn times(self, factor: u32) -> Self {
        Self {
            address: self.address.times(factor),
            account: self.account.times(factor),
            tenant: self.tenant.times(factor),
            login_address: self.login_address.times(factor),
            login_name: self.login_name.times(factor),
            sign_up: self.sign_up.times(factor),
            key_check: self.key_check.times(factor),
        }
    }

    /// As good as none, for tests and benches of other things.
    pub fn unlimited() -> Self {
        let rate = Rate::new(u32::MAX, Duration::from_micros(1));
        Self {
            address: rate,
            account: rate,
            tenant: rate,
            login_address: rate,
            login_name: rate,
            sign_up: rate,
            key_check: rate,
        }
    }
}

type Keyed<K> = DefaultKeyedRateLimiter<K>;

pub struct Limits {
    account: Keyed<UserId>,
    tenant: Keyed<TenantId>,
    login_address: Keyed<IpAddr>,
    login_name: Keyed<String>,
    sign_up: Keyed<IpAddr>,
    key_check: Keyed<IpAddr>,
    /// The layer's own, to be forgotten with the others.
    address: OnceLock<ByAddress>,
}

type ByAddress = SharedRateLimiter<IpAddr, NoOpMiddleware<QuantaInstant>>;

impl Limits {
    pub fn new(rates: &Rates) -> Self {
        Self {
            account: RateLimiter::keyed(rates.account.quota()),
            tenant: RateLimiter::keyed(rates.tenant.quota()),
            login_address: RateLimiter::keyed(rates.login_address.quota()),
            login_name: RateLimiter::keyed(rates.login_name.quota()),
            sign_up: RateLimiter::keyed(rates.sign_up.quota()),
            key_check: RateLimiter::keyed(rates.key_check.quota()),
            address: OnceLock::new(),
        }
    }

    pub(crate) fn watch(&self, address: ByAddress) {
        self.address.set(address).ok();
    }

    pub(crate) fn account(&self, user: UserId) -> Result<(), Problem> {
        check(&self.account, &user)
    }

    pub(crate) fn tenant(&self, tenant: TenantId) -> Result<(), Problem> {
        check(&self.tenant, &tenant)
    }

    pub(crate) fn login(&self, ip: ClientIp, username: &str) -> Result<(), Problem> {
        check(&self.login_address, &ip.bucket())?;
        // Whether there is such an account makes no difference here.
        let name: String = username.trim().to_lowercase().chars().take(64).collect();
        check(&self.login_name, &name)
    }

    pub(crate) fn sign_up(&self, ip: ClientIp) -> Result<(), Problem> {
        check(&self.sign_up, &ip.bucket())
    }

    pub(crate) fn key_check(&self, ip: ClientIp) -> Result<(), Problem> {
        check(&self.key_check, &ip.bucket())
    }

    /// Forgets whoever has not asked for a while; to be called every minute.
    pub fn forget_idle(&self) {
        self.account.retain_recent();
        self.tenant.retain_recent();
        self.login_address.retain_recent();
        self.login_name.retain_recent();
        self.sign_up.retain_recent();
        self.key_check.retain_recent();
        if let Some(address) = self.address.get() {
            address.retain_recent();
        }
    }
}

fn check<K: Clone + Eq + std::hash::Hash>(limiter: &Keyed<K>, key: &K) -> Result<(), Problem> {
    limiter.check_key(key).map_err(|until| {
        let wait = until.wait_time_from(DefaultClock::default().now());
        Problem::too_many_requests(wait.as_secs_f64().ceil() as u64)
    })
}

/// For the layer that counts everything by address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByClientIp;

impl KeyExtractor for ByClientIp {
    type Key = IpAddr;

    fn name(&self) -> &'static str {
        "client ip"
    }

    fn extract<T>(&self, request: &Request<T>) -> Result<IpAddr, GovernorError> {
        request
            .extensions()
            .get::<ClientIp>()
            .map(|ip| ip.bucket())
            .ok_or(GovernorError::UnableToExtractKey)
    }
}

pub(crate) fn refusal(error: GovernorError) -> Problem {
    match error {
        GovernorError::TooManyRequests { wait_time, .. } => Problem::too_many_requests(wait_time),
        _ => Problem::unavailable(),
    }
}
