//! `pupitre replay`: go back in time. No server is needed, none is disturbed, and the log is only read.
//!
//! Results go to standard output, everything else to standard error. Exit codes: 0, it was done; 1, it could not be;
//! 2, the command line is wrong.

mod forecast;
mod period;
mod what_if;

use std::process::ExitCode;

use clap::Subcommand;

use super::Failure;

/// Options of `replay`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tell how many operators each half hour needs for a service level.
    Forecast(forecast::Options),
    /// Play a past period again with other settings, hours or staff, and show both side by side.
    WhatIf(what_if::Options),
}

/// Does it.
pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    match options.command {
        Command::Forecast(options) => forecast::run(options).await,
        Command::WhatIf(options) => what_if::run(options).await,
    }
}
