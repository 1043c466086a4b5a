//! Owns PerfectPanel's Admin API v2: paths, envelope with `error_code`, key by header or older query.
//!
//! `POST /orders/refill` has no evidence behind it: it answers only where a test switched `refill_capability` on.

use crate::body::{fill, fill_list, id, push_id, push_text, quoted, text};
use crate::incoming::{Incoming, split_ids};
use crate::model::{Order, Settings, User};
use crate::panel::State;
use crate::reply::Reply;
use crate::spelling;

const ORDER: &str = include_str!("../bodies/admin_v2/order.json");
const ORDER_PROVIDER: &str = include_str!("../bodies/admin_v2/order_provider_part.json");
const ORDER_UPDATE: &str = include_str!("../bodies/admin_v2/order_update_part.json");
const ONE: &str = include_str!("../bodies/admin_v2/one.json");
const LIST: &str = include_str!("../bodies/admin_v2/list.json");
const USER: &str = include_str!("../bodies/admin_v2/user.json");
const ACCEPTED: &str = include_str!("../bodies/admin_v2/accepted.json");
const ACCEPTED_AND_SKIPPED: &str = include_str!("../bodies/admin_v2/accepted_and_skipped.json");
const ERROR: &str = include_str!("../bodies/admin_v2/error.json");

const MOST_PER_PAGE: i64 = 1_000;

pub fn answer(state: &mut State, call: &Incoming) -> Reply {
    let Some(key) = call.header_key.as_deref().or_else(|| call.get("apikey")) else {
        return error(401, "Unauthorized");
    };
    if state.settings.admin_key.as_deref() != Some(key) {
        return error(403, "Access denied");
    }
    match call.action.as_str() {
        "orders" => orders(state, call),
        "order" => order(state, call),
        "request-cancel" => change_each(state, call, State::request_cancel),
        "refill" if state.settings.refill_capability == Some(true) => {
            change_each(state, call, |state, id| state.open_refill(id).is_some())
        }
        "users" => users(state, call),
        _ => error(404, "Page not found"),
    }
}

pub fn error(status: u16, message: &str) -> Reply {
    Reply::json(
        status,
        fill_list(
            ERROR,
            &[("message", &text(message)), ("code", &status.to_string())],
        ),
    )
}

/// `limit` and `offset`, or the answer to bad ones.
fn page(call: &Incoming) -> Result<(usize, usize), Reply> {
    let read = |name, default| match call.get(name) {
        None => Some(default),
        Some(_) => call.number(name),
    };
    match (read("limit", 100), read("offset", 0)) {
        (Some(limit @ 1..=MOST_PER_PAGE), Some(offset)) if offset >= 0 => Ok((
            usize::try_from(limit).unwrap_or(1),
            usize::try_from(offset).unwrap_or(0),
        )),
        _ => Err(error(422, "Bad pagination")),
    }
}

fn list(count: usize, entries: &[String], (limit, offset): (usize, usize)) -> Reply {
    let (count, offset, limit) = (count.to_string(), offset.to_string(), limit.to_string());
    let values = [
        ("count", count.as_str()),
        ("list", &entries.join(",")),
        ("offset", &offset),
        ("limit", &limit),
    ];
    Reply::json(200, fill_list(LIST, &values))
}

fn orders(state: &State, call: &Incoming) -> Reply {
    let page = match page(call) {
        Ok(page) => page,
        Err(refusal) => return refusal,
    };
    let mut found: Vec<&Order> = match call.get("ids") {
        Some(ids) => {
            let mut ids: Vec<&str> = split_ids(ids).collect();
            ids.sort_unstable();
            ids.dedup();
            if ids.len() > state.settings.max_ids {
                return error(422, "Too many ids");
            }
            ids.iter().filter_map(|id| state.orders.get(*id)).collect()
        }
        None => state.orders.values().collect(),
    };
    let statuses: Option<Vec<String>> = call
        .list("order_status")
        .map(|wanted| wanted.iter().map(|status| spelling::key(status)).collect());
    let services = call.list("service_ids");
    let (from, to) = (call.number("created_from"), call.number("created_to"));
    found.retain(|order| {
        statuses
            .as_ref()
            .is_none_or(|wanted| wanted.contains(&spelling::key(&order.status)))
            && services
                .as_ref()
                .is_none_or(|wanted| wanted.contains(&order.service_id))
            && call.get("user").is_none_or(|user| user == order.user)
            && from.is_none_or(|from| order.created >= from)
            && to.is_none_or(|to| order.created <= to)
    });
    // Newest first, whatever order the ids were asked in: a caller must not rely on positions.
    found.sort_by(|a, b| {
        b.created
            .cmp(&a.created)
            .then_with(|| (b.id.len(), &b.id).cmp(&(a.id.len(), &a.id)))
    });
    let brief = Detail {
        provider: !state.settings.list_omits_provider,
        update: !state.settings.list_omits_last_update,
    };
    let entries: Vec<String> = found
        .iter()
        .skip(page.1)
        .take(page.0)
        .map(|order| print_order(state, order, brief))
        .collect();
    list(found.len(), &entries, page)
}

fn order(state: &State, call: &Incoming) -> Reply {
    let wanted = call.path.rsplit('/').next().unwrap_or_default();
    match state.orders.get(wanted) {
        Some(order) => {
            let order = print_order(
                state,
                order,
                Detail {
                    provider: true,
                    update: true,
                },
            );
            Reply::json(200, fill_list(ONE, &[("order", &order)]))
        }
        None => error(404, "Order not found"),
    }
}

fn change_each(state: &mut State, call: &Incoming, change: impl Fn(&mut State, &str) -> bool) -> Reply {
    let mut ids = call.list("ids").unwrap_or_default();
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    if ids.is_empty() || ids.len() > state.settings.max_ids {
        return error(422, "Bad ids");
    }
    let (accepted, skipped): (Vec<String>, Vec<String>) = ids.into_iter().partition(|id| change(state, id));
    let print = |ids: &[String]| ids.iter().map(|one| id(one)).collect::<Vec<_>>().join(",");
    let body = if state.settings.cancel_hides_skipped {
        fill_list(ACCEPTED, &[("ids", &print(&accepted))])
    } else {
        fill_list(
            ACCEPTED_AND_SKIPPED,
            &[("ids", &print(&accepted)), ("skipped", &print(&skipped))],
        )
    };
    Reply::json(200, body).with_effects(accepted)
}

fn users(state: &State, call: &Incoming) -> Reply {
    let page = match page(call) {
        Ok(page) => page,
        Err(refusal) => return refusal,
    };
    let found: Vec<&User> = state
        .users
        .values()
        .filter(|user| call.get("username").is_none_or(|name| name == user.username))
        .filter(|user| call.get("email").is_none_or(|email| email == user.email))
        .collect();
    let entries: Vec<String> = found
        .iter()
        .skip(page.1)
        .take(page.0)
        .map(|user| print_user(&state.settings, user))
        .collect();
    list(found.len(), &entries, page)
}

fn print_user(settings: &Settings, user: &User) -> String {
    fill_list(
        USER,
        &[
            ("id", &user.id.to_string()),
            ("username", &text(&user.username)),
            ("email", &text(&user.email)),
            ("balance", &text(&user.balance)),
            ("currency", &text(&settings.currency)),
            ("balance_formatted", &text(&formatted(settings, &user.balance))),
        ],
    )
}

fn formatted(settings: &Settings, amount: &str) -> String {
    match settings.currency.as_str() {
        "USD" => format!("${amount}"),
        other => format!("{amount} {other}"),
    }
}

#[derive(Clone, Copy)]
struct Detail {
    provider: bool,
    update: bool,
}

fn print_order(state: &State, order: &Order, detail: Detail) -> String {
    let mut out = String::with_capacity(900);
    push_part(state, order, detail, ORDER, &mut out);
    out
}

fn push_part(state: &State, order: &Order, detail: Detail, part: &str, out: &mut String) {
    let settings = &state.settings;
    out.push_str(&fill(part, |name, out| match name {
        "id" => push_id(out, &order.id),
        "external_id" => match order.external_ids.as_slice() {
            [] => out.push_str("null"),
            _ => out.push_str(&quoted(&order.external_id())),
        },
        "user" => push_text(out, &order.user),
        "service_id" => push_id(out, &order.service_id),
        "service_name" => push_text(out, &order.service_name),
        "service_type" => push_text(out, &order.service_type),
        "link" => push_text(out, &order.link),
        "quantity" => out.push_str(&order.quantity.to_string()),
        "start_count" => out.push_str(&order.start_count.to_string()),
        "remains" => out.push_str(&order.remains.to_string()),
        "status" => push_text(out, spelling::snake(&order.status)),
        "mode" => push_text(out, &order.mode),
        "charge" => push_text(out, &order.charge),
        "charge_formatted" => push_text(out, &formatted(settings, &order.charge)),
        "currency" => push_text(out, &settings.currency),
        "created" => out.push_str(&settings.print_time(order.created)),
        "created_timestamp" => out.push_str(&order.created.to_string()),
        "provider" => match &order.provider {
            Some(provider) => out.push_str(&quoted(provider)),
            None => out.push_str("null"),
        },
        "last_update" => out.push_str(&settings.print_time(order.last_update)),
        "last_update_timestamp" => out.push_str(&order.last_update.to_string()),
        "can_resend" => out.push_str(yes_no(spelling::key(&order.status) == "fail")),
        "can_request_cancel" => {
            // Once asked for, the button is gone: that is how the state tells a lost answer from a lost request.
            out.push_str(yes_no(
                state.can_request_cancel(order) && order.cancel_requests == 0,
            ));
        }
        "can_refund" => out.push_str(yes_no(spelling::may_cancel(&order.status))),
        "can_refill" => out.push_str(yes_no(
            settings.refill_capability == Some(true) && state.can_refill(order),
        )),
        "provider_part" if detail.provider => push_part(state, order, detail, ORDER_PROVIDER, out),
        "update_part" if detail.update => push_part(state, order, detail, ORDER_UPDATE, out),
        "provider_part" | "update_part" => {}
        other => unreachable!("the order's body asks for `{other}`; the tests render every body"),
    }));
}

fn yes_no(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}
