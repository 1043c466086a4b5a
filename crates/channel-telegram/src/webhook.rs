//! The hook: its address, its secret, and taking it.
//!
//! Invariant: key and secret follow from the server's master key and the account, so nothing secret about a hook is
//! stored; neither tells the other.
//! Invariant: a hook that points elsewhere is never replaced without a person's word.

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use switchboard_domain::id::AccountId;
use url::Url;

use crate::{
    client::{Client, WebhookInfo},
    error::CallError,
};

/// The header in which Telegram sends the secret back.
pub const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";

/// Where hooks live under the public address, before the key.
pub const PATH: &str = "tg";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeOver {
    No,
    Yes,
}

/// One account's hook.
#[derive(Debug, Clone)]
pub struct Hook {
    pub url: Url,
    pub secret: SecretString,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HookError {
    #[error("another program receives this bot's messages at {host}; stop it there, or take over")]
    TakenElsewhere { host: String },
    #[error(
        "Telegram delivers only to a public https:// address on port 443, 80, 88 or 8443; `public_url` is none"
    )]
    NotPublic,
    #[error("`public_url` cannot carry a path")]
    NoBase,
    #[error("Telegram refused the hook")]
    Call(#[from] CallError),
}

/// The opaque name of an account in its hook's address. Not secret, but not to be guessed either.
pub fn hook_key(master: &SecretSlice<u8>, account: AccountId) -> String {
    let mut key = derive(master, b"telegram.hook.key.v1", account);
    key.truncate(32);
    key
}

/// What Telegram sends along with every delivery.
pub fn hook_secret(master: &SecretSlice<u8>, account: AccountId) -> SecretString {
    derive(master, b"telegram.hook.secret.v1", account).into()
}

fn derive(master: &SecretSlice<u8>, purpose: &[u8], account: AccountId) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(master.expose_secret()).expect("HMAC takes a key of any length");
    mac.update(purpose);
    mac.update(account.uuid().as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// Whether a delivery carries the account's secret. `presented` is the header, if there was one.
pub fn secret_matches(expected: &SecretString, presented: Option<&[u8]>) -> bool {
    // An absent header is compared like a wrong one.
    let presented = presented.unwrap_or_default();
    expected.expose_secret().as_bytes().ct_eq(presented).into()
}

impl Hook {
    /// `cloud` says whether Telegram's own server will deliver, which demands public HTTPS.
    pub fn new(
        public_url: &Url,
        master: &SecretSlice<u8>,
        account: AccountId,
        cloud: bool,
    ) -> Result<Self, HookError> {
        let ports = [443, 80, 88, 8443];
        let public = public_url.scheme() == "https"
            && public_url
                .port_or_known_default()
                .is_some_and(|port| ports.contains(&port));
        if cloud && !public {
            return Err(HookError::NotPublic);
        }
        let mut url = public_url.clone();
        url.set_query(None);
        url.set_fragment(None);
        url.path_segments_mut()
            .map_err(|()| HookError::NoBase)?
            .pop_if_empty()
            .extend([PATH, &hook_key(master, account)]);
        Ok(Self {
            url,
            secret: hook_secret(master, account),
        })
    }

    fn key(&self) -> &str {
        self.url.path().rsplit('/').next().unwrap_or_default()
    }
}

/// A key follows from the master key, so an address that ends with ours was set by this installation, wherever it
/// pointed then.
fn ends_with_key(set: &Url, key: &str) -> bool {
    !key.is_empty() && set.path_segments().and_then(|mut path| path.next_back()) == Some(key)
}

fn host_of(url: &str) -> String {
    let host = Url::parse(url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_else(|| "an unreadable address".into())
}

/// Points the bot's hook at us. Harmless to repeat; the secret is set anew each time.
pub async fn ensure_webhook(client: &Client, hook: &Hook, take_over: TakeOver) -> Result<(), HookError> {
    let set = client.get_webhook_info().await?.url;
    let same_server = Url::parse(&set).is_ok_and(|set| set.origin() == hook.url.origin());
    if !same_server {
        refuse_foreign(&set, hook.key(), take_over)?;
    }
    client.set_webhook(&hook.url, &hook.secret).await?;
    Ok(())
}

/// Takes the hook away, so that the bot can be polled, or is nobody's. Leaves a foreign one unless told to take over.
pub async fn remove_webhook(client: &Client, key: &str, take_over: TakeOver) -> Result<(), HookError> {
    let set = client.get_webhook_info().await?.url;
    refuse_foreign(&set, key, take_over)?;
    if !set.is_empty() {
        client.delete_webhook().await?;
    }
    Ok(())
}

fn refuse_foreign(set: &str, key: &str, take_over: TakeOver) -> Result<(), HookError> {
    let free = set.is_empty() || Url::parse(set).is_ok_and(|set| ends_with_key(&set, key));
    if free || take_over == TakeOver::Yes {
        return Ok(());
    }
    Err(HookError::TakenElsewhere { host: host_of(set) })
}

/// What `getWebhookInfo` says about our hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookHealth {
    Fine,
    /// Nobody's: set it again.
    Missing,
    TakenElsewhere {
        host: String,
    },
    /// Telegram cannot deliver, and messages wait.
    Failing {
        waiting: u64,
        message: String,
    },
}

pub fn health(info: &WebhookInfo, hook: &Hook, now: DateTime<Utc>) -> HookHealth {
    if info.url.is_empty() {
        return HookHealth::Missing;
    }
    if info.url != hook.url.as_str() {
        return HookHealth::TakenElsewhere {
            host: host_of(&info.url),
        };
    }
    // The last error stays for good: only a fresh one, with messages waiting, is trouble.
    let fresh = info
        .last_error_date
        .and_then(|at| DateTime::from_timestamp(at, 0))
        .is_some_and(|at| now - at < TimeDelta::minutes(10));
    if fresh && info.pending_update_count > 0 {
        return HookHealth::Failing {
            waiting: info.pending_update_count,
            message: info
                .last_error_message
                .as_deref()
                .unwrap_or("no reason given")
                .chars()
                .filter(|c| !c.is_control())
                .take(200)
                .collect(),
        };
    }
    HookHealth::Fine
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn master() -> SecretSlice<u8> {
        vec![7; 32].into()
    }

    fn account(n: u128) -> AccountId {
        AccountId::from_uuid(Uuid::from_u128(n))
    }

    fn hook(public_url: &str) -> Result<Hook, HookError> {
        Hook::new(&public_url.parse().unwrap(), &master(), account(1), true)
    }

    #[test]
    fn keys_and_secrets_differ_by_account_master_and_purpose() {
        let other: SecretSlice<u8> = vec![8; 32].into();
        let mut all = Vec::new();
        for (master, n) in [(&master(), 1), (&master(), 2), (&other, 1)] {
            let secret = hook_secret(master, account(n)).expose_secret().to_owned();
            assert_eq!(secret.len(), 64);
            let key = hook_key(master, account(n));
            assert_eq!(key.len(), 32);
            assert!(!secret.starts_with(&key));
            all.extend([secret, key]);
        }
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        assert_eq!(hook_key(&master(), account(1)), hook_key(&master(), account(1)));
    }

    #[test]
    fn only_the_secret_itself_matches() {
        let secret = hook_secret(&master(), account(1));
        let text = secret.expose_secret().as_bytes().to_vec();
        assert!(secret_matches(&secret, Some(&text)));
        let mut wrong = text.clone();
        wrong[63] ^= 1;
        let foreign = hook_secret(&master(), account(2));
        for presented in [
            None,
            Some(&b""[..]),
            Some(&wrong),
            Some(&text[..63]),
            Some(foreign.expose_secret().as_bytes()),
        ] {
            assert!(!secret_matches(&secret, presented), "{presented:?}");
        }
    }

    #[test]
    fn the_address_is_public_and_keeps_its_path() {
        let key = hook_key(&master(), account(1));
        for (public, expected) in [
            (
                "https://chat.example.com",
                Some(format!("https://chat.example.com/tg/{key}")),
            ),
            (
                "https://example.com:8443/chat/",
                Some(format!("https://example.com:8443/chat/tg/{key}")),
            ),
            (
                "https://example.com/?a=1#b",
                Some(format!("https://example.com/tg/{key}")),
            ),
            ("https://example.com:9000", None),
            ("http://example.com", None),
        ] {
            assert_eq!(
                hook(public).ok().map(|hook| hook.url.to_string()),
                expected,
                "{public}"
            );
        }
        let local = Hook::new(
            &"http://127.0.0.1:9000".parse().unwrap(),
            &master(),
            account(1),
            false,
        );
        assert!(local.is_ok(), "another Bot API server may deliver anywhere");
    }

    #[test]
    fn trouble_is_told_from_an_old_error() {
        let hook = hook("https://example.com").unwrap();
        let now = DateTime::from_timestamp(1_760_000_000, 0).unwrap();
        let info = |url: &str, waiting, error_at| WebhookInfo {
            url: url.into(),
            pending_update_count: waiting,
            last_error_date: error_at,
            last_error_message: Some("Connection\nrefused".into()),
        };
        let ours = hook.url.as_str();
        let failing = HookHealth::Failing {
            waiting: 3,
            message: "Connectionrefused".into(),
        };
        let elsewhere = HookHealth::TakenElsewhere {
            host: "other.example".into(),
        };
        for (info, expected) in [
            (info(ours, 0, None), HookHealth::Fine),
            (info(ours, 3, Some(1_759_999_900)), failing),
            (info(ours, 0, Some(1_759_999_900)), HookHealth::Fine),
            (info(ours, 3, Some(1_759_000_000)), HookHealth::Fine),
            (info("", 0, None), HookHealth::Missing),
            (info("https://other.example/hook/1", 0, None), elsewhere),
        ] {
            assert_eq!(health(&info, &hook, now), expected);
        }
        assert!(!format!("{hook:?}").contains(hook.secret.expose_secret()));
    }
}
