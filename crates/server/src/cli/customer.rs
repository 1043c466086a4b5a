//! Customers.

use clap::Subcommand;
use switchboard_domain::order::OrderId;
use switchboard_tenant::customers::{self, NewLink};

use super::{
    output::{Output, table},
    tenant::scope,
};
use crate::wiring::Installation;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Join a chat identity and a panel username (or single orders) under one customer.
    Link {
        #[arg(long)]
        tenant: String,
        /// How you call this customer.
        #[arg(long)]
        name: String,
        #[arg(long)]
        panel: Option<String>,
        /// The account's name on the panel.
        #[arg(long)]
        username: Option<String>,
        /// The network's number of the person, never the @name.
        #[arg(long)]
        telegram_id: Option<String>,
        /// Orders of a panel that does not tell whose they are; comma separated.
        #[arg(long, value_delimiter = ',')]
        orders: Vec<String>,
    },
    /// All customers of a tenant.
    List {
        #[arg(long)]
        tenant: String,
    },
}

pub async fn run(app: &Installation, out: &Output, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Link {
            tenant,
            name,
            panel,
            username,
            telegram_id,
            orders,
        } => {
            let scope = scope(app, &tenant).await?;
            let orders: Vec<OrderId> = orders.into_iter().map(OrderId::new).collect::<Result<_, _>>()?;
            let link = NewLink {
                customer: &name,
                panel: panel.as_deref(),
                username: username.as_deref(),
                telegram_id: telegram_id.as_deref(),
                orders: &orders,
            };
            let id = customers::link(&app.hub, &scope, &link).await?;
            out.answer(&serde_json::json!({ "customer": id, "name": name }), || {
                vec![format!("{name} is linked: {id}")]
            })
        }
        Command::List { tenant } => {
            let customers = customers::list(&app.hub, &scope(app, &tenant).await?).await?;
            out.answer(&customers, || {
                let rows: Vec<Vec<String>> = customers
                    .iter()
                    .map(|c| vec![c.name.clone(), c.usernames.join(", "), c.identities.join(", ")])
                    .collect();
                table(&["customer", "usernames", "identities"], &rows)
            })
        }
    }
}
