//! `pupitre replay`: go back in time.
//!
//! Results go to standard output, everything else to standard error.

mod simulate;

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
    /// Simulate the machine itself: crashes at any await, lost answers, doubled requests, a database that
    /// fails. Everything that always holds is checked after each step; a seed is a run.
    Simulate(simulate::Options),
}

/// Does it.
pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    match &options.command {
        Command::Simulate(options) => simulate::run(options),
    }
}
