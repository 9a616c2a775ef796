//! Computes hashes, a few at a time: each takes memory and a core, so a flood of sign-ins must take neither all memory
//! nor all cores.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use super::parameters::Parameters;
use super::strength::{self, Words};
use crate::error::Error;
use crate::limits::{HASHES_AT_ONCE, HASHES_WAITING_PER_TURN};
use crate::secret::Secret;

/// Cheap to clone; clones share their turns.
#[derive(Clone, Debug)]
pub struct Hasher(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    parameters: Parameters,
    argon2: Argon2<'static>,
    /// One for each hash that is computed.
    turns: Arc<Semaphore>,
    /// One for each hash that is computed or waits.
    places: Arc<Semaphore>,
    /// The hash of a password that nobody has.
    dummy: String,
    hashes: AtomicU64,
}

/// What a password was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Wrong,
    Right {
        /// Its hash was computed with other parameters.
        is_outdated: bool,
    },
}

impl Hasher {
    /// Hashes with these parameters, at most `at_once` at once: 1 to 64, by default half of the cores, at most 8.
    ///
    /// # Errors
    /// [`Error::Wrong`] names parameters out of their ranges.
    pub async fn new(parameters: Parameters, at_once: Option<usize>) -> Result<Self, Error> {
        const USUAL_MAX: usize = 8;
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let at_once = at_once.unwrap_or((cores / 2).min(USUAL_MAX));
        let at_once = at_once.clamp(*HASHES_AT_ONCE.start(), *HASHES_AT_ONCE.end());
        let argon2 = parameters.argon2()?;
        let dummy = Secret::draw()?.reveal();
        let hashing = argon2.clone();
        let dummy = tokio::task::spawn_blocking(move || hash(&hashing, dummy.as_bytes()));
        let dummy = dummy.await.map_err(|error| Error::Hash(error.to_string()))??;
        Ok(Self(Arc::new(Shared {
            parameters,
            argon2,
            turns: Arc::new(Semaphore::new(at_once)),
            places: Arc::new(Semaphore::new(at_once * (1 + HASHES_WAITING_PER_TURN))),
            dummy,
            hashes: AtomicU64::new(0),
        })))
    }

    /// How many hashes were computed to check or set passwords.
    pub fn hashes(&self) -> u64 {
        self.0.hashes.load(Ordering::Relaxed)
    }

    /// The hash of a new password, if it is one that may be used.
    pub(crate) async fn accept(&self, words: Words, password: &SecretString) -> Result<String, Error> {
        let password = strength::in_form(password)?;
        self.turn(move |shared| {
            strength::is_hard_to_guess(&words, &password)?;
            hash(&shared.argon2, password.expose_secret().as_bytes())
        })
        .await
    }

    /// The hash of a password that is right and known, with the parameters of today.
    pub(super) async fn again(&self, password: &SecretString) -> Result<String, Error> {
        let password = strength::in_form(password)?;
        self.turn(move |shared| hash(&shared.argon2, password.expose_secret().as_bytes())).await
    }

    /// Is it the password of this hash? Without a hash it is wrong, after as much work as with one.
    pub(super) async fn compare(
        &self,
        password: &SecretString,
        stored: Option<String>,
    ) -> Result<Found, Error> {
        // What can be nobody's password is wrong at once, whoever's it is said to be.
        let Ok(password) = strength::in_form(password) else { return Ok(Found::Wrong) };
        self.turn(move |shared| {
            let text = stored.as_deref().unwrap_or(&shared.dummy);
            let hash = PasswordHash::new(text).map_err(|_| Error::Stored("the hash of its password"))?;
            let is_right = shared.argon2.verify_password(password.expose_secret().as_bytes(), &hash).is_ok();
            let is_outdated = !shared.parameters.are_of(&hash);
            Ok(if is_right && stored.is_some() { Found::Right { is_outdated } } else { Found::Wrong })
        })
        .await
    }

    /// Waits for a turn, and does it where it delays nobody.
    async fn turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let place = self.0.places.clone().try_acquire_owned().map_err(|_| Error::Busy)?;
        let turn = self.0.turns.clone().acquire_owned().await.map_err(|_| Error::Busy)?;
        let shared = self.0.clone();
        // The turn is held until the work is done, even if nobody waits for it any more.
        let working = tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            shared.hashes.fetch_add(1, Ordering::Relaxed);
            work(&shared)
        });
        working.await.map_err(|error| Error::Hash(error.to_string()))?
    }
}

fn hash(argon2: &Argon2<'static>, password: &[u8]) -> Result<String, Error> {
    let hash: Result<PasswordHash, _> = argon2.hash_password(password);
    Ok(hash.map_err(|error| Error::Hash(error.to_string()))?.to_string())
}
