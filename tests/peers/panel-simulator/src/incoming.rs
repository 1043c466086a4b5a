//! Owns reading a request and naming what it asks: API, action, ids, whether it writes, whether it is forbidden.
//! Knows nothing of a panel's state, so it is tested as a table.

use axum::http::request::Parts;
use serde::Serialize;
use serde_json::Value;
use url::form_urlencoded;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Api {
    AdminV2,
    AdminV1,
    UserV2,
    Other,
}

#[derive(Debug)]
pub struct Incoming {
    pub method: String,
    pub path: String,
    pub api: Api,
    pub action: String,
    /// Every id the request names, as it stands, joined by commas.
    pub ids: String,
    pub write: bool,
    pub forbidden: bool,
    pub header_key: Option<String>,
    params: Vec<(String, String)>,
}

impl Incoming {
    pub fn read(parts: &Parts, body: &[u8]) -> Self {
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let mut params = form(parts.uri.query().unwrap_or_default().as_bytes());
        let json = header("content-type").is_some_and(|kind| kind.contains("json"));
        params.extend(if json || body.first() == Some(&b'{') {
            json_fields(body)
        } else {
            form(body)
        });
        Self::new(
            parts.method.as_str().to_owned(),
            parts.uri.path().to_owned(),
            params,
            header("x-api-key").map(str::to_owned),
        )
    }

    fn new(method: String, path: String, params: Vec<(String, String)>, header_key: Option<String>) -> Self {
        let trimmed = path.trim_end_matches('/').to_owned();
        let param = |name: &str| {
            params
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let mut ids: Vec<&str> = ["ids", "orders", "order", "refills", "refill", "id"]
            .iter()
            .filter_map(|name| param(name))
            .collect();

        let named = param("action").unwrap_or_default();
        let (api, action) = if let Some(tail) = trimmed.strip_prefix("/adminapi/v2") {
            let steps: Vec<&str> = tail.split('/').filter(|step| !step.is_empty()).collect();
            ids.extend(
                steps
                    .iter()
                    .skip(1)
                    .filter(|step| step.bytes().any(|b| b.is_ascii_digit())),
            );
            (Api::AdminV2, admin_v2_action(&method, &steps))
        } else if trimmed == "/adminapi/v1" {
            (Api::AdminV1, named.to_owned())
        } else if trimmed == "/api/v2" {
            (Api::UserV2, named.to_owned())
        } else {
            (Api::Other, named.to_owned())
        };
        let forbidden = forbidden_action(named) || forbidden_path(&trimmed);
        let write = forbidden || matches!(action.as_str(), "add" | "refill" | "cancel" | "request-cancel");
        let ids = ids.join(",");
        Self {
            method,
            path: trimmed,
            api,
            action,
            ids,
            write,
            forbidden,
            header_key,
            params,
        }
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A comma-separated parameter, without blanks.
    pub fn list(&self, name: &str) -> Option<Vec<String>> {
        self.get(name)
            .map(|value| split_ids(value).map(str::to_owned).collect())
    }

    pub fn number(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(|value| value.trim().parse().ok())
    }
}

pub fn split_ids(ids: &str) -> impl Iterator<Item = &str> {
    ids.split(',').map(str::trim).filter(|id| !id.is_empty())
}

/// The name under which the call log, and a fault's `action`, know a call of the path-style API.
fn admin_v2_action(method: &str, steps: &[&str]) -> String {
    match (method, steps) {
        ("GET", ["orders"]) => "orders".into(),
        ("GET", ["orders", _]) => "order".into(),
        ("POST", ["orders", "request-cancel"]) => "request-cancel".into(),
        ("POST", ["orders", "refill"]) => "refill".into(),
        ("GET", ["users"]) => "users".into(),
        _ => format!("{} {}", method.to_lowercase(), steps.join("/")),
    }
}

/// Actions that hand out queued work, force a state or refund, in any API and however they are spelled.
fn forbidden_action(action: &str) -> bool {
    let plain: String = action
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    matches!(
        plain.as_str(),
        "getorder"
            | "getorders"
            | "setcanceled"
            | "setcancelled"
            | "setpartial"
            | "setcompleted"
            | "setinprogress"
            | "setremains"
            | "setstartcount"
            | "updateorders"
            | "changestatus"
            | "resend"
            | "pull"
    )
}

fn forbidden_path(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let mut steps = path.split('/').filter(|step| !step.is_empty());
    if !matches!(steps.next(), Some("adminapi" | "admin")) {
        return false;
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    match last {
        "pull" | "resend" | "set-partial" | "setpartial" | "change-status" | "setcanceled"
        | "set-canceled" => true,
        "cancel" | "update" => path.contains("/orders/"),
        _ => false,
    }
}

fn form(bytes: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(bytes).into_owned().collect()
}

fn json_fields(body: &[u8]) -> Vec<(String, String)> {
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
        return Vec::new();
    };
    fields
        .into_iter()
        .map(|(name, value)| (name, flat(&value)))
        .collect()
}

fn flat(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(flat).collect::<Vec<_>>().join(","),
        Value::Object(fields) => fields.get("id").map(flat).unwrap_or_default(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(method: &str, target: &str, body: &str) -> Incoming {
        let request = axum::http::Request::builder()
            .method(method)
            .uri(target)
            .body(())
            .expect("a valid request");
        Incoming::read(&request.into_parts().0, body.as_bytes())
    }

    #[test]
    fn forbidden_calls_are_known_in_every_spelling() {
        for (method, target, body) in [
            ("POST", "/adminapi/v2/orders/cancel", r#"{"ids":"1"}"#),
            ("POST", "/adminapi/v2/orders/12/cancel", ""),
            ("POST", "/adminapi/v2/orders/12/set-partial", r#"{"remains":1}"#),
            ("POST", "/adminapi/v2/orders/resend", r#"{"ids":"1"}"#),
            ("POST", "/adminapi/v2/orders/resend/", r#"{"ids":"1"}"#),
            ("POST", "/adminapi/v2/orders/pull", "{}"),
            ("POST", "/adminapi/v2/refill/pull", "{}"),
            ("GET", "/adminapi/v2/cancel/pull", ""),
            ("POST", "/adminapi/v2/orders/change-status", "{}"),
            ("POST", "/adminapi/v2/orders/3/change-status", "{}"),
            ("POST", "/adminapi/v2/refill/change-status", "{}"),
            ("POST", "/adminapi/v2/orders/update", "{}"),
            ("GET", "/adminapi/v1?action=getOrder&type=1&key=k", ""),
            ("GET", "/adminapi/v1?action=getOrders&type=1&key=k", ""),
            ("POST", "/adminapi/v1", "key=k&action=setCanceled&id=1"),
            (
                "POST",
                "/adminapi/v1",
                r#"{"action":"setPartial","id":1,"remains":2}"#,
            ),
            ("POST", "/adminapi/v1", "action=set-partial&id=1"),
            ("POST", "/adminapi/v1", "action=updateOrders"),
            ("POST", "/admin/v1", "key=k&action=getOrders"),
        ] {
            let seen = call(method, target, body);
            assert!(seen.forbidden && seen.write, "{method} {target} {body}");
        }
    }

    #[test]
    fn permitted_calls_are_named_with_their_ids() {
        for (method, target, body, action, ids, write) in [
            (
                "GET",
                "/adminapi/v2/orders?ids=1,2&limit=5",
                "",
                "orders",
                "1,2",
                false,
            ),
            ("GET", "/adminapi/v2/orders/12", "", "order", "12", false),
            (
                "POST",
                "/adminapi/v2/orders/request-cancel",
                r#"{"ids":"1,2"}"#,
                "request-cancel",
                "1,2",
                true,
            ),
            (
                "POST",
                "/adminapi/v2/orders/request-cancel",
                r#"{"ids":[1,2]}"#,
                "request-cancel",
                "1,2",
                true,
            ),
            ("GET", "/adminapi/v2/users?username=a", "", "users", "", false),
            (
                "GET",
                "/adminapi/v1?action=getOrders-by-id&orders=1%2C2",
                "",
                "getOrders-by-id",
                "1,2",
                false,
            ),
            (
                "GET",
                "/adminapi/v1?action=getUser&username=a",
                "",
                "getUser",
                "",
                false,
            ),
            (
                "POST",
                "/api/v2/",
                "key=k&action=cancel&orders=4,5",
                "cancel",
                "4,5",
                true,
            ),
            (
                "POST",
                "/api/v2",
                "key=k&action=refill_status&refill=9",
                "refill_status",
                "9",
                false,
            ),
        ] {
            let seen = call(method, target, body);
            assert_eq!(
                (
                    seen.action.as_str(),
                    seen.ids.as_str(),
                    seen.write,
                    seen.forbidden
                ),
                (action, ids, write, false),
                "{target} {body}"
            );
        }
    }
}
