//! From the token of a request to its session.

use domain::Timestamp;
use sqlx::{FromRow, Row};

use crate::database::read_time;

use super::cache::Known;
use super::handle::Sessions;
use super::refusal::{Error, Refusal};
use super::session::Session;
use super::stored::{COLUMNS, StoredSession};
use super::token::{Token, TokenHash, TokenKind};

impl Sessions {
    /// The session of a page's token or of an access token. It costs a look into memory, and every few seconds
    /// one into the database; what is not a token costs nothing. It never writes: the use is noted, and written by
    /// [`Sessions::clean_up`].
    ///
    /// # Errors
    /// [`Refusal::NotValid`], also for a refresh token; [`Refusal::Ended`]; the database.
    pub async fn check(&self, token: &str, now: Timestamp) -> Result<Session, Error> {
        let token = Token::parse(token).filter(|token| token.kind() != TokenKind::Refresh);
        let hash = token.ok_or(Refusal::NotValid)?.hash();
        let known = match self.database.live().cache.get(&hash, now) {
            Some(known) => known,
            None => self.look_up(hash, now).await?,
        };
        let mut session = known.session;
        let token_expired = known.token_expires_at.is_some_and(|at| now >= at);
        if token_expired || now >= session.expires_at(&self.options) {
            return Err(Refusal::NotValid.into());
        }
        self.database.live().cache.note_use(&hash, &mut session, now);
        Ok(session)
    }

    async fn look_up(&self, hash: TokenHash, now: Timestamp) -> Result<Known, Error> {
        let before = self.database.live().cache.epoch();
        let query = format!(
            "SELECT {COLUMNS}, session_token.expires_at FROM session_token \
             JOIN session ON session.id = session_token.session WHERE session_token.hash = $1"
        );
        let row = sqlx::query(&query).bind(hash.bytes()).fetch_optional(self.database.read()).await?;
        let row = row.ok_or(Refusal::NotValid)?;
        let stored = StoredSession::from_row(&row)?;
        if let Some(reason) = stored.ended {
            return Err(Refusal::Ended(reason).into());
        }
        let expires_at: Option<i64> = row.try_get("expires_at")?;
        let known = Known { session: stored.session, token_expires_at: expires_at.map(read_time) };
        Ok(self.database.live().cache.put(hash, known, before, now))
    }
}
