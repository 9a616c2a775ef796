//! A PostgreSQL to test on.
//!
//! [`scratch`] gives an empty database: on the server that `DATABASE_URL` names, else on a private
//! server started once for the whole test binary from the programs found on this machine. Without
//! either the tests on PostgreSQL are skipped, loudly; `PUPITRE_TESTS_NEED_POSTGRES=1` makes that a
//! failure. [`PrivateServer`] is a server of one's own, to stop, kill and restart, also on a small disk.

mod machine;
mod private;

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, PgConnection};
use tokio::sync::OnceCell;

pub use private::{PrivateServer, Settings};

/// An empty database, dropped when this value is.
pub struct Scratch {
    server: String,
    name: String,
    url: String,
}

/// An empty database, or `None` where there is no PostgreSQL.
pub async fn scratch() -> Option<Scratch> {
    let server = match std::env::var("DATABASE_URL") {
        Ok(url) if url.starts_with("postgres") => url,
        _ => shared().await?.url().to_owned(),
    };
    let name = format!("pupitre_test_{}", uuid::Uuid::now_v7().simple());
    let options = PgConnectOptions::from_str(&server).expect("an address of a PostgreSQL");
    // `template0` has no other users, so that several databases can be made at once.
    execute(&options, &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
        .await
        .expect("an empty database is made");
    let url = options.database(&name).to_url_lossy().to_string();
    Some(Scratch { server, name, url })
}

impl Scratch {
    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // A drop cannot await; a thread with a runtime of its own can.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let options = PgConnectOptions::from_str(&server)?;
            let statement = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            runtime.block_on(execute(&options, &statement))
        });
        if let Ok(Err(error)) = dropping.join() {
            eprintln!("the database {} is left behind: {error}", self.name);
        }
    }
}

async fn execute(options: &PgConnectOptions, statement: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect_with(options).await?;
    connection.execute(statement).await?;
    connection.close().await
}

/// The private server that all tests of this binary share.
async fn shared() -> Option<&'static PrivateServer> {
    static SHARED: OnceCell<Option<PrivateServer>> = OnceCell::const_new();
    SHARED.get_or_init(PrivateServer::start_or_skip).await.as_ref()
}
