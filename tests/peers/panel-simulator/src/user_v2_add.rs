//! Owns `add` of the user API: checks, price, and the new order.

use crate::body::fill_list;
use crate::incoming::Incoming;
use crate::model::{Deviation, Order};
use crate::panel::State;
use crate::reply::Reply;
use crate::user_v2::{Refusal, bare_number};

const ADDED: &str = include_str!("../bodies/user_v2/added.json");
const ADDED_WITH_SUCCESS: &str = include_str!("../bodies/user_v2/added_with_success.json");

/// Money is counted in hundred-thousandths, the finest a panel prints.
const UNITS: i128 = 100_000;

pub fn add(state: &mut State, call: &Incoming, account: &str) -> Result<Reply, Refusal> {
    let wanted = call.get("service").map(str::trim);
    let service = state
        .services
        .iter()
        .find(|service| Some(service.service.as_str()) == wanted);
    let service = service.cloned().ok_or(Refusal::Service)?;
    let link = call
        .get("link")
        .map(str::trim)
        .filter(|link| !link.is_empty())
        .ok_or(Refusal::Request)?;
    let quantity = call.number("quantity").ok_or(Refusal::Request)?;
    if quantity < service.min || quantity > service.max {
        return Err(Refusal::Quantity);
    }
    let price = read_money(&service.rate).unwrap_or(0) * i128::from(quantity) / 1_000;
    let user = state.users.get_mut(account).ok_or(Refusal::Funds)?;
    let left = read_money(&user.balance).unwrap_or(0) - price;
    if left < 0 {
        return Err(Refusal::Funds);
    }
    user.balance = print_money(left);

    let id = state.new_order_id();
    let order = Order {
        user: account.to_owned(),
        service_id: service.service,
        service_name: service.name,
        service_type: service.kind,
        link: link.to_owned(),
        quantity,
        start_count: 0,
        remains: quantity,
        charge: print_money(price),
        refill_allowed: service.refill,
        cancel_allowed: service.cancel,
        ..Order::new(id.clone(), state.settings.now())
    };
    state.put_order(order);
    let body = if state.settings.deviates(Deviation::AddWithSuccess) {
        ADDED_WITH_SUCCESS
    } else {
        ADDED
    };
    Ok(Reply::json(
        200,
        fill_list(body, &[("order", &bare_number(&state.settings, &id))]),
    )
    .with_effects(vec![id]))
}

fn read_money(text: &str) -> Option<i128> {
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits = part.get(..part.len().min(5))?;
    let part: i128 = format!("{digits:0<5}").parse().ok()?;
    Some(whole.parse::<i128>().ok()? * UNITS + part)
}

fn print_money(amount: i128) -> String {
    let text = format!("{}.{:05}", amount / UNITS, amount % UNITS);
    // Two digits always, more only when they say something.
    let cut = text.trim_end_matches('0').len().max(text.len() - 3);
    text[..cut].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_exact() {
        for (text, printed) in [
            ("100.00", "100.00"),
            ("0.9", "0.90"),
            ("7", "7.00"),
            ("0.27819", "0.27819"),
            ("1.5", "1.50"),
        ] {
            assert_eq!(print_money(read_money(text).expect("a decimal")), printed);
        }
        assert_eq!(read_money("free"), None);
    }
}
