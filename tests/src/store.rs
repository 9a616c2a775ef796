//! An empty log in each database, for tests that must hold on all of them.

use std::sync::Arc;

use domain::LivechatId;
use journal::{Position, Store};
use sqlx::{FromRow, PgPool, SqlitePool};
use tempfile::TempDir;
use uuid::Uuid;

use crate::postgres::{self, Scratch};

/// An empty log, gone when this value is.
pub struct StoreUnderTest {
    kind: Kind,
    url: String,
}

enum Kind {
    // Held for its `Drop`.
    Sqlite { _folder: TempDir },
    Postgres { _database: Scratch },
}

/// Runs the same test on each database.
pub async fn each_store(test: impl AsyncFn(StoreUnderTest)) {
    // Captured, and shown when the test fails.
    eprintln!("on SQLite");
    test(sqlite()).await;
    if let Some(store) = on_postgres().await {
        eprintln!("on PostgreSQL");
        test(store).await;
    }
}

/// An empty log in a SQLite file.
pub fn sqlite() -> StoreUnderTest {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let url = format!("sqlite://{}", folder.path().join("log.db").display());
    StoreUnderTest { kind: Kind::Sqlite { _folder: folder }, url }
}

/// An empty log in PostgreSQL; `None` where there is none.
pub async fn on_postgres() -> Option<StoreUnderTest> {
    let database = postgres::scratch().await?;
    let url = database.url().to_owned();
    Some(StoreUnderTest { kind: Kind::Postgres { _database: database }, url })
}

impl StoreUnderTest {
    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Opens it; several may be open at once, as if by several servers.
    pub async fn open(&self) -> Arc<dyn Store> {
        journal::store::open(&self.url).await.expect("the log opens")
    }

    /// A way to it that does not pass through our own code.
    pub async fn sql(&self) -> Sql {
        match self.kind {
            Kind::Sqlite { .. } => Sql::Sqlite(SqlitePool::connect(&self.url).await.expect("SQLite opens")),
            Kind::Postgres { .. } => {
                Sql::Postgres(PgPool::connect(&self.url).await.expect("PostgreSQL opens"))
            }
        }
    }
}

/// The database as SQL sees it.
pub enum Sql {
    /// A SQLite file.
    Sqlite(SqlitePool),
    /// A PostgreSQL database.
    Postgres(PgPool),
}

/// A row of the log, its JSON as the bytes that are stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct StoredRow {
    /// Its position.
    pub sequence: i64,
    /// The name of the event.
    pub event_type: String,
    /// Its version.
    pub event_version: String,
    /// The event.
    pub payload: String,
    /// About the record.
    pub metadata: String,
    /// Of which conversation.
    pub conversation_id: Option<Uuid>,
    /// Chained to the one before.
    pub hash: Vec<u8>,
}

const ROWS: &str = "
SELECT sequence, event_type, event_version, CAST(payload AS text) AS payload,
       CAST(metadata AS text) AS metadata, conversation_id, hash
FROM events WHERE aggregate_type = 'livechat' AND aggregate_id = $1 ORDER BY sequence";

impl Sql {
    /// Is it a SQLite file?
    pub const fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// Runs a statement, as somebody with the password might.
    ///
    /// # Errors
    /// What the database answers.
    pub async fn execute(&self, statement: &str) -> Result<u64, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(pool) => sqlx::query(statement).execute(pool).await?.rows_affected(),
            Self::Postgres(pool) => sqlx::query(statement).execute(pool).await?.rows_affected(),
        })
    }

    /// Takes away what keeps a log from being changed.
    pub async fn disarm(&self) {
        let triggers: &[&str] = match self {
            Self::Sqlite(_) => {
                &["DROP TRIGGER events_are_never_updated", "DROP TRIGGER events_are_never_deleted"]
            }
            Self::Postgres(_) => &["DROP TRIGGER events_are_append_only ON events"],
        };
        for trigger in triggers {
            self.execute(trigger).await.expect("the log had its triggers");
        }
    }

    /// Changes a word in the content of a record, as a disk might, or somebody who hopes not to be noticed.
    pub async fn changes(&self, livechat: &str, word: &str, into: &str) {
        let payload = match self {
            Self::Sqlite(_) => format!("replace(payload, '{word}', '{into}')"),
            Self::Postgres(_) => {
                format!("CAST(replace(CAST(payload AS text), '{word}', '{into}') AS json)")
            }
        };
        let is_it = format!("aggregate_id = '{livechat}' AND CAST(payload AS text) LIKE '%{word}%'");
        let changed = self.execute(&format!("UPDATE events SET payload = {payload} WHERE {is_it}")).await;
        assert_eq!(changed.expect("the record can be changed"), 1, "{word} is in one record");
    }

    /// The log of one livechat, as stored.
    pub async fn rows(&self, livechat: &LivechatId) -> Vec<StoredRow> {
        let rows = match self {
            Self::Sqlite(pool) => sqlx::query_as(ROWS).bind(livechat.as_str()).fetch_all(pool).await,
            Self::Postgres(pool) => sqlx::query_as(ROWS).bind(livechat.as_str()).fetch_all(pool).await,
        };
        rows.expect("the log can be read")
    }

    /// How many events the whole log holds.
    pub async fn count(&self) -> Position {
        const COUNT: &str = "SELECT COUNT(*) FROM events";
        let count: Result<i64, _> = match self {
            Self::Sqlite(pool) => sqlx::query_scalar(COUNT).fetch_one(pool).await,
            Self::Postgres(pool) => sqlx::query_scalar(COUNT).fetch_one(pool).await,
        };
        count.ok().and_then(|count| Position::try_from(count).ok()).expect("the log can be counted")
    }
}
