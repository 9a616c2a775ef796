//! Deletes an account, with everything that is kept of it but the audit trail, which has its id alone.

use serde_json::json;

use super::find::in_transaction;
use super::last_administrator;
use crate::account_id::AccountId;
use crate::audit::{Action, record};
use crate::by::By;
use crate::database::Database;
use crate::error::Error;
use crate::sessions::{EndReason, end_all};

const DELETED: Action = Action("account.deleted");

/// Deletes an account. What its holder did in livechats stays in their logs, under the id of the operator.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Conflict`] for the last enabled server administrator; the database.
pub async fn delete(database: &Database, by: &By, id: AccountId) -> Result<(), Error> {
    const DELETE: &str = "DELETE FROM account WHERE id = $1";
    let mut transaction = database.write().await?;
    let before = in_transaction(&mut transaction, id).await?;
    last_administrator::stays(&mut transaction, id, "account").await?;
    let ended = end_all(&mut transaction, id, None, EndReason::AccountDeleted, by.at).await?;
    sqlx::query(DELETE).bind(id.to_string()).execute(&mut *transaction).await?;
    record(&mut transaction, by, DELETED, Some(id), &json!({ "roles": before.roles })).await?;
    database.commit(transaction, ended).await?;
    Ok(())
}
