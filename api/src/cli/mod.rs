//! The command line. `pupitre --help` is the manual; every option is also an environment variable.

mod demo;
mod log;
mod logging;
mod projections;
mod replay;
mod serve;
mod simulate;
mod terminal;
mod token;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use rustix::fs::Mode;

use crate::connections::files;

/// A livechat server: visitors of a web site talk to human operators.
#[derive(Debug, Parser)]
#[command(name = "pupitre", version, max_term_width = 100)]
struct Arguments {
    /// What is logged, in the form of RUST_LOG (`warn,api=debug`); `info` from a server, else `warn`.
    #[arg(long, env = "PUPITRE_LOG", global = true)]
    log: Option<String>,
    /// Log one JSON object per line, for machines.
    #[arg(long, env = "PUPITRE_LOG_JSON", global = true)]
    log_json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play a livechat to look at, on a fresh embedded database.
    Demo(demo::Options),
    /// Look at the log, check it, or carry it elsewhere.
    Log(log::Options),
    /// Look at what is computed from the log, check it, build it anew, and read that instead.
    Projections(projections::Options),
    /// Go back in time: play, check, and try otherwise.
    Replay(Box<replay::Options>),
    /// Run the server.
    Serve(serve::Options),
    /// Play a file of conversations against a server and check that every message arrived once, in order.
    Simulate(Box<simulate::WithKey>),
    /// Issue a token with the key of a server.
    Token(token::Options),
    /// Print the page that documents the views for analysts.
    Analytics,
    /// Print the OpenAPI document.
    Openapi,
    /// Print the definitions of all figures, as FIGURES.md has them.
    Figures,
}

/// What went wrong, for the person at the terminal.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    logging::begin(arguments.log.as_deref(), arguments.command.usual_log(), arguments.log_json);
    // Whatever the program creates (logs, rows, keys, exports) is for its user alone.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    files::raise();
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(run(arguments.command)));
    match done {
        Ok(code) => code,
        Err(error) if terminal::is_left(&*error) => ExitCode::from(terminal::LEFT),
        Err(error) => {
            eprintln!("pupitre: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Demo(options) => demo::run(options).await,
        Command::Log(options) => log::run(options).await,
        Command::Projections(options) => projections::run(options).await,
        Command::Replay(options) => replay::run(*options).await,
        Command::Serve(options) => serve::run(options).await,
        Command::Simulate(options) => simulate::run(*options).await,
        Command::Token(options) => token::run(&options),
        Command::Analytics => {
            terminal::print(&::projections::analytics::page())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Openapi => {
            terminal::say(&crate::openapi::text()?)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Figures => {
            terminal::print(&::projections::figures::document::markdown())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

impl Command {
    /// What is logged unless told.
    fn usual_log(&self) -> &'static str {
        match self {
            Self::Replay(options) => options.usual_log(),
            Self::Demo(_) | Self::Log(_) | Self::Projections(_) => "warn",
            Self::Serve(_)
            | Self::Simulate(_)
            | Self::Token(_)
            | Self::Analytics
            | Self::Openapi
            | Self::Figures => "info",
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_option_of_every_command_is_well_formed() {
        Arguments::command().debug_assert();
    }
}
