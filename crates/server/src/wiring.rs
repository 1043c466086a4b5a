//! From settings to a running installation: database, keys, pools, queue, networks.

use std::sync::Arc;

use anyhow::{Context, bail};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use switchboard_api::{ApiSettings, App, Rates};
use switchboard_domain::clock::Clock;
use switchboard_integrations::http::{GuardedClient, OutboundPolicy};
use switchboard_platform::{
    access::Access,
    accounts::Accounts,
    passwords::{HashCost, Passwords},
    tenants::Tenants,
};
use switchboard_store::{
    Db, DbSettings,
    embedded::{self, EmbeddedConfig, EmbeddedPostgres, Running},
    needed_keys,
    queue::{NodeName, Notifier, Queue, Wake},
    vault::{KeyRing, KeySource, Vault},
};
use switchboard_tenant::{Hub, network::Networks};

use crate::{
    clock::SystemClock,
    config::{self, Config},
    telegram::Telegram,
};

pub struct Installation {
    pub config: Config,
    pub db: Db,
    pub tenants: Tenants,
    pub accounts: Accounts,
    pub access: Access,
    pub hub: Hub,
    pub queue: Arc<Queue>,
    pub wake: Wake,
    /// The private server, if this process started or adopted it.
    pub server: Option<Running>,
    pub database: String,
}

/// Who opens the installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opener {
    /// The serving process: owns the private server.
    Serve,
    /// A command: uses a running server if there is one.
    Command,
}

impl Installation {
    pub async fn open(mut config: Config, opener: Opener) -> anyhow::Result<Self> {
        rustls::crypto::ring::default_provider().install_default().ok();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        // A policy that is not understood opens nothing.
        let access = Access::load().context("the access policy is not usable")?;
        config.data_dir = config::absolute(&config.data_dir)
            .with_context(|| format!("the data folder {} cannot be made", config.data_dir.display()))?;

        let (admin, server, database) = database(&config, opener).await?;
        let vault = vault(&config, &admin).await?;
        let settings = DbSettings {
            slots: config.database.slots,
            connections_per_slot: config.database.connections_per_slot,
            ..DbSettings::default()
        };
        let db = Db::open(admin, vault, clock.clone(), &settings).await?;
        let tenants = Tenants::new(db.clone(), config.database.slots);

        let accounts = Accounts::new(db.clone(), Passwords::new(HashCost::DEFAULT)?);

        let node = NodeName::new(&config.worker.node)?;
        let queue = Arc::new(Queue::new(
            db.queue_pool().clone(),
            node,
            clock.uuid(),
            clock.clone(),
        ));
        let wake = Wake::default();
        let notifier = Notifier::spawn(db.queue_options(), &queue, wake.clone());

        let mut policy = OutboundPolicy::default();
        for entry in &config.outbound.allow {
            policy.allow.push(
                entry
                    .parse()
                    .with_context(|| format!("outbound.allow: `{entry}`"))?,
            );
        }
        let http = GuardedClient::new(policy).context("the outbound HTTP client cannot be made")?;
        let telegram = Telegram::new(config.telegram_api_url()?, config.public_url()?, clock.clone())?;
        let networks = Networks::new([Arc::new(telegram) as Arc<dyn switchboard_tenant::network::Network>]);
        let hub = Hub::new(db.clone(), notifier, networks, http);
        Ok(Self {
            config,
            db,
            tenants,
            accounts,
            access,
            hub,
            queue,
            wake,
            server,
            database,
        })
    }

    /// What the HTTP side stands on.
    pub fn api(&self) -> anyhow::Result<Arc<App>> {
        let settings = ApiSettings {
            public_url: self.config.public_url()?,
            trusted_proxies: self.config.trusted_proxies()?,
            admin_allow_remote: self.config.admin.allow_remote,
            metrics_allow: self.config.metrics_allow()?,
            rates: Rates::default().times(self.config.http.rate_factor),
        };
        Ok(App::new(
            self.hub.clone(),
            self.tenants.clone(),
            self.accounts.clone(),
            self.access.clone(),
            settings,
        ))
    }

    /// Leaves the private server running only if it ran before.
    pub async fn close(self) {
        self.db.close().await;
        if let Some(server) = self.server
            && let Err(error) = server.stop().await
        {
            tracing::warn!(error = %error, "the private database server did not stop in order; the next start adopts it");
        }
    }
}

async fn database(
    config: &Config,
    opener: Opener,
) -> anyhow::Result<(PgConnectOptions, Option<Running>, String)> {
    if let Some(url) = config.database_url() {
        let options: PgConnectOptions = url
            .expose_secret()
            .parse()
            .ok()
            .context("DATABASE_URL is not an address like postgres://user:password@host:5432/database")?;
        let mut conn = PgConnection::connect_with(&options)
            .await
            .context("the database of DATABASE_URL cannot be reached")?;
        let version: String = sqlx::query_scalar("SELECT current_setting('server_version_num')")
            .fetch_one(&mut conn)
            .await?;
        conn.close().await.ok();
        if version.parse::<u32>().is_ok_and(|version| version < 150_000) {
            bail!("the database of DATABASE_URL is older than PostgreSQL 15");
        }
        let shown = format!("{}:{}", options.get_host(), options.get_port());
        return Ok((options, None, shown));
    }
    if opener == Opener::Command
        && let Some(options) = embedded::attach(&config.data_dir)
        && PgConnection::connect_with(&options).await.is_ok()
    {
        return Ok((
            options,
            None,
            format!("private server in {}", config.data_dir.display()),
        ));
    }
    let server = EmbeddedPostgres::start(&EmbeddedConfig::new(&config.data_dir)).await?;
    let shown = format!(
        "private PostgreSQL {} in {} ({:?})",
        server.major_version(),
        config.data_dir.display(),
        server.how()
    );
    Ok((server.connect_options(), Some(server), shown))
}

/// The keys that open what this database holds; made at the first start, refused when one is missing.
async fn vault(config: &Config, admin: &PgConnectOptions) -> anyhow::Result<Vault> {
    let secret = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    let source = KeySource {
        key: secret("SWITCHBOARD_KEY").map(SecretString::from),
        key_file: secret("SWITCHBOARD_KEY_FILE").map(Into::into),
        dir: config.keys_dir(),
    };
    let needed = needed_keys(admin).await?;
    let (ring, created) = KeyRing::load_or_create(&source, &needed)?;
    if let Some(created) = created {
        eprintln!("{created}");
    }
    Ok(Vault::new(ring))
}
