//! `pupitre replay verify`: for people, or as one JSON object for machines.

use std::process::ExitCode;

use ::projections::{Queries, maintenance};
use domain::LivechatId;
use serde_json::json;

use super::log_args;
use crate::commands::database::Database;
use crate::commands::exit_code::exit_code;
use crate::commands::failure::Failure;
use crate::commands::output::{Bar, say};
use api::server::views_beside;

/// Options of `verify`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    log: Database,
    /// Where the projections are kept, as `serve` has it. By default beside the log.
    #[arg(long, env = "PUPITRE_VIEWS")]
    views: Option<String>,
    /// Do not compare with the projections.
    #[arg(long)]
    log_only: bool,
    /// Check only this livechat.
    #[arg(long)]
    livechat: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Fails when anything is not what the log says.
pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    let only = options.livechat.as_deref().map(LivechatId::parse).transpose()?;
    let store = log_args::open(&options.log).await?;
    let url = options.views.unwrap_or_else(|| views_beside(&options.log.database));
    let (views, unread) = if options.log_only { (None, None) } else { look(&url).await? };
    let bar = Bar::of("events");
    let progress = |done, all| bar.reached(done, Some(all));
    let verified = ::replay::verify(&store, views.as_ref(), only.as_ref(), &progress).await;
    drop(bar);
    if let Some(views) = &views {
        views.close().await;
    }
    store.close().await;
    let verified = verified?;
    let (seconds, rate) = (verified.elapsed.as_secs_f64(), verified.events_per_second());
    if options.json {
        let mut found = json!(verified);
        found["right"] = verified.is_right().into();
        found["count"] = verified.found.count().into();
        found["seconds"] = seconds.into();
        found["events_per_second"] = rate.into();
        found["projections_not_compared"] = unread.into();
        say(&found.to_string())?;
    } else {
        for group in &verified.found.groups {
            let count = match group.count {
                1 => "once".to_owned(),
                count => format!("{count} times"),
            };
            say(&format!("{group}, {count}:"))?;
            for finding in verified.found.of(group) {
                say(&format!("  {finding}"))?;
            }
        }
        let result = match verified.found.count() {
            0 => "everything is as the log says".to_owned(),
            1 => "1 difference".to_owned(),
            differences => format!("{differences} differences"),
        };
        say(&format!(
            "{result}: {} events of {} livechats, {} command snapshots, {} state snapshots, {} floors, in {seconds:.1} s \
             ({rate:.0} events per second)",
            verified.events,
            verified.livechats,
            verified.snapshots,
            verified.state_snapshots,
            verified.floors,
        ))?;
        if verified.other_version > 0 {
            say(&format!("{} snapshots of other versions, which are ignored", verified.other_version))?;
        }
        if let Some(why) = unread {
            say(&format!("the projections are not compared: {why}"))?;
        }
    }
    Ok(exit_code(verified.is_right()))
}

/// The projections, or why there is nothing to compare with: another version computed them, or nobody has.
async fn look(url: &str) -> Result<(Option<Queries>, Option<String>), Failure> {
    use ::projections::Error;
    match maintenance::open_read_only(url).await {
        Ok(views) => Ok((Some(views), None)),
        Err(error @ (Error::Missing(_) | Error::Inactive { .. } | Error::OtherVersion { .. })) => {
            Ok((None, Some(error.to_string())))
        }
        Err(error) => Err(error.into()),
    }
}
