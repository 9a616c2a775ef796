//! Recovery codes: for whoever lost the authenticator. Each is good once; only hashes are stored.
//!
//! A code is 80 random bits, too many to guess or to find from its hash, so that neither a slow hash nor a limit of
//! tries is needed.

use std::fmt;

use data_encoding::{BASE32_NOPAD, Encoding};
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::sessions::random;

/// Random bytes of a code.
const CODE_BYTES: usize = 10;

/// Letters of a code without its hyphens.
const CODE_LETTERS: usize = CODE_BYTES * 8 / 5;

/// Letters between two hyphens.
const GROUP_LETTERS: usize = 4;

const LETTERS: &Encoding = &BASE32_NOPAD;

/// A recovery code in the clear, on its way to its holder.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// A new one.
    ///
    /// # Errors
    /// [`Error::Random`] when the system has no random numbers.
    pub(crate) fn draw() -> Result<Self, Error> {
        Ok(Self(LETTERS.encode(&random::<CODE_BYTES>()?)))
    }

    /// The code that somebody typed, in capitals or not, with or without blanks and hyphens; nothing when it
    /// cannot be one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let typed = text.chars().take(4 * CODE_LETTERS);
        let code: String = typed.filter(|c| !c.is_whitespace() && *c != '-').collect();
        let code = code.to_ascii_uppercase();
        let is_one = code.len() == CODE_LETTERS && LETTERS.decode(code.as_bytes()).is_ok();
        is_one.then_some(Self(code))
    }

    /// As it is shown, once: `ABCD-EFGH-IJKL-MNOP`.
    pub fn reveal(&self) -> String {
        let letters: Vec<char> = self.0.chars().collect();
        let groups: Vec<String> = letters.chunks(GROUP_LETTERS).map(|group| group.iter().collect()).collect();
        groups.join("-")
    }

    /// As it is stored for this account: the same code of another account has another hash.
    pub(crate) fn hash(&self, account: &str) -> [u8; 32] {
        // The code has a fixed length.
        Sha256::new().chain_update(&self.0).chain_update(account).finalize().into()
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_shown_and_as_people_type_it() {
        let code = RecoveryCode::draw().unwrap();
        let shown = code.reveal();
        assert_eq!((shown.len(), shown.matches('-').count()), (19, 3));
        let typed = [
            shown.clone(),
            shown.to_lowercase(),
            shown.replace('-', ""),
            format!(" {} ", shown.replace('-', " ")),
        ];
        for text in typed {
            assert_eq!(RecoveryCode::parse(&text), Some(code.clone()), "{text}");
        }
    }

    #[test]
    fn nothing_else_is_a_code() {
        let shown = RecoveryCode("A".repeat(CODE_LETTERS)).reveal();
        for text in [
            "",
            "----",
            &shown[1..],
            &format!("{shown}A"),
            &shown.replacen('A', "1", 1),
            &shown.replacen('A', "É", 1),
        ] {
            assert_eq!(RecoveryCode::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_hash_is_of_the_code_and_the_account() {
        let (code, other) = (RecoveryCode::draw().unwrap(), RecoveryCode::draw().unwrap());
        assert_eq!(code.hash("a"), code.hash("a"));
        assert_ne!(code.hash("a"), code.hash("b"));
        assert_ne!(code.hash("a"), other.hash("a"));
    }

    #[test]
    fn a_code_is_never_printed() {
        assert_eq!(format!("{:?}", RecoveryCode::draw().unwrap()), "RecoveryCode(…)");
    }
}
