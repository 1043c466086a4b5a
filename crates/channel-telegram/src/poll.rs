//! Long polling: for development, and where no public address exists.
//!
//! Invariant: Telegram is told that an update arrived only after the callback said that it is stored. A crash between
//! brings the update again, and its id makes that harmless.
//! Invariant: the loop ends only when told to, or when a person has to act.

use std::{fmt, future::Future, time::Duration};

use serde_json::Value;
use switchboard_channels::{session::Refusal, status::AccountState};
use tokio_util::sync::CancellationToken;

use crate::{
    error::CallError,
    session::TelegramSession,
    webhook::{HookError, TakeOver, remove_webhook},
};

/// An update as it came, to be stored before anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawUpdate {
    pub update_id: u64,
    pub json: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PollEnd {
    /// As asked, by the token or by `Session::stop`.
    Stopped,
    TokenRevoked,
    /// Somebody else's hook is set, and nobody said to take over.
    TakenElsewhere {
        host: String,
    },
}

const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Waits that double, with a random half so that many bots do not come back at once.
struct Backoff {
    next: Duration,
}

impl Backoff {
    fn new() -> Self {
        Self { next: FIRST_WAIT }
    }

    fn wait(&mut self, random_below: impl FnOnce(u64) -> u64) -> Duration {
        let half = self.next / 2;
        let millis = u64::try_from(half.as_millis()).unwrap_or(u64::MAX);
        let wait = half + Duration::from_millis(random_below(millis.saturating_add(1)));
        self.next = (self.next * 2).min(LONGEST_WAIT);
        wait
    }
}

impl TelegramSession {
    /// Fetches updates until `stop`. `store` gets each batch in order and answers once it is stored for good; when it
    /// fails, the same updates come again.
    /// `hook_key` is `webhook::hook_key` of the account: our own hook of earlier is removed without asking.
    pub async fn poll<F, Fut, E>(
        &self,
        hook_key: &str,
        take_over: TakeOver,
        stop: &CancellationToken,
        store: F,
    ) -> PollEnd
    where
        F: Fn(Vec<RawUpdate>) -> Fut,
        Fut: Future<Output = Result<(), E>>,
        E: fmt::Display,
    {
        let mut backoff = Backoff::new();
        let mut offset = None;
        let mut hook_is_gone = false;
        loop {
            let round = tokio::select! {
                biased;
                () = stop.cancelled() => return PollEnd::Stopped,
                () = self.stopping.cancelled() => return PollEnd::Stopped,
                round = self.round(hook_key, take_over, &mut hook_is_gone, &mut offset, &store) => round,
            };
            let wait = match round {
                Ok(()) => {
                    backoff = Backoff::new();
                    continue;
                }
                Err(Trouble::End(end)) => return end,
                Err(Trouble::Wait(at_least)) => {
                    let wait = backoff.wait(|bound| self.clock.random_below(bound));
                    wait.max(at_least)
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = stop.cancelled() => return PollEnd::Stopped,
                () = self.stopping.cancelled() => return PollEnd::Stopped,
            }
        }
    }

    async fn round<F, Fut, E>(
        &self,
        hook_key: &str,
        take_over: TakeOver,
        hook_is_gone: &mut bool,
        offset: &mut Option<i64>,
        store: &F,
    ) -> Result<(), Trouble>
    where
        F: Fn(Vec<RawUpdate>) -> Fut,
        Fut: Future<Output = Result<(), E>>,
        E: fmt::Display,
    {
        if !*hook_is_gone {
            match remove_webhook(&self.client, hook_key, take_over).await {
                Ok(()) | Err(HookError::NotPublic | HookError::NoBase) => {}
                Err(HookError::TakenElsewhere { host }) => {
                    self.set_state(AccountState::HookTakenElsewhere, Some(host.clone()));
                    return Err(Trouble::End(PollEnd::TakenElsewhere { host }));
                }
                Err(HookError::Call(error)) => return Err(self.trouble(&error)),
            }
            *hook_is_gone = true;
        }
        let values = match self.client.get_updates(*offset).await {
            Ok(values) => values,
            Err(error) => {
                // Somebody set a hook meanwhile: look whose it is.
                *hook_is_gone = error != CallError::HookIsSet;
                return Err(self.trouble(&error));
            }
        };
        self.set_state(AccountState::Online, None);
        let updates: Vec<RawUpdate> = values.into_iter().filter_map(raw_update).collect();
        let Some(last) = updates.iter().map(|update| update.update_id).max() else {
            return Ok(());
        };
        if let Err(error) = store(updates).await {
            tracing::error!(account.id = %self.account, %error, "updates could not be stored; they will come again");
            return Err(Trouble::Wait(Duration::ZERO));
        }
        *offset = i64::try_from(last).ok().map(|last| last.saturating_add(1));
        Ok(())
    }

    fn trouble(&self, error: &CallError) -> Trouble {
        self.note(error);
        match error {
            CallError::Refused(Refusal::TokenRevoked) => return Trouble::End(PollEnd::TokenRevoked),
            CallError::NoAnswer(_) => self.set_state(AccountState::BackingOff, Some(error.to_string())),
            _ => {}
        }
        Trouble::Wait(match error {
            CallError::TooMany { after } => *after,
            _ => Duration::ZERO,
        })
    }
}

enum Trouble {
    End(PollEnd),
    /// At least this long.
    Wait(Duration),
}

fn raw_update(value: Value) -> Option<RawUpdate> {
    let Some(update_id) = value.get("update_id").and_then(Value::as_u64) else {
        tracing::warn!("telegram sent an update without an id; it is skipped");
        return None;
    };
    Some(RawUpdate {
        update_id,
        json: value.to_string().into_bytes(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_to_a_minute_and_never_vanish() {
        let mut low = Backoff::new();
        let mut high = Backoff::new();
        let mut waits = Vec::new();
        for _ in 0..8 {
            waits.push((
                low.wait(|_| 0).as_millis(),
                high.wait(|bound| bound - 1).as_millis(),
            ));
        }
        assert_eq!(
            waits,
            [
                (500, 1000),
                (1000, 2000),
                (2000, 4000),
                (4000, 8000),
                (8000, 16000),
                (16000, 32000),
                (30000, 60000),
                (30000, 60000)
            ]
        );
    }
}
