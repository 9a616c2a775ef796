//! Uses a link.

use domain::Timestamp;
use secrecy::SecretString;
use serde_json::json;

use super::kind::Kind;
use crate::account::{Account, find};
use crate::account_id::AccountId;
use crate::by::{Actor, By};
use crate::database::{Database, stored_time};
use crate::error::Error;
use crate::password::{self, Hasher};
use crate::secret::Secret;

const SELECT: &str = "SELECT account FROM one_time_link
    WHERE hash = $1 AND kind = $2 AND expires_at > $3
      AND account IN (SELECT id FROM account WHERE disabled_at IS NULL)";

/// The account whose link this is, without using it.
///
/// # Errors
/// [`Error::Link`] when it is not valid, for whatever reason; the database.
pub async fn look(database: &Database, at: Timestamp, kind: Kind, secret: &str) -> Result<Account, Error> {
    let secret = Secret::parse(secret).ok_or(Error::Link)?;
    let account: Option<String> = sqlx::query_scalar(SELECT)
        .bind(secret.hash().to_vec())
        .bind(kind.name())
        .bind(stored_time(at))
        .fetch_optional(database.read())
        .await?;
    let id = AccountId::stored(&account.ok_or(Error::Link)?)?;
    find(database, id).await?.ok_or(Error::Link)
}

/// Sets the password of the account whose link this is, which is used by that. A password that is refused leaves the
/// link as it is. Of several requests with one link, one succeeds.
///
/// Who asks is whoever has the link: of `by`, the actor becomes the account.
///
/// # Errors
/// [`Error::Link`] when it is not valid, for whatever reason; [`Error::Wrong`] names the field `password`;
/// [`Error::Busy`]; the database.
pub async fn redeem(
    database: &Database,
    hasher: &Hasher,
    by: &By,
    kind: Kind,
    secret: &str,
    password: &SecretString,
) -> Result<AccountId, Error> {
    const USE: &str = "DELETE FROM one_time_link WHERE hash = $1 AND kind = $2 AND account = $3";
    let account = look(database, by.at, kind, secret).await?;
    let hash =
        hasher.accept(password::Words::of(account.name.reveal(), account.address.reveal()), password).await?;
    let secret = Secret::parse(secret).ok_or(Error::Link)?;
    let mut transaction = database.write().await?;
    // Whatever made the link invalid meanwhile has deleted it.
    let used = sqlx::query(USE).bind(secret.hash().to_vec()).bind(kind.name()).bind(account.id.to_string());
    if used.execute(&mut *transaction).await?.rows_affected() == 0 {
        return Err(Error::Link);
    }
    let by = By { actor: Actor::Account(account.id), ..*by };
    let ended =
        password::store(&mut transaction, &by, account.id, hash, &json!({ "link": kind.name() })).await?;
    database.commit(transaction, ended).await?;
    Ok(account.id)
}
