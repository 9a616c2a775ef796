//! A fresh database, real and durable, gone at the end.

use pupitre_tests::postgres::PrivateServer;
use tempfile::TempDir;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// A server of the benchmark's own, from the binaries found, `fsync=on`, otherwise as it comes.
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
            Kind::Postgres => Self::Postgres(PrivateServer::start().await.expect("a PostgreSQL")),
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
