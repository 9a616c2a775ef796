//! `pupitre projections`: how far is what is computed from the log, is it right, build it anew beside, and
//! read that instead. No server is needed, and none is disturbed.
//!
//! Exit codes: 0, all is well; 1, something differs, is behind, is parked, or cannot be done; 2, the command
//! line is wrong. Results go to standard output, everything else to standard error.

mod build;
mod log;
mod parked;
mod status;
mod verify;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;

pub(super) use self::log::StoredLog;
use super::Failure;
use api::server::views_beside;

/// Options of `projections`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show both places, blue and green: which is read, how far each is behind the log, what is parked.
    /// Fails when the one that is read is behind or has something parked.
    Status(Place),
    /// Empty the place that is not read and compute it from the log, while a server goes on with the other.
    Rebuild(Place),
    /// Fold the log anew, aside, and compare row by row; fails when anything differs.
    Verify(verify::Options),
    /// Bring the place that is not read up to date and read it from now on; again is the way back.
    Swap(Place),
    /// Show the livechats whose rows stop before what cannot be stored, or have them tried again. Fails when
    /// there are any.
    Parked(parked::Options),
}

/// The log, its projections, and how to answer.
#[derive(Debug, clap::Args)]
struct Place {
    #[command(flatten)]
    log: super::log::Database,
    /// Where the projections are kept, as `serve` has it. By default beside the log.
    #[arg(long, env = "PUPITRE_VIEWS")]
    views: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Place {
    fn views(&self) -> String {
        self.views.clone().unwrap_or_else(|| views_beside(&self.log.database))
    }

    /// Opens the log, which has to be there.
    async fn open(&self) -> Result<Arc<StoredLog>, Failure> {
        StoredLog::open(&self.log.database).await.map(Arc::new)
    }
}

/// Does it.
pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    match options.command {
        Command::Status(place) => status::run(place).await,
        Command::Rebuild(place) => build::rebuild(place).await,
        Command::Verify(options) => verify::run(options).await,
        Command::Swap(place) => build::swap(place).await,
        Command::Parked(options) => parked::run(options).await,
    }
}

/// 0 when all is well, else 1.
fn code(is_well: bool) -> ExitCode {
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
