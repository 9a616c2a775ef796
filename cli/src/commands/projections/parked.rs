//! `pupitre projections parked`.

use std::process::ExitCode;

use chrono::SecondsFormat;
use domain::LivechatId;
use projections::{Parked, maintenance};
use serde_json::json;

use super::target::Target;
use crate::commands::exit_code::exit_code;
use crate::commands::failure::Failure;
use crate::commands::output::say;

/// Options of `parked`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    target: Target,
    /// Retry this livechat: within seconds if a server is running, else at its next start.
    #[arg(long, value_name = "LIVECHAT", conflicts_with = "all")]
    retry: Option<String>,
    /// Retry all of them.
    #[arg(long)]
    all: bool,
}

/// Shows what is parked, or retries it.
pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    let views = options.target.views();
    let only = options.retry.as_deref().map(LivechatId::parse).transpose()?;
    if only.is_none() && !options.all {
        let parked = maintenance::parked(&views).await?;
        if options.target.json {
            say(&json!({ "parked": parked }).to_string())?;
        } else if parked.is_empty() {
            say("nothing is parked")?;
        } else {
            list(&parked)?;
        }
        return Ok(exit_code(parked.is_empty()));
    }
    let released = maintenance::retry(&views, only.as_ref()).await?;
    if options.target.json {
        say(&json!({ "released": released }).to_string())?;
    } else {
        say(&format!("{released} to be tried again"))?;
    }
    // A named livechat that is not parked is a mistake.
    Ok(exit_code(only.is_none() || released > 0))
}

/// One line for each.
pub(super) fn list(parked: &[Parked]) -> std::io::Result<()> {
    for Parked { livechat, position, event, error, since } in parked {
        let event = event.as_deref().unwrap_or("no event");
        let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
        say(&format!("{livechat} stops before {position} ({event}) since {since}: {error}"))?;
    }
    Ok(())
}
