//! What is done from time to time: last uses are written, and what is of no use any more is deleted.

use chrono::TimeDelta;
use domain::Timestamp;

use crate::database::stored_time;
use crate::limits::{CLEAN_UP_ROWS_MAX, ENDED_SESSION_KEPT_SECS, USES_WRITTEN_MAX};

use super::handle::Sessions;
use super::kind::SessionKind;
use super::refusal::Error;
use super::session::SessionId;

/// What was deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CleanedUp {
    /// How many rows.
    pub rows: u64,
    /// There may be more: clean up again.
    pub more: bool,
}

impl CleanedUp {
    /// After one statement that deletes at most [`CLEAN_UP_ROWS_MAX`] rows.
    pub(crate) fn and(self, rows: u64) -> Self {
        let full = i64::try_from(rows).is_ok_and(|rows| rows >= CLEAN_UP_ROWS_MAX);
        Self { rows: self.rows + rows, more: self.more || full }
    }
}

/// Sessions that are of no use: `$2` is the end of those that ended, then by kind the last use and the beginning.
const DEAD: &str = "SELECT id FROM session WHERE ended_at <= $2 \
     UNION ALL SELECT id FROM session WHERE ended_at IS NULL AND kind = 'page' AND last_used_at <= $3 \
     UNION ALL SELECT id FROM session WHERE ended_at IS NULL AND kind = 'page' AND created_at <= $4 \
     UNION ALL SELECT id FROM session WHERE ended_at IS NULL AND kind = 'program' AND last_used_at <= $5 \
     UNION ALL SELECT id FROM session WHERE ended_at IS NULL AND kind = 'program' AND created_at <= $6 LIMIT $1";

impl Sessions {
    /// Writes the last uses and deletes a bounded number of rows: access tokens that have expired, refresh tokens
    /// that were used so long ago that they would have expired anyhow, and sessions that have expired, or ended a week
    /// ago. To be called every minute, and again at once while there is [more](CleanedUp::more).
    ///
    /// # Errors
    /// The database. It may be called again.
    pub async fn clean_up(&self, now: Timestamp) -> Result<CleanedUp, Error> {
        // First, so that no session is taken for idle that is not.
        self.write_last_uses().await?;
        let done = self.delete_tokens(now).await?;
        self.delete_sessions(done, now).await
    }

    /// Notes that live connections of these sessions are open, so that none is taken for idle.
    pub fn note_open(&self, sessions: impl IntoIterator<Item = SessionId>, now: Timestamp) {
        for session in sessions {
            self.database.live().cache.note_open(session, now);
        }
    }

    /// Writes when sessions were last used, for a server that stops.
    ///
    /// # Errors
    /// The database. It may be called again.
    pub async fn write_last_uses(&self) -> Result<(), Error> {
        let uses = self.database.live().cache.uses();
        for some in uses.chunks(USES_WRITTEN_MAX) {
            let mut transaction = self.database.write().await?;
            for (session, at) in some {
                let statement = "UPDATE session SET last_used_at = $1 \
                     WHERE id = $2 AND ended_at IS NULL AND last_used_at < $1";
                sqlx::query(statement)
                    .bind(stored_time(*at))
                    .bind(session.to_string())
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await?;
            self.database.live().cache.written(some);
        }
        Ok(())
    }

    async fn delete_tokens(&self, now: Timestamp) -> Result<CleanedUp, Error> {
        let mut done = CleanedUp::default();
        // By the longest that a refresh token may live idle.
        let used = now - self.options.idle(SessionKind::Program);
        for (statement, until) in [
            ("SELECT hash FROM session_token WHERE expires_at <= $2 LIMIT $1", now),
            ("SELECT hash FROM session_token WHERE used_at <= $2 LIMIT $1", used),
        ] {
            let mut transaction = self.database.write().await?;
            let statement = format!("DELETE FROM session_token WHERE hash IN ({statement})");
            let deleted = sqlx::query(&statement)
                .bind(CLEAN_UP_ROWS_MAX)
                .bind(stored_time(until))
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            done = done.and(deleted.rows_affected());
        }
        Ok(done)
    }

    /// The tokens first: a session may have thousands.
    async fn delete_sessions(&self, mut done: CleanedUp, now: Timestamp) -> Result<CleanedUp, Error> {
        let tokens = format!(
            "DELETE FROM session_token WHERE hash IN \
             (SELECT hash FROM session_token WHERE session IN ({DEAD}) LIMIT $1)"
        );
        let sessions = format!(
            "DELETE FROM session WHERE id IN ({DEAD}) \
             AND NOT EXISTS (SELECT 1 FROM session_token WHERE session_token.session = session.id)"
        );
        for statement in [tokens, sessions] {
            let idle = |kind| stored_time(now - self.options.idle(kind));
            let begun = |kind| stored_time(now - self.options.lifetime(kind));
            let mut transaction = self.database.write().await?;
            let deleted = sqlx::query(&statement)
                .bind(CLEAN_UP_ROWS_MAX)
                .bind(stored_time(now - TimeDelta::seconds(ENDED_SESSION_KEPT_SECS)))
                .bind(idle(SessionKind::Page))
                .bind(begun(SessionKind::Page))
                .bind(idle(SessionKind::Program))
                .bind(begun(SessionKind::Program))
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            done = done.and(deleted.rows_affected());
        }
        Ok(done)
    }
}
