//! Creates the first server administrator, for whoever has the link that the server printed when it started.

use secrecy::SecretString;
use serde_json::json;

use super::hasher::Hasher;
use super::set::store;
use super::strength::Words;
use crate::account::{Account, Draft, any, insert};
use crate::by::{Actor, By};
use crate::database::Database;
use crate::error::Error;

/// Creates a server administrator with this password, as long as there is none. Of several at once, one succeeds.
///
/// Who asks is whoever will hold the account: of `by`, the actor of the password becomes the account.
///
/// # Errors
/// [`Error::Link`] when there is one already; else as of [`super::create_with()`].
pub async fn create_first(
    database: &Database,
    hasher: &Hasher,
    by: &By,
    draft: Draft,
    password: &SecretString,
) -> Result<Account, Error> {
    let draft = Draft { server_administrator: true, ..draft };
    let hash = hasher.accept(Words::of(&draft.name, &draft.address), password).await?;
    let mut transaction = database.write().await?;
    if any(&mut *transaction).await? {
        return Err(Error::Link);
    }
    let account = insert(&mut transaction, by, draft).await?;
    let by = By { actor: Actor::Account(account.id), ..*by };
    let ended = store(&mut transaction, &by, account.id, hash, &json!({})).await?;
    database.commit(transaction, ended).await?;
    Ok(Account { has_password: true, ..account })
}
