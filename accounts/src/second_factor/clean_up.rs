//! Deletes what is of no use any more.

use chrono::TimeDelta;
use domain::Timestamp;

use crate::database::stored_time;
use crate::limits::{CLEAN_UP_ROWS_MAX, ENROLMENT_SECS, SPENT_CODE_KEPT_SECS};
use crate::sessions::CleanedUp;

use super::handle::SecondFactors;
use super::refusal::Error;

impl SecondFactors {
    /// Deletes a bounded number of rows: enrolments that were not confirmed in time, and recovery codes that were spent
    /// three months ago. To be called every hour, and again at once while there is [more](CleanedUp::more).
    ///
    /// # Errors
    /// The database. It may be called again.
    pub async fn clean_up(&self, now: Timestamp) -> Result<CleanedUp, Error> {
        let mut done = CleanedUp::default();
        for (statement, kept_secs) in [
            (
                "DELETE FROM second_factor WHERE account IN (SELECT account FROM second_factor \
                 WHERE confirmed_at IS NULL AND created_at <= $2 LIMIT $1)",
                ENROLMENT_SECS,
            ),
            (
                "DELETE FROM recovery_code WHERE used_at <= $2 AND (account, hash) IN \
                 (SELECT account, hash FROM recovery_code WHERE used_at <= $2 LIMIT $1)",
                SPENT_CODE_KEPT_SECS,
            ),
        ] {
            let mut transaction = self.database.write().await?;
            let deleted = sqlx::query(statement)
                .bind(CLEAN_UP_ROWS_MAX)
                .bind(stored_time(now - TimeDelta::seconds(kept_secs)))
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            done = done.and(deleted.rows_affected());
        }
        Ok(done)
    }
}
