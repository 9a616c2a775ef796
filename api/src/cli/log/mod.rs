//! `pupitre log`: look at the log, check it, carry it elsewhere. No server is needed, and none is disturbed.
//!
//! Invariant: only `import` writes to a log. Results go to standard output, everything else to standard
//! error.

mod carry;
mod look;

use std::process::ExitCode;

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};

use super::Failure;

/// Options of `log`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read every record and check that nothing was changed, removed or exchanged; fails if anything was.
    Verify(look::Verify),
    /// Show how far the log of each livechat goes.
    Status(look::Status),
    /// Write the log to a file, one JSON record per line; repeated, it adds what is missing.
    Export(carry::Export),
    /// Append the records of a file that the log does not have yet. Import before the server starts.
    Import(carry::Import),
}

/// The log.
#[derive(Debug, clap::Args)]
struct Database {
    /// Where the log is kept: `sqlite://FILE` or `postgres://USER@HOST/DATABASE`.
    #[arg(long, env = "PUPITRE_DATABASE", default_value = "sqlite://pupitre.db")]
    database: String,
}

/// Does it.
pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    match options.command {
        Command::Verify(options) => look::verify(options).await,
        Command::Status(options) => look::status(options).await,
        Command::Export(options) => carry::export(options).await,
        Command::Import(options) => carry::import(options).await,
    }
}

/// A bar on standard error, when that is a terminal.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::no_length();
        bar.set_style(style("{elapsed_precise} {spinner} {human_pos} records ({per_sec})"));
        Self(bar)
    }

    fn reached(&self, done: u64, all: Option<u64>) {
        if let Some(all) = all {
            if self.0.length().is_none() {
                self.0.set_style(style(
                    "{elapsed_precise} [{bar:40}] {human_pos}/{human_len} records ({per_sec})",
                ));
            }
            self.0.set_length(all);
        }
        self.0.set_position(done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Prints a result. The reader may have gone, which is no reason to panic.
fn say(result: &str) -> std::io::Result<()> {
    use std::io::Write;
    writeln!(std::io::stdout(), "{result}")
}
