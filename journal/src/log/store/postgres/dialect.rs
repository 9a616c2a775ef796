//! What is said otherwise in PostgreSQL.

use domain::Timestamp;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, TryFutureExt};
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Postgres, Row};

use super::pages::PostgresPages;
use crate::log::store::dialect::{Dialect, Statement, Value};
use crate::log::store::sql;

impl Dialect for Postgres {
    type Pages = PostgresPages;

    const CONVERSATION: &str = sql::conversation!(
        "(SELECT DISTINCT unnest(sequences) AS place FROM conversation_records
          WHERE conversation_id = $3 AND livechat = $2) AS noted
         CROSS JOIN LATERAL (SELECT * FROM events
                             WHERE aggregate_type = $1 AND aggregate_id = $2 AND sequence = place LIMIT 1) AS record"
    );

    fn bind<'q>(statement: Statement<'q, Self>, value: Value<'q>) -> Statement<'q, Self> {
        match value {
            Value::Text(text) => statement.bind(text),
            Value::Number(number) => statement.bind(number),
            Value::Flag(flag) => statement.bind(flag),
            Value::Bytes(bytes) => statement.bind(bytes),
            Value::Conversation(id) => statement.bind(id.0),
            Value::Time(at) => statement.bind(at),
            Value::RecordTime(at) => statement.bind(at),
        }
    }

    fn fetch<'e, 'q: 'e>(
        statement: Statement<'q, Self>,
        connection: &'e mut PgConnection,
    ) -> BoxStream<'e, Result<PgRow, sqlx::Error>> {
        statement.fetch(connection)
    }

    fn execute<'e, 'q: 'e>(
        statement: Statement<'q, Self>,
        connection: &'e mut PgConnection,
    ) -> BoxFuture<'e, Result<u64, sqlx::Error>> {
        statement.execute(connection).map_ok(|done| done.rows_affected()).boxed()
    }

    fn text(row: &PgRow, column: usize) -> Result<String, sqlx::Error> {
        row.try_get(column)
    }

    fn number(row: &PgRow, column: usize) -> Result<i64, sqlx::Error> {
        row.try_get(column)
    }

    fn flag(row: &PgRow, column: usize) -> Result<bool, sqlx::Error> {
        row.try_get(column)
    }

    fn bytes(row: &PgRow, column: usize) -> Result<Option<Vec<u8>>, sqlx::Error> {
        row.try_get(column)
    }

    fn time(row: &PgRow, column: usize) -> Result<Option<Timestamp>, sqlx::Error> {
        row.try_get(column)
    }
}
