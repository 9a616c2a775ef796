//! What is said otherwise in SQLite.

use chrono::DateTime;
use domain::{Timestamp, with_millis};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, TryFutureExt};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Row, Sqlite};

use super::pages::SqlitePages;
use crate::log::store::dialect::{Dialect, Statement, Value};
use crate::log::store::sql;

impl Dialect for Sqlite {
    type Pages = SqlitePages;

    const CONVERSATION: &str = sql::conversation!(
        "(SELECT DISTINCT value AS place FROM conversation_records, json_each(sequences)
          WHERE conversation_id = $3 AND livechat = $2) AS noted
         CROSS JOIN events ON aggregate_type = $1 AND aggregate_id = $2 AND sequence = place"
    );

    fn bind<'q>(statement: Statement<'q, Self>, value: Value<'q>) -> Statement<'q, Self> {
        match value {
            Value::Text(text) => statement.bind(text),
            Value::Number(number) => statement.bind(number),
            Value::Flag(flag) => statement.bind(flag),
            Value::Bytes(bytes) => statement.bind(bytes),
            Value::Conversation(id) => statement.bind(id.0),
            // Milliseconds since 1970.
            Value::Time(at) => statement.bind(at.map(|at| at.timestamp_millis())),
            // Text, as the common format has it.
            Value::RecordTime(at) => statement.bind(with_millis(at, str::to_owned)),
        }
    }

    fn fetch<'e, 'q: 'e>(
        statement: Statement<'q, Self>,
        connection: &'e mut SqliteConnection,
    ) -> BoxStream<'e, Result<SqliteRow, sqlx::Error>> {
        statement.fetch(connection)
    }

    fn execute<'e, 'q: 'e>(
        statement: Statement<'q, Self>,
        connection: &'e mut SqliteConnection,
    ) -> BoxFuture<'e, Result<u64, sqlx::Error>> {
        statement.execute(connection).map_ok(|done| done.rows_affected()).boxed()
    }

    fn text(row: &SqliteRow, column: usize) -> Result<String, sqlx::Error> {
        row.try_get(column)
    }

    fn number(row: &SqliteRow, column: usize) -> Result<i64, sqlx::Error> {
        row.try_get(column)
    }

    fn flag(row: &SqliteRow, column: usize) -> Result<bool, sqlx::Error> {
        row.try_get(column)
    }

    fn bytes(row: &SqliteRow, column: usize) -> Result<Option<Vec<u8>>, sqlx::Error> {
        row.try_get(column)
    }

    fn time(row: &SqliteRow, column: usize) -> Result<Option<Timestamp>, sqlx::Error> {
        let millis: Option<i64> = row.try_get(column)?;
        Ok(millis.and_then(DateTime::from_timestamp_millis))
    }
}
