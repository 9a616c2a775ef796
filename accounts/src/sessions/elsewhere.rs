//! Sessions that another process ended in the same database: an administrator's command, a second server.

use std::collections::HashSet;

use uuid::Uuid;

use super::handle::Sessions;
use super::refusal::Error;
use super::session::SessionId;

impl Sessions {
    /// How often sessions were ended, by whom soever. While it stays the same, nothing that is known of them is out of
    /// date.
    ///
    /// # Errors
    /// The database.
    pub async fn changes(&self) -> Result<i64, Error> {
        let query = "SELECT changes FROM session_changes";
        Ok(sqlx::query_scalar(query).fetch_one(self.database.read()).await?)
    }

    /// The sessions that nobody has ended, and forgets what was looked up before: for when [`changes`](Self::changes)
    /// moved.
    ///
    /// # Errors
    /// The database.
    pub async fn not_ended(&self) -> Result<HashSet<SessionId>, Error> {
        self.database.live().cache.forget_all();
        let query = "SELECT id FROM session WHERE ended_at IS NULL";
        let ids: Vec<String> = sqlx::query_scalar(query).fetch_all(self.database.read()).await?;
        Ok(ids.iter().filter_map(|id| id.parse::<Uuid>().ok()).map(SessionId::of).collect())
    }
}
