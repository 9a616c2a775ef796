//! Creates an account that has a password from the beginning: for scripts that set a server up.

use secrecy::SecretString;
use serde_json::json;

use super::hasher::Hasher;
use super::set::store;
use super::strength::Words;
use crate::account::{Account, Draft, insert};
use crate::by::By;
use crate::database::Database;
use crate::error::Error;

/// Creates an account with this password, or neither.
///
/// # Errors
/// As of [`crate::account::create()`] and [`super::set()`].
pub async fn create_with(
    database: &Database,
    hasher: &Hasher,
    by: &By,
    draft: Draft,
    password: &SecretString,
) -> Result<Account, Error> {
    let hash = hasher.accept(Words::of(&draft.name, &draft.address), password).await?;
    let mut transaction = database.write().await?;
    let account = insert(&mut transaction, by, draft).await?;
    let ended = store(&mut transaction, by, account.id, hash, &json!({})).await?;
    database.commit(transaction, ended).await?;
    Ok(Account { has_password: true, ..account })
}
