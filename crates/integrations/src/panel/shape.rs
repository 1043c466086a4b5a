//! The shapes and words that panels share, read tolerantly but never guessed.

use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use switchboard_domain::order::{OrderId, OrderOwner, OrderStatus, PanelOrder};

use super::json::Json;

/// What a panel's known error texts mean. Texts outside the table (translations) mean nothing by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    BadKey,
    NoSuchOrder,
    NoSuchRefill,
    NoSuchCall,
    TooFast,
    Other,
}

pub(super) fn meaning(text: &str) -> Meaning {
    let folded: String = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    match folded.as_str() {
        "invalidapikey" | "apikeyisincorrect" | "incorrectapikey" | "badauth" | "invalidkey"
        | "wrongapikey" | "apikeyisinvalid" | "apikeyinvalid" | "apikeynotfound" | "keynotfound"
        | "unauthorized" | "badkey" | "incorrectkey" | "accessdenied" | "apikeyisnotvalid"
        | "apiisinactive" | "invalidapi" | "unauthenticated" => Meaning::BadKey,
        "incorrectorderid"
        | "ordernotfound"
        | "orderidnotfound"
        | "invalidorderid"
        | "orderdoesnotexist"
        | "orderdoesntexist"
        | "wrongorderid"
        | "incorrectorder"
        | "badorder"
        | "errorincorrectorderid" => Meaning::NoSuchOrder,
        "refillnotfound" | "incorrectrefillid" | "invalidrefillid" => Meaning::NoSuchRefill,
        "badaction" | "incorrectrequest" | "unknownaction" | "invalidaction" | "incorrectaction" => {
            Meaning::NoSuchCall
        }
        _ if ["toomanyrequest", "ratelimit", "toomanyattempt"]
            .iter()
            .any(|mark| folded.contains(mark)) =>
        {
            Meaning::TooFast
        }
        _ => Meaning::Other,
    }
}

/// An error's text, wherever panels put it: `error`, `error_message`, `message`, `msg`, or an object around one.
pub(super) fn error_text(json: &Json) -> Option<String> {
    match json.any(&["error", "error_message", "errorMessage"])? {
        Json::Object(entries) => entries.iter().find_map(|(_, value)| value.scalar()),
        Json::Bool(true) => json
            .scalar_at(&["message", "msg"])
            .or_else(|| Some("error".to_owned())),
        value => value.scalar(),
    }
}

/// Ids as a list, a comma text or one number.
pub(super) fn id_texts(json: &Json) -> Vec<String> {
    match json {
        Json::List(items) => items
            .iter()
            .filter_map(|item| {
                item.scalar()
                    .or_else(|| item.scalar_at(&["id", "order_id", "order"]))
            })
            .collect(),
        other => other.scalar().map(|text| split_ids(&text)).unwrap_or_default(),
    }
}

fn split_ids(text: &str) -> Vec<String> {
    text.split(|c: char| c == ',' || c == ';' || c == '|' || c.is_whitespace())
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The provider's ids of one order: none for null, empty and `N/A`; several for drip-feed.
fn external_ids(json: Option<&Json>) -> Vec<String> {
    let mut ids: Vec<String> = json.map(id_texts).unwrap_or_default();
    ids.retain(|id| !is_nothing(id) && id != "0");
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    ids
}

fn provider(json: Option<&Json>) -> Option<String> {
    let json = json?;
    json.scalar()
        .or_else(|| json.scalar_at(&["alias", "name"]))
        .filter(|name| !is_nothing(name))
}

fn is_nothing(text: &str) -> bool {
    matches!(
        text.trim().to_ascii_lowercase().as_str(),
        "" | "n/a" | "na" | "-" | "null" | "none"
    )
}

/// Unix seconds, or milliseconds where the number is too large for seconds.
fn unix(json: Option<&Json>) -> Option<DateTime<Utc>> {
    let number = json?.integer().filter(|number| *number > 0)?;
    if number > 100_000_000_000 {
        DateTime::from_timestamp_millis(number)
    } else {
        DateTime::from_timestamp(number, 0)
    }
}

/// A time as a panel prints it: with a zone, else in the panel's own. Of an hour that happens twice, the first.
fn printed(json: Option<&Json>, zone: Tz) -> Option<DateTime<Utc>> {
    let text = json?.scalar()?;
    if let Ok(time) = DateTime::parse_from_rfc3339(&text) {
        return Some(time.with_timezone(&Utc));
    }
    let local = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(&text, form).ok())?;
    zone.from_local_datetime(&local)
        .earliest()
        .map(|time| time.with_timezone(&Utc))
}

fn charge(json: &Json) -> (Option<String>, Option<String>) {
    let Some(charge) = json.any(&["charge"]) else {
        return (None, json.scalar_at(&["currency"]));
    };
    let amount = charge.scalar().or_else(|| charge.scalar_at(&["value", "amount"]));
    let currency = charge
        .scalar_at(&["currency_code", "currency"])
        .or_else(|| json.scalar_at(&["currency", "currency_code"]));
    (amount, currency)
}

/// Reads an order as the Admin APIs show it, under the names of either.
///
/// An entry without an owner or a status is unreadable: both decide who may do what, and "not told" would hand the
/// order to another rule.
pub(super) fn admin_order(id: OrderId, json: &Json, zone: Tz) -> Result<PanelOrder, &'static str> {
    let user = json.any(&["user", "username"]);
    let user = user.and_then(|user| {
        user.scalar()
            .or_else(|| user.scalar_at(&["username", "user", "name"]))
    });
    let status = json
        .scalar_at(&["status", "order_status"])
        .ok_or("the entry has no status")?;
    let (charge, currency) = charge(json);
    let time = |stamp: &str, text: &[&str]| unix(json.get(stamp)).or_else(|| printed(json.any(text), zone));
    let service = json.scalar_at(&["service"]);
    let digits = |text: &String| text.bytes().all(|b| b.is_ascii_digit());
    let actions = json.get("actions");
    let allows = |name: &str| {
        actions
            .and_then(|actions| actions.get(name))
            .and_then(Json::truth)
    };
    Ok(PanelOrder {
        id,
        owner: OrderOwner::Username(user.ok_or("the entry names no owner")?),
        status: OrderStatus::parse(&status),
        external_ids: external_ids(json.any(&["external_id", "external_ids"])),
        provider: provider(json.get("provider")),
        service_id: json
            .scalar_at(&["service_id"])
            .or_else(|| service.clone().filter(digits)),
        service_name: json
            .scalar_at(&["service_name"])
            .or_else(|| service.filter(|text| !digits(text))),
        link: json.scalar_at(&["link"]),
        quantity: json.scalar_at(&["quantity"]),
        start_count: json.scalar_at(&["start_count"]),
        remains: json.scalar_at(&["remains"]),
        charge,
        currency,
        created_at: time("created_timestamp", &["created", "date"]),
        updated_at: time("last_update_timestamp", &["last_update"]),
        panel_now: printed(json.any(&["current_date"]), zone),
        panel_allows_refill: allows("refill"),
        panel_allows_cancel: allows("request_cancel"),
    })
}

/// Reads a status object of the user API, which knows neither owner nor provider.
pub(super) fn user_order(id: OrderId, json: &Json) -> Result<PanelOrder, &'static str> {
    let status = json.scalar_at(&["status"]).ok_or("the entry has no status")?;
    let (charge, currency) = charge(json);
    Ok(PanelOrder {
        link: json.scalar_at(&["link"]),
        quantity: json.scalar_at(&["quantity"]),
        start_count: json.scalar_at(&["start_count"]),
        remains: json.scalar_at(&["remains"]),
        charge,
        currency,
        panel_allows_refill: json.get("refill").and_then(Json::truth),
        panel_allows_cancel: json.get("cancel").and_then(Json::truth),
        ..PanelOrder::bare(id, OrderOwner::NotToldByPanel, OrderStatus::parse(&status))
    })
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text.as_bytes()).unwrap()
    }

    fn id() -> OrderId {
        OrderId::new("1").unwrap()
    }

    #[test]
    fn external_ids_and_providers_of_all_shapes() {
        for (shape, ids) in [
            ("null", vec![]),
            ("\"\"", vec![]),
            ("\"N/A\"", vec![]),
            ("0", vec![]),
            ("\"7450284\"", vec!["7450284"]),
            ("7450284", vec!["7450284"]),
            ("\"11, 12;13\"", vec!["11", "12", "13"]),
            ("[11,\"12\",11]", vec!["11", "12"]),
        ] {
            assert_eq!(
                external_ids(Some(&json(&format!("[{shape}]")).list().unwrap()[0])),
                ids,
                "{shape}"
            );
        }
        for (shape, name) in [
            ("null", None),
            ("\"\"", None),
            ("\"N/A\"", None),
            ("\" n/a \"", None),
            ("\"first.example\"", Some("first.example")),
            ("{\"id\":3,\"name\":\"First\"}", Some("First")),
        ] {
            assert_eq!(
                provider(json(&format!("[{shape}]")).list().map(|l| &l[0])).as_deref(),
                name,
                "{shape}"
            );
        }
    }

    #[test]
    fn times_prefer_the_stamp_and_know_the_zone() {
        let zone: Tz = "Asia/Kathmandu".parse().unwrap();
        let order = admin_order(id(), &json(r#"{"user":"u","status":"x","created":"2025-04-30 02:20:43","created_timestamp":"1745979643","last_update":"2025-04-30 03:01:10"}"#), zone).unwrap();
        assert_eq!(order.created_at.unwrap().timestamp(), 1_745_979_643);
        assert_eq!(
            order.updated_at.unwrap().to_rfc3339(),
            "2025-04-29T21:16:10+00:00"
        );
        let order = admin_order(
            id(),
            &json(r#"{"user":"u","status":"x","created":"yesterday","created_timestamp":0}"#),
            zone,
        )
        .unwrap();
        assert_eq!(order.created_at, None);
    }

    #[test]
    fn an_entry_without_owner_or_status_is_not_an_order() {
        for text in [
            r#"{"status":"completed"}"#,
            r#"{"user":"","status":"completed"}"#,
            r#"{"user":"u"}"#,
            r#"{"user":"u","status":null}"#,
            "[]",
        ] {
            assert!(admin_order(id(), &json(text), Tz::UTC).is_err(), "{text}");
        }
    }

    #[test]
    fn error_texts() {
        for (text, means) in [
            ("Incorrect order ID", Meaning::NoSuchOrder),
            ("Order not found.", Meaning::NoSuchOrder),
            ("order_not_found", Meaning::NoSuchOrder),
            ("Invalid API key", Meaning::BadKey),
            ("API key is incorrect", Meaning::BadKey),
            ("bad_auth", Meaning::BadKey),
            ("Incorrect request", Meaning::NoSuchCall),
            ("bad_action", Meaning::NoSuchCall),
            ("Refill not found", Meaning::NoSuchRefill),
            ("Too many requests, slow down", Meaning::TooFast),
            ("Geçersiz sipariş", Meaning::Other),
            ("Cannot cancel", Meaning::Other),
        ] {
            assert_eq!(meaning(text), means, "{text}");
        }
        assert_eq!(
            error_text(&json(r#"{"error":{"name":"x"}}"#)).as_deref(),
            Some("x")
        );
        assert_eq!(error_text(&json(r#"{"error":null,"error_message":""}"#)), None);
    }
}
