//! The projections: `cargo bench --package pupitre-benches --bench projections`.
//!
//! For each database: how fast empty tables catch up with a log, over fifty livechats and in one; how fast
//! the folds alone are, in memory; how long the board of a large floor takes to read, and how long it takes
//! until a message is in the rows.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]
#![expect(clippy::cast_precision_loss, reason = "a rate is a floating-point number")]

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use clap::Parser;
use domain::LivechatId;
use hdrhistogram::Histogram;
use journal::store::{self, Store};
use journal::{Journal, Options, Position, Record};
use projections::audit::AuditSubjects;
use projections::conversations::Conversations;
use projections::floor::{FloorConversations, FloorLivechats, FloorOperators};
use projections::outbox::Outbox;
use projections::search::SearchLines;
use projections::settings::Settings;
use projections::survey_answers::PendingSurveys;
use projections::transcript::Transcript;
use projections::{BoxError, LiveFloor, Memory, Projection, Queries, Runner, follow, maintenance};
use pupitre_benches::database::{Database, Kind};
use pupitre_benches::history::{self, Service};
use pupitre_benches::spent::{Meter, Spent};
use pupitre_benches::table::thousands;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

#[derive(Parser)]
struct Arguments {
    /// Which database; both without it.
    #[arg(long, value_enum)]
    database: Option<Kind>,
    /// How often each is measured.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Events of a log.
    #[arg(long, default_value_t = 300_000)]
    events: usize,
    /// Only this part: `fold`, `catch-up`, `floor`.
    #[arg(long)]
    only: Option<String>,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

/// Fifty small services, and a large one.
const SERVICES: [Service; 2] = [
    Service { name: "fifty", livechats: 50, operators: 2, at_once: 10 },
    Service { name: "one", livechats: 1, operators: 60, at_once: 300 },
];
/// The largest floor of all.
const FLOOR: Service = Service { name: "floor", livechats: 1, operators: 200, at_once: 600 };
/// Events after which every place of that floor has had several conversations.
const FLOOR_EVENTS: usize = 40_000;
/// Boards that are read, and messages that are waited for.
const QUESTIONS: usize = 2_000;

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let asked = |part: &str| arguments.only.as_ref().is_none_or(|only| only == part);
    if asked("fold") {
        for service in SERVICES {
            fold(service.name, &history::of(&service, arguments.events), arguments.rounds);
        }
    }
    for kind in [Kind::Postgres, Kind::Sqlite] {
        if arguments.database.is_none_or(|asked| asked == kind) {
            let database = Database::fresh(kind).await;
            if asked("catch-up") {
                catch_up(kind, &database, &arguments).await;
            }
            if asked("floor") {
                floor(kind, &database).await;
            }
        }
    }
}

/// Some livechats of a log.
struct Stored(Journal, Vec<(LivechatId, Position)>);

#[async_trait]
impl projections::EventSource for Stored {
    async fn heads(&self) -> Result<Vec<(LivechatId, Position)>, BoxError> {
        Ok(self.1.clone())
    }

    async fn read(
        &self,
        livechat: &LivechatId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Arc<Record>>, BoxError> {
        Ok(self.0.read(livechat, after, limit).await?)
    }

    fn subscribe(&self) -> broadcast::Receiver<journal::Batch> {
        self.0.batches()
    }

    fn now(&self) -> domain::Timestamp {
        self.0.clock().now()
    }
}

/// Where the rows of a round go.
async fn views(database: &Database, round: usize) -> (projections::Database, Option<tempfile::TempDir>) {
    match database {
        Database::Postgres(server) => {
            let mut connection =
                <sqlx::PgConnection as sqlx::Connection>::connect(server.url()).await.unwrap();
            for statement in ["DROP SCHEMA IF EXISTS projections CASCADE", "CHECKPOINT"] {
                sqlx::Executor::execute(&mut connection, statement).await.unwrap();
            }
            (projections::Database::open(server.url()).await.unwrap(), None)
        }
        Database::Sqlite(_) => {
            let folder = tempfile::tempdir().unwrap();
            let url = file_in(&folder, round);
            (projections::Database::open(&url).await.unwrap(), Some(folder))
        }
    }
}

fn file_in(folder: &tempfile::TempDir, round: usize) -> String {
    format!("sqlite://{}/views-{round}.db", folder.path().display())
}

async fn catch_up(kind: Kind, database: &Database, arguments: &Arguments) {
    let store: Arc<dyn Store> = store::open(&database.url()).await.unwrap();
    println!("\n{kind:?}: catching up\n");
    println!("| log | events | events/s | program, µs/event | server, µs/event | peak, MiB |");
    println!("|---|---:|---:|---:|---:|---:|");
    for service in SERVICES {
        let name = service.name;
        let logs = history::of(&service, arguments.events);
        history::store(&*store, &logs).await;
        let heads: Vec<(LivechatId, Position)> =
            logs.iter().map(|log| log.last().unwrap()).map(|e| (e.livechat.clone(), e.position)).collect();
        let events: usize = logs.iter().map(Vec::len).sum();
        drop(logs);
        let mut rounds = Vec::new();
        for round in 0..arguments.rounds {
            let (views, _folder) = views(database, round).await;
            let journal = Journal::open(&database.url(), Options::default()).await.unwrap();
            let meter = Meter::start(database).await;
            let cancel = CancellationToken::new();
            let runner = Runner::new(views.clone());
            let task = tokio::spawn(follow(Stored(journal.clone(), heads.clone()), runner, cancel.clone()));
            let reader = Queries::new(views.clone());
            for (livechat, head) in &heads {
                assert!(reader.wait_for(livechat, *head, Duration::from_secs(600)).await.unwrap());
            }
            let spent = meter.stop();
            eprintln!("{name}: {spent:?}");
            rounds.push(spent);
            cancel.cancel();
            task.await.unwrap();
            views.close().await;
            journal.close().await;
        }
        println!("| {name} | {} | {} |", thousands(events as f64), line(events, rounds));
        let mut rounds = Vec::new();
        for round in 0..arguments.rounds {
            let (views, folder) = views(database, round).await;
            views.close().await;
            let url = folder.as_ref().map_or_else(|| database.url(), |folder| file_in(folder, round));
            let journal = Journal::open(&database.url(), Options::default()).await.unwrap();
            let meter = Meter::start(database).await;
            let log = Arc::new(Stored(journal.clone(), heads.clone()));
            let rebuilt = maintenance::rebuild(&url, &log, &|_, _| {}).await.unwrap();
            let spent = meter.stop();
            // Timers that were due when the log was opened have added a few.
            assert!(rebuilt.events >= events as u64);
            eprintln!("{name}, built anew: {spent:?}");
            rounds.push(spent);
            journal.close().await;
        }
        println!("| {name}, built anew | {} | {} |", thousands(events as f64), line(events, rounds));
    }
    store.close().await;
}

fn line(events: usize, mut rounds: Vec<Spent>) -> String {
    rounds.sort_by_key(|spent| spent.time);
    let median = rounds[rounds.len() / 2];
    let per_second = |spent: &Spent| events as f64 / spent.time.as_secs_f64();
    let per_event = |time: Duration| time.as_secs_f64() * 1e6 / events as f64;
    format!(
        "{} ({} to {}) | {:.1} | {:.1} | {}",
        thousands(per_second(&median)),
        thousands(per_second(rounds.last().unwrap())),
        thousands(per_second(&rounds[0])),
        per_event(median.program),
        per_event(median.server),
        rounds.iter().map(|spent| spent.peak_mib).max().unwrap()
    )
}

fn fold(name: &str, logs: &[Vec<Arc<Record>>], rounds: usize) {
    fn one<P: Projection>(logs: &[Vec<Arc<Record>>], rounds: usize) -> (f64, usize) {
        let mut times = Vec::new();
        let mut rows = 0;
        for _ in 0..rounds {
            let mut memory = Memory::<P>::default();
            let started = Instant::now();
            for event in logs.iter().flatten() {
                memory.apply(event);
            }
            times.push(started.elapsed());
            rows = memory.len();
        }
        times.sort();
        let events: usize = logs.iter().map(Vec::len).sum();
        (times[times.len() / 2].as_secs_f64() * 1e9 / events as f64, rows)
    }
    println!("\nfolding in memory, {name}\n");
    println!("| projection | ns/event | rows |");
    println!("|---|---:|---:|");
    let stateful = [
        ("floor_livechats", one::<FloorLivechats>(logs, rounds)),
        ("floor_operators", one::<FloorOperators>(logs, rounds)),
        ("floor_conversations", one::<FloorConversations>(logs, rounds)),
        ("conversations", one::<Conversations>(logs, rounds)),
        ("audit_subjects", one::<AuditSubjects>(logs, rounds)),
        ("pending_surveys", one::<PendingSurveys>(logs, rounds)),
    ];
    let others = [
        ("transcript", one::<Transcript>(logs, rounds)),
        ("settings", one::<Settings>(logs, rounds)),
        ("outbox", one::<Outbox>(logs, rounds)),
        ("search_lines", one::<SearchLines>(logs, rounds)),
    ];
    let live = live_board(logs, rounds);
    for (name, (nanos, rows)) in stateful.iter().chain(&others).chain([&("a live floor", live)]) {
        println!("| {name} | {nanos:.0} | {rows} |");
    }
    let sum = |of: &[(&str, (f64, usize))]| of.iter().map(|(_, (nanos, _))| nanos).sum::<f64>();
    println!(
        "a live floor: {} events/s; all with state: {} events/s; all: {} events/s",
        thousands(1e9 / live.0),
        thousands(1e9 / sum(&stateful)),
        thousands(1e9 / (sum(&stateful) + sum(&others)))
    );
}

/// The floor as live feeds and time travel hold it: livechat, operators, conversations, queue and calls for help.
fn live_board(logs: &[Vec<Arc<Record>>], rounds: usize) -> (f64, usize) {
    let mut times = Vec::new();
    let mut rows = 0;
    for _ in 0..rounds {
        let started = Instant::now();
        rows = 0;
        for log in logs {
            let mut board = LiveFloor::empty(log[0].livechat.clone());
            for event in log {
                board.apply(event);
            }
            rows += board.view().map_or(0, |board| board.conversations.len());
        }
        times.push(started.elapsed());
    }
    times.sort();
    let events: usize = logs.iter().map(Vec::len).sum();
    (times[times.len() / 2].as_secs_f64() * 1e9 / events as f64, rows)
}

/// How long the board of a large floor takes to read, and a batch of one message to be written, one after the
/// other.
async fn floor(kind: Kind, database: &Database) {
    let events = history::of(&FLOOR, FLOOR_EVENTS + QUESTIONS).remove(0);
    let livechat = events[0].livechat.clone();
    let (views, _folder) = views(database, 0).await;
    let runner = Runner::new(views.clone());
    let (before, live) = events.split_at(events.len() - QUESTIONS);
    for batch in before.chunks(5_000) {
        runner.apply(batch).await.unwrap();
    }
    let reader = Queries::new(views.clone());
    let mut reads = Histogram::<u64>::new(3).unwrap();
    let mut size = (0, 0);
    for _ in 0..QUESTIONS {
        let started = Instant::now();
        let board = reader.floor(&livechat).await.unwrap().unwrap();
        reads.record(u64::try_from(started.elapsed().as_micros()).unwrap()).unwrap();
        size = (board.operators.len(), board.conversations.len());
    }
    let board = reader.floor(&livechat).await.unwrap().unwrap();
    let live_board = LiveFloor::seeded(livechat, board, HashMap::new());
    let mut answers = Histogram::<u64>::new(3).unwrap();
    for _ in 0..QUESTIONS {
        let started = Instant::now();
        let answer = serde_json::to_vec(&live_board.view().unwrap()).unwrap();
        answers.record(u64::try_from(started.elapsed().as_micros()).unwrap()).unwrap();
        assert!(answer.len() > size.1 * 100);
    }
    let mut writes = Histogram::<u64>::new(3).unwrap();
    for event in live {
        let started = Instant::now();
        runner.apply(std::slice::from_ref(event)).await.unwrap();
        writes.record(u64::try_from(started.elapsed().as_micros()).unwrap()).unwrap();
    }
    views.close().await;
    println!("\n{kind:?}: a floor of {} operators and {} conversations\n", size.0, size.1);
    println!("| | p50, ms | p99, ms |");
    println!("|---|---:|---:|");
    for (name, took) in [
        ("the whole board is read from the rows", reads),
        ("the whole board is answered from memory, as JSON", answers),
        ("one event is in the rows", writes),
    ] {
        let millis =
            |quantile| Duration::from_micros(took.value_at_quantile(quantile)).as_secs_f64() * 1_000.0;
        println!("| {name} | {:.2} | {:.2} |", millis(0.5), millis(0.99));
    }
}
