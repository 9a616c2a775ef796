//! `pupitre replay forecast`: the staff that each half hour needs.

use std::process::ExitCode;

use chrono::NaiveTime;
use domain::LivechatId;
use replay::forecast::{self, Measured, Method, Need, Promise, Times, Traffic};
use replay::what_if;
use serde_json::{Value, json};

use super::period::{Period, table};
use crate::cli::Failure;
use crate::cli::projections::StoredLog;
use crate::cli::terminal::{Bar, say};

/// Options of `forecast`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    log: crate::cli::log::Database,
    /// Measure what comes, how long it takes and how long visitors wait in the past of this livechat.
    #[arg(long, requires = "from", requires = "to", required_unless_present = "arrivals")]
    livechat: Option<String>,
    /// The first moment of the period that is measured: RFC 3339, or a date by the clocks of the livechat.
    #[arg(long, requires = "livechat")]
    from: Option<String>,
    /// The first moment after it, in the same forms.
    #[arg(long, requires = "livechat")]
    to: Option<String>,
    /// Visitors per half hour, instead of those that were measured.
    #[arg(long, requires = "handle", conflicts_with = "livechat", value_parser = amount)]
    arrivals: Option<f64>,
    /// Mean time of a conversation, as `300s` or `5min`.
    #[arg(long, conflicts_with = "livechat", value_parser = duration)]
    handle: Option<f64>,
    /// Mean time after which a visitor gives up; without it nobody does.
    #[arg(long, conflicts_with = "livechat", value_parser = duration)]
    patience: Option<f64>,
    /// Conversations that an operator has at once; by default those of the settings, or 1.
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..=10))]
    capacity: Option<i64>,
    /// What is promised: so many percent of the visitors answered within so many seconds.
    #[arg(long, default_value = "80/20", value_parser = promise)]
    service_level: Promise,
    /// Visitors in each simulation.
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    visitors: u32,
    /// Where the draws begin: the same seed gives the same answer.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

fn promise(text: &str) -> Result<Promise, String> {
    Promise::parse(text).ok_or_else(|| "as 80/20: 1 to 99 percent, within 0 to 3600 seconds".to_owned())
}

fn amount(text: &str) -> Result<f64, String> {
    let amount = text.parse().ok().filter(|amount: &f64| (0.0..=100_000.0).contains(amount));
    amount.ok_or_else(|| "0 to 100000".to_owned())
}

/// Seconds of `300s`, `5min` or `300`.
fn duration(text: &str) -> Result<f64, String> {
    let (number, unit) = match text.strip_suffix("min") {
        Some(minutes) => (minutes, 60.0),
        None => (text.strip_suffix('s').unwrap_or(text), 1.0),
    };
    let seconds = number.trim().parse().ok().map(|number: f64| number * unit);
    let seconds = seconds.filter(|seconds| (0.001..=86_400.0).contains(seconds));
    seconds.ok_or_else(|| "as 300s or 5min: up to a day".to_owned())
}

/// Prints what each half hour needs.
pub(super) async fn run(options: Options) -> Result<ExitCode, Failure> {
    let method = Method { promise: options.service_level, visitors: options.visitors, seed: options.seed };
    let (half_hours, mut traffic) = match &options.livechat {
        Some(livechat) => {
            let measured = measured(&options, livechat).await?;
            (
                measured.half_hours.into_iter().map(|(time, count)| (Some(time), count)).collect(),
                measured.traffic,
            )
        }
        None => (vec![(None, options.arrivals.unwrap_or_default())], given(&options)),
    };
    if let Some(capacity) = options.capacity {
        traffic.conversations_per_operator = capacity;
    }
    let mut needs: Vec<(Option<NaiveTime>, Need)> = vec![];
    let bar = Bar::of("half hours");
    let all = u64::try_from(half_hours.len()).ok();
    for (done, (time, arrivals)) in (1..).zip(half_hours) {
        let traffic = Traffic { arrivals_per_hour: arrivals * 2.0, ..traffic.clone() };
        needs.push((time, forecast::need(&traffic, &method)?));
        bar.reached(done, all);
    }
    drop(bar);
    if options.json {
        say(&as_json(&traffic, &method, &needs).to_string())?;
    } else {
        say(&told(&traffic, &method, &needs))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn measured(options: &Options, livechat: &str) -> Result<Measured, Failure> {
    let livechat = LivechatId::parse(livechat)?;
    let (from, to) = (options.from.as_deref().unwrap_or_default(), options.to.as_deref().unwrap_or_default());
    let period = Period::parse(from, to)?;
    let log = StoredLog::open(&options.log.database).await?;
    let bar = Bar::of("records");
    let history = async {
        let period = period.of(&log, &livechat).await?;
        what_if::read(&log, &livechat, period, &|position| bar.reached(position, None)).await
    };
    let history = history.await;
    log.close().await;
    Ok(forecast::measure(&history?))
}

fn given(options: &Options) -> Traffic {
    let exponential = |seconds: f64| Times::Exponential(seconds * 1e3);
    Traffic {
        arrivals_per_hour: 0.0,
        pick_up: Times::None,
        handle: options.handle.map_or(Times::None, exponential),
        patience: options.patience.map(exponential),
        conversations_per_operator: 1,
    }
}

fn seconds(times: &Times) -> Option<f64> {
    times.mean().map(|millis| (millis / 100.0).round() / 10.0)
}

fn as_json(traffic: &Traffic, method: &Method, needs: &[(Option<NaiveTime>, Need)]) -> Value {
    let half_hours = needs.iter().map(|(time, need)| {
        let from = time.map(|time| time.format("%H:%M").to_string());
        json!({ "from": from, "need": need })
    });
    json!({
        "service_level": method.promise,
        "seed": method.seed,
        "visitors_per_simulation": method.visitors,
        "conversations_per_operator": traffic.conversations_per_operator,
        "handle_mean_s": seconds(&traffic.handle),
        "pick_up_mean_s": seconds(&traffic.pick_up),
        "patience_mean_s": traffic.patience.as_ref().and_then(seconds),
        "half_hours": half_hours.collect::<Vec<_>>(),
    })
}

fn told(traffic: &Traffic, method: &Method, needs: &[(Option<NaiveTime>, Need)]) -> String {
    let mut table = table(&[
        "Half hour",
        "Visitors",
        "Load",
        "Operators",
        "In time",
        "Gave up",
        "Mean wait (s)",
        "Erlang C",
        "Erlang A",
    ]);
    let count = |count: Option<u32>| count.map_or_else(|| "–".to_owned(), |count| count.to_string());
    // Half hours in which nobody comes need nobody.
    for (time, need) in needs.iter().filter(|(_, need)| need.arrivals > 0.0) {
        let share = |of: fn(&forecast::Simulated) -> f64| {
            need.simulated.as_ref().map_or_else(|| "–".to_owned(), |it| format!("{:.1} %", of(it) * 100.0))
        };
        table.add_row([
            time.map(|time| time.format("%H:%M").to_string()).unwrap_or_default(),
            format!("{:.1}", need.arrivals),
            format!("{:.2}", need.load_erlangs),
            count(need.operators),
            share(|it| it.service_level),
            share(|it| it.abandonment),
            need.simulated.as_ref().map_or_else(|| "–".to_owned(), |it| format!("{:.1}", it.mean_wait_s)),
            count(need.erlang_c),
            count(need.erlang_a),
        ]);
    }
    let mean = |times: &Times| seconds(times).map_or_else(|| "unknown".to_owned(), |s| format!("{s} s"));
    format!(
        "{:.0} % answered within {} s; {} conversations per operator, handle time {}, pick-up {}, patience {}\n{table}",
        method.promise.share * 100.0,
        method.promise.within_s,
        traffic.conversations_per_operator,
        mean(&traffic.handle),
        mean(&traffic.pick_up),
        traffic.patience.as_ref().map_or_else(|| "endless".to_owned(), mean),
    )
}
