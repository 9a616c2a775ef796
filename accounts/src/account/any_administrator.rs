//! Is there anybody yet who administers the server?

use sqlx::{Any, Executor};

use crate::database::Database;
use crate::error::Error;

/// Has any account been a server administrator, be it disabled or without a password yet? As long as there is none, the
/// first one is made without anybody's permission.
///
/// # Errors
/// The database.
pub async fn has_administrator(database: &Database) -> Result<bool, Error> {
    any(database.read()).await
}

/// The same in a transaction, or on a connection that reads.
pub(crate) async fn any<'c>(executor: impl Executor<'c, Database = Any>) -> Result<bool, Error> {
    const COUNT: &str = "SELECT COUNT(*) FROM account WHERE server_administrator = 1";
    let count: i64 = sqlx::query_scalar(COUNT).fetch_one(executor).await?;
    Ok(count > 0)
}
