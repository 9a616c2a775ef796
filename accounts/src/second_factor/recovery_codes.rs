//! The recovery codes of an account: made, used, counted.

use serde_json::json;

use crate::account_id::AccountId;
use crate::audit::{Action, record};
use crate::by::By;
use crate::database::{Transaction, stored_time};
use crate::limits::RECOVERY_CODES;

use super::attempts::Attempts;
use super::handle::{SecondFactors, read, write_attempts};
use super::recovery_code::RecoveryCode;
use super::refusal::{Error, Refusal};

const RECOVERED: Action = Action("second_factor.recovery_code_used");
const REPLACED: Action = Action("second_factor.recovery_codes_replaced");

impl SecondFactors {
    /// Takes a recovery code in place of a code of the authenticator, and gives how many are left. It is good once. Wrong
    /// codes of the authenticator are forgotten; wrong recovery codes are not counted, since none can be guessed.
    ///
    /// # Errors
    /// [`Refusal::NotEnrolled`], [`Refusal::WrongCode`]; the database.
    pub async fn recover(&self, account: AccountId, code: &str, by: &By) -> Result<u32, Error> {
        let code = RecoveryCode::parse(code).ok_or(Refusal::WrongCode)?;
        let mut transaction = self.database.write().await?;
        let stored = read(&mut transaction, account).await?.filter(|stored| stored.confirmed);
        stored.ok_or(Refusal::NotEnrolled)?;
        let hash = code.hash(&account.to_string());
        let statement =
            "UPDATE recovery_code SET used_at = $1 WHERE account = $2 AND hash = $3 AND used_at IS NULL";
        let spent = sqlx::query(statement)
            .bind(stored_time(by.at))
            .bind(account.to_string())
            .bind(hash.as_slice())
            .execute(&mut *transaction)
            .await?;
        if spent.rows_affected() == 0 {
            return Err(Refusal::WrongCode.into());
        }
        write_attempts(&mut transaction, account, Attempts::default()).await?;
        let left = left(&mut transaction, account).await?;
        record(&mut transaction, by, RECOVERED, Some(account), &json!({ "left": left })).await?;
        transaction.commit().await?;
        Ok(left)
    }

    /// Replaces all recovery codes, for a valid code of the authenticator.
    ///
    /// # Errors
    /// As of [`Self::verify`].
    pub async fn new_recovery_codes(
        &self,
        account: AccountId,
        code: &str,
        by: &By,
    ) -> Result<Vec<RecoveryCode>, Error> {
        let transaction = self.database.write().await?;
        let mut transaction = self.take_code(transaction, account, code, by).await?;
        let codes = replace(&mut transaction, account).await?;
        record(&mut transaction, by, REPLACED, Some(account), &json!({})).await?;
        transaction.commit().await?;
        Ok(codes)
    }
}

/// New codes in place of all that there are.
pub(super) async fn replace(
    transaction: &mut Transaction,
    account: AccountId,
) -> Result<Vec<RecoveryCode>, Error> {
    delete(transaction, account).await?;
    let mut codes = vec![];
    for _ in 0..RECOVERY_CODES {
        let code = RecoveryCode::draw()?;
        sqlx::query("INSERT INTO recovery_code (account, hash) VALUES ($1, $2)")
            .bind(account.to_string())
            .bind(code.hash(&account.to_string()).as_slice())
            .execute(&mut **transaction)
            .await?;
        codes.push(code);
    }
    Ok(codes)
}

/// Deletes all codes.
pub(super) async fn delete(transaction: &mut Transaction, account: AccountId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM recovery_code WHERE account = $1")
        .bind(account.to_string())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// How many are good.
pub(super) async fn left(transaction: &mut Transaction, account: AccountId) -> Result<u32, sqlx::Error> {
    let query = "SELECT COUNT(*) FROM recovery_code WHERE account = $1 AND used_at IS NULL";
    let left: i64 = sqlx::query_scalar(query).bind(account.to_string()).fetch_one(&mut **transaction).await?;
    Ok(u32::try_from(left).unwrap_or_default())
}
