//! `pupitre loadtest`: play a file of conversations against a server.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::TimeDelta;
use domain::LivechatId;

use super::exit_code::exit_code;
use super::failure::Failure;
use super::output::say;
use crate::loadtest::{self, Tokens};
use api::auth::{Keys, Role};

/// The load test, and the key that signs its tokens.
#[derive(Debug, clap::Args)]
pub(super) struct WithKey {
    #[command(flatten)]
    load_test: loadtest::Options,
    /// Key file of the server, which signs the tokens that are not given.
    #[arg(long, env = "PUPITRE_KEY_FILE", default_value = "pupitre.key")]
    key_file: PathBuf,
}

/// Plays, prints the report, and fails if anything was lost, doubled or out of order.
pub(super) async fn run(options: WithKey) -> Result<ExitCode, Failure> {
    let tokens = match options.load_test.tokens() {
        Some(tokens) => tokens,
        None => sign(&options)?,
    };
    let report = loadtest::run(options.load_test, tokens).await?;
    say(&report.to_string())?;
    Ok(exit_code(report.is_clean()))
}

fn sign(options: &WithKey) -> Result<Tokens, Failure> {
    if !options.key_file.exists() {
        return Err(format!(
            "give --token and --integration-token, or the server's --key-file ({} is not there)",
            options.key_file.display()
        )
        .into());
    }
    let key = Keys::from_file(&options.key_file)?;
    let livechat = LivechatId::parse(&options.load_test.livechat)?;
    let sign = |role| key.issue(&livechat, role, "loadtest", TimeDelta::days(2)).map(|(token, _)| token);
    Ok(Tokens { administrator: sign(Role::Administrator)?, integration: sign(Role::Integration)? })
}
