//! Bots, and the chats that they are in.

use anyhow::Context;
use clap::Subcommand;
use switchboard_store::tenant::chats::ChatMode;
use switchboard_tenant::accounts;

use super::{
    output::{Output, read_secret, table},
    tenant::scope,
};
use crate::wiring::Installation;

#[derive(Debug, Subcommand)]
pub enum Bot {
    /// Connect a Telegram bot by its token; a connected bot gets the new token.
    Connect {
        #[arg(long)]
        tenant: String,
        #[arg(long)]
        name: String,
        /// File with the token from @BotFather; `-` reads standard input.
        #[arg(long)]
        token_file: String,
    },
    /// All bots of a tenant.
    List {
        #[arg(long)]
        tenant: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum ChatCommand {
    /// All chats that wrote or were joined.
    List {
        #[arg(long)]
        tenant: String,
    },
    /// Say what is done in a customer's chat: `support`, `silent` (process and log, send nothing), `off`.
    Mode {
        #[arg(long)]
        tenant: String,
        /// The bot's name, where there are several.
        #[arg(long)]
        bot: Option<String>,
        /// The network's id of the chat, such as -1001234567890.
        #[arg(long, allow_hyphen_values = true)]
        chat: String,
        mode: String,
    },
}

pub async fn bot(app: &Installation, out: &Output, command: Bot) -> anyhow::Result<()> {
    match command {
        Bot::Connect {
            tenant,
            name,
            token_file,
        } => {
            let scope = scope(app, &tenant).await?;
            let token = read_secret(&token_file)?;
            out.progress("asking the network who this is");
            let account = accounts::connect_bot(&app.hub, &scope, "operator", &name, token).await?;
            out.answer(&account, || {
                let username = account
                    .username
                    .as_deref()
                    .map(|name| format!(" (@{name})"))
                    .unwrap_or_default();
                let mut lines = vec![format!("{}{username} is connected: {}", account.name, account.id)];
                lines.extend(
                    account
                        .notices
                        .iter()
                        .map(|notice| format!("{} {}", notice.words, notice.to_do)),
                );
                lines
            })
        }
        Bot::List { tenant } => {
            let accounts = app
                .db
                .begin(&scope(app, &tenant).await?)
                .await?
                .accounts()
                .list()
                .await?;
            let json: Vec<_> = accounts
                .iter()
                .map(|account| {
                    serde_json::json!({
                        "id": account.id, "name": account.name, "username": account.username, "network_id": account.network_id,
                        "state": account.state, "state_text": account.state_text, "reads_groups": account.reads_groups,
                    })
                })
                .collect();
            out.answer(&json, || {
                let rows: Vec<Vec<String>> = accounts
                    .iter()
                    .map(|a| {
                        vec![
                            a.name.clone(),
                            format!("@{}", a.username),
                            a.state.clone(),
                            a.state_text.clone(),
                        ]
                    })
                    .collect();
                table(&["name", "bot", "state", "note"], &rows)
            })
        }
    }
}

pub async fn chat(app: &Installation, out: &Output, command: ChatCommand) -> anyhow::Result<()> {
    match command {
        ChatCommand::List { tenant } => {
            let chats = accounts::chats(&app.hub, &scope(app, &tenant).await?).await?;
            out.answer(&chats, || {
                let rows: Vec<Vec<String>> = chats
                    .iter()
                    .map(|chat| {
                        vec![
                            chat.network_id.clone(),
                            chat.kind.as_str().to_owned(),
                            chat.party.as_str().to_owned(),
                            chat.mode.as_str().to_owned(),
                            chat.lost_reason.clone().unwrap_or_else(|| chat.title.clone()),
                        ]
                    })
                    .collect();
                table(&["chat", "kind", "party", "mode", "title"], &rows)
            })
        }
        ChatCommand::Mode {
            tenant,
            bot,
            chat,
            mode,
        } => {
            let scope = scope(app, &tenant).await?;
            let mode = ChatMode::parse(&mode).context("a mode is `support`, `silent` or `off`")?;
            let account = accounts::pick(&app.hub, &scope, bot.as_deref()).await?;
            let id = accounts::set_mode(&app.hub, &scope, &account, &chat, mode).await?;
            out.answer(&serde_json::json!({ "chat": id, "mode": mode }), || {
                vec![format!("{chat} is now {}", mode.as_str())]
            })
        }
    }
}
