//! Signs somebody in: a session with its first tokens.

use std::net::IpAddr;

use domain::Timestamp;

use crate::account_id::AccountId;
use crate::database::{Transaction, stored_time};
use crate::limits::SESSIONS_PER_ACCOUNT_MAX;

use super::device::device_label;
use super::end::end_some;
use super::handle::Sessions;
use super::kind::SessionKind;
use super::live::Ended;
use super::refusal::{Error, Refusal};
use super::session::{EndReason, Session, SessionId};
use super::successor::access_of;
use super::token::{Token, TokenKind};

/// Who signs in, and on what.
#[derive(Clone, Debug)]
pub struct NewSession<'a> {
    /// Who.
    pub account: AccountId,
    /// On what.
    pub kind: SessionKind,
    /// Where from.
    pub network_address: Option<IpAddr>,
    /// The field `User-Agent` of the request; empty where there was none.
    pub user_agent: &'a str,
    /// Was the second factor passed?
    pub second_factor: bool,
}

/// What the holder of a session is given, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tokens {
    /// For the cookie of a page.
    Page(Token),
    /// For a program.
    Program(ProgramTokens),
}

/// The tokens of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramTokens {
    /// To be sent with each request.
    pub access: Token,
    /// When that expires, unless the session ends before.
    pub access_expires_at: Timestamp,
    /// To be exchanged for the next ones.
    pub refresh: Token,
}

/// A session that was made in a transaction. It is given out by [`Sessions::commit_start`].
#[derive(Debug)]
#[must_use = "nothing has happened until it is committed"]
pub struct Started {
    session: Session,
    tokens: Tokens,
    ended: Ended,
}

impl Sessions {
    /// Makes a session in a transaction of its own.
    ///
    /// # Errors
    /// [`Refusal::NoAccount`] when the account is gone or disabled; the database.
    pub async fn start(&self, new: NewSession<'_>, now: Timestamp) -> Result<(Session, Tokens), Error> {
        let mut transaction = self.database.write().await?;
        let started = self.start_in(&mut transaction, new, now).await?;
        self.commit_start(transaction, started).await
    }

    /// Makes a session in a transaction that also checks what else has to be true: changes are made one at a time, so
    /// an account that is disabled, or whose password is changed, is so before the transaction, or ends the
    /// session after it. A caller who checked a password before the transaction has to see in it that the hash is
    /// still the same.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_in(
        &self,
        transaction: &mut Transaction,
        new: NewSession<'_>,
        now: Timestamp,
    ) -> Result<Started, Error> {
        let active = "SELECT id FROM account WHERE id = $1 AND disabled_at IS NULL";
        let active: Option<String> = sqlx::query_scalar(active)
            .bind(new.account.to_string())
            .fetch_optional(&mut **transaction)
            .await?;
        active.ok_or(Refusal::NoAccount)?;
        let ended = self.make_room(transaction, new.account, now).await?;
        let session = Session {
            id: SessionId::at(now),
            account: new.account,
            kind: new.kind,
            created_at: now,
            last_used_at: now,
            network_address: new.network_address,
            device: device_label(new.user_agent),
            second_factor: new.second_factor,
        };
        insert(transaction, &session).await?;
        let tokens = match new.kind {
            SessionKind::Page => {
                let token = Token::draw(TokenKind::Page)?;
                insert_token(transaction, session.id, &token, 0, now, None).await?;
                Tokens::Page(token)
            }
            SessionKind::Program => {
                let refresh = Token::draw(TokenKind::Refresh)?;
                let access = access_of(&self.keys.current(), &refresh);
                let access_expires_at = now + self.options.access_token();
                insert_pair(transaction, session.id, (&access, access_expires_at), &refresh, 0, now).await?;
                Tokens::Program(ProgramTokens { access, access_expires_at, refresh })
            }
        };
        Ok(Started { session, tokens, ended })
    }

    /// Commits the transaction, and gives out the session and its tokens.
    ///
    /// # Errors
    /// The database.
    pub async fn commit_start(
        &self,
        transaction: Transaction,
        started: Started,
    ) -> Result<(Session, Tokens), Error> {
        self.database.commit(transaction, started.ended).await?;
        Ok((started.session, started.tokens))
    }

    /// Ends the sessions that were not used for longest, so that there is room for one more.
    async fn make_room(
        &self,
        transaction: &mut Transaction,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Ended, Error> {
        let oldest = "SELECT id FROM session WHERE account = $1 AND ended_at IS NULL \
             ORDER BY last_used_at DESC, id DESC LIMIT $2 OFFSET $3";
        let oldest: Vec<String> = sqlx::query_scalar(oldest)
            .bind(account.to_string())
            .bind(SESSIONS_PER_ACCOUNT_MAX)
            .bind(SESSIONS_PER_ACCOUNT_MAX - 1)
            .fetch_all(&mut **transaction)
            .await?;
        end_some(transaction, account, &oldest, EndReason::MadeRoom, now).await
    }
}

async fn insert(transaction: &mut Transaction, session: &Session) -> Result<(), sqlx::Error> {
    let kind: &'static str = session.kind.into();
    let statement = "INSERT INTO session (id, account, kind, created_at, last_used_at, network_address, device, \
         second_factor, generation) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)";
    sqlx::query(statement)
        .bind(session.id.to_string())
        .bind(session.account.to_string())
        .bind(kind)
        .bind(stored_time(session.created_at))
        .bind(stored_time(session.last_used_at))
        .bind(session.network_address.map(|address| address.to_string()))
        .bind(session.device.as_str())
        .bind(i64::from(session.second_factor))
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// Stores the tokens of one generation of a program.
pub(crate) async fn insert_pair(
    transaction: &mut Transaction,
    session: SessionId,
    (access, access_expires_at): (&Token, Timestamp),
    refresh: &Token,
    generation: i64,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    insert_token(transaction, session, refresh, generation, now, None).await?;
    insert_token(transaction, session, access, generation, now, Some(access_expires_at)).await
}

/// Stores the hash of a token.
pub(crate) async fn insert_token(
    transaction: &mut Transaction,
    session: SessionId,
    token: &Token,
    generation: i64,
    now: Timestamp,
    expires_at: Option<Timestamp>,
) -> Result<(), sqlx::Error> {
    let statement = "INSERT INTO session_token (hash, session, kind, generation, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6)";
    sqlx::query(statement)
        .bind(token.hash().bytes())
        .bind(session.to_string())
        .bind(token.kind().name())
        .bind(generation)
        .bind(stored_time(now))
        .bind(expires_at.map(stored_time))
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
