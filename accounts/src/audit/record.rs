//! Writes an entry.

use serde_json::Value;

use crate::account_id::AccountId;
use crate::by::By;
use crate::database::{Transaction, stored_time};
use crate::error::Error;

/// What was done: `account.created`. Each is a constant beside the code that does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action(pub &'static str);

/// Writes an entry in the transaction of the change. `details` say what exactly, without secrets, names and addresses.
///
/// # Errors
/// The database.
pub async fn record(
    transaction: &mut Transaction,
    by: &By,
    action: Action,
    account: Option<AccountId>,
    details: &Value,
) -> Result<(), Error> {
    const INSERT: &str = "INSERT INTO account_audit
        (at, actor_kind, actor, action, account, network_address, details) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    sqlx::query(INSERT)
        .bind(stored_time(by.at))
        .bind(by.actor.kind())
        .bind(by.actor.id())
        .bind(action.0)
        .bind(account.map(|account| account.to_string()))
        .bind(by.network_address.map(|address| address.to_string()))
        .bind(details.to_string())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
