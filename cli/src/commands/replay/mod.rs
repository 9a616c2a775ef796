//! `pupitre replay`: go back in the log: look, check, and try otherwise. No server is needed, and none is disturbed.
//!
//! Invariant: nothing here writes to a log; `stones` writes stepping stones beside it, which are a cache. Results
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

use super::Failure;

/// Options of `replay`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play a conversation again: with its real pauses, faster, or step by step.
    Conversation(conversation::Options),
    /// Play the whole floor again: who was there, who waited, what happened.
    Floor(floor::Options),
    /// Fold everything anew and check that what always holds does, and that snapshots, stones and boards are what
    /// the log says; fails when anything is not.
    Verify(verify::Options),
    /// Lay the stepping stones of a log that has none yet, so that any moment of it is told at once. A server
    /// does so by itself, slowly.
    Snapshots(snapshots::Options),
    /// Test the server itself in simulated runs: crashes at any await, lost answers, repeated requests, a failing
    /// database. Every invariant is checked after each step; a seed repeats a run.
    Selftest(selftest::Options),
    /// Tell how many operators each half hour needs for a service level.
    Forecast(forecast::Options),
    /// Play a past period again with other settings, hours or staff, and show both side by side.
    WhatIf(what_if::Options),
}

impl Options {
    /// What is logged if nothing else is asked for.
    pub(super) const fn usual_log(&self) -> &'static str {
        match self.command {
            // What goes wrong there is meant to.
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

/// Does it.
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
