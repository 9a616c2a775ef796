//! Many rows, a page at a time, all from the same snapshot.

use std::time::Duration;

use domain::{LivechatId, Timestamp};
use futures::{Stream, TryStreamExt};
use sqlx::Executor as _;
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::SendTimeoutError;

use super::table::Table;
use super::transaction::{PAGE_BYTES, Transaction};
use crate::encoding;
use crate::error::Error;

/// Rows in one page at most.
pub const PAGE_ROWS: usize = 2_000;

/// How long a reader may take for one page. A transaction that lasts keeps the database from cleaning up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The rows of a livechat in a period.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) table: Table,
    /// The column that has to be before the end of the period.
    pub(crate) begins: &'static str,
    /// The column that must not be before its beginning.
    pub(crate) ends: &'static str,
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
    /// A column that must not be null.
    pub(crate) present: Option<&'static str>,
    pub(crate) order: &'static str,
}

/// Where pages go; an empty one is the end.
type Reader = Sender<Result<Vec<String>, Error>>;

impl Transaction {
    /// Sends the rows, each a JSON object, until there are no more or nobody reads them.
    pub(crate) async fn send_pages(
        self,
        livechat: &LivechatId,
        span: &Span,
        reader: &Reader,
    ) -> Result<(), Error> {
        let sql = self.span_sql(livechat, span);
        match self {
            Self::Sqlite(mut transaction) => {
                // The statement pauses while no more is requested, and ends when it is dropped.
                let rows = sqlx::query_scalar(&sql).fetch(&mut *transaction);
                if send_all(reader, rows).await?.is_none() {
                    return Ok(());
                }
            }
            Self::Postgres(mut transaction) => {
                let declare = format!("DECLARE export NO SCROLL CURSOR FOR {sql}");
                transaction.execute(declare.as_str()).await?;
                let fetch = format!("FETCH {PAGE_ROWS} FROM export");
                loop {
                    let rows = sqlx::query_scalar(&fetch).persistent(false).fetch(&mut *transaction);
                    match send_all(reader, rows).await? {
                        None => return Ok(()),
                        Some(0) => break,
                        Some(_) => {}
                    }
                }
            }
        }
        send(reader, vec![]).await.map(|_| ())
    }

    /// With its values in it: a cursor takes no arguments.
    fn span_sql(&self, livechat: &LivechatId, span: &Span) -> String {
        let Span { table, begins, ends, from, until, present, order } = span;
        let dialect = self.dialect();
        let literal = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let at = |moment: &Timestamp| literal(&encoding::millis::text(moment)) + dialect.time_cast();
        let present = present.map_or_else(String::new, |column| format!(" AND {column} IS NOT NULL"));
        format!(
            "SELECT {} FROM {} WHERE livechat = {} AND {ends} >= {} AND {begins} < {}{present} ORDER BY {order}",
            dialect.json_row(*table),
            table.name,
            literal(livechat.as_str()),
            at(from),
            at(until),
        )
    }
}

/// Sends rows as they come, and returns how many; nothing if there is no reader any more. A page has [`PAGE_ROWS`] or
/// is [`PAGE_BYTES`] long.
async fn send_all(
    reader: &Reader,
    mut rows: impl Stream<Item = Result<String, sqlx::Error>> + Send + Unpin,
) -> Result<Option<usize>, Error> {
    let (mut page, mut bytes, mut sent) = (vec![], 0, 0);
    while let Some(row) = rows.try_next().await? {
        bytes += row.len();
        page.push(row);
        if page.len() == PAGE_ROWS || bytes >= PAGE_BYTES {
            sent += page.len();
            bytes = 0;
            if !send(reader, std::mem::take(&mut page)).await? {
                return Ok(None);
            }
        }
    }
    sent += page.len();
    // An empty page would be the end.
    Ok((page.is_empty() || send(reader, page).await?).then_some(sent))
}

/// Is there still a reader?
async fn send(reader: &Reader, page: Vec<String>) -> Result<bool, Error> {
    match reader.send_timeout(Ok(page), PATIENCE).await {
        Ok(()) => Ok(true),
        Err(SendTimeoutError::Closed(_)) => Ok(false),
        Err(SendTimeoutError::Timeout(_)) => Err(Error::CutOff),
    }
}
