//! How quickly the past is read, and how quickly all of it is verified:
//! `cargo bench --package pupitre-benches --bench replay`.
//!
//! One livechat gets a log; state snapshots are created along it; then its state is read at random positions and
//! times; then everything is verified.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::time::{Duration, Instant};

use clap::Parser;
use domain::LivechatId;
use hdrhistogram::Histogram;
use journal::store::open;
use pupitre_benches::database::{Database, Kind};
use pupitre_benches::history::{self, Service};
use pupitre_benches::table::thousands;
use replay::snapshots::{Pace, create};
use replay::{AsOf, as_of, verify};

#[derive(Parser)]
struct Arguments {
    /// Which database.
    #[arg(long, value_enum, default_value = "sqlite")]
    database: Kind,
    /// Events of the log.
    #[arg(long, default_value_t = 1_000_000)]
    events: usize,
    /// Conversations that go on at any time.
    #[arg(long, default_value_t = 200)]
    at_once: usize,
    /// Questions about the past.
    #[arg(long, default_value_t = 300)]
    questions: u64,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    tokio::runtime::Runtime::new().unwrap().block_on(measure(&Arguments::parse()));
}

async fn measure(arguments: &Arguments) {
    let database = Database::fresh(arguments.database).await;
    let at_once = arguments.at_once;
    let service = Service { name: "past", livechats: 1, operators: at_once / 3 + 1, at_once };
    let store = open(&database.url()).await.unwrap();
    let logs = history::of(&service, arguments.events);
    history::store(&*store, &logs).await;
    let (events, times) = (logs[0].len() as u64, (logs[0][0].event.at, logs[0][logs[0].len() - 1].event.at));
    let livechat: LivechatId = logs[0][0].livechat.clone();
    drop(logs);

    let begun = Instant::now();
    let created = create(&store, &livechat, Pace::FULL, |_| {}).await.unwrap();
    println!(
        "{} events, {} snapshots of {} bytes in all ({} bytes an event), created in {:.1?} ({} events/s)",
        thousands(of(events)),
        created.snapshots,
        thousands(of(created.bytes)),
        created.bytes / events.max(1),
        begun.elapsed(),
        thousands(of(events) / begun.elapsed().as_secs_f64()),
    );

    let mut drawn = 1_u64;
    let mut draw = |among: u64| {
        drawn = drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (drawn >> 33) % among.max(1)
    };
    let span = u64::try_from((times.1 - times.0).num_milliseconds()).unwrap();
    for by_time in [false, true] {
        let mut took = Histogram::<u64>::new(3).unwrap();
        for _ in 0..arguments.questions {
            let until = if by_time {
                let after = Duration::from_millis(draw(span));
                AsOf::Time(times.0 + chrono::TimeDelta::from_std(after).unwrap())
            } else {
                AsOf::Position(1 + draw(events))
            };
            let begun = Instant::now();
            let past = as_of::in_store(&store, &livechat, until).await.unwrap();
            let board = past.floor.view();
            took.record(u64::try_from(begun.elapsed().as_micros()).unwrap()).unwrap();
            assert!(board.is_some() || past.position == 0);
        }
        let millis = |quantile| of(took.value_at_quantile(quantile)) / 1e3;
        println!(
            "the board at a random {}: p50 {:.1} ms, p99 {:.1} ms, worst {:.1} ms",
            if by_time { "time" } else { "position" },
            millis(0.5),
            millis(0.99),
            of(took.max()) / 1e3,
        );
    }

    let verified = verify(&store, None, None, &|_, _| {}).await.unwrap();
    println!(
        "verified {} events and {} snapshots in {:.1?}: {} events/s; {} findings",
        thousands(of(verified.events)),
        verified.state_snapshots,
        verified.elapsed,
        thousands(verified.events_per_second()),
        verified.found.count(),
    );
    for finding in verified.found.findings.iter().take(5) {
        println!("{finding}");
    }
    store.close().await;
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
const fn of(count: u64) -> f64 {
    count as f64
}
