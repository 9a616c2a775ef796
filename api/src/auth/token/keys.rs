//! The keys that a server uses, which follow their file while it runs.
//!
//! Whatever happens to the file, the keys in memory stay in force until it can be read again. Only several keys in a
//! document are taken over: the bytes of a single one cannot be told from half of a file that is being written.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use accounts::{ServerKey, ServerKeys};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{LivechatId, OperatorId};
use jsonwebtoken::Algorithm;
use tokio_util::sync::CancellationToken;

use super::claims::{Claims, VisitorPass};
use super::error::KeyError;
use super::file::{Content, KeyFile, Stamp};
use super::key::{Key, KeyId, LEEWAY_SECS};
use super::ring::Ring;
use crate::auth::role::Role;
use crate::limits::{KEYS_LOOKED_AT_EVERY, TOKEN_BYTES_MAX};

/// The keys that sign and check tokens (spec.md §Privacy and security). Cheap to clone; clones are the same keys.
#[derive(Clone, Debug)]
pub struct Keys(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    ring: RwLock<Arc<Ring>>,
    /// None when there is nothing to follow.
    followed: Option<Mutex<Followed>>,
}

/// The file that the ring was read from.
#[derive(Debug)]
struct Followed {
    file: KeyFile,
    /// As it was when it was last looked at; none when it was not there.
    seen: Option<Stamp>,
}

/// A token that a key has signed.
#[derive(Clone, Debug)]
pub struct Verified {
    /// What it says.
    pub claims: Claims,
    /// Cancelled when that key is retired: the token is no longer good then.
    pub key_retired: CancellationToken,
}

impl Verified {
    /// Is it good still?
    pub fn is_good(&self, now: DateTime<Utc>) -> bool {
        let end = self.claims.exp.saturating_add_unsigned(LEEWAY_SECS);
        !self.key_retired.is_cancelled() && now.timestamp() <= end
    }
}

impl Keys {
    /// Reads the keys from a file, which is created with a new random key, readable by its owner only,
    /// when there is none.
    ///
    /// # Errors
    /// When the file can be neither read nor created, others may open it, a key has fewer than 32 bytes, or the file is
    /// damaged.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        let file = KeyFile::at(path);
        file.create_if_missing()?;
        // Before it is read: what is written meanwhile is noticed later.
        let seen = file.stamp().map_err(KeyError::file(path))?;
        let ring = file.read()?;
        let followed = seen.map(|seen| Mutex::new(Followed { file, seen: Some(seen) }));
        Ok(Self::of(ring, followed))
    }

    /// A new random key that lives as long as the process.
    pub fn ephemeral() -> Self {
        Self::of(Ring::new(vec![], Key::random(Utc::now())), None)
    }

    fn of(ring: Ring, followed: Option<Mutex<Followed>>) -> Self {
        Self(Arc::new(Shared { ring: RwLock::new(Arc::new(ring)), followed }))
    }

    /// Signs a token that is good for `lifetime`, and returns until when.
    ///
    /// # Errors
    /// When signing fails, which it does not with a key of this kind.
    pub fn issue(
        &self,
        livechat: &LivechatId,
        role: Role,
        subject: &str,
        lifetime: TimeDelta,
    ) -> Result<(String, DateTime<Utc>), KeyError> {
        self.sign(&Claims::of(livechat, role, subject, Utc::now() + lifetime))
    }

    /// Signs an operator's token, as of a change of the staff.
    ///
    /// # Errors
    /// As [`Keys::issue`].
    pub fn issue_to_operator(
        &self,
        livechat: &LivechatId,
        operator: &OperatorId,
        lifetime: TimeDelta,
        staff: u64,
    ) -> Result<(String, DateTime<Utc>), KeyError> {
        self.sign(&Claims::of_operator(livechat, operator, Utc::now() + lifetime, staff))
    }

    /// Signs a visitor's token that is good until `expires_at`, and returns until when. It may renew tokens of which
    /// the first was issued at `renews`.
    ///
    /// # Errors
    /// As [`Keys::issue`].
    pub fn issue_to_visitor(
        &self,
        livechat: &LivechatId,
        pass: &VisitorPass,
        renews: Option<DateTime<Utc>>,
        expires_at: DateTime<Utc>,
    ) -> Result<(String, DateTime<Utc>), KeyError> {
        self.sign(&Claims::of_visitor(livechat, pass, renews, expires_at))
    }

    fn sign(&self, claims: &Claims) -> Result<(String, DateTime<Utc>), KeyError> {
        Ok(self.ring().signing().sign(claims)?)
    }

    /// What a token says, if one of the keys signed it, that key still checks, and the token has not expired.
    ///
    /// A token that names a key which is not known here may have been signed by one that has just been added: the file is
    /// looked at, and read if it has changed.
    pub fn check(&self, token: &str) -> Option<Verified> {
        if token.len() > TOKEN_BYTES_MAX {
            return None;
        }
        let header = jsonwebtoken::decode_header(token).ok()?;
        if header.alg != Algorithm::HS256 {
            return None;
        }
        let ring = self.ring();
        let Some(id) = header.kid else { return verified(ring.oldest(Utc::now())?, token) };
        let id = KeyId::parse(&id)?;
        if let Some(key) = ring.find(&id, Utc::now()) {
            return verified(key, token);
        }
        self.look();
        verified(self.ring().find(&id, Utc::now())?, token)
    }

    /// Keys for the accounts, derived from those that there are, the one that signs first.
    pub fn of_accounts(&self) -> ServerKeys {
        let ring = self.ring();
        let key = |key: &Key| ServerKey::derived(key.id().as_str(), key.secret());
        let former = ring.former().iter().rev().map(|former| key(&former.key));
        ServerKeys::with(key(ring.signing()), former)
    }

    /// The keys in force.
    fn ring(&self) -> Arc<Ring> {
        self.0.ring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the file again if it is another than at the last look.
    fn look(&self) {
        let Some(followed) = &self.0.followed else { return };
        let mut followed = followed.lock().unwrap_or_else(PoisonError::into_inner);
        let there = followed.file.stamp();
        let seen = there.as_ref().ok().copied().flatten();
        if seen == followed.seen {
            return;
        }
        // Also when it cannot be read: that is reported once.
        followed.seen = seen;
        let content = match there {
            Ok(Some(_)) => followed.file.content(),
            Ok(None) => Err(followed.file.not_a_file()),
            Err(error) => Err(followed.file.failed(error)),
        };
        match content {
            Ok(content) => self.take_over(content),
            Err(error) => tracing::error!(%error, "the keys in memory stay in force"),
        }
    }

    fn take_over(&self, Content { ring, is_document }: Content) {
        let before = self.ring();
        if !is_document {
            if before.keys().all(|key| key.id() != ring.signing().id()) || before.keys().count() > 1 {
                tracing::error!(
                    "the key file has a single key without an id, which is read at a start only; \
                     the keys in memory stay in force"
                );
            }
            return;
        }
        let ring = ring.in_place_of(&before);
        tracing::info!(signs = %ring.signing().id(), keys = ring.keys().count(), "the keys have been read again");
        *self.0.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
    }

    /// Looks at the file again and again, and tells those who hold tokens of a key whose time is over.
    pub async fn keep_up(self) {
        let mut ticks = tokio::time::interval(KEYS_LOOKED_AT_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let keys = self.clone();
            let looked = tokio::task::spawn_blocking(move || keys.look()).await;
            if let Err(error) = looked {
                tracing::error!(%error, "the key file could not be looked at");
            }
            self.ring().end_overdue(Utc::now());
        }
    }
}

fn verified(key: &Key, token: &str) -> Option<Verified> {
    Some(Verified { claims: key.check(token)?, key_retired: key.retired().clone() })
}

#[cfg(test)]
mod tests {
    use domain::{ConversationId, VisitorId};
    use jsonwebtoken::{EncodingKey, Header};

    use super::*;

    fn livechat() -> LivechatId {
        LivechatId::parse("support").unwrap()
    }

    fn token(keys: &Keys) -> String {
        keys.issue(&livechat(), Role::Operator, "alice", TimeDelta::hours(1)).unwrap().0
    }

    #[test]
    fn a_token_says_what_was_signed_and_which_key_did() {
        let keys = Keys::ephemeral();
        let token = token(&keys);
        let claims = keys.check(&token).unwrap().claims;
        assert_eq!(
            (claims.livechat, claims.role, claims.sub.as_str()),
            (livechat(), Role::Operator, "alice")
        );
        let header = jsonwebtoken::decode_header(token).unwrap();
        assert_eq!(header.kid.unwrap(), keys.ring().signing().id().as_str());
    }

    #[test]
    fn a_token_of_another_key_or_one_that_expired_is_not_accepted() {
        assert!(Keys::ephemeral().check(&token(&Keys::ephemeral())).is_none());
        let keys = Keys::ephemeral();
        let (token, _) = keys.issue(&livechat(), Role::Operator, "alice", TimeDelta::minutes(-1)).unwrap();
        assert!(keys.check(&token).is_none());
    }

    #[test]
    fn a_visitor_s_token_names_its_conversation_and_how_often_it_was_renewed_is_no_matter() {
        let keys = Keys::ephemeral();
        let pass = VisitorPass {
            visitor: VisitorId::parse("zoe").unwrap(),
            conversation: ConversationId(uuid::Uuid::now_v7()),
            authenticated: true,
        };
        let (first, until) = (Utc::now() - TimeDelta::days(2), Utc::now() + TimeDelta::hours(1));
        let (token, expires_at) = keys.issue_to_visitor(&livechat(), &pass, Some(first), until).unwrap();
        let claims = keys.check(&token).unwrap().claims;
        assert_eq!((claims.conversation, claims.authenticated), (Some(pass.conversation), true));
        assert_eq!(claims.first_issued().timestamp(), first.timestamp());
        assert_eq!(expires_at.timestamp(), until.timestamp());
    }

    /// A token that says the right thing, with a head of one's own, signed with `secret`.
    fn forged(header: &Header, secret: &[u8]) -> String {
        let claims = Claims::of(&livechat(), Role::Supervisor, "eve", Utc::now() + TimeDelta::hours(1));
        jsonwebtoken::encode(header, &claims, &EncodingKey::from_secret(secret)).unwrap()
    }

    #[test]
    fn a_token_without_an_id_is_checked_with_the_oldest_key_and_no_other() {
        let now = Utc::now();
        let oldest = Ring::new(vec![], Key::of(&[1; 32], now).unwrap());
        let ring = oldest.rotated(TimeDelta::hours(24), now).unwrap().ring;
        let newest = ring.signing().secret().to_vec();
        let keys = Keys::of(ring, None);
        let unnamed = Header::new(Algorithm::HS256);
        assert!(keys.check(&forged(&unnamed, &[1; 32])).is_some());
        assert!(keys.check(&forged(&unnamed, &newest)).is_none());
        assert!(keys.check(&forged(&unnamed, &[2; 32])).is_none());
    }

    #[test]
    fn no_other_algorithm_and_no_other_id_is_accepted_not_even_with_the_right_secret() {
        let keys = Keys::ephemeral();
        let ring = keys.ring();
        let (id, secret) = (ring.signing().id().as_str().to_owned(), ring.signing().secret());
        let named = |algorithm, kid: &str| Header { kid: Some(kid.to_owned()), ..Header::new(algorithm) };
        assert!(keys.check(&forged(&named(Algorithm::HS256, &id), secret)).is_some());
        for algorithm in [Algorithm::HS384, Algorithm::HS512] {
            assert!(keys.check(&forged(&named(algorithm, &id), secret)).is_none(), "{algorithm:?}");
            assert!(keys.check(&forged(&Header::new(algorithm), secret)).is_none(), "{algorithm:?}");
        }
        let upper = id.to_uppercase();
        for id in [
            "",
            "../../../../dev/null",
            "' OR 1=1 --",
            &format!("{id}0"),
            &id[1..],
            "0123456789abcdef",
            "é\0",
        ]
        .into_iter()
        .chain((upper != id).then_some(upper.as_str()))
        {
            assert!(keys.check(&forged(&named(Algorithm::HS256, id), secret)).is_none(), "{id}");
        }
        let endless = "a".repeat(1024 * 1024);
        assert!(keys.check(&forged(&named(Algorithm::HS256, &endless), secret)).is_none());
    }
}
