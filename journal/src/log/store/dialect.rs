//! What differs between the databases where a statement is given its values, run, and its rows are read. Everything
//! that is said in one statement for both is written once, over a [`Dialect`].

use domain::{ConversationId, Timestamp};
use futures::TryStreamExt;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use sqlx::{Database, Pool};

use super::error::StoreError;
use super::pages::Pages;

/// A value that a statement is given.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'q> {
    Text(&'q str),
    Number(i64),
    Flag(bool),
    Bytes(&'q [u8]),
    Conversation(ConversationId),
    Time(Option<Timestamp>),
    /// The time of a record, which the common format may store otherwise than other times.
    RecordTime(Timestamp),
}

/// A statement with its values.
pub(super) type Statement<'q, D> = sqlx::query::Query<'q, D, <D as Database>::Arguments<'q>>;

/// One of the databases.
pub(super) trait Dialect: Database {
    /// Reads pages of the log, in whichever way is quickest.
    type Pages: Pages;

    /// Reads the records of one conversation.
    const CONVERSATION: &'static str;

    /// Gives a statement its next value, in the form in which this database stores it.
    fn bind<'q>(statement: Statement<'q, Self>, value: Value<'q>) -> Statement<'q, Self>;

    /// Runs a statement, for its rows as they come.
    fn fetch<'e, 'q: 'e>(
        statement: Statement<'q, Self>,
        connection: &'e mut Self::Connection,
    ) -> BoxStream<'e, Result<Self::Row, sqlx::Error>>;

    /// Runs a statement, and tells how many rows it concerned.
    fn execute<'e, 'q: 'e>(
        statement: Statement<'q, Self>,
        connection: &'e mut Self::Connection,
    ) -> BoxFuture<'e, Result<u64, sqlx::Error>>;

    fn text(row: &Self::Row, column: usize) -> Result<String, sqlx::Error>;

    fn number(row: &Self::Row, column: usize) -> Result<i64, sqlx::Error>;

    fn flag(row: &Self::Row, column: usize) -> Result<bool, sqlx::Error>;

    /// Bytes; nothing where there are none.
    fn bytes(row: &Self::Row, column: usize) -> Result<Option<Vec<u8>>, sqlx::Error>;

    /// A time; nothing where there is none, or none that can be.
    fn time(row: &Self::Row, column: usize) -> Result<Option<Timestamp>, sqlx::Error>;
}

/// A statement with its values.
pub(super) fn statement<'q, D: Dialect>(sql: &'q str, values: &[Value<'q>]) -> Statement<'q, D> {
    values.iter().fold(sqlx::query(sql), |statement, value| D::bind(statement, *value))
}

/// Every row that a statement finds.
pub(super) async fn rows<D: Dialect>(
    pool: &Pool<D>,
    sql: &'static str,
    values: &[Value<'_>],
) -> Result<Vec<D::Row>, StoreError> {
    let mut connection = pool.acquire().await?;
    Ok(D::fetch(statement(sql, values), &mut connection).try_collect().await?)
}

/// The one row that a statement may find.
pub(super) async fn row<D: Dialect>(
    pool: &Pool<D>,
    sql: &'static str,
    values: &[Value<'_>],
) -> Result<Option<D::Row>, StoreError> {
    Ok(rows(pool, sql, values).await?.into_iter().next())
}

/// Runs a statement, and tells how many rows it concerned.
pub(super) async fn execute<D: Dialect>(
    pool: &Pool<D>,
    sql: &'static str,
    values: &[Value<'_>],
) -> Result<u64, StoreError> {
    let mut connection = pool.acquire().await?;
    Ok(D::execute(statement(sql, values), &mut connection).await?)
}
