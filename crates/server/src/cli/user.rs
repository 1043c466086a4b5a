//! Accounts, made and let in by whoever sits at the machine.

use std::net::IpAddr;

use clap::Subcommand;
use secrecy::ExposeSecret;
use switchboard_domain::access::Role;
use switchboard_platform::{
    Actor,
    accounts::{NewPerson, Origin},
    signup,
};

use super::output::{Output, read_secret};
use crate::wiring::Installation;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an account that works in a tenant, or (without --tenant) on the platform.
    Create {
        username: String,
        #[arg(long)]
        tenant: Option<String>,
        /// owner, agent, logs_only; on the platform master_admin, platform_support.
        #[arg(long)]
        role: Role,
        /// File with the password, `-` for standard input.
        #[arg(long)]
        password_file: String,
    },
    /// Print a link that signs somebody in, once, within 15 minutes.
    LoginLink { username: String },
}

pub async fn run(app: &Installation, out: &Output, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Create {
            username,
            tenant,
            role,
            password_file,
        } => create(app, out, &username, tenant, role, &password_file).await,
        Command::LoginLink { username } => login_link(app, out, &username).await,
    }
}

async fn create(
    app: &Installation,
    out: &Output,
    username: &str,
    tenant: Option<String>,
    role: Role,
    password_file: &str,
) -> anyhow::Result<()> {
    let tenant = match tenant {
        Some(name) => Some(app.tenants.resolve(&name).await?),
        None => None,
    };
    let needs_tenant = role.domain() == switchboard_domain::access::DomainKind::Tenant;
    anyhow::ensure!(
        needs_tenant == tenant.is_some(),
        "{role} is a role {}",
        if needs_tenant {
            "of a tenant: say which with --tenant"
        } else {
            "on the platform: leave --tenant out"
        }
    );
    let password = read_secret(password_file)?;
    let name = signup::username(username).map_err(|wrong| anyhow::anyhow!(wrong.message))?;
    signup::password(&password, &name).map_err(|wrong| anyhow::anyhow!(wrong.message))?;
    let origin = Origin {
        ip: IpAddr::from([127, 0, 0, 1]),
        agent: "command line".to_owned(),
    };
    let id = app
        .accounts
        .create(
            &Actor::operator(),
            &NewPerson::named(&name, &password),
            &origin,
            tenant,
            role,
        )
        .await?;
    out.answer(&serde_json::json!({ "user": id, "username": name }), || {
        vec![format!("{name} can sign in ({role})")]
    })
}

async fn login_link(app: &Installation, out: &Output, username: &str) -> anyhow::Result<()> {
    let token = app.accounts.login_link(&Actor::operator(), username).await?;
    let base = match app.config.public_url()? {
        Some(url) => url.as_str().trim_end_matches('/').to_owned(),
        None => format!("http://{}", app.config.http.listen),
    };
    // Behind the #, so that it reaches no log of a proxy.
    let link = format!("{base}/login#{}", token.expose_secret());
    out.answer(&serde_json::json!({ "link": link }), || vec![link.clone()])
}
