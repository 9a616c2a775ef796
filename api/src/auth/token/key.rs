//! One key: it signs tokens and checks them (HMAC-SHA-256).

use std::fmt;

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::claims::Claims;

/// Bytes that a secret has at least: as many as what it signs with has (RFC 7518 §3.2).
pub(super) const SECRET_BYTES_MIN: usize = 32;

/// Seconds that a token is accepted after its end, for clocks that differ.
pub(super) const LEEWAY_SECS: u64 = 5;

/// The id of a key, which the tokens it signs carry in their head (`kid`): 16 hexadecimal digits that follow from its
/// secret, and tell nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(String);

impl KeyId {
    const DIGITS: usize = 16;

    /// The id in a text; none if it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == Self::DIGITS && text.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }

    fn of(secret: &[u8]) -> Self {
        let hash =
            Sha256::new().chain_update(b"the id of a key of pupitre\0").chain_update(secret).finalize();
        let mut id = format!("{hash:x}");
        id.truncate(Self::DIGITS);
        Self(id)
    }

    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A key.
#[derive(Clone)]
pub struct Key {
    id: KeyId,
    made_at: DateTime<Utc>,
    signing: EncodingKey,
    checking: DecodingKey,
    retired: CancellationToken,
}

impl Key {
    /// The key with this secret; none if that has fewer than 32 bytes.
    pub(super) fn of(secret: &[u8], made_at: DateTime<Utc>) -> Option<Self> {
        (secret.len() >= SECRET_BYTES_MIN).then(|| Self::of_safe(secret, made_at))
    }

    /// A new random key.
    pub(super) fn random(made_at: DateTime<Utc>) -> Self {
        Self::of_safe(&random_secret(), made_at)
    }

    fn of_safe(secret: &[u8], made_at: DateTime<Utc>) -> Self {
        Self {
            id: KeyId::of(secret),
            made_at,
            signing: EncodingKey::from_secret(secret),
            checking: DecodingKey::from_secret(secret),
            retired: CancellationToken::new(),
        }
    }

    /// Its id.
    pub const fn id(&self) -> &KeyId {
        &self.id
    }

    /// When it was made; of one that was a whole file, when that was last written.
    pub const fn made_at(&self) -> DateTime<Utc> {
        self.made_at
    }

    /// Cancelled when it no longer checks.
    pub(super) const fn retired(&self) -> &CancellationToken {
        &self.retired
    }

    /// The same key, whose retirement others await already.
    pub(super) fn awaited(self, retired: CancellationToken) -> Self {
        Self { retired, ..self }
    }

    /// What the key file keeps.
    pub(super) fn secret(&self) -> &[u8] {
        self.checking.as_bytes()
    }

    /// Signs a token, and returns until when it is good.
    ///
    /// # Errors
    /// When signing fails, which it does not with a key of this kind.
    pub(super) fn sign(
        &self,
        claims: &Claims,
    ) -> Result<(String, DateTime<Utc>), jsonwebtoken::errors::Error> {
        let expires_at = DateTime::from_timestamp(claims.exp, 0).unwrap_or_default();
        let header = Header { kid: Some(self.id.0.clone()), ..Header::new(Algorithm::HS256) };
        Ok((jsonwebtoken::encode(&header, claims, &self.signing)?, expires_at))
    }

    /// What a token says, if this key signed it and it has not expired.
    pub(super) fn check(&self, token: &str) -> Option<Claims> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = LEEWAY_SECS;
        jsonwebtoken::decode::<Claims>(token, &self.checking, &validation).ok().map(|token| token.claims)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Key").field("id", &self.id.0).finish_non_exhaustive()
    }
}

/// 64 random characters from the operating system's generator.
pub(super) fn random_secret() -> Vec<u8> {
    (0..2).flat_map(|_| uuid::Uuid::new_v4().simple().to_string().into_bytes()).collect()
}
