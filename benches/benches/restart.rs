//! How long a long log keeps a server from answering: `cargo bench --package pupitre-benches --bench restart`.
//!
//! One livechat gets a log of ten million events. Then the server, a process of its own, is started on it
//! and killed several times: how long from the start of the process to the first command that is answered,
//! and how much memory it took at most. Its projections know nothing of that log yet, so they catch up
//! meanwhile, as after they were deleted.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::net::TcpListener;
use std::process::{Child, Command, ExitCode};
use std::time::{Duration, Instant};

use api::auth::{Keys, Role};
use chrono::TimeDelta;
use clap::Parser;
use journal::{Journal, Options};
use pupitre_benches::database::{Database, Kind};
use pupitre_benches::floors;
use pupitre_benches::table::thousands;
use serde_json::json;
use uuid::Uuid;

#[derive(Parser)]
struct Arguments {
    /// Which database.
    #[arg(long, value_enum, default_value = "postgres")]
    database: Kind,
    /// Events of the log.
    #[arg(long, default_value_t = 10_000_000)]
    events: usize,
    /// How often the server is started.
    #[arg(long, default_value_t = 5)]
    starts: usize,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    // The server is this very program in another process.
    if std::env::args().nth(1).is_some_and(|argument| argument == "serve") {
        return cli::main();
    }
    tokio::runtime::Runtime::new().unwrap().block_on(measure(&Arguments::parse()));
    ExitCode::SUCCESS
}

async fn measure(arguments: &Arguments) {
    let database = Database::fresh(arguments.database).await;
    let journal = Journal::open(&database.url(), Options::default()).await.unwrap();
    let exchanges = floors::open(&journal, "long", 1, 2_000).await;
    let took = floors::write(&journal, &exchanges, 8_000, arguments.events).await;
    let livechat = exchanges[0].livechat.clone();
    let (_, events) = journal.heads().await.unwrap().remove(0);
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let events = events as f64;
    journal.close().await;
    println!("{:?}: a log of {} events, made in {took:.0?}", arguments.database, thousands(events));

    let folder = tempfile::tempdir().unwrap();
    let key_file = folder.path().join("key");
    let (token, _) = Keys::from_file(&key_file)
        .unwrap()
        .issue(&livechat, Role::Administrator, "ada", TimeDelta::hours(1))
        .unwrap();
    let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let views = format!("sqlite://{}", folder.path().join("views.db").display());
    let mut waits = Vec::new();
    let mut memory = Vec::new();
    for start in 0..arguments.starts {
        let started = Instant::now();
        let mut server = Command::new(std::env::current_exe().unwrap())
            .args(["serve", "--database", &database.url(), "--views", &views])
            .args(["--listen", &address.to_string(), "--key-file", key_file.to_str().unwrap()])
            .env("PUPITRE_LOG", "error")
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let operator = format!("http://{address}/api/v1/livechats/{livechat}/operators/newcomer-{start}");
        register(&operator, &token).await;
        waits.push(started.elapsed());
        memory.push(peak_mib(&server));
        server.kill().unwrap();
        server.wait().unwrap();
    }
    waits.sort_unstable();
    memory.sort_unstable();
    println!(
        "from the start to the first answered command: median {:.2?}, lowest {:.2?}, highest {:.2?}; \
         peak memory until then, median {} MiB",
        waits[waits.len() / 2],
        waits[0],
        waits[waits.len() - 1],
        memory[memory.len() / 2],
    );
}

/// Registers an operator, as often as it takes to be answered.
async fn register(url: &str, token: &str) {
    let http = reqwest::Client::new();
    let key = Uuid::now_v7().to_string();
    loop {
        let request =
            http.put(url).bearer_auth(token).header("Idempotency-Key", &key).json(&json!({"name": "New"}));
        if request.send().await.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The most memory a process has had, in MiB.
fn peak_mib(process: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1_024
}
