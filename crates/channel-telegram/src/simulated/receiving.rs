//! The hook and the long poll.

use secrecy::SecretSlice;
use switchboard_channels::{refs::ChatRef, session::Session, status::AccountState};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::{
    convert::{OwnBot, convert},
    poll::{PollEnd, RawUpdate},
    webhook::{Hook, HookError, HookHealth, TakeOver, hook_key},
};

fn master() -> SecretSlice<u8> {
    vec![7; 32].into()
}

fn hook() -> Hook {
    Hook::new(
        &"https://chat.example.com".parse().unwrap(),
        &master(),
        account(),
        true,
    )
    .unwrap()
}

#[tokio::test]
async fn a_hook_is_taken_only_when_free_ours_or_told_so() {
    let simulated = Simulated::start().await;
    let session = simulated.session();
    session.ensure_webhook(&hook(), TakeOver::No).await.unwrap();
    let ours = hook().url.to_string();
    assert_eq!(simulated.inner().hook, ours);
    let set = simulated.calls("setwebhook")[0].clone();
    assert_eq!(set["secret_token"].as_str().unwrap().len(), 64);
    assert_eq!(
        set["drop_pending_updates"], false,
        "what waits is not thrown away"
    );
    assert_eq!(
        set["allowed_updates"],
        json!(["message", "edited_message", "callback_query", "my_chat_member"])
    );
    session.ensure_webhook(&hook(), TakeOver::No).await.unwrap();

    for earlier in [
        "https://chat.example.com/tg/0123".to_owned(),
        format!("https://old.example.com/tg/{}", hook_key(&master(), account())),
    ] {
        simulated.inner().hook = earlier;
        session.ensure_webhook(&hook(), TakeOver::No).await.unwrap();
        assert_eq!(simulated.inner().hook, ours);
    }

    simulated.inner().hook = "https://other.example/secret-path".into();
    let refused = session.ensure_webhook(&hook(), TakeOver::No).await.unwrap_err();
    let host = "other.example".to_owned();
    assert_eq!(refused, HookError::TakenElsewhere { host });
    assert_eq!(
        simulated.inner().hook,
        "https://other.example/secret-path",
        "left alone"
    );
    assert_eq!(session.state().await.state, AccountState::HookTakenElsewhere);
    assert!(
        session
            .client()
            .is_administrator(&ChatRef::new("-1001"), BOT_ID)
            .await
            .unwrap()
    );

    session.ensure_webhook(&hook(), TakeOver::Yes).await.unwrap();
    assert_eq!(simulated.inner().hook, ours);
    assert_eq!(session.state().await.state, AccountState::Online);
    assert_eq!(session.check_webhook(&hook()).await.unwrap(), HookHealth::Fine);

    simulated.inner().hook = "https://thief.example/".into();
    session.check_webhook(&hook()).await.unwrap();
    assert_eq!(session.state().await.state, AccountState::HookTakenElsewhere);
}

fn said(update_id: u64, text: &str) -> Value {
    json!({"update_id": update_id, "message": {"message_id": update_id, "date": 1_760_000_000,
        "chat": {"id": 42, "type": "private"}, "from": {"id": 42, "is_bot": false}, "text": text,
        "entities": [{"type": "hologram", "offset": 0, "length": 3}]}})
}

/// A store that can be out of order.
#[derive(Clone, Default)]
struct Store {
    broken: Arc<Mutex<bool>>,
    batches: Arc<Mutex<Vec<Vec<RawUpdate>>>>,
}

impl Store {
    async fn put(self, batch: Vec<RawUpdate>) -> Result<(), &'static str> {
        self.batches.lock().unwrap().push(batch);
        if *self.broken.lock().unwrap() {
            Err("out of order")
        } else {
            Ok(())
        }
    }

    fn ids(&self) -> Vec<u64> {
        let batches = self.batches.lock().unwrap();
        batches.iter().flatten().map(|update| update.update_id).collect()
    }
}

struct Polling {
    session: Arc<TelegramSession>,
    stop: CancellationToken,
    store: Store,
    task: tokio::task::JoinHandle<PollEnd>,
}

fn poll(simulated: &Simulated, take_over: TakeOver, store: Store) -> Polling {
    let session = simulated.session();
    let stop = CancellationToken::new();
    let task = tokio::spawn({
        let (session, stop, store) = (Arc::clone(&session), stop.clone(), store.clone());
        async move {
            let key = hook_key(&master(), account());
            session
                .poll(&key, take_over, &stop, |batch| store.clone().put(batch))
                .await
        }
    });
    Polling {
        session,
        stop,
        store,
        task,
    }
}

#[tokio::test]
async fn polled_updates_are_whole_and_confirmed_only_when_stored() {
    let simulated = Simulated::start().await;
    simulated.inner().hook = format!("https://old.example.com/tg/{}", hook_key(&master(), account()));
    simulated.add_update(said(3_000_000_000, "481799696 refill"));
    simulated.add_update(json!({"no": "id"}));
    let store = Store::default();
    *store.broken.lock().unwrap() = true;
    let polling = poll(&simulated, TakeOver::No, store);
    until("the same update comes again while it is not stored", async || {
        polling.store.ids().len() >= 2
    })
    .await;
    assert!(
        simulated
            .calls("getupdates")
            .iter()
            .all(|call| call.get("offset").is_none())
    );
    assert_eq!(simulated.inner().hook, "", "our own hook of earlier is removed");

    *polling.store.broken.lock().unwrap() = false;
    let confirmed = async || {
        simulated
            .calls("getupdates")
            .iter()
            .any(|call| call["offset"] == 3_000_000_001_i64)
    };
    until("the update is confirmed once stored", confirmed).await;
    simulated.add_update(said(3_000_000_001, "481799190 status"));
    until("the next one arrives", async || {
        polling.store.ids().contains(&3_000_000_001)
    })
    .await;
    assert_eq!(polling.session.state().await.state, AccountState::Online);

    let first = polling.store.batches.lock().unwrap()[0][0].clone();
    let own = OwnBot {
        id: BOT_ID,
        username: None,
    };
    let event = convert(&first.json, &own).unwrap().event;
    assert!(format!("{event:?}").contains("481799696 refill"), "{event:?}");

    polling.stop.cancel();
    assert_eq!(polling.task.await.unwrap(), PollEnd::Stopped);
}

#[tokio::test]
async fn another_poller_is_named_and_waited_out() {
    let simulated = Simulated::start().await;
    let conflict =
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
    simulated.script("getupdates", 0, refusal(409, conflict));
    let polling = poll(&simulated, TakeOver::No, Store::default());
    until("the conflict shows", async || {
        polling.session.state().await.state == AccountState::HookTakenElsewhere
    })
    .await;
    simulated.add_update(said(1, "hello"));
    until("it recovers by itself", async || polling.store.ids() == [1]).await;
    assert_eq!(polling.session.state().await.state, AccountState::Online);
    polling.session.stop().await;
    assert_eq!(polling.task.await.unwrap(), PollEnd::Stopped);
}

#[tokio::test]
async fn a_foreign_hook_ends_the_poll_unless_told_to_take_over() {
    let simulated = Simulated::start().await;
    let foreign = "https://other.example/hook";
    simulated.inner().hook = foreign.into();
    let host = "other.example".to_owned();
    let polling = poll(&simulated, TakeOver::No, Store::default());
    assert_eq!(
        polling.task.await.unwrap(),
        PollEnd::TakenElsewhere { host: host.clone() }
    );
    assert_eq!(simulated.inner().hook, foreign);
    assert_eq!(
        polling.session.state().await.state,
        AccountState::HookTakenElsewhere
    );

    simulated.add_update(said(1, "hello"));
    let polling = poll(&simulated, TakeOver::Yes, Store::default());
    until("updates arrive", async || polling.store.ids() == [1]).await;
    assert_eq!(simulated.inner().hook, "");

    // Somebody sets a hook while we poll.
    simulated.inner().hook = foreign.into();
    let conflict = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
    simulated.script("getupdates", 0, refusal(409, conflict));
    simulated.add_update(said(2, "wakes the poll"));
    until("it is taken back, as told", async || {
        simulated.inner().hook.is_empty()
    })
    .await;
    polling.stop.cancel();
    assert_eq!(polling.task.await.unwrap(), PollEnd::Stopped);
}

#[tokio::test]
async fn a_revoked_token_ends_the_poll_and_a_broken_server_does_not() {
    let simulated = Simulated::start().await;
    simulated.script("getupdates", 0, Answer::Body(200, "<html>".into()));
    simulated.script("getupdates", 1, refusal(429, "Too Many Requests: retry after 1"));
    simulated.script("getupdates", 2, refusal(401, "Unauthorized"));
    let polling = poll(&simulated, TakeOver::No, Store::default());
    assert_eq!(polling.task.await.unwrap(), PollEnd::TokenRevoked);
    assert_eq!(simulated.calls("getupdates").len(), 3);
    assert_eq!(polling.session.state().await.state, AccountState::TokenRevoked);
    let check = polling.session.check().await.unwrap_err();
    assert_eq!(check, switchboard_channels::session::Refusal::TokenRevoked.into());
}
