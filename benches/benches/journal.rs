//! quick
use pupitre_benches::database::{Database, Kind};
use pupitre_benches::floors;
#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().collect();
    let kind = if args[1] == "sqlite" { Kind::Sqlite } else { Kind::Postgres };
    let livechats: usize = args[2].parse().unwrap();
    let conv: usize = args[3].parse().unwrap();
    let writers: usize = args[4].parse().unwrap();
    let n: usize = args[5].parse().unwrap();
    use api as _;
    let db = Database::fresh(kind).await;
    let journal = journal::Journal::open(&db.url(), journal::Options::default()).await.unwrap();
    let ex = floors::open(&journal, livechats, conv).await;
    for _ in 0..3 {
        let took = floors::write(&journal, &ex, writers, n).await;
        println!("{} events/s", n as f64 / took.as_secs_f64());
    }
    journal.close().await;
}
