//! Figures for Prometheus, at `/metrics`. Names and labels only: no account, tenant or address is among them.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::{App, ClientIp, Problem};

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Seconds.
const BUCKETS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0,
];

/// Begins to count, once per process. Before that `/metrics` is not there and counting costs nothing.
pub fn install() -> Result<(), BuildError> {
    if HANDLE.get().is_some() {
        return Ok(());
    }
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), BUCKETS)?
        .install_recorder()?;
    metrics::describe_counter!("http_requests_total", "Requests by method, route and status.");
    metrics::describe_histogram!(
        "http_request_seconds",
        "How long requests took, by method and route."
    );
    metrics::describe_counter!("logins_total", "Attempts to sign in, by outcome.");
    metrics::describe_gauge!("queue_jobs", "Jobs that are not done, by state.");
    metrics::describe_gauge!(
        "queue_oldest_job_seconds",
        "Age of the oldest job that could run."
    );
    HANDLE.set(handle).ok();
    Ok(())
}

/// To be called now and then: keeps histograms small while nobody asks.
pub fn upkeep() {
    if let Some(handle) = HANDLE.get() {
        handle.run_upkeep();
    }
}

pub(crate) fn request(method: &str, route: &str, status: u16, took: Duration) {
    let labels = [("method", method.to_owned()), ("route", route.to_owned())];
    metrics::histogram!("http_request_seconds", &labels).record(took.as_secs_f64());
    metrics::counter!("http_requests_total", "method" => method.to_owned(), "route" => route.to_owned(), "status" => status.to_string())
        .increment(1);
}

/// For the machine itself and for the networks in `http.metrics_allow`; for others it is not there.
pub(crate) async fn show(State(app): State<Arc<App>>, ip: ClientIp) -> Result<Response, Problem> {
    let allowed = ip.is_this_machine() || app.settings.metrics_allow.iter().any(|net| net.contains(&ip.ip));
    let handle = HANDLE.get().filter(|_| allowed).ok_or_else(Problem::not_found)?;
    Ok((
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        handle.render(),
    )
        .into_response())
}
