//! `pupitre projections rebuild` and `pupitre projections swap`.

use std::process::ExitCode;

use projections::maintenance;
use serde_json::json;

use super::target::Target;
use crate::commands::exit_code::exit_code;
use crate::commands::failure::Failure;
use crate::commands::output::{Bar, say};

/// Rebuilds the inactive slot from the log.
pub(super) async fn rebuild(target: Target) -> Result<ExitCode, Failure> {
    let log = target.open().await?;
    let bar = Bar::of("events");
    let rebuilt =
        maintenance::rebuild(&target.views(), &log, &|done, all| bar.reached(done, Some(all))).await;
    drop(bar);
    log.close().await;
    let rebuilt = rebuilt?;
    if target.json {
        say(&json!(rebuilt).to_string())?;
    } else {
        let (events, livechats) = (rebuilt.events, rebuilt.livechats);
        say(&format!("the {} slot is built: {events} events of {livechats} livechats", rebuilt.slot))?;
        super::parked::list(&rebuilt.parked)?;
    }
    Ok(exit_code(rebuilt.parked.is_empty()))
}

/// Makes the inactive slot the active one.
pub(super) async fn swap(target: Target) -> Result<ExitCode, Failure> {
    let log = target.open().await?;
    let bar = Bar::of("events");
    let program = env!("CARGO_PKG_VERSION");
    let swapped =
        maintenance::swap(&target.views(), &log, program, &|done, all| bar.reached(done, Some(all))).await;
    drop(bar);
    log.close().await;
    let swapped = swapped?;
    if target.json {
        say(&json!(swapped).to_string())?;
    } else {
        say(&format!("the {} slot is active now; it was the {} one", swapped.to, swapped.from))?;
        super::parked::list(&swapped.parked)?;
    }
    Ok(ExitCode::SUCCESS)
}
