//! Which passwords may be used: long enough, and not easily guessed.

use domain::bilingual::both;
use domain::both;
use domain::field::FieldError;
use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;
use zxcvbn::{Score, zxcvbn};

use crate::error::Error;
use crate::limits::PASSWORD_CHARACTERS;

/// How hard to guess a password has to be: 10¹⁰ guesses of somebody who knows lists, keyboards and the person. With a
/// hundred times fewer, a name and a year would do.
const SCORE_MIN: Score = Score::Four;

/// Names of the product, which people put into passwords for it.
const OF_THE_PRODUCT: [&str; 2] = ["pupitre", "livechat"];

/// What somebody who knows a person would try first.
pub(crate) struct Words(Vec<String>);

impl Words {
    /// The words in a name and an address, and both as a whole.
    pub(crate) fn of(name: &str, address: &str) -> Self {
        let whole = [name, address].map(str::to_lowercase);
        let parts = whole.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
        let joined = whole[0].split_whitespace().collect();
        let words = parts.map(str::to_owned).chain(OF_THE_PRODUCT.map(str::to_owned));
        let words: Vec<String> = words.chain([joined]).chain(whole.iter().cloned()).collect();
        Self(words.into_iter().filter(|word| word.chars().count() > 2).collect())
    }
}

/// A password in NFC, if its length is allowed.
pub(super) fn in_form(password: &SecretString) -> Result<SecretString, Error> {
    let (min, max) = (*PASSWORD_CHARACTERS.start(), *PASSWORD_CHARACTERS.end());
    // Composition shortens a text to a third at most: what is far too long is not even looked at.
    let bytes_max = max * 3 * 4;
    let is_near = password.expose_secret().len() <= bytes_max;
    let formed: String = if is_near { password.expose_secret().nfc().collect() } else { String::new() };
    let is_allowed = PASSWORD_CHARACTERS.contains(&formed.chars().count());
    let formed = SecretString::from(formed);
    if is_allowed {
        return Ok(formed);
    }
    Err(refusal(both!("{min} to {max} characters", "{min} à {max} caractères")))
}

/// Refuses a password that is easily guessed.
pub(super) fn is_hard_to_guess(words: &Words, password: &SecretString) -> Result<(), Error> {
    let known: Vec<&str> = words.0.iter().map(String::as_str).collect();
    if zxcvbn(password.expose_secret(), &known).score() >= SCORE_MIN {
        return Ok(());
    }
    Err(refusal(both(
        "a password that is not easily guessed: several words that do not belong together, and neither name nor address",
        "un mot de passe difficile à deviner\u{a0}: plusieurs mots sans rapport entre eux, sans le nom ni l’adresse",
    )))
}

fn refusal(allowed: domain::bilingual::Bilingual) -> Error {
    Error::wrong(FieldError::new("password", allowed))
}
