//! `pupitre replay what-if`: a past period with other settings, hours or staff.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::SecondsFormat;
use domain::LivechatId;
use domain::settings::figures::SERVICE_LEVEL_SECONDS;
use replay::what_if::{self, Change, FIGURES, Hours, Part, Question, Set, WhatIf, chart};
use serde_json::Value;

use super::period::{Period, table};
use crate::commands::failure::Failure;
use crate::commands::output::{Bar, say};
use crate::commands::stored_log::StoredLog;

/// Options of `what-if`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    log: crate::commands::database::Database,
    /// The livechat.
    #[arg(long)]
    livechat: String,
    /// Start of the period: RFC 3339, or a date in the time zone of the livechat.
    #[arg(long)]
    from: String,
    /// End of the period (exclusive), in the same forms.
    #[arg(long)]
    to: String,
    /// A setting to change, as `capacity.conversations_per_operator=5`; the names are those of
    /// SETTINGS.md, values are JSON. May be repeated.
    #[arg(long, value_name = "SECTION.KEY=VALUE")]
    set: Vec<String>,
    /// This many more operators (`+2`) or fewer (`-1`): the longest connected are duplicated or removed.
    #[arg(long, allow_hyphen_values = true, default_value_t = 0)]
    operators: i64,
    /// Other opening hours of the week: `mon-fri 09:00-12:30,13:30-18:00; sat 10:00-16:00`, or `always`.
    #[arg(long)]
    hours: Option<String>,
    /// Seconds of the service level, on both sides; by default those of the settings.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(i64).range(SERVICE_LEVEL_SECONDS))]
    service_level: Option<i64>,
    /// The seed of the random draws: the same seed gives the same answer.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Write a chart of both sides, hour by hour, to this file.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

impl Options {
    fn question(&self) -> Result<Question, what_if::Error> {
        let set = self.set.iter().map(|set| Set::parse(set)).collect::<Result<_, _>>()?;
        let hours = self.hours.as_deref().map(Hours::parse).transpose()?;
        let change = Change { set, operators: self.operators, hours };
        Ok(Question { change, seed: self.seed, service_level_secs: self.service_level })
    }
}

/// Prints both sides.
pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    let livechat = LivechatId::parse(&options.livechat)?;
    let question = options.question()?;
    let period = Period::parse(&options.from, &options.to)?;
    let log = StoredLog::open(&options.log.database).await?;
    let answer = answer(&log, &livechat, period, &question).await;
    log.close().await;
    let answer = answer?;
    if let Some(file) = &options.svg {
        std::fs::write(file, chart::svg(&answer)).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    if options.json {
        say(&serde_json::to_string(&answer)?)?;
    } else {
        say(&text(&answer))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn answer(
    log: &StoredLog,
    livechat: &LivechatId,
    period: Period,
    question: &Question,
) -> Result<WhatIf, Failure> {
    let period = period.of(log, livechat).await?;
    let bar = Bar::of("records");
    let history = what_if::read(log, livechat, period, &|position| bar.reached(position, None)).await;
    drop(bar);
    Ok(what_if::try_otherwise(&history?, question)?)
}

/// For people: the period, then hour by hour.
fn text(answer: &WhatIf) -> String {
    let mut total = table(&["Figure", "As it was", "As it would be", "Difference"]);
    for name in FIGURES {
        let (before, after) = (answer.before.total.get(*name), answer.after.total.get(*name));
        let difference = before.and_then(Value::as_f64).zip(after.and_then(Value::as_f64));
        let difference = difference.map(|(before, after)| signed(after - before)).unwrap_or_default();
        total.add_row([(*name).to_owned(), cell(before), cell(after), difference]);
    }
    let mut hours =
        table(&["Hour", "Requests", "Refused", "Left", "Mean wait (s)", "90 % (s)", "In time", "Occupancy"]);
    for (before, after) in answer.before.hours.iter().zip(&answer.after.hours) {
        if is_quiet(before) && is_quiet(after) {
            continue;
        }
        let both = |name: &str| {
            let (before, after) = (cell(before.figures.get(name)), cell(after.figures.get(name)));
            if before == after { before } else { format!("{before} → {after}") }
        };
        hours.add_row([
            before.from.get(..16).unwrap_or(&before.from).replace('T', " "),
            both("requested"),
            both("refused"),
            both("left"),
            both("wait_served_mean_s"),
            both("wait_served_p90_s"),
            both("service_level"),
            both("occupancy"),
        ]);
    }
    format!(
        "{} from {} to {} ({}); service level within {} s; seed {}\n{total}\n{hours}\n\
         Patience: {} visitors gave up, {} were willing to wait longer than they had to{}. \
         {} acts of people were not possible any more.{}",
        answer.livechat,
        answer.from,
        answer.until,
        answer.time_zone,
        answer.service_level_s,
        answer.seed,
        answer.patience_seen,
        answer.patience_censored,
        answer.patience_median_s.map(|s| format!("; half give up within {s} s")).unwrap_or_default(),
        answer.acts_refused,
        departure(answer),
    )
}

/// Whether the other side shows the change alone.
fn departure(answer: &WhatIf) -> String {
    let Some(departs) = &answer.departs else {
        return if answer.is_history { "\nEvery event is as it was." } else { "" }.to_owned();
    };
    let named = |name: Option<&'static str>| name.unwrap_or("nothing more");
    format!(
        "\nThis history was not made by these rules: it was imported, or another version made it. With nothing \
         otherwise they do something else from record {} on ({}{}): then {}, now {}. So what differs between both sides \
         comes from the rules as well as from the change.",
        departs.position,
        departs.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        departs.conversation.as_ref().map(|id| format!(", conversation {id}")).unwrap_or_default(),
        named(departs.then),
        named(departs.now),
    )
}

/// An hour without requests and without operators.
fn is_quiet(hour: &Part) -> bool {
    let none = |name: &str| hour.figures.get(name).and_then(Value::as_f64).unwrap_or_default() == 0.0;
    none("requested") && none("online_time_s")
}

fn cell(value: Option<&Value>) -> String {
    value.filter(|value| !value.is_null()).map_or_else(|| "–".to_owned(), ToString::to_string)
}

/// To three decimals, and no more than are there.
fn signed(difference: f64) -> String {
    if difference == 0.0 {
        return String::new();
    }
    let text = format!("{difference:+.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
