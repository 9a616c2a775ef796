//! Phrases (spec.md §Phrases): the automatic sentences, per language, each of which can be changed
//! or switched off.
//!
//! `{operator}` and `{position}` are filled in; a variable that is not known at that moment is left out,
//! and so is `{visitor}` for now: the state of a livechat keeps no names of visitors.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::field::Check;
use crate::limits::{MESSAGE_CHARACTERS_MAX, PHRASE_CHARACTERS_MAX};
use crate::text::Language;

/// When a phrase is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Phrase {
    /// At pick-up.
    Welcome,
    /// On entering the queue.
    Queued,
    /// After a manual transfer.
    Transferred,
    /// Shortly before the end by inactivity.
    TimeoutWarning,
    /// The operator ended the livechat.
    EndedByOperator,
    /// The livechat ended by inactivity.
    EndedAutomatically,
    /// Nobody may receive conversations.
    NoOperator,
    /// The queue is full.
    QueueFull,
}

impl Phrase {
    /// Every phrase, in the order of the settings page.
    pub const ALL: [Self; 8] = [
        Self::Welcome,
        Self::Queued,
        Self::Transferred,
        Self::TimeoutWarning,
        Self::EndedByOperator,
        Self::EndedAutomatically,
        Self::NoOperator,
        Self::QueueFull,
    ];

    /// The ready-made text.
    const fn ready_made(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Welcome, Language::Fr) => "Bonjour, {operator} est à votre écoute.",
            (Self::Welcome, Language::En) => "Hello, you are now talking to {operator}.",
            (Self::Queued, Language::Fr) => {
                "Tous nos conseillers sont occupés. Vous êtes en position {position}."
            }
            (Self::Queued, Language::En) => {
                "All our advisers are busy. You are number {position} in the queue."
            }
            (Self::Transferred, Language::Fr) => "Votre conversation est confiée à {operator}.",
            (Self::Transferred, Language::En) => "Your conversation has been passed to {operator}.",
            (Self::TimeoutWarning, Language::Fr) => {
                "Êtes-vous toujours là ? Sans réponse de votre part, la conversation va bientôt se terminer."
            }
            (Self::TimeoutWarning, Language::En) => {
                "Are you still there? Without an answer from you the conversation will end soon."
            }
            (Self::EndedByOperator, Language::Fr) => "La conversation est terminée. Merci de votre visite.",
            (Self::EndedByOperator, Language::En) => "The conversation has ended. Thank you for your visit.",
            (Self::EndedAutomatically, Language::Fr) => {
                "Sans nouvelles de votre part, la conversation est terminée."
            }
            (Self::EndedAutomatically, Language::En) => {
                "As we have not heard from you, the conversation has ended."
            }
            (Self::NoOperator, Language::Fr) => "Aucun conseiller n'est disponible pour le moment.",
            (Self::NoOperator, Language::En) => "No adviser is available at the moment.",
            (Self::QueueFull, Language::Fr) => {
                "Trop de personnes attendent déjà. Merci de réessayer dans quelques minutes."
            }
            (Self::QueueFull, Language::En) => {
                "Too many people are waiting. Please try again in a few minutes."
            }
        }
    }
}

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

/// What fills the variables of a phrase.
#[derive(Clone, Copy, Debug, Default)]
pub struct Variables<'a> {
    /// `{operator}`
    pub operator: Option<&'a str>,
    /// `{position}`
    pub position: Option<usize>,
    /// `{visitor}`
    pub visitor: Option<&'a str>,
}

impl Phrases {
    pub(super) fn check(&self, check: &mut Check) {
        for (phrase, wording) in &self.0 {
            for (language, text) in &wording.text {
                if text.is_empty() || text.contains('\0') || text.chars().count() > PHRASE_CHARACTERS_MAX {
                    check.wrong(
                        format!("{}.text.{}", name_of(*phrase), code_of(*language)),
                        format!("1 to {PHRASE_CHARACTERS_MAX} characters, without NUL"),
                    );
                }
            }
        }
    }

    /// The sentence to say, or `None` when it is switched off.
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
        let text = own.map_or(phrase.ready_made(language), String::as_str);
        Some(fill_in(text, with))
    }
}

/// Fills in the variables from left to right; what fills one in is not looked at again.
fn fill_in(text: &str, with: Variables<'_>) -> String {
    let position = with.position.map(|position| position.to_string());
    let known = [
        ("{operator}", with.operator.unwrap_or_default()),
        ("{visitor}", with.visitor.unwrap_or_default()),
        ("{position}", position.as_deref().unwrap_or_default()),
    ];
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        said.push_str(before);
        let variable = known.iter().find(|(name, _)| from.starts_with(name));
        let (value, taken) = variable.map_or(("{", 1), |(name, value)| (*value, name.len()));
        said.push_str(value);
        rest = &from[taken..];
    }
    said.push_str(rest);
    said.chars().take(MESSAGE_CHARACTERS_MAX).collect()
}

/// The key of a phrase in the settings.
const fn name_of(phrase: Phrase) -> &'static str {
    match phrase {
        Phrase::Welcome => "welcome",
        Phrase::Queued => "queued",
        Phrase::Transferred => "transferred",
        Phrase::TimeoutWarning => "timeout_warning",
        Phrase::EndedByOperator => "ended_by_operator",
        Phrase::EndedAutomatically => "ended_automatically",
        Phrase::NoOperator => "no_operator",
        Phrase::QueueFull => "queue_full",
    }
}

const fn code_of(language: Language) -> &'static str {
    match language {
        Language::Fr => "fr",
        Language::En => "en",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: Variables<'_> = Variables { operator: Some("Alice"), position: None, visitor: None };

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
    fn a_name_that_looks_like_a_variable_stays_a_name() {
        let with = Variables { operator: Some("{position} {"), position: Some(2), visitor: None };
        assert_eq!(fill_in("{operator} {position} {unknown}", with), "{position} { 2 {unknown}");
    }

    #[test]
    fn every_ready_made_phrase_exists_in_both_languages() {
        for phrase in Phrase::ALL {
            assert_ne!(phrase.ready_made(Language::Fr), phrase.ready_made(Language::En));
        }
    }
}
