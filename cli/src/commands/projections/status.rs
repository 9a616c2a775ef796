//! `pupitre projections status`.

use std::process::ExitCode;

use chrono::SecondsFormat;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use projections::maintenance::{self, SlotStatus, Status};
use serde_json::json;

use super::target::Target;
use crate::commands::exit_code::exit_code;
use crate::commands::failure::Failure;
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
        for slot in &status.slots {
            print_details(slot)?;
        }
    }
    let is_well = |slot: &SlotStatus| slot.fits && slot.lag_events == 0 && slot.parked.is_empty();
    Ok(exit_code(status.slots.iter().any(|slot| slot.is_active && is_well(slot))))
}

fn summary(status: &Status) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED);
    table.set_header(["Slot", "Active", "Version", "Livechats", "Events", "Behind", "Seconds", "Parked"]);
    for slot in &status.slots {
        let since = status.active.swapped_at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
        let read = since.map_or_else(|| "yes".to_owned(), |since| format!("since {since}"));
        let versions: Vec<String> = slot.versions.iter().map(ToString::to_string).collect();
        table.add_row([
            slot.slot.to_string(),
            if slot.is_active { read } else { String::new() },
            if slot.fits { versions.join(", ") } else { format!("{} (other version)", versions.join(", ")) },
            slot.livechats.len().to_string(),
            slot.livechats.iter().map(|livechat| livechat.position).sum::<u64>().to_string(),
            slot.lag_events.to_string(),
            format!("{:.1}", slot.lag_seconds),
            slot.parked.len().to_string(),
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

fn print_details(slot: &SlotStatus) -> std::io::Result<()> {
    let behind = slot.livechats.iter().filter(|livechat| livechat.position != livechat.head);
    for livechat in behind.take(NAMED_MAX) {
        let (name, position, head) = (&livechat.livechat, livechat.position, livechat.head);
        say(&format!("{}: {name} is at {position} of {head}", slot.slot))?;
    }
    super::parked::list(&slot.parked)
}
