//! How long a message takes to subscribers: `cargo bench --package pupitre-benches --bench live`.
//!
//! One livechat on a server that is a process of its own, with 200 operators at their desks (at sockets) and 5
//! supervisors who follow the floor (3 event streams, 2 sockets). Visitors write 1,000 messages a second
//! through their own sockets, each when it is due, whatever became of those before: a time is counted from when
//! the message was due to when it is read at the other end. Client, server and database share the machine.
//!
//! Nothing may be lost or come twice: every message comes once to one desk, and what a supervisor receives leads
//! from each position to the next.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::collections::HashMap;
use std::net::TcpListener;
use std::process::{Child, Command, ExitCode};
use std::time::Duration;

use api::auth::{Keys, Role};
use clap::Parser;
use hdrhistogram::Histogram;
use pupitre_benches::crowd::{Arrived, Changed, Place};
use pupitre_benches::database::{Database, Kind};
use reqwest::Method;
use tokio::sync::mpsc;
use tokio::time::Instant;

#[derive(Parser)]
struct Arguments {
    /// Which database; both without it.
    #[arg(long, value_enum)]
    database: Option<Kind>,
    /// Operators at their desks.
    #[arg(long, default_value_t = 200)]
    desks: usize,
    /// Conversations of each operator: 1 to 10.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=10))]
    each: u8,
    /// Supervisors who follow the floor.
    #[arg(long, default_value_t = 5)]
    supervisors: usize,
    /// More supervisors, who read nothing of what they asked for.
    #[arg(long, default_value_t = 0)]
    stopped: usize,
    /// Messages a second.
    #[arg(long, default_value_t = 1_000)]
    rate: u32,
    /// Seconds that are measured.
    #[arg(long, default_value_t = 20)]
    seconds: u32,
    /// Seconds before.
    #[arg(long, default_value_t = 3)]
    warm_up: u32,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

/// How long after the last message is waited for what is still on its way.
const STRAGGLERS: Duration = Duration::from_secs(15);

fn main() -> ExitCode {
    // The server is this very program in another process.
    if std::env::args().nth(1).is_some_and(|argument| argument == "serve") {
        return cli::main();
    }
    let arguments = Arguments::parse();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        for kind in [Kind::Sqlite, Kind::Postgres] {
            if arguments.database.is_none_or(|asked| asked == kind) {
                measure(kind, &arguments).await;
            }
        }
    });
    ExitCode::SUCCESS
}

async fn measure(kind: Kind, arguments: &Arguments) {
    let database = Database::fresh(kind).await;
    let folder = tempfile::tempdir().unwrap();
    let key_file = folder.path().join("key");
    let key = Keys::from_file(&key_file).unwrap();
    let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().to_string();
    let server = Command::new(std::env::current_exe().unwrap())
        .args(["serve", "--database", &database.url(), "--listen", &address])
        .args(["--key-file", key_file.to_str().unwrap()])
        .env("PUPITRE_LOG", "error")
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut server = Server(server);
    let place = Place::new(address, "floor", key);
    place.is_ready().await;
    place.opens(arguments.desks, arguments.each.into()).await;
    let (arrived, arrivals) = mpsc::unbounded_channel();
    let (picked_up, mut pick_ups) = mpsc::unbounded_channel();
    for desk in 0..arguments.desks {
        place.desk(desk, arrived.clone(), picked_up.clone()).await;
    }
    let mut visitors = Vec::new();
    for visitor in 0..arguments.desks * usize::from(arguments.each) {
        visitors.push(place.visitor(visitor).await);
        pick_ups.recv().await.unwrap();
    }
    let mut supervisors = Vec::new();
    for supervisor in 0..arguments.supervisors {
        supervisors.push(place.supervisor(supervisor % 5 >= 3).await);
    }
    let mut stopped = Vec::new();
    for _ in 0..arguments.stopped {
        stopped.push(place.stopped().await);
    }
    let before = peak_mib(&server.0);

    let messages = usize::try_from(arguments.rate * (arguments.warm_up + arguments.seconds)).unwrap();
    let interval = Duration::from_secs(1) / arguments.rate;
    let begun = Instant::now() + Duration::from_millis(100);
    let due = |number: usize| begun + interval * u32::try_from(number).unwrap();
    let collecting = tokio::spawn(collect(arrivals, messages, due(messages) + STRAGGLERS));
    let watching = tokio::spawn(watch_rows(place.clone(), due(messages)));
    for number in 0..messages {
        tokio::time::sleep_until(due(number)).await;
        visitors[number % visitors.len()].writes(number).await;
    }
    let arrivals = collecting.await.unwrap();
    let mut rows = watching.await.unwrap();
    let last = arrivals.iter().map(|arrived| arrived.position).max().unwrap_or_default();

    let mut desks = Times::new();
    let mut times = HashMap::<usize, u32>::new();
    let warm_up = usize::try_from(arguments.rate * arguments.warm_up).unwrap();
    for arrived in &arrivals {
        *times.entry(arrived.number).or_default() += 1;
        if arrived.number >= warm_up {
            desks.took(arrived.at - due(arrived.number));
        }
    }
    let missing = messages - times.len();
    let doubled = times.values().filter(|times| **times > 1).count();
    let mut floor = Times::new();
    let (mut gaps, mut frames) = (0, 0);
    for changes in supervisors {
        let changes = until(changes, last).await;
        frames += changes.len();
        gaps += changes.windows(2).filter(|pair| pair[1].after != pair[0].position).count();
        for arrived in arrivals.iter().filter(|arrived| arrived.number >= warm_up) {
            let told = changes.partition_point(|change| change.position < arrived.position);
            match changes.get(told) {
                Some(change) => floor.took(change.at - due(arrived.number)),
                None => gaps += 1,
            }
        }
    }
    println!(
        "\n{kind:?}: {} messages/s for {} s, {} conversations, {} desks, {} supervisors, {} who read nothing\n",
        arguments.rate,
        arguments.seconds,
        visitors.len(),
        arguments.desks,
        arguments.supervisors,
        stopped.len()
    );
    println!("| due to read, ms           |    p50 |    p99 |  p99.9 |    max |  count |");
    println!("|---------------------------|-------:|-------:|-------:|-------:|-------:|");
    desks.print("at the desk");
    floor.print("at a supervisor");
    rows.print("in the rows, after the desk");
    println!(
        "\nlost {missing}, doubled {doubled}, gaps of supervisors {gaps}; {frames} frames to supervisors; \
         server's memory at most {} MiB, {before} MiB before",
        peak_mib(&server.0)
    );
    server.0.kill().unwrap();
    server.0.wait().unwrap();
}

/// The server, killed whatever happens.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What arrives at desks, until all is there or it is too late.
async fn collect(
    mut arrivals: mpsc::UnboundedReceiver<Arrived>,
    messages: usize,
    end: Instant,
) -> Vec<Arrived> {
    let mut all = Vec::with_capacity(messages);
    while all.len() < messages
        && let Ok(Some(arrived)) = tokio::time::timeout_at(end, arrivals.recv()).await
    {
        all.push(arrived);
    }
    // One that comes twice may come late.
    while let Ok(Some(arrived)) = tokio::time::timeout(Duration::from_secs(1), arrivals.recv()).await {
        all.push(arrived);
    }
    all
}

/// What a supervisor received, until it leads to the last position.
async fn until(mut changes: mpsc::UnboundedReceiver<Changed>, last: u64) -> Vec<Changed> {
    let mut all: Vec<Changed> = Vec::new();
    while all.last().is_none_or(|change| change.position < last)
        && let Ok(Some(change)) = tokio::time::timeout(STRAGGLERS, changes.recv()).await
    {
        all.push(change);
    }
    all
}

/// Now and then, how long after a command was answered the rows say what it did.
async fn watch_rows(place: Place, end: Instant) -> Times {
    let mut times = Times::new();
    let mut number = 0;
    while Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let operator = format!("/operators/operator-{}/status", number % 2);
        let status = if number % 4 < 2 { "on_break" } else { "available" };
        let status = serde_json::json!({ "status": status });
        let done = place.ask(Role::Supervisor, Method::PUT, &operator, Some(status)).await;
        let asked = Instant::now();
        let read = format!("/conversations?limit=1&at_least={}", done["position"]);
        place.ask(Role::Supervisor, Method::GET, &read, None).await;
        times.took(asked.elapsed());
        number += 1;
    }
    times
}

/// Times in microseconds.
struct Times(Histogram<u64>);

impl Times {
    fn new() -> Self {
        Self(Histogram::new_with_max(60_000_000, 3).unwrap())
    }

    fn took(&mut self, time: Duration) {
        self.0.saturating_record(u64::try_from(time.as_micros()).unwrap());
    }

    fn print(&mut self, name: &str) {
        let millis =
            |quantile| Duration::from_micros(self.0.value_at_quantile(quantile)).as_secs_f64() * 1_000.0;
        println!(
            "| {name:<25} | {:>6.1} | {:>6.1} | {:>6.1} | {:>6.1} | {:>6} |",
            millis(0.5),
            millis(0.99),
            millis(0.999),
            millis(1.0),
            self.0.len()
        );
    }
}

/// The most memory a process has had, in MiB.
fn peak_mib(process: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1_024
}
