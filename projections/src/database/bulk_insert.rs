//! New rows as they are computed: the first are stored while the others are still to come.

use sqlx::PgConnection;
use sqlx::postgres::PgCopyIn;

use super::postgres;
use super::row_buffer::Rows;
use super::transaction::Transaction;
use crate::error::Error;

/// Rows that are sent at once: enough to be cheap, few enough that the database soon has something to do.
const SIZEABLE: usize = 500;

/// Rows of one table on their way, none of which is there yet.
pub(crate) enum BulkInsert<'a> {
    /// Written by statements.
    Statements(&'a mut Transaction),
    /// Written by a COPY that has begun.
    Copy(PgCopyIn<&'a mut PgConnection>),
}

impl<'a> BulkInsert<'a> {
    pub(crate) const fn into(transaction: &'a mut Transaction) -> Self {
        Self::Statements(transaction)
    }

    /// Sends the rows if there are enough of them, and takes them out then.
    pub(crate) async fn send(self, rows: &mut Rows) -> Result<Self, Error> {
        if rows.len() < SIZEABLE {
            return Ok(self);
        }
        Ok(match self {
            Self::Statements(Transaction::Postgres(transaction)) => {
                let statement = postgres::copy(rows);
                let mut copy = transaction.copy_in_raw(&statement).await?;
                copy.send(rows.take_copy(true, false)).await?;
                Self::Copy(copy)
            }
            Self::Statements(transaction) => {
                transaction.insert(rows.take()).await?;
                Self::Statements(transaction)
            }
            Self::Copy(mut copy) => {
                copy.send(rows.take_copy(false, false)).await?;
                Self::Copy(copy)
            }
        })
    }

    /// Sends the rest.
    pub(crate) async fn finish(self, mut rest: Rows) -> Result<(), Error> {
        match self {
            Self::Statements(transaction) => transaction.insert(rest).await,
            Self::Copy(mut copy) => {
                copy.send(rest.take_copy(false, true)).await?;
                copy.finish().await?;
                Ok(())
            }
        }
    }
}
