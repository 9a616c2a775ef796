//! `pupitre replay`: play the log back, verify it, and ask what would have been. No server is needed, and none is
//! disturbed.
//!
//! Invariant: nothing here writes to a log; `snapshots` writes state snapshots beside it, which are a cache. Results
//! go to standard output, everything else to standard error. Exit codes: 0, it was done; 1, it could not be, or
//! something was found; 2, the command line is wrong.

mod conversation;
mod floor;
mod forecast;
mod log_args;
mod period;
mod player;
mod selftest;
mod snapshots;
mod verify;
mod what_if;

use std::process::ExitCode;

use clap::Subcommand;

use super::failure::Failure;

/// Options of `replay`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play a conversation back: at its real pace, faster, or step by step.
    Conversation(conversation::Options),
    /// Play the whole floor back: its operators, its queue and its events.
    Floor(floor::Options),
    /// Replay every event; check the invariants, the snapshots and the floors. Fails when anything differs.
    Verify(verify::Options),
    /// Create the missing state snapshots of a log, so that any past state is read quickly. A running server does
    /// this itself, slowly.
    Snapshots(snapshots::Options),
    /// Test the server itself in simulated runs: crashes at any await, lost answers, repeated requests, a failing
    /// database. Every invariant is checked after each step; a seed repeats a run.
    Selftest(selftest::Options),
    /// Forecast how many operators each half hour needs to reach a service level.
    Forecast(forecast::Options),
    /// Replay a past period with other settings, hours or staff, and compare.
    WhatIf(what_if::Options),
}

impl Options {
    /// What is logged if nothing else is asked for.
    pub(super) const fn usual_log(&self) -> &'static str {
        match self.command {
            // Its faults are injected on purpose.
            Command::Selftest(_) => "error,pupitre_journal=off",
            Command::Conversation(_)
            | Command::Floor(_)
            | Command::Verify(_)
            | Command::Snapshots(_)
            | Command::Forecast(_)
            | Command::WhatIf(_) => "warn",
        }
    }
}

/// Runs the command.
pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    match options.command {
        Command::Conversation(options) => conversation::run(options).await,
        Command::Floor(options) => floor::run(options).await,
        Command::Verify(options) => verify::run(options).await,
        Command::Snapshots(options) => snapshots::run(options).await,
        Command::Selftest(options) => selftest::run(&options),
        Command::Forecast(options) => forecast::run(options).await,
        Command::WhatIf(options) => what_if::run(options).await,
    }
}
