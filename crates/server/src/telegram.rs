//! Telegram bots wired to the tenant side: how their updates are read, and how they get here.
//!
//! With a public address each bot has a webhook, watched every minute; without one it is polled.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use secrecy::SecretString;
use switchboard_channel_telegram::{
    client::{ApiConfig, BotApi},
    connector::TelegramConnector,
    convert::{OwnBot, convert},
    error::CallError,
    limiter::Limits,
    peek::peek,
    poll::{PollEnd, RawUpdate},
    session::TelegramSession,
    webhook::{Hook, HookError, HookHealth, PATH, TakeOver, remove_webhook},
};
use switchboard_channels::{
    login::Connector,
    port::Event,
    session::{Refusal, Session},
    status::AccountState,
};
use switchboard_domain::clock::Clock;
use switchboard_store::{TenantScope, tenant::accounts::ChatAccount};
use switchboard_tenant::{
    intake::Intake,
    network::{BadUpdate, Network, Peeked, Receiving, ReleaseError},
};
use tokio_util::sync::CancellationToken;
use url::Url;

/// How often Telegram is asked whether our webhook still stands.
const WATCH_EVERY: Duration = Duration::from_secs(60);
const RETRY_EVERY: Duration = Duration::from_secs(5);

pub struct Telegram {
    connector: TelegramConnector,
    public_url: Option<Url>,
}

impl Telegram {
    pub fn new(api_url: Url, public_url: Option<Url>, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let api = BotApi::new(ApiConfig::new(api_url))?;
        Ok(Self {
            connector: TelegramConnector::new(api, Limits::default(), clock),
            public_url,
        })
    }

    /// Registers the webhook and keeps looking after it.
    async fn hook(&self, public: &Url, on: &On<'_>) {
        let mut url = public.clone();
        let path = format!(
            "{}/{PATH}/{}",
            url.path().trim_end_matches('/'),
            on.account.hook_key
        );
        url.set_path(&path);
        let hook = Hook {
            url,
            secret: on.account.hook_secret.clone(),
        };
        loop {
            let pause = match on.session.ensure_webhook(&hook, TakeOver::No).await {
                Ok(()) => {
                    on.report(AccountState::Online).await;
                    break;
                }
                Err(HookError::TakenElsewhere { host }) => {
                    tracing::warn!(account.id = %on.account.account, hook.host = %host, "another program receives this bot's messages");
                    on.report_with(AccountState::HookTakenElsewhere, Some(&host))
                        .await;
                    WATCH_EVERY
                }
                Err(error) => {
                    tracing::warn!(account.id = %on.account.account, error = %error, "the webhook could not be set");
                    on.report_session().await;
                    RETRY_EVERY
                }
            };
            if on.sleep(pause).await {
                return;
            }
        }
        while !on.sleep(WATCH_EVERY).await {
            match on.session.check_webhook(&hook).await {
                Ok(HookHealth::Missing) => {
                    on.session.ensure_webhook(&hook, TakeOver::No).await.ok();
                }
                Ok(_) => on.report_session().await,
                Err(error) => {
                    tracing::debug!(account.id = %on.account.account, error = %error, "the webhook could not be checked")
                }
            }
        }
    }

    async fn poll(&self, on: &On<'_>) {
        let end = on
            .session
            .poll(
                &on.account.hook_key,
                TakeOver::No,
                on.stop,
                |batch: Vec<RawUpdate>| async move {
                    for update in batch {
                        on.store(&update).await?;
                    }
                    on.report(AccountState::Online).await;
                    Ok::<(), anyhow::Error>(())
                },
            )
            .await;
        match end {
            PollEnd::Stopped => {}
            PollEnd::TokenRevoked => on.report(AccountState::TokenRevoked).await,
            PollEnd::TakenElsewhere { host } => {
                on.report_with(AccountState::HookTakenElsewhere, Some(&host))
                    .await;
            }
        }
    }
}

/// One account that is being received for.
struct On<'a> {
    account: &'a Receiving,
    scope: &'a TenantScope,
    session: Arc<TelegramSession>,
    intake: &'a Intake,
    stop: &'a CancellationToken,
}

impl On<'_> {
    async fn store(&self, update: &RawUpdate) -> anyhow::Result<()> {
        // What cannot be read will not get better by being fetched again.
        let Ok(peeked) = peeked(&update.json) else {
            return Ok(());
        };
        let raw = std::str::from_utf8(&update.json)?;
        self.intake
            .accept(self.scope, self.account.account, &peeked, raw)
            .await?;
        Ok(())
    }

    async fn report(&self, state: AccountState) {
        self.report_with(state, None).await;
    }

    /// `detail`: what the network said, such as the host of another program.
    async fn report_with(&self, state: AccountState, detail: Option<&str>) {
        let stored = match state {
            AccountState::Connecting => "connecting",
            AccountState::Online => "online",
            AccountState::TokenRevoked => "logged_out",
            _ => "backing_off",
        };
        let text = match (state, detail) {
            (AccountState::Online, _) => String::new(),
            (AccountState::HookTakenElsewhere, Some(host)) => {
                format!("{} They go to {host}. {}", state.words(), state.to_do())
            }
            (_, Some(detail)) => format!("{} ({detail}) {}", state.words(), state.to_do()),
            (_, None) => format!("{} {}", state.words(), state.to_do()),
        };
        self.intake
            .report(self.scope, self.account.account, stored, &text)
            .await;
    }

    async fn report_session(&self) {
        let report = self.session.state().await;
        self.report_with(report.state, report.detail.as_deref()).await;
    }

    /// True when it is time to stop.
    async fn sleep(&self, pause: Duration) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => true,
            () = tokio::time::sleep(pause) => false,
        }
    }
}

fn peeked(raw: &[u8]) -> Result<Peeked, BadUpdate> {
    let peek = peek(raw).map_err(|error| BadUpdate(error.to_string()))?;
    Ok(Peeked {
        dedupe_key: format!("u{}", peek.update_id),
        chat: peek.chat.map(String::from),
    })
}

#[async_trait]
impl Network for Telegram {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn peek(&self, raw: &[u8]) -> Result<Peeked, BadUpdate> {
        peeked(raw)
    }

    fn read(&self, raw: &str, own: &ChatAccount) -> Result<Event, BadUpdate> {
        let own = OwnBot {
            id: own
                .network_id
                .parse()
                .map_err(|_| BadUpdate("the bot's id is no number".into()))?,
            username: Some(own.username.clone()).filter(|name| !name.is_empty()),
        };
        let converted = convert(raw.as_bytes(), &own).map_err(|error| BadUpdate(error.to_string()))?;
        Ok(converted.event)
    }

    async fn receive(&self, account: Receiving, scope: TenantScope, intake: Intake, stop: CancellationToken) {
        let session = match self.connector.open_bot(account.account, &account.secret) {
            Ok(session) => session,
            Err(error) => {
                tracing::error!(account.id = %account.account, error = %error, "a bot's stored token is no token");
                return;
            }
        };
        let on = On {
            account: &account,
            scope: &scope,
            session,
            intake: &intake,
            stop: &stop,
        };
        match &self.public_url {
            Some(public) => self.hook(public, &on).await,
            None => self.poll(&on).await,
        }
    }

    async fn release(
        &self,
        secret: &SecretString,
        hook_key: &str,
        take_over: bool,
    ) -> Result<(), ReleaseError> {
        let client = self.connector.api().client(secret);
        let take_over = if take_over { TakeOver::Yes } else { TakeOver::No };
        remove_webhook(&client, hook_key, take_over)
            .await
            .map_err(|error| match error {
                HookError::TakenElsewhere { host } => ReleaseError::TakenElsewhere { host },
                HookError::Call(CallError::Refused(Refusal::TokenRevoked)) => ReleaseError::Rejected,
                _ => ReleaseError::Unreachable,
            })
    }
}
