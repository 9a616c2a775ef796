//! The tokens of a session: 256 bits behind a prefix by which scanners of secrets recognise them. Only their hashes are
//! stored, and the database looks them up by their hashes: nothing compares tokens.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use crate::error::Error;

/// Random bytes of a token.
pub(crate) const TOKEN_BYTES: usize = 32;

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// In the cookie of a page.
    Page,
    /// Sent by a program with each request.
    Access,
    /// Exchanged by a program for the next access token.
    Refresh,
}

impl TokenKind {
    const ALL: [Self; 3] = [Self::Page, Self::Access, Self::Refresh];

    /// How such a token begins.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Page => "pup_s_",
            Self::Access => "pup_a_",
            Self::Refresh => "pup_r_",
        }
    }

    /// As it is stored.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Access => "access",
            Self::Refresh => "refresh",
        }
    }
}

/// A token in the clear: on its way to or from its holder, never stored, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    kind: TokenKind,
    bytes: [u8; TOKEN_BYTES],
}

/// The SHA-256 of a token as its holder sends it, prefix included: all that is stored. A token is as hard to guess
/// as the hash, so neither salt nor slowness is needed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TokenHash([u8; 32]);

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// [`Error::Random`] when the system has no random numbers.
    pub(crate) fn draw(kind: TokenKind) -> Result<Self, Error> {
        Ok(Self { kind, bytes: random()? })
    }

    /// One whose bytes were derived.
    pub(crate) const fn of(kind: TokenKind, bytes: [u8; TOKEN_BYTES]) -> Self {
        Self { kind, bytes }
    }

    /// The token that somebody sent; nothing when it cannot be one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let kind = TokenKind::ALL.into_iter().find(|kind| text.starts_with(kind.prefix()))?;
        let bytes = BASE64URL_NOPAD.decode(&text.as_bytes()[kind.prefix().len()..]).ok()?;
        Some(Self { kind, bytes: bytes.try_into().ok()? })
    }

    /// What it is for.
    pub const fn kind(&self) -> TokenKind {
        self.kind
    }

    /// As its holder sends it: 49 characters that need no escape in a header, a cookie or a URL.
    pub fn reveal(&self) -> String {
        format!("{}{}", self.kind.prefix(), BASE64URL_NOPAD.encode(&self.bytes))
    }

    pub(crate) const fn bytes(&self) -> &[u8; TOKEN_BYTES] {
        &self.bytes
    }

    pub(crate) fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.reveal()).into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", self.kind.prefix())
    }
}

impl TokenHash {
    pub(crate) const fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Random bytes of the operating system.
///
/// # Errors
/// [`Error::Random`] when it has none.
pub(crate) fn random<const BYTES: usize>() -> Result<[u8; BYTES], Error> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_recognised_by_its_prefix_and_read_back() {
        for kind in TokenKind::ALL {
            let token = Token::draw(kind).unwrap();
            let text = token.reveal();
            assert!(text.starts_with(kind.prefix()));
            assert_eq!(text.len(), 49);
            assert_eq!(Token::parse(&text), Some(token));
        }
    }

    #[test]
    fn nothing_else_is_a_token() {
        let good = Token::of(TokenKind::Page, [0; TOKEN_BYTES]).reveal();
        let without_prefix = &good["pup_s_".len()..];
        let other_end = good.replace("AAAAAA", "AAAAAB");
        let wrong = [
            "",
            "pup_s_",
            "pup_s_A",
            without_prefix,
            &format!("pup_x_{without_prefix}"),
            &format!("{good}A"),
            &format!("{good}="),
            &good[..good.len() - 1],
            &good.replace('A', "é"),
            &format!(" {good}"),
            &format!("{good}\n"),
            &good.to_uppercase(),
            &format!("{}B", &good[..good.len() - 1]),
        ];
        assert!(Token::parse(&good).is_some() && other_end != good);
        for text in wrong {
            assert_eq!(Token::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn two_tokens_are_never_the_same_nor_are_their_hashes() {
        let tokens = [
            Token::draw(TokenKind::Page).unwrap(),
            Token::draw(TokenKind::Page).unwrap(),
            Token::of(TokenKind::Access, [1; TOKEN_BYTES]),
            Token::of(TokenKind::Refresh, [1; TOKEN_BYTES]),
        ];
        let hashes: std::collections::HashSet<_> = tokens.iter().map(Token::hash).collect();
        assert_eq!(hashes.len(), tokens.len());
    }

    #[test]
    fn a_token_is_never_printed() {
        let token = Token::draw(TokenKind::Refresh).unwrap();
        assert_eq!(format!("{token:?}"), "pup_r_…");
    }
}
