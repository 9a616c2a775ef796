//! Notes that somebody signed in.

use serde_json::json;

use crate::account_id::AccountId;
use crate::audit::{Action, record};
use crate::by::By;
use crate::database::{Transaction, stored_time};
use crate::error::Error;

const SIGNED_IN: Action = Action("account.signed_in");

/// Notes that the holder of an account signed in, in the transaction that begins the session.
///
/// # Errors
/// [`Error::Unknown`] when the account was deleted or disabled meanwhile; the database.
pub async fn signed_in(transaction: &mut Transaction, by: &By, id: AccountId) -> Result<(), Error> {
    const UPDATE: &str = "UPDATE account SET last_sign_in_at = $2 WHERE id = $1 AND disabled_at IS NULL";
    let update = sqlx::query(UPDATE).bind(id.to_string()).bind(stored_time(by.at));
    if update.execute(&mut **transaction).await?.rows_affected() == 0 {
        return Err(AccountId::unknown());
    }
    record(transaction, by, SIGNED_IN, Some(id), &json!({})).await
}
