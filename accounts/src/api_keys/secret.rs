//! The secret of a key: what a program sends, and what is kept of it.
//!
//! `pup_k_`, which scanners of repositories and logs look for, then 43 characters of base 62 drawn by the system (more
//! than 256 bits), then 6 that are computed from all before, so that a typing error or a cut is told without asking the
//! database. Only the SHA-256 of all of it is kept: no guess comes near 256 bits, so that a slow hash would only make
//! each request slow.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::error::Error;

/// What every secret begins with.
pub const PREFIX: &str = "pup_k_";

/// Characters that are drawn: 43 of 62 are as many as 2^256.
const DRAWN_CHARACTERS: usize = 43;

/// Characters that are computed: 62^6 are more than 2^32.
const CHECK_CHARACTERS: usize = 6;

/// Characters of the secret that are kept for people to recognise it: of the drawn ones, four, which leaves 39 to guess.
const START_CHARACTERS: usize = PREFIX.len() + 4;

/// In the order of ASCII.
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The secret of a key. It does not show itself in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// What is kept of a secret: its SHA-256.
pub type Hash = [u8; 32];

impl Secret {
    /// Draws a new one.
    ///
    /// # Errors
    /// [`Error::Random`] when the system has no random numbers.
    pub fn draw() -> Result<Self, Error> {
        let mut text = PREFIX.to_owned();
        let mut bytes = [0; 2 * DRAWN_CHARACTERS];
        while text.len() < PREFIX.len() + DRAWN_CHARACTERS {
            getrandom::fill(&mut bytes)?;
            // Bytes beyond the last whole round would make the first characters more likely.
            let even = bytes.iter().filter(|byte| usize::from(**byte) < 4 * ALPHABET.len());
            let left = PREFIX.len() + DRAWN_CHARACTERS - text.len();
            text.extend(even.take(left).map(|byte| character(u32::from(*byte))));
        }
        let check = check(&text);
        text.push_str(&check);
        Ok(Self(text))
    }

    /// Reads what somebody sent; nothing if it cannot be a secret: another beginning, length or character, or one that
    /// was mistyped.
    pub fn read(text: &str) -> Option<Self> {
        let is_whole = text.len() == PREFIX.len() + DRAWN_CHARACTERS + CHECK_CHARACTERS
            && text.is_ascii()
            && text.starts_with(PREFIX);
        let (drawn, sent) = text.split_at_checked(PREFIX.len() + DRAWN_CHARACTERS)?;
        let is_drawn = drawn.as_bytes().iter().skip(PREFIX.len()).all(u8::is_ascii_alphanumeric);
        (is_whole && is_drawn && check(drawn) == sent).then(|| Self(text.to_owned()))
    }

    /// What is kept of it.
    pub fn hash(&self) -> Hash {
        Sha256::digest(&self.0).into()
    }

    /// Its first characters, by which people recognise it: `pup_k_Ab3d`.
    pub fn start(&self) -> &str {
        self.0.get(..START_CHARACTERS).unwrap_or_default()
    }

    /// All of it, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The last characters of a secret that begins so.
fn check(drawn: &str) -> String {
    let digest = Sha256::digest(drawn);
    let mut rest = digest.iter().take(4).fold(0u32, |number, byte| number << 8 | u32::from(*byte));
    let mut digits = [' '; CHECK_CHARACTERS];
    for digit in digits.iter_mut().rev() {
        *digit = character(rest);
        rest /= 62;
    }
    digits.iter().collect()
}

/// The character of the last digit of a number in base 62.
fn character(number: u32) -> char {
    ALPHABET.get((number % 62) as usize).map_or('0', |byte| char::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_back_and_no_two_are_the_same() {
        let secrets: Vec<Secret> = (0..1_000).map(|_| Secret::draw().unwrap()).collect();
        for secret in &secrets {
            assert_eq!(secret.reveal().len(), 55);
            assert_eq!(Secret::read(secret.reveal()).as_ref(), Some(secret));
            assert!(secret.reveal().starts_with(secret.start()) && secret.start().len() == 10);
        }
        let distinct: std::collections::HashSet<Hash> = secrets.iter().map(Secret::hash).collect();
        assert_eq!(distinct.len(), secrets.len());
    }

    #[test]
    fn every_character_is_drawn_about_as_often() {
        let mut counts = std::collections::HashMap::new();
        for _ in 0..1_000 {
            let secret = Secret::draw().unwrap();
            for character in secret.reveal().chars().skip(PREFIX.len()).take(DRAWN_CHARACTERS) {
                *counts.entry(character).or_insert(0) += 1;
            }
        }
        // 43,000 draws of 62: 694 each, give or take 26; six of those are left to chance.
        assert_eq!(counts.len(), 62);
        assert!(counts.values().all(|count| (535..855).contains(count)), "{counts:?}");
    }

    #[test]
    fn a_mistyped_secret_is_told_from_a_good_one() {
        let secret = Secret::draw().unwrap();
        let good = secret.reveal();
        for at in 0..good.len() {
            let mut wrong = good.as_bytes().to_vec();
            wrong[at] = if wrong[at] == b'x' { b'y' } else { b'x' };
            assert_eq!(Secret::read(std::str::from_utf8(&wrong).unwrap()), None, "at {at}");
        }
        let (head, tail) = good.split_at(20);
        for wrong in
            ["", "pup_k_", head, tail, &format!("{good}a"), &format!(" {good}"), &good.replace('_', "-")]
        {
            assert_eq!(Secret::read(wrong), None, "{wrong}");
        }
        assert_eq!(Secret::read(&"é".repeat(28)), None);
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        assert_eq!(format!("{:?}", Secret::draw().unwrap()), "Secret(…)");
    }
}
