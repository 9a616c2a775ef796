//! The tokens that follow a refresh token.
//!
//! A client that lost the answer repeats its refresh and has to be given the same tokens again, although nothing but
//! their hashes is stored. So they are not drawn but derived: the next refresh token from the one that was sent, a salt
//! that is drawn at its first use and a key of the server; the access token from its refresh token and another key.
//! Deriving them takes all three: the database alone (hashes and salts) is of no use, nor is an old token, nor are both
//! without the key. The salt is erased with the next refresh; from then on nobody can derive them any more.

use crate::server_keys::{Purpose, ServerKey, ServerKeys, authenticate};

use super::token::{TOKEN_BYTES, Token, TokenKind};

/// The refresh token that follows this one.
pub(crate) fn next_refresh(key: &ServerKey, used: &Token, salt: &[u8; TOKEN_BYTES]) -> Token {
    let key = key.derive(Purpose::RefreshToken);
    Token::of(TokenKind::Refresh, authenticate(&key, &[used.bytes(), salt]))
}

/// The access token that comes with a refresh token.
pub(crate) fn access_of(key: &ServerKey, refresh: &Token) -> Token {
    let key = key.derive(Purpose::AccessToken);
    Token::of(TokenKind::Access, authenticate(&key, &[refresh.bytes()]))
}

/// Every pair that may have followed this token, by each key that the server has: the one that is stored is the one.
pub(crate) fn candidates(
    keys: &ServerKeys,
    used: &Token,
    salt: &[u8; TOKEN_BYTES],
) -> impl Iterator<Item = (Token, Token)> {
    let keys = keys.all();
    (0..keys.len()).map(move |index| {
        let next = next_refresh(&keys[index], used, salt);
        (access_of(&keys[index], &next), next)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> ServerKey {
        ServerKey::new(byte.to_string(), [byte; 32]).unwrap()
    }

    #[test]
    fn a_successor_takes_the_token_the_salt_and_the_key() {
        let used = |byte| Token::of(TokenKind::Refresh, [byte; TOKEN_BYTES]);
        let next = next_refresh(&key(1), &used(2), &[3; 32]);
        assert_eq!(next, next_refresh(&key(1), &used(2), &[3; 32]));
        assert_ne!(next, next_refresh(&key(9), &used(2), &[3; 32]));
        assert_ne!(next, next_refresh(&key(1), &used(9), &[3; 32]));
        assert_ne!(next, next_refresh(&key(1), &used(2), &[9; 32]));
        assert_ne!(access_of(&key(1), &next).bytes(), next.bytes());
        assert_ne!(access_of(&key(1), &next), access_of(&key(9), &next));
    }

    #[test]
    fn a_pair_is_derived_again_by_the_key_that_made_it() {
        let used = Token::of(TokenKind::Refresh, [2; TOKEN_BYTES]);
        let next = next_refresh(&key(1), &used, &[3; 32]);
        let made = (access_of(&key(1), &next), next);
        let rotated = ServerKeys::new(vec![key(5), key(1)]).unwrap();
        assert_eq!(candidates(&rotated, &used, &[3; 32]).position(|pair| pair == made), Some(1));
        let taken_away = ServerKeys::new(vec![key(5)]).unwrap();
        assert!(candidates(&taken_away, &used, &[3; 32]).all(|pair| pair != made));
    }
}
