//! A secret that is shown once: 256 random bits, of which only the SHA-256 is stored.
//!
//! Nobody can find one by trying, so a plain hash is enough, and it can be looked up by it.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use crate::error::Error;

/// Bytes of a secret.
const BYTES: usize = 32;

/// See the module. It does not print itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; BYTES]);

/// The SHA-256 of a secret, as it is stored.
pub type SecretHash = [u8; BYTES];

impl Secret {
    /// Draws one from the operating system.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn draw() -> Result<Self, Error> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Reads the text of one: 43 characters of base64 for addresses (RFC 4648 §5), without padding.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// Its text, for whom it was drawn.
    pub fn reveal(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// What is stored of it.
    pub fn hash(&self) -> SecretHash {
        Sha256::digest(self.0).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹secret›")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_back_and_does_not_print_itself() {
        let secret = Secret::draw().unwrap();
        assert_ne!(secret, Secret::draw().unwrap());
        let text = secret.reveal();
        assert_eq!(text.len(), 43);
        assert_eq!(Secret::parse(&text), Some(secret.clone()));
        assert_eq!(format!("{secret:?}"), "‹secret›");
        for wrong in ["", &text[1..], &format!("{text}A"), &text.replace(&text[..1], "é")] {
            assert_eq!(Secret::parse(wrong), None, "{wrong}");
        }
    }
}
