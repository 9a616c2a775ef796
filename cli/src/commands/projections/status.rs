//! `pupitre projections status`.

use std::process::ExitCode;

use chrono::SecondsFormat;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use projections::maintenance::{self, SlotStatus, Status};
use serde_json::json;

use super::{Target, code};
use crate::commands::Failure;
use crate::commands::output::say;

/// Shows both slots.
pub(super) async fn run(target: Target) -> Result<ExitCode, Failure> {
    let log = target.open().await?;
    let status = maintenance::status(&target.views(), &*log).await;
    log.close().await;
    let status = status?;
    if target.json {
        say(&json!(status).to_string())?;
    } else {
        say(&summary(&status).to_string())?;
        for place in &status.slots {
            tell(place)?;
        }
    }
    let is_well = |place: &SlotStatus| place.fits && place.lag_events == 0 && place.parked.is_empty();
    Ok(code(status.slots.iter().any(|place| place.is_active && is_well(place))))
}

fn summary(status: &Status) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED);
    table.set_header(["Slot", "Active", "Version", "Livechats", "Events", "Behind", "Seconds", "Parked"]);
    for place in &status.slots {
        let since = status.active.swapped_at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
        let read = since.map_or_else(|| "yes".to_owned(), |since| format!("since {since}"));
        let versions: Vec<String> = place.versions.iter().map(ToString::to_string).collect();
        table.add_row([
            place.slot.to_string(),
            if place.is_active { read } else { String::new() },
            if place.fits { versions.join(", ") } else { format!("{} (other version)", versions.join(", ")) },
            place.livechats.len().to_string(),
            place.livechats.iter().map(|livechat| livechat.position).sum::<u64>().to_string(),
            place.lag_events.to_string(),
            format!("{:.1}", place.lag_seconds),
            place.parked.len().to_string(),
        ]);
    }
    for numbers in 3..8 {
        if let Some(column) = table.column_mut(numbers) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Livechats that are named when they are behind; the rest is in the sum, and in the JSON.
const NAMED_MAX: usize = 20;

fn tell(place: &SlotStatus) -> std::io::Result<()> {
    let behind = place.livechats.iter().filter(|livechat| livechat.position != livechat.head);
    for livechat in behind.take(NAMED_MAX) {
        let (name, position, head) = (&livechat.livechat, livechat.position, livechat.head);
        say(&format!("{}: {name} is at {position} of {head}", place.slot))?;
    }
    super::parked::list(&place.parked)
}
