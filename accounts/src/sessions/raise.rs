//! A session whose holder passes the second factor after signing in.

use std::collections::HashSet;

use domain::Timestamp;

use crate::account_id::AccountId;

use super::handle::Sessions;
use super::kind::SessionKind;
use super::live::Ended;
use super::refusal::{Error, Refusal};
use super::session::SessionId;
use super::start::insert_token;
use super::token::{Token, TokenKind};

impl Sessions {
    /// Notes that the holder of this session has passed the second factor, which the caller has checked. A page gets a
    /// new token for its cookie and the old one ends, so that nobody who knew it is raised with it; a program
    /// keeps its tokens.
    ///
    /// # Errors
    /// [`Refusal::NotValid`] when the account has no such session that is alive; the database.
    pub async fn pass_second_factor(
        &self,
        account: AccountId,
        session: SessionId,
        now: Timestamp,
    ) -> Result<Option<Token>, Error> {
        let mut transaction = self.database.write().await?;
        let raise = "UPDATE session SET second_factor = 1, generation = generation + CASE kind WHEN 'page' THEN 1 ELSE 0 END \
             WHERE id = $1 AND account = $2 AND ended_at IS NULL RETURNING kind, generation";
        let raised: Option<(String, i64)> = sqlx::query_as(raise)
            .bind(session.to_string())
            .bind(account.to_string())
            .fetch_optional(&mut *transaction)
            .await?;
        let (kind, generation) = raised.ok_or(Refusal::NotValid)?;
        let mut token = None;
        if kind == <&str>::from(SessionKind::Page) {
            sqlx::query("DELETE FROM session_token WHERE session = $1")
                .bind(session.to_string())
                .execute(&mut *transaction)
                .await?;
            let new = Token::draw(TokenKind::Page)?;
            insert_token(&mut transaction, session, &new, generation, now, None).await?;
            token = Some(new);
        }
        self.database.commit_changed(transaction, HashSet::from([session]), Ended::default()).await?;
        Ok(token)
    }
}
