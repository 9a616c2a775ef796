//! Signs somebody in with a password and, for who has one, a second factor (spec.md §Privacy and security).

use std::net::IpAddr;

use domain::Timestamp;
use secrecy::SecretString;
use serde_json::json;

use crate::account::{self, Account};
use crate::account_id::AccountId;
use crate::audit::{Action, record};
use crate::by::{Actor, By};
use crate::database::Database;
use crate::password::{self, Hasher, Right};
use crate::second_factor::{self, RecoveryCode, SecondFactors};
use crate::sessions::{self, NewSession, Session, SessionKind, Sessions, Tokens};
use crate::throttle::{Throttle, TooSoon};

const FAILED: Action = Action("account.sign_in_failed");

/// What signing in works with.
#[derive(Clone, Copy, Debug)]
pub struct SignIn<'a> {
    /// The accounts.
    pub database: &'a Database,
    /// What checks passwords.
    pub hasher: &'a Hasher,
    /// What counts guesses.
    pub throttle: &'a Throttle,
    /// The sessions.
    pub sessions: &'a Sessions,
    /// The second factors.
    pub second_factors: &'a SecondFactors,
}

/// What somebody sends to sign in.
#[derive(Debug)]
pub struct Credentials<'a> {
    /// The e-mail address, as typed.
    pub address: &'a str,
    /// The password.
    pub password: &'a SecretString,
    /// A code of the authenticator, or a recovery code.
    pub code: Option<&'a str>,
    /// On what the session is to be.
    pub kind: SessionKind,
    /// The field `User-Agent` of the request; empty where there was none.
    pub user_agent: &'a str,
    /// Where it comes from.
    pub from: IpAddr,
    /// When.
    pub at: Timestamp,
}

/// Why somebody is not signed in.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address or the password is wrong, or the account is disabled, or has no password: all of them alike.
    #[error("the address or the password is wrong")]
    Wrong,
    /// The password is right; a code is needed as well.
    #[error("a code of the authenticator is needed")]
    CodeNeeded,
    /// There were too many wrong guesses.
    #[error("too many wrong guesses")]
    TooSoon(TooSoon),
    /// The code was refused.
    #[error(transparent)]
    Code(#[from] second_factor::Error),
    /// The session could not be begun.
    #[error(transparent)]
    Session(#[from] sessions::Error),
    /// It could not be done.
    #[error(transparent)]
    Failed(#[from] crate::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl SignIn<'_> {
    /// Begins a session for whoever knows the password and, where the account has a second factor, a code of it. Whether
    /// the address has an account cannot be told from the answer, nor from the time it takes.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn sign_in(&self, sent: Credentials<'_>) -> Result<(Account, Session, Tokens), Error> {
        let guess = self.throttle.guess(sent.at, sent.address, sent.from).map_err(Error::TooSoon)?;
        let right = match password::check(self.database, self.hasher, sent.address, sent.password).await {
            Ok(Some(right)) => right,
            Ok(None) => {
                self.note_failure(&sent);
                return Err(Error::Wrong);
            }
            Err(error) => {
                self.throttle.was_not_made(&guess);
                return Err(error.into());
            }
        };
        self.throttle.was_right(&guess);
        let id = right.account;
        let by = By { actor: Actor::Account(id), at: sent.at, network_address: Some(sent.from) };
        let second_factor = self.pass_second_factor(id, sent.code, &by).await?;
        self.begin(&sent, &right, second_factor, &by).await
    }

    /// Was a second factor passed? An account without one has nothing to pass.
    async fn pass_second_factor(&self, id: AccountId, code: Option<&str>, by: &By) -> Result<bool, Error> {
        if self.second_factors.status(id).await?.is_none() {
            return Ok(false);
        }
        let code = code.ok_or(Error::CodeNeeded)?;
        if RecoveryCode::parse(code).is_some() {
            self.second_factors.recover(id, code, by).await?;
        } else {
            self.second_factors.verify(id, code, by).await?;
        }
        Ok(true)
    }

    async fn begin(
        &self,
        sent: &Credentials<'_>,
        right: &Right,
        second_factor: bool,
        by: &By,
    ) -> Result<(Account, Session, Tokens), Error> {
        let mut transaction = self.database.write().await?;
        if !right.still_holds(&mut transaction).await? {
            return Err(Error::Wrong);
        }
        let new = NewSession {
            account: right.account,
            kind: sent.kind,
            network_address: Some(sent.from),
            user_agent: sent.user_agent,
            second_factor,
        };
        let started = self.sessions.start_in(&mut transaction, new, sent.at).await?;
        account::signed_in(&mut transaction, by, right.account).await?;
        let account = account::in_transaction(&mut transaction, right.account).await?;
        let (session, tokens) = self.sessions.commit_start(transaction, started).await?;
        Ok((account, session, tokens))
    }

    /// Records a wrong password of an account that exists. Nobody waits for it, so it tells nobody that it does.
    fn note_failure(&self, sent: &Credentials<'_>) {
        let by = By { actor: Actor::Anybody, at: sent.at, network_address: Some(sent.from) };
        let (database, address) = (self.database.clone(), sent.address.to_owned());
        tokio::spawn(async move {
            if let Err(error) = record_failure(&database, &address, &by).await {
                tracing::warn!(%error, "a failed sign-in could not be recorded");
            }
        });
    }
}

async fn record_failure(database: &Database, address: &str, by: &By) -> Result<(), crate::Error> {
    let Some(account) = account::by_address(database, address).await? else { return Ok(()) };
    let mut transaction = database.write().await?;
    record(&mut transaction, by, FAILED, Some(account.id), &json!({})).await?;
    Ok(transaction.commit().await?)
}
