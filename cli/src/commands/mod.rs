//! The command line. `pupitre --help` is the manual; every option is also an environment variable.

mod admin;
mod api_keys;
mod database;
mod demo;
mod exit_code;
mod failure;
mod keys;
mod loadtest;
mod log;
mod logging;
mod output;
mod projections;
mod replay;
mod serve;
mod stored_log;
mod token;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use rustix::fs::Mode;

use self::failure::Failure;
use api::connections::files;

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
    /// Make server administrators, list them, and give one a link for a new password.
    Admin(admin::Options),
    /// Make, list and revoke the keys of programs, in the database itself.
    ApiKeys(Box<api_keys::Options>),
    /// Run a demonstration: an invented livechat on a fresh embedded database.
    Demo(demo::Options),
    /// Inspect the log, verify it, or transfer it to a file or another database.
    Log(log::Options),
    /// Inspect, verify, rebuild and switch the read models.
    Projections(projections::Options),
    /// Travel in time: play the log back, verify it, or ask what would have been.
    Replay(Box<replay::Options>),
    /// Run the server.
    Serve(Box<serve::Options>),
    /// Play a file of conversations against a server and check that every message arrives once and in order.
    Loadtest(Box<loadtest::WithKey>),
    /// Issue a token with the key of a server.
    Token(token::Options),
    /// List the keys that sign tokens, rotate them, or retire one.
    Keys(keys::Options),
    /// Print the page that documents the views for analysts.
    Analytics,
    /// Print the OpenAPI document.
    Openapi,
    /// Print the definitions of all figures, as FIGURES.md has them.
    Figures,
}

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
        Err(error) if exit_code::is_reader_gone(&*error) => ExitCode::from(exit_code::READER_GONE),
        Err(error) => {
            eprintln!("pupitre: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Admin(options) => admin::run(options).await,
        Command::ApiKeys(options) => api_keys::run(*options).await,
        Command::Demo(options) => demo::run(options).await,
        Command::Log(options) => log::run(options).await,
        Command::Projections(options) => projections::run(options).await,
        Command::Replay(options) => replay::run(*options).await,
        Command::Serve(options) => serve::run(*options).await,
        Command::Loadtest(options) => loadtest::run(*options).await,
        Command::Token(options) => token::run(&options),
        Command::Keys(options) => keys::run(&options),
        Command::Analytics => {
            output::print(&::projections::analytics::page())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Openapi => {
            output::say(&api::routes::text()?)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Figures => {
            output::print(&::projections::figures::document::markdown())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

impl Command {
    /// What is logged by default.
    fn usual_log(&self) -> &'static str {
        match self {
            Self::Replay(options) => options.usual_log(),
            Self::Admin(_)
            | Self::ApiKeys(_)
            | Self::Demo(_)
            | Self::Keys(_)
            | Self::Log(_)
            | Self::Projections(_) => "warn",
            Self::Serve(_)
            | Self::Loadtest(_)
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
