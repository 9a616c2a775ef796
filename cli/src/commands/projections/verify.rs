//! `pupitre projections verify`.

use std::process::ExitCode;

use domain::LivechatId;
use projections::Colour;
use projections::operation::{self, Mismatch};
use serde_json::json;

use super::{Place, code};
use crate::commands::Failure;
use crate::commands::output::{Bar, say};

/// Options of `verify`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    place: Place,
    /// Check only this livechat.
    #[arg(long)]
    livechat: Option<String>,
    /// Check this place; by default the one that is read.
    #[arg(long, value_enum)]
    colour: Option<Which>,
    /// How many differences are told: 1 to 10000.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Which {
    Blue,
    Green,
}

impl From<Which> for Colour {
    fn from(which: Which) -> Self {
        match which {
            Which::Blue => Self::Blue,
            Which::Green => Self::Green,
        }
    }
}

/// Fails when rows are not as the log says.
pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    let only = options.livechat.as_deref().map(LivechatId::parse).transpose()?;
    let log = options.place.open().await?;
    let bar = Bar::of("events");
    let verified = operation::verify(
        &options.place.views(),
        &*log,
        options.colour.map(Colour::from),
        only.as_ref(),
        options.limit.into(),
        &|done, all| bar.reached(done, Some(all)),
    )
    .await;
    drop(bar);
    log.close().await;
    let verified = verified?;
    if options.place.json {
        say(&json!(verified).to_string())?;
    } else {
        for mismatch in &verified.first {
            say(&told(mismatch))?;
        }
        let result = match verified.mismatches {
            0 => "the rows are as the log says".to_owned(),
            differences => format!("{differences} differences"),
        };
        say(&format!(
            "{result}: {} rows of {} livechats in the {} place, computed from {} events",
            verified.rows, verified.livechats, verified.colour, verified.events
        ))?;
    }
    Ok(code(verified.is_right()))
}

fn told(mismatch: &Mismatch) -> String {
    let Mismatch { table, key, column, expected, found, .. } = mismatch;
    let key: Vec<String> = key.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let column = column.as_ref().map(|column| format!(".{column}")).unwrap_or_default();
    format!("{table}{column} [{}]: expected {expected}, found {found}", key.join(", "))
}
