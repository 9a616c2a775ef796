//! The log beside what it is compared with, in one run: `cargo bench --package pupitre-benches --bench journal`.
//!
//! For each database: the stock stores of cqrs-es, a bare loop of batched INSERTs, and the journal on one
//! hot livechat and on a thousand, in turns, several rounds; then how long a command takes at a thousand a
//! second. Every event is acknowledged one by one, on a disk that syncs every write.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::time::Duration;

use clap::Parser;
use hdrhistogram::Histogram;
use journal::{Journal, Options};
use pupitre_benches::database::{Database, Kind};
use pupitre_benches::floors;
use pupitre_benches::table::{Rates, table};
use pupitre_benches::{bare, latency, stock};

#[derive(Parser)]
struct Arguments {
    /// Which database; both without it.
    #[arg(long, value_enum)]
    database: Option<Kind>,
    /// How often each is measured: 1 to 3, since each of the hundred conversations holds 10,000 messages.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=3))]
    rounds: u8,
    /// Events of each measurement of the journal and of the bare loop.
    #[arg(long, default_value_t = 200_000)]
    events: usize,
    /// Commands under way at once in the journal.
    #[arg(long, default_value_t = 9_000)]
    writers: usize,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

/// Rows of a batch of the bare loop.
const BATCHES: [usize; 2] = [100, 500];

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    for kind in [Kind::Postgres, Kind::Sqlite] {
        if arguments.database.is_none_or(|asked| asked == kind) {
            measure(kind, &arguments).await;
        }
    }
}

async fn measure(kind: Kind, arguments: &Arguments) {
    let database = Database::fresh(kind).await;
    let journal = Journal::open(&database.url(), Options::default()).await.unwrap();
    let hot = floors::open(&journal, "hot", 1, 100).await;
    let many = floors::open(&journal, "many", 1_000, 1).await;
    // On a database that rests; after the rounds it still writes its pages back for a while.
    let latency = latency::at_rate(&journal, &many, 1_000, Duration::from_secs(10)).await;
    // The database reaches its pace before anything is measured.
    floors::write(&journal, &hot, arguments.writers, arguments.events).await;
    let mut stock_rates = Rates::of("cqrs-es, stock store, 32 tasks");
    let mut bare_rates = BATCHES.map(|rows| Rates::of(format!("bare INSERT loop, {rows} rows")));
    let mut hot_rates = Rates::of("journal, one livechat");
    let mut many_rates = Rates::of("journal, 1,000 livechats");
    let mut inserted = 0;
    for round in 0..arguments.rounds {
        let young = floors::open(&journal, &format!("young-{round}"), 160, 1).await;
        let commands = young.len() * stock::COMMANDS_EACH;
        stock_rates.measured(commands, stock::write(&database, young).await);
        for (rows, rates) in BATCHES.into_iter().zip(&mut bare_rates) {
            let events = i64::try_from(arguments.events).unwrap();
            rates.measured(arguments.events, bare::insert(&database, inserted, events, rows).await);
            inserted += events;
        }
        for (exchanges, rates) in [(&hot, &mut hot_rates), (&many, &mut many_rates)] {
            let took = floors::write(&journal, exchanges, arguments.writers, arguments.events).await;
            rates.measured(arguments.events, took);
        }
    }
    let mut rates = vec![stock_rates];
    rates.extend(bare_rates);
    rates.extend([hot_rates, many_rates]);
    println!("\n{kind:?}\n\n{}", table("events", &rates));
    print_latency("", &latency);
    let after = latency::at_rate(&journal, &many, 1_000, Duration::from_secs(10)).await;
    print_latency(" right after all this", &after);
    journal.close().await;
}

fn print_latency(when: &str, took: &Histogram<u64>) {
    let millis = |quantile| Duration::from_micros(took.value_at_quantile(quantile)).as_secs_f64() * 1_000.0;
    println!(
        "\nat 1,000 commands/s{when}: p50 {:.2} ms, p99 {:.2} ms, worst {:.2} ms",
        millis(0.5),
        millis(0.99),
        millis(1.0)
    );
}
