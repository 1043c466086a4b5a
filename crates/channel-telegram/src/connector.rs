//! Connecting bots.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use switchboard_channels::{
    login::{Answers, Capabilities, Connected, Connector, Field, Login, LoginError, Step},
    session::{Refusal, Session},
};
use switchboard_domain::{channel::ChannelKind, clock::Clock, id::AccountId};

use crate::{
    client::BotApi,
    error::CallError,
    limiter::Limits,
    privacy::{groups_notice, privacy_notice},
    session::TelegramSession,
    token,
};

/// Makes sessions of bots over one shared HTTP client.
#[derive(Clone)]
pub struct TelegramConnector {
    api: BotApi,
    limits: Limits,
    clock: Arc<dyn Clock>,
}

impl TelegramConnector {
    pub fn new(api: BotApi, limits: Limits, clock: Arc<dyn Clock>) -> Self {
        Self { api, limits, clock }
    }

    pub fn api(&self) -> &BotApi {
        &self.api
    }

    /// `Connector::open`, with what only bots have: the hook and the long poll.
    pub fn open_bot(
        &self,
        account: AccountId,
        secret: &SecretString,
    ) -> Result<Arc<TelegramSession>, LoginError> {
        let token = token::parse(secret)?;
        Ok(Arc::new(TelegramSession::new(
            &self.api,
            account,
            &token,
            self.limits.clone(),
            Arc::clone(&self.clock),
        )))
    }
}

#[async_trait]
impl Connector for TelegramConnector {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            kind: ChannelKind::TelegramBot,
            text_units: crate::TEXT_UNITS,
            repeats_are_dropped: false,
            topics: true,
        }
    }

    fn login(&self) -> Box<dyn Login> {
        Box::new(BotLogin {
            api: self.api.clone(),
        })
    }

    fn open(&self, account: AccountId, secret: SecretString) -> Result<Arc<dyn Session>, LoginError> {
        Ok(self.open_bot(account, &secret)?)
    }
}

struct BotLogin {
    api: BotApi,
}

#[async_trait]
impl Login for BotLogin {
    async fn step(&mut self, answers: Answers) -> Result<Step, LoginError> {
        let Some(typed) = answers.get(token::FIELD) else {
            return Ok(Step::AskFor(vec![Field {
                name: token::FIELD,
                label: "Bot token",
                help: "Write to BotFather in Telegram, send /newbot, and paste the token that it answers with.",
                secret: true,
            }]));
        };
        let token = token::parse(typed)?;
        let me = self
            .api
            .client(&token)
            .get_me()
            .await
            .map_err(|error| match error {
                CallError::Refused(Refusal::TokenRevoked) => LoginError::Rejected,
                _ => LoginError::Unreachable,
            })?;
        let notices = [groups_notice(&me), privacy_notice(&me, None)];
        Ok(Step::Done(Box::new(Connected {
            network_id: me.id.to_string(),
            display_name: me.first_name,
            username: me.username,
            secret: token,
            notices: notices.into_iter().flatten().collect(),
        })))
    }
}
