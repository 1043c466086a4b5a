//! Owns the action-style Admin API v1: RentalPanel's reads, and the `bad_action` that a plain v1 gives to them.

use crate::body::{fill, fill_list, push_text, text};
use crate::incoming::Incoming;
use crate::model::{Deviation, Kind, Order};
use crate::panel::State;
use crate::reply::Reply;
use crate::spelling;

const ORDER: &str = include_str!("../bodies/admin_v1/order.json");
const ORDER_KEYED: &str = include_str!("../bodies/admin_v1/order_keyed.json");
const ORDER_PROVIDER: &str = include_str!("../bodies/admin_v1/order_provider_part.json");
const ORDERS: &str = include_str!("../bodies/admin_v1/orders.json");
const ORDERS_KEYED: &str = include_str!("../bodies/admin_v1/orders_keyed.json");
const USER: &str = include_str!("../bodies/admin_v1/user.json");
const ERROR: &str = include_str!("../bodies/admin_v1/error.json");

pub fn answer(state: &mut State, call: &Incoming) -> Reply {
    let key = call.get("key");
    if key.is_none() || state.settings.admin_key.as_deref() != key {
        return error("bad_auth");
    }
    let rental = state.settings.kind == Kind::RentalPanel;
    match call.action.as_str() {
        "getOrders-by-id" if rental => orders(state, call),
        "getUser" if rental && !state.settings.get_user_missing => user(state, call),
        _ => error("bad_action"),
    }
}

pub fn error(error: &str) -> Reply {
    Reply::json(200, fill_list(ERROR, &[("error", &text(error))]))
}

fn success(state: &State) -> &'static str {
    if state.settings.deviates(Deviation::SucessSpelling) {
        "sucess"
    } else {
        "success"
    }
}

fn orders(state: &State, call: &Incoming) -> Reply {
    let mut ids = call.list("orders").unwrap_or_default();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() || ids.len() > state.settings.max_ids {
        return error("bad_order");
    }
    let keyed = state.settings.deviates(Deviation::KeyedOrders);
    let with_provider = call.get("provider") == Some("1");
    let found: Vec<String> = ids
        .iter()
        .filter_map(|id| state.orders.get(id))
        .map(|order| {
            print_order(
                state,
                order,
                with_provider,
                if keyed { ORDER_KEYED } else { ORDER },
            )
        })
        .collect();
    if found.is_empty() {
        return error("order_not_found");
    }
    let body = if keyed { ORDERS_KEYED } else { ORDERS };
    Reply::json(
        200,
        fill_list(body, &[("success", success(state)), ("orders", &found.join(","))]),
    )
}

fn user(state: &State, call: &Incoming) -> Reply {
    let Some(name) = call.get("username").filter(|name| !name.is_empty()) else {
        return error("bad_username");
    };
    match state.users.get(name) {
        Some(user) => Reply::json(
            200,
            fill_list(
                USER,
                &[
                    ("success", success(state)),
                    ("username", &text(&user.username)),
                    ("email", &text(&user.email)),
                    ("balance", &text(&user.balance)),
                ],
            ),
        ),
        None => error("user_not_found"),
    }
}

fn print_order(state: &State, order: &Order, with_provider: bool, body: &str) -> String {
    let settings = &state.settings;
    fill(body, |name, out| match name {
        "id" => push_text(out, &order.id),
        "external_id" => push_text(out, &order.external_id()),
        "user" => push_text(out, &order.user),
        "status" => push_text(out, spelling::title(&order.status)),
        "service_name" => push_text(out, &order.service_name),
        "service_id" => push_text(out, &order.service_id),
        "link" => push_text(out, &order.link),
        "quantity" => out.push_str(&order.quantity.to_string()),
        "charge" => push_text(out, &order.charge),
        "start_count" => out.push_str(&order.start_count.to_string()),
        "remains" => out.push_str(&order.remains.to_string()),
        "created" => out.push_str(&settings.print_time(order.created)),
        "now" => out.push_str(&settings.print_time(settings.now())),
        "mode" if order.mode == "auto" => out.push_str("Auto"),
        "mode" if order.mode == "manual" => out.push_str("Manual"),
        "mode" => push_text(out, &order.mode),
        "provider_part" if with_provider => {
            let provider = text(order.provider.as_deref().unwrap_or_default());
            out.push_str(&fill_list(ORDER_PROVIDER, &[("provider", &provider)]));
        }
        "provider_part" => {}
        other => unreachable!("the order's body asks for `{other}`; the tests render every body"),
    })
}
