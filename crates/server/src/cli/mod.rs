//! The operator's commands: each a thin translation to the use case that the HTTP API will call too.

mod account;
mod batch;
mod customer;
mod doctor;
mod jobs;
mod output;
mod panel;
mod parse;
mod provider;
mod requests;
mod tenant;
mod user;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use switchboard_platform::access::Access;

use crate::{
    config::{Config, Flags, commented_defaults},
    serve, telemetry,
    wiring::{Installation, Opener},
};
use output::Output;

/// Answers the chats of SMM panels: checks each order, acts, replies, forwards.
#[derive(Debug, Parser)]
#[command(name = "switchboard", version, max_term_width = 110)]
pub struct Cli {
    #[command(flatten)]
    flags: Flags,
    /// Answers as JSON, for programs.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the product: webhooks, workers, chat accounts.
    Serve,
    /// Bring the platform and every tenant up to this program.
    Migrate,
    /// Say what works and what does not, and what to do about it.
    Doctor,
    /// Make, list, suspend tenants.
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// Make accounts, let people in.
    #[command(subcommand)]
    User(user::Command),
    /// Give or take credits.
    #[command(subcommand)]
    Credits(tenant::CreditsCommand),
    /// Connect and test panels.
    #[command(subcommand)]
    Panel(panel::Command),
    /// Connect bots.
    #[command(subcommand)]
    Bot(account::Bot),
    /// See chats, switch groups on and off.
    #[command(subcommand)]
    Chat(account::ChatCommand),
    /// Link chat identities to panel usernames.
    #[command(subcommand)]
    Customer(customer::Command),
    /// Name providers and route their requests.
    #[command(subcommand)]
    Provider(provider::Command),
    /// Look at requests.
    #[command(subcommand)]
    Requests(requests::Command),
    /// What needs a person.
    StaffList(requests::Staff),
    /// Look at the queue, replay dead letters.
    #[command(subcommand)]
    Jobs(jobs::Command),
    /// Reply style, silent texts and rules of a tenant.
    #[command(subcommand)]
    Settings(tenant::SettingsCommand),
    /// Run many commands in one process: JSON arrays of arguments on standard input, one a line.
    Batch,
    /// Read JSON lines {"t": "text"} and show how each message is understood.
    Parse,
    /// Print every setting with its default.
    Config,
    /// Print the OpenAPI document of the HTTP API.
    Openapi,
    /// Print the closed list of errors of the HTTP API (docs/errors.md).
    Errors,
    /// Look at who may do what.
    #[command(subcommand)]
    Policy(Policy),
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum Policy {
    /// Every role against every permission (policy/matrix.txt).
    Matrix,
}

impl Cli {
    pub async fn run(self) -> ExitCode {
        let level = if matches!(self.command, Command::Serve) {
            "info"
        } else {
            "warn"
        };
        telemetry::init(level);
        let out = Output { json: self.json };
        match self.dispatch(&out).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                out.error(&error);
                ExitCode::FAILURE
            }
        }
    }

    async fn dispatch(self, out: &Output) -> anyhow::Result<()> {
        match self.command {
            Command::Parse => return parse::run(),
            Command::Config => {
                print!("{}", commented_defaults());
                return Ok(());
            }
            Command::Openapi => {
                print!("{}", switchboard_api::document_json());
                return Ok(());
            }
            Command::Errors => {
                print!("{}", switchboard_api::errors_page());
                return Ok(());
            }
            Command::Policy(Policy::Matrix) => {
                print!("{}", Access::load()?.matrix().await?);
                return Ok(());
            }
            _ => {}
        }
        let config = Config::load(&self.flags)?;
        if matches!(self.command, Command::Serve) {
            return serve::run(config).await;
        }
        if matches!(self.command, Command::Doctor) {
            return doctor::run(config, out).await;
        }
        let app = Installation::open(config, Opener::Command).await?;
        let result = match self.command {
            Command::Batch => batch::run(&app, out).await,
            command => in_installation(&app, out, command).await,
        };
        app.close().await;
        result
    }
}

/// The commands that work on an open installation.
async fn in_installation(app: &Installation, out: &Output, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Migrate => tenant::migrate(app, out).await,
        Command::Tenant(command) => tenant::run(app, out, command).await,
        Command::User(command) => user::run(app, out, command).await,
        Command::Credits(command) => tenant::credits(app, out, command).await,
        Command::Settings(command) => tenant::settings(app, out, command).await,
        Command::Panel(command) => panel::run(app, out, command).await,
        Command::Bot(command) => account::bot(app, out, command).await,
        Command::Chat(command) => account::chat(app, out, command).await,
        Command::Customer(command) => customer::run(app, out, command).await,
        Command::Provider(command) => provider::run(app, out, command).await,
        Command::Requests(command) => requests::run(app, out, command).await,
        Command::StaffList(command) => requests::staff(app, out, command).await,
        Command::Jobs(command) => jobs::run(app, out, command).await,
        Command::Serve
        | Command::Doctor
        | Command::Parse
        | Command::Config
        | Command::Batch
        | Command::Openapi
        | Command::Errors
        | Command::Policy(_) => {
            anyhow::bail!("this command is started on its own")
        }
    }
}
