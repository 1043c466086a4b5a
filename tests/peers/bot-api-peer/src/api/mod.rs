//! `/bot<token>/<Method>`: finds the bot, applies faults, runs the method, writes the call log.

mod answer;
mod chats;
mod messages;
mod updates;

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::Response,
};
use serde_json::json;

pub use answer::{ApiError, ApiResult, Success, respond};

use crate::{
    bodies, clock,
    faults::{Fault, Kind},
    journal::Call,
    net::Cut,
    params::Params,
    peer::Peer,
    world::World,
};

const JSON: &str = "application/json";

/// Every request that is not for the control API.
pub async fn handle(
    State(peer): State<Arc<Peer>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request<Body>,
) -> Response<Body> {
    let started = clock::now_ms();
    let path = request.uri().path().to_owned();
    let Some((token, method)) = path.strip_prefix("/bot").and_then(|rest| rest.split_once('/')) else {
        return respond(404, JSON, ApiError::new(404, "Not Found").body());
    };
    let method = method.trim_end_matches('/').to_ascii_lowercase();
    // Clients may percent-encode the colon.
    let token = token.replace("%3A", ":").replace("%3a", ":");
    let params = Params::read(request).await;

    let bot = peer.world().bot_by_token(&token);
    let mut fault = None;
    let mut logged = json!({});
    let result = match (bot, params) {
        (None, _) => Err(ApiError::unauthorized()),
        (Some(_), Err(refusal)) => Err(ApiError::new(400, refusal)),
        (Some(bot), Ok(params)) => {
            logged = params.for_log();
            fault = peer.world().faults.take(bot, &method, params.int("chat_id"));
            match &fault {
                Some(fault) => run_with_fault(&peer, bot, &method, &params, fault, &cut).await,
                None => run(&peer, bot, &method, &params).await.map_err(Failure::Api),
            }
            .map_err(|failure| match failure {
                Failure::Api(error) => error,
                // Code 0 stands for "no answer" here and in the log.
                Failure::Cut => ApiError::new(0, "connection cut"),
                Failure::Html => ApiError::new(502, "Bad Gateway"),
            })
        }
    };

    let (status, description) = match &result {
        Ok(_) => (200, None),
        Err(error) => (error.code, Some(error.description.clone())),
    };
    let html = fault.as_ref().is_some_and(|fault| fault.kind == Kind::Html);
    peer.world().journal.add_call(Call {
        seq: 0,
        at_ms: started,
        took_ms: clock::now_ms() - started,
        bot,
        method,
        params: logged,
        status,
        description,
        fault: fault.map(|fault| fault.kind),
    });
    match result {
        Ok(success) => respond(200, JSON, success.body()),
        Err(_) if status == 0 => respond(500, JSON, String::new()),
        Err(_) if html => respond(502, "text/html", bodies::BAD_GATEWAY_HTML.into()),
        Err(error) => respond(error.code, JSON, error.body()),
    }
}

enum Failure {
    Api(ApiError),
    Cut,
    Html,
}

async fn run_with_fault(
    peer: &Peer,
    bot: i64,
    method: &str,
    params: &Params,
    fault: &Fault,
    cut: &Cut,
) -> Result<Success, Failure> {
    let api = |code: u16, standard: &str| {
        let description = fault.description.clone().unwrap_or_else(|| standard.to_owned());
        Err(Failure::Api(ApiError::new(code, description)))
    };
    let pause = |ms: u64| pause(peer, Duration::from_millis(ms));
    match fault.kind {
        Kind::TooManyRequests => Err(Failure::Api(ApiError::too_many(fault.retry_after))),
        Kind::Unauthorized => api(401, "Unauthorized"),
        Kind::Blocked => api(403, "Forbidden: bot was blocked by the user"),
        Kind::Kicked => {
            let supergroup = params
                .int("chat_id")
                .is_some_and(|chat| chat <= -1_000_000_000_000);
            let what = if supergroup { "supergroup" } else { "group" };
            api(403, &format!("Forbidden: bot was kicked from the {what} chat"))
        }
        Kind::BadRequest => api(
            400,
            "Bad Request: not enough rights to send text messages to the chat",
        ),
        Kind::Internal => api(500, "Internal Server Error"),
        Kind::Html => Err(Failure::Html),
        Kind::Slow => {
            pause(fault.ms.unwrap_or(1_000)).await;
            run(peer, bot, method, params).await.map_err(Failure::Api)
        }
        Kind::CutBefore => {
            cut.cut();
            Err(Failure::Cut)
        }
        Kind::CutAfter => {
            let result = run(peer, bot, method, params).await;
            if let Ok(success) = &result
                && let Ok(message) = serde_json::from_str::<serde_json::Value>(&success.result)
                && let Some(id) = message["message_id"].as_i64()
            {
                peer.world().journal.mark_last_sent_cut(bot, id);
            }
            pause(fault.ms.unwrap_or(0)).await;
            cut.cut();
            Err(Failure::Cut)
        }
        Kind::Hang => {
            match fault.ms {
                Some(ms) => pause(ms).await,
                None => peer.stop.cancelled().await,
            }
            cut.cut();
            Err(Failure::Cut)
        }
    }
}

async fn pause(peer: &Peer, length: Duration) {
    tokio::select! {
        () = peer.stop.cancelled() => {}
        () = tokio::time::sleep(length) => {}
    }
}

async fn run(peer: &Peer, bot: i64, method: &str, params: &Params) -> ApiResult {
    if method == "getupdates" {
        return updates::get_updates(peer, bot, params).await;
    }
    let mut world = peer.world();
    let world: &mut World = &mut world;
    match method {
        "getme" => chats::get_me(world, bot),
        "setwebhook" => updates::set_webhook(world, bot, params),
        "deletewebhook" => updates::delete_webhook(world, bot, params),
        "getwebhookinfo" => updates::get_webhook_info(world, bot),
        "sendmessage" => messages::send_message(world, bot, params),
        "editmessagetext" => messages::edit_message_text(world, bot, params),
        "sendchataction" => messages::send_chat_action(world, bot, params),
        "answercallbackquery" => messages::answer_callback_query(world, bot, params),
        "getchat" => chats::get_chat(world, bot, params),
        "getchatmember" => chats::get_chat_member(world, bot, params),
        "leavechat" => chats::leave_chat(world, bot, params),
        "setmycommands" => chats::set_my_commands(world, bot, params),
        "getmycommands" => Ok(Success::new(&world.bot(bot).commands)),
        _ => Err(ApiError::new(404, "Not Found: method not found")),
    }
}
