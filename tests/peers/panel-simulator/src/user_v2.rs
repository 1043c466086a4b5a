//! Owns the standard user API (`/api/v2`) with the deviations seen on real panels.
//!
//! Invariant: an account sees and changes its own orders only; others answer as if they did not exist.

use crate::body::{fill_list, id, quoted, text};
use crate::incoming::Incoming;
use crate::model::{Deviation, Order, Settings};
use crate::panel::State;
use crate::reply::Reply;
use crate::spelling;
use crate::user_v2_add;

const SERVICE: &str = include_str!("../bodies/user_v2/service.json");
const STATUS: &str = include_str!("../bodies/user_v2/status.json");
const STATUS_ORDER: &str = include_str!("../bodies/user_v2/status_order_part.json");
const ERROR: &str = include_str!("../bodies/user_v2/error.json");
const ERROR_WITH_STATUS: &str = include_str!("../bodies/user_v2/error_with_status.json");
const REFILL_SINGLE: &str = include_str!("../bodies/user_v2/refill_single.json");
const REFILL_ENTRY: &str = include_str!("../bodies/user_v2/refill_entry.json");
const REFILL_STATUS_SINGLE: &str = include_str!("../bodies/user_v2/refill_status_single.json");
const REFILL_STATUS_ENTRY: &str = include_str!("../bodies/user_v2/refill_status_entry.json");
const CANCEL_ENTRY: &str = include_str!("../bodies/user_v2/cancel_entry.json");
const CANCEL_OBJECT_ENTRY: &str = include_str!("../bodies/user_v2/cancel_object_entry.json");
const CANCEL_SINGLE: &str = include_str!("../bodies/user_v2/cancel_single.json");
const BALANCE: &str = include_str!("../bodies/user_v2/balance.json");
const OBJECT: &str = include_str!("../bodies/user_v2/object.json");
const ARRAY: &str = include_str!("../bodies/user_v2/array.json");
const KEYED_ENTRY: &str = include_str!("../bodies/user_v2/keyed_entry.json");

#[derive(Clone, Copy)]
pub enum Refusal {
    Key,
    Request,
    Order,
    Service,
    Funds,
    Quantity,
    Refill,
    CannotRefill,
    CannotCancel,
}

impl Refusal {
    /// `(HTTP status where codes are real, number beside the error, text, translated text)`
    fn texts(self) -> (u16, u16, &'static str, &'static str) {
        match self {
            Self::Key => (401, 102, "Invalid API key", "Clave API no válida"),
            Self::Request => (400, 101, "Incorrect request", "Solicitud incorrecta"),
            Self::Order => (404, 104, "Incorrect order ID", "ID de pedido incorrecto"),
            Self::Service => (404, 105, "Incorrect service ID", "ID de servicio incorrecto"),
            Self::Funds => (402, 113, "Not enough funds on balance", "Saldo insuficiente"),
            Self::Quantity => (400, 108, "neworder.error.min_quantity", "Cantidad incorrecta"),
            Self::Refill => (404, 104, "Refill not found", "Reposición no encontrada"),
            Self::CannotRefill => (403, 114, "Cannot refill", "No se puede reponer"),
            Self::CannotCancel => (403, 115, "Cannot cancel", "No se puede cancelar"),
        }
    }
}

/// The error of a whole call.
pub fn error(settings: &Settings, refusal: Refusal) -> Reply {
    let status = if settings.deviates(Deviation::HttpCodes) {
        refusal.texts().0
    } else {
        200
    };
    Reply::json(status, error_body(settings, refusal))
}

/// An error as it stands in a call's or an entry's place.
fn error_body(settings: &Settings, refusal: Refusal) -> String {
    let (_, code, plain, translated) = refusal.texts();
    let words = text(if settings.deviates(Deviation::TranslatedErrors) {
        translated
    } else {
        plain
    });
    if settings.deviates(Deviation::NumericErrorStatus) {
        fill_list(
            ERROR_WITH_STATUS,
            &[("code", &code.to_string()), ("error", &words)],
        )
    } else {
        fill_list(ERROR, &[("error", &words)])
    }
}

pub fn answer(state: &mut State, call: &Incoming) -> Reply {
    let reply = match dispatch(state, call) {
        Ok(reply) => reply,
        Err(refusal) => error(&state.settings, refusal),
    };
    if state.settings.deviates(Deviation::HtmlContentType) {
        reply.labelled_html()
    } else {
        reply
    }
}

fn dispatch(state: &mut State, call: &Incoming) -> Result<Reply, Refusal> {
    if call.method != "POST" {
        return Err(Refusal::Request);
    }
    let account = call
        .get("key")
        .and_then(|key| state.account(key))
        .ok_or(Refusal::Key)?;
    let can_cancel = !state.settings.deviates(Deviation::NoRefillCancel);
    let can_refill = can_cancel && state.settings.refill_capability != Some(false);
    match call.action.as_str() {
        "services" => Ok(services(state)),
        "add" => user_v2_add::add(state, call, &account),
        "status" => status(state, call, &account),
        "refill" if can_refill => refill(state, call, &account),
        "refill_status" if can_refill => refill_status(state, call, &account),
        "cancel" if can_cancel => cancel(state, call, &account),
        "balance" => Ok(balance(state, &account)),
        _ => Err(Refusal::Request),
    }
}

/// The ids of a bulk call, repeated ones once, in their order.
fn bulk(state: &State, call: &Incoming, name: &str) -> Result<Option<Vec<String>>, Refusal> {
    let Some(mut ids) = call.list(name) else {
        return Ok(None);
    };
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    if ids.is_empty() || ids.len() > state.settings.max_ids {
        Err(Refusal::Request)
    } else {
        Ok(Some(ids))
    }
}

fn owned<'a>(state: &'a State, id: &str, account: &str) -> Option<&'a Order> {
    state.orders.get(id).filter(|order| order.user == account)
}

/// A number that panels print quoted unless they print all numbers bare.
fn quoted_number(settings: &Settings, value: &str) -> String {
    if settings.deviates(Deviation::NativeNumbers) {
        value.to_owned()
    } else {
        quoted(value)
    }
}

/// A number that panels print bare unless they quote all.
pub fn bare_number(settings: &Settings, value: &str) -> String {
    if settings.deviates(Deviation::StringNumbers) {
        quoted(value)
    } else {
        id(value)
    }
}

fn services(state: &State) -> Reply {
    let entries: Vec<String> = state
        .services
        .iter()
        .map(|service| {
            fill_list(
                SERVICE,
                &[
                    ("service", &bare_number(&state.settings, &service.service)),
                    ("name", &text(&service.name)),
                    ("type", &text(&service.kind)),
                    ("category", &text(&service.category)),
                    ("rate", &text(&service.rate)),
                    ("min", &service.min.to_string()),
                    ("max", &service.max.to_string()),
                    ("refill", if service.refill { "true" } else { "false" }),
                    ("cancel", if service.cancel { "true" } else { "false" }),
                ],
            )
        })
        .collect();
    Reply::json(200, fill_list(ARRAY, &[("entries", &entries.join(","))]))
}

fn print_status(settings: &Settings, order: &Order, with_order: bool) -> String {
    let status = spelling::title(&order.status);
    let status = match status {
        "In progress" if settings.deviates(Deviation::InprogressSpelling) => "Inprogress".to_owned(),
        _ if settings.deviates(Deviation::UpperCaseStatus) => status.replace(' ', "_").to_uppercase(),
        _ => status.to_owned(),
    };
    let remains = if settings.deviates(Deviation::RemainsUnknown) {
        quoted("Unknown")
    } else {
        quoted_number(settings, &order.remains.to_string())
    };
    let order_part = if with_order {
        fill_list(STATUS_ORDER, &[("order", &bare_number(settings, &order.id))])
    } else {
        String::new()
    };
    fill_list(
        STATUS,
        &[
            ("order_part", &order_part),
            ("charge", &quoted_number(settings, &order.charge)),
            (
                "start_count",
                &quoted_number(settings, &order.start_count.to_string()),
            ),
            ("status", &text(&status)),
            ("remains", &remains),
            ("currency", &text(&settings.currency)),
        ],
    )
}

fn keyed(id: &str, entry: &str) -> String {
    fill_list(KEYED_ENTRY, &[("order", &text(id)), ("entry", entry)])
}

fn status(state: &State, call: &Incoming, account: &str) -> Result<Reply, Refusal> {
    let settings = &state.settings;
    if let Some(ids) = bulk(state, call, "orders")? {
        let array = settings.deviates(Deviation::BatchStatusArray);
        let mut entries = Vec::with_capacity(ids.len());
        for id in &ids {
            let entry = match owned(state, id, account) {
                Some(order) => print_status(settings, order, array),
                None if settings.deviates(Deviation::OmitMissing) => continue,
                None => error_body(settings, Refusal::Order),
            };
            entries.push(if array { entry } else { keyed(id, &entry) });
        }
        let body = if array { ARRAY } else { OBJECT };
        return Ok(Reply::json(
            200,
            fill_list(body, &[("entries", &entries.join(","))]),
        ));
    }
    let id = call.get("order").ok_or(Refusal::Request)?.trim();
    let order = owned(state, id, account).ok_or(Refusal::Order)?;
    let printed = print_status(
        settings,
        order,
        settings.deviates(Deviation::SingleStatusWithOrder),
    );
    let body = if settings.deviates(Deviation::KeyedSingleStatus) {
        fill_list(OBJECT, &[("entries", &keyed(id, &printed))])
    } else {
        printed
    };
    Ok(Reply::json(200, body))
}

fn refill_one(state: &mut State, id: &str, account: &str) -> Result<u64, Refusal> {
    owned(state, id, account).ok_or(Refusal::Order)?;
    state.open_refill(id).ok_or(Refusal::CannotRefill)
}

fn refill(state: &mut State, call: &Incoming, account: &str) -> Result<Reply, Refusal> {
    let Some(ids) = bulk(state, call, "orders")? else {
        let id = call.get("order").ok_or(Refusal::Request)?.trim();
        let refill = refill_one(state, id, account)?;
        let printed = quoted_number(&state.settings, &refill.to_string());
        return Ok(
            Reply::json(200, fill_list(REFILL_SINGLE, &[("refill", &printed)])).with_effects(vec![id.into()]),
        );
    };
    let mut effects = Vec::new();
    let mut entries = Vec::with_capacity(ids.len());
    for id in ids {
        let result = match refill_one(state, &id, account) {
            Ok(refill) => {
                effects.push(id.clone());
                bare_number(&state.settings, &refill.to_string())
            }
            Err(Refusal::Order) if state.settings.deviates(Deviation::OmitMissing) => continue,
            Err(refusal) => error_body(&state.settings, refusal),
        };
        entries.push(fill_list(
            REFILL_ENTRY,
            &[("order", &bare_number(&state.settings, &id)), ("refill", &result)],
        ));
    }
    Ok(Reply::json(200, fill_list(ARRAY, &[("entries", &entries.join(","))])).with_effects(effects))
}

fn refill_status(state: &State, call: &Incoming, account: &str) -> Result<Reply, Refusal> {
    let find = |id: &str| {
        let id = id.trim().parse::<u64>().ok()?;
        state
            .refills
            .get(&id)
            .filter(|refill| refill.user == account)
            .map(|refill| refill.status.as_str())
    };
    let Some(ids) = bulk(state, call, "refills")? else {
        let status = call.get("refill").and_then(find).ok_or(Refusal::Refill)?;
        return Ok(Reply::json(
            200,
            fill_list(REFILL_STATUS_SINGLE, &[("status", &text(status))]),
        ));
    };
    let entries: Vec<String> = ids
        .iter()
        .map(|id| {
            let status = find(id).map_or_else(|| error_body(&state.settings, Refusal::Refill), quoted);
            fill_list(
                REFILL_STATUS_ENTRY,
                &[("refill", &bare_number(&state.settings, id)), ("status", &status)],
            )
        })
        .collect();
    Ok(Reply::json(
        200,
        fill_list(ARRAY, &[("entries", &entries.join(","))]),
    ))
}

fn cancel_one(state: &mut State, id: &str, account: &str) -> Result<(), Refusal> {
    owned(state, id, account).ok_or(Refusal::Order)?;
    if state.request_cancel(id) {
        Ok(())
    } else {
        Err(Refusal::CannotCancel)
    }
}

fn cancel(state: &mut State, call: &Incoming, account: &str) -> Result<Reply, Refusal> {
    let Some(ids) = bulk(state, call, "orders")? else {
        let single = call
            .get("order")
            .filter(|_| state.settings.deviates(Deviation::SingleCancel));
        let id = single.ok_or(Refusal::Request)?.trim();
        cancel_one(state, id, account)?;
        let body = fill_list(CANCEL_SINGLE, &[("cancel", &bare_number(&state.settings, "1"))]);
        return Ok(Reply::json(200, body).with_effects(vec![id.into()]));
    };
    let object = state.settings.deviates(Deviation::CancelObject);
    let mut effects = Vec::new();
    let mut entries = Vec::with_capacity(ids.len());
    for id in ids {
        let result = match cancel_one(state, &id, account) {
            Ok(()) => {
                effects.push(id.clone());
                Ok(bare_number(&state.settings, "1"))
            }
            Err(Refusal::Order) if state.settings.deviates(Deviation::OmitMissing) => continue,
            Err(refusal) => Err(error_body(&state.settings, refusal)),
        };
        entries.push(match result {
            Ok(_) if object => fill_list(CANCEL_OBJECT_ENTRY, &[("order", &text(&id))]),
            Err(error) if object => keyed(&id, &error),
            Ok(cancel) | Err(cancel) => fill_list(
                CANCEL_ENTRY,
                &[("order", &bare_number(&state.settings, &id)), ("cancel", &cancel)],
            ),
        });
    }
    let body = if object { OBJECT } else { ARRAY };
    Ok(Reply::json(200, fill_list(body, &[("entries", &entries.join(","))])).with_effects(effects))
}

fn balance(state: &State, account: &str) -> Reply {
    let balance = state
        .users
        .get(account)
        .map_or("0.00", |user| user.balance.as_str());
    let values = [
        ("balance", text(balance)),
        ("currency", text(&state.settings.currency)),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    Reply::json(200, fill_list(BALANCE, &values))
}
