//! Providers.

use clap::Subcommand;
use switchboard_tenant::providers::{self, NewRoute};

use super::{
    output::{Output, table},
    tenant::scope,
};
use crate::wiring::Installation;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Give a provider your own name for it; the panel's name for it never leaves your eyes.
    Alias {
        #[arg(long)]
        tenant: String,
        alias: String,
        /// How the panel writes this provider (often a domain).
        #[arg(long)]
        provider: String,
    },
    /// Say in which group a provider's requests are written.
    Route {
        #[arg(long)]
        tenant: String,
        alias: String,
        /// The network's id of the group, such as -1001234567890.
        #[arg(long, allow_hyphen_values = true)]
        chat: String,
        /// The bot's name, where there are several.
        #[arg(long)]
        bot: Option<String>,
        /// Forum topic.
        #[arg(long, default_value = "")]
        topic: String,
        /// Text with {ids}, {command} and {panel}.
        #[arg(long)]
        template: Option<String>,
        /// Most ids in one message.
        #[arg(long, default_value_t = 100)]
        piece_size: i32,
        /// Requests of so many milliseconds travel as one message.
        #[arg(long, default_value_t = 2000)]
        join_ms: i32,
    },
    /// All providers with their groups.
    List {
        #[arg(long)]
        tenant: String,
    },
}

pub async fn run(app: &Installation, out: &Output, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Alias {
            tenant,
            alias,
            provider,
        } => {
            let id = providers::alias(&app.hub, &scope(app, &tenant).await?, &alias, &provider).await?;
            out.answer(&serde_json::json!({ "provider": id, "alias": alias }), || {
                vec![format!("{alias} is known: {id}")]
            })
        }
        Command::Route {
            tenant,
            alias,
            chat,
            bot,
            topic,
            template,
            piece_size,
            join_ms,
        } => {
            let scope = scope(app, &tenant).await?;
            let route = NewRoute {
                alias: &alias,
                account: bot.as_deref(),
                chat: &chat,
                topic: &topic,
                template: template.as_deref(),
                piece_size,
                join_ms,
            };
            providers::route(&app.hub, &scope, &route).await?;
            out.answer(&serde_json::json!({ "alias": alias, "chat": chat }), || {
                vec![format!("{alias} is written to in {chat}")]
            })
        }
        Command::List { tenant } => {
            let providers = providers::list(&app.hub, &scope(app, &tenant).await?).await?;
            out.answer(&providers, || {
                let rows: Vec<Vec<String>> = providers
                    .iter()
                    .map(|p| vec![p.alias.clone(), p.names.join(", "), p.routes.join(", ")])
                    .collect();
                table(&["alias", "on panels", "groups"], &rows)
            })
        }
    }
}
