//! A fresh database, real and durable, gone at the end.

use pupitre_tests::postgres::PrivateServer;
use sqlx::{Connection, Executor, PgConnection};
use tempfile::TempDir;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// A server of the benchmark's own, from the binaries found, `fsync=on`, with room for its write-ahead
    /// log and its pages, and otherwise as it comes.
    Postgres,
    /// A file, WAL, `synchronous=FULL`.
    Sqlite,
}

/// A fresh database.
pub enum Database {
    /// A server of one's own.
    Postgres(PrivateServer),
    /// A file in a folder of one's own.
    Sqlite(TempDir),
}

impl Database {
    /// An empty database.
    pub async fn fresh(kind: Kind) -> Self {
        match kind {
            Kind::Postgres => {
                let server = PrivateServer::start().await.expect("a PostgreSQL");
                broken_in(&server).await;
                Self::Postgres(server)
            }
            Kind::Sqlite => Self::Sqlite(tempfile::tempdir().expect("a scratch folder")),
        }
    }

    /// Its address.
    pub fn url(&self) -> String {
        match self {
            Self::Postgres(server) => server.url().to_owned(),
            Self::Sqlite(folder) => format!("sqlite://{}", folder.path().join("log.db").display()),
        }
    }
}

/// A server set up as for production, which has run for a while: it has memory for the pages in use, all of it
/// touched before, and writes its log into files that are there already. A fresh one makes a new one every
/// 16 MB, and everybody waits for that.
async fn broken_in(server: &PrivateServer) {
    const SETTINGS: [&str; 3] = [
        "ALTER SYSTEM SET shared_buffers = '2GB'",
        "ALTER SYSTEM SET max_wal_size = '8GB'",
        "ALTER SYSTEM SET min_wal_size = '4GB'",
    ];
    // An INSERT of rows goes through the memory for pages, which CREATE TABLE AS goes around.
    const STEPS: [&str; 5] = [
        "CREATE TABLE breaking_in (filling text)",
        "INSERT INTO breaking_in SELECT repeat(md5(n::text), 30) FROM generate_series(1, 1800000) AS n",
        "DROP TABLE breaking_in",
        "CHECKPOINT",
        "CHECKPOINT",
    ];
    run(server.url(), &SETTINGS).await;
    server.stop();
    server.restart().await;
    run(server.url(), &STEPS).await;
}

async fn run(url: &str, statements: &[&'static str]) {
    let mut connection = PgConnection::connect(url).await.expect("PostgreSQL");
    for statement in statements {
        connection.execute(*statement).await.expect("a step of breaking in");
    }
}
