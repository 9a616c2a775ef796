//! Encrypts secrets anew after the server got another key, so that the former one can be taken away.

use crate::account_id::AccountId;
use crate::limits::CLEAN_UP_ROWS_MAX;
use crate::sessions::CleanedUp;

use super::handle::SecondFactors;
use super::refusal::Error;
use super::sealed::{Sealed, open, seal};

impl SecondFactors {
    /// Encrypts a bounded number of secrets with the current key that another one has encrypted. To be called after the
    /// keys changed and while there is [more](CleanedUp::more), before a key is taken away. A secret whose key is gone
    /// already stays as it is, and so do its recovery codes.
    ///
    /// # Errors
    /// The database. It may be called again.
    pub async fn reseal(&self) -> Result<CleanedUp, Error> {
        let current = self.keys.current();
        let known: Vec<String> = self.keys.all().iter().skip(1).map(|key| key.id().to_owned()).collect();
        let mut done = CleanedUp::default();
        for former in known {
            let mut transaction = self.database.write().await?;
            let query = "SELECT account, secret FROM second_factor WHERE key_id = $1 LIMIT $2";
            let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(query)
                .bind(former.as_str())
                .bind(CLEAN_UP_ROWS_MAX)
                .fetch_all(&mut *transaction)
                .await?;
            let mut count = 0;
            for (account, bytes) in rows {
                let sealed = Sealed { key: former.clone(), bytes };
                // What a hand has changed stays as it is found.
                let Ok(secret) = open(&self.keys, &account, &sealed) else { continue };
                let sealed = seal(&self.keys, &account, &secret)?;
                let update = "UPDATE second_factor SET key_id = $1, secret = $2 WHERE account = $3";
                sqlx::query(update)
                    .bind(current.id())
                    .bind(sealed.bytes)
                    .bind(AccountId::stored(&account)?.to_string())
                    .execute(&mut *transaction)
                    .await?;
                count += 1;
            }
            transaction.commit().await?;
            done = done.and(count);
        }
        Ok(done)
    }
}
