//! Owns one panel's HTTP side: reads a request, lets the panel judge it, then waits, answers or cuts as decided.
//!
//! Invariant: every request is finished in the call log exactly once, also when its caller leaves.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::connect_info::ConnectInfo;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode, header};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use tokio::net::TcpListener;

use crate::calls::Outcome;
use crate::incoming::Incoming;
use crate::net::{CutSwitch, CuttableListener};
use crate::panel::{Ending, Panel};
use crate::reply::Reply;

const MOST_BODY: usize = 1 << 20;
const CHUNK: &[u8] = &[b'x'; 64 << 10];

pub async fn run(panel: Arc<Panel>, listener: TcpListener) {
    let stop = panel.stop.clone();
    let router = Router::new().fallback(handle).with_state(panel);
    let served = axum::serve(
        CuttableListener(listener),
        router.into_make_service_with_connect_info::<CutSwitch>(),
    );
    if let Err(error) = served.with_graceful_shutdown(stop.cancelled_owned()).await {
        eprintln!("panel-simulator: a panel stopped: {error}");
    }
}

/// Finishes the call in the log when dropped; a handler dropped half-way means that the caller left.
struct InFlight {
    panel: Arc<Panel>,
    seq: u64,
    since: Instant,
    outcome: Outcome,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut state = self.panel.state();
        let Some(call) = state.calls.get_mut(self.seq) else {
            return;
        };
        call.outcome = match self.outcome {
            Outcome::Answered if call.fault.is_some() => Outcome::Faulted,
            outcome => outcome,
        };
        call.took_ms = Some(u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX));
        let (call, name) = (call.clone(), state.settings.name.clone());
        drop(state);
        self.panel.sim.write_log(self.panel.id, &name, &call);
    }
}

async fn handle(
    State(panel): State<Arc<Panel>>,
    ConnectInfo(switch): ConnectInfo<CutSwitch>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MOST_BODY).await else {
        return Reply::server_error(StatusCode::PAYLOAD_TOO_LARGE.as_u16()).respond_with(Body::empty());
    };
    let since = Instant::now();
    // No await between reading the request and its effect: a caller that leaves cannot undo it.
    let verdict = panel.receive(&Incoming::read(&parts, &body));
    let stop = panel.stop.clone();
    let mut call = InFlight {
        panel,
        seq: verdict.seq,
        since,
        outcome: Outcome::Abandoned,
    };
    if !verdict.wait.is_zero() {
        pause(verdict.wait, &stop).await;
    }
    let response = match verdict.ending {
        Ending::Answer(mut reply) => {
            let body = Body::from(std::mem::take(&mut reply.body));
            reply.respond_with(body)
        }
        Ending::Cut => cut(&switch),
        Ending::CutMidBody(mut reply) => half(std::mem::take(&mut reply.body), &reply, switch),
        Ending::Huge(size) => huge(size),
        Ending::Hang => {
            stop.cancelled().await;
            cut(&switch)
        }
    };
    call.outcome = Outcome::Answered;
    response
}

/// A shutdown does not wait for a slow panel.
async fn pause(wait: Duration, stop: &tokio_util::sync::CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(wait) => {}
        () = stop.cancelled() => {}
    }
}

fn cut(switch: &CutSwitch) -> Response<Body> {
    switch.cut();
    // Never leaves: the connection refuses to write it and closes.
    Response::new(Body::empty())
}

fn half(body: String, reply: &Reply, switch: CutSwitch) -> Response<Body> {
    let whole = Bytes::from(body);
    let length = whole.len();
    let first = whole.slice(..length / 2);
    let parts = stream::iter([Ok(first)]).chain(stream::once(async move {
        // Lets the first half be written before the connection breaks.
        tokio::task::yield_now().await;
        switch.cut();
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    }));
    let mut response = reply.respond_with(Body::from_stream(parts));
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length.into());
    response
}

fn huge(size: u64) -> Response<Body> {
    let chunks = size.div_ceil(CHUNK.len() as u64);
    let opening = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{\"data\":\""))]);
    let filling = stream::iter(0..chunks).map(|_| Ok(Bytes::from_static(CHUNK)));
    let closing = stream::iter([Ok(Bytes::from_static(b"\"}"))]);
    Reply::json(200, "").respond_with(Body::from_stream(opening.chain(filling).chain(closing)))
}
