//! The raw limit of the database: a loop that inserts batches of ready-made rows into a table of the seven
//! columns of the common format, on one connection, each batch durable before the next.

use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};

use crate::database::Database;
use crate::floors::TEXT;

const TABLE: &str = "
CREATE TABLE IF NOT EXISTS bare (
    aggregate_type text NOT NULL, aggregate_id text NOT NULL, sequence bigint NOT NULL, event_type text NOT NULL,
    event_version text NOT NULL, payload json NOT NULL, metadata json NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence))";

const UNNEST: &str = "
INSERT INTO bare SELECT 'livechat', 'livechat-0', sequence, 'conversation.message_posted', '1.0', payload::json, metadata::json
FROM unnest($1::bigint[], $2::text[], $3::text[]) AS batch (sequence, payload, metadata)";

/// A message as the journal stores it.
fn payload(number: i64) -> String {
    format!(
        r#"{{"at":"2026-01-05T09:00:00.123Z","by":{{"visitor":"visitor-12"}},"fact":{{"conversation":{{"conversation":"019b8d5c-7f80-7aa0-8000-0123456789ab","operator":"operator-1","fact":{{"message_posted":{{"number":{number},"voice":"visitor","phrase":null,"text":"{TEXT}"}}}}}}}}}}"#
    )
}

const METADATA: &str = r#"{"command":"019b8d5c-7f80-7aa0-8000-0123456789ab"}"#;

/// Inserts so many rows, in batches, after those that `from` counts. Tells how long all of it took.
pub async fn insert(database: &Database, from: i64, rows: i64, batch: usize) -> Duration {
    let numbers: Vec<i64> = (from + 1..=from + rows).collect();
    let payloads: Vec<String> = numbers.iter().map(|number| payload(*number)).collect();
    let batches = numbers.chunks(batch).zip(payloads.chunks(batch));
    match database {
        Database::Postgres(server) => {
            let mut connection = PgConnection::connect(server.url()).await.expect("PostgreSQL");
            connection.execute(TABLE).await.expect("a table");
            let started = Instant::now();
            for (numbers, payloads) in batches {
                let query =
                    sqlx::query(UNNEST).bind(numbers).bind(payloads).bind(vec![METADATA; numbers.len()]);
                query.execute(&mut connection).await.expect("a batch");
            }
            started.elapsed()
        }
        Database::Sqlite(_) => {
            let options: SqliteConnectOptions = database.url().parse().expect("an address");
            let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
            let mut connection = SqliteConnection::connect_with(&options).await.expect("SQLite");
            connection.execute(TABLE).await.expect("a table");
            let started = Instant::now();
            for (numbers, payloads) in batches {
                let row = "('livechat', 'livechat-0', ?, 'conversation.message_posted', '1.0', ?, ?)";
                let statement = format!("INSERT INTO bare VALUES {}", vec![row; numbers.len()].join(", "));
                let mut query = sqlx::query(&statement);
                for (number, payload) in numbers.iter().zip(payloads) {
                    query = query.bind(number).bind(payload).bind(METADATA);
                }
                query.execute(&mut connection).await.expect("a batch");
            }
            started.elapsed()
        }
    }
}
