//! What a key at an address is, in words for who has just typed both: before there is a panel, and again whenever it is tested.
//!
//! Invariant: it always ends, within [`PATIENCE`], and never as an error: a broken panel is an answer too.

use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    Abilities, Detected, KeyReport, PanelConfig, PanelKind, ReadScope, connect, detect, normalise_base_url,
};
use crate::http::GuardedClient;

/// Longer nobody waits in front of a form.
pub const PATIENCE: Duration = Duration::from_secs(12);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    Ok,
    WrongKey,
    /// Of one customer's account: it sees only that account's own orders.
    CustomerKey,
    Unreachable,
    /// A firewall's page answered in the panel's place.
    Challenge,
    NotAPanel,
    /// Private, reserved, or redirecting elsewhere.
    BlockedAddress,
    TooSlow,
}

impl KeyState {
    /// Whether asking again later may say more, without anybody changing anything.
    pub const fn may_pass(self) -> bool {
        matches!(self, Self::Unreachable | Self::Challenge | Self::TooSlow)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyVerdict {
    pub state: KeyState,
    /// The interface that was found, or the one that was said.
    pub kind: Option<PanelKind>,
    /// What it is.
    pub sentence: String,
    /// What to do next; empty when nothing is to be done.
    pub next: String,
    pub abilities: Vec<AbilityWords>,
    pub checked_at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbilityWords {
    /// Stable: `orders`, `owner`, `provider`, `refill`, `cancel`, `speed_up`.
    pub key: String,
    pub state: AbilityState,
    pub sentence: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AbilityState {
    Can,
    Cannot,
    /// With another key.
    Locked,
}

const WHERE_ADMIN_KEY: &str = "In your panel, open Settings and look for Admin API (some panels: Integrations, or Staff and API). \
                               Make a key there and paste it here.";

/// Asks the panel what this key is. Reads of nothing only; see [`detect`].
pub async fn judge_key(
    base: &Url,
    kind: Option<PanelKind>,
    key: &SecretString,
    client: &GuardedClient,
    now: DateTime<Utc>,
) -> KeyVerdict {
    let asking = async {
        if let Some(kind) = kind {
            let config = PanelConfig::new(base.clone(), key.clone());
            let report = connect(kind, config, client).check_key().await;
            // A refused admin key may be a customer's: that is worth knowing, and found below.
            if report.error != Some("auth") || kind == PanelKind::UserApiV2 {
                return of_report(&report, now);
            }
        }
        of_detected(&detect(base, key, client).await, kind, now)
    };
    tokio::time::timeout(PATIENCE, asking)
        .await
        .unwrap_or_else(|_| too_slow(kind, now))
}

/// The same for a text that was typed; what is no address says so.
pub async fn judge_typed(
    url: &str,
    kind: Option<PanelKind>,
    key: &SecretString,
    client: &GuardedClient,
    now: DateTime<Utc>,
) -> KeyVerdict {
    match normalise_base_url(url) {
        Ok(base) => judge_key(&base, kind, key, client, now).await,
        Err(error) => verdict(
            KeyState::NotAPanel,
            kind,
            "This is not a web address.",
            error.to_string(),
            now,
        ),
    }
}

fn verdict(
    state: KeyState,
    kind: Option<PanelKind>,
    sentence: impl Into<String>,
    next: impl Into<String>,
    now: DateTime<Utc>,
) -> KeyVerdict {
    KeyVerdict {
        state,
        kind,
        sentence: sentence.into(),
        next: next.into(),
        abilities: kind.map(|kind| abilities(kind, state)).unwrap_or_default(),
        checked_at: now,
    }
}

fn too_slow(kind: Option<PanelKind>, now: DateTime<Utc>) -> KeyVerdict {
    verdict(
        KeyState::TooSlow,
        kind,
        format!("The panel did not answer within {} seconds.", PATIENCE.as_secs()),
        "You can go on: the key is kept and tested again as soon as the panel answers.",
        now,
    )
}

fn of_report(report: &KeyReport, now: DateTime<Utc>) -> KeyVerdict {
    if report.works {
        return works(report.kind, now);
    }
    let detail = report
        .detail
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    failed(report.error, &detail, Some(report.kind), now)
}

fn of_detected(found: &Detected, said: Option<PanelKind>, now: DateTime<Utc>) -> KeyVerdict {
    let kind = found.kind.or(said);
    match (found.kind, found.key_works) {
        (_, _) if found.customer_key => customer_key(kind, now),
        // A customer's account is all that this panel's interface shows to this key.
        (Some(PanelKind::UserApiV2), true) => customer_key(Some(PanelKind::UserApiV2), now),
        (Some(kind), true) => works(kind, now),
        _ if found.error.is_some() => {
            let detail = found.detail.as_ref().map(ToString::to_string).unwrap_or_default();
            failed(found.error, &detail, kind, now)
        }
        _ => verdict(
            KeyState::NotAPanel,
            said,
            found.words.clone(),
            "Check the address: it is the one at which your customers open the panel.",
            now,
        ),
    }
}

fn works(kind: PanelKind, now: DateTime<Utc>) -> KeyVerdict {
    let (sentence, next) = match kind.abilities().reads {
        ReadScope::AllOrders => (format!("The key works: {}.", kind.words()), String::new()),
        ReadScope::OwnOrders => (
            "The key works. It is one customer's key: it sees only that account's own orders.".to_owned(),
            format!("To check the orders of all your customers you need the admin key. {WHERE_ADMIN_KEY}"),
        ),
    };
    verdict(KeyState::Ok, Some(kind), sentence, next, now)
}

fn customer_key(kind: Option<PanelKind>, now: DateTime<Utc>) -> KeyVerdict {
    verdict(
        KeyState::CustomerKey,
        kind,
        "This is a customer's key: it sees only its own orders.",
        format!("You need the admin key. {WHERE_ADMIN_KEY}"),
        now,
    )
}

/// `class` is [`super::PanelError::class`]; `detail` says more where one class has several causes.
fn failed(class: Option<&str>, detail: &str, kind: Option<PanelKind>, now: DateTime<Utc>) -> KeyVerdict {
    let later = "You can go on: the key is kept and tested again as soon as the panel answers.";
    match class {
        Some("auth") => verdict(
            KeyState::WrongKey,
            kind,
            "The panel does not know this key.",
            format!("Copy it again, without spaces. {WHERE_ADMIN_KEY}"),
            now,
        ),
        Some("not_allowed") => verdict(
            KeyState::WrongKey,
            kind,
            "The panel knows this key, but does not let it read orders.",
            "Switch on reading orders for this key in the panel's settings, or make another key.",
            now,
        ),
        Some("blocked") => verdict(
            KeyState::Challenge,
            kind,
            "A protection page (such as Cloudflare's) answered in place of the panel.",
            format!("Ask the panel's support to let our server's address through. {later}"),
            now,
        ),
        Some("bad_address") if detail.contains("private or reserved") => verdict(
            KeyState::BlockedAddress,
            kind,
            "This address lies inside a private network, where we do not call.",
            "Enter the address at which your customers open the panel.",
            now,
        ),
        Some("bad_address") if detail.contains("redirects") => verdict(
            KeyState::BlockedAddress,
            kind,
            "This address sends us on to another one.",
            "Open the panel in your browser and enter the address that stands there then.",
            now,
        ),
        Some("bad_address" | "bad_shape") => verdict(
            KeyState::NotAPanel,
            kind,
            "No panel that we know answers at this address.",
            "Check the address: it is the one at which your customers open the panel.",
            now,
        ),
        Some("rate_limited") => verdict(
            KeyState::Unreachable,
            kind,
            "The panel asks for fewer calls just now.",
            later,
            now,
        ),
        _ if detail.contains("no answer within") => too_slow(kind, now),
        _ => verdict(
            KeyState::Unreachable,
            kind,
            "The panel cannot be reached just now.",
            format!("Check the address. {later}"),
            now,
        ),
    }
}

/// What the key of such a panel can do. A key that does not work shows what the right one would open.
fn abilities(kind: PanelKind, state: KeyState) -> Vec<AbilityWords> {
    if !matches!(state, KeyState::Ok | KeyState::CustomerKey) {
        return Vec::new();
    }
    let can: Abilities = if state == KeyState::CustomerKey {
        PanelKind::UserApiV2.abilities()
    } else {
        kind.abilities()
    };
    let all = can.reads == ReadScope::AllOrders;
    let line = |key: &str, state, sentence: &str| AbilityWords {
        key: key.to_owned(),
        state,
        sentence: sentence.to_owned(),
    };
    let reading = |able, yes: &'static str, locked: &'static str| match able {
        true => (AbilityState::Can, yes),
        false => (AbilityState::Locked, locked),
    };
    let asking = |able, yes: &'static str, no: &'static str| match able {
        true => (AbilityState::Can, yes),
        false => (AbilityState::Cannot, no),
    };
    let (orders, orders_words) = reading(
        all,
        "Reads every order of the panel.",
        "Reads only its own account's orders. The admin key reads all.",
    );
    let (owner, owner_words) = reading(
        can.tells_owner,
        "Sees which customer placed an order.",
        "Does not see which customer placed an order. The admin key does.",
    );
    let (provider, provider_words) = reading(
        can.tells_provider,
        "Sees the provider and its order id, to forward to the right group.",
        "Does not see the provider. The admin key does.",
    );
    let (refill, refill_words) = asking(
        can.refill,
        "Starts refills.",
        "Starts no refills: they are forwarded to the provider's group.",
    );
    let (cancel, cancel_words) = asking(
        can.request_cancel,
        "Asks for cancellations. It refunds nothing by itself.",
        "Asks for no cancellations: they are forwarded to the provider's group.",
    );
    vec![
        line("orders", orders, orders_words),
        line("owner", owner, owner_words),
        line("provider", provider, provider_words),
        line("refill", refill, refill_words),
        line("cancel", cancel, cancel_words),
        line(
            "speed_up",
            AbilityState::Cannot,
            "Speeds up no orders, as no panel does: that is forwarded to the provider's group.",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use chrono::TimeZone;
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::{
        http::OutboundPolicy,
        panel::peer_tests::{KEY, Peer},
    };

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2027, 1, 4, 9, 0, 0).unwrap()
    }

    async fn judge(answers: &[(u16, &str)], kind: Option<PanelKind>) -> KeyVerdict {
        let peer = Peer::answering(answers.iter().map(|(status, body)| (*status, *body))).await;
        let key = SecretString::from(KEY);
        let verdict = judge_key(&peer.base(), kind, &key, &peer.client(), now()).await;
        assert!(!serde_json::to_string(&verdict).unwrap().contains(KEY));
        verdict
    }

    #[tokio::test]
    async fn each_answer_of_a_panel_has_its_words() {
        let page = (404, "<html>Page not found</html>");
        let admin_v2 = (200, r#"{"data":{"list":[]},"error_message":"","error_code":0}"#);
        let bad_admin = (401, r#"{"error_message":"bad api key","error_code":401}"#);
        let bad_user = (200, r#"{"error":"Invalid API key"}"#);
        let user = (200, r#"{"balance":"1.00","currency":"USD"}"#);
        let challenge = (403, "<html><title>Just a moment...</title></html>");
        for (answers, state, kind, says) in [
            (
                vec![admin_v2],
                KeyState::Ok,
                Some(PanelKind::PerfectPanelAdminV2),
                "works",
            ),
            (
                vec![bad_admin, user],
                KeyState::CustomerKey,
                Some(PanelKind::PerfectPanelAdminV2),
                "only its own orders",
            ),
            (
                vec![page, page, user],
                KeyState::CustomerKey,
                Some(PanelKind::UserApiV2),
                "only its own orders",
            ),
            (
                vec![bad_admin, bad_user],
                KeyState::WrongKey,
                Some(PanelKind::PerfectPanelAdminV2),
                "does not know",
            ),
            (vec![page, page, page], KeyState::NotAPanel, None, "No panel"),
            (
                vec![challenge, challenge, challenge],
                KeyState::Challenge,
                None,
                "protection page",
            ),
        ] {
            let verdict = judge(&answers, None).await;
            assert_eq!(
                (verdict.state, verdict.kind),
                (state, kind),
                "{answers:?}: {verdict:?}"
            );
            assert!(verdict.sentence.contains(says), "{verdict:?}");
            assert_eq!(verdict.next.is_empty(), state == KeyState::Ok, "{verdict:?}");
        }
    }

    #[tokio::test]
    async fn an_address_that_is_not_called_or_does_not_answer_says_so() {
        let key = SecretString::from(KEY);
        let strict = GuardedClient::new(OutboundPolicy::default()).unwrap();
        let private = judge_typed("http://10.0.0.1:8080", None, &key, &strict, now()).await;
        assert_eq!(private.state, KeyState::BlockedAddress, "{private:?}");
        let nonsense = judge_typed("not an address", None, &key, &strict, now()).await;
        assert_eq!(nonsense.state, KeyState::NotAPanel);

        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut policy = OutboundPolicy::default();
        policy.allow.push(closed.to_string().parse().unwrap());
        let client = GuardedClient::new(policy).unwrap();
        let down = judge_typed(&format!("http://{closed}"), None, &key, &client, now()).await;
        assert_eq!(down.state, KeyState::Unreachable, "{down:?}");
        assert!(down.state.may_pass() && down.next.contains("tested again"));
    }

    #[test]
    fn a_timeout_is_told_from_a_refusal() {
        let verdict = failed(Some("unreachable"), "no answer within 15 s", None, now());
        assert_eq!(verdict.state, KeyState::TooSlow);
    }
}
