//! Owns what a panel holds: its settings, orders, users, services and refills, as the control API reads and writes them.
//!
//! Invariant: none of these shapes is a panel's answer; those are the literal files under `bodies/`.

use chrono::{DateTime, NaiveDateTime};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    PerfectPanel,
    RentalPanel,
    // Named by hand: the derived spelling would be `user_v2` only by accident of the case rules.
    #[serde(rename = "user_v2")]
    UserV2,
}

/// Ways in which real panels differ from the common shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deviation {
    Standard,
    KeyedSingleStatus,
    SingleStatusWithOrder,
    BatchStatusArray,
    OmitMissing,
    CancelObject,
    SingleCancel,
    HttpCodes,
    NumericErrorStatus,
    TranslatedErrors,
    StringNumbers,
    NativeNumbers,
    RemainsUnknown,
    InprogressSpelling,
    UpperCaseStatus,
    NoRefillCancel,
    AddWithSuccess,
    HtmlContentType,
    SucessSpelling,
    KeyedOrders,
}

/// A panel's settings, as given to `POST /sim/panels` and changed by `PATCH /sim/panels/{id}`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub kind: Kind,
    pub name: String,
    #[serde(default)]
    pub admin_key: Option<String>,
    #[serde(default)]
    pub user_key: Option<String>,
    #[serde(default)]
    pub user: Option<String>,
    #[serde(default)]
    pub latency_ms: u64,
    /// Admin calls closer together than this are answered 429.
    #[serde(default)]
    pub min_gap_ms: u64,
    #[serde(default = "hundred")]
    pub max_ids: usize,
    #[serde(default)]
    pub refill_capability: Option<bool>,
    #[serde(default)]
    pub list_omits_last_update: bool,
    #[serde(default)]
    pub list_omits_provider: bool,
    #[serde(default)]
    pub cancel_hides_skipped: bool,
    #[serde(default)]
    pub refuse_repeats: bool,
    #[serde(default)]
    pub get_user_missing: bool,
    #[serde(default, alias = "deviation", deserialize_with = "one_or_many")]
    pub deviations: Vec<Deviation>,
    #[serde(default = "usd")]
    pub currency: String,
    #[serde(default)]
    pub utc_offset_minutes: i64,
    /// The panel's clock in unix seconds; the machine's clock when absent.
    #[serde(default, deserialize_with = "maybe_time")]
    pub now: Option<i64>,
}

impl Settings {
    pub fn deviates(&self, deviation: Deviation) -> bool {
        self.deviations.contains(&deviation)
    }

    pub fn now(&self) -> i64 {
        self.now.unwrap_or_else(machine_now)
    }

    /// A moment as the panel prints it, in its own zone.
    pub fn print_time(&self, unix: i64) -> String {
        DateTime::from_timestamp(unix + self.utc_offset_minutes * 60, 0)
            .map(|at| at.format("%Y-%m-%d %H:%M:%S").to_string())
            .unwrap_or_default()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a stand-alone peer: its clock is the machine's unless a test sets it"
)]
fn machine_now() -> i64 {
    chrono::Utc::now().timestamp()
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Order {
    #[serde(deserialize_with = "loose_text")]
    pub id: String,
    pub user: String,
    #[serde(deserialize_with = "loose_texts")]
    pub external_ids: Vec<String>,
    pub provider: Option<String>,
    #[serde(deserialize_with = "loose_text")]
    pub service_id: String,
    pub service_name: String,
    pub service_type: String,
    pub link: String,
    pub quantity: i64,
    pub start_count: i64,
    pub remains: i64,
    pub status: String,
    #[serde(deserialize_with = "loose_text")]
    pub charge: String,
    #[serde(deserialize_with = "time")]
    pub created: i64,
    #[serde(deserialize_with = "time")]
    pub last_update: i64,
    pub mode: String,
    pub refill_allowed: bool,
    pub cancel_allowed: bool,
    /// How often a cancel request, or a refill, took effect on this order.
    pub cancel_requests: u32,
    pub refill_requests: u32,
}

impl Order {
    /// What stands in fields that nobody gave.
    pub fn new(id: String, now: i64) -> Self {
        Self {
            id,
            user: "customer1".into(),
            service_id: "1".into(),
            service_name: "Followers [30 Days Refill]".into(),
            service_type: "Default".into(),
            link: "https://social.example/profile".into(),
            quantity: 1000,
            start_count: 847,
            status: "pending".into(),
            charge: "0.90".into(),
            created: now,
            last_update: now,
            mode: "auto".into(),
            refill_allowed: true,
            cancel_allowed: true,
            ..Self::default()
        }
    }

    /// Lays the given fields over these; a new status moves `last_update` unless one is given too.
    pub fn overlay(&self, patch: &Value, now: i64) -> Result<Self, String> {
        let Value::Object(patch) = patch else {
            return Err("an order is a JSON object".into());
        };
        let Ok(Value::Object(mut fields)) = serde_json::to_value(self) else {
            return Err("the stored order cannot be written as JSON".into());
        };
        for (name, value) in patch {
            let name = if name == "external_id" {
                "external_ids"
            } else {
                name
            };
            fields.insert(name.to_owned(), value.clone());
        }
        let mut order: Self =
            serde_json::from_value(Value::Object(fields)).map_err(|error| error.to_string())?;
        if !patch.contains_key("last_update") {
            if patch.contains_key("created") {
                order.last_update = order.created;
            } else if order.status != self.status {
                order.last_update = now;
            }
        }
        Ok(order)
    }

    pub fn external_id(&self) -> String {
        self.external_ids.join(",")
    }
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    #[serde(default)]
    pub id: u64,
    pub username: String,
    #[serde(default)]
    pub email: String,
    #[serde(default = "hundred_units", deserialize_with = "loose_text")]
    pub balance: String,
    /// The account's key for the user API.
    #[serde(default)]
    pub key: Option<String>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    #[serde(deserialize_with = "loose_text")]
    pub service: String,
    pub name: String,
    #[serde(default = "default_type", rename = "type")]
    pub kind: String,
    #[serde(default = "default_type")]
    pub category: String,
    #[serde(default = "unit_rate", deserialize_with = "loose_text")]
    pub rate: String,
    #[serde(default)]
    pub min: i64,
    #[serde(default = "ten_thousand")]
    pub max: i64,
    #[serde(default)]
    pub refill: bool,
    #[serde(default)]
    pub cancel: bool,
}

#[derive(Clone, Serialize)]
pub struct Refill {
    pub id: u64,
    pub order: String,
    pub user: String,
    pub status: String,
}

fn hundred() -> usize {
    100
}

fn usd() -> String {
    "USD".into()
}

fn hundred_units() -> String {
    "100.00".into()
}

fn default_type() -> String {
    "Default".into()
}

fn unit_rate() -> String {
    "0.90".into()
}

fn ten_thousand() -> i64 {
    10_000
}

fn as_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn loose_text<'de, D: Deserializer<'de>>(input: D) -> Result<String, D::Error> {
    as_text(Value::deserialize(input)?).ok_or_else(|| D::Error::custom("expected text or a number"))
}

fn loose_texts<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<String>, D::Error> {
    match Value::deserialize(input)? {
        Value::Null => Ok(Vec::new()),
        Value::Array(values) => values
            .into_iter()
            .map(|value| as_text(value).ok_or_else(|| D::Error::custom("expected text or numbers")))
            .collect(),
        value => as_text(value)
            .map(|text| vec![text])
            .ok_or_else(|| D::Error::custom("expected text or a number")),
    }
}

fn one_or_many<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<Deviation>, D::Error> {
    let value = match Value::deserialize(input)? {
        one @ Value::String(_) => Value::Array(vec![one]),
        many => many,
    };
    serde_json::from_value(value).map_err(D::Error::custom)
}

fn maybe_time<'de, D: Deserializer<'de>>(input: D) -> Result<Option<i64>, D::Error> {
    match Value::deserialize(input)? {
        Value::Null => Ok(None),
        value => read_time(&value)
            .map(Some)
            .ok_or_else(|| D::Error::custom(BAD_TIME)),
    }
}

fn time<'de, D: Deserializer<'de>>(input: D) -> Result<i64, D::Error> {
    read_time(&Value::deserialize(input)?).ok_or_else(|| D::Error::custom(BAD_TIME))
}

const BAD_TIME: &str = "expected unix seconds, \"YYYY-MM-DD HH:MM:SS\" (UTC) or RFC 3339";

fn read_time(value: &Value) -> Option<i64> {
    match value {
        Value::Number(unix) => unix.as_i64(),
        Value::String(text) => NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S")
            .map(|at| at.and_utc().timestamp())
            .or_else(|_| DateTime::parse_from_rfc3339(text).map(|at| at.timestamp()))
            .ok(),
        _ => None,
    }
}
