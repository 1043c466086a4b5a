//! Which kind of panel stands at an address, found without side effect: three reads at most, of nothing.
//!
//! Absent on purpose: trying dozens of paths (ends in 429 for minutes), and any call that claims work.

use std::time::Duration;

use secrecy::SecretString;
use serde::Serialize;
use url::Url;

use super::{
    Detail, Pace, PanelError, PanelKind,
    json::Json,
    key_check::fix,
    shape::{Meaning, error_text, meaning},
    wire::{Answer, Wire},
};
use crate::http::GuardedClient;

/// Between two probes.
const GAP: Duration = Duration::from_millis(400);

/// What was found, for the owner. Serialises for `--json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Detected {
    /// The interface that answers; with `key_works` the one to store.
    pub kind: Option<PanelKind>,
    pub key_works: bool,
    /// The key is a customer account's where the panel's Admin API was found: another key is needed.
    pub customer_key: bool,
    /// What it is and what to do, in plain words.
    pub words: String,
    /// [`PanelError::class`] where a probe failed.
    pub error: Option<&'static str>,
    pub detail: Option<Detail>,
    /// What failed, for who words it differently.
    #[serde(skip)]
    pub cause: Option<PanelError>,
    /// Only the older Admin API answers, which cannot read an order by its id.
    #[serde(skip)]
    pub too_old: bool,
}

/// What one probe says.
enum Probe {
    Works,
    /// The interface is there and does not take the key.
    KeyRefused(Detail),
    /// The older Admin API, which cannot read an order by its id.
    TooOld,
    /// Something else is there. The error is kept for the case that nothing answers.
    No(Option<PanelError>),
    /// No use in asking on.
    Stop(PanelError),
}

/// Asks the address what it is. `base` as [`super::normalise_base_url`] made it.
pub async fn detect(base: &Url, key: &SecretString, client: &GuardedClient) -> Detected {
    ask(&Wire::new(
        client.clone(),
        base.clone(),
        key.clone(),
        Pace::every(GAP),
    ))
    .await
}

async fn ask(wire: &Wire) -> Detected {
    let mut first_error = None;
    let mut refused = None;
    for kind in [PanelKind::PerfectPanelAdminV2, PanelKind::RentalPanelAdminV1] {
        let answer = match kind {
            PanelKind::PerfectPanelAdminV2 => perfect_panel(wire).await,
            PanelKind::RentalPanelAdminV1 | PanelKind::UserApiV2 => rental(wire).await,
        };
        match answer {
            Probe::Works => return works(kind),
            Probe::KeyRefused(detail) => {
                refused = Some((kind, detail));
                break;
            }
            Probe::TooOld => return too_old(),
            Probe::No(error) => first_error = first_error.or(error),
            Probe::Stop(error) => return failed(&error),
        }
    }
    let user = user_api(wire).await;
    match (refused, user) {
        (Some((kind, _)), Probe::Works) => customer_key(kind),
        (Some((kind, detail)), _) => key_refused(kind, detail),
        (None, Probe::Works) => works(PanelKind::UserApiV2),
        (None, Probe::KeyRefused(detail)) => key_refused(PanelKind::UserApiV2, detail),
        (None, Probe::Stop(error)) => failed(&error),
        (None, Probe::No(error)) => first_error.or(error).map_or_else(nothing, |error| failed(&error)),
        (None, Probe::TooOld) => nothing(),
    }
}

async fn perfect_panel(wire: &Wire) -> Probe {
    let mut url = wire.url("adminapi/v2/orders");
    url.set_query(Some("ids=0&limit=1"));
    let request = match wire.get_with_header(url) {
        Ok(request) => request,
        Err(error) => return Probe::Stop(error),
    };
    let answer = match wire.call(request).await {
        Ok(answer) => answer,
        Err(error) => return missed(error),
    };
    let Some(code) = answer.json.get("error_code").and_then(Json::integer) else {
        return Probe::No(None);
    };
    let text = error_text(&answer.json).unwrap_or_default();
    let auth = [401, 403];
    if auth.contains(&answer.status.as_u16())
        || auth.map(i64::from).contains(&code)
        || meaning(&text) == Meaning::BadKey
    {
        return Probe::KeyRefused(wire.detail(&text));
    }
    match (answer.status.is_success() && code == 0, answer.status.as_u16()) {
        (true, _) | (_, 400 | 422) => Probe::Works,
        _ => Probe::No(None),
    }
}

async fn rental(wire: &Wire) -> Probe {
    let fields = [("action", "getOrders-by-id"), ("orders", "0"), ("provider", "1")];
    let answer = match wire.call(wire.query(wire.url("adminapi/v1"), &fields)).await {
        Ok(answer) => answer,
        Err(error) => return missed(error),
    };
    let text = error_text(&answer.json).unwrap_or_default();
    match meaning(&text) {
        Meaning::BadKey => return Probe::KeyRefused(wire.detail(&text)),
        Meaning::NoSuchOrder => return Probe::Works,
        Meaning::NoSuchCall => return Probe::TooOld,
        Meaning::TooFast => return Probe::Stop(too_fast(wire, &text)),
        Meaning::NoSuchRefill | Meaning::Other => {}
    }
    let status = answer.json.scalar_at(&["status"]).unwrap_or_default();
    if matches!(status.as_str(), "success" | "sucess") && answer.json.get("orders").is_some() {
        Probe::Works
    } else {
        Probe::No(None)
    }
}

async fn user_api(wire: &Wire) -> Probe {
    let Answer { json, .. } = match wire
        .call(wire.form(wire.url("api/v2"), &[("action", "balance")]))
        .await
    {
        Ok(answer) => answer,
        Err(error) => return missed(error),
    };
    if json.scalar_at(&["balance"]).is_some() {
        return Probe::Works;
    }
    let Some(text) = error_text(&json) else {
        return Probe::No(None);
    };
    match meaning(&text) {
        Meaning::BadKey => Probe::KeyRefused(wire.detail(&text)),
        Meaning::TooFast => Probe::Stop(too_fast(wire, &text)),
        // The texts are translated on many panels; `balance` has nothing but the key to find fault with.
        _ => Probe::KeyRefused(wire.detail(&text)),
    }
}

fn too_fast(wire: &Wire, text: &str) -> PanelError {
    PanelError::RateLimited {
        retry_after: None,
        detail: wire.detail(text),
    }
}

/// A page or an error where the interface would be: look elsewhere, unless nothing else would answer either.
fn missed(error: PanelError) -> Probe {
    match error {
        PanelError::RateLimited { .. }
        | PanelError::PrivateAddress { .. }
        | PanelError::Unreachable {
            request_may_have_arrived: false,
            ..
        }
        | PanelError::Blocked {
            request_may_have_arrived: false,
            ..
        } => Probe::Stop(error),
        // Without the interface, some panels answer any path with "log in".
        error => Probe::No(Some(error)),
    }
}

fn found(kind: Option<PanelKind>, key_works: bool, words: String) -> Detected {
    Detected {
        kind,
        key_works,
        customer_key: false,
        words,
        error: None,
        detail: None,
        cause: None,
        too_old: false,
    }
}

fn works(kind: PanelKind) -> Detected {
    let more = match kind {
        PanelKind::UserApiV2 => {
            " It sees only that account's own orders. To check orders of all customers, enter the panel's Admin API key."
        }
        PanelKind::PerfectPanelAdminV2 | PanelKind::RentalPanelAdminV1 => "",
    };
    found(
        Some(kind),
        true,
        format!("This is {}, and the key works.{more}", kind.words()),
    )
}

fn customer_key(kind: PanelKind) -> Detected {
    let words = format!(
        "This is {}, but the key is the one of a customer's account (API v2). Enter the Admin API key, from the panel's settings.",
        kind.words()
    );
    Detected {
        customer_key: true,
        ..found(Some(kind), false, words)
    }
}

fn key_refused(kind: PanelKind, detail: Detail) -> Detected {
    let words = format!(
        "This is {}, but it does not accept the key. Copy the key again from the panel's settings.",
        kind.words()
    );
    Detected {
        error: Some("auth"),
        detail: Some(detail),
        ..found(Some(kind), false, words)
    }
}

fn too_old() -> Detected {
    let words = "The panel speaks only the older Admin API v1, which cannot read an order by its id. Ask its support to switch on Admin API v2.";
    Detected {
        too_old: true,
        ..found(None, false, words.to_owned())
    }
}

fn nothing() -> Detected {
    found(None, false, "No panel API that we know answers at this address. Check the address, or tell us the panel's script.".to_owned())
}

fn failed(error: &PanelError) -> Detected {
    let words = format!("The panel could not be asked: {error}. {}", fix(error));
    Detected {
        error: Some(error.class()),
        detail: Some(error.detail().clone()),
        cause: Some(error.clone()),
        ..found(None, false, words)
    }
}

#[cfg(test)]
#[path = "detect_tests.rs"]
mod tests;
