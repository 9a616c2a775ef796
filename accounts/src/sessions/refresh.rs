//! Exchanges a refresh token for the next tokens.
//!
//! Each use gives a new refresh token and ends the one that was sent. Who sends an ended one holds a copy, and nobody
//! can tell which of the two is the thief: the session ends for both. The exception is a client that lost the answer:
//! within ten seconds the same refresh is answered again, with the very tokens of the first time (see
//! `successor.rs`), however many ask at once.
//!
//! The access token of the generation before stays valid until it expires, for requests that are under way.

use std::net::IpAddr;

use chrono::TimeDelta;
use domain::Timestamp;
use sqlx::{FromRow, Row};

use crate::by::{Actor, By};
use crate::database::{Transaction, read_time, stored_time};
use crate::limits::REFRESHES_PER_HOUR_MAX;

use super::end::{end_some, record};
use super::handle::Sessions;
use super::live::Ended;
use super::refusal::{Error, Refusal};
use super::rules::{Meaning, SentRefresh, meaning};
use super::session::{EndReason, Session, SessionId};
use super::start::{ProgramTokens, insert_pair};
use super::stored::{COLUMNS, StoredSession};
use super::successor::{access_of, candidates, next_refresh};
use super::token::{TOKEN_BYTES, Token, TokenHash, TokenKind, random};

/// A refresh token that was sent, as it is stored.
struct Stored {
    session: Session,
    current: i64,
    ended: Option<EndReason>,
    generation: i64,
    used_at: Option<Timestamp>,
    salt: Option<Vec<u8>>,
}

impl Sessions {
    /// The next tokens for a refresh token, sent from this address.
    ///
    /// # Errors
    /// [`Refusal::NotValid`]; [`Refusal::Ended`], also when this very token ends the session because it had been
    /// used; [`Refusal::TooManyRefreshes`]; the database, after which the same refresh may be repeated.
    pub async fn refresh(
        &self,
        token: &str,
        from: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<(Session, ProgramTokens), Error> {
        let token = Token::parse(token).filter(|token| token.kind() == TokenKind::Refresh);
        let token = token.ok_or(Refusal::NotValid)?;
        // Whoever guesses waits for no one who writes, and lets nobody wait.
        let exists = "SELECT session FROM session_token WHERE hash = $1";
        let exists: Option<String> = sqlx::query_scalar(exists)
            .bind(token.hash().bytes())
            .fetch_optional(self.database.read())
            .await?;
        exists.ok_or(Refusal::NotValid)?;
        let mut transaction = self.database.write().await?;
        let stored = read(&mut transaction, &token).await?.ok_or(Refusal::NotValid)?;
        if let Some(reason) = stored.ended {
            return Err(Refusal::Ended(reason).into());
        }
        if now >= stored.session.expires_at(&self.options) {
            return Err(Refusal::NotValid.into());
        }
        let sent =
            SentRefresh { generation: stored.generation, used_at: stored.used_at, current: stored.current };
        match meaning(sent, now) {
            Meaning::Next => self.rotate(transaction, &token, stored, from, now).await,
            Meaning::Repeat => self.repeat(transaction, &token, stored).await,
            Meaning::Reuse => self.end_family(transaction, &stored.session, from, now).await,
        }
    }

    async fn rotate(
        &self,
        mut transaction: Transaction,
        used: &Token,
        stored: Stored,
        from: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<(Session, ProgramTokens), Error> {
        let mut session = stored.session;
        check_rate(&mut transaction, session.id, now).await?;
        let salt: [u8; TOKEN_BYTES] = random()?;
        let key = &self.keys.current();
        let refresh = next_refresh(key, used, &salt);
        let access = access_of(key, &refresh);
        let access_expires_at = now + self.options.access_token();
        let generation = stored.generation + 1;
        mark_used(&mut transaction, used.hash(), &salt, now).await?;
        forget_before(&mut transaction, session.id, stored.generation).await?;
        insert_pair(&mut transaction, session.id, (&access, access_expires_at), &refresh, generation, now)
            .await?;
        session.last_used_at = session.last_used_at.max(now);
        session.network_address = from.or(session.network_address);
        let statement =
            "UPDATE session SET generation = $1, last_used_at = $2, network_address = $3 WHERE id = $4";
        sqlx::query(statement)
            .bind(generation)
            .bind(stored_time(session.last_used_at))
            .bind(session.network_address.map(|address| address.to_string()))
            .bind(session.id.to_string())
            .execute(&mut *transaction)
            .await?;
        self.database.commit(transaction, Ended::default()).await?;
        Ok((session, ProgramTokens { access, access_expires_at, refresh }))
    }

    /// The tokens that this one was exchanged for a moment ago.
    async fn repeat(
        &self,
        mut transaction: Transaction,
        used: &Token,
        stored: Stored,
    ) -> Result<(Session, ProgramTokens), Error> {
        let salt: Option<[u8; TOKEN_BYTES]> = stored.salt.and_then(|salt| salt.try_into().ok());
        let salt = salt.ok_or(Refusal::NotValid)?;
        for (access, refresh) in candidates(&self.keys, used, &salt) {
            let query = "SELECT expires_at FROM session_token WHERE hash = $1 AND kind = 'access'";
            let expires_at: Option<i64> = sqlx::query_scalar(query)
                .bind(access.hash().bytes())
                .fetch_optional(&mut *transaction)
                .await?;
            if let Some(access_expires_at) = expires_at.map(read_time) {
                return Ok((stored.session, ProgramTokens { access, access_expires_at, refresh }));
            }
        }
        // The key that made them was taken away within seconds.
        Err(Refusal::NotValid.into())
    }

    async fn end_family(
        &self,
        mut transaction: Transaction,
        session: &Session,
        from: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<(Session, ProgramTokens), Error> {
        let (id, reason) = (session.id.to_string(), EndReason::TokenReused);
        let ended = end_some(&mut transaction, session.account, &[id], reason, now).await?;
        let by = By { actor: Actor::System, at: now, network_address: from };
        record(&mut transaction, &ended, &by).await?;
        self.database.commit(transaction, ended).await?;
        Err(Refusal::Ended(reason).into())
    }
}

async fn read(transaction: &mut Transaction, token: &Token) -> Result<Option<Stored>, Error> {
    let query = format!(
        "SELECT {COLUMNS}, session_token.generation AS token_generation, session_token.used_at, \
         session_token.successor_salt \
         FROM session_token JOIN session ON session.id = session_token.session WHERE session_token.hash = $1"
    );
    let row = sqlx::query(&query).bind(token.hash().bytes()).fetch_optional(&mut **transaction).await?;
    let Some(row) = row else { return Ok(None) };
    let StoredSession { session, generation: current, ended } = StoredSession::from_row(&row)?;
    let used_at: Option<i64> = row.try_get("used_at")?;
    Ok(Some(Stored {
        session,
        current,
        ended,
        generation: row.try_get("token_generation")?,
        used_at: used_at.map(read_time),
        salt: row.try_get("successor_salt")?,
    }))
}

/// Refuses the refresh that would be one too many within an hour.
async fn check_rate(transaction: &mut Transaction, session: SessionId, now: Timestamp) -> Result<(), Error> {
    let hour = TimeDelta::hours(1);
    let query = "SELECT COUNT(*), MIN(created_at) FROM session_token \
         WHERE session = $1 AND kind = 'refresh' AND generation > 0 AND created_at > $2 AND created_at <= $3";
    let (count, first): (i64, Option<i64>) = sqlx::query_as(query)
        .bind(session.to_string())
        .bind(stored_time(now - hour))
        .bind(stored_time(now))
        .fetch_one(&mut **transaction)
        .await?;
    match first {
        Some(first) if count >= REFRESHES_PER_HOUR_MAX => {
            Err(Refusal::TooManyRefreshes { retry_after: read_time(first) + hour - now }.into())
        }
        _ => Ok(()),
    }
}

async fn mark_used(
    transaction: &mut Transaction,
    used: TokenHash,
    salt: &[u8; TOKEN_BYTES],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let statement = "UPDATE session_token SET used_at = $1, successor_salt = $2 WHERE hash = $3";
    sqlx::query(statement)
        .bind(stored_time(now))
        .bind(salt.as_slice())
        .bind(used.bytes())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// Erases what the tokens of this generation were derived with, and the access tokens before it.
async fn forget_before(
    transaction: &mut Transaction,
    session: SessionId,
    generation: i64,
) -> Result<(), sqlx::Error> {
    for statement in [
        "UPDATE session_token SET successor_salt = NULL \
         WHERE session = $1 AND kind = 'refresh' AND generation < $2 AND successor_salt IS NOT NULL",
        "DELETE FROM session_token WHERE session = $1 AND kind = 'access' AND generation < $2",
    ] {
        sqlx::query(statement).bind(session.to_string()).bind(generation).execute(&mut **transaction).await?;
    }
    Ok(())
}
