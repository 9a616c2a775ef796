//! `pupitre replay selftest`: simulates the server for a number of seeds, on all cores. No database is needed.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use replay::simulation::{self, Counts, Outcome};
use serde_json::json;

use crate::commands::exit_code::exit_code;
use crate::commands::failure::Failure;
use crate::commands::output::{Bar, say};

/// Options of `selftest`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// How many seeds to run, one after the other on each core.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    seeds: u64,
    /// The first seed; by default one taken from the clock.
    #[arg(long)]
    from_seed: Option<u64>,
    /// Run only this seed, and print everything that happens in it.
    #[arg(long, conflicts_with_all = ["seeds", "from_seed"])]
    seed: Option<u64>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Fails when something that always holds did not.
pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    match options.seed {
        Some(seed) => one(seed, options.json),
        None => many(options),
    }
}

fn one(seed: u64, as_json: bool) -> Result<ExitCode, Failure> {
    // The runtime of a simulation is its own: it starts outside of any other.
    let outcome = std::thread::spawn(move || simulation::simulate(seed, true)).join();
    let outcome = outcome.map_err(|_| "the simulation panicked")??;
    if as_json {
        say(&serde_json::to_string(&outcome)?)?;
    } else {
        for line in &outcome.story {
            say(line)?;
        }
        say(&format!("seed {seed}: {}, trace {:016x}", summary(&outcome.counts), outcome.trace))?;
        if let Some(failure) = &outcome.failure {
            say(&failure.to_string())?;
        }
    }
    Ok(exit_code(outcome.failure.is_none()))
}

fn many(options: &Options) -> Result<ExitCode, Failure> {
    let from = options.from_seed.unwrap_or_else(unheard_of);
    let seeds = from..from.saturating_add(options.seeds);
    let bar = Bar::of("seeds");
    let started = Instant::now();
    let (mut all, mut failures) = (Counts::default(), vec![]);
    for (done, outcome) in (1..).zip(outcomes(seeds.clone())) {
        let outcome = outcome?;
        all += outcome.counts;
        failures.extend(outcome.failure);
        bar.reached(done, Some(options.seeds));
    }
    drop(bar);
    let elapsed = started.elapsed();
    failures.sort_unstable_by_key(|failure| failure.seed);
    if options.json {
        let found = json!({
            "from_seed": from, "seeds": options.seeds, "failures": failures, "counts": all,
            "faults": all.faults(), "elapsed_seconds": elapsed.as_secs_f64(),
            "events_per_minute": per_minute(all.events, elapsed),
            "commands_per_minute": per_minute(all.commands, elapsed),
            "crashes_per_minute": per_minute(all.crashes, elapsed),
            "faults_per_minute": per_minute(all.faults(), elapsed),
        });
        say(&found.to_string())?;
    } else {
        for failure in &failures {
            say(&failure.to_string())?;
        }
        say(&format!(
            "{} of {} seeds from {from} on failed, in {:.1} s: {}",
            failures.len(),
            options.seeds,
            elapsed.as_secs_f64(),
            summary(&all)
        ))?;
        say(&format!(
            "a minute covers {:.0} events, {:.0} commands, {:.0} crashes and {:.0} faults of all kinds",
            per_minute(all.events, elapsed),
            per_minute(all.commands, elapsed),
            per_minute(all.crashes, elapsed),
            per_minute(all.faults(), elapsed)
        ))?;
    }
    Ok(exit_code(failures.is_empty()))
}

/// What came of each seed, in the order in which they end.
fn outcomes(seeds: std::ops::Range<u64>) -> impl Iterator<Item = Result<Outcome, Failure>> {
    let next = std::sync::Arc::new(AtomicU64::new(seeds.start));
    let (sender, outcomes) = mpsc::channel();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    for _ in 0..cores {
        let (next, sender, end) = (next.clone(), sender.clone(), seeds.end);
        std::thread::spawn(move || {
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                let is_wanted =
                    || sender.send(simulation::simulate(seed, false).map_err(Failure::from)).is_ok();
                if seed >= end || !is_wanted() {
                    return;
                }
            }
        });
    }
    outcomes.into_iter()
}

/// A seed that differs from start to start, and leaves room for as many as anybody runs.
fn unheard_of() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.as_secs().wrapping_mul(1_000_003)
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn per_minute(count: u64, elapsed: Duration) -> f64 {
    count as f64 * 60.0 / elapsed.as_secs_f64().max(f64::EPSILON)
}

fn summary(counts: &Counts) -> String {
    format!(
        "{} events, {} commands, {} crashes and {} faults in {} steps and {} simulated seconds",
        counts.events,
        counts.commands,
        counts.crashes,
        counts.faults(),
        counts.steps,
        counts.seconds
    )
}
