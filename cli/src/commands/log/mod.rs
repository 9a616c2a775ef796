//! `pupitre log`: inspect the log, verify it, transfer it. No server is needed, and none is disturbed.
//!
//! Invariant: only `import` writes to a log. Results go to standard output, everything else to standard
//! error.

mod inspect;
mod transfer;

use std::process::ExitCode;

use clap::Subcommand;

use super::failure::Failure;

/// Options of `log`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read every record and verify that none was changed, removed or reordered; fails if one was.
    Verify(inspect::Verify),
    /// Show the last position of the log of each livechat.
    Status(inspect::Status),
    /// Write the log to a file, one JSON record a line; run again, it appends what is new.
    Export(transfer::Export),
    /// Append the records of a file that the log does not have yet. Run it while the server is stopped.
    Import(transfer::Import),
}

/// Runs the command.
pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    match options.command {
        Command::Verify(options) => inspect::verify(options).await,
        Command::Status(options) => inspect::status(options).await,
        Command::Export(options) => transfer::export(options).await,
        Command::Import(options) => transfer::import(options).await,
    }
}
