//! A real server to test: in this process, on a port of its own, with a clock that the test moves.
//!
//! [`Server::restart`] stops it as an operator of the service would, and starts it again on the same
//! database. It may listen on another port then; the [`actors`](crate::actors) find it.

use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use accounts::password::Parameters;
use api::assistant::FromArticles;
use api::auth::{AccountOptions, Keys, Proxies, Role};
use api::connections;
use api::limits::HSTS_SECS;
use api::metrics::Metrics;
use api::rates;
use api::server::{Config, accounts_beside, views_beside};
use api::tls::Tls;
use chrono::{DateTime, TimeDelta};
use domain::{ConversationId, LivechatId};
use journal::{ManualClock, Position, Record};
use tempfile::TempDir;

use crate::actors::{Browser, Bytes, Livechat, Person};
use crate::authority::{self, CertificateFiles};

/// How long its readers may take to take a frame: none of them is slow unless it means to be.
const SLOW_READER: Duration = Duration::from_secs(3);

/// A server.
pub struct Server {
    /// Its clock, which stands still until it is advanced.
    pub clock: ManualClock,
    site: Arc<Site>,
    config: Config,
    running: Option<api::server::Server>,
    // Held for its `Drop`.
    _folder: Option<TempDir>,
}

/// What the actors know of a server.
pub struct Site {
    address: Mutex<SocketAddr>,
    key: Keys,
    speaks_tls: bool,
    /// Sends the requests of every actor.
    pub http: reqwest::Client,
}

impl Server {
    /// A server on SQLite.
    pub async fn start() -> Self {
        Self::start_behind(Proxies::default()).await
    }

    /// A server on SQLite, behind proxies.
    pub async fn start_behind(proxies: Proxies) -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let url = format!("sqlite://{}", folder.path().join("pupitre.db").display());
        Self::run(&url, Some(folder), proxies).await
    }

    /// A server on this database.
    pub async fn start_on(url: &str) -> Self {
        Self::run(url, None, Proxies::default()).await
    }

    /// A server on SQLite that speaks TLS with this certificate, set up otherwise than usual.
    pub async fn start_encrypted(certificate: &CertificateFiles, change: impl FnOnce(&mut Config)) -> Self {
        Self::start_with(|config| {
            config.tls = Some(certificate.files());
            config.hsts_secs = HSTS_SECS;
            change(config);
        })
        .await
    }

    /// A server on SQLite, set up otherwise than usual.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let url = format!("sqlite://{}", folder.path().join("pupitre.db").display());
        Self::run_with(&url, Some(folder), change).await
    }

    async fn run(url: &str, folder: Option<TempDir>, proxies: Proxies) -> Self {
        Self::run_with(url, folder, |config| config.proxies = proxies).await
    }

    async fn run_with(url: &str, folder: Option<TempDir>, change: impl FnOnce(&mut Config)) -> Self {
        static METRICS: OnceLock<Metrics> = OnceLock::new();
        let noon = DateTime::from_timestamp(1_800_014_400, 0).expect("a time");
        let clock = ManualClock::at(noon);
        let key = Keys::ephemeral();
        let mut config = Config {
            database: url.to_owned(),
            views: views_beside(url),
            accounts: accounts_beside(url),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            key: key.clone(),
            proxies: Proxies::default(),
            // The cheapest hash that is allowed: people of tests sign in all the time.
            account_options: AccountOptions {
                passwords: Parameters { memory_kib: 7_168, passes: 5, lanes: 1 },
                ..AccountOptions::default()
            },
            mail: None,
            base_url: None,
            journal: journal::Options { clock: Arc::new(clock.clone()), ..journal::Options::default() },
            metrics: METRICS.get_or_init(Metrics::install).clone(),
            landing: None,
            assistant: Arc::new(FromArticles),
            slow_reader: SLOW_READER,
            connections: connections::Limits::default(),
            timeouts: connections::ClientTimeouts::default(),
            // The people of tests write faster than people do.
            rates: rates::Limits { visitor_messages: 0, operator_messages: 0, ..rates::Limits::default() },
            metrics_listen: None,
            tls: None,
            hsts_secs: 0,
        };
        change(&mut config);
        let running = api::server::start(config.clone()).await.expect("the server starts");
        let site = Arc::new(Site::at(running.address, key, running.tls.is_some()));
        Self { clock, site, config, running: Some(running), _folder: folder }
    }

    /// A livechat that an administrator has just created.
    pub async fn livechat(&self, id: &str) -> Livechat {
        let livechat = self.uncreated(id);
        livechat.is_created().await;
        livechat
    }

    /// A livechat that nobody has created.
    pub fn uncreated(&self, id: &str) -> Livechat {
        Livechat::new(self.site.clone(), id)
    }

    /// Somebody without a token.
    pub fn anybody(&self) -> Person {
        Person::nobody(self.site.clone())
    }

    /// A page that nobody has signed in on.
    pub fn browser(&self) -> Browser {
        Browser::new(self.site.clone())
    }

    /// Somebody with a token of no livechat, such as that of a session.
    pub fn bearer(&self, token: &str) -> Person {
        Person::bearer(self.site.clone(), token)
    }

    /// Somebody who speaks to it byte by byte.
    pub async fn bytes(&self) -> Bytes {
        Bytes::connect(self.address()).await
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.running.as_ref().expect("the server runs").address
    }

    /// The certificate of one that speaks TLS.
    pub fn tls(&self) -> &Arc<Tls> {
        self.running.as_ref().expect("the server runs").tls.as_ref().expect("it speaks TLS")
    }

    /// Where it tells its metrics, when that is an address of its own.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.running.as_ref().expect("the server runs").metrics_address
    }

    /// The secret with which the first server administrator is made, of a server that had none when it started.
    pub fn setup_secret(&self) -> Option<String> {
        let printed = self.running.as_ref().expect("the server runs").first_administrator.clone()?;
        printed.split_once("/setup#").map(|(_, secret)| secret.to_owned())
    }

    /// Where its log is kept.
    pub fn database(&self) -> &str {
        &self.config.database
    }

    /// Where a livechat's log ends; 0 when it has none.
    pub async fn position(&self, livechat: &str) -> Position {
        let heads = self.app().journal.heads().await.expect("the log can be read");
        heads.into_iter().find(|(id, _)| id.as_str() == livechat).map_or(0, |(_, position)| position)
    }

    /// The positions of everything that has happened in a conversation.
    pub async fn of_conversation(&self, livechat: &str, conversation: &str) -> Vec<Position> {
        let livechat = LivechatId::parse(livechat).expect("the name of a livechat");
        let conversation = ConversationId(conversation.parse().expect("the id of a conversation"));
        self.records_of(&livechat, conversation).await.iter().map(|record| record.position).collect()
    }

    /// Everything that has happened in a conversation.
    pub async fn records_of(&self, livechat: &LivechatId, conversation: ConversationId) -> Vec<Record> {
        let mut records = vec![];
        let keep = |record| {
            records.push(record);
            ControlFlow::Continue(())
        };
        let journal = &self.app().journal;
        journal.each_of_conversation(livechat, conversation, 0, keep).await.expect("the log can be read");
        records
    }

    /// The inside of the running server, for what cannot be seen from outside.
    pub fn app(&self) -> &api::app::App {
        self.running.as_ref().expect("the server runs").app()
    }

    /// Stops it gracefully.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// Starts it again, after [`stop`](Self::stop).
    pub async fn start_again(&mut self) {
        let running = api::server::start(self.config.clone()).await.expect("the server starts again");
        *self.site.address.lock().unwrap_or_else(PoisonError::into_inner) = running.address;
        self.running = Some(running);
    }

    /// Stops it gracefully and starts it again on the same database.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.start_again().await;
    }
}

impl Site {
    /// A server that listens there and signs its tokens with this key.
    pub(crate) fn at(address: SocketAddr, key: Keys, speaks_tls: bool) -> Self {
        let http = if speaks_tls { authority::http() } else { reqwest::Client::new() };
        Self { address: Mutex::new(address), key, speaks_tls, http }
    }

    /// The address of something on this server, for `http` or `ws`, or over TLS if it speaks that.
    pub fn url(&self, scheme: &str, path: &str) -> String {
        let address = *self.address.lock().unwrap_or_else(PoisonError::into_inner);
        let encrypted = if self.speaks_tls { "s" } else { "" };
        format!("{scheme}{encrypted}://{address}{path}")
    }

    /// A token that this server accepts.
    pub fn token(&self, livechat: &str, role: Role, subject: &str) -> String {
        let livechat = LivechatId::parse(livechat).expect("the name of a livechat");
        self.key.issue(&livechat, role, subject, TimeDelta::hours(1)).expect("a token").0
    }
}

/// So many minutes.
pub const fn minutes(minutes: i64) -> TimeDelta {
    TimeDelta::minutes(minutes)
}

/// So many seconds.
pub const fn seconds(seconds: i64) -> TimeDelta {
    TimeDelta::seconds(seconds)
}
