//! `pupitre api-keys`: make, list and revoke the keys of programs, in the database itself.
//!
//! Whoever may open the database may do all of this without the server, which notices it within a second. As a token
//! that is signed with the server's key, it is not in the audit log: the list says that it was made here.

use std::process::ExitCode;

use accounts::Database;
use accounts::api_keys::{ApiKey, ApiKeys, Created, Grant, LIVE_KEYS_MAX, Secret};
use accounts::database::accounts_beside;
use api::auth::rights::scopes_of;
use chrono::{DateTime, SecondsFormat, Utc};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use domain::LivechatId;
use domain::event::ProgramRole;
use domain::id::ApiKeyId;
use domain::text::Name;
use ipnet::IpNet;
use uuid::Uuid;

use super::exit_code::exit_code;
use super::failure::Failure;
use super::output::say;

/// Who it was, in the list.
const BY: &str = "command line";

/// Keys read at once.
const PAGE: i64 = 200;

/// Options of `api-keys`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Where the log is kept: the accounts are beside it.
    #[arg(long, env = "PUPITRE_DATABASE", default_value = "sqlite://pupitre.db", global = true)]
    database: String,
    /// Where accounts and keys are kept, if not beside the log.
    #[arg(long, env = "PUPITRE_ACCOUNTS", global = true)]
    accounts: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a key, and print its secret: it is shown this once.
    Create(Create),
    /// List the keys of a livechat, the newest first, one line each.
    List {
        /// The livechat.
        #[arg(long)]
        livechat: String,
    },
    /// Revoke a key, for good; the server refuses it within a second.
    Revoke {
        /// The livechat.
        #[arg(long)]
        livechat: String,
        /// The id of the key, a UUID.
        key: Uuid,
    },
}

#[derive(Debug, clap::Args)]
struct Create {
    /// The livechat that the key is for.
    #[arg(long)]
    livechat: String,
    /// What it is called: 1 to 100 characters.
    #[arg(long)]
    name: String,
    /// The role that it gives; with the last two it only reads.
    #[arg(long, value_parser = role())]
    role: ProgramRole,
    /// What it is limited to, as `conversations:write`; may be repeated. Without it, all that its role may do.
    #[arg(long = "scope")]
    scopes: Vec<String>,
    /// When it expires, as `2027-01-31T00:00:00Z`; without it, it is good until it is revoked.
    #[arg(long)]
    expires_at: Option<DateTime<Utc>>,
    /// A network that it may be used from, as `192.0.2.0/24`; may be repeated. Without it, from everywhere.
    #[arg(long = "network")]
    networks: Vec<IpNet>,
}

/// Reads a role by its name.
fn role() -> impl TypedValueParser<Value = ProgramRole> {
    PossibleValuesParser::new(["integration", "supervisor", "analyst"])
        .try_map(|name| serde_json::from_value::<ProgramRole>(name.into()))
}

/// Does it.
pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    let address = options.accounts.unwrap_or_else(|| accounts_beside(&options.database));
    let database = Database::open(&address).await?;
    let keys = ApiKeys::new(database.clone());
    let done = match options.command {
        Command::Create(asked) => create(&keys, asked).await,
        Command::List { livechat } => list(&keys, &LivechatId::parse(&livechat)?).await,
        Command::Revoke { livechat, key } => {
            revoke(&keys, &LivechatId::parse(&livechat)?, ApiKeyId(key)).await
        }
    };
    database.close().await;
    done
}

async fn create(keys: &ApiKeys, asked: Create) -> Result<ExitCode, Failure> {
    let livechat = LivechatId::parse(&asked.livechat)?;
    let known = scopes_of(asked.role);
    if let Some(wrong) = asked.scopes.iter().find(|scope| !known.contains(*scope)) {
        let known = known.into_iter().collect::<Vec<_>>().join(", ");
        return Err(format!("scope: {wrong} is none of {known}").into());
    }
    let now = Utc::now();
    if asked.expires_at.is_some_and(|end| end <= now) {
        return Err("expires-at: a time later than now".into());
    }
    let grant = Grant {
        name: Name::parse(asked.name)?,
        role: asked.role,
        scopes: Some(asked.scopes).filter(|scopes| !scopes.is_empty()),
        expires_at: asked.expires_at,
        networks: asked.networks.iter().map(IpNet::trunc).collect(),
    };
    let secret = Secret::draw()?;
    match keys.create((&livechat, ApiKeyId(Uuid::now_v7())), &grant, &secret, (now, BY)).await? {
        Created::New(_) => {
            say(secret.reveal())?;
            Ok(ExitCode::SUCCESS)
        }
        Created::NameTaken => Err("name: another key of this livechat has it, which is not revoked".into()),
        Created::TooMany => Err(format!("at most {LIVE_KEYS_MAX} keys that are not revoked").into()),
        Created::Before(_) => Err("the same key again".into()),
    }
}

async fn list(keys: &ApiKeys, livechat: &LivechatId) -> Result<ExitCode, Failure> {
    let mut before = None;
    loop {
        let page = keys.page(livechat, before, PAGE).await?;
        for key in &page {
            say(&line(key))?;
        }
        let Some(last) = page.last() else { return Ok(ExitCode::SUCCESS) };
        before = Some(last.number);
    }
}

fn line(key: &ApiKey) -> String {
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let state = match (&key.revoked, key.grant.expires_at) {
        (Some((at, by)), _) => format!("revoked {} by {by}", time(*at)),
        (None, Some(end)) if end <= Utc::now() => format!("expired {}", time(end)),
        (None, Some(end)) => format!("until {}", time(end)),
        (None, None) => "active".to_owned(),
    };
    let used = key.last_used_at.map_or_else(|| "never used".to_owned(), |at| format!("used {}", time(at)));
    let role = api::auth::Role::from(key.grant.role).name();
    let (id, start, name) = (key.id, &key.start, &key.grant.name);
    format!("{id} {start}… {role} {state}, {used}, by {}: {name}", key.created_by)
}

async fn revoke(keys: &ApiKeys, livechat: &LivechatId, id: ApiKeyId) -> Result<ExitCode, Failure> {
    let revoked = keys.revoke((livechat, id), (Utc::now(), BY)).await?;
    match &revoked {
        Some(key) => say(&line(key))?,
        None => eprintln!("pupitre: there is no key {id} in {livechat}"),
    }
    Ok(exit_code(revoked.is_some()))
}
