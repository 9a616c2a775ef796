//! Enrols an authenticator: its secret is shown, and a first code shows that it was taken over.

use std::fmt;

use chrono::TimeDelta;
use serde_json::json;

use crate::account_id::AccountId;
use crate::audit::{Action, record};
use crate::by::By;
use crate::database::stored_time;
use crate::limits::ENROLMENT_SECS;
use crate::sessions::random;

use super::handle::{SecondFactors, read};
use super::recovery_code::RecoveryCode;
use super::recovery_codes::replace;
use super::refusal::{Error, Refusal};
use super::sealed::seal;
use super::totp::{SECRET_BYTES, shown};

const CONFIRMED: Action = Action("second_factor.enrolled");

/// What an authenticator is set up with: shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The secret as people type it, in base32.
    pub secret: String,
    /// The same with the names of server and account, as an `otpauth://` address: what a QR code holds.
    pub url: String,
}

impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Enrolment(…)")
    }
}

impl SecondFactors {
    /// Gives an account a new secret, which is good once [`confirm`](Self::confirm)ed within 15 minutes; until then
    /// another one replaces it. `issuer` and `label` are how the authenticator names the server and the account.
    ///
    /// # Errors
    /// [`Refusal::AlreadyEnrolled`], [`Refusal::NoAccount`]; the database.
    pub async fn enrol(
        &self,
        account: AccountId,
        issuer: &str,
        label: &str,
        by: &By,
    ) -> Result<Enrolment, Error> {
        let secret: [u8; SECRET_BYTES] = random()?;
        let sealed = seal(&self.keys, &account.to_string(), &secret)?;
        let (typed, url) = shown(&secret, issuer, label).map_err(|_| crate::Error::Sealed)?;
        let mut transaction = self.database.write().await?;
        let known: Option<String> = sqlx::query_scalar("SELECT id FROM account WHERE id = $1")
            .bind(account.to_string())
            .fetch_optional(&mut *transaction)
            .await?;
        known.ok_or(Refusal::NoAccount)?;
        if read(&mut transaction, account).await?.is_some_and(|stored| stored.confirmed) {
            return Err(Refusal::AlreadyEnrolled.into());
        }
        sqlx::query("DELETE FROM second_factor WHERE account = $1")
            .bind(account.to_string())
            .execute(&mut *transaction)
            .await?;
        let insert =
            "INSERT INTO second_factor (account, key_id, secret, created_at) VALUES ($1, $2, $3, $4)";
        sqlx::query(insert)
            .bind(account.to_string())
            .bind(sealed.key)
            .bind(sealed.bytes)
            .bind(stored_time(by.at))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(Enrolment { secret: typed, url })
    }

    /// Takes the first code of a new authenticator, which is in force from then on, and gives the recovery codes.
    /// Tries are not counted: whoever tries has been shown the secret.
    ///
    /// # Errors
    /// [`Refusal::NotEnrolled`], also after 15 minutes, [`Refusal::AlreadyEnrolled`], [`Refusal::WrongCode`]; the
    /// database.
    pub async fn confirm(&self, account: AccountId, code: &str, by: &By) -> Result<Vec<RecoveryCode>, Error> {
        let mut transaction = self.database.write().await?;
        let stored = read(&mut transaction, account).await?.ok_or(Refusal::NotEnrolled)?;
        if stored.confirmed {
            return Err(Refusal::AlreadyEnrolled.into());
        }
        if by.at - stored.created_at >= TimeDelta::seconds(ENROLMENT_SECS) {
            return Err(Refusal::NotEnrolled.into());
        }
        if !self.step(&mut transaction, account, &stored, code, by.at).await? {
            return Err(Refusal::WrongCode.into());
        }
        sqlx::query("UPDATE second_factor SET confirmed_at = $1 WHERE account = $2")
            .bind(stored_time(by.at))
            .bind(account.to_string())
            .execute(&mut *transaction)
            .await?;
        let codes = replace(&mut transaction, account).await?;
        record(&mut transaction, by, CONFIRMED, Some(account), &json!({})).await?;
        transaction.commit().await?;
        Ok(codes)
    }
}
