//! Phrases (spec.md §Phrases): the automatic sentences, per language, each of which can be changed
//! or switched off. [`phrase`] is the list of them, with their ready-made texts.
//!
//! `{operator}`, `{position}`, `{wait}` (minutes), `{visitor}` (the visitor's name) and the custom
//! variables of the visitor card, by name, are filled in ([`fill_in`]). A part that depends on an unknown value is left
//! out.

pub mod fill_in;
mod phrase;
mod sentences;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::both;
use crate::field::Check;
use crate::limits::PHRASE_CHARACTERS_MAX;
use crate::text::{Language, Received, Rule};

pub use fill_in::{Filled, Variables, fill_in};
pub use phrase::Phrase;

/// What an administrator changed about one phrase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// Said or not; said by default.
    #[serde(default = "said")]
    #[cfg_attr(feature = "schema", schema(default = true))]
    pub enabled: bool,
    /// The text per language; a language without one uses the livechat's, then the ready-made text.
    /// 1 to 1,000 characters each.
    #[serde(default)]
    pub text: BTreeMap<Language, String>,
}

const fn said() -> bool {
    true
}

/// The phrases section: only what differs from the ready-made phrases is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Phrases(pub BTreeMap<Phrase, Wording>);

impl Phrases {
    pub(super) fn read_texts(&mut self, texts: &mut Received) {
        let rule = Rule::text(PHRASE_CHARACTERS_MAX);
        for (phrase, wording) in &mut self.0 {
            texts.each(rule, &format!("{}.text", phrase.key()), &mut wording.text);
        }
    }

    pub(super) fn check(&self, check: &mut Check) {
        for (phrase, wording) in &self.0 {
            for (language, text) in &wording.text {
                if text.is_empty() || text.contains('\0') || text.chars().count() > PHRASE_CHARACTERS_MAX {
                    check.wrong(
                        format!("{}.text.{}", phrase.key(), language.code()),
                        both!(
                            "1 to {PHRASE_CHARACTERS_MAX} characters, without NUL",
                            "1 à {PHRASE_CHARACTERS_MAX} caractères, sans NUL"
                        ),
                    );
                }
            }
        }
    }

    /// The sentence to say, or `None` when it is switched off, or when nothing of it can be said.
    ///
    /// `language` is the visitor's, `fallback` the livechat's.
    pub fn say(
        &self,
        phrase: Phrase,
        language: Language,
        fallback: Language,
        with: Variables<'_>,
    ) -> Option<String> {
        let wording = self.0.get(&phrase);
        if wording.is_some_and(|w| !w.enabled) {
            return None;
        }
        let own = wording.and_then(|w| w.text.get(&language).or_else(|| w.text.get(&fallback)));
        let own = own.map(|text| fill_in(text, with).text).filter(|said| !said.is_empty());
        // A text of which nothing can be said gives way to the one that is ready made.
        let said = own.unwrap_or_else(|| fill_in(phrase.ready_made(language), with).text);
        Some(said).filter(|said| !said.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: Variables<'_> =
        Variables { operator: Some("Alice"), position: None, wait: None, visitor: None, custom: None };

    fn welcome(wording: Wording) -> Phrases {
        Phrases(BTreeMap::from([(Phrase::Welcome, wording)]))
    }

    #[test]
    fn the_ready_made_text_is_in_the_language_of_the_visitor() {
        let say = |language| Phrases::default().say(Phrase::Welcome, language, Language::Fr, ALICE);
        assert_eq!(say(Language::Fr).as_deref(), Some("Bonjour, Alice est à votre écoute."));
        assert_eq!(say(Language::En).as_deref(), Some("Hello, you are now talking to Alice."));
    }

    #[test]
    fn a_language_without_a_text_falls_back_to_the_language_of_the_livechat() {
        let phrases = welcome(Wording {
            enabled: true,
            text: BTreeMap::from([(Language::Fr, "{operator}, à vous.".into())]),
        });
        assert_eq!(
            phrases.say(Phrase::Welcome, Language::En, Language::Fr, ALICE).as_deref(),
            Some("Alice, à vous.")
        );
    }

    #[test]
    fn a_phrase_switched_off_is_not_said() {
        let phrases = welcome(Wording { enabled: false, text: BTreeMap::new() });
        assert_eq!(phrases.say(Phrase::Welcome, Language::Fr, Language::Fr, ALICE), None);
    }

    #[test]
    fn a_text_of_which_nothing_can_be_said_gives_way_to_the_ready_made_one() {
        let text = BTreeMap::from([(Language::Fr, "Bonjour {visitor}, je suis là.".into())]);
        let phrases = welcome(Wording { enabled: true, text });
        let said = phrases.say(Phrase::Welcome, Language::Fr, Language::Fr, ALICE);
        assert_eq!(said.as_deref(), Some("Bonjour, Alice est à votre écoute."));
        let nobody = Variables::default();
        assert_eq!(phrases.say(Phrase::Welcome, Language::Fr, Language::Fr, nobody), None);
    }

    /// What administrators write.
    const WRITTEN: [&str; 6] = [
        "Attente estimée\u{a0}: {wait}\u{a0}min. Contrat {contrat}. Position {position}.",
        "Bonjour {visitor},\n{operator} vous répond.\nVotre contrat\u{a0}: {contrat}",
        "M. {visitor} (contrat {contrat})\u{a0}: {operator} arrive\u{202f}! Attente\u{a0}:\n{wait} min.",
        "Bonjour[[ {visitor}]][[, contrat {contrat}]]. [[Attente\u{a0}: {wait}\u{a0}min.]]",
        "«\u{a0}Position {position}.\u{a0}» [[Attente {wait} min.]] Merci[[, {operator}]].",
        "{contrat}{visitor}{operator}{position}{wait}",
    ];

    #[test]
    fn no_phrase_has_a_hole_whatever_is_unknown() {
        let ready_made = [Language::Fr, Language::En]
            .into_iter()
            .flat_map(|language| Phrase::ALL.iter().map(move |phrase| phrase.ready_made(language)));
        let custom = BTreeMap::from([("contrat".to_owned(), "C-42".to_owned().into())]);
        for text in ready_made.chain(WRITTEN) {
            for known in 0_u32..32 {
                let knows = |bit: u32| known & (1 << bit) != 0;
                let with = Variables {
                    operator: knows(0).then_some("Alice"),
                    position: knows(1).then_some(2),
                    wait: knows(2).then_some(7),
                    visitor: knows(3).then_some("Zoé"),
                    custom: knows(4).then_some(&custom),
                };
                let Filled { text: said, left_out, unknown } = fill_in(text, with);
                let holes = ["{", "}", "[[", "]]", "  ", " .", ":.", "( ", "()", "M. (", "«\u{a0}»"];
                assert!(!holes.iter().any(|hole| said.contains(hole)), "{said:?} of {text:?}");
                assert_eq!(said, said.trim(), "{text:?}");
                assert!(!said.ends_with([':', '«', '(', '\u{a0}']), "{said:?} of {text:?}");
                assert_eq!(left_out.is_empty(), unknown.is_empty(), "{text:?}");
                assert!(known != 31 || unknown.is_empty(), "all are known: {unknown:?} of {text:?}");
            }
        }
    }

    #[test]
    fn every_ready_made_phrase_exists_in_both_languages() {
        for &phrase in Phrase::ALL {
            assert_ne!(phrase.ready_made(Language::Fr), phrase.ready_made(Language::En));
        }
    }
}
