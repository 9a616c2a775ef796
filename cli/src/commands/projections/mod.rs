//! `pupitre projections`: inspect the read models, verify them, rebuild them in the inactive slot, and switch to it.
//! No server is needed, and none is disturbed.
//!
//! Exit codes: 0, all is well; 1, something differs, is behind, is parked, or cannot be done; 2, the command
//! line is wrong. Results go to standard output, everything else to standard error.

mod build;
mod parked;
mod status;
mod target;
mod verify;

use std::process::ExitCode;

use clap::Subcommand;

use self::target::Target;
use super::failure::Failure;

/// Options of `projections`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show both slots, blue and green: which one is active, how far each is behind the log, what is parked.
    /// Fails when the active one is behind or has parked livechats.
    Status(Target),
    /// Rebuild the inactive slot from the log while a server continues with the active one.
    Rebuild(Target),
    /// Recompute the read models from the log and compare them row by row; fails when anything differs.
    Verify(verify::Options),
    /// Bring the inactive slot up to date and make it the active one; run it again to go back.
    Swap(Target),
    /// Show the livechats that are paused at an event that cannot be projected, or retry them. Fails when there are
    /// any.
    Parked(parked::Options),
}

/// Runs the command.
pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    match options.command {
        Command::Status(target) => status::run(target).await,
        Command::Rebuild(target) => build::rebuild(target).await,
        Command::Verify(options) => verify::run(options).await,
        Command::Swap(target) => build::swap(target).await,
        Command::Parked(options) => parked::run(options).await,
    }
}
