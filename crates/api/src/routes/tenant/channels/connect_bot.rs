//! `POST /api/v1/tenants/{tenant}/channels/telegram-bots`

use std::sync::Arc;

use axum::extract::State;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use switchboard_tenant::{
    accounts::{self, AccountError, LoginError},
    channels,
};
use utoipa::ToSchema;

use super::ChannelCard;
use crate::{App, Code, Created, FieldErrors, Json, Permit, Problem, TenantPath, TenantScope, may};

#[derive(Deserialize, ToSchema)]
pub struct ConnectBot {
    /// What the owner calls it; 1 to 60 characters, unique in the shop.
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// As @BotFather gave it.
    #[schema(value_type = String, format = Password, min_length = 1)]
    pub token: SecretString,
}

/// Connect a Telegram bot by its token, which is tried at once. A bot of this shop gets the new token.
#[utoipa::path(post, path = "/api/v1/tenants/{tenant}/channels/telegram-bots", operation_id = "connect_telegram_bot", tag = "channels",
    security(("session" = [])), params(TenantPath), request_body = ConnectBot, responses((status = 201, body = ChannelCard)))]
pub async fn connect_telegram_bot(
    permit: Permit<may::ChannelsManage>,
    scope: TenantScope,
    State(app): State<Arc<App>>,
    Json(input): Json<ConnectBot>,
) -> Result<Created<ChannelCard>, Problem> {
    let name = input.name.trim();
    let mut errors = FieldErrors::default();
    errors.check(
        !name.is_empty(),
        "name",
        "required",
        "Give the bot a name that you recognise.",
    );
    errors.check(
        name.chars().count() <= 60,
        "name",
        "too-long",
        "At most 60 characters.",
    );
    errors.check(
        !input.token.expose_secret().trim().is_empty(),
        "token",
        "required",
        "Paste the token that @BotFather gave you.",
    );
    errors.finish()?;
    let token = SecretString::from(input.token.expose_secret().trim());
    let made = accounts::connect_bot(&app.hub, &scope, permit.actor().as_str(), name, token).await?;
    let card = channels::find(&app.hub, &scope, made.id)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(Created(card.into()))
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Login(LoginError::Malformed { .. }) => Self::field(
                "token",
                "malformed",
                "This is not a whole token. It looks like 123456789:AA… and is about 46 characters long.",
            ),
            AccountError::Login(LoginError::Rejected) => Self::field(
                "token",
                "rejected",
                "Telegram does not know this token. Open @BotFather, choose the bot, press API Token, and paste what it shows.",
            ),
            AccountError::Login(LoginError::Unreachable) => Self::new(Code::Unavailable)
                .detail("Telegram did not answer. Nothing was changed; try again."),
            AccountError::Elsewhere => Code::ChannelTaken.into(),
            AccountError::NameTaken => Self::field(
                "name",
                "taken",
                "There is another channel of that name. Choose another.",
            ),
            AccountError::OtherBot { is, was } => Self::field(
                "token",
                "other-bot",
                format!(
                    "This token belongs to @{is}, but this channel is @{was}. Connect @{is} as a channel of its own."
                ),
            ),
            AccountError::Disabled => {
                Self::new(Code::WrongState).detail("The channel is switched off. Switch it on first.")
            }
            AccountError::NotFound | AccountError::NoChat => Self::not_found(),
            AccountError::OtherParty(whose) => Self::new(Code::WrongState).detail(format!(
                "This is a {whose} group. One group is never both a customers' and a provider's."
            )),
            AccountError::NoNetwork | AccountError::MoreSteps => {
                Self::new(Code::WrongState).detail("This kind of account cannot be connected here.")
            }
            AccountError::Store(error) => error.into(),
        }
    }
}
