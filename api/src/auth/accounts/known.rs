//! Whose session a request is of.

use std::sync::{Arc, Mutex, PoisonError};

use accounts::account;
use accounts::limits::SESSIONS_CACHED_MAX;
use accounts::password::Hasher;
use accounts::second_factor::{SecondFactorRule, SecondFactors};
use accounts::sessions::{Refusal, Session, SessionId, Sessions, Token, TokenKind};
use accounts::sign_in::SignIn;
use accounts::throttle::Throttle;
use accounts::{Account, Database, ServerKeys};
use domain::Timestamp;
use journal::Clock;
use lru::LruCache;

use super::open_sessions::{OpenSessions, SessionWatch};
use super::options::AccountOptions;
use crate::auth::token::Keys;
use crate::http::problem::Problem;

/// The accounts of a server. Cheap to clone.
#[derive(Clone)]
pub struct Accounts(Arc<Inner>);

pub(super) struct Inner {
    pub(super) database: Database,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) signing: Keys,
    pub(super) keys: ServerKeys,
    pub(super) open: OpenSessions,
    hasher: Hasher,
    throttle: Throttle,
    sessions: Sessions,
    second_factors: SecondFactors,
    rule: SecondFactorRule,
    /// The accounts of sessions that were looked up. A change of what an account may do ends its sessions, so what is kept
    /// for one that is alive is good.
    holders: Mutex<LruCache<SessionId, Arc<Account>>>,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Whose it is: what it may do is up to date, its name and its language may be as they were when it signed in.
    pub account: Arc<Account>,
    /// Tells that the session has ended.
    pub watch: SessionWatch,
}

impl Accounts {
    /// Those in this database, by this clock and these keys.
    ///
    /// # Errors
    /// When the parameters of passwords are out of their ranges.
    pub async fn new(
        database: Database,
        clock: Arc<dyn Clock>,
        signing: Keys,
        options: AccountOptions,
    ) -> Result<Self, accounts::Error> {
        let keys = signing.of_accounts();
        let hasher = Hasher::new(options.passwords, None).await?;
        let shared = Arc::new(keys.clone());
        Ok(Self(Arc::new(Inner {
            sessions: Sessions::of(database.clone(), shared.clone(), options.sessions),
            second_factors: SecondFactors::of(database.clone(), shared),
            database,
            clock,
            signing,
            keys,
            open: OpenSessions::default(),
            hasher,
            throttle: Throttle::new(),
            rule: options.second_factor,
            holders: Mutex::new(LruCache::new(SESSIONS_CACHED_MAX)),
        })))
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.0
    }

    /// Where they are kept.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// Now, by the clock of the server.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// What checks and makes hashes of passwords.
    pub fn hasher(&self) -> &Hasher {
        &self.0.hasher
    }

    /// What counts guesses.
    pub fn throttle(&self) -> &Throttle {
        &self.0.throttle
    }

    /// The sessions.
    pub fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    /// The second factors.
    pub fn second_factors(&self) -> &SecondFactors {
        &self.0.second_factors
    }

    /// What requests are protected against forgery with.
    pub fn keys(&self) -> &ServerKeys {
        &self.0.keys
    }

    /// What signing in works with.
    pub fn sign_in(&self) -> SignIn<'_> {
        SignIn {
            database: self.database(),
            hasher: self.hasher(),
            throttle: self.throttle(),
            sessions: self.sessions(),
            second_factors: self.second_factors(),
        }
    }

    /// Has the holder of this account to have a second factor?
    pub fn requires_second_factor(&self, account: &Account) -> bool {
        self.0.rule.asks(account)
    }

    /// Does this session still lack the second factor that it has to have?
    pub fn lacks_second_factor(&self, account: &Account, session: &Session) -> bool {
        !session.second_factor && self.0.rule.asks(account)
    }

    /// Does this look like a token of a session, and not like one that the server signed?
    pub fn is_one(text: &str) -> bool {
        Token::parse(text).is_some()
    }

    /// The token in this text, if it is one of this kind.
    pub fn token(text: &str, kind: TokenKind) -> Option<Token> {
        Token::parse(text).filter(|token| token.kind() == kind)
    }

    /// Who has this token. Nobody if it is not valid (any more).
    ///
    /// # Errors
    /// When the database has to be asked and does not answer.
    pub async fn check(&self, token: &Token) -> Result<Option<SignedIn>, Problem> {
        let session = match self.sessions().check(&token.reveal(), self.now()).await {
            Ok(session) => session,
            Err(accounts::sessions::Error::Refused(Refusal::NotValid | Refusal::Ended(_))) => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let watch = self.0.open.watch(session.id);
        let Some(account) = self.holder(&session).await? else { return Ok(None) };
        Ok(Some(SignedIn { session, account, watch }))
    }

    /// Forgets what is known of an account by this session, which its holder has changed.
    pub fn forget_holder(&self, session: SessionId) {
        self.0.holders.lock().unwrap_or_else(PoisonError::into_inner).pop(&session);
    }

    async fn holder(&self, session: &Session) -> Result<Option<Arc<Account>>, Problem> {
        let known = || self.0.holders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(account) = known().get(&session.id) {
            return Ok(Some(account.clone()));
        }
        let found = account::find(self.database(), session.account)
            .await?
            .filter(|account| account.disabled.is_none());
        let Some(account) = found.map(Arc::new) else { return Ok(None) };
        known().put(session.id, account.clone());
        Ok(Some(account))
    }
}
