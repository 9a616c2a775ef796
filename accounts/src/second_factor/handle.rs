//! The second factors of a server: its database and its keys.

use std::sync::Arc;

use domain::Timestamp;
use serde_json::json;

use crate::account_id::AccountId;
use crate::audit::{Action, record};
use crate::by::By;
use crate::database::{Database, Transaction, read_time, stored_time};
use crate::server_keys::ServerKeys;

use super::attempts::{Attempts, Turn};
use super::refusal::{Error, Refusal};
use super::sealed::{Sealed, open};
use super::totp::new_step;

const FAILED: Action = Action("second_factor.failed");

/// The second factors of a server. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SecondFactors {
    pub(super) database: Database,
    pub(super) keys: Arc<ServerKeys>,
}

/// An authenticator as it is stored.
pub(super) struct Stored {
    pub(super) sealed: Sealed,
    pub(super) created_at: Timestamp,
    pub(super) confirmed: bool,
    last_step: Option<i64>,
    attempts: Attempts,
}

impl SecondFactors {
    /// Those in this database.
    pub const fn of(database: Database, keys: Arc<ServerKeys>) -> Self {
        Self { database, keys }
    }

    /// Takes a code of a confirmed authenticator in this transaction, in which it is then used up. A wrong one is
    /// counted, and the transaction committed with the count.
    ///
    /// # Errors
    /// [`Refusal`]; the database.
    pub(super) async fn take_code(
        &self,
        mut transaction: Transaction,
        account: AccountId,
        code: &str,
        by: &By,
    ) -> Result<Transaction, Error> {
        let stored = read(&mut transaction, account).await?.filter(|stored| stored.confirmed);
        let stored = stored.ok_or(Refusal::NotEnrolled)?;
        let attempts = stored.attempts.seen_at(by.at);
        match attempts.turn(by.at) {
            Turn::Now => {}
            Turn::Never => return Err(Refusal::Blocked.into()),
            Turn::In(retry_after) => {
                if attempts != stored.attempts {
                    // The clock was set back: the pause is counted from now.
                    write_attempts(&mut transaction, account, attempts).await?;
                    transaction.commit().await?;
                }
                return Err(Refusal::TooManyTries { retry_after }.into());
            }
        }
        if self.step(&mut transaction, account, &stored, code, by.at).await? {
            return Ok(transaction);
        }
        let attempts = attempts.failed(by.at);
        write_attempts(&mut transaction, account, attempts).await?;
        let details = json!({ "failures": attempts.failures });
        record(&mut transaction, by, FAILED, Some(account), &details).await?;
        transaction.commit().await?;
        Err(Refusal::WrongCode.into())
    }

    /// Is the code right, and later than the last one? Then it is the last one, and the count of wrong ones begins
    /// anew.
    pub(super) async fn step(
        &self,
        transaction: &mut Transaction,
        account: AccountId,
        stored: &Stored,
        code: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let secret = open(&self.keys, &account.to_string(), &stored.sealed)?;
        let step = new_step(&secret, code, stored.last_step, now).map_err(|_| crate::Error::Sealed)?;
        let Some(step) = step else { return Ok(false) };
        sqlx::query("UPDATE second_factor SET last_step = $1 WHERE account = $2")
            .bind(step)
            .bind(account.to_string())
            .execute(&mut **transaction)
            .await?;
        write_attempts(transaction, account, Attempts::default()).await?;
        Ok(true)
    }
}

pub(super) async fn read(
    transaction: &mut Transaction,
    account: AccountId,
) -> Result<Option<Stored>, sqlx::Error> {
    type Row = (String, Vec<u8>, i64, Option<i64>, Option<i64>, i64, Option<i64>);
    let query = "SELECT key_id, secret, created_at, confirmed_at, last_step, failures, last_failed_at \
         FROM second_factor WHERE account = $1";
    let row: Option<Row> =
        sqlx::query_as(query).bind(account.to_string()).fetch_optional(&mut **transaction).await?;
    let stored = |(key, bytes, created_at, confirmed_at, last_step, failures, last_failed_at): Row| Stored {
        sealed: Sealed { key, bytes },
        created_at: read_time(created_at),
        confirmed: confirmed_at.is_some(),
        last_step,
        attempts: Attempts {
            failures: u32::try_from(failures).unwrap_or(u32::MAX),
            last_failed_at: last_failed_at.map(read_time),
        },
    };
    Ok(row.map(stored))
}

/// Writes how many wrong codes there were.
pub(super) async fn write_attempts(
    transaction: &mut Transaction,
    account: AccountId,
    attempts: Attempts,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE second_factor SET failures = $1, last_failed_at = $2 WHERE account = $3")
        .bind(i64::from(attempts.failures))
        .bind(attempts.last_failed_at.map(stored_time))
        .bind(account.to_string())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
