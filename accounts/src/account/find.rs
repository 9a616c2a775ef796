//! Finds one account.

use super::keys::address_key;
use super::person::Account;
use super::rows::{Stored, columns, with_roles};
use crate::account_id::AccountId;
use crate::database::{Database, Transaction};
use crate::error::Error;

const BY_ID: &str = concat!("SELECT ", columns!(), " FROM account WHERE id = $1");
const BY_ADDRESS: &str = concat!("SELECT ", columns!(), " FROM account WHERE address_key = $1");

/// The account with this id.
///
/// # Errors
/// The database.
pub async fn find(database: &Database, id: AccountId) -> Result<Option<Account>, Error> {
    let row: Option<Stored> =
        sqlx::query_as(BY_ID).bind(id.to_string()).fetch_optional(database.read()).await?;
    Ok(with_roles(database.read(), row.into_iter().collect()).await?.pop())
}

/// The account with this address, however it is typed.
///
/// # Errors
/// The database.
pub async fn by_address(database: &Database, address: &str) -> Result<Option<Account>, Error> {
    let key = address_key(address);
    let row: Option<Stored> = sqlx::query_as(BY_ADDRESS).bind(key).fetch_optional(database.read()).await?;
    Ok(with_roles(database.read(), row.into_iter().collect()).await?.pop())
}

/// The account with this id, as a change sees it.
///
/// # Errors
/// [`Error::Unknown`]; the database.
pub(crate) async fn in_transaction(transaction: &mut Transaction, id: AccountId) -> Result<Account, Error> {
    let row: Option<Stored> =
        sqlx::query_as(BY_ID).bind(id.to_string()).fetch_optional(&mut **transaction).await?;
    found(with_roles(&mut **transaction, row.into_iter().collect()).await?.pop())
}

/// The account with this address as it is compared, as a change sees it.
///
/// # Errors
/// The database.
pub(super) async fn by_key(transaction: &mut Transaction, key: &str) -> Result<Option<Account>, Error> {
    let row: Option<Stored> =
        sqlx::query_as(BY_ADDRESS).bind(key.to_owned()).fetch_optional(&mut **transaction).await?;
    Ok(with_roles(&mut **transaction, row.into_iter().collect()).await?.pop())
}

/// The account, or the refusal.
pub(crate) fn found(account: Option<Account>) -> Result<Account, Error> {
    account.ok_or_else(AccountId::unknown)
}
