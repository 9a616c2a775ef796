//! `pupitre replay forecast`: the staff that each half hour needs, on each weekday.
//!
//! How it is printed is in [`report`].

mod report;

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use domain::{LivechatId, Rejection};
use replay::forecast::{self, Measured, Method, Promise, Times, Traffic};
use replay::what_if;

use self::report::{Day, Forecast, Needs};
use super::period::Period;
use crate::commands::failure::Failure;
use crate::commands::output::{Bar, print, say};
use crate::commands::stored_log::StoredLog;

/// The longest period that is measured: ten years.
const DAYS_MAX: i64 = 3_660;

/// Options of `forecast`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    log: crate::commands::database::Database,
    /// Measure arrivals, handling times and patience in the past of this livechat.
    #[arg(long, requires = "from", requires = "to", required_unless_present = "arrivals")]
    livechat: Option<String>,
    /// Start of the period: RFC 3339, or a date in the time zone of the livechat.
    #[arg(long, requires = "livechat")]
    from: Option<String>,
    /// End of the period (exclusive), in the same forms.
    #[arg(long, requires = "livechat")]
    to: Option<String>,
    /// Visitors per half hour, instead of measured ones.
    #[arg(long, requires = "handle", conflicts_with = "livechat", value_parser = amount)]
    arrivals: Option<f64>,
    /// Mean handling time of a conversation, as `300s` or `5min`.
    #[arg(long, conflicts_with = "livechat", value_parser = duration)]
    handle: Option<f64>,
    /// Mean time after which a visitor gives up; without it nobody does.
    #[arg(long, conflicts_with = "livechat", value_parser = duration)]
    patience: Option<f64>,
    /// Conversations that an operator has at once; by default as in the settings, or 1.
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..=10))]
    capacity: Option<i64>,
    /// The service level: this percentage of the visitors answered within this many seconds.
    #[arg(long, default_value = "80/20", value_parser = promise)]
    service_level: Promise,
    /// Visitors per simulation.
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    visitors: u32,
    /// The seed of the random draws: the same seed gives the same answer.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Print a table as CSV: a line for each half hour of all days and of each weekday.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

fn promise(text: &str) -> Result<Promise, String> {
    Promise::parse(text).ok_or_else(|| "as 80/20: 1 to 99.9 percent, within 0 to 3600 seconds".to_owned())
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
    let measured = match &options.livechat {
        Some(livechat) => Some(measured(&options, livechat).await?),
        None => None,
    };
    let mut traffic = measured.as_ref().map_or_else(|| given(&options), |measured| measured.traffic.clone());
    if let Some(capacity) = options.capacity {
        traffic.conversations_per_operator = capacity;
    }
    let days = match &measured {
        Some(measured) => Day::of(measured),
        None => vec![Day { weekday: None, half_hours: vec![(None, options.arrivals.unwrap_or_default())] }],
    };
    let arrivals = days.iter().flat_map(|day| day.half_hours.iter().map(|(_, count)| *count));
    let needs = needs(&traffic, &method, arrivals.collect())?;
    let forecast = Forecast { traffic: &traffic, method: &method, measured: measured.as_ref(), days, needs };
    if options.json {
        say(&forecast.as_json().to_string())?;
    } else if options.csv {
        print(&forecast.as_csv()?)?;
    } else {
        say(&forecast.text())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What so many visitors in half an hour need, for each number of them: on all cores, since each is a simulation of its
/// own.
fn needs(traffic: &Traffic, method: &Method, arrivals: Vec<f64>) -> Result<Needs, Failure> {
    let distinct: BTreeSet<u64> = arrivals.into_iter().map(f64::to_bits).collect();
    let distinct: Vec<u64> = distinct.into_iter().collect();
    let bar = Bar::of("half hours that differ");
    let all = u64::try_from(distinct.len()).ok();
    let (next, needs) = (AtomicUsize::new(0), Mutex::new(Needs::new()));
    let work = || -> Result<(), Rejection> {
        while let Some(bits) = distinct.get(next.fetch_add(1, Ordering::Relaxed)) {
            let traffic = Traffic { arrivals_per_hour: f64::from_bits(*bits) * 2.0, ..traffic.clone() };
            let need = forecast::need(&traffic, method)?;
            let mut needs = needs.lock().unwrap_or_else(PoisonError::into_inner);
            needs.insert(*bits, need);
            bar.reached(needs.len() as u64, all);
        }
        Ok(())
    };
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| {
            worker
                .join()
                .map_err(|_| Failure::from("a simulation did not come to its end"))?
                .map_err(Failure::from)
        })
    })?;
    Ok(needs.into_inner().unwrap_or_else(PoisonError::into_inner))
}

async fn measured(options: &Options, livechat: &str) -> Result<Measured, Failure> {
    let livechat = LivechatId::parse(livechat)?;
    let (from, to) = (options.from.as_deref().unwrap_or_default(), options.to.as_deref().unwrap_or_default());
    let period = Period::parse(from, to)?;
    let log = StoredLog::open(&options.log.database).await?;
    let bar = Bar::of("records");
    let history = async {
        let period = period.of(&log, &livechat).await?;
        if (period.1 - period.0).num_days() > DAYS_MAX {
            return Err(Failure::from(format!("--to {to}: at most {DAYS_MAX} days after --from")));
        }
        Ok(what_if::read(&log, &livechat, period, &|position| bar.reached(position, None)).await?)
    };
    let history = history.await;
    log.close().await;
    let measured = forecast::measure(&history?);
    if measured.traffic.arrivals_per_hour > 0.0 {
        return Ok(measured);
    }
    let closed = measured.while_closed;
    Err(format!(
        "nothing to measure from {from} to {to}: nobody asked for a conversation while {livechat} was open, and {closed} \
         did while it was closed"
    )
    .into())
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
