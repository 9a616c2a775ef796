//! `pupitre log verify` and `pupitre log status`: for people, or as one JSON object for machines.

use std::process::ExitCode;

use chrono::SecondsFormat;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use domain::{LivechatId, Timestamp};
use journal::archive::{self, LogStatus};
use journal::entry::WakeUp;
use journal::store::open_existing;
use serde_json::json;

use crate::commands::database::Database;
use crate::commands::exit_code::exit_code;
use crate::commands::failure::Failure;
use crate::commands::output::{Bar, say};

/// Options of `verify`.
#[derive(Debug, clap::Args)]
pub(super) struct Verify {
    #[command(flatten)]
    log: Database,
    /// Check only this livechat.
    #[arg(long)]
    livechat: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Options of `status`.
#[derive(Debug, clap::Args)]
pub(super) struct Status {
    #[command(flatten)]
    log: Database,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Fails when the log is not whole.
pub(super) async fn verify(options: Verify) -> Result<ExitCode, Failure> {
    let only = options.livechat.as_deref().map(LivechatId::parse).transpose()?;
    let store = open_existing(&options.log.database).await?;
    let bar = Bar::of("records");
    let verified = archive::verify(store.as_ref(), only.as_ref(), &|done, all| bar.reached(done, all)).await;
    drop(bar);
    store.close().await;
    let verified = verified?;
    let (livechats, records) = (verified.livechats, verified.records);
    let (seconds, rate) = (verified.elapsed.as_secs_f64(), verified.records_per_second());
    if options.json {
        let found = json!({
            "whole": verified.is_whole(), "livechats": livechats, "records": records, "seconds": seconds,
            "records_per_second": rate, "problems": verified.problems,
        });
        say(&found.to_string())?;
    } else {
        for problem in &verified.problems {
            say(&problem.to_string())?;
        }
        let result = match verified.problems.len() {
            0 => "the log is whole".to_owned(),
            damaged => format!("{damaged} of {livechats} livechats damaged"),
        };
        say(&format!(
            "{result}: {records} records of {livechats} livechats in order, read in {seconds:.1} s \
             ({rate:.0} per second)"
        ))?;
    }
    Ok(exit_code(verified.is_whole()))
}

/// Prints where each livechat stands.
pub(super) async fn status(options: Status) -> Result<ExitCode, Failure> {
    let store = open_existing(&options.log.database).await?;
    let standings = archive::status(store.as_ref()).await;
    store.close().await;
    let standings = standings?;
    let records: u64 = standings.iter().map(|standing| standing.records).sum();
    if options.json {
        say(&json!({ "livechats": standings, "records": records }).to_string())?;
    } else {
        say(&table(&standings, records).to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Hexadecimal digits of a hash that distinguish it from others.
const HASH_DIGITS: usize = 12;

fn table(standings: &[LogStatus], records: u64) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED);
    table.set_header(["Livechat", "Records", "Hash", "Last record", "Snapshot", "Next timer", "Attended"]);
    for standing in standings {
        // Before anybody has looked at an imported livechat, nothing is known of it.
        let is_known = standing.wake_at != WakeUp::UNKNOWN.wake_at;
        let known = |value: String| if is_known { value } else { "unknown".to_owned() };
        table.add_row([
            standing.livechat.to_string(),
            standing.records.to_string(),
            standing.hash.chars().take(HASH_DIGITS).collect(),
            time(standing.last_at),
            standing.snapshot.map(|position| position.to_string()).unwrap_or_default(),
            known(time(standing.wake_at)),
            known(if standing.attended { "yes" } else { "no" }.to_owned()),
        ]);
    }
    table.add_row([format!("{} in all", standings.len()), records.to_string()]);
    for numbers in [1, 4] {
        if let Some(column) = table.column_mut(numbers) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn time(at: Option<Timestamp>) -> String {
    at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default()
}
