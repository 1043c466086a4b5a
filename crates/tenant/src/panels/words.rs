//! Everything that is said of a panel's key. Pure: from what was found to sentences for the owner.
//!
//! Invariant: the panel's own words are not among them, nor anything of the key.

use serde::{Deserialize, Serialize};
use switchboard_integrations::panel::{Abilities, Detected, KeyReport, PanelError, PanelKind, ReadScope};

/// What became of a key's test. The names are stable: they are stored and travel to the web panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportState {
    Ok,
    WrongKey,
    CustomerKey,
    Unreachable,
    Challenge,
    NotAPanel,
    BlockedAddress,
    TooSlow,
}

impl ReportState {
    pub const ALL: [Self; 8] = [
        Self::Ok,
        Self::WrongKey,
        Self::CustomerKey,
        Self::Unreachable,
        Self::Challenge,
        Self::NotAPanel,
        Self::BlockedAddress,
        Self::TooSlow,
    ];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AbilityState {
    Can,
    Cannot,
    /// The panel could; Switchboard does not.
    Locked,
}

/// One thing that a key can do or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ability {
    pub key: String,
    pub state: AbilityState,
    pub sentence: String,
}

/// What was found out, before it is dated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub state: ReportState,
    /// What answers there; `None` where nobody could tell.
    pub kind: Option<PanelKind>,
    pub sentence: String,
    /// What to do next; empty where nothing is to be done.
    pub next: String,
    pub abilities: Vec<Ability>,
}

/// The script's name, as owners know it.
pub fn script(kind: PanelKind) -> &'static str {
    match kind {
        PanelKind::PerfectPanelAdminV2 => "PerfectPanel",
        PanelKind::RentalPanelAdminV1 => "RentalPanel",
        PanelKind::UserApiV2 => "a panel with the customer API (v2)",
    }
}

fn where_the_admin_key_is(kind: Option<PanelKind>) -> &'static str {
    match kind {
        Some(PanelKind::RentalPanelAdminV1) => {
            "You need the admin key: in your panel open Settings → API → Admin API key, with an owner's log-in, and paste it here."
        }
        Some(PanelKind::PerfectPanelAdminV2) | None => {
            "You need the admin key: in your panel open Settings → Admin API → Create key, with an owner's log-in, and paste it here."
        }
        Some(PanelKind::UserApiV2) => {
            "You need the admin key: in your panel open Settings → API. If your panel has none, tell us which order is whose with an order list; what is not in it goes to your staff."
        }
    }
}

/// A key that answers.
pub fn works(kind: PanelKind) -> Finding {
    let abilities = kind.abilities();
    let (sentence, next) = match abilities.reads {
        ReadScope::AllOrders => (
            format!(
                "This key works: it is {}, and every order can be read.",
                script(kind)
            ),
            String::new(),
        ),
        ReadScope::OwnOrders => (
            "This key works for one account: it sees only that account's own orders and never whose they are.".to_owned(),
            "Tell us which order is whose with an order list, or use an admin key. What is not in the list goes to your staff.".to_owned(),
        ),
    };
    Finding {
        state: ReportState::Ok,
        kind: Some(kind),
        sentence,
        next,
        abilities: said(abilities),
    }
}

/// A customer account's key, where the owner's is needed. `kind`: what stands there.
pub fn customer_key(kind: Option<PanelKind>) -> Finding {
    Finding {
        state: ReportState::CustomerKey,
        kind,
        sentence: "This is a customer's key: it sees only its own orders.".to_owned(),
        next: where_the_admin_key_is(kind).to_owned(),
        abilities: said(PanelKind::UserApiV2.abilities()),
    }
}

fn wrong_key(kind: Option<PanelKind>) -> Finding {
    let who = kind.map_or("The panel", script);
    let sentence = match kind {
        Some(PanelKind::UserApiV2) | None => "The panel answers, but it does not accept this key.".to_owned(),
        Some(_) => format!("This is {who}, but it does not accept this key."),
    };
    failed(
        ReportState::WrongKey,
        kind,
        sentence,
        "Copy the key again from your panel: Settings → Admin API, with an owner's log-in. Leave out spaces before and after it.",
    )
}

fn failed(
    state: ReportState,
    kind: Option<PanelKind>,
    sentence: impl Into<String>,
    next: impl Into<String>,
) -> Finding {
    Finding {
        state,
        kind,
        sentence: sentence.into(),
        next: next.into(),
        abilities: Vec::new(),
    }
}

/// No answer in the time that somebody waits before a form.
pub fn too_slow(kind: Option<PanelKind>) -> Finding {
    failed(
        ReportState::TooSlow,
        kind,
        "The panel did not answer within 10 seconds.",
        "It may be busy. Test again in a minute.",
    )
}

/// A call that failed.
pub fn error(kind: Option<PanelKind>, error: &PanelError) -> Finding {
    match error {
        PanelError::Auth { .. } => wrong_key(kind),
        PanelError::NotAllowed { .. } => failed(
            ReportState::WrongKey,
            kind,
            "The panel knows this key, but does not let it read orders.",
            "In your panel open Settings → Admin API and allow this key to read orders, or make another key.",
        ),
        PanelError::RateLimited { .. } => failed(
            ReportState::TooSlow,
            kind,
            "The panel says that it is asked too often.",
            "Wait a few minutes and test again. If it comes back, choose a slower pace for this panel.",
        ),
        PanelError::Blocked {
            request_may_have_arrived: false,
            ..
        } => failed(
            ReportState::Challenge,
            kind,
            "The panel shows us a browser check instead of its answers.",
            "Let this server's address through in the panel's firewall (Cloudflare: Security → Tools → allow the address), then test again.",
        ),
        PanelError::Blocked { .. } => failed(
            ReportState::NotAPanel,
            kind,
            "A web page answers at this address, not a panel's API.",
            "Enter the address at which your customers open the panel, such as https://panel.example.",
        ),
        PanelError::Unreachable { .. } => failed(
            ReportState::Unreachable,
            kind,
            "The panel does not answer.",
            "Check the address. If the panel is down, test again when it is back.",
        ),
        PanelError::BadAddress { .. } => failed(
            ReportState::NotAPanel,
            kind,
            "No panel that we know answers at this address.",
            "Enter the address at which your customers open the panel, such as https://panel.example.",
        ),
        PanelError::PrivateAddress { .. } => failed(
            ReportState::BlockedAddress,
            kind,
            "This address leads into a private network, where we never call.",
            "Enter the public address at which your customers open the panel.",
        ),
        PanelError::BadShape { .. } => failed(
            ReportState::NotAPanel,
            kind,
            "Something answers at this address, but not as a panel does.",
            "Check the address and the kind of panel. If both are right, tell us the panel's script.",
        ),
    }
}

/// From a search for what stands at an address.
pub fn detected(found: &Detected) -> Finding {
    match found.kind {
        Some(PanelKind::UserApiV2) if found.key_works => customer_key(found.kind),
        Some(kind) if found.key_works => works(kind),
        kind if found.customer_key => customer_key(kind),
        Some(kind) => wrong_key(Some(kind)),
        None if found.too_old => failed(
            ReportState::NotAPanel,
            None,
            "The panel speaks only the old Admin API v1, which cannot look up an order.",
            "Ask its support to switch on Admin API v2, then test again.",
        ),
        None => match &found.cause {
            Some(cause) => error(None, cause),
            None => failed(
                ReportState::NotAPanel,
                None,
                "No panel that we know answers at this address.",
                "Check the address, or tell us the panel's script.",
            ),
        },
    }
}

/// From the test of a key whose kind is known.
pub fn checked(report: &KeyReport) -> Finding {
    match &report.cause {
        None if report.works => works(report.kind),
        Some(cause) => error(Some(report.kind), cause),
        None => wrong_key(Some(report.kind)),
    }
}

fn said(can: Abilities) -> Vec<Ability> {
    let all = can.reads == ReadScope::AllOrders;
    let line = |key: &str, able: bool, yes: &str, no: &str| Ability {
        key: key.to_owned(),
        state: if able {
            AbilityState::Can
        } else {
            AbilityState::Cannot
        },
        sentence: if able { yes } else { no }.to_owned(),
    };
    let mut lines = vec![
        if all {
            line(
                "read_orders",
                true,
                "read orders, whose they are, and the provider",
                "",
            )
        } else {
            line("read_orders", true, "read its own orders", "")
        },
        line(
            "request_cancel",
            can.request_cancel,
            "ask the provider to cancel",
            "ask for a cancel: no call for it, they go to your groups",
        ),
        line(
            "refill",
            can.refill,
            "ask for a refill",
            "create refills: no call for it, they go to your groups",
        ),
    ];
    if !all {
        lines.push(line(
            "read_all_orders",
            false,
            "",
            "see other customers' orders or providers",
        ));
    }
    if all {
        lines.push(Ability {
            key: "refund".to_owned(),
            state: AbilityState::Locked,
            sentence: "cancel with refund: Switchboard never does this".to_owned(),
        });
    }
    lines.push(line(
        "speed_up",
        false,
        "",
        "speed up: no panel can, a group message does",
    ));
    lines
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use switchboard_integrations::panel::Detail;

    use super::*;

    fn detail() -> Detail {
        Detail::new("SAID-BY-THE-PANEL")
    }

    fn causes() -> Vec<(PanelError, ReportState)> {
        vec![
            (PanelError::Auth { detail: detail() }, ReportState::WrongKey),
            (PanelError::NotAllowed { detail: detail() }, ReportState::WrongKey),
            (
                PanelError::RateLimited {
                    retry_after: None,
                    detail: detail(),
                },
                ReportState::TooSlow,
            ),
            (
                PanelError::Blocked {
                    request_may_have_arrived: false,
                    detail: detail(),
                },
                ReportState::Challenge,
            ),
            (
                PanelError::Blocked {
                    request_may_have_arrived: true,
                    detail: detail(),
                },
                ReportState::NotAPanel,
            ),
            (
                PanelError::Unreachable {
                    request_may_have_arrived: true,
                    detail: detail(),
                },
                ReportState::Unreachable,
            ),
            (
                PanelError::BadAddress { detail: detail() },
                ReportState::NotAPanel,
            ),
            (
                PanelError::PrivateAddress { detail: detail() },
                ReportState::BlockedAddress,
            ),
            (PanelError::BadShape { detail: detail() }, ReportState::NotAPanel),
        ]
    }

    #[test]
    fn every_failure_has_a_sentence_and_a_next_step_and_none_of_the_panels_words() {
        for (cause, state) in causes() {
            for kind in PanelKind::ALL.into_iter().map(Some).chain([None]) {
                let finding = error(kind, &cause);
                assert_eq!(finding.state, state, "{cause}");
                assert!(
                    finding.sentence.ends_with('.') && finding.next.ends_with('.'),
                    "{finding:?}"
                );
                assert!(!format!("{finding:?}").contains("SAID-BY-THE-PANEL"));
                assert_eq!(finding.kind, kind);
            }
        }
    }

    #[test]
    fn a_customers_key_says_where_the_right_one_is() {
        for kind in [
            Some(PanelKind::PerfectPanelAdminV2),
            Some(PanelKind::RentalPanelAdminV1),
        ] {
            let finding = customer_key(kind);
            assert_eq!(
                finding.sentence,
                "This is a customer's key: it sees only its own orders."
            );
            assert!(
                finding
                    .next
                    .starts_with("You need the admin key: in your panel open Settings → ")
            );
        }
    }

    #[test]
    fn abilities_are_sentences_of_their_kind() {
        let shown = |kind: PanelKind| -> Vec<(String, AbilityState)> {
            works(kind)
                .abilities
                .into_iter()
                .map(|ability| {
                    assert!(!ability.sentence.is_empty(), "{ability:?}");
                    (ability.key, ability.state)
                })
                .collect()
        };
        use AbilityState::{Can, Cannot, Locked};
        let line = |key: &str, state| (key.to_owned(), state);
        assert_eq!(
            shown(PanelKind::PerfectPanelAdminV2),
            [
                line("read_orders", Can),
                line("request_cancel", Can),
                line("refill", Cannot),
                line("refund", Locked),
                line("speed_up", Cannot)
            ]
        );
        assert_eq!(
            shown(PanelKind::UserApiV2),
            [
                line("read_orders", Can),
                line("request_cancel", Can),
                line("refill", Can),
                line("read_all_orders", Cannot),
                line("speed_up", Cannot)
            ]
        );
    }
}
