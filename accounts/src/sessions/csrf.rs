//! Protection against forged requests: a page sends, in a header that no form of another site can set, a token that is
//! bound to its session.
//!
//! It is an HMAC over the id of the session and a number that is drawn each time, so that a compressed answer
//! that holds one twice gives nothing away. Nothing of it is stored.

use data_encoding::BASE64URL_NOPAD;
use hmac::Mac;

use crate::error::Error;
use crate::server_keys::{Purpose, ServerKeys, authenticate, authenticator};

use super::session::SessionId;
use super::token::random;

/// Bytes of the number that is drawn.
const NONCE_BYTES: usize = 16;

/// A token for the pages of this session, of 64 characters. Each call gives another one; all stay valid as long as the
/// session and the key of the server.
///
/// # Errors
/// [`Error::Random`] when the system has no random numbers.
pub fn csrf_token(keys: &ServerKeys, session: SessionId) -> Result<String, Error> {
    let nonce: [u8; NONCE_BYTES] = random()?;
    let key = keys.current().derive(Purpose::Csrf);
    let code = authenticate(&key, &[session.as_bytes(), &nonce]);
    Ok(BASE64URL_NOPAD.encode(&[nonce.as_slice(), &code].concat()))
}

/// Was this token made for this session, by a key that the server still has? The time that the answer takes tells
/// nothing of the right one.
pub fn csrf_token_is_valid(keys: &ServerKeys, session: SessionId, token: &str) -> bool {
    let Ok(bytes) = BASE64URL_NOPAD.decode(token.as_bytes()) else { return false };
    let Some((nonce, code)) = bytes.split_first_chunk::<NONCE_BYTES>() else { return false };
    let made_with = |key| authenticator(&key, &[session.as_bytes(), nonce]).verify_slice(code).is_ok();
    keys.all().iter().any(|key| made_with(key.derive(Purpose::Csrf)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server_keys::ServerKey;

    fn keys(bytes: &[u8]) -> ServerKeys {
        let key = |byte: &u8| ServerKey::new(byte.to_string(), [*byte; 32]).unwrap();
        ServerKeys::new(bytes.iter().map(key).collect()).unwrap()
    }

    #[test]
    fn a_token_is_good_for_its_session_alone() {
        let (keys, mine, other) =
            (keys(&[1]), SessionId::of(uuid::Uuid::from_u128(1)), SessionId::of(uuid::Uuid::from_u128(2)));
        let token = csrf_token(&keys, mine).unwrap();
        assert_eq!(token.len(), 64);
        assert!(csrf_token_is_valid(&keys, mine, &token));
        assert!(!csrf_token_is_valid(&keys, other, &token));
        assert_ne!(token, csrf_token(&keys, mine).unwrap());
    }

    #[test]
    fn a_token_outlives_a_new_key_but_not_the_loss_of_its_own() {
        let session = SessionId::of(uuid::Uuid::from_u128(1));
        let token = csrf_token(&keys(&[1]), session).unwrap();
        assert!(csrf_token_is_valid(&keys(&[2, 1]), session, &token));
        assert!(!csrf_token_is_valid(&keys(&[2]), session, &token));
    }

    #[test]
    fn no_other_text_is_one() {
        let (keys, session) = (keys(&[1]), SessionId::of(uuid::Uuid::from_u128(1)));
        let token = csrf_token(&keys, session).unwrap();
        for index in 0..token.len() {
            let mut wrong = token.clone().into_bytes();
            wrong[index] = if wrong[index] == b'x' { b'y' } else { b'x' };
            assert!(!csrf_token_is_valid(&keys, session, str::from_utf8(&wrong).unwrap()), "{index}");
        }
        for wrong in ["", "A", "AAAA", &token[..63], &token[..22], &token[..20], &format!("{token}AAAA"), "é"]
        {
            assert!(!csrf_token_is_valid(&keys, session, wrong), "{wrong}");
        }
    }
}
