//! `pupitre token`: issue a token with the key of a server.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{TimeDelta, Utc};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use domain::{ConversationId, LivechatId, StaffId, VisitorId};
use uuid::Uuid;

use super::failure::Failure;
use super::output::say;
use api::auth::{Keys, Role, VisitorPass};
use api::limits::SIGNED_TOKEN_HOURS_MAX;

/// Options of `token`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The livechat that the token is valid for.
    #[arg(long)]
    livechat: String,
    /// The role of its bearer.
    #[arg(long, value_parser = role())]
    role: Role,
    /// The bearer: the operator's or visitor's id, or a name for staff and integrations.
    #[arg(long)]
    subject: String,
    /// Hours that the token is valid for: 1 to 8760.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(i64).range(1..=SIGNED_TOKEN_HOURS_MAX))]
    hours: i64,
    /// The conversation that a visitor's token opens, as a UUID; without it, the token may request one.
    #[arg(long)]
    conversation: Option<Uuid>,
    /// The key file of the server.
    #[arg(long, env = "PUPITRE_KEY_FILE", default_value = "pupitre.key")]
    key_file: PathBuf,
}

/// Reads a role by its name.
fn role() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::name))
        .try_map(|name| serde_json::from_value::<Role>(name.into()))
}

/// Prints the token.
pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let livechat = LivechatId::parse(&options.livechat)?;
    StaffId::parse(&options.subject).map_err(|error| format!("subject: {}", error.allowed))?;
    let keys = Keys::from_file(&options.key_file)?;
    let lifetime = TimeDelta::hours(options.hours);
    let (token, _) = match options.conversation {
        None => keys.issue(&livechat, options.role, &options.subject, lifetime)?,
        Some(_) if options.role != Role::Visitor => {
            return Err("conversation: with the role visitor only".into());
        }
        Some(id) => {
            let (visitor, conversation) = (VisitorId::parse(&options.subject)?, ConversationId(id));
            let pass = VisitorPass { visitor, conversation, authenticated: false };
            keys.issue_to_visitor(&livechat, &pass, None, Utc::now() + lifetime)?
        }
    };
    say(&token)?;
    Ok(ExitCode::SUCCESS)
}
