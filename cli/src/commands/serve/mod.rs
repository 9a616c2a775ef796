//! `pupitre serve`: run the server until it is stopped.

mod accounts;
mod limits;
mod mail;
mod tls;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use tokio::signal::unix::{SignalKind, signal};

use self::accounts::AccountsOptions;
use self::limits::{ConnectionOptions, RateOptions};
use self::mail::MailOptions;
use self::tls::TlsOptions;
use super::failure::Failure;
use api::assistant::FromArticles;
use api::auth::{Keys, Proxies, ProxyHeader};
use api::connections;
use api::limits::SLOW_READER;
use api::metrics::Metrics;
use api::server::{self, Config, accounts_beside, views_beside};

/// Options of `serve`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Where the log is kept: `sqlite://FILE` (created if missing) or `postgres://USER@HOST/DATABASE`.
    #[arg(long, env = "PUPITRE_DATABASE", default_value = "sqlite://pupitre.db")]
    database: String,
    /// Where the projections are kept. By default in the same PostgreSQL database, or in a SQLite file
    /// beside the log (FILE-views.db), which can be deleted at any time: it is computed again.
    #[arg(long, env = "PUPITRE_VIEWS")]
    views: Option<String>,
    /// Where accounts and the keys of programs are kept. By default in the same PostgreSQL database, or in a SQLite file
    /// beside the log (FILE-accounts.db), which belongs into every backup: nothing computes it again.
    #[arg(long, env = "PUPITRE_ACCOUNTS")]
    accounts: Option<String>,
    /// The address to listen on.
    #[arg(long, env = "PUPITRE_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The file with the keys that sign tokens; created at first use, readable by its owner only, and read again when
    /// it changes.
    #[arg(long, env = "PUPITRE_KEY_FILE", default_value = "pupitre.key")]
    key_file: PathBuf,
    /// The networks of the proxies in front of this server, as `10.0.0.0/8,192.0.2.1/32`. Only their
    /// forwarding headers are believed; by default the client address is that of the connection.
    #[arg(long, env = "PUPITRE_TRUSTED_PROXIES", value_delimiter = ',')]
    trusted_proxies: Vec<IpNet>,
    /// The header in which those proxies pass on the client address; the other one is ignored.
    #[arg(long, env = "PUPITRE_PROXY_HEADER", default_value = "x-forwarded-for")]
    proxy_header: HeaderName,
    /// Commands that may queue for the log before new ones are answered 503: 1 to 1000000.
    #[arg(long, env = "PUPITRE_QUEUE", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    queue: u32,
    /// How much state all livechats together keep in memory, in entries: operators, live conversations,
    /// recently ended ones, remembered commands. Four million take about one gigabyte.
    /// Beyond it the least recently used livechats are evicted, and loaded again on demand: 1 to 1000000000.
    #[arg(long, env = "PUPITRE_MEMORY_ENTRIES", default_value_t = 4_000_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000_000))]
    memory_entries: u32,
    /// Seconds after which an idle livechat is evicted from memory: 0 to 86400.
    #[arg(long, env = "PUPITRE_IDLE", default_value_t = 600, value_parser = clap::value_parser!(u64).range(0..=86_400))]
    idle: u64,
    /// Seconds that a reader of a live feed may take for one frame before it is disconnected; it resumes where it
    /// was: 1 to 3600.
    #[arg(long, env = "PUPITRE_SLOW_READER", default_value_t = SLOW_READER.as_secs(), value_parser = clap::value_parser!(u64).range(1..=3_600))]
    slow_reader: u64,
    /// A separate address for `/metrics`, which is then served nowhere else: for monitoring,
    /// out of reach of the public.
    #[arg(long, env = "PUPITRE_METRICS_LISTEN")]
    metrics_listen: Option<SocketAddr>,
    #[command(flatten)]
    accounts_used: AccountsOptions,
    #[command(flatten)]
    mail: MailOptions,
    #[command(flatten)]
    tls: TlsOptions,
    #[command(flatten)]
    connections: ConnectionOptions,
    #[command(flatten)]
    rates: RateOptions,
}

/// The header in which a proxy passes on the client address.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum HeaderName {
    /// `X-Forwarded-For: client, proxy`.
    XForwardedFor,
    /// `Forwarded: for=client, for=proxy` (RFC 7239).
    Forwarded,
}

impl From<HeaderName> for ProxyHeader {
    fn from(name: HeaderName) -> Self {
        match name {
            HeaderName::XForwardedFor => Self::XForwardedFor,
            HeaderName::Forwarded => Self::Forwarded,
        }
    }
}

/// Serves until SIGINT or SIGTERM, then stops without losing anything.
pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    let views = options.views.unwrap_or_else(|| views_beside(&options.database));
    let accounts = options.accounts.unwrap_or_else(|| accounts_beside(&options.database));
    let server = server::start(Config {
        views,
        accounts,
        database: options.database,
        listen: options.listen,
        key: Keys::from_file(&options.key_file)?,
        account_options: options.accounts_used.checked()?,
        mail: options.mail.read()?,
        base_url: options.mail.base_url(),
        proxies: Proxies { trusted: options.trusted_proxies, header: options.proxy_header.into() },
        journal: journal::Options {
            queue_commands_max: options.queue as usize,
            memory: journal::eviction::Limits {
                entries_max: options.memory_entries as usize,
                idle: Duration::from_secs(options.idle),
            },
            ..journal::Options::default()
        },
        metrics: Metrics::install(),
        landing: None,
        assistant: Arc::new(FromArticles),
        slow_reader: Duration::from_secs(options.slow_reader),
        connections: options.connections.into(),
        timeouts: connections::ClientTimeouts::default(),
        rates: options.rates.into(),
        metrics_listen: options.metrics_listen,
        hsts_secs: options.tls.hsts_secs(),
        tls: options.tls.files(),
    })
    .await?;
    let scheme = if server.tls.is_some() { "https" } else { "http" };
    println!("listening on {scheme}://{}", server.address);
    if let Some(address) = server.metrics_address {
        println!("metrics at http://{address}/metrics");
    }
    // Printed once, and in no log: whoever has it administers the server.
    if let Some(address) = &server.first_administrator {
        println!("first administrator: {address}");
    }
    let reloading = tls::reload_when_asked(server.tls.clone())?;
    interrupted().await?;
    reloading.abort();
    server.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// Waits until somebody asks the process to stop.
pub(super) async fn interrupted() -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
