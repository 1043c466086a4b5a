//! "What can this key do", in plain words.

use serde::Serialize;

use super::{Abilities, Detail, PanelError, PanelKind, ReadScope};

/// For the owner. Serialises for `--json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyReport {
    pub kind: PanelKind,
    pub works: bool,
    /// One sentence.
    pub summary: String,
    pub can: Vec<&'static str>,
    pub cannot: Vec<&'static str>,
    /// What the owner should do, where something is to be done.
    pub fix: Option<&'static str>,
    /// [`PanelError::class`] of what failed.
    pub error: Option<&'static str>,
    /// The panel's own words, key struck out.
    pub detail: Option<Detail>,
    /// What failed, for who words it differently.
    #[serde(skip)]
    pub cause: Option<PanelError>,
}

impl KeyReport {
    pub(super) fn works(kind: PanelKind, abilities: Abilities) -> Self {
        let (can, cannot) = words(abilities);
        let summary = match abilities.reads {
            ReadScope::AllOrders => format!("The key works: {}.", kind.words()),
            ReadScope::OwnOrders => format!(
                "The key works: {}. It sees only that account's own orders, so it cannot tell whose a customer's order is.",
                kind.words()
            ),
        };
        let fix = match abilities.reads {
            ReadScope::AllOrders => None,
            ReadScope::OwnOrders => Some(
                "To check orders of all customers, store the panel's Admin API key, or a list of orders and customers.",
            ),
        };
        Self {
            kind,
            works: true,
            summary,
            can,
            cannot,
            fix,
            error: None,
            detail: None,
            cause: None,
        }
    }

    pub(super) fn failed(kind: PanelKind, error: &PanelError) -> Self {
        Self {
            kind,
            works: false,
            summary: format!("The key could not be used: {error}."),
            can: Vec::new(),
            cannot: Vec::new(),
            fix: Some(fix(error)),
            error: Some(error.class()),
            detail: Some(error.detail().clone()).filter(|detail| !detail.as_str().is_empty()),
            cause: Some(error.clone()),
        }
    }
}

fn words(abilities: Abilities) -> (Vec<&'static str>, Vec<&'static str>) {
    let (mut can, mut cannot) = (Vec::new(), Vec::new());
    let mut say = |able, yes, no| if able { can.push(yes) } else { cannot.push(no) };
    let all = abilities.reads == ReadScope::AllOrders;
    say(
        all,
        "read any order of the panel, 100 at a time",
        "read orders of other accounts",
    );
    if !all {
        can.push("read this account's own orders, 100 at a time");
    }
    let mut say = |able, yes, no| if able { can.push(yes) } else { cannot.push(no) };
    say(
        abilities.tells_owner,
        "see which account placed an order",
        "see which account placed an order",
    );
    say(
        abilities.tells_provider,
        "see the provider and its order id",
        "see the provider and its order id",
    );
    say(
        abilities.refill,
        "ask for a refill (seen for sure with the first one: testing it would start one)",
        "start a refill: refills are forwarded to the provider's group",
    );
    say(
        abilities.request_cancel,
        "ask for a cancellation, which refunds nothing by itself (seen for sure with the first one)",
        "ask for a cancellation: cancellations are forwarded to the provider's group",
    );
    cannot.push("speed up an order: no panel offers that, it is forwarded to the provider's group");
    (can, cannot)
}

/// What the owner can do about a failed call.
pub(super) fn fix(error: &PanelError) -> &'static str {
    match error {
        PanelError::Auth { .. } => {
            "Copy the key again from the panel's settings; it must be the key of this kind of API."
        }
        PanelError::NotAllowed { .. } => {
            "Switch the call on for this key in the panel's settings, or store another key."
        }
        PanelError::RateLimited { .. } => {
            "Wait a few minutes; if it returns, set a slower pace for this panel."
        }
        PanelError::Blocked { .. } => {
            "Ask the panel's support to let our address through its firewall (Cloudflare)."
        }
        PanelError::Unreachable { .. } => {
            "Check that the panel is up and its address is right; then try again."
        }
        PanelError::BadAddress { .. } | PanelError::PrivateAddress { .. } => {
            "Enter the address at which customers open the panel, beginning with https://."
        }
        PanelError::BadShape { .. } => {
            "Check the kind of the panel; if it is right, the panel's API answers oddly: tell us."
        }
    }
}
