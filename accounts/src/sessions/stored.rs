//! A session as it is stored.

use std::str::FromStr;

use sqlx::Row;
use sqlx::any::AnyRow;

use crate::account_id::AccountId;
use crate::database::read_time;

use super::session::{EndReason, Session, SessionId};

/// The columns of [`StoredSession`], of the table by the name `session`.
pub(crate) const COLUMNS: &str = "session.id, session.account, session.kind, session.created_at, session.last_used_at, \
     session.network_address, session.device, session.second_factor, session.generation, session.end_reason";

/// A session as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct StoredSession {
    pub(crate) session: Session,
    /// How often its tokens were replaced.
    pub(crate) generation: i64,
    /// Why it ended, if it did.
    pub(crate) ended: Option<EndReason>,
}

impl sqlx::FromRow<'_, AnyRow> for StoredSession {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            session: Session {
                id: SessionId::of(text(row, "id")?),
                account: AccountId(text(row, "account")?),
                kind: text(row, "kind")?,
                created_at: read_time(row.try_get("created_at")?),
                last_used_at: read_time(row.try_get("last_used_at")?),
                network_address: optional(row, "network_address")?,
                device: row.try_get("device")?,
                second_factor: row.try_get::<i64, _>("second_factor")? != 0,
            },
            generation: row.try_get("generation")?,
            ended: optional(row, "end_reason")?,
        })
    }
}

/// A value that is stored as text.
fn text<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    row: &AnyRow,
    column: &str,
) -> Result<T, sqlx::Error> {
    parsed(column, &row.try_get::<String, _>(column)?)
}

/// The same of a column that may be empty.
fn optional<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    row: &AnyRow,
    column: &str,
) -> Result<Option<T>, sqlx::Error> {
    let text: Option<String> = row.try_get(column)?;
    text.map(|text| parsed(column, &text)).transpose()
}

fn parsed<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    column: &str,
    text: &str,
) -> Result<T, sqlx::Error> {
    text.parse()
        .map_err(|error| sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(error) })
}
