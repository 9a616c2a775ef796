//! Phrases (spec.md §Phrases): the automatic sentences, per language, each of which can be changed
//! or switched off.
//!
//! `{operator}`, `{position}`, `{wait}` (minutes), `{visitor}` (the visitor's name) and the custom
//! variables of the visitor card, by name, are filled in. A variable of Pupitre that is not known at that
//! moment is left out; a name between braces that is nobody's variable stays as it is written.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::both;
use crate::field::Check;
use crate::limits::{MESSAGE_CHARACTERS_MAX, PHRASE_CHARACTERS_MAX};
use crate::personal::Personal;
use crate::text::{Language, Received, Rule};

/// When a phrase is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Phrase {
    /// At pick-up.
    Welcome,
    /// On entering the queue.
    Queued,
    /// While waiting, when the position has become 1, 2, 3, 5, 10, 20, 50 or 100.
    QueueProgress,
    /// After a manual transfer.
    Transferred,
    /// After a transfer by rule.
    AutoTransferred,
    /// The visitor has not replied for a while.
    FollowUp,
    /// The operator is still looking for information.
    StillSearching,
    /// Shortly before the end by inactivity.
    TimeoutWarning,
    /// The operator's connection is lost.
    OperatorDisconnected,
    /// The operator ended the livechat.
    EndedByOperator,
    /// The livechat ended by inactivity.
    EndedAutomatically,
    /// The livechat ended, and the conversation goes on with the bot (`behaviour.keep_open`): in place of the two
    /// before, and when the visitor ended it.
    KeptOpen,
    /// Nobody may receive conversations, or nobody answered.
    NoOperator,
    /// The queue is full.
    QueueFull,
    /// Outside the opening hours, or closing time.
    OutsideHours,
}

impl Phrase {
    /// Every phrase, in the order of the settings page.
    pub const ALL: [Self; 15] = [
        Self::Welcome,
        Self::Queued,
        Self::QueueProgress,
        Self::Transferred,
        Self::AutoTransferred,
        Self::FollowUp,
        Self::StillSearching,
        Self::TimeoutWarning,
        Self::OperatorDisconnected,
        Self::EndedByOperator,
        Self::EndedAutomatically,
        Self::KeptOpen,
        Self::NoOperator,
        Self::QueueFull,
        Self::OutsideHours,
    ];

    /// The ready-made text.
    const fn ready_made(self, language: Language) -> &'static str {
        match language {
            Language::Fr => self.in_french(),
            Language::En => self.in_english(),
        }
    }

    const fn in_french(self) -> &'static str {
        match self {
            Self::Welcome => "Bonjour, {operator} est à votre écoute.",
            Self::Queued => "Tous nos conseillers sont occupés. Vous êtes en position {position}.",
            Self::QueueProgress => {
                "Vous êtes maintenant en position {position}. Attente estimée : {wait} min."
            }
            Self::Transferred => "Votre conversation est confiée à {operator}.",
            Self::AutoTransferred => "{operator} prend le relais et va vous répondre.",
            Self::FollowUp => "Avez-vous pu lire notre message ? Nous attendons votre réponse.",
            Self::StillSearching => "{operator} recherche toujours l'information. Merci de patienter.",
            Self::TimeoutWarning => {
                "Êtes-vous toujours là ? Sans réponse de votre part, la conversation va bientôt se terminer."
            }
            Self::OperatorDisconnected => "La connexion de votre conseiller est interrompue.",
            Self::EndedByOperator => "La conversation est terminée. Merci de votre visite.",
            Self::EndedAutomatically => "Sans nouvelles de votre part, la conversation est terminée.",
            Self::KeptOpen => "L’échange avec {operator} est terminé. Vous continuez avec notre assistant.",
            Self::NoOperator => "Aucun conseiller n'est disponible pour le moment.",
            Self::QueueFull => "Trop de personnes attendent déjà. Merci de réessayer dans quelques minutes.",
            Self::OutsideHours => {
                "Notre service est fermé pour le moment. Merci de revenir aux heures d'ouverture."
            }
        }
    }

    const fn in_english(self) -> &'static str {
        match self {
            Self::Welcome => "Hello, you are now talking to {operator}.",
            Self::Queued => "All our advisers are busy. You are number {position} in the queue.",
            Self::QueueProgress => "You are now number {position} in the queue. Estimated wait: {wait} min.",
            Self::Transferred => "Your conversation has been passed to {operator}.",
            Self::AutoTransferred => "{operator} is taking over and will answer you.",
            Self::FollowUp => "Did you see our message? We are waiting for your reply.",
            Self::StillSearching => "{operator} is still looking for the information. Thank you for waiting.",
            Self::TimeoutWarning => {
                "Are you still there? Without an answer from you the conversation will end soon."
            }
            Self::OperatorDisconnected => "Your adviser's connection has been interrupted.",
            Self::EndedByOperator => "The conversation has ended. Thank you for your visit.",
            Self::EndedAutomatically => "As we have not heard from you, the conversation has ended.",
            Self::KeptOpen => "Your exchange with {operator} has ended. You go on with our assistant.",
            Self::NoOperator => "No adviser is available at the moment.",
            Self::QueueFull => "Too many people are waiting. Please try again in a few minutes.",
            Self::OutsideHours => {
                "Our service is closed at the moment. Please come back during opening hours."
            }
        }
    }

    /// Its key in the settings.
    const fn key(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Queued => "queued",
            Self::QueueProgress => "queue_progress",
            Self::Transferred => "transferred",
            Self::AutoTransferred => "auto_transferred",
            Self::FollowUp => "follow_up",
            Self::StillSearching => "still_searching",
            Self::TimeoutWarning => "timeout_warning",
            Self::OperatorDisconnected => "operator_disconnected",
            Self::EndedByOperator => "ended_by_operator",
            Self::EndedAutomatically => "ended_automatically",
            Self::KeptOpen => "kept_open",
            Self::NoOperator => "no_operator",
            Self::QueueFull => "queue_full",
            Self::OutsideHours => "outside_hours",
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
    /// `{position}`, from 1
    pub position: Option<usize>,
    /// `{wait}`, in minutes
    pub wait: Option<u32>,
    /// `{visitor}`
    pub visitor: Option<&'a str>,
    /// The custom variables of the visitor card, by name.
    pub custom: Option<&'a BTreeMap<String, Personal<String>>>,
}

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
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        said.push_str(before);
        let named = from.find('}').and_then(|close| Some((close, value_of(&from[1..close], with)?)));
        let taken = if let Some((close, value)) = named {
            said.push_str(&value);
            close + 1
        } else {
            said.push('{');
            1
        };
        rest = &from[taken..];
    }
    said.push_str(rest);
    said.chars().take(MESSAGE_CHARACTERS_MAX).collect()
}

/// What stands for the variable `name`; `None` when nobody has such a variable. The names of Pupitre win
/// over those of the site.
fn value_of<'a>(name: &str, with: Variables<'a>) -> Option<Cow<'a, str>> {
    let number = |value: Option<String>| Some(value.unwrap_or_default().into());
    match name {
        "operator" => Some(with.operator.unwrap_or_default().into()),
        "visitor" => Some(with.visitor.unwrap_or_default().into()),
        "position" => number(with.position.map(|position| position.to_string())),
        "wait" => number(with.wait.map(|minutes| minutes.to_string())),
        _ => Some(with.custom?.get(name)?.reveal().as_str().into()),
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
    fn a_name_that_looks_like_a_variable_stays_a_name() {
        let with = Variables { operator: Some("{position} {"), position: Some(2), ..Variables::default() };
        assert_eq!(fill_in("{operator} {position} {unknown}", with), "{position} { 2 {unknown}");
    }

    #[test]
    fn every_ready_made_phrase_exists_in_both_languages() {
        for phrase in Phrase::ALL {
            assert_ne!(phrase.ready_made(Language::Fr), phrase.ready_made(Language::En));
        }
    }
}
