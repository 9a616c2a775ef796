//! `pupitre demo`: a livechat to look at, with a database that is gone when it stops.

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use domain::LivechatId;
use tokio_util::sync::CancellationToken;

use super::failure::Failure;
use super::serve;
use crate::demo::{self, LIVECHAT};
use crate::loadtest::Tokens;
use crate::terminal;
use api::assistant::FromArticles;
use api::auth::{AccountOptions, Keys, Proxies, Role};
use api::connections;
use api::limits::SLOW_READER;
use api::metrics::Metrics;
use api::rates;
use api::server::{self, Config, accounts_beside, views_beside};

/// Options of `demo`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, env = "PUPITRE_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Stop after this many seconds; by default, at Ctrl-C.
    #[arg(long, env = "PUPITRE_DEMO_SECONDS")]
    seconds: Option<u64>,
}

/// How long the demonstration's tokens are valid.
const TOKENS_DAYS: i64 = 30;

/// Plays until it is stopped.
pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    let folder = Folder::new()?;
    let database = format!("sqlite://{}", folder.0.join("pupitre.db").display());
    let key = Keys::ephemeral();
    let livechat = LivechatId::parse(LIVECHAT)?;
    let sign =
        |role| key.issue(&livechat, role, "demo", TimeDelta::days(TOKENS_DAYS)).map(|(token, _)| token);
    let (administrator, integration) = (sign(Role::Administrator)?, sign(Role::Integration)?);
    let supervisor = sign(Role::Supervisor)?;
    let server = server::start(Config {
        views: views_beside(&database),
        accounts: accounts_beside(&database),
        database,
        listen: options.listen,
        key: key.clone(),
        proxies: Proxies::default(),
        account_options: AccountOptions::default(),
        mail: None,
        base_url: None,
        journal: journal::Options::default(),
        metrics: Metrics::install(),
        landing: Some(format!("/#livechat={LIVECHAT}&token={supervisor}")),
        assistant: Arc::new(FromArticles),
        slow_reader: SLOW_READER,
        connections: connections::Limits::default(),
        timeouts: connections::ClientTimeouts::default(),
        rates: rates::Limits::default(),
        metrics_listen: None,
        tls: None,
        hsts_secs: 0,
    })
    .await?;
    let url = format!("http://{}", server.address);
    let tokens =
        [("administrator", &administrator), ("integration", &integration), ("supervisor", &supervisor)];
    let below = introduce(&url, &tokens, &folder.0)?;

    let cancel = CancellationToken::new();
    let _stop_playing = cancel.clone().drop_guard();
    let tokens = Tokens { administrator, integration };
    tokio::select! {
        played = demo::play(&url, tokens, cancel.clone()) => played?,
        drawn = terminal::draw(&url, LIVECHAT, &supervisor, &below, cancel.clone()) => drawn?,
        stopped = serve::interrupted() => stopped?,
        () = over(options.seconds) => {}
    }
    cancel.cancel();
    println!("\nstopping…");
    server.stop().await;
    Ok(ExitCode::SUCCESS)
}

async fn over(seconds: Option<u64>) {
    match seconds {
        Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
        None => std::future::pending().await,
    }
}

/// Says what to look at and prints the tokens; they are also in a file for a shell, since the floor takes
/// the screen. Returns what stays readable under it.
fn introduce(url: &str, tokens: &[(&str, &String)], folder: &Path) -> Result<String, Failure> {
    let api = format!("{url}/api/v1/livechats/{LIVECHAT}");
    let mut variables = format!("url={api}\n");
    for (role, token) in tokens {
        writeln!(variables, "{role}={token}")?;
    }
    let file = folder.join("tokens.sh");
    std::fs::write(&file, &variables)?;
    let below = format!(
        "the floor as a page     {url}/demo\nthe API                 {url}/api/v1/openapi.json\n\
         its address and tokens  . {}\nCtrl-C stops.\n",
        file.display()
    );
    println!("{variables}\n{below}");
    Ok(below)
}

/// A folder that is gone when the demonstration ends.
struct Folder(PathBuf);

impl Folder {
    fn new() -> std::io::Result<Self> {
        let path = std::env::temp_dir().join(format!("pupitre-demo-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(folder = %self.0.display(), %error, "cannot remove the folder of the demonstration");
        }
    }
}
