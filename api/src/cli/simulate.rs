//! `pupitre simulate`: play a file of conversations against a server.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::TimeDelta;
use domain::LivechatId;

use super::Failure;
use super::terminal::say;
use crate::auth::{Key, Role};
use crate::simulate::{self, Tokens};

/// The simulation, and who signs for it.
#[derive(Debug, clap::Args)]
pub(super) struct WithKey {
    #[command(flatten)]
    simulation: simulate::Options,
    /// Key file of the server, which signs the tokens that are not given.
    #[arg(long, env = "PUPITRE_KEY_FILE", default_value = "pupitre.key")]
    key_file: PathBuf,
}

/// Plays, prints the report, and fails if anything was lost, doubled or out of order.
pub(super) async fn run(options: WithKey) -> Result<ExitCode, Failure> {
    let tokens = match options.simulation.tokens() {
        Some(tokens) => tokens,
        None => sign(&options)?,
    };
    let report = simulate::run(options.simulation, tokens).await?;
    say(&report.to_string())?;
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn sign(options: &WithKey) -> Result<Tokens, Failure> {
    if !options.key_file.exists() {
        return Err(format!(
            "give --token and --integration-token, or the server's --key-file ({} is not there)",
            options.key_file.display()
        )
        .into());
    }
    let key = Key::from_file(&options.key_file)?;
    let livechat = LivechatId::parse(&options.simulation.livechat)?;
    let sign = |role| key.issue(&livechat, role, "simulation", TimeDelta::days(2)).map(|(token, _)| token);
    Ok(Tokens { administrator: sign(Role::Administrator)?, integration: sign(Role::Integration)? })
}
