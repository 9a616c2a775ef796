//! The sessions of an account, as its holder and administrators see them.

use domain::Timestamp;

use crate::account_id::AccountId;
use crate::database::stored_time;
use crate::limits::SESSIONS_PAGE_MAX;

use super::handle::Sessions;
use super::kind::SessionKind;
use super::refusal::Error;
use super::session::{Session, SessionId};
use super::stored::{COLUMNS, StoredSession};

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionPage {
    /// The newest first.
    pub sessions: Vec<Session>,
    /// After which session the list goes on, if it does.
    pub next: Option<SessionId>,
}

impl Sessions {
    /// The sessions of an account that are alive, the newest first: from 1 to [`SESSIONS_PAGE_MAX`] of them (what is
    /// beyond is taken for the nearest), after the one where the part before ended, which need not be there any more.
    /// When each was last used is told to a minute, and may be written a minute late.
    ///
    /// # Errors
    /// The database.
    pub async fn list(
        &self,
        account: AccountId,
        after: Option<SessionId>,
        count: u32,
        now: Timestamp,
    ) -> Result<SessionPage, Error> {
        let count = count.clamp(1, SESSIONS_PAGE_MAX);
        let idle = |kind| stored_time(now - self.options.idle(kind));
        let begun = |kind| stored_time(now - self.options.lifetime(kind));
        let query = format!(
            "SELECT {COLUMNS} FROM session WHERE account = $1 AND ended_at IS NULL AND id < $2 AND ( \
             (kind = 'page' AND last_used_at > $3 AND created_at > $4) \
             OR (kind = 'program' AND last_used_at > $5 AND created_at > $6)) ORDER BY id DESC LIMIT $7"
        );
        // The hexadecimal digits of an id come before "g".
        let before = after.map_or_else(|| "g".to_owned(), |after| after.to_string());
        let rows: Vec<StoredSession> = sqlx::query_as(&query)
            .bind(account.to_string())
            .bind(before)
            .bind(idle(SessionKind::Page))
            .bind(begun(SessionKind::Page))
            .bind(idle(SessionKind::Program))
            .bind(begun(SessionKind::Program))
            .bind(i64::from(count) + 1)
            .fetch_all(self.database.read())
            .await?;
        let mut sessions: Vec<Session> = rows.into_iter().map(|row| row.session).collect();
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let goes_on = sessions.len() > count;
        sessions.truncate(count);
        let next = sessions.last().filter(|_| goes_on).map(|last| last.id);
        Ok(SessionPage { sessions, next })
    }
}
