//! A running server: how it is configured, how it starts, and how it stops without losing anything.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use accounts::account::has_administrator;
use accounts::api_keys;
pub use accounts::database::accounts_beside;
use async_trait::async_trait;
use domain::bilingual::{Bilingual, both};
use domain::{LivechatId, Timestamp};
use journal::{Batch, Journal, Position, Record};
use projections::{BoxError, Queries};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, broadcast};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::assistant::Assistant;
use crate::auth::{AccountOptions, Accounts, ApiKeys, Keys, Proxies, Revocations, Tickets};
use crate::connections::{self, ClientTimeouts, Encryption, Register};
use crate::fair_share::FairShare;
use crate::knowledge::Libraries;
use crate::limits::{
    BODIES_BYTES_MAX, DRAIN, EXPORTS_AT_ONCE, LONG_WORK_AT_ONCE, METRICS_CONNECTIONS_MAX, PAST_READS_AT_ONCE,
    PLAYBACK_TIMEOUT, PLAYBACKS_AT_ONCE, QUESTIONS_AT_ONCE, SHARE_TIMEOUT,
};
use crate::links::{Links, Setup, setup_address};
use crate::live::{Admission, Attendance, LiveFloors, Presence, Signals};
use crate::mail::{self, Mail};
use crate::metrics::Metrics;
use crate::rates::{self, Rates};
use crate::routes;
use crate::snapshots;
use crate::tls::{self, Tls};

/// How a server is set up.
#[derive(Clone)]
pub struct Config {
    /// The log: `sqlite://FILE` or `postgres://…`.
    pub database: String,
    /// Where the projections are kept: `sqlite://FILE` or `postgres://…`; see [`views_beside`].
    pub views: String,
    /// Where the accounts and the keys of programs are kept: `sqlite://FILE` or `postgres://…`; see
    /// [`accounts_beside`].
    pub accounts: String,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The keys that sign and check tokens.
    pub key: Keys,
    /// Which proxies may name the client that they pass a request on for.
    pub proxies: Proxies,
    /// How accounts are used.
    pub account_options: AccountOptions,
    /// How mails are sent; without it none are.
    pub mail: Option<mail::Options>,
    /// Where browsers reach the server (`https://chat.example.org`), for links in mails; without it the address on which it
    /// listens.
    pub base_url: Option<String>,
    /// How the journal works.
    pub journal: journal::Options,
    /// The metrics of the server.
    pub metrics: Metrics,
    /// Where `/demo` leads; nowhere unless this is a demonstration.
    pub landing: Option<String>,
    /// The assistant in the private box on the desk.
    pub assistant: Arc<dyn Assistant>,
    /// How long a reader of a live feed may take to take one frame before it is cut off.
    pub slow_reader: Duration,
    /// How many connections there may be.
    pub connections: connections::Limits,
    /// How long the server waits for clients; its reader timeout follows from `slow_reader`.
    pub timeouts: ClientTimeouts,
    /// The limits of rate.
    pub rates: rates::Limits,
    /// The only address where `/metrics` is served; without one it is among the other routes.
    pub metrics_listen: Option<SocketAddr>,
    /// The certificate to speak TLS with; without one it speaks in the clear. The metrics' own address always does.
    pub tls: Option<tls::Files>,
    /// For how many seconds browsers are told to come by TLS only; 0: they are not told.
    pub hsts_secs: u32,
}

/// Why a server could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The log cannot be opened.
    #[error("the log cannot be opened: {0}")]
    Log(#[from] journal::Error),
    /// The projections cannot be opened.
    #[error("the projections cannot be opened: {0}")]
    Queries(#[from] projections::Error),
    /// The accounts cannot be opened.
    #[error("the accounts cannot be opened: {0}")]
    Accounts(#[from] accounts::Error),
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] tls::Error),
}

/// A server that runs.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where its metrics are, if they have an address of their own.
    pub metrics_address: Option<SocketAddr>,
    /// The address of the page where the first server administrator is made, of a server that has none. Whoever has it
    /// administers the server: it is for a terminal, and for no log.
    pub first_administrator: Option<String>,
    /// Its certificate, if it speaks TLS.
    pub tls: Option<Arc<Tls>>,
    app: App,
    serving: TaskTracker,
    projecting: CancellationToken,
    projector: tokio::task::JoinHandle<()>,
}

/// The projections live beside the log: in the same PostgreSQL database, or in a SQLite file of their
/// own, so that neither waits for the other's writes and they can be deleted and computed again.
pub fn views_beside(database: &str) -> String {
    match database.strip_prefix("sqlite:") {
        Some(rest) => {
            let (file, options) = rest.split_once('?').map_or((rest, ""), |(file, options)| (file, options));
            let file = file.strip_suffix(".db").unwrap_or(file);
            let mark = if options.is_empty() { "" } else { "?" };
            format!("sqlite:{file}-views.db{mark}{options}")
        }
        None => database.to_owned(),
    }
}

/// Opens the databases, starts the projections, wakes the livechats, and listens.
///
/// # Errors
/// When the certificate cannot be used, a database cannot be opened or the address is taken.
pub async fn start(mut config: Config) -> Result<Server, StartError> {
    let tls = config.tls.take().map(Tls::load).transpose()?.map(Arc::new);
    config.journal.serves = true;
    let journal = Journal::open(&config.database, config.journal.clone()).await?;
    journal.note_outage().await?;
    let database = projections::Database::open(&config.views).await?;
    // Before the first request.
    database.expect(journal.heads().await?).await?;
    let views = Queries::new(database.clone());
    let accounts = accounts::Database::open(&config.accounts).await?;
    let clock = config.journal.clock.clone();
    let keys = ApiKeys::new(api_keys::ApiKeys::new(accounts.clone()), clock.clone());
    let (setup, first) = if has_administrator(&accounts).await? {
        (Setup::default(), None)
    } else {
        let (setup, secret) = Setup::draw()?;
        (setup, Some(secret))
    };
    let people = Accounts::new(accounts, clock, config.key.clone(), config.account_options).await?;
    let projecting = CancellationToken::new();
    let runner = projections::Runner::new(database);
    let projector = tokio::spawn(project(journal.clone(), runner, projecting.clone()));

    // Twice the time of a frame: a reader that takes one late is still sent the reason why it is cut off, one that
    // takes nothing is cut off at once.
    let timeouts = ClientTimeouts { reader: config.slow_reader * 2, ..config.timeouts };
    let (wanted, metrics_wanted, connections) = (config.listen, config.metrics_listen, config.connections);
    let hsts_secs = config.hsts_secs;
    let (listener, address) = listen(wanted).await?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let base = config.base_url.take().unwrap_or_else(|| format!("{scheme}://{address}"));
    let first_administrator = first.map(|secret| setup_address(&base, &secret));
    let links = Links::new(&base, setup);
    let app = build(config, journal, views, (keys, people, tls.is_some(), links));
    // In the background: the time to come back begins for each once it is loaded, and no request has to wait for that.
    tokio::spawn(app.presence.clone().expect_all_back(app.journal.attended().await?));
    let serving = TaskTracker::new();
    let serve = |listener, router, register, encryption| {
        serving.spawn(connections::serve(listener, router, register, encryption, app.stopping.clone()));
    };
    let per_address = connections.connections_per_address as usize;
    let register = Register::new(connections.all(), per_address, app.proxies.clone(), timeouts);
    let metrics_address = match metrics_wanted {
        Some(wanted) => {
            let (listener, address) = listen(wanted).await?;
            let register = Register::new(METRICS_CONNECTIONS_MAX, 0, app.proxies.clone(), timeouts);
            serve(listener, routes::metrics_only(app.clone()), register, Encryption::default());
            Some(address)
        }
        None => None,
    };
    let encryption = Encryption::new(tls.clone(), hsts_secs, app.proxies.clone());
    serve(listener, routes::router(app.clone(), metrics_address.is_none()), register, encryption);
    serving.close();
    keep_up(&app);
    if let Some(tls) = &tls {
        tokio::spawn(app.stopping.clone().run_until_cancelled_owned(tls.clone().keep_current()));
    }
    tracing::info!(%address, "listening");
    Ok(Server { address, metrics_address, first_administrator, tls, app, serving, projecting, projector })
}

/// What the handlers have at hand.
fn build(
    config: Config,
    journal: Journal,
    views: Queries,
    (api_keys, accounts, speaks_tls, links): (ApiKeys, Accounts, bool, Links),
) -> App {
    let clock = config.journal.clock;
    let (stopping, sockets) = (CancellationToken::new(), TaskTracker::new());
    let work = share("too_much_work", both("places for long work", "longs travaux"), LONG_WORK_AT_ONCE);
    App {
        presence: Presence::new(journal.clone(), stopping.clone()),
        floors: LiveFloors::new(journal.clone(), views.clone(), stopping.clone(), sockets.clone()),
        attendance: Attendance::new(journal.clone(), clock, stopping.clone()),
        journal,
        views,
        key: config.key,
        api_keys,
        accounts,
        speaks_tls,
        mail: Mail::new(config.mail, stopping.clone()),
        links,
        rates: Arc::new(Rates::new(&config.rates)),
        admission: Admission::new(config.connections),
        bodies: Arc::new(Semaphore::new(BODIES_BYTES_MAX)),
        proxies: Arc::new(config.proxies),
        revocations: Revocations::default(),
        tickets: Tickets::default(),
        signals: Signals::default(),
        metrics: config.metrics,
        landing: config.landing,
        assistant: config.assistant,
        libraries: Libraries::new(work.clone()),
        slow_reader: config.slow_reader,
        exports: share("too_many_exports", both("exports", "exports"), EXPORTS_AT_ONCE),
        questions: share(
            "too_many_queries",
            both("database queries", "requêtes à la base de données"),
            QUESTIONS_AT_ONCE,
        ),
        past_reads: share(
            "too_many_past_reads",
            both("reads of past states", "lectures d’états passés"),
            PAST_READS_AT_ONCE,
        ),
        playbacks: FairShare::new(
            "too_many_playbacks",
            both("playbacks", "lectures du passé"),
            PLAYBACKS_AT_ONCE,
            PLAYBACK_TIMEOUT,
        ),
        work,
        stopping,
        sockets,
    }
}

fn share(code: &'static str, what: Bilingual, total: usize) -> FairShare {
    FairShare::new(code, what, total, SHARE_TIMEOUT)
}

/// Starts the periodic tasks, until the server stops.
fn keep_up(app: &App) {
    tokio::spawn(app.stopping.clone().run_until_cancelled_owned(app.metrics.clone().keep_up()));
    let saving = snapshots::keep_saving(app.journal.clone());
    tokio::spawn(app.stopping.clone().run_until_cancelled_owned(saving));
    tokio::spawn(app.stopping.clone().run_until_cancelled_owned(app.key.clone().keep_up()));
    tokio::spawn(app.stopping.clone().run_until_cancelled_owned(app.api_keys.clone().keep_up()));
    tokio::spawn(app.stopping.clone().run_until_cancelled_owned(app.accounts.clone().keep_up()));
    let rates = app.rates.clone();
    let forgetting = async move { rates.keep_forgetting().await };
    tokio::spawn(app.stopping.clone().run_until_cancelled_owned(forgetting));
}

async fn listen(wanted: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |error| StartError::Listen(wanted, error);
    let listener = TcpListener::bind(wanted).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

impl Server {
    /// What the handlers have at hand.
    pub const fn app(&self) -> &App {
        &self.app
    }

    /// Stops taking requests, lets those in progress finish, closes the sockets, writes what was
    /// accepted, and lets go of the databases.
    pub async fn stop(self) {
        self.app.stopping.cancel();
        self.app.sockets.close();
        let drained = async {
            self.app.sockets.wait().await;
            self.serving.wait().await;
        };
        if tokio::time::timeout(DRAIN, drained).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
        self.projecting.cancel();
        let _ = self.projector.await;
        self.app.journal.close().await;
        if let Err(error) = self.app.api_keys.write_uses().await {
            tracing::warn!(%error, "when keys of programs were last used could not be written");
        }
        // So that the next process to open the database finds no connections that are just being closed.
        if tokio::time::timeout(DRAIN, self.app.views.close()).await.is_err() {
            tracing::warn!("some reads did not end in time");
        }
        if let Err(error) = self.app.accounts.sessions().write_last_uses().await {
            tracing::warn!(%error, "when sessions were last used could not be written");
        }
        self.app.accounts.database().close().await;
        tracing::info!("stopped");
    }
}

async fn project(journal: Journal, runner: projections::Runner, cancel: CancellationToken) {
    projections::follow(LogOf(journal), runner, cancel).await;
}

/// The journal, as the log that the projections follow.
struct LogOf(Journal);

#[async_trait]
impl projections::EventSource for LogOf {
    async fn heads(&self) -> Result<Vec<(LivechatId, Position)>, BoxError> {
        Ok(self.0.heads().await?)
    }

    async fn read(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Arc<Record>>, BoxError> {
        Ok(self.0.read(livechat, after, limit).await?)
    }

    fn subscribe(&self) -> broadcast::Receiver<Batch> {
        self.0.batches()
    }

    fn now(&self) -> Timestamp {
        self.0.clock().now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_projections_are_beside_the_log() {
        assert_eq!(views_beside("sqlite:///var/lib/pupitre.db"), "sqlite:///var/lib/pupitre-views.db");
        assert_eq!(views_beside("sqlite://pupitre"), "sqlite://pupitre-views.db");
        assert_eq!(views_beside("sqlite://p.db?mode=rwc"), "sqlite://p-views.db?mode=rwc");
        assert_eq!(views_beside("postgres://localhost/p"), "postgres://localhost/p");
    }
}
