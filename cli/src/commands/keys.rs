//! `pupitre keys`: list the keys that sign tokens, add one that signs from now on, and retire one that did. A server
//! that runs follows within a second.
//!
//! No secret is printed, here or anywhere.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use clap::Subcommand;
use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use serde_json::{Value, json};

use super::failure::Failure;
use super::output::say;
use api::auth::{Key, KeyFile, KeyId, Ring};
use api::limits::{SIGNED_TOKEN_HOURS_MAX, VISITOR_TOKEN_HOURS};

/// Options of `keys`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show each key: its id, when it was made, and until when it checks tokens.
    List(Target),
    /// Add a new key, which signs from now on, and drop those whose time is over. Nobody is signed out.
    Rotate {
        #[command(flatten)]
        target: Target,
        /// Hours that the key before goes on checking the tokens it has signed: 24 to 8760. A server signs for 24 hours
        /// at most; with fewer hours than `pupitre token` was given, what that signed ends with its key.
        #[arg(long, env = "PUPITRE_KEEP_HOURS", default_value_t = SIGNED_TOKEN_HOURS_MAX, value_parser = clap::value_parser!(i64).range(VISITOR_TOKEN_HOURS..=SIGNED_TOKEN_HOURS_MAX))]
        keep_hours: i64,
    },
    /// Drop a key that no longer signs. Fails while it still checks tokens.
    Retire {
        #[command(flatten)]
        target: Target,
        /// The id of the key.
        id: String,
        /// Also while it checks tokens: whoever has one that it signed is signed out at once.
        #[arg(long)]
        now: bool,
    },
}

/// The keys, and the form of the output.
#[derive(Debug, clap::Args)]
struct Target {
    /// The key file of the server.
    #[arg(long, env = "PUPITRE_KEY_FILE", default_value = "pupitre.key")]
    key_file: PathBuf,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Target {
    fn file(&self) -> KeyFile {
        KeyFile::at(&self.key_file)
    }

    /// Prints a result, in one of both forms.
    fn say(&self, object: &Value, text: &str) -> std::io::Result<()> {
        if self.json { say(&object.to_string()) } else { say(text) }
    }
}

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    match &options.command {
        Command::List(target) => list(target)?,
        Command::Rotate { target, keep_hours } => rotate(target, *keep_hours)?,
        Command::Retire { target, id, now } => retire(target, id, *now)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A key as it is shown; until when it checks, if it no longer signs.
struct Shown<'a> {
    key: &'a Key,
    checks_until: Option<DateTime<Utc>>,
}

/// Every key, oldest first.
fn shown(ring: &Ring) -> impl Iterator<Item = Shown<'_>> {
    let former = ring.former().iter();
    let former = former.map(|former| Shown { key: &former.key, checks_until: Some(former.checks_until) });
    former.chain(std::iter::once(Shown { key: ring.signing(), checks_until: None }))
}

fn list(target: &Target) -> Result<(), Failure> {
    let ring = target.file().read()?;
    let objects = shown(&ring).map(|Shown { key, checks_until }| {
        json!({
            "id": key.id().as_str(),
            "made_at": seconds(key.made_at()),
            "signs": checks_until.is_none(),
            "checks_until": checks_until.map(seconds),
        })
    });
    let object = json!({ "keys": objects.collect::<Vec<_>>() });
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED);
    table.set_header(["Key", "Made", "Signs", "Checks until"]);
    for Shown { key, checks_until } in shown(&ring) {
        let signs = if checks_until.is_none() { "yes" } else { "" };
        let until = checks_until.map(|until| {
            let over = if until <= Utc::now() { " (over)" } else { "" };
            format!("{}{over}", seconds(until))
        });
        table.add_row([
            key.id().to_string(),
            seconds(key.made_at()),
            signs.to_owned(),
            until.unwrap_or_default(),
        ]);
    }
    target.say(&object, &table.to_string())?;
    Ok(())
}

fn rotate(target: &Target, keep_hours: i64) -> Result<(), Failure> {
    let rotation = target.file().rotate(TimeDelta::hours(keep_hours))?;
    let signs = rotation.ring.signing().id();
    let before = rotation.ring.former().last().map(|before| (before.key.id(), seconds(before.checks_until)));
    let dropped: Vec<&str> = rotation.dropped.iter().map(KeyId::as_str).collect();
    let object = json!({
        "signs": signs.as_str(),
        "before": before.as_ref().map(|(id, until)| json!({ "id": id.as_str(), "checks_until": until })),
        "dropped": dropped,
    });
    let mut lines = vec![format!("{signs} signs from now on")];
    lines.extend(before.map(|(id, until)| format!("{id} checks what it has signed until {until}")));
    lines.extend(dropped.iter().map(|id| format!("{id} is dropped: its time was over")));
    target.say(&object, &lines.join("\n"))?;
    Ok(())
}

fn retire(target: &Target, id: &str, at_once: bool) -> Result<(), Failure> {
    let id = KeyId::parse(id)
        .ok_or("the id of a key is 16 hexadecimal digits, as `pupitre keys list` shows them")?;
    target.file().retire(&id, at_once)?;
    target.say(&json!({ "retired": id.as_str() }), &format!("{id} is retired"))?;
    Ok(())
}

fn seconds(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
