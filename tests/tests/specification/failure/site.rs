//! The program in a process of its own, over a PostgreSQL that the test lets fail.

use std::path::Path;
use std::time::Duration;

use pupitre_tests::actors::Answer;
use pupitre_tests::patience::{eventually, eventually_some};
use pupitre_tests::process::ServerProcess;
use pupitre_tests::store::Sql;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tempfile::TempDir;

use super::talk::Talk;

const PROGRAM: &str = env!("CARGO_BIN_EXE_pupitre-under-test");
/// How long the test itself waits for a database that is away.
const ASK_FOR: Duration = Duration::from_secs(5);

/// A server in a process of its own.
pub(super) struct Site {
    pub(super) server: ServerProcess,
    database: String,
    process: Option<u32>,
    key: TempDir,
}

impl Site {
    /// Starts the server on a database.
    pub(super) async fn on(database: &str) -> Self {
        Self::with_key(database, tempfile::tempdir().unwrap()).await
    }

    async fn with_key(database: &str, key: TempDir) -> Self {
        let key_file = key.path().join("key");
        let server = ServerProcess::start(Path::new(PROGRAM), database, &key_file).await;
        Self { process: server.pid(), server, database: database.to_owned(), key }
    }

    /// Starts another server on the same database, which accepts the same tokens.
    pub(super) async fn twin(&self) -> Self {
        let key = tempfile::tempdir().unwrap();
        std::fs::copy(self.key.path().join("key"), key.path().join("key")).unwrap();
        Self::with_key(&self.database, key).await
    }

    /// Alice and Zoe talk in a new livechat.
    pub(super) async fn talk(&self, livechat: &str) -> Talk {
        Talk::begins(self.server.livechat(livechat)).await
    }

    /// What `/readyz` answers.
    pub(super) async fn readiness(&self) -> Answer {
        self.server.anybody().get("/readyz").await
    }

    /// Waits until the server says that it cannot serve, and looks at how it says so.
    pub(super) async fn is_unready(&self) {
        let answer = eventually_some("the server says that it cannot serve", async || {
            Some(self.readiness().await).filter(|answer| answer.status != 200)
        })
        .await;
        assert_eq!(answer.retry_after.as_deref(), Some("1"), "{answer:?}");
        answer.is_problem(503, "database_unavailable");
    }

    /// Waits until the server says that it can serve; it is the same process as at the beginning.
    pub(super) async fn is_ready(&mut self) {
        eventually("the server says that it can serve", async || self.readiness().await.status == 200).await;
        assert!(self.process.is_some());
        assert_eq!(self.server.pid(), self.process);
    }

    /// A way to the database that does not pass through the server, with one connection.
    pub(super) async fn sql(&self) -> Sql {
        let options: PgConnectOptions = self.database.parse().unwrap();
        let one = PgPoolOptions::new().max_connections(1).acquire_timeout(ASK_FOR);
        Sql::Postgres(one.connect_with(options.application_name(BYSTANDER)).await.unwrap())
    }
}

/// What connections of the tests are called, to tell them from those of the server.
pub(super) const BYSTANDER: &str = "bystander";
