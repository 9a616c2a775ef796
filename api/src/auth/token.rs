//! Tokens: JSON Web Tokens signed with a key that stays on the server (HMAC-SHA-256).

use std::io::Write;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use domain::LivechatId;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use super::Role;

/// What a token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// The only livechat it is good for.
    pub livechat: LivechatId,
    /// What its bearer is.
    pub role: Role,
    /// Who its bearer is, within the role.
    pub sub: String,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// Until when it is good, in seconds since 1970.
    pub exp: i64,
}

/// The key that signs and checks tokens.
#[derive(Clone)]
pub struct Key {
    signing: EncodingKey,
    checking: DecodingKey,
}

/// Why the key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or created.
    #[error("the key file {0} cannot be read or created: {1}")]
    File(String, std::io::Error),
    /// Too few bytes to be safe.
    #[error("the key file {0} has fewer than 32 bytes")]
    Short(String),
    /// A token could not be signed.
    #[error("the token could not be signed: {0}")]
    Signing(#[from] jsonwebtoken::errors::Error),
}

impl Key {
    /// Reads the key from a file, which is created with a new random key, readable by its owner only,
    /// when there is none.
    ///
    /// # Errors
    /// When the file can be neither read nor created, or holds fewer than 32 bytes.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        let failed = |error| KeyError::File(path.display().to_string(), error);
        match create(path) {
            Ok(mut file) => file.write_all(&random()).map_err(failed)?,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(error)),
        }
        let bytes = std::fs::read(path).map_err(failed)?;
        if bytes.len() < 32 {
            return Err(KeyError::Short(path.display().to_string()));
        }
        Ok(Self::from_bytes(&bytes))
    }

    /// A new random key that lives as long as the process.
    pub fn ephemeral() -> Self {
        Self::from_bytes(&random())
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        Self { signing: EncodingKey::from_secret(bytes), checking: DecodingKey::from_secret(bytes) }
    }

    /// Signs a token that is good for `lifetime`, and tells until when.
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
        let now = Utc::now();
        let expires_at = now + lifetime;
        let claims = Claims {
            livechat: livechat.clone(),
            role,
            sub: subject.to_owned(),
            iat: now.timestamp(),
            exp: expires_at.timestamp(),
        };
        Ok((jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.signing)?, expires_at))
    }

    /// What a token says, if this key signed it and it has not expired.
    pub fn check(&self, token: &str) -> Option<Claims> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 5;
        jsonwebtoken::decode::<Claims>(token, &self.checking, &validation).ok().map(|token| token.claims)
    }
}

fn create(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// 64 random characters from the operating system's generator.
fn random() -> Vec<u8> {
    (0..2).flat_map(|_| uuid::Uuid::new_v4().simple().to_string().into_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn livechat() -> LivechatId {
        LivechatId::parse("support").unwrap()
    }

    #[test]
    fn a_token_says_what_was_signed() {
        let key = Key::ephemeral();
        let (token, _) = key.issue(&livechat(), Role::Operator, "alice", TimeDelta::hours(1)).unwrap();
        let claims = key.check(&token).unwrap();
        assert_eq!(
            (claims.livechat, claims.role, claims.sub.as_str()),
            (livechat(), Role::Operator, "alice")
        );
    }

    #[test]
    fn a_token_of_another_key_or_one_that_expired_is_not_accepted() {
        let (token, _) =
            Key::ephemeral().issue(&livechat(), Role::Operator, "alice", TimeDelta::hours(1)).unwrap();
        assert!(Key::ephemeral().check(&token).is_none());
        let key = Key::ephemeral();
        let (token, _) = key.issue(&livechat(), Role::Operator, "alice", TimeDelta::minutes(-1)).unwrap();
        assert!(key.check(&token).is_none());
    }

    #[test]
    fn the_key_file_is_made_once_and_private() {
        let folder = std::env::temp_dir().join(format!("pupitre-key-{}", uuid::Uuid::now_v7()));
        let (token, _) = Key::from_file(&folder)
            .unwrap()
            .issue(&livechat(), Role::Visitor, "v", TimeDelta::hours(1))
            .unwrap();
        assert!(Key::from_file(&folder).unwrap().check(&token).is_some());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::remove_file(folder).unwrap();
    }
}
