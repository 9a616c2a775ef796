//! The keys of the server: what tokens are derived with, forged requests are recognised by, and secrets are encrypted
//! with (spec.md §Privacy and security).
//!
//! There may be several at once: the first one makes what is new, and what the others made stays valid until they are
//! taken away. Each purpose has a key of its own, derived from the server's, so that what one purpose gives away is of
//! no use for another.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// Bytes of a key: those of SHA-256, so that a key is not easier to guess than what is made with it.
pub const KEY_BYTES: usize = 32;

/// Keys at once: those that sign and check tokens, and as many that were taken away and are still needed for a moment. Each
/// is tried on what is checked, which takes a microsecond.
pub const KEYS_MAX: usize = 128;

/// Characters in the id of a key: it is stored beside what the key encrypted.
pub const KEY_ID_CHARACTERS_MAX: usize = 64;

/// What a derived key is used for. The names are part of what is stored and handed out: they never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The next refresh token of a session.
    RefreshToken,
    /// The access token that comes with a refresh token.
    AccessToken,
    /// What a page sends along to show that it is our page.
    Csrf,
    /// The secret of a second factor, encrypted.
    SecondFactor,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::RefreshToken => "pupitre refresh token 1",
            Self::AccessToken => "pupitre access token 1",
            Self::Csrf => "pupitre csrf 1",
            Self::SecondFactor => "pupitre second factor 1",
        }
    }
}

/// One key of the server, with its name.
#[derive(Clone)]
pub struct ServerKey {
    id: String,
    bytes: [u8; KEY_BYTES],
}

/// The keys of the server, the current one first. They are never printed. Clones are the same keys, also after others have
/// [taken their place](Self::replace).
#[derive(Clone)]
pub struct ServerKeys(Arc<RwLock<Arc<[ServerKey]>>>);

/// Why keys were not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKeys {
    /// There is none, or there are too many.
    #[error("the server needs from 1 to {KEYS_MAX} keys")]
    Count,
    /// Two have the same id.
    #[error("each key of the server has an id of its own")]
    SameId,
    /// An id is empty or too long.
    #[error("the id of a key has from 1 to {KEY_ID_CHARACTERS_MAX} characters")]
    Id,
}

impl ServerKey {
    /// A key by its id, of 1 to [`KEY_ID_CHARACTERS_MAX`] characters.
    ///
    /// # Errors
    /// [`BadKeys::Id`].
    pub fn new(id: impl Into<String>, bytes: [u8; KEY_BYTES]) -> Result<Self, BadKeys> {
        let id = id.into();
        let allowed = 1..=KEY_ID_CHARACTERS_MAX;
        if allowed.contains(&id.chars().count()) { Ok(Self { id, bytes }) } else { Err(BadKeys::Id) }
    }

    /// One that is derived from a secret that is used for something else, of any length.
    pub fn derived(id: &str, secret: &[u8]) -> Self {
        let bytes = authenticate(&Sha256::digest(secret).into(), &[b"pupitre accounts 1"]);
        Self { id: id.chars().take(KEY_ID_CHARACTERS_MAX).collect(), bytes }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key for one purpose.
    pub(crate) fn derive(&self, purpose: Purpose) -> [u8; KEY_BYTES] {
        authenticate(&self.bytes, &[purpose.name().as_bytes()])
    }
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl ServerKeys {
    /// From 1 to [`KEYS_MAX`] keys, the current one first.
    ///
    /// # Errors
    /// [`BadKeys`] when there are none, too many, or two of one id.
    pub fn new(keys: Vec<ServerKey>) -> Result<Self, BadKeys> {
        check(&keys)?;
        Ok(Self(Arc::new(RwLock::new(keys.into()))))
    }

    /// Of one key that makes what is new, and others, of which each is taken once and so many as may be.
    pub fn with(current: ServerKey, others: impl IntoIterator<Item = ServerKey>) -> Self {
        let mut keys = vec![current];
        for other in others {
            if keys.len() < KEYS_MAX && keys.iter().all(|key| key.id != other.id) {
                keys.push(other);
            }
        }
        Self(Arc::new(RwLock::new(keys.into())))
    }

    /// Takes these keys instead.
    ///
    /// # Errors
    /// As [`Self::new`]; the keys then stay as they are.
    pub fn replace(&self, keys: Vec<ServerKey>) -> Result<(), BadKeys> {
        check(&keys)?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = keys.into();
        Ok(())
    }

    /// The one that makes what is new.
    pub(crate) fn current(&self) -> ServerKey {
        // There is at least one.
        self.all()[0].clone()
    }

    /// All of them, the current one first.
    pub fn all(&self) -> Arc<[ServerKey]> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The one of this id.
    pub(crate) fn by_id(&self, id: &str) -> Option<ServerKey> {
        self.all().iter().find(|key| key.id == id).cloned()
    }
}

impl fmt::Debug for ServerKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ServerKeys").field(&self.all()).finish()
    }
}

fn check(keys: &[ServerKey]) -> Result<(), BadKeys> {
    if keys.is_empty() || keys.len() > KEYS_MAX {
        return Err(BadKeys::Count);
    }
    let twice = |(index, key): (usize, &ServerKey)| keys[..index].iter().any(|other| other.id == key.id);
    if keys.iter().enumerate().any(twice) { Err(BadKeys::SameId) } else { Ok(()) }
}

/// HMAC-SHA256 over the parts, each preceded by its length, so that no two lists of parts are the same bytes.
pub(crate) fn authenticator(key: &[u8; KEY_BYTES], parts: &[&[u8]]) -> Hmac<Sha256> {
    // A key of 32 bytes needs no padding beyond that of the block: this is `new_from_slice` without its error.
    let mut block = [0; 64];
    block[..KEY_BYTES].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    mac
}

/// The bytes of that.
pub(crate) fn authenticate(key: &[u8; KEY_BYTES], parts: &[&[u8]]) -> [u8; KEY_BYTES] {
    authenticator(key, parts).finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, byte: u8) -> ServerKey {
        ServerKey::new(id, [byte; KEY_BYTES]).unwrap()
    }

    #[test]
    fn keys_are_some_and_each_has_an_id_of_its_own() {
        assert_eq!(ServerKeys::new(vec![]).unwrap_err(), BadKeys::Count);
        let many = |count: usize| (0..count).map(|index| key(&index.to_string(), 1)).collect();
        assert!(ServerKeys::new(many(KEYS_MAX)).is_ok());
        assert_eq!(ServerKeys::new(many(KEYS_MAX + 1)).unwrap_err(), BadKeys::Count);
        assert_eq!(ServerKeys::new(vec![key("a", 1), key("a", 2)]).unwrap_err(), BadKeys::SameId);
        assert_eq!(ServerKey::new("", [0; KEY_BYTES]).unwrap_err(), BadKeys::Id);
        assert!(ServerKey::new("é".repeat(KEY_ID_CHARACTERS_MAX), [0; KEY_BYTES]).is_ok());
        assert!(ServerKey::new("é".repeat(KEY_ID_CHARACTERS_MAX + 1), [0; KEY_BYTES]).is_err());
    }

    #[test]
    fn clones_are_the_same_keys_also_after_a_rotation() {
        let keys = ServerKeys::new(vec![key("a", 1)]).unwrap();
        let clone = keys.clone();
        keys.replace(vec![key("b", 2), key("a", 1)]).unwrap();
        assert_eq!((clone.current().id(), clone.all().len()), ("b", 2));
        assert_eq!(keys.replace(vec![]), Err(BadKeys::Count));
        assert_eq!(clone.current().id(), "b");
    }

    #[test]
    fn each_purpose_and_each_key_has_keys_of_its_own() {
        let purposes = [Purpose::RefreshToken, Purpose::AccessToken, Purpose::Csrf, Purpose::SecondFactor];
        let derived: std::collections::HashSet<_> = [key("a", 1), key("b", 2)]
            .iter()
            .flat_map(|key| purposes.map(|purpose| key.derive(purpose)))
            .collect();
        assert_eq!(derived.len(), 8);
        assert!(!derived.contains(&[1; KEY_BYTES]));
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let key = [7; KEY_BYTES];
        assert_ne!(authenticate(&key, &[b"ab", b"c"]), authenticate(&key, &[b"a", b"bc"]));
        assert_ne!(authenticate(&key, &[b"abc"]), authenticate(&key, &[b"abc", b""]));
    }

    #[test]
    fn a_padded_key_is_the_key() {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&[7; KEY_BYTES]).unwrap();
        mac.update(&3_u64.to_be_bytes());
        mac.update(b"abc");
        assert_eq!(authenticate(&[7; KEY_BYTES], &[b"abc"]), <[u8; 32]>::from(mac.finalize().into_bytes()));
    }

    #[test]
    fn a_key_is_never_printed() {
        let keys = ServerKeys::new(vec![key("a", 222)]).unwrap();
        assert_eq!(format!("{keys:?}"), r#"ServerKeys([ServerKey { id: "a", .. }])"#);
    }
}
