//! Tokens: JSON Web Tokens signed with a key that stays on the server (HMAC-SHA-256).

use std::fs::{File, Metadata};
use std::io::{Read, Write};
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ConversationId, LivechatId, OperatorId, VisitorId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use super::role::Role;

/// What a token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// The only livechat it is good for.
    pub livechat: LivechatId,
    /// What its bearer is.
    pub role: Role,
    /// The identifier of its bearer, within the role.
    pub sub: String,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// Until when it is good, in seconds since 1970.
    pub exp: i64,
    /// Of a visitor: the only conversation that it is good for. Without it, it is good for requesting one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// For a visitor: the integration that handed the visitor over vouches for the identity.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub authenticated: bool,
    /// Of a visitor: when the first of the tokens was issued that this one renews, in seconds since 1970; absent if it
    /// renews none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renews: Option<i64>,
    /// As of which change of the staff an operator's token was issued; it is valid until a later change revokes the
    /// operator's tokens. A token without it, as signed on the command line, is valid as long as the operator is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<u64>,
}

impl Claims {
    /// When the first of these tokens was issued, each of which renewed the previous one.
    pub fn first_issued(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.renews.unwrap_or(self.iat), 0).unwrap_or_default()
    }
}

/// What a visitor's token opens (spec.md §Privacy and security).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitorPass {
    /// The identifier that the visitor claims.
    pub visitor: VisitorId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The integration vouches for it.
    pub authenticated: bool,
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
    /// Others may read it, or replace it.
    #[error(
        "others on this machine may open the key file {0} (mode {1:04o}), and who has the key is whoever they like to \
         be: chmod 600 {0}; one that root hands out, and nobody else writes, may be readable"
    )]
    Open(String, u32),
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
    /// When the file can be neither read nor created, others may open it (see [`Rights`]), or it holds fewer than 32
    /// bytes.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        let failed = |error| KeyError::File(path.display().to_string(), error);
        match create(path) {
            Ok(mut file) => file.write_all(&random()).map_err(failed)?,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(error)),
        }
        let mut file = File::open(path).map_err(failed)?;
        check_rights(&file, path)?;
        let mut bytes = vec![];
        file.read_to_end(&mut bytes).map_err(failed)?;
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
        self.sign(&claims(livechat, role, subject, Utc::now() + lifetime))
    }

    /// Signs an operator's token, as of a change of the staff.
    ///
    /// # Errors
    /// As [`Key::issue`].
    pub fn issue_to_operator(
        &self,
        livechat: &LivechatId,
        operator: &OperatorId,
        lifetime: TimeDelta,
        staff: u64,
    ) -> Result<(String, DateTime<Utc>), KeyError> {
        let expires_at = Utc::now() + lifetime;
        self.sign(&Claims {
            staff: Some(staff),
            ..claims(livechat, Role::Operator, operator.as_str(), expires_at)
        })
    }

    /// Signs a visitor's token that is good until `expires_at`, and returns until when. It may renew tokens of which
    /// the first was issued at `renews`.
    ///
    /// # Errors
    /// As [`Key::issue`].
    pub fn issue_to_visitor(
        &self,
        livechat: &LivechatId,
        pass: &VisitorPass,
        renews: Option<DateTime<Utc>>,
        expires_at: DateTime<Utc>,
    ) -> Result<(String, DateTime<Utc>), KeyError> {
        self.sign(&Claims {
            conversation: Some(pass.conversation),
            authenticated: pass.authenticated,
            renews: renews.map(|first| first.timestamp()),
            ..claims(livechat, Role::Visitor, pass.visitor.as_str(), expires_at)
        })
    }

    fn sign(&self, claims: &Claims) -> Result<(String, DateTime<Utc>), KeyError> {
        let expires_at = DateTime::from_timestamp(claims.exp, 0).unwrap_or_default();
        Ok((jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.signing)?, expires_at))
    }

    /// What a token says, if this key signed it and it has not expired.
    pub fn check(&self, token: &str) -> Option<Claims> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 5;
        jsonwebtoken::decode::<Claims>(token, &self.checking, &validation).ok().map(|token| token.claims)
    }
}

fn claims(livechat: &LivechatId, role: Role, subject: &str, expires_at: DateTime<Utc>) -> Claims {
    Claims {
        livechat: livechat.clone(),
        role,
        sub: subject.to_owned(),
        iat: Utc::now().timestamp(),
        exp: expires_at.timestamp(),
        conversation: None,
        authenticated: false,
        renews: None,
        staff: None,
    }
}

/// Checks that no other user of this machine may open a file with a key in it, and warns of one that root has handed
/// out to all of them.
///
/// # Errors
/// When others may open it.
pub(crate) fn check_rights(file: &File, path: &Path) -> Result<(), KeyError> {
    let metadata = file.metadata().map_err(|error| KeyError::File(path.display().to_string(), error))?;
    match Rights::of(&metadata) {
        Rights::Private => Ok(()),
        Rights::HandedOut(mode) => {
            tracing::warn!(
                file = %path.display(),
                mode = %format_args!("{mode:04o}"),
                "every user of this machine may read this key; that is right only on a machine without other users"
            );
            Ok(())
        }
        Rights::Open(mode) => Err(KeyError::Open(path.display().to_string(), mode)),
    }
}

/// Which other users may open a key file, by the rules of OpenSSH and PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rights {
    /// Its owner; or, for a file of root, a group that root has let read it. What is not a regular file (a pipe) is
    /// private too.
    Private,
    /// A file of root that everybody may read and only root may write: the secret of a container, whose only user is
    /// this one.
    HandedOut(u32),
    /// Anything else.
    Open(u32),
}

impl Rights {
    #[cfg(unix)]
    fn of(file: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        if file.is_file() { Self::given(file.mode() & 0o777, file.uid()) } else { Self::Private }
    }

    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Self {
        Self::Private
    }

    const fn given(mode: u32, owner: u32) -> Self {
        let is_of_root = owner == 0;
        match mode & 0o077 {
            0o000 => Self::Private,
            0o040 if is_of_root => Self::Private,
            0o004 | 0o044 if is_of_root => Self::HandedOut(mode),
            _ => Self::Open(mode),
        }
    }
}

fn create(path: &Path) -> std::io::Result<File> {
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
    fn a_visitor_s_token_names_its_conversation_and_how_often_it_was_renewed_is_no_matter() {
        let key = Key::ephemeral();
        let pass = VisitorPass {
            visitor: VisitorId::parse("zoe").unwrap(),
            conversation: ConversationId(uuid::Uuid::now_v7()),
            authenticated: true,
        };
        let (first, until) = (Utc::now() - TimeDelta::days(2), Utc::now() + TimeDelta::hours(1));
        let (token, expires_at) = key.issue_to_visitor(&livechat(), &pass, Some(first), until).unwrap();
        let claims = key.check(&token).unwrap();
        assert_eq!((claims.conversation, claims.authenticated), (Some(pass.conversation), true));
        assert_eq!(claims.first_issued().timestamp(), first.timestamp());
        assert_eq!(expires_at.timestamp(), until.timestamp());
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

    #[test]
    fn a_key_that_others_may_open_is_no_secret_but_where_root_hands_it_out() {
        const SOMEBODY: u32 = 1_000;
        for mode in [0o600, 0o400, 0o700] {
            assert_eq!(
                (Rights::given(mode, 0), Rights::given(mode, SOMEBODY)),
                (Rights::Private, Rights::Private)
            );
        }
        for mode in [0o640, 0o440] {
            assert_eq!(Rights::given(mode, 0), Rights::Private, "{mode:o}");
            assert_eq!(Rights::given(mode, SOMEBODY), Rights::Open(mode), "{mode:o}");
        }
        for mode in [0o644, 0o444, 0o404] {
            assert_eq!(Rights::given(mode, 0), Rights::HandedOut(mode), "{mode:o}");
            assert_eq!(Rights::given(mode, SOMEBODY), Rights::Open(mode), "{mode:o}");
        }
        for mode in [0o666, 0o660, 0o620, 0o602, 0o646, 0o777, 0o650] {
            assert_eq!(Rights::given(mode, 0), Rights::Open(mode), "{mode:o}");
            assert_eq!(Rights::given(mode, SOMEBODY), Rights::Open(mode), "{mode:o}");
        }
    }
}
