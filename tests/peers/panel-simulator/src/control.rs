//! Owns the control API: how a test sets the scene and reads what happened. `README.md` documents it.

use std::sync::Arc;

use axum::extract::{Path, Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post, put};
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::faults::Rule;
use crate::model::{Order, Service, Settings, User};
use crate::panel::{Panel, State};
use crate::sim::{Forbidden, Sim};
use crate::spelling;

pub fn router(sim: Arc<Sim>) -> Router {
    Router::new()
        .route("/sim/health", get(health))
        .route("/sim/forbidden", get(forbidden))
        .route("/sim/panels", get(panels).post(open_panel))
        .route(
            "/sim/panels/{id}",
            get(panel).patch(change_panel).delete(close_panel),
        )
        .route(
            "/sim/panels/{id}/orders",
            get(orders).put(put_orders).delete(clear_orders),
        )
        .route("/sim/panels/{id}/orders/{order}", get(order).patch(change_order))
        .route("/sim/panels/{id}/refills/{refill}", patch(change_refill))
        .route("/sim/panels/{id}/users", get(users).put(put_users))
        .route("/sim/panels/{id}/services", put(put_services))
        .route("/sim/panels/{id}/generate", post(generate))
        .route("/sim/panels/{id}/latency", put(latency))
        .route(
            "/sim/panels/{id}/faults",
            get(faults).post(add_fault).delete(clear_faults),
        )
        .route("/sim/panels/{id}/calls", get(calls).delete(clear_calls))
        .with_state(sim)
}

enum Refused {
    NotFound(&'static str),
    Input(String),
    Io(std::io::Error),
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, error) = match self {
            Self::NotFound(what) => (StatusCode::NOT_FOUND, format!("no such {what}")),
            Self::Input(error) => (StatusCode::UNPROCESSABLE_ENTITY, error),
            Self::Io(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
        };
        (status, Json(json!({ "error": error }))).into_response()
    }
}

type Answer<T = Value> = Result<Json<T>, Refused>;
type Sims = Shared<Arc<Sim>>;

fn read<T: DeserializeOwned>(value: Value) -> Result<T, Refused> {
    serde_json::from_value(value).map_err(|error| Refused::Input(error.to_string()))
}

fn find(sim: &Sim, id: u64) -> Result<Arc<Panel>, Refused> {
    sim.panel(id).ok_or(Refused::NotFound("panel"))
}

fn describe(panel: &Panel) -> Value {
    let state = panel.state();
    json!({
        "id": panel.id,
        "url": panel.url,
        "orders": state.orders.len(),
        "users": state.users.len(),
        "faults": state.faults.len(),
        "last_seq": state.calls.last(),
        "settings": state.settings,
    })
}

async fn health(Shared(sim): Sims) -> Json<Value> {
    Json(
        json!({ "status": "ok", "panels": sim.panels().len(), "forbidden": sim.forbidden().len(), "at_ms": sim.at_ms() }),
    )
}

async fn forbidden(Shared(sim): Sims) -> Json<Vec<Forbidden>> {
    Json(sim.forbidden())
}

async fn panels(Shared(sim): Sims) -> Json<Vec<Value>> {
    Json(sim.panels().iter().map(|panel| describe(panel)).collect())
}

async fn open_panel(
    Shared(sim): Sims,
    Json(input): Json<Value>,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let settings: Settings = read(input)?;
    let panel = sim.open_panel(settings).await.map_err(Refused::Io)?;
    Ok((
        StatusCode::CREATED,
        Json(json!({ "id": panel.id, "url": panel.url })),
    ))
}

async fn panel(Shared(sim): Sims, Path(id): Path<u64>) -> Answer {
    Ok(Json(describe(find(&sim, id)?.as_ref())))
}

async fn change_panel(Shared(sim): Sims, Path(id): Path<u64>, Json(input): Json<Value>) -> Answer {
    let panel = find(&sim, id)?;
    {
        let mut state = panel.state();
        let mut merged =
            serde_json::to_value(&state.settings).map_err(|error| Refused::Input(error.to_string()))?;
        let (Value::Object(fields), Value::Object(input)) = (&mut merged, input) else {
            return Err(Refused::Input("settings are a JSON object".into()));
        };
        for (name, value) in input {
            let name = if name == "deviation" {
                "deviations".to_owned()
            } else {
                name
            };
            fields.insert(name, value);
        }
        state.settings = read(merged)?;
        if let Some(user) = state.settings.user.clone() {
            state.know_user(&user);
        }
    }
    Ok(Json(describe(&panel)))
}

async fn close_panel(Shared(sim): Sims, Path(id): Path<u64>) -> Answer {
    if sim.close_panel(id) {
        Ok(Json(json!({ "closed": id })))
    } else {
        Err(Refused::NotFound("panel"))
    }
}

fn show_order(state: &State, order: &Order) -> Value {
    let refills: Vec<_> = state
        .refills
        .values()
        .filter(|refill| refill.order == order.id)
        .collect();
    json!({ "order": order, "refills": refills })
}

async fn orders(Shared(sim): Sims, Path(id): Path<u64>) -> Answer<Vec<Order>> {
    let panel = find(&sim, id)?;
    let mut orders: Vec<Order> = panel.state().orders.values().cloned().collect();
    orders.sort_by(|a, b| (a.id.len(), &a.id).cmp(&(b.id.len(), &b.id)));
    Ok(Json(orders))
}

async fn order(Shared(sim): Sims, Path((id, order)): Path<(u64, String)>) -> Answer {
    let panel = find(&sim, id)?;
    let state = panel.state();
    let order = state.orders.get(&order).ok_or(Refused::NotFound("order"))?;
    Ok(Json(show_order(&state, order)))
}

async fn put_orders(Shared(sim): Sims, Path(id): Path<u64>, Json(input): Json<Vec<Value>>) -> Answer {
    let panel = find(&sim, id)?;
    let mut state = panel.state();
    let now = state.settings.now();
    let mut ready = Vec::with_capacity(input.len());
    for fields in &input {
        let id = match fields.get("id") {
            Some(Value::String(id)) if !id.is_empty() => id.clone(),
            Some(Value::Number(id)) => id.to_string(),
            _ => return Err(Refused::Input("every order needs an `id`".into())),
        };
        let base = state
            .orders
            .get(&id)
            .cloned()
            .unwrap_or_else(|| Order::new(id, now));
        ready.push(base.overlay(fields, now).map_err(Refused::Input)?);
    }
    // All or nothing: a half-set scene would fail far from its cause.
    for order in ready {
        state.put_order(order);
    }
    Ok(Json(json!({ "put": input.len() })))
}

async fn clear_orders(Shared(sim): Sims, Path(id): Path<u64>) -> Answer {
    let panel = find(&sim, id)?;
    let mut state = panel.state();
    let cleared = state.orders.len();
    state.orders.clear();
    state.refills.clear();
    Ok(Json(json!({ "cleared": cleared })))
}

async fn change_order(
    Shared(sim): Sims,
    Path((id, order)): Path<(u64, String)>,
    Json(input): Json<Value>,
) -> Answer {
    let panel = find(&sim, id)?;
    let mut state = panel.state();
    let now = state.settings.now();
    let known = state.orders.get(&order).ok_or(Refused::NotFound("order"))?;
    let changed = known.overlay(&input, now).map_err(Refused::Input)?;
    if changed.id != order {
        return Err(Refused::Input("an order keeps its `id`".into()));
    }
    state.put_order(changed.clone());
    Ok(Json(show_order(&state, &changed)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RefillChange {
    status: String,
}

async fn change_refill(
    Shared(sim): Sims,
    Path((id, refill)): Path<(u64, u64)>,
    Json(input): Json<Value>,
) -> Answer {
    let change: RefillChange = read(input)?;
    let panel = find(&sim, id)?;
    let mut state = panel.state();
    let refill = state
        .refills
        .get_mut(&refill)
        .ok_or(Refused::NotFound("refill"))?;
    refill.status = change.status;
    Ok(Json(json!(refill)))
}

async fn users(Shared(sim): Sims, Path(id): Path<u64>) -> Answer<Vec<User>> {
    let panel = find(&sim, id)?;
    let users = panel.state().users.values().cloned().collect();
    Ok(Json(users))
}

async fn put_users(Shared(sim): Sims, Path(id): Path<u64>, Json(input): Json<Value>) -> Answer {
    let users: Vec<User> = read(input)?;
    let panel = find(&sim, id)?;
    let count = users.len();
    let mut state = panel.state();
    for user in users {
        state.put_user(user);
    }
    Ok(Json(json!({ "put": count })))
}

async fn put_services(Shared(sim): Sims, Path(id): Path<u64>, Json(input): Json<Value>) -> Answer {
    let services: Vec<Service> = read(input)?;
    let panel = find(&sim, id)?;
    let count = services.len();
    panel.state().services = services;
    Ok(Json(json!({ "put": count })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Generate {
    from: u64,
    count: u64,
    #[serde(default)]
    users: Vec<String>,
    #[serde(default)]
    statuses: Vec<String>,
    #[serde(default)]
    providers: Vec<String>,
}

/// The value an order gets when several lists turn like the wheels of a counter.
fn turn(list: &[String], step: u64) -> Option<&String> {
    let length = u64::try_from(list.len()).ok().filter(|length| *length > 0)?;
    list.get(usize::try_from(step % length).ok()?)
}

async fn generate(Shared(sim): Sims, Path(id): Path<u64>, Json(input): Json<Value>) -> Answer {
    let wanted: Generate = read(input)?;
    if wanted.count > 2_000_000 || wanted.from.checked_add(wanted.count).is_none() {
        return Err(Refused::Input("too many orders".into()));
    }
    let panel = find(&sim, id)?;
    let mut state = panel.state();
    let now = state.settings.now();
    for index in 0..wanted.count {
        let per_user = index / (wanted.users.len().max(1) as u64);
        let per_status = per_user / (wanted.statuses.len().max(1) as u64);
        let id = wanted.from + index;
        let mut order = Order::new(id.to_string(), now - 3 * 86_400);
        order.external_ids = vec![(id + 1_000_000_000).to_string()];
        if let Some(user) = turn(&wanted.users, index) {
            order.user.clone_from(user);
        }
        if let Some(status) = turn(&wanted.statuses, per_user) {
            order.status.clone_from(status);
        }
        order.provider = turn(&wanted.providers, per_status).cloned();
        order.remains = if spelling::key(&order.status) == "completed" {
            0
        } else {
            order.quantity / 2
        };
        state.put_order(order);
    }
    Ok(Json(
        json!({ "generated": wanted.count, "from": wanted.from, "to": wanted.from + wanted.count }),
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Latency {
    ms: u64,
}

async fn latency(Shared(sim): Sims, Path(id): Path<u64>, Json(input): Json<Value>) -> Answer {
    let latency: Latency = read(input)?;
    find(&sim, id)?.state().settings.latency_ms = latency.ms;
    Ok(Json(json!({ "latency_ms": latency.ms })))
}

async fn faults(Shared(sim): Sims, Path(id): Path<u64>) -> Answer<Vec<Rule>> {
    let panel = find(&sim, id)?;
    let faults = panel.state().faults.clone();
    Ok(Json(faults))
}

async fn add_fault(Shared(sim): Sims, Path(id): Path<u64>, Json(input): Json<Value>) -> Answer {
    let rule: Rule = read(input)?;
    if rule.times == Some(0) {
        return Err(Refused::Input("`times` is at least 1, or null for ever".into()));
    }
    let panel = find(&sim, id)?;
    let mut state = panel.state();
    state.faults.push(rule);
    Ok(Json(json!({ "faults": state.faults.len() })))
}

async fn clear_faults(Shared(sim): Sims, Path(id): Path<u64>) -> Answer {
    let panel = find(&sim, id)?;
    let cleared = std::mem::take(&mut panel.state().faults).len();
    Ok(Json(json!({ "cleared": cleared })))
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

#[derive(Serialize)]
struct Calls {
    calls: Vec<crate::calls::Call>,
    last_seq: u64,
    dropped: u64,
}

async fn calls(Shared(sim): Sims, Path(id): Path<u64>, Query(since): Query<Since>) -> Answer<Calls> {
    let panel = find(&sim, id)?;
    let state = panel.state();
    let log = &state.calls;
    Ok(Json(Calls {
        calls: log.since(since.since),
        last_seq: log.last(),
        dropped: log.dropped(),
    }))
}

async fn clear_calls(Shared(sim): Sims, Path(id): Path<u64>) -> Answer {
    let panel = find(&sim, id)?;
    let mut state = panel.state();
    state.calls.clear();
    Ok(Json(json!({ "last_seq": state.calls.last() })))
}
