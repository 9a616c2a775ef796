//! `pupitre demo`: a livechat to look at, with a database that is gone when it stops.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use chrono::TimeDelta;
use domain::LivechatId;
use tokio_util::sync::CancellationToken;

use super::{Failure, serve};
use crate::auth::{Key, Role};
use crate::demo::{self, LIVECHAT};
use crate::metrics::Metrics;
use crate::server::{self, Config, views_beside};
use crate::simulate::Tokens;
use crate::terminal;

/// Options of `demo`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, env = "PUPITRE_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Stop by itself after so many seconds; without it, at Ctrl-C.
    #[arg(long, env = "PUPITRE_DEMO_SECONDS")]
    seconds: Option<u64>,
}

/// How long the demonstration's tokens are good.
const TOKENS_DAYS: i64 = 30;

/// Plays until it is told to stop.
pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    let folder = Folder::new()?;
    let database = format!("sqlite://{}", folder.0.join("pupitre.db").display());
    let key = Key::ephemeral();
    let config = Config {
        views: views_beside(&database),
        database,
        listen: options.listen,
        key: key.clone(),
        journal: journal::Options::default(),
        desk_grace: Duration::from_secs(10),
        metrics: Metrics::install(),
    };
    let server = server::start(config).await?;
    let url = format!("http://{}", server.address);
    let livechat = LivechatId::parse(LIVECHAT)?;
    let sign = |role, subject| {
        key.issue(&livechat, role, subject, TimeDelta::days(TOKENS_DAYS)).map(|(token, _)| token)
    };
    let (administrator, integration) = (sign(Role::Administrator, "demo")?, sign(Role::Integration, "demo")?);
    let supervisor = sign(Role::Supervisor, "demo")?;
    introduce(
        &url,
        &[("administrator", &administrator), ("integration", &integration), ("supervisor", &supervisor)],
    );

    let cancel = CancellationToken::new();
    let _stop_playing = cancel.clone().drop_guard();
    let tokens = Tokens { administrator, integration };
    tokio::select! {
        played = demo::play(&url, tokens, cancel.clone()) => played?,
        drawn = terminal::draw(&url, LIVECHAT, &supervisor, cancel.clone()) => drawn?,
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

/// What to look at, and with which tokens.
fn introduce(url: &str, tokens: &[(&str, &String)]) {
    println!("Pupitre is playing the livechat `{LIVECHAT}` at {url}/api/v1/livechats/{LIVECHAT}\n");
    for (role, token) in tokens {
        println!("{role}: {token}");
    }
    if let Some((_, supervisor)) = tokens.last() {
        println!("\nthe floor as a page: {url}/#livechat={LIVECHAT}&token={supervisor}");
    }
    println!("the API: {url}/api/v1/openapi.json\n");
    if std::io::stdout().is_terminal() {
        println!("Ctrl-C stops.\n");
    }
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
            tracing::warn!(folder = %self.0.display(), %error, "a folder of the demonstration is left behind");
        }
    }
}
