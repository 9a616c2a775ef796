//! `pupitre admin`: the first server administrator, and the way back in when all of them are locked out. It works on
//! the database, whether a server runs on it or not.

use std::io::{BufRead, IsTerminal, stdin};
use std::process::ExitCode;

use accounts::account::{self, Account, Draft, Filter};
use accounts::limits::PAGE_ROWS;
use accounts::link::{self, Kind};
use accounts::password::{self, Hasher, Parameters, SecretString};
use accounts::{AccountId, Actor, By, Database};
use chrono::Utc;
use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use domain::text::{Language, one_line};

use super::database;
use super::failure::Failure;
use super::output::say;

/// Options of `admin`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Make a server administrator, and print a link to choose a password with: it can be used once, within 7 days.
    Create(New),
    /// List the server administrators, disabled ones too.
    List(database::Database),
    /// Print a link to choose a new password with: it can be used once, within an hour.
    Reset(Reset),
}

/// Options of `create`.
#[derive(Debug, clap::Args)]
struct New {
    /// The e-mail address to sign in with.
    #[arg(long)]
    address: String,
    /// The name.
    #[arg(long)]
    name: String,
    /// The language of pages and mails.
    #[arg(long, value_parser = language(), default_value = "fr")]
    language: Language,
    /// Read the password from the first line of standard input, for scripts, instead of printing a link.
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    site: Site,
    #[command(flatten)]
    log: database::Database,
}

/// Options of `reset`.
#[derive(Debug, clap::Args)]
struct Reset {
    /// The e-mail address of the account.
    address: String,
    #[command(flatten)]
    site: Site,
    #[command(flatten)]
    log: database::Database,
}

#[derive(Debug, clap::Args)]
struct Site {
    /// Where browsers reach the server: what the printed link begins with.
    #[arg(long, env = "PUPITRE_BASE_URL", default_value = "http://127.0.0.1:8080")]
    base_url: url::Url,
}

/// Reads a language by its code.
fn language() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new(Language::ALL.map(Language::code))
        .try_map(|code| serde_json::from_value::<Language>(code.into()))
}

/// Does the task.
pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    let database = match &options.task {
        Task::Create(New { log, .. }) => Database::beside(&log.database).await?,
        Task::List(log) | Task::Reset(Reset { log, .. }) => Database::existing_beside(&log.database).await?,
    };
    let done = match options.task {
        Task::Create(new) => create(&database, new).await,
        Task::List(_) => list(&database).await,
        Task::Reset(reset) => print_new_link(&database, &reset).await,
    };
    database.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

fn by() -> By {
    By { actor: Actor::CommandLine, at: Utc::now(), network_address: None }
}

async fn create(database: &Database, new: New) -> Result<(), Failure> {
    // Read before anything is made.
    let password = if new.password_stdin { Some(read_password()?) } else { None };
    let draft = Draft {
        address: new.address,
        name: new.name,
        language: new.language,
        server_administrator: true,
        roles: vec![],
    };
    let Some(password) = password else {
        let account = account::create(database, &by(), draft).await?;
        return print_link(database, account.id, Kind::Invitation, &new.site).await;
    };
    let hasher = Hasher::new(Parameters::default(), None).await?;
    let account = password::create_with(database, &hasher, &by(), draft, &password).await?;
    Ok(say(&account.id.to_string())?)
}

async fn list(database: &Database) -> Result<(), Failure> {
    let filter = Filter { server_administrator: Some(true), ..Filter::default() };
    let mut table = Table::new();
    table.load_preset(NOTHING).set_header(["address", "name", "can sign in", "last sign-in", "id"]);
    let mut after = None;
    loop {
        let page = account::list(database, &filter, after.as_deref(), *PAGE_ROWS.end()).await?;
        for account in page.items {
            table.add_row(cells(&account));
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(say(&table.to_string())?)
}

fn cells(account: &Account) -> [String; 5] {
    let can_sign_in = match (account.disabled, account.has_password) {
        (Some(_), _) => "no: disabled",
        (None, false) => "no: has no password yet",
        (None, true) => "yes",
    };
    [
        one_line(account.address.reveal()),
        one_line(account.name.reveal()),
        can_sign_in.to_owned(),
        account.last_sign_in.map_or_else(|| "never".to_owned(), |at| at.format("%F %T").to_string()),
        account.id.to_string(),
    ]
}

async fn print_new_link(database: &Database, reset: &Reset) -> Result<(), Failure> {
    let account = account::by_address(database, &reset.address).await?.ok_or_else(AccountId::unknown)?;
    print_link(database, account.id, Kind::Reset, &reset.site).await
}

async fn print_link(database: &Database, id: AccountId, kind: Kind, site: &Site) -> Result<(), Failure> {
    let link = link::issue(database, &by(), id, kind).await?;
    Ok(say(&link.address(site.base_url.as_str()))?)
}

/// The first line of the input, without its end.
fn read_password() -> Result<SecretString, Failure> {
    if stdin().is_terminal() {
        return Err(
            "password: it is read from a pipe; without --password-stdin, a link is printed instead".into()
        );
    }
    let mut line = String::new();
    stdin().lock().read_line(&mut line)?;
    let password = line.strip_suffix('\n').unwrap_or(&line);
    Ok(SecretString::from(password.strip_suffix('\r').unwrap_or(password)))
}
