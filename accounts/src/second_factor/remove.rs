//! Removes the second factor of an account.

use serde_json::json;

use crate::account_id::AccountId;
use crate::audit::{Action, record};
use crate::by::By;
use crate::database::Transaction;
use crate::sessions::{EndReason, end_all};

use super::handle::{SecondFactors, read};
use super::recovery_codes::delete;
use super::refusal::{Error, Refusal};

const REMOVED: Action = Action("second_factor.removed");

impl SecondFactors {
    /// Removes it by its holder, for a valid code of the authenticator. The sessions go on.
    ///
    /// # Errors
    /// As of [`Self::verify`].
    pub async fn remove(&self, account: AccountId, code: &str, by: &By) -> Result<(), Error> {
        let transaction = self.database.write().await?;
        let mut transaction = self.take_code(transaction, account, code, by).await?;
        remove_all(&mut transaction, account, by).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Removes it by an administrator, who is asked for it when an authenticator was lost: whoever has it may have the
    /// device too, so all sessions of the account end. That the caller may do so is for the caller to check.
    ///
    /// # Errors
    /// [`Refusal::NotEnrolled`]; the database.
    pub async fn remove_by_administrator(&self, account: AccountId, by: &By) -> Result<(), Error> {
        let mut transaction = self.database.write().await?;
        let stored = read(&mut transaction, account).await?.filter(|stored| stored.confirmed);
        stored.ok_or(Refusal::NotEnrolled)?;
        remove_all(&mut transaction, account, by).await?;
        let reason = EndReason::SecondFactorRemoved;
        let ended = end_all(&mut transaction, account, None, reason, by.at).await?;
        self.database.commit(transaction, ended).await?;
        Ok(())
    }
}

async fn remove_all(transaction: &mut Transaction, account: AccountId, by: &By) -> Result<(), Error> {
    delete(transaction, account).await?;
    sqlx::query("DELETE FROM second_factor WHERE account = $1")
        .bind(account.to_string())
        .execute(&mut **transaction)
        .await?;
    Ok(record(transaction, by, REMOVED, Some(account), &json!({})).await?)
}
