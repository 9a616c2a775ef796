//! `pupitre projections rebuild` and `pupitre projections swap`.

use std::process::ExitCode;

use projections::operation;
use serde_json::json;

use super::{Place, code};
use crate::commands::Failure;
use crate::commands::output::{Bar, say};

/// Computes the place that is not read from the log.
pub(super) async fn rebuild(place: Place) -> Result<ExitCode, Failure> {
    let log = place.open().await?;
    let bar = Bar::of("events");
    let rebuilt = operation::rebuild(&place.views(), &log, &|done, all| bar.reached(done, Some(all))).await;
    drop(bar);
    log.close().await;
    let rebuilt = rebuilt?;
    if place.json {
        say(&json!(rebuilt).to_string())?;
    } else {
        let (events, livechats) = (rebuilt.events, rebuilt.livechats);
        say(&format!("the {} place is built: {events} events of {livechats} livechats", rebuilt.colour))?;
        super::parked::list(&rebuilt.parked)?;
    }
    Ok(code(rebuilt.parked.is_empty()))
}

/// Has the other place read.
pub(super) async fn swap(place: Place) -> Result<ExitCode, Failure> {
    let log = place.open().await?;
    let bar = Bar::of("events");
    let program = env!("CARGO_PKG_VERSION");
    let swapped =
        operation::swap(&place.views(), &log, program, &|done, all| bar.reached(done, Some(all))).await;
    drop(bar);
    log.close().await;
    let swapped = swapped?;
    if place.json {
        say(&json!(swapped).to_string())?;
    } else {
        say(&format!("the {} place is read from now on; it was the {} one", swapped.to, swapped.from))?;
        super::parked::list(&swapped.parked)?;
    }
    Ok(ExitCode::SUCCESS)
}
