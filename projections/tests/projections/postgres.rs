//! A PostgreSQL database of its own for one test: made when asked for, dropped at the end, also when
//! the test fails.

use std::io::Write as _;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use sqlx::{Connection, PgConnection};

/// Where to look when `DATABASE_URL` does not say.
const LOCAL: &str = "postgres://postgres@127.0.0.1:5432/postgres";

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A database that goes away with this value.
pub(crate) struct ScratchDatabase {
    server: String,
    name: String,
}

impl ScratchDatabase {
    /// Makes an empty database; `None`, and loudly, when there is no server.
    pub(crate) async fn create() -> Option<Self> {
        let server = std::env::var("DATABASE_URL").unwrap_or_else(|_| LOCAL.to_owned());
        let mut connection = match PgConnection::connect(&server).await {
            Ok(connection) => connection,
            Err(error) => {
                // Not through `eprintln!`, which a passing test swallows.
                let _ = writeln!(
                    std::io::stderr(),
                    "SKIPPED: no PostgreSQL ({error}); set DATABASE_URL to test on it"
                );
                return None;
            }
        };
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
        let name = format!("scratch_{}_{}_{nanos}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        sqlx::query(&format!("CREATE DATABASE {name}")).execute(&mut connection).await.unwrap();
        Some(Self { server, name })
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        let (server, query) = match self.server.split_once('?') {
            Some((server, query)) => (server, format!("?{query}")),
            None => (self.server.as_str(), String::new()),
        };
        let authority = server.rsplit_once('/').map_or(server, |(authority, _)| authority);
        format!("{authority}/{}{query}", self.name)
    }
}

impl Drop for ScratchDatabase {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // Dropped inside a runtime that cannot wait: a thread with its own does.
        let dropping = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                if let Ok(mut connection) = PgConnection::connect(&server).await {
                    let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                    if let Err(error) = sqlx::query(&drop).execute(&mut connection).await {
                        eprintln!("{name} stays behind: {error}");
                    }
                }
            });
        });
        let _ = dropping.join();
    }
}
