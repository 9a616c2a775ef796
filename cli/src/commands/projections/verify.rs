//! `pupitre projections verify`.

use std::process::ExitCode;

use domain::LivechatId;
use projections::Slot;
use projections::maintenance::{self, Mismatch};
use serde_json::json;

use super::target::Target;
use crate::commands::exit_code::exit_code;
use crate::commands::failure::Failure;
use crate::commands::output::{Bar, say};

/// Options of `verify`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    target: Target,
    /// Check only this livechat.
    #[arg(long)]
    livechat: Option<String>,
    /// Verify this slot; by default the active one.
    #[arg(long, value_enum)]
    slot: Option<SlotName>,
    /// The most differences to print: 1 to 10000.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum SlotName {
    Blue,
    Green,
}

impl From<SlotName> for Slot {
    fn from(name: SlotName) -> Self {
        match name {
            SlotName::Blue => Self::Blue,
            SlotName::Green => Self::Green,
        }
    }
}

/// Fails when rows are not as the log says.
pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    let only = options.livechat.as_deref().map(LivechatId::parse).transpose()?;
    let log = options.target.open().await?;
    let bar = Bar::of("events");
    let verified = maintenance::verify(
        &options.target.views(),
        &*log,
        options.slot.map(Slot::from),
        only.as_ref(),
        options.limit.into(),
        &|done, all| bar.reached(done, Some(all)),
    )
    .await;
    drop(bar);
    log.close().await;
    let verified = verified?;
    if options.target.json {
        say(&json!(verified).to_string())?;
    } else {
        for mismatch in &verified.first {
            say(&describe(mismatch))?;
        }
        let result = match verified.mismatches {
            0 => "the rows are as the log says".to_owned(),
            differences => format!("{differences} differences"),
        };
        say(&format!(
            "{result}: {} rows of {} livechats in the {} slot, computed from {} events",
            verified.rows, verified.livechats, verified.slot, verified.events
        ))?;
    }
    Ok(exit_code(verified.is_right()))
}

fn describe(mismatch: &Mismatch) -> String {
    let Mismatch { table, key, column, expected, found, .. } = mismatch;
    let key: Vec<String> = key.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let column = column.as_ref().map(|column| format!(".{column}")).unwrap_or_default();
    format!("{table}{column} [{}]: expected {expected}, found {found}", key.join(", "))
}
