//! Checks a password.
//!
//! Whether the address has no account, its account no password or is disabled, or the password is wrong, cannot be told
//! from outside: the answer is the same, after the same work. (A hash that was computed with other parameters takes as
//! long as those; it is replaced the next time that its holder signs in.)

use secrecy::SecretString;

use super::hasher::{Found, Hasher};
use crate::account::address_key;
use crate::account_id::AccountId;
use crate::database::{Database, Transaction};
use crate::error::Error;

/// A password that was found to be right.
#[derive(Debug)]
pub struct Right {
    /// Whose it is.
    pub account: AccountId,
    /// Its hash.
    hash: String,
}

impl Right {
    /// Is it still the password of an account that is not disabled?
    ///
    /// # Errors
    /// The database.
    pub async fn still_holds(&self, transaction: &mut Transaction) -> Result<bool, Error> {
        const COUNT: &str =
            "SELECT COUNT(*) FROM account WHERE id = $1 AND password_hash = $2 AND disabled_at IS NULL";
        let count = sqlx::query_scalar(COUNT).bind(self.account.to_string()).bind(self.hash.as_str());
        let count: i64 = count.fetch_one(&mut **transaction).await?;
        Ok(count > 0)
    }
}

/// The account with this address, if this is its password and it is not disabled. A hash that was computed with other
/// parameters is replaced.
///
/// This does not count guesses: see [`crate::throttle`].
///
/// # Errors
/// [`Error::Busy`]; the database.
pub async fn check(
    database: &Database,
    hasher: &Hasher,
    address: &str,
    password: &SecretString,
) -> Result<Option<Right>, Error> {
    const SELECT: &str =
        "SELECT id, password_hash FROM account WHERE address_key = $1 AND disabled_at IS NULL";
    let found: Option<(String, Option<String>)> =
        sqlx::query_as(SELECT).bind(address_key(address)).fetch_optional(database.read()).await?;
    let (id, stored) = found.map_or((None, None), |(id, stored)| (Some(id), stored));
    let Some(hash) = compare(database, hasher, password, stored).await? else { return Ok(None) };
    id.map(|id| Ok(Right { account: AccountId::stored(&id)?, hash })).transpose()
}

/// Is this the password of an account that is not disabled? For somebody who has signed in and is asked again.
///
/// # Errors
/// [`Error::Busy`]; the database.
pub async fn is_right(
    database: &Database,
    hasher: &Hasher,
    id: AccountId,
    password: &SecretString,
) -> Result<bool, Error> {
    const SELECT: &str = "SELECT password_hash FROM account WHERE id = $1 AND disabled_at IS NULL";
    let found: Option<Option<String>> =
        sqlx::query_scalar(SELECT).bind(id.to_string()).fetch_optional(database.read()).await?;
    Ok(compare(database, hasher, password, found.flatten()).await?.is_some())
}

/// The hash of a password that is right, as it is stored since.
async fn compare(
    database: &Database,
    hasher: &Hasher,
    password: &SecretString,
    stored: Option<String>,
) -> Result<Option<String>, Error> {
    match (hasher.compare(password, stored.clone()).await?, stored) {
        (Found::Right { is_outdated: true }, Some(stored)) => {
            replace(database, hasher, password, stored).await.map(Some)
        }
        (Found::Right { .. }, Some(stored)) => Ok(Some(stored)),
        (Found::Right { .. }, None) | (Found::Wrong, _) => Ok(None),
    }
}

/// Replaces a hash, unless another password was set meanwhile. Nothing has changed for anybody, so the audit trail has
/// no entry.
async fn replace(
    database: &Database,
    hasher: &Hasher,
    password: &SecretString,
    stored: String,
) -> Result<String, Error> {
    const UPDATE: &str = "UPDATE account SET password_hash = $2 WHERE password_hash = $1";
    let hash = hasher.again(password).await?;
    let mut transaction = database.write().await?;
    sqlx::query(UPDATE).bind(stored).bind(hash.as_str()).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(hash)
}
