//! Disables an account, which can then not sign in, and enables it again.

use serde_json::json;

use super::find::in_transaction;
use super::last_administrator;
use super::person::Account;
use crate::account_id::AccountId;
use crate::audit::{Action, record};
use crate::by::By;
use crate::database::{Database, stored_time};
use crate::error::Error;
use crate::sessions::{EndReason, end_all};

const DISABLED: Action = Action("account.disabled");
const ENABLED: Action = Action("account.enabled");

/// Disables an account. Its links are no longer valid, also when it is enabled again. One that is disabled already stays
/// as it is, and nothing is recorded.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Conflict`] for the last enabled server administrator; the database.
pub async fn disable(database: &Database, by: &By, id: AccountId) -> Result<Account, Error> {
    const DISABLE: &str = "UPDATE account SET disabled_at = $2 WHERE id = $1";
    const REVOKE: &str = "DELETE FROM one_time_link WHERE account = $1";
    let mut transaction = database.write().await?;
    let before = in_transaction(&mut transaction, id).await?;
    if before.disabled.is_some() {
        return Ok(before);
    }
    last_administrator::stays(&mut transaction, id, "disabled").await?;
    let disable = sqlx::query(DISABLE).bind(id.to_string()).bind(stored_time(by.at));
    disable.execute(&mut *transaction).await?;
    sqlx::query(REVOKE).bind(id.to_string()).execute(&mut *transaction).await?;
    record(&mut transaction, by, DISABLED, Some(id), &json!({})).await?;
    let ended = end_all(&mut transaction, id, None, EndReason::AccountDisabled, by.at).await?;
    let account = in_transaction(&mut transaction, id).await?;
    database.commit(transaction, ended).await?;
    Ok(account)
}

/// Enables an account again. One that is enabled stays as it is, and nothing is recorded.
///
/// # Errors
/// [`Error::Unknown`]; the database.
pub async fn enable(database: &Database, by: &By, id: AccountId) -> Result<Account, Error> {
    const ENABLE: &str = "UPDATE account SET disabled_at = NULL WHERE id = $1";
    let mut transaction = database.write().await?;
    let before = in_transaction(&mut transaction, id).await?;
    if before.disabled.is_none() {
        return Ok(before);
    }
    sqlx::query(ENABLE).bind(id.to_string()).execute(&mut *transaction).await?;
    record(&mut transaction, by, ENABLED, Some(id), &json!({})).await?;
    let account = in_transaction(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok(account)
}
