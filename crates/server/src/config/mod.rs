//! Settings: built-in defaults, then a file, then the environment, then flags. The last word wins.
//!
//! Invariant: nothing insecure has a default, and a setting that nobody knows is an error, not ignored.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
};

use ipnet::IpNet;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

const DEFAULTS: &str = include_str!("default.toml");

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub data_dir: PathBuf,
    database_url: SecretString,
    pub http: Http,
    pub admin: Admin,
    pub telegram: Telegram,
    pub outbound: Outbound,
    pub worker: Worker,
    pub database: Database,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    pub listen: String,
    pub public_url: String,
    pub trusted_proxies: Vec<String>,
    pub metrics_allow: Vec<String>,
    pub rate_factor: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admin {
    pub allow_remote: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telegram {
    pub api_url: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outbound {
    pub allow: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worker {
    pub jobs: usize,
    pub jobs_per_tenant: i64,
    pub node: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub slots: u16,
    pub connections_per_slot: u32,
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("the settings file {} cannot be read", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{place}: {problem}")]
    Wrong { place: String, problem: String },
}

fn wrong(place: &str, problem: impl Into<String>) -> ConfigError {
    ConfigError::Wrong {
        place: place.to_owned(),
        problem: problem.into(),
    }
}

/// Flags of the command line that override a setting.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Flags {
    /// Settings file (TOML); `switchboard config` prints every setting with its default.
    #[arg(long, global = true, env = "SWITCHBOARD_CONFIG")]
    pub config: Option<PathBuf>,
    /// Folder of the private database, the keys and the logs.
    #[arg(long, global = true, env = "SWITCHBOARD_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// Bot API server to talk to.
    #[arg(long, global = true, env = "SWITCHBOARD_TELEGRAM_API_URL")]
    pub telegram_api_url: Option<String>,
    /// Private address that panels may have, as exact host:port; repeatable.
    #[arg(
        long = "outbound-allow",
        global = true,
        env = "SWITCHBOARD_OUTBOUND_ALLOW",
        value_delimiter = ','
    )]
    pub outbound_allow: Vec<String>,
    /// Address to answer on.
    #[arg(long, global = true, env = "SWITCHBOARD_LISTEN")]
    pub listen: Option<String>,
    /// Address under which the outside reaches us; without it, chat networks are polled.
    #[arg(long, global = true, env = "SWITCHBOARD_PUBLIC_URL")]
    pub public_url: Option<String>,
}

impl Config {
    pub fn load(flags: &Flags) -> Result<Self, ConfigError> {
        let mut table: toml::Table = toml::from_str(DEFAULTS).expect("the built-in defaults are TOML");
        if let Some(path) = &flags.config {
            let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
                path: path.clone(),
                source,
            })?;
            let file: toml::Table = toml::from_str(&text)
                .map_err(|error| wrong(&path.display().to_string(), error.to_string()))?;
            merge(&mut table, file);
        }
        let mut config: Self = table
            .try_into()
            .map_err(|error| wrong("settings", error.to_string()))?;
        config.environment(&|name| std::env::var(name).ok().filter(|value| !value.is_empty()))?;
        config.flags(flags);
        config.validate()?;
        Ok(config)
    }

    fn environment(&mut self, var: &dyn Fn(&str) -> Option<String>) -> Result<(), ConfigError> {
        match (var("DATABASE_URL"), var("DATABASE_URL_FILE")) {
            (Some(_), Some(_)) => {
                return Err(wrong(
                    "DATABASE_URL",
                    "and DATABASE_URL_FILE are both set: unset one of them",
                ));
            }
            (Some(url), None) => self.database_url = url.into(),
            (None, Some(path)) => {
                let path = PathBuf::from(path);
                let text = std::fs::read_to_string(&path)
                    .map_err(|source| ConfigError::Unreadable { path, source })?;
                self.database_url = text.trim().to_owned().into();
            }
            (None, None) => {}
        }
        if let Some(jobs) = var("SWITCHBOARD_WORKER_JOBS") {
            self.worker.jobs = jobs
                .parse()
                .map_err(|_| wrong("SWITCHBOARD_WORKER_JOBS", "expected a whole number"))?;
        }
        if let Some(jobs) = var("SWITCHBOARD_WORKER_JOBS_PER_TENANT") {
            self.worker.jobs_per_tenant = jobs
                .parse()
                .map_err(|_| wrong("SWITCHBOARD_WORKER_JOBS_PER_TENANT", "expected a whole number"))?;
        }
        if let Some(proxies) = var("SWITCHBOARD_TRUSTED_PROXIES") {
            self.http.trusted_proxies = proxies.split(',').map(|entry| entry.trim().to_owned()).collect();
        }
        if let Some(networks) = var("SWITCHBOARD_METRICS_ALLOW") {
            self.http.metrics_allow = networks.split(',').map(|entry| entry.trim().to_owned()).collect();
        }
        if let Some(factor) = var("SWITCHBOARD_RATE_FACTOR") {
            self.http.rate_factor = factor
                .parse()
                .map_err(|_| wrong("SWITCHBOARD_RATE_FACTOR", "expected a whole number"))?;
        }
        if let Some(allow) = var("SWITCHBOARD_ADMIN_ALLOW_REMOTE") {
            self.admin.allow_remote = allow
                .parse()
                .map_err(|_| wrong("SWITCHBOARD_ADMIN_ALLOW_REMOTE", "expected true or false"))?;
        }
        if let Some(node) = var("SWITCHBOARD_NODE") {
            self.worker.node = node;
        }
        Ok(())
    }

    fn flags(&mut self, flags: &Flags) {
        if let Some(dir) = &flags.data_dir {
            self.data_dir.clone_from(dir);
        }
        if let Some(url) = &flags.telegram_api_url {
            self.telegram.api_url.clone_from(url);
        }
        if let Some(listen) = &flags.listen {
            self.http.listen.clone_from(listen);
        }
        if let Some(url) = &flags.public_url {
            self.http.public_url.clone_from(url);
        }
        self.outbound.allow.extend(
            flags
                .outbound_allow
                .iter()
                .filter(|entry| !entry.is_empty())
                .cloned(),
        );
    }

    fn validate(&self) -> Result<(), ConfigError> {
        if self.worker.jobs == 0 || self.worker.jobs_per_tenant < 1 {
            return Err(wrong("worker.jobs", "at least one job must be able to run"));
        }
        if !(1..=64).contains(&self.database.slots) || !(1..=16).contains(&self.database.connections_per_slot)
        {
            return Err(wrong(
                "database.slots",
                "expected 1 to 64 slots of 1 to 16 connections",
            ));
        }
        if !(1..=10_000).contains(&self.http.rate_factor) {
            return Err(wrong("http.rate_factor", "expected 1 to 10000"));
        }
        self.telegram_api_url()?;
        self.public_url()?;
        self.trusted_proxies()?;
        self.metrics_allow()?;
        for entry in &self.outbound.allow {
            let exact = entry
                .rsplit_once(':')
                .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
            if !exact || entry.contains('*') || entry.contains('/') {
                return Err(wrong(
                    "outbound.allow",
                    format!("`{entry}` is not an exact host:port"),
                ));
            }
        }
        Ok(())
    }

    /// The configured server; `None`: start the private one.
    pub fn database_url(&self) -> Option<&SecretString> {
        use secrecy::ExposeSecret;
        Some(&self.database_url).filter(|url| !url.expose_secret().is_empty())
    }

    pub fn telegram_api_url(&self) -> Result<Url, ConfigError> {
        http_url("telegram.api_url", &self.telegram.api_url)
    }

    /// `None`: chat networks are polled.
    pub fn public_url(&self) -> Result<Option<Url>, ConfigError> {
        match self.http.public_url.as_str() {
            "" => Ok(None),
            text => http_url("http.public_url", text).map(Some),
        }
    }

    /// A network of everybody would let anybody say who they are.
    pub fn trusted_proxies(&self) -> Result<Vec<IpNet>, ConfigError> {
        let place = "http.trusted_proxies";
        let nets = networks(place, &self.http.trusted_proxies)?;
        match nets.iter().find(|net| net.prefix_len() == 0) {
            Some(net) => Err(wrong(place, format!("`{net}` would believe everybody"))),
            None => Ok(nets),
        }
    }

    pub fn metrics_allow(&self) -> Result<Vec<IpNet>, ConfigError> {
        networks("http.metrics_allow", &self.http.metrics_allow)
    }

    pub fn keys_dir(&self) -> PathBuf {
        self.data_dir.join("keys")
    }
}

/// Single addresses and networks.
fn networks(place: &str, entries: &[String]) -> Result<Vec<IpNet>, ConfigError> {
    let read = |entry: &String| {
        entry
            .parse::<IpNet>()
            .or_else(|_| entry.parse::<IpAddr>().map(IpNet::from))
            .map_err(|_| {
                wrong(
                    place,
                    format!("`{entry}` is no address or network such as 10.0.0.0/8"),
                )
            })
    };
    entries.iter().map(read).collect()
}

fn http_url(place: &str, text: &str) -> Result<Url, ConfigError> {
    let url =
        Url::parse(text).map_err(|error| wrong(place, format!("`{text}` is not an address: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong(place, format!("`{text}` is not an http or https address")));
    }
    Ok(url)
}

fn merge(into: &mut toml::Table, from: toml::Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(toml::Value::Table(into)), toml::Value::Table(from)) => merge(into, from),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

/// Every setting with its default and what it means.
pub fn commented_defaults() -> &'static str {
    DEFAULTS
}

/// A folder as an absolute path, made if missing.
pub fn absolute(dir: &Path) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(dir)?;
    dir.canonicalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defaults() -> Config {
        Config::load(&Flags::default()).unwrap()
    }

    #[test]
    fn the_defaults_are_valid_and_open_nothing() {
        let config = defaults();
        assert!(config.outbound.allow.is_empty());
        assert!(config.http.listen.starts_with("127.0.0.1:"));
        assert_eq!(config.public_url().unwrap(), None);
    }

    #[test]
    fn a_file_overrides_single_settings_and_an_unknown_one_is_named() {
        let dir = std::env::temp_dir().join(format!("sb-config-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let path = dir.join("a.toml");
        std::fs::write(&path, "[worker]\njobs = 3\n").unwrap();
        let flags = Flags {
            config: Some(path.clone()),
            ..Flags::default()
        };
        let config = Config::load(&flags).unwrap();
        assert_eq!((config.worker.jobs, config.worker.jobs_per_tenant), (3, 16));
        std::fs::write(&path, "[worker]\njosb = 3\n").unwrap();
        let error = Config::load(&flags).unwrap_err().to_string();
        assert!(error.contains("josb"), "{error}");
        std::fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn limits_are_loosened_by_a_factor_and_never_to_none() {
        let mut config = defaults();
        assert_eq!(config.http.rate_factor, 1);
        for (factor, holds) in [
            ("0", false),
            ("50", true),
            ("10001", false),
            ("-1", false),
            ("many", false),
        ] {
            let set =
                config.environment(&|name| (name == "SWITCHBOARD_RATE_FACTOR").then(|| factor.to_owned()));
            assert_eq!(set.is_ok() && config.validate().is_ok(), holds, "{factor}");
        }
    }

    #[test]
    fn wrong_values_say_where() {
        let mut config = defaults();
        config.telegram.api_url = "ftp://x".into();
        assert!(
            config
                .validate()
                .unwrap_err()
                .to_string()
                .contains("telegram.api_url")
        );
        for entry in ["localhost", "*:80", "10.0.0.0/8", ":80", "host:port"] {
            let mut config = defaults();
            config.outbound.allow = vec![entry.into()];
            assert!(config.validate().is_err(), "{entry}");
        }
    }

    #[test]
    fn proxies_are_addresses_or_networks_and_never_everybody() {
        let mut config = defaults();
        config.http.trusted_proxies = vec!["10.0.0.1".into(), "2001:db8::/32".into()];
        assert_eq!(config.trusted_proxies().unwrap().len(), 2);
        for entry in ["proxy.example", "0.0.0.0/0", "::/0", "10.0.0.0/33", ""] {
            config.http.trusted_proxies = vec![entry.into()];
            assert!(config.validate().is_err(), "{entry}");
        }
    }

    #[test]
    fn a_database_address_comes_from_one_place() {
        let mut config = defaults();
        let both = |name: &str| name.starts_with("DATABASE_URL").then(|| "x".to_owned());
        assert!(config.environment(&both).is_err());
        config
            .environment(&|name| (name == "DATABASE_URL").then(|| "postgres://h/d".to_owned()))
            .unwrap();
        assert!(config.database_url().is_some());
        assert!(!format!("{config:?}").contains("postgres://h/d"));
    }
}
