//! Verifies a code at sign-in, and tells what an account has.

use domain::Timestamp;

use crate::account_id::AccountId;
use crate::by::By;
use crate::database::read_time;

use super::handle::SecondFactors;
use super::refusal::Error;

/// The second factor of an account that has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Since when.
    pub confirmed_at: Timestamp,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
}

impl SecondFactors {
    /// Takes a code of the authenticator. It is good once, and no earlier one is good after it: of two who send it at
    /// the same time, one is refused. A clock that was ahead and was set back makes all codes wrong until it
    /// has caught up; recovery codes are good meanwhile.
    ///
    /// # Errors
    /// [`Refusal::NotEnrolled`](super::Refusal::NotEnrolled), [`Refusal::WrongCode`](super::Refusal::WrongCode),
    /// [`Refusal::TooManyTries`](super::Refusal::TooManyTries), [`Refusal::Blocked`](super::Refusal::Blocked); the
    /// database.
    pub async fn verify(&self, account: AccountId, code: &str, by: &By) -> Result<(), Error> {
        let transaction = self.database.write().await?;
        let transaction = self.take_code(transaction, account, code, by).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// What an account has; nothing when it has no confirmed authenticator.
    ///
    /// # Errors
    /// The database.
    pub async fn status(&self, account: AccountId) -> Result<Option<Status>, Error> {
        let query = "SELECT confirmed_at, (SELECT COUNT(*) FROM recovery_code \
             WHERE recovery_code.account = second_factor.account AND used_at IS NULL) AS recovery_codes \
             FROM second_factor WHERE account = $1 AND confirmed_at IS NOT NULL";
        let row: Option<(i64, i64)> =
            sqlx::query_as(query).bind(account.to_string()).fetch_optional(self.database.read()).await?;
        Ok(row.map(|(confirmed_at, left)| Status {
            confirmed_at: read_time(confirmed_at),
            recovery_codes: u32::try_from(left).unwrap_or_default(),
        }))
    }
}
