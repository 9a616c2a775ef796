//! The link with which the first server administrator is made: drawn when a server starts that has none, printed once,
//! and kept in memory alone.

use std::sync::{Mutex, PoisonError};

use accounts::{Error, Secret, SecretHash};

/// The hash of the secret, as long as it is good.
#[derive(Debug, Default)]
pub struct Setup(Mutex<Option<SecretHash>>);

impl Setup {
    /// Draws a secret.
    ///
    /// # Errors
    /// When the operating system has no random numbers.
    pub fn draw() -> Result<(Self, Secret), Error> {
        let secret = Secret::draw()?;
        Ok((Self(Mutex::new(Some(secret.hash()))), secret))
    }

    /// Is this the secret? Hashes are compared, of which nothing that could be learned from the time it takes leads back to
    /// the secret.
    pub fn is(&self, secret: &str) -> bool {
        let hash = Secret::parse(secret).map(|secret| secret.hash());
        hash.is_some() && hash == *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It is good no more.
    pub fn close(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// The address of the page where the first server administrator is made.
pub(crate) fn address(base: &str, secret: &Secret) -> String {
    format!("{}/setup#{}", base.trim_end_matches('/'), secret.reveal())
}
