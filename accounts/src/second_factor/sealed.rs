//! The secret of a second factor as it is stored: encrypted by a key of the server, for one account.
//!
//! The server has to compute codes from it, so a hash would not do. With the key, which is not in the database, a copy
//! of the database gives no codes. XChaCha20-Poly1305 with a nonce that is drawn; the id of the account is
//! authenticated with it, so that nobody who can write to the database can give somebody else a secret that they know.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};

use crate::error::Error;
use crate::server_keys::{Purpose, ServerKey, ServerKeys};
use crate::sessions::random;

use super::totp::SECRET_BYTES;

const NONCE_BYTES: usize = 24;

/// An encrypted secret.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    /// The id of the key.
    pub(crate) key: String,
    /// The nonce and what it encrypted.
    pub(crate) bytes: Vec<u8>,
}

/// Encrypts a secret for this account.
///
/// # Errors
/// [`Error::Random`] when the system has no random numbers.
pub(crate) fn seal(keys: &ServerKeys, account: &str, secret: &[u8; SECRET_BYTES]) -> Result<Sealed, Error> {
    let key = &keys.current();
    let nonce: [u8; NONCE_BYTES] = random()?;
    let payload = Payload { msg: secret, aad: account.as_bytes() };
    let encrypted = cipher(key).encrypt(&XNonce::from(nonce), payload).map_err(|_| Error::Sealed)?;
    Ok(Sealed { key: key.id().to_owned(), bytes: [nonce.as_slice(), &encrypted].concat() })
}

/// The secret of this account.
///
/// # Errors
/// [`Error::Sealed`] when its key was taken away, or somebody changed it.
pub(crate) fn open(keys: &ServerKeys, account: &str, sealed: &Sealed) -> Result<[u8; SECRET_BYTES], Error> {
    let key = &keys.by_id(&sealed.key).ok_or(Error::Sealed)?;
    let (nonce, msg) = sealed.bytes.split_first_chunk::<NONCE_BYTES>().ok_or(Error::Sealed)?;
    let payload = Payload { msg, aad: account.as_bytes() };
    let secret = cipher(key).decrypt(&XNonce::from(*nonce), payload).map_err(|_| Error::Sealed)?;
    secret.try_into().map_err(|_| Error::Sealed)
}

fn cipher(key: &ServerKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&key.derive(Purpose::SecondFactor).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8; SECRET_BYTES] = b"12345678901234567890";

    fn keys(ids: &[u8]) -> ServerKeys {
        let key = |id: &u8| ServerKey::new(id.to_string(), [*id; 32]).unwrap();
        ServerKeys::new(ids.iter().map(key).collect()).unwrap()
    }

    #[test]
    fn a_secret_is_read_back_by_its_key_for_its_account() {
        let sealed = seal(&keys(&[1]), "a", SECRET).unwrap();
        assert!(!sealed.bytes.windows(8).any(|part| part == &SECRET[..8]));
        assert_eq!(open(&keys(&[1]), "a", &sealed).unwrap(), *SECRET);
        assert_eq!(open(&keys(&[2, 1]), "a", &sealed).unwrap(), *SECRET, "after a new key");
        assert!(open(&keys(&[1]), "b", &sealed).is_err(), "moved to another account");
        assert!(open(&keys(&[2]), "a", &sealed).is_err(), "its key was taken away");
    }

    #[test]
    fn a_secret_that_was_changed_is_not_read() {
        let sealed = seal(&keys(&[1]), "a", SECRET).unwrap();
        for index in 0..sealed.bytes.len() {
            let mut changed = sealed.clone();
            changed.bytes[index] ^= 1;
            assert!(open(&keys(&[1]), "a", &changed).is_err(), "{index}");
        }
        let cut = |bytes: usize| Sealed { bytes: sealed.bytes[..bytes].to_vec(), ..sealed.clone() };
        assert!([0, 23, 24, 40].iter().all(|bytes| open(&keys(&[1]), "a", &cut(*bytes)).is_err()));
    }

    #[test]
    fn the_same_secret_is_never_stored_the_same() {
        let sealed = || seal(&keys(&[1]), "a", SECRET).unwrap();
        assert!(sealed() != sealed());
    }
}
