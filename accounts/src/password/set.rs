//! Sets the password of an account.

use secrecy::SecretString;
use serde_json::{Value, json};

use super::hasher::Hasher;
use super::strength::Words;
use crate::account::{find, found, in_transaction};
use crate::account_id::AccountId;
use crate::audit::{Action, record};
use crate::by::By;
use crate::database::{Database, Transaction};
use crate::error::Error;
use crate::sessions::{EndReason, Ended, end_all};

const SET: Action = Action("account.password_set");

/// Sets the password of an account. All its links are no longer valid.
///
/// Who asks has to be entitled to it: for a holder check the present password before ([`super::is_right`]).
///
/// # Errors
/// [`Error::Wrong`] names the field `password` when it is too short, too long or easily guessed; [`Error::Unknown`];
/// [`Error::Busy`]; the database.
pub async fn set(
    database: &Database,
    hasher: &Hasher,
    by: &By,
    id: AccountId,
    password: &SecretString,
) -> Result<(), Error> {
    let account = found(find(database, id).await?)?;
    let words = Words::of(account.name.reveal(), account.address.reveal());
    let hash = hasher.accept(words, password).await?;
    let mut transaction = database.write().await?;
    in_transaction(&mut transaction, id).await?;
    let ended = store(&mut transaction, by, id, hash, &json!({})).await?;
    database.commit(transaction, ended).await
}

/// Stores the hash of a new password, revokes the links of the account and ends its sessions.
pub(crate) async fn store(
    transaction: &mut Transaction,
    by: &By,
    id: AccountId,
    hash: String,
    details: &Value,
) -> Result<Ended, Error> {
    const UPDATE: &str = "UPDATE account SET password_hash = $2 WHERE id = $1";
    const REVOKE: &str = "DELETE FROM one_time_link WHERE account = $1";
    sqlx::query(UPDATE).bind(id.to_string()).bind(hash).execute(&mut **transaction).await?;
    sqlx::query(REVOKE).bind(id.to_string()).execute(&mut **transaction).await?;
    record(transaction, by, SET, Some(id), details).await?;
    end_all(transaction, id, None, EndReason::PasswordChanged, by.at).await
}
