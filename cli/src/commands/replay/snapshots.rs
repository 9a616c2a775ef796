//! `pupitre replay snapshots`.

use std::process::ExitCode;

use ::replay::snapshots::{Pace, Progress, create};
use domain::LivechatId;
use journal::store::open_existing;
use serde_json::json;

use crate::commands::database::Database;
use crate::commands::failure::Failure;
use crate::commands::output::{Bar, say};

/// Options of `snapshots`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    log: Database,
    /// Only along the log of this livechat.
    #[arg(long)]
    livechat: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Creates what is missing, as fast as possible. It may be interrupted and run again.
pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    let only = options.livechat.as_deref().map(LivechatId::parse).transpose()?;
    let store = open_existing(&options.log.database).await?;
    let mut heads = store.read().heads().await?;
    heads.retain(|head| only.as_ref().is_none_or(|only| *only == head.livechat));
    if let Some(only) = only.filter(|_| heads.is_empty()) {
        store.close().await;
        return Err(format!("there is no log of {only}").into());
    }
    let all: u64 = heads.iter().map(|head| head.position).sum();
    let bar = Bar::of("events");
    let (mut sum, mut before) = (Progress::default(), 0);
    for head in &heads {
        let created = create(&store, &head.livechat, Pace::FULL, |position| {
            bar.reached(before + position, Some(all.max(before + position)));
        });
        let created = created.await?;
        sum.snapshots += created.snapshots;
        sum.bytes += created.bytes;
        sum.events += created.events;
        before += head.position;
    }
    drop(bar);
    store.close().await;
    let Progress { snapshots, bytes, events, .. } = sum;
    if options.json {
        let livechats = heads.len();
        say(&json!({ "livechats": livechats, "snapshots": snapshots, "bytes": bytes, "events": events })
            .to_string())?;
    } else {
        say(&format!("{snapshots} state snapshots created, {bytes} bytes, along {events} events"))?;
    }
    Ok(ExitCode::SUCCESS)
}
